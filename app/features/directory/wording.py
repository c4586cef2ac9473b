"""How a box of a structure is said: in the drawing, on paper, in the outline."""

from collections.abc import Sequence

from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.features.directory.structure import Box


def names(people: Sequence[tuple[int, str]]) -> str:
    """Return names in one line."""
    return listed([name for _id, name in people])


def department_line(box: Box) -> str:
    """Return the department of a box with its places, where there is more than one."""
    places = _("编制 %(count)s", count=box.places) if box.places > 1 else ""
    return " · ".join(part for part in (box.department, places) if part)


def people_line(box: Box) -> str:
    """Return who is in a box, and how many places nobody holds."""
    held = names(box.holders)
    if not box.vacant:
        return held
    vacant = _("空缺") if not held and box.places == 1 else _("空缺 %(count)s", count=box.vacant)
    return f"{held} · {vacant}" if held else vacant


def backing(box: Box) -> str:
    """Return who stands ready for a box: deputies, then successors."""
    parts = []
    if box.deputies:
        parts.append(_("代理 %(names)s", names=names(box.deputies)))
    if box.successors:
        parts.append(_("后备 %(names)s", names=names(box.successors)))
    return " · ".join(parts)


def in_words(box: Box, superior: str) -> str:
    """Return a box as a sentence, for who does not see the drawing."""
    if not superior:
        return _("%(title)s：%(people)s", title=box.title, people=people_line(box))
    return _(
        "%(title)s（上级 %(superior)s）：%(people)s",
        title=box.title,
        superior=superior,
        people=people_line(box),
    )
