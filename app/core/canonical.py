"""Canonical JSON (RFC 8785): one content, one sequence of bytes, one hash.

Frozen snapshots and the hash chain of the timeline rest on it. Decimals become strings without needless
zeros, so that 12, 12.0 and 12.00 of the same content hash alike whether they come from a form or from the
database; dates become ISO strings and times UTC. Floats are refused: there is money in this content.
"""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import rfc8785

# Deeper than any document of ours; a bound turns a cycle into a clear error.
_DEEPEST = 40


class CanonicalError(ValueError):
    """The content cannot be written canonically; the message says where and why."""


def canonical_json(content: Any) -> bytes:
    """Give the RFC 8785 bytes (UTF-8) of `content`.

    Taken: dict with text keys, list, tuple, text, whole numbers within ±(2**53 - 1), bool, None, `Decimal`,
    `date`, aware `datetime`, and enumerations of text. Anything else raises `CanonicalError`.
    """
    try:
        return rfc8785.dumps(_plain(content, "$", 0))
    except rfc8785.CanonicalizationError as error:
        raise CanonicalError(str(error)) from error


def content_hash(content: Any) -> str:
    """Give the SHA-256 of `canonical_json(content)` in 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def decimal_text(value: Decimal) -> str:
    """Write a number the one way it stands in canonical content: `12`, `0.0375`, `-3.5`, never `1E+3`."""
    if not value.is_finite():
        raise CanonicalError(f"{value} is no finite number")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _plain(value: Any, where: str, depth: int) -> Any:
    if depth > _DEEPEST:
        raise CanonicalError(f"{where}: nested deeper than {_DEEPEST} levels")
    if isinstance(value, dict):
        return {_key(key, where): _plain(item, f"{where}.{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{index}]", depth + 1) for index, item in enumerate(value)]
    return _plain_scalar(value, where)


def _plain_scalar(value: Any, where: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise CanonicalError(f"{where}: a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    raise CanonicalError(f"{where}: {type(value).__name__} is not allowed in canonical content")


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        raise CanonicalError(f"{where}: the key {key!r} is not text")
    return _text(key, where)


def _text(value: str, where: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError(f"{where}: text with an unpaired surrogate") from error
    return str.__str__(value)
