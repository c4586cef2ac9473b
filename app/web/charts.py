"""Small charts drawn by the server as SVG: columns over time, bars of a ranking.

Colours are tokens of the style sheet, so that they follow the theme; nothing is styled inline. A chart is one image
with a label and a description; the table beside it says the same in figures.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

COLUMN_STEP, COLUMN_WIDTH = 52, 30
COLUMNS_HEIGHT, TOP, BOTTOM = 190, 26, 28
LEAST_WIDTH = 300
BAR_STEP, BAR_HEIGHT = 30, 18
BARS_TOTAL = 510
# In hundredths of the width: the rest is for what is written behind the longest bar.
NAME_SHARE, BARS_SHARE = 40, 34
LONGEST_NAME = 20
TEXT_SIZE = 12
COURSE_STEP, COURSE_HEIGHT = 8, 24


@dataclass(frozen=True)
class Bar:
    """One value of a chart: its name, its size (not below 0), how it is written, and the colour token it has."""

    label: str
    value: Decimal
    text: str
    token: str = "action"  # noqa: S105 - a colour of the style sheet


def columns(title: str, description: str, values: Sequence[Bar], name: str = "chart") -> Markup:
    """Return upright columns from left to right, such as months; nothing without values.

    ``name`` is a prefix of ids, unlike that of every other chart on the page.
    """
    if not values:
        return Markup("")
    width = max(LEAST_WIDTH, COLUMN_STEP * len(values))
    floor = COLUMNS_HEIGHT - BOTTOM
    most = max(value.value for value in values) or Decimal(1)
    parts = []
    for place, value in enumerate(values):
        centre = COLUMN_STEP * place + COLUMN_STEP // 2
        height = _length(value.value, most, floor - TOP)
        parts.append(
            f'<rect x="{centre - COLUMN_WIDTH // 2}" y="{floor - height}" width="{COLUMN_WIDTH}"'
            f' height="{height}" rx="2" fill="var(--{escape(value.token)})"/>'
            + text(centre, floor - height - 6, value.text, "middle", "ink")
            + text(centre, floor + 18, value.label, "middle", "ink-soft")
        )
    line = f'<path d="M0 {floor}.5H{width}" stroke="var(--line-strong)"/>'
    return image(title, description, width, COLUMNS_HEIGHT, "".join(parts) + line, name)


def bars(title: str, description: str, values: Sequence[Bar], name: str = "chart") -> Markup:
    """Return level bars from top to bottom, such as a ranking; nothing without values.

    Long names are cut: the table has them whole. Places are shares of the width, so that the drawing narrows to a
    phone without smaller letters.
    """
    if not values:
        return Markup("")
    most = max(value.value for value in values) or Decimal(1)
    parts = []
    for place, value in enumerate(values):
        top = BAR_STEP * place + (BAR_STEP - BAR_HEIGHT) // 2
        length = _length(value.value, most, BARS_SHARE * 10) / 10
        parts.append(
            text(f"{NAME_SHARE - 2}%", top + 13, cut(value.label), "end", "ink")
            + f'<rect x="{NAME_SHARE}%" y="{top}" width="{length}%" height="{BAR_HEIGHT}" rx="2"'
            f' fill="var(--{escape(value.token)})"/>'
            + text(f"{NAME_SHARE + length + 1:.1f}%", top + 13, value.text, "start", "ink")
        )
    return image(title, description, BARS_TOTAL, BAR_STEP * len(values), "".join(parts), name, narrows=True)


def course(title: str, description: str, shares: Sequence[int | None], name: str) -> Markup:
    """Return a small course over time: shares in thousandths as narrow columns, a gap where there was nothing.

    A full column is green; what falls short is warm, so that the week in question catches the eye.
    """
    parts = []
    for place, share in enumerate(shares):
        if share is None:
            continue
        height = max(COURSE_HEIGHT * share // 1000, 2)
        token = "ok" if share == 1000 else "warn"
        parts.append(
            f'<rect x="{COURSE_STEP * place}" y="{COURSE_HEIGHT - height}" width="{COURSE_STEP - 2}"'
            f' height="{height}" fill="var(--{token})"/>'
        )
    width = COURSE_STEP * max(len(shares), 1)
    line = f'<path d="M0 {COURSE_HEIGHT}.5H{width}" stroke="var(--line-strong)"/>'
    return image(title, description, width, COURSE_HEIGHT + 1, "".join(parts) + line, name)


def cut(text: str, most: int = LONGEST_NAME) -> str:
    """Return a text no wider than ``most`` Latin characters (a Han character is as wide as two), marked where cut."""
    used = 0
    for place, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > most:
            return f"{text[: place - 1]}…"
    return text


def _length(value: Decimal, most: Decimal, room: int) -> int:
    # What is not nothing stays visible.
    return max(int(value * room / most), 1) if value > 0 else 0


def text(x: int | str, y: int, words: str, anchor: str, token: str) -> str:
    """Return a line of text at a place; ``anchor`` is start, middle or end, ``token`` its colour."""
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{TEXT_SIZE}" fill="var(--{token})">'
        f"{escape(words)}</text>"
    )


def image(
    title: str, description: str, width: int, height: int, inside: str, name: str, *, narrows: bool = False
) -> Markup:
    """Return a drawing as one image with label and description; all text inside is escaped already.

    One that ``narrows`` is drawn in shares of its width and has no scale of its own.
    """
    scale = "" if narrows else f' viewBox="0 0 {width} {height}"'
    # A label, no title element: browsers would show that wherever the pointer rests.
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<svg role="img" aria-label="{escape(title)}" aria-describedby="{escape(name)}-text" width="{width}"'
        f' height="{height}"{scale}><desc id="{escape(name)}-text">{escape(description)}</desc>'
        f"{inside}</svg>"
    )
