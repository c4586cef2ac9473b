"""What people do with customers: create, change, deactivate, hand over."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from app.core import numbering, pinyin, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import lazy, listed_clauses
from app.core.permissions import Actor, require, who_may
from app.core.workflow import check_version, lock
from app.features.customers.enums import CustomerKind, CustomerPerm
from app.features.customers.models import Customer, CustomerContact, region_text
from app.features.customers.queries import Similar, may_edit, similar, visible_to
from app.features.people.models import User

DOC_TYPE = "customer"
NUMBERED = "KH"

# Personal data of the customer's people: an event tells that it changed, never from what to what.
PERSONAL_FIELDS = frozenset({"contact_name", "contact_phone"})
HIDDEN_VALUE = "…"


@dataclass(frozen=True)
class CustomerValues:
    """What is typed about a customer. ``contact_name`` and ``contact_phone`` are those of the main contact."""

    name: str
    kind: str = CustomerKind.END_USER
    short_name: str = ""
    level: str = ""
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
    customer = new_customer(values, owner, numbering.next_number(DOC_TYPE, NUMBERED, yearly=False))
    session.add(customer)
    session.flush()
    timeline.record(DOC_TYPE, customer.id, "customer:create", actor, tell=[owner.id])
    index([customer])
    return customer


def new_customer(values: CustomerValues, owner: User, number: str) -> Customer:
    """Return a customer who is not saved yet, with their main contact."""
    customer = Customer(**asdict(values), owner=owner, department_id=owner.department_id, active=True)
    customer.number, customer.region = number, region_text(values.region)
    put_main_contact(customer)
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
    new = {**asdict(values), "region": region_text(values.region)}
    changed = {key for key in new if new[key] != getattr(customer, key)}
    if changed & {"name", "credit_code", "phone", "contact_phone"}:
        refuse_similar(actor, values, accept_similar, besides=customer.id)
    if not changed:
        return
    assign(customer, new, changed)
    session.flush()
    changes = change_rows(before, facts(customer))
    timeline.record(DOC_TYPE, customer.id, "customer:edit", actor, data={"changes": changes})
    index([customer])


def assign(customer: Customer, values: dict[str, Any], changed: Iterable[str]) -> None:
    """Write changed values into a customer, those of the main contact into the contact as well."""
    changed = set(changed)
    for key in changed:
        setattr(customer, key, values[key])
    if changed & PERSONAL_FIELDS:
        put_main_contact(customer)
    customer.touch()


def put_main_contact(customer: Customer) -> None:
    """Make the main contact say what the customer's own two fields say; two empty fields take them away."""
    main = next((contact for contact in customer.contacts if contact.main), None)
    if not customer.contact_name and not customer.contact_phone:
        if main is not None:
            customer.contacts.remove(main)
            choose_main(customer)
        return
    if main is None:
        main = CustomerContact(main=True)
        customer.contacts.insert(0, main)
    main.name, main.phone = customer.contact_name, customer.contact_phone


def choose_main(customer: Customer, chosen: CustomerContact | None = None) -> None:
    """Mark ``chosen``, the present one, or the first contact as the main one; keep name and telephone beside."""
    main = chosen or next((contact for contact in customer.contacts if contact.main), None)
    main = main or next(iter(customer.contacts), None)
    for contact in customer.contacts:
        contact.main = contact is main
    customer.contact_name = main.name if main is not None else ""
    customer.contact_phone = main.phone if main is not None else ""


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


def hand_over_customers(
    chosen: Sequence[tuple[int, int | None]], *, actor: Actor, owner_id: int | None, note: str = ""
) -> int:
    """Give customers, as (id, version), to another salesperson in one act; return how many changed hands.

    Each has its event; both sides are told once. What is theirs already stays. Raises NotVisible, Denied, Stale,
    Invalid, and Conflict where nothing would change hands; one refusal leaves all as they were.
    """
    versions = dict(chosen)
    statement = visible_to(actor).where(Customer.id.in_(versions)).order_by(Customer.id)
    customers = list(session.execute(statement.with_for_update(of=Customer)).scalars())
    if len(customers) != len(versions):
        raise NotVisible
    for customer in customers:
        require(actor, CustomerPerm.HAND_OVER, customer.department_id)
        check_version(DOC_TYPE, customer, versions[customer.id])
    owner = active_person(owner_id)
    moved = [customer for customer in customers if customer.owner_id != owner.id]
    if not moved:
        raise Conflict("customer:same-owner", name=owner.name)
    told = [*(customer.owner_id for customer in moved), owner.id]
    # Of a single one its own event tells, of many the one that counts them.
    alone = len(moved) == 1
    for customer in moved:
        give_to(customer, owner, actor, note, tell=told if alone else ())
    if not alone:
        timeline.record(
            DOC_TYPE,
            moved[-1].id,
            "customer:hand-over-many",
            actor,
            data={"count": len(moved), "to": owner.name},
            reason=note.strip(),
            tell=told,
        )
    return len(moved)


