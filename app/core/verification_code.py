"""Verification codes of papers: 120 random bits in Crockford's base32, tolerant of how people type them."""

import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 24
GROUP = 4
# Bits of a code: 24 characters of five bits each.
BITS = LENGTH * 5

_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-‐-―－_.·]+")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
# Longer input is not a code with spaces in it any more; it is refused before any work is done on it.
_LONGEST_INPUT = 200


def new_code() -> str:
    """Return a fresh code in its stored form: 24 characters (120 random bits), no hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """Return a stored code as it is printed and shown: groups of four with hyphens."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normalise(typed: str) -> str | None:
    """Return the stored form of what somebody typed or scanned, None where it cannot be a code.

    Lower case, full-width characters, spaces and hyphens anywhere, O for 0 and I or L for 1 are accepted.
    """
    if len(typed) > _LONGEST_INPUT:
        return None
    text = folded(typed)
    return text if _CODE.fullmatch(text) else None


def folded(typed: str) -> str:
    """Return a text in the spelling of codes, of whatever length: what looks alike is the same."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(_LOOKALIKES)
