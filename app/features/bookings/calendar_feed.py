"""Calendars of people and of all cars that other programs subscribe to, under a secret address and without a session.

Whoever knows the address reads the calendar, so it can be revoked and made anew at any time, it says nothing that its
owner may not read today, and it is answered a limited number of times an hour.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import aliased

from app.core import calendar_feeds, clock, documents, modules, side_writes, timeline
from app.core.calendar_feeds import CalendarSource
from app.core.calendar_file import CalendarEvent, calendar_text
from app.core.db import session
from app.core.errors import NotVisible, Throttled
from app.core.i18n import CHINESE, lazy, ngettext, using_locale
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can, require
from app.core.side_writes import SideWrite
from app.core.timeline import Verb
from app.features.bookings import queries
from app.features.bookings.calendar_enums import SCOPE_LABELS, CalendarScope
from app.features.bookings.calendar_models import CalendarAddress
from app.features.bookings.enums import BOOKING, DRIVEN, MODULE, SOFT, BookingPerm, BookingStatus
from app.features.bookings.models import Booking
from app.features.bookings.own_trips import takes_part
from app.features.people.directory import account_of
from app.features.people.models import User
from app.features.vehicles.models import Vehicle

ADDRESS = "calendar_address"
# What lies further back is history, and no program needs it every quarter of an hour.
PAST_DAYS = 60
# A program asks every quarter of an hour, a person presses "refresh" now and then, and some have three devices.
READS_AN_HOUR = 60
HOUR = timedelta(hours=1)
# Off: they stay in the calendar, so that programs take them out of theirs.
OFF = (BookingStatus.REJECTED, BookingStatus.CANCELLED, BookingStatus.NO_SHOW)
SHORTEST = timedelta(minutes=1)
SCOPE = frozenset({"scope"})


def scope_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an event with whose trips the address tells, in words; older events hold the words."""
    said = data["scope"]
    return {**data, "scope": SCOPE_LABELS[CalendarScope(said)] if said in list(CalendarScope) else said}


timeline.register_verbs(
    Verb("calendar_address:make", lazy("生成日历订阅地址：%(scope)s"), SCOPE, render=scope_in_words),
    Verb("calendar_address:revoke", lazy("撤销日历订阅地址：%(scope)s"), SCOPE, render=scope_in_words),
)


@dataclass(frozen=True)
class Calendar:
    """A calendar as it is served: its text and the hash by which a program knows it again."""

    text: str
    tag: str


# Addresses


def make_address(*, actor: Actor, scope: CalendarScope) -> str:
    """Make a new address in the open unit of work, in place of an older one, and return its secret.

    The secret is shown nowhere again. Raises Denied for the calendar of all cars where the actor does not dispatch.
    """
    if scope == CalendarScope.FLEET:
        require(actor, BookingPerm.DISPATCH)
    _end(actor, scope)
    secret = secrets.token_urlsafe(32)
    row = CalendarAddress(user_id=actor.id, scope=scope, secret_hash=hash_of(secret))
    session.add(row)
    session.flush()
    timeline.record(ADDRESS, row.id, "calendar_address:make", actor, data={"scope": str(scope)})
    return secret


def revoke_address(*, actor: Actor, scope: CalendarScope) -> None:
    """End an actor's address in the open unit of work; whoever knows it reads nothing from then on."""
    for row_id in _end(actor, scope):
        timeline.record(ADDRESS, row_id, "calendar_address:revoke", actor, data={"scope": str(scope)})


def _end(actor: Actor, scope: CalendarScope) -> list[int]:
    """End the address in force and return its number in a list, empty where there was none."""
    rows = session.execute(
        select(CalendarAddress).where(*_in_force(actor), CalendarAddress.scope == scope).with_for_update()
    ).scalars()
    ended = []
    for row in rows:
        row.revoked_at = clock.now()
        ended.append(row.id)
    session.flush()
    return ended


def addresses_of(actor: Actor) -> dict[str, CalendarAddress]:
    """Return an actor's addresses in force by their scope."""
    rows = session.execute(select(CalendarAddress).where(*_in_force(actor))).scalars()
    return {row.scope: row for row in rows}


def _in_force(actor: Actor) -> tuple[Any, ...]:
    return (CalendarAddress.user_id == actor.id, CalendarAddress.revoked_at.is_(None))


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


# Reading


