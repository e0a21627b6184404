"""Which hosts may be sent load, and how a base URL reads afterwards."""

from __future__ import annotations

import pytest

from lorax_tui.errors import UsageError
from lorax_tui.target.guard import check_host, is_loopback


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost"),
        ("localhost:8080/api/", "http://localhost:8080/api"),
        ("  HTTPS://LocalHost:443/api//  ", "https://localhost:443/api"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://127.9.8.7", "http://127.9.8.7"),
        ("http://localhost.:80", "http://localhost:80"),
    ],
)
def test_this_machine_is_free_to_load(given: str, url: str) -> None:
    assert check_host(given) == url
    assert check_host(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:8080",
        "http://[2001:db8::1]",
        "http://0.0.0.0:8080",
        "http://169.254.169.254",
        "http://no-such-host.invalid",
        "http://127.0.0.1.no-such-host.invalid",
    ],
)
def test_another_machine_must_be_named(url: str) -> None:
    with pytest.raises(UsageError, match=r"is not this machine: name it with --allow-host "):
        check_host(url)


def test_a_named_host_is_allowed_and_no_other() -> None:
    assert check_host("https://Staging.Example.org/api/", ["other", "staging.example.ORG."]) == (
        "https://staging.example.org/api"
    )
    assert check_host("http://[2001:db8::1]:80", ["[2001:db8::1]"]) == "http://[2001:db8::1]:80"
    with pytest.raises(UsageError, match=r"--allow-host staging\.example\.org "):
        check_host("https://staging.example.org", ["example.org"])


def test_who_is_this_machine_can_be_told() -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.2 is not this machine"):
        check_host("http://127.0.0.2:8080", loopback=lambda host: False)
    assert check_host("http://192.0.2.1", loopback=lambda host: True) == "http://192.0.2.1"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://user:hunter2@127.0.0.1", "user name or password"),
        ("user@127.0.0.1:8080", "user name or password"),
        ("ftp://127.0.0.1", "only http and https"),
        ("ws://127.0.0.1", "only http and https"),
        ("", "names no host"),
        ("http://", "names no host"),
        ("http://:8080", "names no host"),
        ("http://127.0.0.1:0", "names no host and port"),
        ("http://127.0.0.1:99999", "no URL"),
        ("http://127.0.0.1:http", "no URL"),
        ("http://[::1", "no URL"),
        ("http://127.0.0.1/?a=b", "nothing after"),
        ("http://127.0.0.1/#there", "nothing after"),
        ("http://127.0.0.1 .example.org", "plain characters"),
        ("http://127.0.0.1\\.example.org", "plain characters"),
        ("http://localhost\x1b[2J", "plain characters"),
        ("http://l\u043ecalhost", "plain characters"),
        ("http://127.0.0.1\n.example.org", "plain characters"),
    ],
)
def test_what_is_no_base_url_is_refused(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        check_host(url, ["example.org"])
    assert "hunter2" not in str(raised.value) and "\x1b" not in str(raised.value)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "192.0.2.1", "::", "fe80::1%1", "::ffff:192.0.2.1", "no-such-host.invalid", "a" * 300]
)
def test_no_loopback(host: str) -> None:
    assert not is_loopback(host)
