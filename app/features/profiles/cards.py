"""Birthdays and anniversaries of the coming week, and the cards colleagues sign for them.

A card circulates among those who may see the occasion, the person left out; on the day the person gets it. Where the
person takes consent back meanwhile it is closed for good and nobody sees it any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    extract,
    false,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import joinedload

from app.core import clock, configuration, timeline, workdays
from app.core.db import insert_unless_present, one_visible, session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.lunar import CalendarKind, YearlyDay, coming_days
from app.core.permissions import SYSTEM, Actor
from app.core.prepared import read
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.profiles import visibility
from app.features.profiles.enums import CARD, OCCASION_LABELS, Occasion, ProfileField, ProfileVerb
from app.features.profiles.models import CardLine, Employment, GreetingCard, Profile, birthday_of

DAYS_AHEAD = 7
LONGEST_LINE = 200
MOST_SHOWN = 12


@dataclass(frozen=True)
class Celebration:
    """A birthday or anniversary of the coming week: whose, when, how it is said; ``years`` counts an anniversary."""

    person_id: int
    name: str
    occasion: str
    day: date
    said: str
    today: bool
    own: bool


@dataclass(frozen=True)
class SignedLine:
    """A line of a card with its author."""

    author_id: int
    author: str
    text: str


def coming(actor: Actor, today: date | None = None) -> tuple[Celebration, ...]:
    """Return what is celebrated from today on for a week, as far as the actor may see it, by one statement."""
    first = today or clock.today()
    week = list(coming_days(first, DAYS_AHEAD))
    made = partial(_coming_statement, actor, week)
    rows = read(configuration.kept(("profiles:coming", actor, first), made))
    found = [_celebration(row, week, actor) for row in rows]
    return tuple(sorted(found, key=lambda item: (item.day, item.name, item.occasion))[:MOST_SHOWN])


def _coming_statement(actor: Actor, week: Sequence[tuple[date, tuple[YearlyDay, ...]]]) -> Select[Any]:
    birthdays = (
        select(
            User.id,
            User.name,
            literal(Occasion.BIRTHDAY.value).label("occasion"),
            Profile.birthday_calendar.label("calendar"),
            Profile.birthday_month.label("month"),
            Profile.birthday_day.label("day"),
            Profile.birthday_leap.label("leap"),
            literal(0).label("year"),
        )
        .join(Profile, Profile.id == User.id)
        .where(
            User.active,
            falls_on(
                Profile.birthday_calendar,
                Profile.birthday_month,
                Profile.birthday_day,
                [day for _date, days in week for day in days],
            ),
            visibility.may_see(actor, ProfileField.BIRTHDAY),
        )
    )
    anniversaries = (
        select(
            User.id,
            User.name,
            literal(Occasion.ANNIVERSARY.value),
            literal(CalendarKind.SOLAR.value),
            Employment.joined_month,
            Employment.joined_day,
            false(),
            extract("year", Employment.joined_on),
        )
        .join(Employment, Employment.user_id == User.id)
        .where(
            User.active,
            falls_on(
                literal(CalendarKind.SOLAR.value),
                Employment.joined_month,
                Employment.joined_day,
                [day for _date, days in week for day in days if day.calendar == CalendarKind.SOLAR],
            ),
            Employment.joined_on < week[0][0],
            visibility.may_see(actor, ProfileField.ANNIVERSARY),
        )
    )
    both = union_all(birthdays, anniversaries).subquery()
    return select(both)


def falls_on(calendar: Any, month: Any, day: Any, wanted: Iterable[YearlyDay]) -> ColumnElement[bool]:
    """Return the condition that columns hold one of some yearly days."""
    return or_(
        false(),
        *(
            and_(calendar == item.calendar.value, month == item.month, day == item.day)
            for item in dict.fromkeys(wanted)
        ),
    )


def _celebration(row: Any, week: Sequence[tuple[date, tuple[YearlyDay, ...]]], actor: Actor) -> Celebration:
    kept = birthday_of(row.calendar, row.month, row.day, row.leap)
    assert kept is not None  # noqa: S101 - the statement asks for whole days only
    plain = YearlyDay(kept.calendar, kept.month, kept.day)
    day = next(day for day, days in week if plain in days)
    if row.occasion == Occasion.BIRTHDAY:
        said = _("生日") if kept.calendar == CalendarKind.SOLAR else _("生日（%(day)s）", day=kept)
    else:
        said = _("入职 %(years)s 周年", years=day.year - int(row.year))
    return Celebration(row.id, row.name, row.occasion, day, said, day == week[0][0], row.id == actor.id)


def celebration_of(actor: Actor, person_id: int, occasion: Occasion) -> Celebration:
    """Return what of a person is celebrated within a week and what the actor may see of it; raises NotVisible."""
    for item in coming(actor):
        if (item.person_id, item.occasion) == (person_id, occasion.value):
            return item
    raise NotVisible


# Cards


def visible_to(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the cards an actor sees: own ones from the day on, others while they may know."""
    person = User
    own = and_(GreetingCard.person_id == actor.id, GreetingCard.day <= clock.today())
    shared = [
        and_(
            GreetingCard.occasion == occasion.value,
            GreetingCard.person_id != actor.id,
            visibility.may_see(actor, ProfileField(occasion.value)),
        )
        for occasion in Occasion
    ]
    return (
        select(GreetingCard.id)
        .join(person, person.id == GreetingCard.person_id)
        .where(GreetingCard.closed_at.is_(None), or_(own, *shared))
    )


def get_card(actor: Actor, card_id: int, *, lock: bool = False) -> GreetingCard:
    """Return a card an actor sees; raises NotVisible."""
    statement = (
        select(GreetingCard)
        .options(joinedload(GreetingCard.person))
        .where(GreetingCard.id == card_id, GreetingCard.id.in_(visible_to(actor)))
    )
    if lock:
        statement = statement.with_for_update(of=GreetingCard)
    return one_visible(statement)


