"""What people do with an inquiry besides its steps: register, edit, answer, waive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core import clock, search, settings, timeline, workdays
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile, StoredFile, attach, mark_deleted
from app.core.i18n import lazy
from app.core.permissions import Actor, can, grant_for, require, who_may
from app.core.workflow import Authority, check_version, lock
from app.features.customers.models import Customer
from app.features.inquiries.enums import SEALED_KINDS, InquiryPerm, InquiryStatus, Subject
from app.features.inquiries.flow import DOC_TYPE, FLOW, decider
from app.features.inquiries.losses import keep_loss
from app.features.inquiries.models import Inquiry, InquiryLine, PurchasingAnswer, TechnicalAnswer, Waiver
from app.features.inquiries.queries import sight
from app.features.people.models import User
from app.features.products import matching

HEAD_FIELDS = (
    "customer_id",
    "kind",
    "channel",
    "project",
    "contact_name",
    "contact_phone",
    "summary",
    "received_at",
    "deadline",
    "opening_at",
)
LINE_FIELDS = ("name", "model", "spec", "quantity", "unit", "note", "unmatched_code")
MAX_LINES = 200

# Personal data of the customer's people: an event tells that it changed, never from what to what.
PERSONAL_FIELDS = frozenset({"contact_name", "contact_phone"})
HIDDEN_VALUE = "…"


@dataclass(frozen=True)
class LineInput:
    """A line as typed; ``id`` is that of the existing line it changes. Quantity in the line's own unit."""

    name: str
    quantity: Decimal
    unit: str
    model: str = ""
    spec: str = ""
    note: str = ""
    product_id: int | None = None
    unmatched_code: str = ""
    id: int | None = None


@dataclass(frozen=True)
class PurchasingInput:
    """A purchasing answer as typed; price in yuan per ``price_unit``, tax-included, ``tax_rate`` in percent points."""

    kind: str
    source: str
    price: Decimal
    price_unit: str
    tax_rate: Decimal
    quoted_on: date
    valid_until: date
    lead_time_days: int
    material: str = ""
    minimum_order: str = ""
    note: str = ""
    currency: str = "CNY"


def register(
    *,
    actor: Actor,
    customer: Customer,
    received_at: datetime,
    deadline: datetime,
    kind: str,
    channel: str,
    summary: str = "",
    project: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    opening_at: datetime | None = None,
    lines: Sequence[LineInput] = (),
) -> Inquiry:
    """Register an inquiry as a draft of the actor, in the actor's own department.

    ``opening_at`` is when a tender's bids are opened, by default at its deadline. Raises Denied without the right to
    register and Invalid for a reception in the future, an opening before the deadline, or too many lines.
    """
    require(actor, InquiryPerm.REGISTER)
    check_head(received_at, deadline)
    opening_at = opening_of(kind, deadline, opening_at)
    owner = session.get_one(User, actor.id)
    inquiry = Inquiry(
        status=FLOW.initial,
        owner_id=owner.id,
        department_id=owner.department_id,
        customer_id=customer.id,
        kind=kind,
        channel=channel,
        project=project,
        contact_name=contact_name or customer.contact_name,
        contact_phone=contact_phone or customer.contact_phone,
        summary=summary,
        received_at=received_at,
        deadline=deadline,
        opening_at=opening_at,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    inquiry.customer = customer
    session.add(inquiry)
    put_lines(inquiry, lines)
    session.flush()
    timeline.record(DOC_TYPE, inquiry.id, "inquiry:register", actor, to_status=inquiry.status)
    FLOW.sync_tasks(inquiry)
    index(inquiry)
    return inquiry


def check_head(received_at: datetime, deadline: datetime) -> None:
    """Raise Invalid where the times of an inquiry cannot be true."""
    if received_at > clock.now() + timedelta(minutes=5):
        raise Invalid(fields={"received_at": lazy("收到时间不能晚于现在")})
    if deadline <= received_at:
        raise Invalid(fields={"deadline": lazy("答复期限须晚于收到时间")})


def opening_of(kind: str, deadline: datetime, opening_at: datetime | None) -> datetime | None:
    """Return when the bids are opened: the time given, else the deadline; None for a kind that is not sealed.

    Raises Invalid for an opening before the deadline, which would show prices while others may still bid.
    """
    if kind not in SEALED_KINDS:
        return None
    if opening_at is not None and opening_at < deadline:
        raise Invalid(fields={"opening_at": lazy("开标时间不能早于答复期限")})
    return opening_at or deadline


def put_lines(inquiry: Inquiry, lines: Sequence[LineInput]) -> None:
    """Make the inquiry's lines equal to those typed; a line that keeps its id keeps its answers.

    A line whose model names exactly one product is that product (see products.matching).
    """
    if len(lines) > MAX_LINES:
        raise Invalid(fields={"lines": lazy("一次最多 200 行，请分成两份询价")})
    existing = {line.id: line for line in inquiry.lines}
    kept = []
    lines = matching.settled(lines, matching.matches(lines))
    for position, item in enumerate(lines, 1):
        line = existing.get(item.id) if item.id is not None else None
        if line is None:
            line = InquiryLine()
        line.position = position
        line.product_id = item.product_id
        for name in LINE_FIELDS:
            setattr(line, name, getattr(item, name))
        kept.append(line)
    for line in existing.values():
        if line not in kept:
            search.remove("inquiry_line", line.id)
    inquiry.lines[:] = kept


def edit(
    inquiry: Inquiry, *, actor: Actor, version: int, head: Mapping[str, Any], lines: Sequence[LineInput]
) -> None:
    """Change a draft; ``head`` maps HEAD_FIELDS to new values.

    Raises Denied for anybody but the owner, Stale for a form made from an older version, Conflict once reported.
    """
    lock(inquiry)
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("修改询价"), who=inquiry.owner.name)
    check_version(DOC_TYPE, inquiry, version)
    if inquiry.status != InquiryStatus.DRAFT:
        raise Conflict("inquiry:only-draft-editable")
    check_head(head["received_at"], head["deadline"])
    head = {**head, "opening_at": opening_of(head["kind"], head["deadline"], head["opening_at"])}
    before = facts(inquiry)
    for name in HEAD_FIELDS:
        setattr(inquiry, name, head[name])
    put_lines(inquiry, lines)
    inquiry.touch()
    session.flush()
    # The customer's row still is the one loaded under the old id.
    session.expire(inquiry, ["customer"])
    changes = change_rows(before, facts(inquiry))
    if changes:
        timeline.record(DOC_TYPE, inquiry.id, "inquiry:edit", actor, data={"changes": changes})
    FLOW.sync_tasks(inquiry)
    index(inquiry)


