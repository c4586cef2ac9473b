"""What the pages of announcements show, made ready so that templates decide nothing."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core import files, modules
from app.core.files import StoredFile
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.permissions import Actor, can
from app.core.timeline import Event, events_for
from app.features.announcements import queries
from app.features.announcements.enums import ANNOUNCEMENT, LIVE, MODULE, AnnouncementPerm, AnnouncementStatus
from app.features.announcements.flow import FLOW
from app.features.announcements.models import Announcement
from app.features.rules import writing
from app.features.rules.presentation import ShownClause, shown_blocks
from app.web import documents, filters

ON_WORKBENCH = 4


@dataclass(frozen=True)
class Headline:
    """An announcement on the workbench."""

    title: str
    url: str
    pinned: bool
    at: Any


def headlines(actor: Actor) -> tuple[Headline, ...]:
    """Return what is up for an actor, pinned ones first, for the workbench; nothing while the module is off."""
    if not modules.is_on(MODULE):
        return ()
    return tuple(
        Headline(row.title, f"/announcements/{row.id}", row.pinned, row.visible_from)
        for row in queries.newest_up(actor, ON_WORKBENCH)
    )


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("通知公告"), url_for("announcements.index"))]


def address(row: Announcement) -> str:
    """Return the address of an announcement's page."""
    return url_for("announcements.show_announcement", announcement_id=row.id)


def trail_to(row: Announcement) -> list[tuple[str, str]]:
    """Return the trail of every page below an announcement."""
    return [*trail(), (row.title, address(row))]


def shown_text(row: Announcement) -> ShownClause:
    """Return the text as the pages of rules show theirs."""
    body = writing.read(row.text, lambda _name: None)
    return ShownClause(0, "", "", "", 1, False, shown_blocks(body, None))


def asked_text(row: Announcement) -> str:
    """Return what is asked of its readers."""
    if not row.must_confirm:
        return _("看过即可，不要求确认")
    return _("%(hours)s 个工作小时内确认已读", hours=row.confirm_hours)


def told_facts(row: Announcement, actor: Actor) -> list[tuple[Any, ...]]:
    """Return what stands beside the text."""
    scope = queries.scope_words(row)
    facts: list[tuple[Any, ...]] = [
        (_("编号"), row.number),
        (_("发布人"), row.owner.name),
        (_("通知对象"), listed(scope) if scope else _("全体人员"), True),
        (_("要求"), asked_text(row)),
        (_("发布时间"), filters.moment_text(row.visible_from) if row.visible_from else _("发布时立即")),
    ]
    if row.visible_until is not None:
        facts.append((_("下架时间"), filters.moment_text(row.visible_until)))
    if row.must_confirm and row.was_out and queries.handles(actor, row):
        done, of = queries.asked_counts(row)
        facts.append((_("已确认"), _("%(done)s / %(of)s 人", done=done, of=of)))
    return facts


def own_part(row: Announcement, actor: Actor) -> dict[str, Any]:
    """Return what a reader has to do, or did: the button of confirming with its time, or when they confirmed."""
    receipt = queries.receipt_of(row, actor.id)
    confirmed_at = receipt.confirmed_at if receipt is not None else None
    asked = receipt is not None and receipt.asked_at is not None and receipt.excused_at is None
    open_to = row.must_confirm and row.is_up and confirmed_at is None
    if open_to and not asked:
        open_to = queries.is_addressed(actor, row)
    return {
        "confirm_url": url_for("announcements.confirm", announcement_id=row.id) if open_to else "",
        "due_at": receipt.due_at if receipt is not None and open_to else None,
        "confirmed_at": confirmed_at,
        "seen": receipt is not None and receipt.seen_at is not None,
    }


def linked(row: Announcement, actor: Actor) -> dict[str, str]:
    """Return the ways to what it corrects and to what corrects it, where the reader may see them."""
    before, after = queries.neighbours(actor, row)
    return {"before_url": way_to(before), "after_url": way_to(after)}


def way_to(announcement_id: int | None) -> str:
    """Return the address of an announcement, an empty text for none."""
    if announcement_id is None:
        return ""
    return url_for("announcements.show_announcement", announcement_id=announcement_id)


def file_rows(row: Announcement, events: list[Event], *, drafting: bool) -> list[documents.FileRow]:
    """Return the attachments, each with the way to take it back while it is a draft."""

    def remove_url(file: StoredFile) -> str:
        if not drafting:
            return ""
        return url_for("announcements.remove_file", announcement_id=row.id, file_id=file.id)

    return documents.file_rows(files.files_for(ANNOUNCEMENT, row.id), remove_url, events)


def context(row: Announcement, actor: Actor) -> dict[str, Any]:
    """Return all that the page of an announcement needs, for this reader."""
    status = row.shown_status
    state, handles = FLOW.state(status), queries.handles(actor, row)
    drafting = row.status == AnnouncementStatus.DRAFT and row.owner_id == actor.id
    hidden = status == AnnouncementStatus.WITHDRAWN and not handles
    number: dict[str, Any] = {"announcement_id": row.id}
    corrects = row.status in LIVE and handles and can(actor, AnnouncementPerm.PUBLISH)
    links = linked(row, actor)
    events = events_for(ANNOUNCEMENT, row.id) if handles else []
    return {
        "heading": row.title,
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [row.owner.name, *([_("置顶")] if row.pinned else [])],
        "told": told_facts(row, actor),
        "clause": None if hidden else shown_text(row),
        "withdrawn_reason": row.withdrawn_reason,
        "files": [] if hidden else file_rows(row, events, drafting=drafting),
        "file_upload": url_for("announcements.add_file", **number) if drafting else "",
        "edit_url": url_for("announcements.edit", **number) if drafting else "",
        "correct_url": url_for("announcements.correct", **number)
        if corrects and not links["after_url"]
        else "",
        "receipts_url": url_for("announcements.receipts", **number) if handles and row.was_out else "",
        "paper_url": "" if hidden else url_for("announcements.paper", **number),
        **links,
        **own_part(row, actor),
        **steps_context(row, actor),
        "stations": documents.stations(FLOW, status, events) if handles else [],
        "events": documents.timeline_rows(events),
        "handles": handles,
    }


def steps_context(row: Announcement, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(row, actor), "action": address(row), "version": row.version}
