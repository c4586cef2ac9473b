"""Issued offers nobody has spoken of with the customer for some days, and those about to expire."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Row, Select, bindparam, case, func, literal, or_

from app.core import clock, timeline
from app.core.db import UTCDateTime, session
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, can, directory, require
from app.core.prepared import read
from app.core.workflow import lock
from app.core.written import check_written
from app.features.customers.models import Customer
from app.features.people.models import User
from app.features.quotations import secrecy
from app.features.quotations.enums import QuotationPerm, QuotationStatus
from app.features.quotations.flow import DOC_TYPE
from app.features.quotations.listing import address_of, with_secrets
from app.features.quotations.models import ContactNote, Quotation, QuotationRevision
from app.features.quotations.queries import visible_to

AGES = (3, 7, 14)
EXPIRING_WITHIN = 7
EXPIRING, EXPIRED = "expiring", "expired"
LONGEST_NOTE = 500

TODAY = bindparam("follow_up_today", callable_=clock.today, type_=Date)
SOON = bindparam(
    "follow_up_soon", callable_=lambda: clock.today() + timedelta(days=EXPIRING_WITHIN), type_=Date
)
# The last time it was spoken of: a negotiation or a note of a call, else the day it was issued.
LAST_CONTACT = case(
    (Quotation.followed_up_at > QuotationRevision.issued_at, Quotation.followed_up_at),
    else_=QuotationRevision.issued_at,
)
PHONE = case(
    (QuotationRevision.customer_phone != "", QuotationRevision.customer_phone),
    (Customer.contact_phone != "", Customer.contact_phone),
    else_=Customer.phone,
)


def silent_for(days: int) -> ColumnElement[bool]:
    """Return the condition that an offer was not spoken of for so many days (24 hours each)."""
    before = bindparam(
        f"silent_{days}", callable_=lambda: clock.now() - timedelta(days=days), type_=UTCDateTime()
    )
    return before >= LAST_CONTACT


def is_valid() -> ColumnElement[bool]:
    """Return the condition that an offer's last day is not over."""
    return QuotationRevision.valid_until >= TODAY


def expires_soon() -> ColumnElement[bool]:
    """Return the condition that the last day of an offer lies within a week from today."""
    return is_valid() & (QuotationRevision.valid_until <= SOON)


def issued_to(visible: Select[Any]) -> Select[Any]:
    """Return a SELECT of revisions narrowed to open offers, joined with customer and owner."""
    return (
        visible.join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .join(User, User.id == QuotationRevision.owner_id)
        .where(QuotationRevision.status == QuotationStatus.ISSUED)
    )


def days_since(row: Row[Any]) -> int:
    """Return for how many company days an offer was not spoken of."""
    return (clock.today() - clock.to_local(row.last_contact).date()).days


def days_text(row: Row[Any]) -> str:
    """Return the same in words."""
    days = days_since(row)
    return ngettext("%(num)s 天", "%(num)s 天", days)


def due_condition(value: str) -> ColumnElement[bool]:
    """Return the condition of the filter: not spoken of for so many days and valid, about to expire, or expired."""
    if value == EXPIRING:
        return expires_soon()
    if value == EXPIRED:
        return cast(ColumnElement[bool], QuotationRevision.expired)
    return silent_for(int(value)) & is_valid()


COLUMNS = (
    Column("number", lazy("报价"), QuotationRevision.number, kind="link", href=address_of),
    Column("customer", lazy("客户"), Customer.name),
    Column("attention", lazy("联系人"), QuotationRevision.attention),
    Column("phone", lazy("电话"), PHONE, sortable=False),
    Column("total", lazy("含税合计"), QuotationRevision.total, kind="money"),
    Column("last_contact", lazy("上次跟进"), LAST_CONTACT, kind="datetime"),
    Column("days", lazy("未跟进天数"), LAST_CONTACT, text=days_text, align="right", sortable=False),
    Column("valid_until", lazy("有效期至"), QuotationRevision.valid_until, kind="date"),
    Column("owner", lazy("业务员"), User.name, kind="person"),
    Column("quotation_id", "", QuotationRevision.quotation_id, hidden=True, sortable=False),
    Column("revision", "", QuotationRevision.revision, hidden=True, sortable=False),
    Column("owner_id", "", QuotationRevision.owner_id, hidden=True, sortable=False),
)