def title_of(card: GreetingCard) -> str:
    """Return what a card is called on its own page, where its reader may know whose it is."""
    return _(
        "给%(name)s的%(occasion)s贺卡",
        name=card.person.name,
        occasion=OCCASION_LABELS[Occasion(card.occasion)],
    )


def titles(ids: Sequence[int]) -> dict[int, str]:
    """Return what cards are called in lists of documents: nothing that tells whose they are."""
    return {number: _("贺卡") for number in ids}


def lines_of(card_id: int) -> list[SignedLine]:
    """Return the lines of a card in the order in which they were written."""
    rows = session.execute(
        select(CardLine.author_id, User.name, CardLine.text)
        .join(User, User.id == CardLine.author_id)
        .where(CardLine.card_id == card_id)
        .order_by(CardLine.id)
    )
    return [SignedLine(*row) for row in rows]


def card_ids(actor: Actor, celebrations: Sequence[Celebration]) -> dict[tuple[int, str], int]:
    """Return the cards there are for celebrations, by person and occasion, as far as the actor sees them."""
    days = sorted({item.day for item in celebrations})
    if not days:
        return {}
    statement = configuration.kept(("profiles:cards", actor, clock.today()), partial(_cards_of_days, actor))
    rows = read(statement, {"days": days})
    return {(row.person_id, row.occasion): row.id for row in rows}


def _cards_of_days(actor: Actor) -> Select[*tuple[Any, ...]]:
    return select(GreetingCard.id, GreetingCard.person_id, GreetingCard.occasion).where(
        GreetingCard.day.in_(bindparam("days", expanding=True, type_=Date)),
        GreetingCard.id.in_(visible_to(actor)),
    )


def open_card(person_id: int, occasion: Occasion, *, actor: Actor) -> int:
    """Return the card that circulates for the coming occasion of a colleague, made where there is none.

    Raises NotVisible where the actor may not know of it, Conflict for one's own and for one that was closed.
    """
    celebration = celebration_of(actor, person_id, occasion)
    if celebration.own:
        raise Conflict("cards:own")
    insert_unless_present(
        GreetingCard,
        person_id=person_id,
        occasion=occasion.value,
        day=celebration.day,
        created_at=clock.now(),
    )
    card = session.execute(
        select(GreetingCard).where(
            GreetingCard.person_id == person_id,
            GreetingCard.occasion == occasion.value,
            GreetingCard.day == celebration.day,
        )
    ).scalar_one()
    if card.closed_at is not None:
        raise Conflict("cards:closed")
    return card.id


def sign(card_id: int, text: str, *, actor: Actor) -> None:
    """Write one's line on a card, in place of the former one.

    Raises NotVisible, Conflict for one's own card and after its day, Invalid at ``text``.
    """
    card = get_card(actor, card_id, lock=True)
    if card.person_id == actor.id:
        raise Conflict("cards:own")
    if card.day < clock.today():
        raise Conflict("cards:over")
    line = text.strip()
    if not line:
        raise Invalid(fields={"text": lazy("请写一句话")})
    if len(line) > LONGEST_LINE:
        raise Invalid(fields={"text": lazy("最多 %(most)s 个字", most=LONGEST_LINE)})
    written = session.execute(
        select(CardLine).where(CardLine.card_id == card.id, CardLine.author_id == actor.id)
    ).scalar_one_or_none()
    if written is None:
        session.add(CardLine(card_id=card.id, author_id=actor.id, text=line, written_at=clock.now()))
    else:
        written.text, written.written_at = line, clock.now()
    session.flush()
    timeline.record(CARD, card.id, ProfileVerb.SIGN, actor)


def close_circulating(person_id: int, occasion: Occasion, actor: Actor) -> None:
    """Close the cards of a person that were not handed over yet, in the open unit of work."""
    rows = session.execute(
        select(GreetingCard.id).where(
            GreetingCard.person_id == person_id,
            GreetingCard.occasion == occasion.value,
            GreetingCard.day >= clock.today(),
            GreetingCard.closed_at.is_(None),
        )
    ).scalars()
    ids = sorted(rows)
    if ids:
        session.execute(update(GreetingCard).where(GreetingCard.id.in_(ids)).values(closed_at=clock.now()))
        for card_id in ids:
            timeline.record(CARD, card_id, ProfileVerb.CLOSE, actor)


def deliver(_payload: object = None) -> None:
    """Tell people of the cards they got, in working hours only: in the evening and on days off nobody is called."""
    now = clock.now()
    if not workdays.is_working_time(now):
        return
    with unit_of_work():
        signed = select(CardLine.card_id)
        due = session.execute(
            select(GreetingCard)
            .where(
                GreetingCard.day <= clock.today(),
                GreetingCard.closed_at.is_(None),
                GreetingCard.told_at.is_(None),
                GreetingCard.id.in_(signed),
            )
            .order_by(GreetingCard.id)
        ).scalars()
        for card in list(due):
            card.told_at = now
            timeline.record(CARD, card.id, ProfileVerb.DELIVER, SYSTEM, tell=[card.person_id])


def own_cards(actor: Actor) -> list[GreetingCard]:
    """Return the cards a person got, newest first."""
    statement = (
        select(GreetingCard)
        .where(
            GreetingCard.person_id == actor.id,
            GreetingCard.id.in_(visible_to(actor)),
            GreetingCard.id.in_(select(CardLine.card_id)),
        )
        .order_by(GreetingCard.day.desc(), GreetingCard.id.desc())
    )
    return list(session.execute(statement).scalars())
