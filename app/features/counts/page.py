"""What the pages of counts show: totals, differences with what is done about them, the last scans."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from app.core import files
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.features.assets import queries as asset_queries
from app.features.counts import actions, lines
from app.features.counts.enums import (
    COUNT,
    REMEDIES,
    REMEDY_LABELS,
    SCANNING,
    STRAY_REMEDIES,
    CountPerm,
    CountStatus,
    Remedy,
    Result,
    shown_results,
)
from app.features.counts.flow import FLOW, SHEET
from app.features.counts.models import StockCount, StockCountLine, StockCountStray
from app.features.counts.remedies import Chosen
from app.features.people.models import Department, User
from app.web import document_panels, documents


def trail_to(count: StockCount) -> list[tuple[str, str]]:
    """Return the way to a count."""
    return [(_("盘点"), url_for("counts.index")), (str(count.number), address(count))]


def address(count: StockCount) -> str:
    """Return the address of a count."""
    return url_for("counts.show_count", count_id=count.id)


def scope(count: StockCount) -> str:
    """Return what a count covers, in words."""
    names = [place.name for place in count.places]
    names += [row.name for row in (count.category, count.only_department) if row is not None]
    return listed(names)


def buttons(count: StockCount, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(count, actor), "action": address(count), "version": count.version}


def context(count: StockCount, actor: Actor) -> dict[str, Any]:
    """Return what the page of a count shows."""
    events, state = events_for(COUNT, count.id), FLOW.state(count.status)
    found, expected = lines.progress(count.id)
    scanning = count.status in SCANNING
    different = [] if count.status == CountStatus.OPEN else lines.differences(count.id)
    return {
        "heading": f"{count.number} {count.title}",
        "trail": [(_("盘点"), url_for("counts.index"))],
        "state": state.label,
        "tone": state.tone,
        "facts": [scope(count), _("组织人 %(name)s", name=count.owner.name)],
        "found": found,
        "expected": expected,
        "totals": total_rows(count),
        "differences": [difference_row(line, count) for line in different],
        "strays": [stray_row(stray) for stray in lines.strays(count.id)],
        "scan_url": url_for("counts.scan", count_id=count.id)
        if scanning and actions.may_scan(actor, count)
        else "",
        "settle_url": url_for("counts.reconciliation", count_id=count.id)
        if count.status == CountStatus.RECONCILING and can(actor, CountPerm.HOLD, count.department_id)
        else "",
        "lines_url": url_for("counts.line_list", count_id=count.id),
        "blank_url": url_for("counts.blank_sheet", count_id=count.id) if scanning else "",
        "sheet_url": "" if scanning else url_for("counts.sheet", count_id=count.id),
        "files": documents.file_rows(files.files_for(COUNT, count.id, SHEET), events=events),
        **buttons(count, actor),
        "stations": documents.stations(FLOW, count.status, events),
        "events": documents.timeline_rows(events),
        "further": document_panels.beside(COUNT, count.id, actor),
    }


def total_rows(count: StockCount) -> list[tuple[Any, str, int, str]]:
    """Return label, tone and number of each result, with the list of its lines."""
    shown = shown_results(count.status)
    return [
        (
            shown[result][0],
            shown[result][1] if number else "neutral",
            number,
            url_for("counts.line_list", count_id=count.id, result=result),
        )
        for result, number in lines.totals(count.id).items()
    ]


def difference_row(line: StockCountLine, count: StockCount) -> dict[str, Any]:
    """Return a difference of a count as the page shows it."""
    result = Result(line.result)
    label, tone = shown_results(count.status)[result]
    return {
        "line": line,
        "result": label,
        "tone": tone,
        "told": told(line),
        "url": url_for("assets.show", item_id=line.item_id),
        "remedy": REMEDY_LABELS[Remedy(line.remedy)] if line.remedy else "",
        "choices": [(str(code), REMEDY_LABELS[code]) for code in REMEDIES[result]],
    }


def told(line: StockCountLine) -> str:
    """Return what differs, in a few words."""
    expected = line.expected_place.name if line.expected_place is not None else "—"
    found = line.found_place.name if line.found_place is not None else "—"
    match Result(line.result):
        case Result.MISSING:
            return _("登记在%(place)s，责任人%(person)s", place=expected, person=line.expected_keeper.name)
        case Result.MISPLACED:
            return _("登记在%(place)s，实际在%(found)s", place=expected, found=found)
        case Result.OTHER_KEEPER:
            seen = line.person_seen.name if line.person_seen is not None else "—"
            return _("责任人%(person)s，实际由%(seen)s使用", person=line.expected_keeper.name, seen=seen)
        case _other:
            return _("按登记已不在册，实际在%(found)s", found=found)


def stray_row(stray: StockCountStray) -> dict[str, Any]:
    """Return something that no label names as the page shows it."""
    return {
        "stray": stray,
        "told": _("在%(place)s，%(person)s发现", place=stray.place.name, person=stray.found_by.name),
        "remedy": REMEDY_LABELS[Remedy(stray.remedy)] if stray.remedy else "",
        "choices": [(str(code), REMEDY_LABELS[code]) for code in STRAY_REMEDIES],
    }


# Choices of forms


def place_choices(count: StockCount | None = None) -> list[tuple[int, str]]:
    """Return the places to choose among: those a count covers, or all."""
    rows = count.places if count is not None and count.places else asset_queries.places()
    return [(place.id, place.name) for place in rows]


def category_choices() -> list[tuple[int, str]]:
    """Return the categories to choose among."""
    return [(row.id, row.name) for row in asset_queries.categories()]


def department_choices() -> list[tuple[int, str]]:
    """Return the departments to choose among."""
    rows = session.execute(
        select(Department.id, Department.name).where(Department.active).order_by(Department.name)
    )
    return [(row.id, row.name) for row in rows]


def people_choices() -> list[tuple[int, str]]:
    """Return the people who may really have something."""
    rows = session.execute(select(User.id, User.name).where(User.active).order_by(User.name))
    return [(row.id, row.name) for row in rows]


# What was posted


def chosen(prefix: str, posted: Mapping[str, str]) -> dict[int, Chosen]:
    """Return what was chosen for differences: ``remedy-7``, ``note-7`` (and ``item-7``) behind a prefix."""
    found = {}
    for name, value in posted.items():
        number = name.removeprefix(f"{prefix}remedy-")
        if number != name and number.isascii() and number.isdigit() and len(number) < 10:
            found[int(number)] = Chosen(
                value, posted.get(f"{prefix}note-{number}", ""), posted.get(f"{prefix}item-{number}", "")
            )
    return found


def typed_rows(rows: Sequence[dict[str, Any]], key: str, prefix: str) -> list[dict[str, Any]]:
    """Return rows with what is chosen for each: as posted, else as kept."""
    shown = []
    for row in rows:
        kept = row[key]
        number = kept.id
        item = getattr(kept, "item", None) if prefix else None
        shown.append(
            row
            | {
                "chosen": request.form.get(f"{prefix}remedy-{number}", kept.remedy or ""),
                "note": request.form.get(f"{prefix}note-{number}", kept.remedy_note),
                "item_code": request.form.get(
                    f"{prefix}item-{number}", item.number if item is not None else ""
                ),
            }
        )
    return shown