def change_rows(before: dict[str, Any], after: dict[str, Any]) -> list[list[str]]:
    """Return the changes for an event; of personal values only that they changed."""
    return [
        [key, HIDDEN_VALUE, HIDDEN_VALUE] if key in PERSONAL_FIELDS else [key, old, new]
        for key, old, new in timeline.diff(before, after)
    ]


def facts(inquiry: Inquiry) -> dict[str, Any]:
    """Return what a change is told by: the head's values and each line as "position/field"."""
    values: dict[str, Any] = {name: getattr(inquiry, name) for name in HEAD_FIELDS if name != "customer_id"}
    values["customer"] = inquiry.customer.name
    for moment in ("received_at", "deadline", "opening_at"):
        if values[moment] is not None:
            values[moment] = clock.to_local(values[moment]).strftime("%Y-%m-%d %H:%M")
    for line in inquiry.lines:
        for name in LINE_FIELDS:
            value = getattr(line, name)
            if value != "":
                values[f"{line.position}/{name}"] = (
                    f"{value.normalize():f}" if isinstance(value, Decimal) else value
                )
    return values


def index(inquiry: Inquiry) -> None:
    """Bring the search index up to date: the whole text for those who see all, each line by itself for the asked."""
    index_whole(inquiry)
    for line in inquiry.lines:
        search.put("inquiry_line", line.id, f"{line.name} {line.model}".strip(), line.spec)


def index_whole(inquiry: Inquiry) -> None:
    """Bring the entry of the inquiry itself up to date; a step changes its number, never its lines."""
    customer = inquiry.customer
    head = [inquiry.number or "", customer.name, inquiry.project, inquiry.contact_name, inquiry.summary]
    lines = [f"{line.name} {line.model} {line.spec}" for line in inquiry.lines]
    search.put(
        DOC_TYPE, inquiry.id, f"{inquiry.number or ''} {customer.name}".strip(), "\n".join([*head, *lines])
    )


def asked_line(inquiry: Inquiry, line_id: int, actor: Actor, subject: Subject) -> InquiryLine:
    """Return the line if it was put to the actor's department and still may be answered.

    Raises Denied, Conflict in a wrong state, Invalid for a line that was not put to them.
    """
    lock(inquiry)
    permission = (
        InquiryPerm.ANSWER_TECHNICAL if subject == Subject.TECHNICAL else InquiryPerm.ANSWER_PURCHASING
    )
    if not can(actor, permission):
        raise Denied("core:denied", what=lazy("答复询价"), who=who_may(permission))
    line = next((line for line in sight(inquiry, actor).lines(inquiry) if line.id == line_id), None)
    check_asked(inquiry, line, subject)
    return line  # type: ignore[return-value]


