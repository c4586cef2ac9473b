"""What was looked for, marked in a text: as letters are compared, and where they stand in what people wrote."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

SNIPPET = 40


@lru_cache(maxsize=20_000)
def folded(character: str) -> str:
    """Return what one character counts as: compatibility form, case folded; a space where it is no letter."""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in plain)


def highlight(written: str, asked: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Cut a text into (piece, is it what was asked for) pairs; the pieces joined are the text."""
    plain, origin = _folded_with_origin(written)
    marked = [False] * len(written)
    for run in asked:
        start = plain.find(run)
        while start >= 0:
            for index in range(start, start + len(run)):
                marked[origin[index]] = True
            start = plain.find(run, start + len(run))
    pieces: list[tuple[str, bool]] = []
    for character, hit in zip(written, marked, strict=True):
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + character, hit)
        else:
            pieces.append((character, hit))
    return tuple(pieces)


def snippet(written: str, asked: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Return the piece of a text around the first thing asked for, highlighted.

    Nothing where it is not there.
    """
    plain, origin = _folded_with_origin(written)
    places = [place for run in asked if (place := plain.find(run)) >= 0]
    if not places:
        return ()
    start = max(origin[min(places)] - SNIPPET // 2, 0)
    line_start = written.rfind("\n", 0, origin[min(places)]) + 1
    start = max(start, line_start)
    line_end = written.find("\n", origin[min(places)])
    end = min(start + 2 * SNIPPET, len(written) if line_end < 0 else line_end)
    pieces = highlight(written[start:end], asked)
    before = (("…", False),) if start > line_start else ()
    after = (("…", False),) if end < len(written) and end != line_end else ()
    return (*before, *pieces, *after)


def _folded_with_origin(written: str) -> tuple[str, list[int]]:
    """Return a text as it is compared, and for each of its characters the index it comes from."""
    plain: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(written):
        for one in folded(character):
            plain.append(one)
            origin.append(index)
    return "".join(plain), origin
