"""What is read of profiles: one's own data and consents, who looked, thanks, which skills colleagues show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.core import permissions
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.timeline import Event
from app.features.people.audience import department_chain
from app.features.people.enums import PeoplePerm
from app.features.people.models import Department, User
from app.features.profiles import visibility
from app.features.profiles.enums import (
    ACCESS_LABELS,
    AUDIENCE_LABELS,
    SHARED,
    AccessKind,
    Audience,
    ProfileField,
    ThanksAudience,
)
from app.features.profiles.models import BirthYear, Consent, Employment, Profile, ProfileAccess, Thanks

# What a list is called by the endpoint that wrote it to a file, in the record of exports.
DIRECTORY_LISTS = ("people_directory.index",)
MOST_EXPORTS_READ = 200
MOST_ACCESSES = 100

_Team = aliased(Department)
HAS_TEAMS = select(_Team.id).where(_Team.parent_id == Department.id).exists()


@dataclass(frozen=True)
class ConsentRow:
    """A consent as its giver reads it: the audience in words, the sentence agreed to, its version and time."""

    field: str
    audience: str
    said: str
    department_id: int | None
    wording: str
    wording_version: int
    at: datetime

    @property
    def shared(self) -> bool:
        """Whether anybody but the person sees the field by it."""
        return self.audience in SHARED


@dataclass(frozen=True)
class AccessRow:
    """Who came by data of a person, how, and when."""

    name: str
    how: str
    at: datetime


@dataclass(frozen=True)
class ThanksRow:
    """A line of thanks; ``mine`` where the reader may take it back."""

    id: int
    author_id: int
    author: str
    text: str
    audience: str
    department: str
    created_at: datetime
    mine: bool


def visible_to(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of people whose profile is an actor's own: what is recorded of it is theirs."""
    return select(User.id).where(User.id == actor.id)


def profile_of(user_id: int) -> Profile | None:
    """Return the voluntary data of a person, for themselves; others ask ``visibility``."""
    return session.execute(select(Profile).where(Profile.id == user_id)).scalar_one_or_none()


def birth_year_of(user_id: int) -> int | None:
    """Return the year of birth, for the person alone."""
    return session.execute(select(BirthYear.year).where(BirthYear.user_id == user_id)).scalar()


def own_parts(user_id: int) -> tuple[Profile | None, int | None, date | None]:
    """Return voluntary data, year of birth and day of joining of a person, for themselves, by one statement."""
    row = session.execute(
        select(Profile, BirthYear.year, Employment.joined_on)
        .select_from(User)
        .outerjoin(Profile, Profile.id == User.id)
        .outerjoin(BirthYear, BirthYear.user_id == User.id)
        .outerjoin(Employment, Employment.user_id == User.id)
        .where(User.id == user_id)
    ).one()
    return row[0], row[1], row[2]


def joined_on(user_id: int) -> date | None:
    """Return since when a person works here."""
    return session.execute(select(Employment.joined_on).where(Employment.user_id == user_id)).scalar()


def audience_choices(user: User) -> list[tuple[str, str]]:
    """Return to whom a person may show a field: codes with labels; of departments their own and those above."""
    found = [(str(code), str(AUDIENCE_LABELS[code])) for code in (Audience.ME, Audience.MANAGER)]
    return [
        *found,
        *department_choices(user),
        (str(Audience.COMPANY), str(AUDIENCE_LABELS[Audience.COMPANY])),
    ]


def department_choices(user: User) -> list[tuple[str, str]]:
    """Return the departments a person belongs to, from below upwards, as choices of an audience."""
    chain = department_chain(user.department_id)
    rows = session.execute(
        select(Department.id, Department.name, HAS_TEAMS.label("teams")).where(Department.id.in_(chain))
    )
    named = {row.id: colleagues_of(row.name, row.teams) for row in rows}
    return [
        (f"{Audience.DEPARTMENT}:{department}", named[department])
        for department in chain
        if department in named
    ]


def colleagues_of(name: str, has_teams: bool) -> str:
    """Return in words who is meant by a department: those of the teams below it are, where there are any."""
    return _("“%(name)s”及下属小组的同事", name=name) if has_teams else _("“%(name)s”的同事", name=name)


def consents_of(user_id: int) -> list[ConsentRow]:
    """Return all consents of a person and their withdrawals, newest first."""
    rows = session.execute(
        select(Consent, Department.name, HAS_TEAMS)
        .outerjoin(Department, Department.id == Consent.department_id)
        .where(Consent.user_id == user_id)
        .order_by(Consent.id.desc())
    )
    return [
        ConsentRow(
            row.field,
            row.audience,
            colleagues_of(name, teams) if name else str(AUDIENCE_LABELS[Audience(row.audience)]),
            row.department_id,
            row.wording,
            row.wording_version,
            row.at,
        )
        for row, name, teams in rows
    ]


