"""What is read of acknowledgements: who has filed a letter, whose a person may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import aliased

from app.core import modules
from app.core.db import in_departments, one_visible, session
from app.core.errors import NotVisible
from app.core.files import StoredFile
from app.core.i18n import gettext as _
from app.core.permissions import Actor, departments_of
from app.features.acknowledgements.enums import MODULE, AcknowledgementPerm, AcknowledgementStatus
from app.features.acknowledgements.models import Acknowledgement
from app.features.people.models import Department, User

Owner = aliased(User)


@dataclass(frozen=True)
class Letter:
    """A filed letter as evidence tells of it: the text that was signed, the day, the scan."""

    text_version: int
    text_hash: str
    signed_on: date
    filed_at: datetime
    scan_name: str
    scan_hash: str


@dataclass(frozen=True)
class Signatory:
    """A person as their letter names them."""

    id: int
    name: str
    staff_number: str
    department: str
    position: str
    locale: str | None


def are_asked_for() -> bool:
    """Tell whether this installation asks for the letters at all."""
    return modules.is_on(MODULE)


def kept_people(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a person's letter is kept by an actor: active people of the own departments."""
    departments = None if actor.is_system else departments_of(actor, AcknowledgementPerm.KEEP)
    return and_(User.active, in_departments(User.department_id, departments))


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a letter: the own one, and those the actor keeps."""
    if actor.is_system:
        return true()
    departments = departments_of(actor, AcknowledgementPerm.KEEP)
    people = select(Owner.id).where(in_departments(Owner.department_id, departments))
    return or_(Acknowledgement.owner_id == actor.id, Acknowledgement.owner_id.in_(people))


def visible_to(actor: Actor) -> Select[Acknowledgement]:
    """Return the SELECT of the letters an actor may see."""
    return select(Acknowledgement).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the letters an actor may see."""
    return select(Acknowledgement.id).where(condition(actor))


def get_letter(actor: Actor, letter_id: int) -> Acknowledgement:
    """Return a letter the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Acknowledgement.id == letter_id)
    return one_visible(statement)


def letter_of(user_id: int | None) -> Acknowledgement | None:
    """Return the letter of a person in whatever state; None where it was not asked for yet."""
    statement = select(Acknowledgement).where(Acknowledgement.owner_id == user_id)
    return session.execute(statement).unique().scalar_one_or_none()


def titles(ids: list[int]) -> dict[int, str]:
    """Return whose letters these are, for tasks, notices and the log."""
    rows = session.execute(
        select(Acknowledgement.id, Owner.name)
        .join(Owner, Owner.id == Acknowledgement.owner_id)
        .where(Acknowledgement.id.in_(ids))
    )
    return {row.id: title_of(row.name) for row in rows}


def title_of(name: str) -> str:
    """Return how the letter of a person is called."""
    return _("%(name)s的账号使用与电子送达确认书", name=name)


# Who has filed a letter


def filed_people() -> Select[int]:
    """Return the SELECT of the ids of people whose signed letter is filed."""
    return select(Acknowledgement.owner_id).where(Acknowledgement.status == AcknowledgementStatus.FILED)


def has_filed(user_id: int | None) -> bool:
    """Tell whether the signed letter of a person is filed."""
    return session.execute(filed_people().where(Acknowledgement.owner_id == user_id)).first() is not None


def letters_of(user_ids: Iterable[int]) -> dict[int, Letter]:
    """Return the filed letters of people, by person; those without one are left out."""
    wanted = sorted(set(user_ids))
    rows = session.execute(
        select(
            Acknowledgement.owner_id,
            Acknowledgement.text_version,
            Acknowledgement.text_hash,
            Acknowledgement.signed_on,
            Acknowledgement.filed_at,
            StoredFile.name,
            StoredFile.sha256,
        )
        .join(StoredFile, StoredFile.id == Acknowledgement.stored_file_id)
        .where(Acknowledgement.status == AcknowledgementStatus.FILED, Acknowledgement.owner_id.in_(wanted))
    )
    # what is filed is whole: the table's own checks see to it
    return {row[0]: Letter(*cast(tuple[Any, ...], row[1:])) for row in rows}


def not_asked_yet() -> list[int]:
    """Return the ids of the active people of whom no letter was asked for yet."""
    known = select(Acknowledgement.owner_id)
    statement = select(User.id).where(User.active, User.id.not_in(known)).order_by(User.id)
    return list(session.execute(statement).scalars())


def signatories(condition: ColumnElement[bool]) -> list[Signatory]:
    """Return people as their letters name them, by department and staff number."""
    rows = session.execute(
        select(
            User.id,
            User.name,
            User.staff_number,
            Department.name.label("department"),
            User.position,
            User.locale,
        )
        .outerjoin(Department, Department.id == User.department_id)
        .where(condition)
        .order_by(Department.name, User.staff_number)
    )
    return [Signatory(*row[:3], row.department or "", *row[4:]) for row in rows]


def signatory(user_id: int) -> Signatory:
    """Return one person as the letter names them; raises NotVisible for nobody."""
    found = signatories(User.id == user_id)
    if not found:
        raise NotVisible
    return found[0]


def missing_signatories(actor: Actor) -> list[Signatory]:
    """Return those whose letters an actor keeps and who have handed none in."""
    at_hand = select(Acknowledgement.owner_id).where(Acknowledgement.status != AcknowledgementStatus.MISSING)
    return signatories(and_(kept_people(actor), User.id.not_in(at_hand)))


def keeps_person(actor: Actor, user_id: int) -> bool:
    """Tell whether an actor keeps the letter of an active person."""
    statement = select(User.id).where(User.id == user_id, kept_people(actor))
    return session.execute(statement).first() is not None