def check_asked(inquiry: Inquiry, line: InquiryLine | None, subject: Subject) -> None:
    """Raise Conflict where the inquiry waits for no answers, or this line was not put to the department."""
    if inquiry.status != InquiryStatus.PREPARING:
        raise Conflict("core:wrong-state", state=FLOW.state(inquiry.status).label, step=lazy("答复"))
    asked = line is not None and (line.ask_technical if subject == Subject.TECHNICAL else line.ask_purchasing)
    if not asked:
        raise Conflict("inquiry:not-asked")


def after_answer(
    inquiry: Inquiry, actor: Actor, line: InquiryLine, verb: str, permission: InquiryPerm
) -> None:
    """Record an answer, close its task where it was the last one, tell the owner. Prices never enter the event."""
    inquiry.touch()
    session.flush()
    FLOW.sync_tasks(inquiry)
    grant = grant_for(actor, permission)
    on_behalf = (
        (grant.on_behalf_of, grant.on_behalf_of_name) if grant and grant.on_behalf_of is not None else None
    )
    timeline.record(
        DOC_TYPE,
        inquiry.id,
        verb,
        actor,
        data={"position": line.position, "name": line.name},
        tell=[inquiry.owner_id],
        role=str(grant.role) if grant else None,
        on_behalf_of=on_behalf,
    )


def answer_technical(
    inquiry: Inquiry,
    line_id: int,
    *,
    actor: Actor,
    model: str,
    parameters: str = "",
    deviation: str = "",
    file: CheckedFile | None = None,
) -> TechnicalAnswer:
    """Answer a hard model: what we offer, its parameters, how it deviates; the file stays with the line.

    Raises Invalid at ``parameters`` where a question was put and nothing but the model answers it.
    """
    line = asked_line(inquiry, line_id, actor, Subject.TECHNICAL)
    if line.question and not (parameters.strip() or deviation.strip() or file):
        sentence = lazy("经理问的是“%(question)s”，请在参数或偏差说明中答复")
        raise Invalid(fields={"parameters": sentence.filled(question=line.question)})
    answer = TechnicalAnswer(
        author_id=actor.id, model=model, parameters=parameters, deviation=deviation, created_at=clock.now()
    )
    line.technical_answers.append(answer)
    session.flush()
    if file is not None:
        attach(file, DOC_TYPE, inquiry.id, actor, kind="technical_answer", line_id=line.id)
    after_answer(inquiry, actor, line, "inquiry:answer-technical", InquiryPerm.ANSWER_TECHNICAL)
    return answer


def answer_purchasing(
    inquiry: Inquiry, line_id: int, *, actor: Actor, answer: PurchasingInput, file: CheckedFile | None = None
) -> PurchasingAnswer:
    """Answer with source, price, tax, date, validity and lead time.

    Raises Invalid where the price's validity lies before its date or in the past, or the price is not positive.
    """
    line = asked_line(inquiry, line_id, actor, Subject.PURCHASING)
    if answer.price <= 0:
        raise Invalid(fields={"price": lazy("价格须大于 0")})
    if answer.quoted_on > clock.today():
        raise Invalid(fields={"quoted_on": lazy("报价日期不能晚于今天")})
    if answer.valid_until < clock.today():
        raise Invalid(fields={"valid_until": lazy("有效期已过，请向供应商重新询价")})
    row = PurchasingAnswer(author_id=actor.id, created_at=clock.now(), **vars(answer))
    line.purchasing_answers.append(row)
    session.flush()
    if file is not None:
        attach(file, DOC_TYPE, inquiry.id, actor, kind="price_evidence", line_id=line.id)
    after_answer(inquiry, actor, line, "inquiry:answer-purchasing", InquiryPerm.ANSWER_PURCHASING)
    return row


