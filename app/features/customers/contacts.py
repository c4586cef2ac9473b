"""What people do with the contacts of a customer: add, change, make the main one, remove.

Contacts are personal data. They are kept for the business with the customer and seen by whoever sees the customer;
events tell that a contact changed, never what it says. Removing deletes the person's data here and in the search;
papers already made and the record of events stay as they are.
"""

from dataclasses import asdict, dataclass

from app.core import timeline
from app.core.db import session
from app.core.errors import Invalid, NotVisible
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.workflow import check_version, lock
from app.features.customers.actions import DOC_TYPE, check_may_edit, choose_main, index
from app.features.customers.models import Customer, CustomerContact

MOST_CONTACTS = 50


@dataclass(frozen=True)
class ContactValues:
    """What is typed about a contact; one of name and telephone at least."""

    name: str
    position: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    main: bool = False


def contact_of(customer: Customer, contact_id: int) -> CustomerContact:
    """Return a contact of a customer; raises NotVisible for another one."""
    found = next((contact for contact in customer.contacts if contact.id == contact_id), None)
    if found is None:
        raise NotVisible
    return found


def add_contact(customer: Customer, *, actor: Actor, values: ContactValues) -> CustomerContact:
    """Add a contact; the first one is the main one. Raises Denied, Invalid without a name or with too many."""
    lock(customer)
    check_may_edit(actor, customer)
    check(values)
    if len(customer.contacts) >= MOST_CONTACTS:
        raise Invalid(fields={"name": lazy("一个客户最多 %(most)s 位联系人", most=MOST_CONTACTS)})
    contact = CustomerContact(**asdict(values))
    customer.contacts.append(contact)
    settle(customer, actor, "customer:contact-add", contact if values.main else None)
    return contact


def update_contact(
    customer: Customer, contact_id: int, *, actor: Actor, version: int | None, values: ContactValues
) -> None:
    """Change a contact. Raises Denied, Stale, NotVisible, Invalid."""
    lock(customer)
    check_may_edit(actor, customer)
    contact = contact_of(customer, contact_id)
    check_version(DOC_TYPE, contact, version)
    check(values)
    for key, value in asdict(values).items():
        setattr(contact, key, value)
    contact.touch()
    settle(customer, actor, "customer:contact-edit", contact if values.main else None)


def remove_contact(customer: Customer, contact_id: int, *, actor: Actor, version: int | None) -> None:
    """Remove a contact with all that is stored of the person here; the next one becomes the main one."""
    lock(customer)
    check_may_edit(actor, customer)
    contact = contact_of(customer, contact_id)
    check_version(DOC_TYPE, contact, version)
    customer.contacts.remove(contact)
    settle(customer, actor, "customer:contact-remove", None)


def check(values: ContactValues) -> None:
    """Raise Invalid at ``name`` for a contact without a name."""
    if not values.name:
        raise Invalid(fields={"name": lazy("请填写联系人的姓名")})


def settle(customer: Customer, actor: Actor, verb: str, main: CustomerContact | None) -> None:
    """Keep one main contact, write down that something changed, and bring the search index up to date."""
    choose_main(customer, main)
    customer.touch()
    session.flush()
    timeline.record(DOC_TYPE, customer.id, verb, actor)
    index([customer])
