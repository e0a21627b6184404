"""Names under which secrets are sent: of header fields, parameters, cookies and keys of JSON."""

from __future__ import annotations

import re
from functools import lru_cache

from lorax_tui.model.text import as_text

HINT = re.compile(
    r"token|key|secret|pass|pwd|sid|sess|sig|auth|jwt|[cx]srf|access|cookie|cred|bearer|basic|otp|dpop|@|%(?:25)*40",
    re.IGNORECASE,
)

_PARTS = r"token|secret|passw(?:or)?d|pass_?(?:phrase|code|word)|credential|[cx]srf|jwt|sess(?:ion)?[_-]?id"
_ALONE = r"sid|auth|pwd|session"
"""Secret as a word of a name, not as a part of any."""
_BEFORE = r"[\w.-]*?[_.-]|(?:25)*[\da-f]{2}|[nrt]"
"""What such a word may be joined to: other words, or the end of an escaped character."""

# Each looks ahead from where a name begins, and so walks over it once: no text takes much longer than another.
FIELD = (
    r"[\w-]*?-(?:token|api-?key|secret)(?![\w-])"
    rf"|x-[\w-]*?(?:{_PARTS}|key|auth|access|session|cookie|cred|bearer|otp)"
)
NAME = rf"[\w.-]*?(?:{_PARTS}|key|signature)|(?:{_BEFORE})?(?:{_ALONE}|sig|pass)(?![\w.-])"
KEY = (
    rf"[\w.-]*?(?:{_PARTS}|signature|(?:api|private|access)[_-]?key)"
    rf"|(?:[\w.-]*?[_.-])?(?:{_ALONE}|sig|authorization|cookies?)(?![\w.-])"
)
WHOLE_FIELD = r"(?:proxy-)?authorization|authentication|(?:set-)?cookie|dpop"
"""Of fields that are nothing else."""

_OF_FIELD = re.compile(rf"(?:{WHOLE_FIELD})\Z|{FIELD}|{NAME}", re.IGNORECASE)
_OF_KEY = re.compile(KEY, re.IGNORECASE)


@lru_cache(maxsize=512)
def is_secret_field(name: str) -> bool:
    """Whether what is sent in such a header field, parameter or cookie is secret."""
    return _OF_FIELD.match(name) is not None


@lru_cache(maxsize=512)
def is_secret_key(name: object) -> bool:
    """Whether what JSON or a form holds under such a key is secret; Lorax calls by `key` what is none."""
    return _OF_KEY.match(as_text(name)) is not None