def read_calendar(secret: str, site: str) -> Calendar:
    """Return the calendar of a secret; ``site`` is the address that stands before those of its bookings.

    Raises NotVisible for a secret that is unknown or revoked, whose owner left or may not read this any more, and
    Throttled where it was asked for too often in the running hour.
    """
    row = session.execute(
        select(CalendarAddress).where(
            CalendarAddress.secret_hash == hash_of(secret), CalendarAddress.revoked_at.is_(None)
        )
    ).scalar_one_or_none()
    account = account_of(row.user_id) if row is not None else None
    if row is None or account is None or not calendar_feeds.is_anything_on():
        raise NotVisible
    scope, actor = CalendarScope(row.scope), account.actor
    if scope == CalendarScope.FLEET and not (modules.shows(BOOKING) and can(actor, BookingPerm.DISPATCH)):
        raise NotVisible
    count_read(row)
    with using_locale(account.locale or CHINESE):
        events = (
            calendar_feeds.own_events(actor, site)
            if scope == CalendarScope.OWN
            else booked(actor, scope, site)
        )
        text = calendar_text(str(SCOPE_LABELS[scope]), events)
    return Calendar(text, hashlib.sha256(text.encode()).hexdigest()[:32])


def count_read(row: CalendarAddress) -> None:
    """Count a reading, in a side write; raises Throttled where there were too many in the running hour."""
    now, row_id = clock.now(), row.id
    running = row.reads_since is not None and row.reads_since + HOUR > now
    if running and row.reads >= READS_AN_HOUR and row.reads_since is not None:
        seconds = int((row.reads_since + HOUR - now).total_seconds()) + 1
        raise Throttled(seconds, ngettext("%(num)s 分钟", "%(num)s 分钟", -(-seconds // 60)))
    values: dict[str, Any] = (
        {"reads": CalendarAddress.reads + 1} if running else {"reads": 1, "reads_since": now}
    )

    def write() -> None:
        session.execute(
            update(CalendarAddress)
            .where(CalendarAddress.id == row_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    side_writes.after_request(SideWrite.THROTTLE, write)


def _bookings() -> Select[*tuple[Any, ...]]:
    driver = aliased(User)
    return (
        select(
            Booking.id,
            Booking.number,
            Booking.slip_number,
            Booking.version,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
            Booking.out_at,
            Booking.returned_at,
            Booking.created_at,
            Booking.updated_at,
            Booking.destination,
            Booking.purpose,
            Booking.passengers,
            User.name.label("person"),
            driver.name.label("driver"),
            Vehicle.plate,
        )
        .join(User, User.id == Booking.owner_id)
        .outerjoin(driver, driver.id == Booking.driver_id)
        .outerjoin(Vehicle, Vehicle.id == Booking.vehicle_id)
    )


def bookings(actor: Actor, scope: CalendarScope) -> Sequence[Any]:
    """Return the bookings of a calendar, of the last sixty days and all to come, the earliest first."""
    since = clock.now() - timedelta(days=PAST_DAYS)
    mine = takes_part(actor.id) if scope == CalendarScope.OWN else Booking.vehicle_id.is_not(None)
    return session.execute(
        _bookings()
        .where(mine, queries.condition(actor), Booking.ends_at > since)
        .order_by(Booking.starts_at, Booking.id)
    ).all()


def booked(actor: Actor, scope: CalendarScope, site: str) -> list[CalendarEvent]:
    """Return the bookings of a calendar as its events."""
    return [event_of(found, site) for found in bookings(actor, scope)]


calendar_feeds.register(
    CalendarSource("bookings", MODULE, lambda actor, site: booked(actor, CalendarScope.OWN, site))
)


def event_of(row: Any, site: str) -> CalendarEvent:
    """Return a booking as an event: as planned, and once it was driven as it was."""
    begin, end = row.starts_at, row.ends_at
    if row.status in DRIVEN:
        begin, end = row.out_at, max(row.returned_at, row.out_at + SHORTEST)
    state = documents.state_of(BOOKING, None, row.status).label
    said = [
        (_("用车人"), row.person),
        (_("驾驶员"), row.driver),
        (_("事由"), row.purpose),
        (_("人数"), str(row.passengers)),
        (_("单号"), row.number),
        (_("状态"), state),
    ]
    return CalendarEvent(
        uid=f"booking-{row.id}-{row.created_at:%Y%m%d%H%M%S}@zhangcheng",
        sequence=row.version,
        start=begin,
        end=end,
        changed_at=row.updated_at,
        summary=" ".join(filter(None, (row.plate, row.destination))),
        place=row.destination,
        description="\n".join(f"{label}{_('：')}{value}" for label, value in said if value),
        address=f"{site}{documents.document_type(BOOKING).url(row.id)}",
        cancelled=row.status in OFF,
        tentative=row.status in SOFT,
    )