def present_consents(rows: Sequence[ConsentRow]) -> Mapping[str, ConsentRow]:
    """Return of consents, newest first, the one that holds for each field; withdrawn ones are left out."""
    found: dict[str, ConsentRow] = {}
    for row in rows:
        found.setdefault(row.field, row)
    return {field: row for field, row in found.items() if row.audience != Audience.NOBODY}


def access_log(user_id: int) -> list[AccessRow]:
    """Return who looked at what a person shows to a few, who exported their data or the directory, newest first."""
    rows = session.execute(
        select(User.name, ProfileAccess.kind, ProfileAccess.at)
        .join(User, User.id == ProfileAccess.reader_id)
        .where(ProfileAccess.person_id == user_id)
        .order_by(ProfileAccess.at.desc())
        .limit(MOST_ACCESSES)
    )
    found = [AccessRow(row.name, str(ACCESS_LABELS[AccessKind(row.kind)]), row.at) for row in rows]
    found += [
        AccessRow(row.actor_name, _("导出通讯录（%(count)s 人）", count=row.data.get("rows", 0)), row.at)
        for row in directory_exports()
    ]
    return sorted(found, key=lambda row: row.at, reverse=True)[:MOST_ACCESSES]


def directory_exports() -> list[Any]:
    """Return the latest events by which the directory left the system as a file: it held everybody's work data."""
    statement = (
        select(Event.actor_name, Event.data, Event.at)
        .where(Event.verb == "list:export")
        .order_by(Event.seq.desc())
        .limit(MOST_EXPORTS_READ)
    )
    return [row for row in session.execute(statement) if row.data.get("list") in DIRECTORY_LISTS]


def thanks_condition(reader: Actor) -> ColumnElement[bool]:
    """Return the condition that a reader sees a line of thanks, over ``Thanks`` and the ``User`` who got it."""
    to_department = and_(
        Thanks.audience == ThanksAudience.DEPARTMENT.value,
        User.active,
        visibility.within(reader, Thanks.department_id, User.department_id),
    )
    theirs = or_(Thanks.author_id == reader.id, Thanks.person_id == reader.id)
    public = to_department if permissions.can(reader, PeoplePerm.VIEW) else None
    seen = theirs if public is None else or_(theirs, public)
    return and_(Thanks.taken_back_at.is_(None), seen)


def visible_thanks(reader: Actor) -> Select[int]:
    """Return the SELECT of the ids of the lines of thanks a reader sees."""
    return select(Thanks.id).join(User, User.id == Thanks.person_id).where(thanks_condition(reader))


def thanks_for(reader: Actor, person_id: int, limit: int) -> tuple[int, list[ThanksRow]]:
    """Return how many lines of thanks for a person a reader sees, and the newest of them, by two statements."""
    ids = visible_thanks(reader).where(Thanks.person_id == person_id)
    count = session.execute(select(func.count()).select_from(ids.subquery())).scalar_one()
    author = aliased(User)
    rows = session.execute(
        select(Thanks, author.name, Department.name)
        .join(author, author.id == Thanks.author_id)
        .outerjoin(Department, Department.id == Thanks.department_id)
        .where(Thanks.id.in_(ids))
        .order_by(Thanks.id.desc())
        .limit(limit)
    )
    return count, [
        ThanksRow(
            row.id,
            row.author_id,
            name,
            row.text,
            row.audience,
            department or "",
            row.created_at,
            reader.id in (row.author_id, row.person_id),
        )
        for row, name, department in rows
    ]


def people_with(reader: Actor, field: ProfileField, word: str, limit: int) -> list[Any]:
    """Return the people of whom a reader may see a field that holds a word, with the field, by name."""
    column = visibility.COLUMNS[field][0]
    statement = (
        select(User.id, User.name, User.position, column.label("words"))
        .join(Profile, Profile.id == User.id)
        .where(visibility.may_see(reader, field), column != "", User.active)
        .order_by(User.name, User.id)
        .limit(limit)
    )
    if word:
        statement = statement.where(func.lower(column).contains(word.lower(), autoescape=True))
    return list(session.execute(statement))


def person_thanked(reader: Actor, thanks_id: int) -> int | None:
    """Return whom a line thanks, None where the reader does not see it."""
    statement = select(Thanks.person_id).where(Thanks.id == thanks_id, Thanks.id.in_(visible_thanks(reader)))
    return session.execute(statement).scalar()