def give_to(customer: Customer, owner: User, actor: Actor, note: str, tell: Iterable[int]) -> None:
    """Change the owner of a customer and record it."""
    before = customer.owner
    customer.owner_id, customer.owner, customer.department_id = owner.id, owner, owner.department_id
    customer.touch()
    session.flush()
    data = {"from": before.name, "to": owner.name}
    timeline.record(
        DOC_TYPE, customer.id, "customer:hand-over", actor, data=data, reason=note.strip(), tell=tell
    )


def save_imported(
    *,
    actor: Actor,
    new: Sequence[tuple[CustomerValues, int | None]],
    changed: Sequence[tuple[int, CustomerValues]],
) -> list[int]:
    """Make customers, each with the id of its owner (None: the actor), and change others, as an import does.

    Return the ids, those of the new ones first. Duplicates were settled before. Raises Denied.
    """
    require(actor, CustomerPerm.CREATE)
    owners = owners_of(actor, [owner_id for _values, owner_id in new])
    numbers = numbering.next_numbers(DOC_TYPE, NUMBERED, len(new), yearly=False) if new else []
    made = [
        new_customer(values, owners[owner_id], number)
        for (values, owner_id), number in zip(new, numbers, strict=True)
    ]
    session.add_all(made)
    statement = (
        select(Customer)
        .where(Customer.id.in_([number for number, _values in changed]))
        .order_by(Customer.id)
        .options(selectinload(Customer.contacts), selectinload(Customer.owner))
        .with_for_update(of=Customer)
    )
    present = {customer.id: customer for customer in session.execute(statement).scalars()}
    edits = []
    for number, values in changed:
        customer, typed = present[number], {**asdict(values), "region": region_text(values.region)}
        check_may_edit(actor, customer)
        before = facts(customer)
        assign(customer, typed, [key for key in typed if typed[key] != before[key]])
        edits.append((customer, before))
    session.flush()
    for customer in made:
        timeline.record(DOC_TYPE, customer.id, "customer:import", actor)
    for customer, before in edits:
        data = {"changes": change_rows(before, facts(customer))}
        timeline.record(DOC_TYPE, customer.id, "customer:edit", actor, data=data)
    index([*made, *present.values()])
    return [*(customer.id for customer in made), *(number for number, _values in changed)]


def owners_of(actor: Actor, ids: Iterable[int | None]) -> dict[int | None, User]:
    """Return the owners of new customers by id, None for the actor; raises Denied for others without the right."""
    wanted = {actor.id if number is None else number for number in ids}
    people = {user.id: user for user in session.execute(select(User).where(User.id.in_(wanted))).scalars()}
    for number, user in people.items():
        if number != actor.id:
            require(actor, CustomerPerm.HAND_OVER, user.department_id)
    found: dict[int | None, User] = dict(people.items())
    if actor.id in people:
        found[None] = people[actor.id]
    return found


def remove_imported(ids: Sequence[int]) -> None:
    """Take customers away that an import made and nothing refers to, their contacts with them."""
    session.execute(delete(CustomerContact).where(CustomerContact.customer_id.in_(ids)))
    session.execute(delete(Customer).where(Customer.id.in_(ids)))
    search.remove_many(DOC_TYPE, ids)


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
        actor,
        name=values.name,
        credit_code=values.credit_code,
        phone=values.phone,
        contact_phone=values.contact_phone,
        besides=besides,
    )
    if found:
        sentence = lazy(
            "可能已有这个客户：%(found)s。确认不是同一家，请勾选后再保存",
            found=listed_clauses(named_twin(item) for item in found),
        )
        raise Invalid(fields={"accept_similar": sentence})


def named_twin(twin: Similar) -> str:
    """Return a customer who is there already as a sentence says it: a colleague's is not told by name."""
    if twin.visible:
        return f"{twin.number} {twin.name} ({twin.owner_name})"
    return lazy("同事%(name)s负责的一家客户").filled(name=twin.owner_name)


def facts(customer: Customer) -> dict[str, Any]:
    """Return the plain values of a customer by field."""
    return {key: getattr(customer, key) for key in CustomerValues.__dataclass_fields__}


def change_rows(before: dict[str, Any], after: dict[str, Any]) -> list[list[str]]:
    """Return the changes for an event, personal values left out."""
    return [
        [key, HIDDEN_VALUE, HIDDEN_VALUE] if key in PERSONAL_FIELDS else [key, old, new]
        for key, old, new in timeline.diff(before, after)
    ]


def index(customers: Iterable[Customer]) -> None:
    """Bring the search index up to date, all contacts of the customers included."""
    search.put_many(
        DOC_TYPE,
        [
            search.Record(
                customer.id,
                f"{customer.number} {customer.name}",
                "\n".join(filter(None, indexed_text(customer))),
                pinyin.keys(f"{customer.name} {customer.short_name}"),
            )
            for customer in customers
        ],
    )


def indexed_text(customer: Customer) -> list[str]:
    """Return the texts of a customer besides number and name."""
    text = [customer.short_name, customer.region, customer.address, customer.credit_code, customer.phone]
    for contact in customer.contacts:
        text.append(" ".join(filter(None, (contact.name, contact.position, contact.phone, contact.email))))
    return [*text, customer.notes]
