"""What the pages of the structure show, made ready so that the templates decide nothing."""

from datetime import date
from typing import Any

from flask import url_for

from app.core import clock
from app.core.i18n import gettext as _
from app.features.directory import structure, wording
from app.features.directory.enums import CHANGE_LABELS, CHANGE_TONES
from app.features.directory.structure import Box, Structure
from app.web import filters


def said(shown: Structure) -> str:
    """Return which structure it is: planned with its day, today's, or of a day."""
    if shown.plan is not None:
        return _("规划“%(title)s”（%(day)s 起）", title=shown.plan.title, day=shown.day.isoformat())
    if shown.day == clock.today():
        return _("今天（%(day)s）", day=shown.day.isoformat())
    return shown.day.isoformat()


def figures(shown: Structure) -> list[str]:
    """Return how many positions, places and vacant places a structure has."""
    places = sum(box.places for box in shown.boxes.values())
    vacant = sum(box.vacant for box in shown.boxes.values())
    return [
        _("岗位 %(count)s 个", count=len(shown.boxes)),
        _("编制 %(count)s 人", count=places),
        _("空缺 %(count)s 人", count=vacant),
    ]


def address(shown: Structure, endpoint: str, **values: Any) -> str:
    """Return the address of a page about a structure."""
    which: dict[str, Any] = (
        {"plan": shown.plan.id} if shown.plan is not None else {"day": shown.day.isoformat()}
    )
    return url_for(endpoint, **which, **values)


def compare_address(shown: Structure) -> str:
    """Return the address that compares a structure with today's, today's with that of a year ago."""
    return address(shown, "directory.compare")


def rows(shown: Structure) -> list[dict[str, Any]]:
    """Return the boxes as the outline lists them."""
    gaps = {box.position_id for box in shown.gaps()}
    return [
        {
            "depth": depth,
            "title": box.title,
            "url": url_for("positions.show_position", position_id=box.position_id),
            "department": box.department,
            "people": wording.names(box.holders),
            "vacant": box.vacant,
            "places": f"{len(box.holders)} / {box.places}",
            "backing": wording.backing(box),
            "gap": box.position_id in gaps,
            "change": (CHANGE_LABELS[box.change], CHANGE_TONES[box.change]) if box.change else None,
        }
        for box, depth in shown.in_order()
    ]


def difference_rows(before: Structure, after: Structure) -> list[dict[str, Any]]:
    """Return how two structures differ, a line a position: what it was, what it is."""
    return [
        {
            "kind": (CHANGE_LABELS[found.kind], CHANGE_TONES[found.kind]),
            "title": found.box.title,
            "url": url_for("positions.show_position", position_id=found.box.position_id),
            "before": box_words(found.before, before),
            "after": box_words(found.after, after),
        }
        for found in structure.compare(before, after)
    ]


def box_words(box: Box | None, within: Structure) -> str:
    """Return what is compared of a box in words, an empty text for none."""
    if box is None:
        return ""
    superior = within.boxes.get(box.reports_to_id or 0)
    return " · ".join(
        part
        for part in (
            box.title,
            box.department,
            _("上级 %(title)s", title=superior.title) if superior else _("没有上级"),
            _("编制 %(count)s", count=box.places),
        )
        if part
    )


def choices(shown: Structure, besides: int | None = None) -> list[tuple[int, str]]:
    """Return the boxes of a structure for a choice, indented by their depth."""
    return [
        (box.position_id, "\u3000" * depth + box.title)
        for box, depth in shown.in_order()
        if box.position_id != besides
    ]


def span(first: date, last: date | None) -> str:
    """Return from when to when something holds."""
    begin = filters.date_text(first)
    if last is None:
        return _("%(begin)s 起", begin=begin)
    return _("%(begin)s 至 %(end)s", begin=begin, end=filters.date_text(last))