def waive(
    inquiry: Inquiry, line_id: int, *, actor: Actor, version: int, subject: Subject, reason: str
) -> Waiver:
    """Let a line go without an answer, with the manager's reason (免予答复)."""
    lock(inquiry)
    line = next((line for line in inquiry.lines if line.id == line_id), None)
    authority = check_waivable(inquiry, line, subject, actor, version)
    if not reason.strip():
        raise Invalid("core:reason-missing", fields={"reason": lazy("请写明免予答复的理由")})
    assert line is not None  # noqa: S101 - checked above
    waiver = Waiver(subject=str(subject), reason=reason.strip(), author_id=actor.id, created_at=clock.now())
    line.waivers.append(waiver)
    inquiry.touch()
    session.flush()
    FLOW.sync_tasks(inquiry)
    timeline.record(
        DOC_TYPE,
        inquiry.id,
        "inquiry:waive",
        actor,
        data={"position": line.position, "name": line.name},
        reason=reason.strip(),
        role=authority.role,
        on_behalf_of=authority.on_behalf_of,
        tell=[inquiry.owner_id],
    )
    return waiver


def check_waivable(
    inquiry: Inquiry, line: InquiryLine | None, subject: Subject, actor: Actor, version: int | None = None
) -> Authority:
    """Return by what right the actor may let a line go without an answer now.

    Raises in this order: Denied, Stale (where ``version`` is given), Conflict where nothing is missing.
    """
    authority = decider.test(inquiry, actor)
    if authority is None:
        raise Denied("core:denied", what=lazy("免予答复"), who=decider.ask(inquiry))
    check_version(DOC_TYPE, inquiry, version)
    if inquiry.status != InquiryStatus.PREPARING or line is None or not line.lacks(subject):
        raise Conflict("inquiry:nothing-to-waive")
    return authority


def attach_file(
    inquiry: Inquiry, *, actor: Actor, file: CheckedFile, line_id: int | None = None
) -> StoredFile:
    """Attach a file of the customer to the inquiry, or to one line (whoever is asked about it then sees it)."""
    lock(inquiry)
    if not sight(inquiry, actor).whole:
        raise Denied("core:denied", what=lazy("添加附件"), who=inquiry.owner.name)
    if line_id is not None and line_id not in {line.id for line in inquiry.lines}:
        raise Invalid(fields={"line_id": lazy("请选择这份询价中的一行")})
    row = attach(file, DOC_TYPE, inquiry.id, actor, kind="request", line_id=line_id)
    inquiry.touch()
    timeline.record(DOC_TYPE, inquiry.id, "inquiry:attach", actor, data={"file": row.name})
    return row


def remove_file(inquiry: Inquiry, row: StoredFile, *, actor: Actor) -> None:
    """Take a file back while the inquiry is a draft; the bytes are purged later by a job."""
    lock(inquiry)
    if inquiry.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("删除附件"), who=inquiry.owner.name)
    if inquiry.status != InquiryStatus.DRAFT:
        raise Conflict("inquiry:only-draft-editable")
    mark_deleted(row)
    inquiry.touch()
    timeline.record(DOC_TYPE, inquiry.id, "inquiry:remove-file", actor, data={"file": row.name})


def fire(
    inquiry: Inquiry,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    quiet: bool = False,
) -> None:
    """Do a step of the inquiry's flow and bring the search index up to date; ``quiet`` as in ``Flow.fire``."""
    FLOW.fire(inquiry, step, actor, version=version, note=note, data=data, quiet=quiet)
    index_whole(inquiry)


def note_offer_issued(inquiry: Inquiry, number: str) -> None:
    """Remember that a sealed offer exists, so that it may be handed over (called when a quotation is issued)."""
    lock(inquiry)
    inquiry.offer_issued_at = clock.now()
    inquiry.offer_number = number
    inquiry.touch()
    session.flush()
    FLOW.sync_tasks(inquiry)


def note_accepted(inquiry: Inquiry, *, actor: Actor) -> None:
    """Set the inquiry won in the transaction in which the manager confirms the customer's acceptance.

    An offer that was issued binds also where the inquiry was given up or lost meanwhile.
    """
    if inquiry.status != InquiryStatus.WON:
        fire(inquiry, "win", actor=actor, version=None)


def note_loss(inquiry: Inquiry, data: Mapping[str, Any]) -> None:
    """Keep what was said of the loss when its quotation was lost, so that it is not asked for again."""
    lock(inquiry)
    keep_loss(inquiry, data)
    inquiry.touch()
    session.flush()


def default_deadline(received_at: datetime) -> datetime:
    """Return the usual deadline of an inquiry: some working days after it came, at the next quarter of an hour."""
    exact = workdays.add_working_days(received_at, settings.get("inquiries.default_deadline_days"))
    rounded = exact + (datetime.min.replace(tzinfo=exact.tzinfo) - exact) % timedelta(minutes=15)
    # The last quarter of a day would end on the next, which may be free.
    return rounded if clock.to_local(rounded).date() == clock.to_local(exact).date() else exact
