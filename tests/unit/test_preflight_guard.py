"""Which hosts may be sent load, and how a base URL reads afterwards."""

from __future__ import annotations

import socket

import pytest

from lorax_tui.errors import TargetError, UsageError
from lorax_tui.model.scenario import Target
from lorax_tui.target import guard
from lorax_tui.target.guard import admit, is_loopback, resolve


def admitted(url: str, allowed: tuple[str, ...] = ()) -> Target:
    return admit(Target(), url, allowed)


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
    target = admitted(given)
    assert target.host == url and not target.is_remote
    assert target.addresses and all(map(is_loopback, target.addresses))
    assert admitted(url) == target


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
def test_another_machine_must_be_in_the_file(url: str) -> None:
    with pytest.raises(
        UsageError, match=r'is not this machine: .* write allow = \[".*"\] under \[guard\] in \S+\.toml'
    ):
        admitted(url)


def test_a_host_of_the_file_is_admitted_and_no_other() -> None:
    target = admitted("https://192.0.2.1/api/", ("other", "192.0.2.1"))
    assert target == Target(host="https://192.0.2.1/api", addresses=("192.0.2.1",), is_remote=True)
    assert admitted("http://[2001:DB8::1]:80", ("2001:db8::1",)).host == "http://[2001:db8::1]:80"
    with pytest.raises(UsageError, match=r"192\.0\.2\.12 is not this machine"):
        admitted("https://192.0.2.12", ("192.0.2.1",))


def test_a_name_is_pinned_to_what_it_means_now(monkeypatch: pytest.MonkeyPatch) -> None:
    meanings = iter([("192.0.2.1", "192.0.2.2"), ("127.0.0.1",)])
    monkeypatch.setattr(guard, "resolve", lambda host: next(meanings))
    assert admitted("http://staging.example.org", ("staging.example.org",)).addresses == ("192.0.2.1", "192.0.2.2")
    assert not admitted("http://staging.example.org").is_remote


def test_a_name_that_also_means_another_machine_is_no_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "resolve", lambda host: ("127.0.0.1", "192.0.2.1"))
    with pytest.raises(UsageError, match="is not this machine"):
        admitted("http://localhost")


def test_a_name_that_means_nothing_is_told() -> None:
    with pytest.raises(TargetError, match=r"no-such-host\.invalid cannot be resolved: check --host"):
        admitted("http://no-such-host.invalid", ("no-such-host.invalid",))


def test_each_address_is_tried_once() -> None:
    assert resolve("127.0.0.1") == ("127.0.0.1",)
    assert resolve("localhost") and len(resolve("localhost")) == len(set(resolve("localhost")))
    assert resolve("a" * 300) == resolve("no-such-host.invalid") == ()


def test_this_machine_is_known_without_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert admitted("http://localhost:8080").addresses == ("127.0.0.1",)


def test_who_is_this_machine_can_be_told() -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.2 is not this machine"):
        admit(Target(), "http://127.0.0.2:8080", is_here=lambda address: False)
    assert not admit(Target(), "http://192.0.2.1", is_here=lambda address: True).is_remote


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
        ("http://127.0.0.1/?a=hunter2", "nothing after"),
        ("http://127.0.0.1/#hunter2", "nothing after"),
        ("http://127.0.0.1 .example.org", "plain characters"),
        ("http://127.0.0.1\\.example.org", "plain characters"),
        ("http://localhost\x1b[2J", "plain characters"),
        ("http://l\u043ecalhost", "plain characters"),
        ("http://127.0.0.1\n.example.org", "plain characters"),
    ],
)
def test_what_is_no_base_url_is_refused(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        admitted(url, ("example.org",))
    assert "hunter2" not in str(raised.value) and "\x1b" not in str(raised.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "localhost", "192.0.2.1", "::", "fe80::1%1", "::ffff:192.0.2.1", "1.2.3"])
def test_no_loopback(address: str) -> None:
    assert not is_loopback(address)
