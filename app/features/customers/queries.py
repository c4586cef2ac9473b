"""Who sees which customer, and who is there already."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import in_departments, one_visible, session
from app.core.listing import matches_words
from app.core.permissions import Actor, can, departments_of
from app.core.prepared import read
from app.features.customers.enums import CustomerPerm
from app.features.customers.models import Customer, CustomerContact, name_key, phone_key
from app.features.people.models import User

MAX_OPTIONS = 20
# Shorter numbers are extensions, shared by half a town.
SHORTEST_PHONE = 7


@dataclass(frozen=True)
class Similar:
    """A customer who may be the one just typed; ``visible`` tells whether the reader may open them.

    ``reasons`` are the fields in which they agree: name, credit_code, phone.
    """

    id: int
    number: str
    name: str
    owner_name: str
    visible: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class CustomerOption:
    """A customer to choose in a form."""

    id: int
    number: str
    name: str
    contact_name: str
    contact_phone: str


class ContactOption(NamedTuple):
    """A contact of a customer as forms propose it."""

    name: str
    position: str
    phone: str


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a customer: their own, or their departments'."""
    return _visible_condition(actor.id, departments_of(actor, CustomerPerm.VIEW_ALL))


def _visible_condition(actor_id: int | None, departments: frozenset[int] | None) -> ColumnElement[bool]:
    own: ColumnElement[bool] = Customer.owner_id == actor_id if actor_id is not None else false()
    if departments is None:
        return true()
    return or_(own, Customer.department_id.in_(sorted(departments))) if departments else own


