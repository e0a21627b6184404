"""A session's cookies follow the standard library's rules although those are seldom asked."""

from __future__ import annotations

import time

import pytest

from lorax_tui.engine.http.cookies import MOST_COOKIES, Cookies
from tests.hub import run_until

SITE = "http://127.0.0.1"


def test_a_cookie_ends_when_it_says_so_and_is_renewed_before() -> None:
    jar = Cookies()
    jar.follow(SITE, "/", [b"short=1; Max-Age=1", b"lasting=1; Max-Age=1000"])
    assert sorted(jar.line(SITE, "/")[len("Cookie: ") : -2].split(b"; ")) == [b"lasting=1", b"short=1"]
    run_until(lambda: jar.line(SITE, "/") == b"Cookie: lasting=1\r\n", "the brief one is over")
    jar.follow(SITE, "/", [b"lasting=1; Max-Age=2000"])
    (lasting,) = jar
    assert lasting.expires is not None
    assert lasting.expires - time.time() > 1900


def test_a_cookie_that_another_value_replaced_is_told_once() -> None:
    jar = Cookies()
    assert jar.follow(SITE, "/", [b"sid=1; Max-Age=1000", b"other=1"]) == ()
    assert jar.follow(SITE, "/", [b"sid=1; Max-Age=1000"]) == ()
    assert jar.follow(SITE, "/", [b"other=1", b"sid=2; Max-Age=1000"]) == ("sid",)
    assert jar.follow(SITE, "/", [b"other=1", b"sid=2; Max-Age=1000"]) == ()
    jar.follow(SITE, "/", [b"sid=2; Max-Age=0"])
    assert jar.follow(SITE, "/", [b"sid=3"]) == (), "there was none any more"


def test_a_cookie_is_put_in_by_name_and_taken_out_by_the_target() -> None:
    jar = Cookies()
    jar.update({"a": "1", "b": "2"})
    jar["c"] = "3"
    assert jar.get_dict() == {"a": "1", "b": "2", "c": "3"}
    assert "a" in jar
    assert jar.get("z") is None
    with pytest.raises(KeyError):
        jar["z"]
    jar.follow(SITE, "/x/y", [b"narrow=1"])
    assert b"narrow" in jar.line(SITE, "/x/z")
    assert b"narrow" not in jar.line(SITE, "/z")
    for _ in range(2):
        jar.follow(SITE, "/x/y", [b"narrow=1"])
        assert b"narrow" in jar.line(SITE, "/x/z")
        jar.follow(SITE, "/x/y", [b"narrow=; Max-Age=0"])
        assert b"narrow" not in jar.line(SITE, "/x/z")
    for bad in ("1\r\nX: 1", "1; d=2"):
        with pytest.raises(ValueError, match=r"cookie|break"):
            jar.set("a", bad)


def test_a_target_that_sets_ever_other_cookies_fills_no_jar() -> None:
    jar = Cookies()
    jar.follow(SITE, "/", [b"sid=1"])
    jar.follow(SITE, "/", [b"brief=1; Max-Age=1"])
    for number in range(3 * MOST_COOKIES):
        jar.follow(SITE, "/", [b"c%d=1" % number])
    assert len(jar) == MOST_COOKIES and jar["sid"] == "1"
    jar.follow(SITE, "/", [b"sid=2"])
    assert jar["sid"] == "2"
    run_until(lambda: b"brief" not in jar.line(SITE, "/"), "the brief one is over")
    jar.follow(SITE, "/", [b"late=1"])
    assert "late" in jar and len(jar) <= MOST_COOKIES
