"""The life of an announcement: written, scheduled for its moment or published at once, replaced, taken down, withdrawn.

What a moment brings (going up, coming down) a job does in the state; readers are told by the moment itself
(``Announcement.shown_status``).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, search
from app.core.db import session
from app.core.errors import Conflict, Problem
from app.core.i18n import lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, step, system_only
from app.features.announcements import queries, receipts
from app.features.announcements.enums import ANNOUNCEMENT as DOC_TYPE
from app.features.announcements.enums import CONFIRM, LIVE, AnnouncementPerm, AnnouncementStatus
from app.features.announcements.models import Announcement
from app.features.rules import writing

PREFIX = "TZ"


def confirming(row: Announcement) -> Iterable[WantedTask]:
    """Yield the task of confirming for everybody who is asked and has not."""
    for receipt in queries.waited_for(row):
        yield WantedTask(CONFIRM, user_id=receipt.user_id, due_at=receipt.due_at)


def author_of(row: Announcement, actor: Actor) -> Authority | None:
    """Return the authority of who wrote it, as long as they may publish."""
    return holder.test(row, actor) if row.owner_id == actor.id else None


def head_of(row: Announcement, actor: Actor) -> Authority | None:
    """Return the authority of who publishes where it comes from."""
    return holder.test(row, actor) if queries.answers_for(actor, row) else None


holder = may(AnnouncementPerm.PUBLISH)
publisher = Who(head_of, holder.ask, holder.permissions, holder.people)
author = Who(author_of, mine.ask, frozenset({str(AnnouncementPerm.PUBLISH)}), mine.people)


def ready_to_release(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse one that would be over before it began, is for nobody, or corrects what is not up any more."""
    if row.visible_until is not None and row.visible_until <= max(
        clock.now(), row.visible_from or clock.now()
    ):
        return Conflict("announcement:over-already")
    if not queries.audience_ids(row):
        return Conflict("announcement:nobody")
    if row.replaces_id is not None and session.get_one(Announcement, row.replaces_id).status not in LIVE:
        return Conflict("announcement:replaced-already")
    return None


def at_its_moment(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose whether it is published at once or waits for its moment."""
    waits = row.visible_from is not None and row.visible_from > clock.now()
    return AnnouncementStatus.SCHEDULED if waits else AnnouncementStatus.PUBLISHED


def on_release(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the number, and put it up where it does not wait."""
    row.visible_from = row.visible_from or clock.now()
    row.number = next_number(DOC_TYPE, PREFIX)
    if row.status == AnnouncementStatus.PUBLISHED:
        put_up(row)
    else:
        index(row)
    return None


def on_appear(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Put it up, its moment has come."""
    put_up(row)
    return None


def put_up(row: Announcement) -> None:
    """Publish: replace what it corrects, and ask its audience."""
    row.published_at = clock.now()
    if row.replaces_id is not None:
        before = session.get_one(Announcement, row.replaces_id)
        if before.status in LIVE:
            FLOW.fire(before, "replace", SYSTEM, version=None)
    session.flush()
    receipts.ask(row)
    index(row)


def on_end(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Take it down now, or as of the moment that was set."""
    now = clock.now()
    if row.published_at is None:
        row.published_at = row.visible_from
    if row.visible_until is None or row.visible_until > now:
        row.visible_until = now
    receipts.release(row)
    return None


def on_withdraw(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep the reason for its readers, and ask nobody any more."""
    row.withdrawn_reason = str(data["note"])
    receipts.release(row)
    search.remove(DOC_TYPE, row.id)
    return None


def on_replace(row: Announcement, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Leave the search to the correction; its receipts pass on, or are excused where it asks again."""
    successor = queries.correction_of(row)
    if successor is None or successor.edition != row.edition:
        receipts.release(row)
    search.remove(DOC_TYPE, row.id)
    return None


def index(row: Announcement) -> None:
    """Bring the search up to date."""
    search.put(DOC_TYPE, row.id, row.title, f"{row.number or ''} {writing.words(row.text)}".strip())


def audience_told(row: Announcement) -> list[int | None]:
    """Return everybody it is for, once it is up."""
    if row.status != AnnouncementStatus.PUBLISHED:
        return []
    return [person for person in queries.audience_ids(row) if person != row.owner_id]


def those_told(row: Announcement) -> list[int | None]:
    """Return those who had been told of it, that it no longer holds."""
    return [person for person in queries.audience_ids(row) if row.published_at is not None]


# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    AnnouncementStatus.DRAFT,
    (
        State(AnnouncementStatus.DRAFT, lazy("草稿"), "neutral", milestone=True),
        State(AnnouncementStatus.SCHEDULED, lazy("定时发布"), "info"),
        State(AnnouncementStatus.PUBLISHED, lazy("已发布"), "ok", confirming, milestone=True),
        State(AnnouncementStatus.ENDED, lazy("已下架"), "neutral", terminal=True, milestone=True),
        State(AnnouncementStatus.REPLACED, lazy("已更正"), "warn", terminal=True),
        State(AnnouncementStatus.WITHDRAWN, lazy("已撤回"), "bad", terminal=True),
        State(AnnouncementStatus.DROPPED, lazy("已放弃"), "neutral", terminal=True),
    ),
    (
        step("release", "draft", "scheduled published", author, lazy("发布通知"), ready=ready_to_release,
             choose=at_its_moment, effect=on_release, tell=audience_told, kind="primary"),
        step("appear", "scheduled", "published", system_only, lazy("到时发布"), effect=on_appear,
             tell=audience_told, hidden=True),
        step("take_down", "published", "ended", any_of(author, publisher), lazy("下架"), effect=on_end),
        step("end", "scheduled published", "ended", system_only, lazy("到时下架"), effect=on_end, hidden=True),
        step("replace", "scheduled published", "replaced", system_only, lazy("由更正替代"), effect=on_replace,
             hidden=True),
        step("withdraw", "scheduled published", "withdrawn", any_of(author, publisher), lazy("撤回通知"),
             effect=on_withdraw, tell=those_told, reason=True, kind="danger"),
        step("drop", "draft", "dropped", mine, lazy("放弃草稿"), kind="danger"),
    ),
    lazy("通知公告"),
)
# fmt: on
