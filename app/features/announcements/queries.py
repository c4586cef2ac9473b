"""What is read of announcements: the audience reads what is out, whoever publishes in a department all of it.

Everything starts from ``condition``: no page, list, search or paper asks in another way.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from app.core import configuration
from app.core.db import in_departments, one_visible, session
from app.core.permissions import Actor, departments_of
from app.core.prepared import read
from app.features.announcements.enums import AnnouncementPerm, AnnouncementStatus
from app.features.announcements.models import (
    Announcement,
    AnnouncementReceipt,
    AnnouncementScope,
    is_up,
    was_out,
)
from app.features.people import audience
from app.features.people.models import Department, User

UNRELEASED = (AnnouncementStatus.DRAFT, AnnouncementStatus.DROPPED)


def addressed_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an announcement is for an actor, or was when it asked them."""
    return or_(
        Announcement.for_everybody,
        exists().where(
            AnnouncementScope.announcement_id == Announcement.id, audience.reaches(actor, AnnouncementScope)
        ),
        exists().where(
            AnnouncementReceipt.announcement_id == Announcement.id, AnnouncementReceipt.user_id == actor.id
        ),
    )


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees an announcement; a draft is its author's alone."""
    if actor.is_system:
        return true()
    return or_(
        Announcement.owner_id == actor.id,
        and_(Announcement.status.not_in(UNRELEASED), handled_by(actor)),
        and_(was_out(), addressed_to(actor)),
    )


def handled_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an announcement lies in a department where an actor publishes."""
    return in_departments(Announcement.department_id, departments_of(actor, AnnouncementPerm.PUBLISH))


def answers_for(actor: Actor, row: Announcement) -> bool:
    """Tell whether an actor publishes where an announcement comes from: the whole company, where no department is."""
    departments = departments_of(actor, AnnouncementPerm.PUBLISH)
    return departments is None or row.department_id in departments


def handles(actor: Actor, row: Announcement) -> bool:
    """Tell whether an actor answers for an announcement: who wrote it, who publishes in its department."""
    return row.owner_id == actor.id or answers_for(actor, row)


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the announcements an actor may see."""
    return select(Announcement.id).where(condition(actor))


def get_announcement(actor: Actor, announcement_id: int) -> Announcement:
    """Return an announcement the actor may see; raises NotVisible."""
    statement = select(Announcement).where(Announcement.id == announcement_id, condition(actor))
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of announcements, for tasks, notices and the log."""
    rows = session.execute(select(Announcement.id, Announcement.title).where(Announcement.id.in_(ids)))
    return {row.id: row.title for row in rows}


# Whom it is for, and who has read it


def scope_of(row: Announcement) -> audience.Scope | None:
    """Return whom an announcement is for; None for everybody."""
    return None if row.for_everybody else audience.scope_of(row.scopes)


def audience_ids(row: Announcement) -> list[int]:
    """Return the ids of the active people an announcement is for today."""
    return list(session.execute(audience.people_within(scope_of(row)).order_by(User.id)).scalars())


def is_addressed(actor: Actor, row: Announcement) -> bool:
    """Tell whether an announcement is for an actor today, one at hand."""
    return row.for_everybody or audience.names(actor, row.scopes)


def scope_words(row: Announcement) -> list[str]:
    """Return whom an announcement is for, in words; empty for everybody."""
    return [] if row.for_everybody else audience.words(row.scopes)


def of_edition(row: Announcement) -> ColumnElement[bool]:
    """Return the condition that a receipt counts for an announcement."""
    return and_(AnnouncementReceipt.series_id == row.series_id, AnnouncementReceipt.edition == row.edition)


def receipts(row: Announcement) -> list[AnnouncementReceipt]:
    """Return the receipts of an announcement's edition, by person."""
    statement = select(AnnouncementReceipt).where(of_edition(row)).order_by(AnnouncementReceipt.user_id)
    return list(session.execute(statement).scalars())


