"""Reporting in one go (快报), and the lines that follow once an inquiry was reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, can
from app.core.workflow import check_version, lock
from app.features.customers import queries as customers
from app.features.customers.actions import CustomerValues, create_customer
from app.features.customers.enums import CustomerPerm
from app.features.customers.models import Customer, name_key
from app.features.inquiries import actions
from app.features.inquiries.actions import DOC_TYPE, LINE_FIELDS, LineInput
from app.features.inquiries.enums import InquiryStatus
from app.features.inquiries.flow import FLOW, deciders
from app.features.inquiries.models import Inquiry

# Until the quotation is begun, what the customer asks for may still be written down.
OPEN_FOR_LINES = (InquiryStatus.REPORTED, InquiryStatus.PREPARING)


@dataclass(frozen=True)
class NamedCustomer:
    """The customer a typed name stands for; ``created`` tells whether there was none before."""

    customer: Customer
    created: bool


def find_customer(actor: Actor, name: str) -> Customer | None:
    """Return the visible customer of a name: the very name first, then the same but for legal form and spacing.

    The actor's own customers come before colleagues', those in use before the deactivated.
    """
    statement = customers.visible_to(actor).where(Customer.name_key == name_key(name)[:120])
    found = session.execute(statement.order_by(Customer.id).limit(20)).scalars().all()
    return min(
        found,
        key=lambda row: (not row.active, row.name != name, row.owner_id != actor.id, row.id),
        default=None,
    )


def customer_named(actor: Actor, name: str, *, accept_similar: bool = False) -> NamedCustomer:
    """Return the visible customer of a typed name, or create them as the actor's own.

    Raises Invalid at ``customer`` for one that was deactivated or that the actor may not create, and at
    ``accept_similar`` where a colleague cares for a customer of that name and this was not accepted.
    """
    known = find_customer(actor, name)
    if known is not None:
        if not known.active:
            raise Invalid(
                fields={
                    "customer": lazy("客户 %(name)s 已停用，请先在客户资料中重新启用").filled(name=known.name)
                }
            )
        return NamedCustomer(known, created=False)
    if not can(actor, CustomerPerm.CREATE):
        raise Invalid(fields={"customer": lazy("没有这个客户；您不能新建客户，请从列表中选择")})
    values = CustomerValues(name=name)
    return NamedCustomer(create_customer(actor=actor, values=values, accept_similar=accept_similar), True)


def report_at_once(
    *,
    actor: Actor,
    customer: Customer,
    received_at: datetime,
    deadline: datetime,
    kind: str,
    channel: str,
    summary: str = "",
    files: Sequence[CheckedFile] = (),
    lines: Sequence[LineInput] = (),
) -> Inquiry:
    """Register an inquiry and report it, both steps with their events in the transaction of the caller.

    Raises what ``actions.register`` and the step 上报 raise: Conflict without a request, a line or a file.
    """
    inquiry = actions.register(
        actor=actor,
        customer=customer,
        received_at=received_at,
        deadline=deadline,
        kind=kind,
        channel=channel,
        summary=summary,
        lines=lines,
    )
    for file in files:
        actions.attach_file(inquiry, actor=actor, file=file)
    actions.fire(inquiry, "report", actor=actor, version=None)
    return inquiry


def may_add_lines(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether the actor may add lines now."""
    return inquiry.owner_id == actor.id and inquiry.status in OPEN_FOR_LINES


def add_lines(inquiry: Inquiry, *, actor: Actor, version: int | None, lines: Sequence[LineInput]) -> None:
    """Add lines behind those of a reported inquiry; what was reported itself stays as it is.

    Raises Denied for anybody but the owner, Stale, Conflict once the quotation is begun, Invalid without a line.
    """
    lock(inquiry)
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("补充询价明细"), who=inquiry.owner.name)
    check_version(DOC_TYPE, inquiry, version)
    if inquiry.status not in OPEN_FOR_LINES:
        raise Conflict("core:wrong-state", state=FLOW.state(inquiry.status).label, step=lazy("补充询价明细"))
    if not lines:
        raise Invalid(fields={"lines": lazy("请至少填写一行明细")})
    before = actions.facts(inquiry)
    present = [
        LineInput(
            **{name: getattr(line, name) for name in LINE_FIELDS}, product_id=line.product_id, id=line.id
        )
        for line in inquiry.lines
    ]
    actions.put_lines(inquiry, [*present, *lines])
    inquiry.touch()
    session.flush()
    changes = actions.change_rows(before, actions.facts(inquiry))
    told = [person for person in deciders(inquiry) if person is not None]
    timeline.record(DOC_TYPE, inquiry.id, "inquiry:add-lines", actor, data={"changes": changes}, tell=told)
    FLOW.sync_tasks(inquiry)
    actions.index(inquiry)


def customer_names(actor: Actor, limit: int) -> list[tuple[str, str]]:
    """Return (name, number) of the active customers the actor may choose, for the suggestions of a field."""
    statement = (
        select(Customer.name, Customer.number)
        .where(customers.visible_condition(actor), Customer.active.is_(True))
        .order_by(Customer.updated_at.desc(), Customer.id)
        .limit(limit)
    )
    return [(row.name, row.number) for row in session.execute(statement)]