def visible_to(actor: Actor) -> Select[Customer]:
    """Return the SELECT of the customers an actor may see."""
    return select(Customer).where(visible_condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the customers an actor may see."""
    return select(Customer.id).where(visible_condition(actor))


def to_hand_over(actor: Actor) -> Select[Customer]:
    """Return the SELECT of the customers an actor may hand over to another owner."""
    departments = departments_of(actor, CustomerPerm.HAND_OVER)
    return visible_to(actor).where(in_departments(Customer.department_id, departments))


def get(actor: Actor, customer_id: int) -> Customer:
    """Return a customer the actor may see; raises NotVisible."""
    return one_visible(visible_to(actor).where(Customer.id == customer_id))


def sees_others(actor: Actor) -> bool:
    """Tell whether an actor sees customers of other owners."""
    return can(actor, CustomerPerm.VIEW_ALL)


def may_edit(actor: Actor, customer: Customer | Row[Any]) -> bool:
    """Tell whether an actor may change a customer: their owner, or whoever may in the department."""
    own = actor.id is not None and customer.owner_id == actor.id and can(actor, CustomerPerm.CREATE)
    return own or can(actor, CustomerPerm.EDIT_ALL, customer.department_id)


def options(actor: Actor, text: str, limit: int = MAX_OPTIONS) -> list[CustomerOption]:
    """Return active customers the actor may choose, by words of number, names, contact, or by pinyin."""
    searched = (Customer.search_key,)
    statement = (
        select(Customer.id, Customer.number, Customer.name, Customer.contact_name, Customer.contact_phone)
        .where(visible_condition(actor), Customer.active.is_(True), matches_words(text, searched))
        .order_by(Customer.name, Customer.id)
        .limit(limit)
    )
    return [CustomerOption(*row) for row in session.execute(statement)]


def similar(
    actor: Actor,
    *,
    name: str,
    credit_code: str = "",
    phone: str = "",
    contact_phone: str = "",
    besides: int | None = None,
) -> list[Similar]:
    """Return customers of the same name (legal form apart), credit code or telephone, whoever they belong to.

    A telephone is the same whether it was written as the company's or as its main contact's. Customers of colleagues
    are named with their owner, so that nobody is courted twice; no more is told.
    """
    names = name_key(name)
    phones = phone_keys(phone, contact_phone)
    same: list[ColumnElement[bool]] = [Customer.name_key == names]
    if credit_code:
        same.append(Customer.credit_code == credit_code)
    if phones:
        same.append(has_phone(phones))
    statement = (
        select(
            Customer.id,
            Customer.number,
            Customer.name,
            User.name,
            visible_condition(actor),
            Customer.name_key,
            Customer.credit_code,
            Customer.phone_key,
            Customer.contact_phone,
        )
        .join(User, User.id == Customer.owner_id)
        .where(or_(*same), and_(Customer.id != besides) if besides is not None else true())
        .order_by(Customer.id)
        .limit(5)
    )
    return [
        Similar(row[0], row[1], row[2], row[3], bool(row[4]), agreeing(row[5:], names, credit_code, phones))
        for row in session.execute(statement)
    ]


def phone_keys(*written: str) -> set[str]:
    """Return the telephones among what was written by which a customer is known again."""
    return {key for key in map(phone_key, written) if len(key) >= SHORTEST_PHONE}


def has_phone(phones: Set[str]) -> ColumnElement[bool]:
    """Return the condition of customers one of whose two telephones is among these keys."""
    written = phones | {f"86{number}" for number in phones}
    return or_(Customer.phone_key.in_(phones), digits(Customer.contact_phone).in_(written))


def digits(column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return a telephone as it was written without what people set between its digits."""
    bare: Any = column
    for mark in " -()（）+":
        bare = func.replace(bare, mark, "")
    return bare


def agreeing(row: Sequence[str], names: str, credit_code: str, phones: Set[str]) -> tuple[str, ...]:
    """Return in which of name, credit code and telephone a customer agrees with what was typed."""
    fields = {
        "name": row[0] == names,
        "credit_code": bool(credit_code) and row[1] == credit_code,
        "phone": bool(phones & phone_keys(row[2], row[3])),
    }
    return tuple(field for field, agrees in fields.items() if agrees)


def regions(actor: Actor) -> list[str]:
    """Return provinces and cities of the customers an actor may see, each province before its cities."""
    statement = (
        select(Customer.region).where(visible_condition(actor), Customer.region != "").distinct().limit(5_000)
    )
    found: set[str] = set()
    for region in session.execute(statement).scalars():
        parts = region.split("-")
        found.add(parts[0])
        if len(parts) > 1:
            found.add("-".join(parts[:2]))
    return sorted(found)


def in_region(region: str) -> ColumnElement[bool]:
    """Return the condition of lying in a province or city."""
    return or_(Customer.region == region, Customer.region.startswith(f"{region}-", autoescape=True))


def owned_count(owner_id: int) -> Select[int]:
    """Return the SELECT of how many customers a person cares for; one out of use may come back."""
    return select(func.count()).select_from(Customer).where(Customer.owner_id == owner_id)


def contacts_of(customer_id: int) -> list[CustomerContact]:
    """Return the contacts of a customer the reader may see, the main one first."""
    statement = (
        select(CustomerContact)
        .where(CustomerContact.customer_id == customer_id)
        .order_by(CustomerContact.main.desc(), CustomerContact.id)
    )
    return list(session.execute(statement).scalars())


def contact_options(actor: Actor, customer_id: int | None) -> list[ContactOption]:
    """Return the contacts to propose for a customer in a form, none where the actor does not see the customer."""
    if customer_id is None:
        return []
    statement = _contacts_among(actor.id, departments_of(actor, CustomerPerm.VIEW_ALL))
    return [ContactOption(*row) for row in read(statement, {"of_customer": customer_id})]


@lru_cache(512)
def _contacts_among(actor_id: int | None, departments: frozenset[int] | None) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the contacts of a customer (``of_customer``) one sees, made once for each condition."""
    return (
        select(CustomerContact.name, CustomerContact.position, CustomerContact.phone)
        .join(Customer, Customer.id == CustomerContact.customer_id)
        .where(
            Customer.id == bindparam("of_customer", type_=Integer), _visible_condition(actor_id, departments)
        )
        .order_by(CustomerContact.main.desc(), CustomerContact.id)
    )


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and name of customers, for notices and search."""
    statement = select(Customer.id, Customer.number, Customer.name).where(Customer.id.in_(ids))
    return {row.id: f"{row.number} {row.name}" for row in session.execute(statement)}
