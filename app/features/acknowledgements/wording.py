"""What the letter says, by version, in Chinese and as its English translation. The Chinese text is the authority.

A published text is never changed: another wording is a new version with files of its own.
"""

import hashlib
from functools import cache
from pathlib import Path

from app.core.i18n import CHINESE

FOLDER = Path(__file__).parent / "data"
VERSION = 1
TITLE = "账号使用与电子送达确认书"
ENGLISH_TITLE = "Acknowledgement of Account Use and Electronic Delivery"


@cache
def text_of(version: int, locale: str = CHINESE) -> str:
    """Return the text of a version: Chinese, or for any other language the English translation."""
    language = "zh" if locale == CHINESE else "en"
    return (FOLDER / f"letter-{version}.{language}.txt").read_text(encoding="utf-8")


def paragraphs(version: int, locale: str = CHINESE) -> list[str]:
    """Return the paragraphs of a version."""
    return text_of(version, locale).splitlines()


@cache
def hash_of(version: int) -> str:
    """Return the SHA-256 of the Chinese title and text, which is what a person signs."""
    return hashlib.sha256(f"{TITLE}\n{text_of(version)}".encode()).hexdigest()
