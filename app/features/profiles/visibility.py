"""Who sees what of a person: the one rule, as SQL condition; pages, lists, search, files and cards all start from it.

A person sees everything of their own. Others see a field while the person works here, the module is on and the
person's latest consent for this field names an audience they belong to. It is asked with every statement that is
sent, so that a withdrawal holds from the next request on, and what may not be seen never leaves the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.core import configuration, modules, permissions
from app.core.db import session
from app.core.lunar import YearlyDay
from app.core.permissions import Actor
from app.features.people.audience import own_department_chain
from app.features.people.directory import department_parents, subtree
from app.features.people.enums import PeoplePerm
from app.features.people.models import User
from app.features.profiles.enums import MODULE, RESTRICTED, Audience, ProfileField, ProfilePerm
from app.features.profiles.models import Consent, Employment, Profile, birthday_of

# The columns each field shows.
COLUMNS: Mapping[ProfileField, tuple[Any, ...]] = {
    ProfileField.BIRTHDAY: (
        Profile.birthday_calendar,
        Profile.birthday_month,
        Profile.birthday_day,
        Profile.birthday_leap,
    ),
    ProfileField.ANNIVERSARY: (Employment.joined_on,),
    ProfileField.PHOTO: (Profile.photo_id,),
    ProfileField.ABOUT: (Profile.about,),
    ProfileField.SKILLS: (Profile.skills,),
    ProfileField.HOBBIES: (Profile.hobbies,),
    ProfileField.MOBILE: (Profile.mobile,),
}


@dataclass(frozen=True)
class VisibleFields:
    """What a reader sees of a person; what is not given or not to be seen is None alike.

    ``restricted`` tells whether any of it is shown to some colleagues only.
    """

    birthday: YearlyDay | None = None
    joined_on: Any = None
    photo_id: int | None = None
    about: str | None = None
    skills: str | None = None
    hobbies: str | None = None
    mobile: str | None = None
    restricted: bool = False

    @property
    def nothing(self) -> bool:
        """True where nothing is to be seen."""
        return not any(
            (self.birthday, self.joined_on, self.photo_id, self.about, self.skills, self.hobbies, self.mobile)
        )


def within(reader: Actor, chosen: Any, home: Any) -> ColumnElement[bool]:
    """Return the condition that a reader belongs to a chosen department, and that the person still does.

    ``chosen`` is the column of the department that was chosen, ``home`` that of the person's present one.
    """
    parents = department_parents()
    choices = [
        and_(chosen == department, home.in_(sorted(subtree(parents, department))))
        for department in own_department_chain(reader)
    ]
    return or_(*choices) if choices else false()


def leads(reader: Actor, home: Any) -> ColumnElement[bool]:
    """Return the condition that a reader is the manager of a person's department; who only stands in is not."""
    holding = permissions.roles_holding(ProfilePerm.LEAD, reader.matrix)
    own = [grant for grant in reader.grants if grant.role in holding and grant.on_behalf_of is None]
    if any(grant.departments is None for grant in own):
        return true()
    reached = {department for grant in own for department in grant.departments or ()}
    return home.in_(sorted(reached)) if reached else false()


def may_see(reader: Actor, field: ProfileField, person: Any = User) -> ColumnElement[bool]:
    """Return the condition that a reader may see a field of a person; ``person`` is the table or an alias."""
    if not modules.is_on(MODULE) or reader.id is None:
        return false()
    return or_(person.id == reader.id, and_(_colleague(reader, person), _consents(reader, field, person)))


def _colleague(reader: Actor, person: Any) -> ColumnElement[bool]:
    return person.active if permissions.can(reader, PeoplePerm.VIEW) else false()


def _consents(
    reader: Actor, field: ProfileField, person: Any, among: Iterable[Audience] = tuple(Audience)
) -> ColumnElement[bool]:
    conditions: dict[Audience, ColumnElement[bool]] = {
        Audience.COMPANY: true(),
        Audience.DEPARTMENT: within(reader, Consent.department_id, person.department_id),
        Audience.MANAGER: leads(reader, person.department_id),
    }
    choices = [
        and_(Consent.audience == audience.value, condition)
        for audience, condition in conditions.items()
        if audience in among
    ]
    statement = select(Consent.id).where(Consent.id == latest_consent(person, field), or_(*choices))
    return statement.correlate(person).exists()


def latest_consent(person: Any, field: ProfileField) -> Any:
    """Return the id of the consent that holds for a field of a person of an enclosing statement, as a column."""
    latest = aliased(Consent)
    return (
        select(func.max(latest.id))
        .where(latest.user_id == person.id, latest.field == field.value)
        .correlate(person)
        .scalar_subquery()
    )


def shared_with_few(reader: Actor, field: ProfileField) -> ColumnElement[bool]:
    """Return the condition that a reader sees a field of a colleague because they are one of a few."""
    if reader.id is None:
        return false()
    return and_(User.id != reader.id, _colleague(reader, User), _consents(reader, field, User, RESTRICTED))


def is_given(field: ProfileField) -> ColumnElement[bool]:
    """Return the condition that a person gave a field at all, over the tables of ``COLUMNS``."""
    first = COLUMNS[field][0]
    given: ColumnElement[bool] = first != "" if first.type.python_type is str else first.is_not(None)
    return given


def visible_statement(reader: Actor) -> Select[Any]:
    """Return the SELECT of what a reader sees of ``people``, one row each; what may not be seen is empty in it."""
    columns: list[Any] = [User.id.label("person_id")]
    for field, shown in COLUMNS.items():
        allowed = may_see(reader, field)
        columns += [case((allowed, column), else_=null()).label(column.key) for column in shown]
    given = [and_(is_given(field), shared_with_few(reader, field)) for field in ProfileField]
    columns.append(or_(*given).label("restricted"))
    return (
        select(*columns)
        .select_from(User)
        .outerjoin(Profile, Profile.id == User.id)
        .outerjoin(Employment, Employment.user_id == User.id)
        .where(User.id.in_(bindparam("people", type_=Integer, expanding=True)))
    )


def visible_fields(reader: Actor, people: Iterable[int]) -> dict[int, VisibleFields]:
    """Return what a reader may see of people, by one statement however many; nobody is left out of the answer."""
    wanted = sorted(set(people))
    if not wanted or not modules.is_on(MODULE):
        return {person: VisibleFields() for person in wanted}
    # What it is made of are people, roles, departments and settings: it is kept until any of them changes.
    statement = configuration.kept(("profiles:visible", reader), partial(visible_statement, reader))
    rows = session.execute(statement, {"people": wanted})
    found = {row.person_id: _shown(row) for row in rows}
    return {person: found.get(person, VisibleFields()) for person in wanted}


def _shown(row: Any) -> VisibleFields:
    return VisibleFields(
        birthday=birthday_of(row.birthday_calendar, row.birthday_month, row.birthday_day, row.birthday_leap),
        joined_on=row.joined_on,
        photo_id=row.photo_id,
        about=row.about or None,
        skills=row.skills or None,
        hobbies=row.hobbies or None,
        mobile=row.mobile or None,
        restricted=bool(row.restricted),
    )


def people_showing(reader: Actor, field: ProfileField) -> Select[int]:
    """Return the SELECT of the ids of people of whom a reader may see a field."""
    return select(User.id).where(may_see(reader, field))
