"""Names under which secrets are sent: of header fields, parameters, cookies and keys of JSON."""

from __future__ import annotations

import re
from functools import lru_cache

from lorax_tui.model.text import as_text

_HINTS = (
    *("token", "key", "secret", "pass", "pwd", "sid", "sess", "sig", "auth", "jwt", "srf", "access", "cookie", "cred"),
    *("bearer", "basic", "otp", "dpop", "@", "40"),
)
"""One of them is in every text that has a secret by the look of it; to look for these costs little."""

_PARTS = r"token|secret|passw(?:or)?d|pass_?(?:phrase|code|word)|credential|[cx]srf|jwt|sess(?:ion)?[_-]?id"
_ALONE = r"sid|auth|pwd|session|otp|sig"
"""Secret as a word of a name, not as a part of any."""
_BEFORE = r"[\w.-]*?[_.-]|(?:25)*[\da-f]{2}|[nrt]"
"""What such a word may be joined to: other words, or the end of an escaped character."""

# Each looks ahead from where a name begins, and so walks over it once: no text takes much longer than another.
FIELD = (
    r"[\w-]*?-(?:token|api-?key|secret)(?![\w-])"
    rf"|x-[\w-]*?(?:{_PARTS}|key|auth|access|session|cookie|cred|bearer|otp)"
)
_KEYS = r"(?:api|private|access|account|auth|shared|signing|subscription|encryption)[_-]?key"
NAME = rf"[\w.-]*?(?:{_PARTS}|{_KEYS}|signature)|(?:{_BEFORE})?(?:{_ALONE}|pass)(?![\w.-])|(?:api-?|x-)?key(?![\w.-])"
KEY = (
    rf"[\w.-]*?(?:{_PARTS}|{_KEYS}|signature)"
    rf"|(?:[\w.-]*?[_.-])?(?:{_ALONE}|authorization|cookies?)(?![\w.-])"
)
WHOLE_FIELD = r"(?:proxy-)?authorization|authentication|(?:set-)?cookie|dpop"
"""Of fields that are nothing else."""

_OF_FIELD = re.compile(rf"(?:{WHOLE_FIELD})\Z|{FIELD}|{NAME}", re.IGNORECASE)
_OF_KEY = re.compile(KEY, re.IGNORECASE)


def has_hint(text: str) -> bool:
    """Whether there may be a secret in a text by the look of it."""
    small = text.lower()
    return any(hint in small for hint in _HINTS)


@lru_cache(maxsize=512)
def is_secret_field(name: str) -> bool:
    """Whether what is sent in such a header field, parameter (`user[password]`, too) or cookie is secret."""
    return _OF_FIELD.match(_dotted(name)) is not None


@lru_cache(maxsize=512)
def is_secret_key(name: object) -> bool:
    """Whether what JSON or a form holds under such a key is secret; Lorax calls by `key` what is none."""
    return _OF_KEY.match(_dotted(as_text(name))) is not None


def _dotted(name: str) -> str:
    """Written `user.password`."""
    return name.replace("[", ".").replace("]", "")
