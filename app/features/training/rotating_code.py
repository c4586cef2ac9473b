"""The code on the screen by which people sign in: another one every so many seconds, told from the time alone."""

import hashlib
import hmac
from base64 import b32encode

from app.core import clock, settings

SECONDS = "training.code_seconds"
LENGTH = 10


def window(seconds: int) -> int:
    """Return the number of the running window of time."""
    return int(clock.now().timestamp()) // seconds


def code_of(secret: str, number: int) -> str:
    """Return the code of a window: letters and digits that follow from the session's secret."""
    digest = hmac.new(bytes.fromhex(secret), number.to_bytes(8, "big"), hashlib.sha256).digest()
    return b32encode(digest).decode("ascii")[:LENGTH]


def current_code(secret: str) -> str:
    """Return the code that is on the screen now."""
    return code_of(secret, window(settings.get(SECONDS)))


def is_current(secret: str, typed: str) -> bool:
    """Tell whether a code is the one on the screen now, or the one just before it."""
    now = window(settings.get(SECONDS))
    typed = typed.strip().upper()
    if not typed.isascii():
        return False
    return any(hmac.compare_digest(code_of(secret, number), typed) for number in (now, now - 1))
