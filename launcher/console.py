"""What the launcher says to the person at the terminal, in Chinese or English."""

import io
import locale
import os
import sys


class Refusal(Exception):
    """The launcher cannot go on; the message says why and what to do, in the language of the terminal."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(say(chinese, english))


def speaks_chinese() -> bool:
    """Tell whether the terminal is set to Chinese, by its environment or by Windows' own setting."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    try:
        return (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))
    except ValueError:
        return False


def say(chinese: str, english: str) -> str:
    """Return the sentence in the language of the terminal."""
    return chinese if speaks_chinese() else english


def tell(chinese: str, english: str) -> None:
    """Print the sentence in the language of the terminal, at once even into a pipe."""
    print(say(chinese, english), flush=True)


def use_safe_output() -> None:
    """Keep a terminal that lacks a character from ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
