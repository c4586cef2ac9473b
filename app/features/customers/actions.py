"""What people do with customers: create, change, deactivate, hand over."""

from dataclasses import asdict, dataclass
from typing import Any

from app.core import numbering, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import lazy, listed_clauses
from app.core.permissions import Actor, require, who_may
from app.core.workflow import check_version, lock
from app.features.customers.enums import CustomerKind, CustomerPerm
from app.features.customers.models import Customer
from app.features.customers.queries import may_edit, similar
from app.features.people.models import User

DOC_TYPE = "customer"

# Personal data of the customer's people: an event tells that it changed, never from what to what.
PERSONAL_FIELDS = frozenset({"contact_name", "contact_phone"})
HIDDEN_VALUE = "…"


@dataclass(frozen=True)
class CustomerValues:
    """What is typed about a customer."""

    name: str
    kind: str = CustomerKind.END_USER
    short_name: str = ""
    region: str = ""
    address: str = ""
    credit_code: str = ""
    phone: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    payment_terms: str = ""
    notes: str = ""


def create_customer(
    *, actor: Actor, values: CustomerValues, owner_id: int | None = None, accept_similar: bool = False
) -> Customer:
    """Create a customer of the actor (or of ``owner_id``), in the owner's department, with the next number.

    Raises Denied without the right to create (to create for others: to hand over), and Invalid at the field
    ``accept_similar`` where such a customer is there already and that was not accepted.
    """
    require(actor, CustomerPerm.CREATE)
    owner = active_person(owner_id if owner_id is not None else actor.id)
    if owner.id != actor.id:
        require(actor, CustomerPerm.HAND_OVER, owner.department_id)
    refuse_similar(actor, values, accept_similar)
    customer = Customer(**asdict(values), owner_id=owner.id, department_id=owner.department_id, active=True)
    customer.number = numbering.next_number(DOC_TYPE, "KH", yearly=False)
    session.add(customer)
    session.flush()
    timeline.record(DOC_TYPE, customer.id, "customer:create", actor, tell=[owner.id])
    index(customer)
    return customer


def update_customer(
    customer: Customer,
    *,
    actor: Actor,
    version: int | None,
    values: CustomerValues,
    accept_similar: bool = False,
) -> None:
    """Change a customer.

    Raises Denied, Stale for a form made from an older version, Invalid at ``accept_similar`` where the new
    name, credit code or telephone is another customer's.
    """
    lock(customer)
    check_may_edit(actor, customer)
    check_version(DOC_TYPE, customer, version)
    before = facts(customer)
    new = asdict(values)
    changed = {key for key in new if new[key] != getattr(customer, key)}
    if changed & {"name", "credit_code", "phone"}:
        refuse_similar(actor, values, accept_similar, besides=customer.id)
    for key in changed:
        setattr(customer, key, new[key])
    if not changed:
        return
    customer.touch()
    session.flush()
    changes = change_rows(before, facts(customer))
    timeline.record(DOC_TYPE, customer.id, "customer:edit", actor, data={"changes": changes})
    index(customer)


def deactivate_customer(customer: Customer, *, actor: Actor, version: int | None, reason: str) -> None:
    """Take a customer out of the choices of new documents; what exists stays. Invalid without a reason."""
    lock(customer)
    check_may_edit(actor, customer)
    check_version(DOC_TYPE, customer, version)
    if not customer.active:
        raise Conflict("customer:already-inactive")
    if not reason.strip():
        raise Invalid("core:reason-missing", fields={"reason": lazy("请写明停用的原因")})
    customer.active = False
    customer.touch()
    timeline.record(
        DOC_TYPE, customer.id, "customer:deactivate", actor, reason=reason.strip(), tell=[customer.owner_id]
    )


def activate_customer(customer: Customer, *, actor: Actor, version: int | None) -> None:
    """Let a deactivated customer be chosen again."""
    lock(customer)
    check_may_edit(actor, customer)
    check_version(DOC_TYPE, customer, version)
    if customer.active:
        raise Conflict("customer:already-active")
    customer.active = True
    customer.touch()
    timeline.record(DOC_TYPE, customer.id, "customer:activate", actor, tell=[customer.owner_id])


def hand_over_customer(
    customer: Customer, *, actor: Actor, version: int | None, owner_id: int | None, note: str = ""
) -> None:
    """Give a customer to another salesperson.

    Both are told. Conflict where the customer is theirs already.
    """
    lock(customer)
    require(actor, CustomerPerm.HAND_OVER, customer.department_id)
    check_version(DOC_TYPE, customer, version)
    owner = active_person(owner_id)
    if owner.id == customer.owner_id:
        raise Conflict("customer:same-owner", name=owner.name)
    before = customer.owner
    customer.owner_id, customer.owner, customer.department_id = owner.id, owner, owner.department_id
    customer.touch()
    session.flush()
    timeline.record(
        DOC_TYPE,
        customer.id,
        "customer:hand-over",
        actor,
        data={"from": before.name, "to": owner.name},
        reason=note.strip(),
        tell=[before.id, owner.id],
    )


def active_person(person_id: int | None) -> User:
    """Return the person a customer is given to; Invalid at ``owner_id`` for nobody who works here."""
    person = session.get(User, person_id) if person_id is not None else None
    if person is None or not person.active:
        raise Invalid(fields={"owner_id": lazy("请选择一位在职的销售员")})
    return person


def check_may_edit(actor: Actor, customer: Customer) -> None:
    """Raise Denied with the customer's owner where the actor may not change them."""
    if not may_edit(actor, customer):
        who = customer.owner.name or who_may(CustomerPerm.EDIT_ALL, customer.department_id)
        raise Denied("core:denied", what=lazy("修改客户资料"), who=who)


def refuse_similar(actor: Actor, values: CustomerValues, accepted: bool, besides: int | None = None) -> None:
    """Raise Invalid at ``accept_similar`` for a customer who is there already, unless that was accepted."""
    if accepted:
        return
    found = similar(
        actor, name=values.name, credit_code=values.credit_code, phone=values.phone, besides=besides
    )
    if found:
        sentence = lazy(
            "可能已有这个客户：%(found)s。确认不是同一家，请勾选后再保存",
            found=listed_clauses(f"{item.number} {item.name} ({item.owner_name})" for item in found),
        )
        raise Invalid(fields={"accept_similar": sentence})


def facts(customer: Customer) -> dict[str, Any]:
    """Return the plain values of a customer by field."""
    return {key: getattr(customer, key) for key in CustomerValues.__dataclass_fields__}


def change_rows(before: dict[str, Any], after: dict[str, Any]) -> list[list[str]]:
    """Return the changes for an event, personal values left out."""
    return [
        [key, HIDDEN_VALUE, HIDDEN_VALUE] if key in PERSONAL_FIELDS else [key, old, new]
        for key, old, new in timeline.diff(before, after)
    ]


def index(customer: Customer) -> None:
    """Bring the search index up to date."""
    text = [customer.short_name, customer.region, customer.address, customer.credit_code]
    text += [customer.contact_name, customer.contact_phone, customer.phone, customer.notes]
    search.put(DOC_TYPE, customer.id, f"{customer.number} {customer.name}", "\n".join(filter(None, text)))
