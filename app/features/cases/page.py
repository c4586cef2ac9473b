"""What the pages of cases show, made ready so that templates decide nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from app.core import files
from app.core.files import StoredFile
from app.core.i18n import LazyText
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.timeline import Event, events_for
from app.features.cases import queries
from app.features.cases.actions import OPEN
from app.features.cases.enums import (
    CASE,
    MARK_LABELS,
    OUTCOME_LABELS,
    OUTCOME_TONES,
    STAGE_LABELS,
    CaseStatus,
    MarkKind,
    Outcome,
    Stage,
)
from app.features.cases.flow import FLOW, TOLD
from app.features.cases.models import CaseStudy
from app.web import documents, filters

ICONS = {MarkKind.USEFUL: "check", MarkKind.THANKS: "circle-check", MarkKind.TRAINING: "school"}


@dataclass(frozen=True)
class Said:
    """A comment as the page shows it."""

    person: str
    at: datetime
    text: str


@dataclass(frozen=True)
class MarkButton:
    """A button by which a reader says something of a case, or takes it back."""

    label: str
    url: str
    said: bool
    icon: str


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("案例库"), url_for("cases.index"))]


def address(row: CaseStudy) -> str:
    """Return the address of a case's page."""
    return url_for("cases.show_case", case_id=row.id)


def trail_to(row: CaseStudy) -> list[tuple[str, str]]:
    """Return the trail of every page below a case."""
    return [*trail(), (row.title, address(row))]


def told_parts(row: CaseStudy) -> list[tuple[LazyText, str]]:
    """Return the parts of a case that say something, each with its heading."""
    return [(label, getattr(row, name)) for name, label in TOLD.items() if getattr(row, name).strip()]


def facts(row: CaseStudy) -> list[tuple[Any, ...]]:
    """Return what stands beside the text."""
    found: list[tuple[Any, ...]] = [
        (_("编号"), row.number),
        (_("作者"), row.owner.name),
        (_("阶段"), STAGE_LABELS[Stage(row.stage)]),
    ]
    if row.published_at is not None:
        found.append((_("入库时间"), filters.moment_text(row.published_at)))
    if row.checked_by is not None:
        found.append((_("审核人"), row.checked_by.name))
    return found


def mark_buttons(row: CaseStudy, actor: Actor) -> list[MarkButton]:
    """Return what a reader may say by a click, with how many said it; nothing to press for the author."""
    if row.status != CaseStatus.PUBLISHED or row.owner_id == actor.id:
        return []
    known = queries.marks(row, actor)
    return [
        MarkButton(
            f"{label} {known.counts.get(kind, 0)}",
            url_for("cases.mark", case_id=row.id, kind=str(kind)),
            kind in known.own,
            ICONS[kind],
        )
        for kind, label in MARK_LABELS.items()
    ]


def mark_line(row: CaseStudy, actor: Actor) -> str:
    """Return how many said what, for those who have no buttons."""
    known = queries.marks(row, actor)
    return " · ".join(f"{label} {known.counts.get(kind, 0)}" for kind, label in MARK_LABELS.items())


def file_rows(
    stored: list[StoredFile], row: CaseStudy, events: list[Event], *, drafting: bool
) -> list[documents.FileRow]:
    """Return the attachments, each with the way to take it back while the case is being written."""

    def remove_url(file: StoredFile) -> str:
        return url_for("cases.remove_file", case_id=row.id, file_id=file.id) if drafting else ""

    return documents.file_rows(stored, remove_url, events)


def link_rows(row: CaseStudy, actor: Actor, *, drafting: bool) -> dict[str, Any]:
    """Return the documents of a case as this reader knows them, and how many they do not."""
    seen = queries.seen_links(row, actor)
    return {
        "links": [
            {
                "title": link.title,
                "url": link.url,
                "label": link.label,
                "remove_url": url_for("cases.remove_link", case_id=row.id, link_id=each.id)
                if drafting
                else "",
            }
            for each, link in seen.shown
        ],
        "hidden_links": seen.hidden,
    }


def context(row: CaseStudy, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a case needs, for this reader."""
    state, handles = FLOW.state(row.status), queries.handles(actor, row)
    drafting = row.status in OPEN and row.owner_id == actor.id
    events = events_for(CASE, row.id)
    stored = files.files_for(CASE, row.id)
    published = row.status == CaseStatus.PUBLISHED
    return {
        "heading": row.title,
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [row.owner.name, STAGE_LABELS[Stage(row.stage)], *row.tag_list],
        "told": facts(row),
        "outcome": (OUTCOME_LABELS[Outcome(row.outcome)], OUTCOME_TONES[Outcome(row.outcome)]),
        "parts": told_parts(row),
        "figures": row.figures,
        "tags": [(tag, url_for("cases.index", tag=tag)) for tag in row.tag_list],
        "photos": [
            (documents.file_url(file), file.name) for file in stored if file.media_type.startswith("image/")
        ],
        "marks": mark_buttons(row, actor),
        "mark_line": mark_line(row, actor) if published and row.owner_id == actor.id else "",
        "anonymous": row.anonymous,
        **link_rows(row, actor, drafting=drafting),
        "links_url": url_for("cases.links", case_id=row.id) if drafting else "",
        "files": file_rows(stored, row, events, drafting=drafting),
        "file_upload": url_for("cases.add_file", case_id=row.id) if drafting else "",
        "edit_url": url_for("cases.edit", case_id=row.id) if drafting else "",
        "paper_url": url_for("cases.paper", case_id=row.id),
        "comments": [Said(each.author.name, each.created_at, each.text) for each in row.comments],
        "comment_url": url_for("cases.comment", case_id=row.id) if published else "",
        **steps_context(row, actor),
        "stations": documents.stations(FLOW, row.status, events) if handles else [],
        "events": documents.timeline_rows(events) if handles else [],
        "handles": handles,
    }


def steps_context(row: CaseStudy, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(row, actor), "action": address(row), "version": row.version}
