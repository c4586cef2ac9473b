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
NAME_WIDTH, BARS_WIDTH, VALUE_WIDTH = 150, 250, 110
LONGEST_NAME = 20
TEXT_SIZE = 12


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
            + _text(centre, floor - height - 6, value.text, "middle", "ink")
            + _text(centre, floor + 18, value.label, "middle", "ink-soft")
        )
    line = f'<path d="M0 {floor}.5H{width}" stroke="var(--line-strong)"/>'
    return _image(title, description, width, COLUMNS_HEIGHT, "".join(parts) + line, name)


def bars(title: str, description: str, values: Sequence[Bar], name: str = "chart") -> Markup:
    """Return level bars from top to bottom, such as a ranking; nothing without values.

    Long names are cut: the table has them whole.
    """
    if not values:
        return Markup("")
    width = NAME_WIDTH + BARS_WIDTH + VALUE_WIDTH
    most = max(value.value for value in values) or Decimal(1)
    parts = []
    for place, value in enumerate(values):
        top = BAR_STEP * place + (BAR_STEP - BAR_HEIGHT) // 2
        length = _length(value.value, most, BARS_WIDTH)
        parts.append(
            _text(NAME_WIDTH - 10, top + 13, cut(value.label), "end", "ink")
            + f'<rect x="{NAME_WIDTH}" y="{top}" width="{length}" height="{BAR_HEIGHT}" rx="2"'
            f' fill="var(--{escape(value.token)})"/>'
            + _text(NAME_WIDTH + length + 8, top + 13, value.text, "start", "ink")
        )
    return _image(title, description, width, BAR_STEP * len(values), "".join(parts), name)


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


def _text(x: int, y: int, text: str, anchor: str, token: str) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{TEXT_SIZE}" fill="var(--{token})">'
        f"{escape(text)}</text>"
    )


def _image(title: str, description: str, width: int, height: int, inside: str, name: str) -> Markup:
    # A label, no title element: browsers would show that wherever the pointer rests.
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<svg role="img" aria-label="{escape(title)}" aria-describedby="{escape(name)}-text" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}"><desc id="{escape(name)}-text">{escape(description)}</desc>'
        f"{inside}</svg>"
    )
