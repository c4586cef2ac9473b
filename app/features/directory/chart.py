"""A structure drawn as SVG: boxes with their lines; colours are tokens of the style sheet and follow the theme."""

from markupsafe import Markup, escape

from app.core.i18n import gettext as _
from app.features.directory import wording
from app.features.directory.enums import Change
from app.features.directory.layout import BOX_HEIGHT, BOX_WIDTH, Line, Placed, lay_out
from app.features.directory.structure import Box, Structure
from app.web import charts

LETTERS = 23
EDGE_TOKENS = {Change.ADDED: "ok", Change.CHANGED: "action"}


def draw(structure: Structure, title: str) -> Markup:
    """Return the drawing of a structure as one image; the outline beside it says the same in words."""
    layout = lay_out(structure)
    inside = "".join([*map(_line, layout.lines), *map(_box, layout.boxes)])
    return charts.image(title, _in_words(structure), layout.width, layout.height, inside, "structure")


def edge_of(box: Box) -> tuple[str, bool]:
    """Return the colour token of a box's edge, and whether it is broken: nobody is in it."""
    token = EDGE_TOKENS.get(box.change) if box.change is not None else None
    return token or ("warn" if box.vacant else "line-strong"), not box.holders


def _line(line: Line) -> str:
    first, *others = line.corners
    path = f"M{first[0]} {first[1]}" + "".join(f"L{x} {y}" for x, y in others)
    return f'<path d="{path}" fill="none" stroke="var(--line-strong)"/>'


def _box(placed: Placed) -> str:
    box, x, y = placed.box, placed.x, placed.y
    token, broken = edge_of(box)
    dashes = ' stroke-dasharray="5 3"' if broken else ""
    said = (
        (box.title, "ink", 20),
        (wording.department_line(box), "ink-soft", 38),
        (wording.people_line(box), "warn" if box.vacant else "ink", 56),
    )
    lines = "".join(
        charts.text(x + BOX_WIDTH // 2, y + down, charts.cut(text, LETTERS), "middle", colour)
        for text, colour, down in said
        if text
    )
    return (
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4" fill="var(--card)"'
        f' stroke="var(--{escape(token)})"{dashes}/>{lines}'
    )


def _in_words(structure: Structure) -> str:
    titles = {box.position_id: box.title for box in structure.boxes.values()}
    return _("；").join(
        wording.in_words(box, titles.get(box.reports_to_id or 0, "")) for box, _depth in structure.in_order()
    )