class FollowUpList(Listing):
    """Open offers that want a call: the longest silent first."""

    columns = COLUMNS
    filters = (
        Filter(
            "due",
            lazy("跟进"),
            options=(
                ("3", lazy("3 天以上未跟进")),
                ("7", lazy("7 天以上未跟进")),
                ("14", lazy("14 天以上未跟进")),
                (EXPIRING, lazy("7 天内到期")),
                (EXPIRED, lazy("已过有效期")),
            ),
            condition=due_condition,
        ),
        Filter("valid_until", lazy("有效期至"), QuotationRevision.valid_until, kind="date_range"),
    )
    searched = (
        QuotationRevision.number,
        Customer.name,
        Customer.short_name,
        QuotationRevision.attention,
        User.name,
    )
    default_sort = "last_contact"
    row_id = QuotationRevision.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list as this reader sees it."""
        columns = with_secrets(COLUMNS, actor) if secrecy.hides_some(actor) else None
        super().__init__(base(actor), arguments, path, columns=columns, filters=filters_for(actor))


def filters_for(actor: Actor) -> tuple[Filter, ...] | None:
    """Return the filters with that of the salesperson, for those who see colleagues' quotations; else None."""
    if not can(actor, QuotationPerm.VIEW_ALL):
        return None
    sellers = directory().holders(str(QuotationPerm.PREPARE), None)
    people = tuple((str(person.id), person.name) for person in sellers)
    owner = Filter("owner", lazy("业务员"), QuotationRevision.owner_id, kind="person", options=people)
    return (*FollowUpList.filters, owner)


def base(actor: Actor) -> Select[Any]:
    """Return the SELECT of the offers an actor may see that want a call, or are about to expire or past their date."""
    return base_where(visible_to(actor))


@lru_cache(256)
def base_where(visible: Select[Any]) -> Select[Any]:
    """Return the SELECT itself, one and the same for one and the same visibility."""
    return issued_to(visible).where(or_(silent_for(AGES[0]), QuotationRevision.valid_until <= SOON))


def counts(actor: Actor) -> tuple[int, int]:
    """Return how many valid offers an actor sees that were not spoken of for three days, and how many expire soon."""
    row = read(counting(visible_to(actor)))[0]
    return int(row.silent or 0), int(row.expiring or 0)


@lru_cache(256)
def counting(visible: Select[Any]) -> Select[Any]:
    """Return the SELECT that counts both at once, among the offers still valid: these are few in any year."""
    silent = func.sum(case((silent_for(AGES[0]), literal(1)), else_=0))
    expiring = func.sum(case((expires_soon(), literal(1)), else_=0))
    return (
        visible.join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(QuotationRevision.status == QuotationStatus.ISSUED, is_valid())
        .with_only_columns(silent.label("silent"), expiring.label("expiring"), maintain_column_froms=True)
    )


def rows(actor: Actor, due: str, limit: int) -> list[Row[Any]]:
    """Return the most urgent offers of one kind (a value of the filter) with the columns of the list but the total."""
    shown = [column.expression.label(column.key) for column in COLUMNS if column.key != "total"]
    first = QuotationRevision.valid_until if due == EXPIRING else LAST_CONTACT
    statement = (
        issued_to(visible_to(actor))
        .where(due_condition(due))
        .with_only_columns(
            QuotationRevision.id.label("row_id"), *shown, Customer.short_name, maintain_column_froms=True
        )
        .order_by(first, QuotationRevision.id)
        .limit(limit)
    )
    return list(session.execute(statement))


def note_contact(revision: QuotationRevision, *, actor: Actor, text: str) -> ContactNote:
    """Keep a line of what was said about a quotation; it counts as following up and stands on the timeline.

    Raises Denied without the right to prepare quotations, Conflict before it has a number, Invalid without text.
    """
    require(actor, QuotationPerm.PREPARE)
    lock(revision)
    if revision.number is None:
        raise Conflict("quotation:no-contact-yet")
    said = " ".join(text.split())
    if not said:
        raise Invalid(fields={"text": lazy("请写一句：打给了谁，说了什么")})
    check_written(said, "text")
    if len(said) > LONGEST_NOTE:
        raise Invalid(fields={"text": lazy("沟通记录最多 %(most)s 个字", most=LONGEST_NOTE)})
    row = ContactNote(
        quotation_id=revision.quotation_id,
        revision_id=revision.id,
        author_id=actor.id,
        text=said,
        created_at=clock.now(),
    )
    session.add(row)
    revision.quotation.followed_up_at = row.created_at
    session.flush()
    timeline.record(DOC_TYPE, revision.id, "quotation:contact", actor, reason=said)
    return row


def validity_tone(valid_until: date | None) -> str:
    """Return the tone of a last day: bad once it is over, warn in its last week."""
    if valid_until is None:
        return ""
    if valid_until < clock.today():
        return "bad"
    return "warn" if valid_until <= clock.today() + timedelta(days=EXPIRING_WITHIN) else ""


def phone_of(row: Row[Any]) -> str:
    """Return the number to call, a dash where none is known."""
    return row.phone or _("没有登记电话")