def receipt_of(row: Announcement, user_id: int | None) -> AnnouncementReceipt | None:
    """Return how far a person got with an announcement."""
    statement = select(AnnouncementReceipt).where(of_edition(row), AnnouncementReceipt.user_id == user_id)
    return session.execute(statement).scalar_one_or_none()


def waited_for(row: Announcement) -> list[AnnouncementReceipt]:
    """Return the receipts of those who are asked to confirm and have not."""
    return [
        each
        for each in receipts(row)
        if each.asked_at is not None and each.confirmed_at is None and each.excused_at is None
    ]


def asked_counts(row: Announcement) -> tuple[int, int]:
    """Return how many have confirmed, and how many were asked, those excused since left out."""
    confirmed = func.count().filter(AnnouncementReceipt.confirmed_at.is_not(None))
    statement = select(confirmed, func.count()).where(
        of_edition(row),
        AnnouncementReceipt.asked_at.is_not(None),
        or_(AnnouncementReceipt.excused_at.is_(None), AnnouncementReceipt.confirmed_at.is_not(None)),
    )
    found = session.execute(statement).one()
    return int(found[0]), int(found[1])


def confirmations(row: Announcement) -> Sequence[Any]:
    """Return name, staff number, department, until when and when, of all who are or were asked, by department."""
    statement = (
        select(
            User.name,
            User.staff_number,
            Department.name.label("department"),
            AnnouncementReceipt.due_at,
            AnnouncementReceipt.confirmed_at,
        )
        .join(User, User.id == AnnouncementReceipt.user_id)
        .outerjoin(Department, Department.id == User.department_id)
        .where(
            of_edition(row),
            AnnouncementReceipt.asked_at.is_not(None),
            or_(AnnouncementReceipt.excused_at.is_(None), AnnouncementReceipt.confirmed_at.is_not(None)),
        )
        .order_by(Department.name, User.staff_number)
    )
    return session.execute(statement).all()


def live_ids() -> list[int]:
    """Return the announcements that are up or wait for their moment."""
    statement = (
        select(Announcement.id)
        .where(Announcement.status.in_((AnnouncementStatus.SCHEDULED, AnnouncementStatus.PUBLISHED)))
        .order_by(Announcement.id)
    )
    return list(session.execute(statement).scalars())


def correction_of(row: Announcement) -> Announcement | None:
    """Return the newest correction of an announcement that was not dropped; None without one."""
    statement = (
        select(Announcement)
        .where(Announcement.replaces_id == row.id, Announcement.status != AnnouncementStatus.DROPPED)
        .order_by(Announcement.id.desc())
        .limit(1)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def neighbours(actor: Actor, row: Announcement) -> tuple[int | None, int | None]:
    """Return what an announcement corrects and what corrects it, by id, where the actor may see them."""
    beside = or_(
        Announcement.id == row.replaces_id,
        and_(Announcement.replaces_id == row.id, Announcement.status != AnnouncementStatus.DROPPED),
    )
    statement = select(Announcement.id).where(beside, condition(actor)).order_by(Announcement.id)
    found = list(session.execute(statement).scalars())
    before = row.replaces_id if row.replaces_id in found else None
    return before, next((number for number in reversed(found) if number != row.replaces_id), None)


def newest_up(actor: Actor, limit: int) -> Sequence[Any]:
    """Return id, title, whether pinned, and since when, of what is up for an actor: pinned ones first."""
    return read(configuration.kept(("announcements:up", actor, limit), partial(_newest_up, actor, limit)))


def _newest_up(actor: Actor, limit: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Announcement.id, Announcement.title, Announcement.pinned, Announcement.visible_from)
        .where(is_up(), addressed_to(actor))
        .order_by(Announcement.pinned.desc(), Announcement.visible_from.desc(), Announcement.id.desc())
        .limit(limit)
    )
