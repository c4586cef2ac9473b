"""Who sees which quotation, and what lists and pages need to know of them."""

from functools import lru_cache

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.core.db import session, writing
from app.core.errors import NotVisible
from app.core.files import StoredFile, files_for, listed
from app.core.permissions import Actor, departments_of
from app.features.customers.models import Customer
from app.features.inquiries.models import Inquiry
from app.features.quotations import reading
from app.features.quotations.enums import QuotationPerm, QuotationStatus
from app.features.quotations.kept_lines import kept_lines
from app.features.quotations.models import IssuedFile, Quotation, QuotationRevision
from app.features.quotations.secrecy import prices_visible

READABLE_PAPER = (
    QuotationStatus.ISSUED,
    QuotationStatus.ACCEPT_CLAIMED,
    QuotationStatus.ACCEPTED,
    QuotationStatus.LOST,
    QuotationStatus.SUPERSEDED,
    QuotationStatus.VOID,
)

UNISSUED = (
    QuotationStatus.DRAFT,
    QuotationStatus.REVIEW,
    QuotationStatus.RETURNED,
    QuotationStatus.LEADER_REVIEW,
    QuotationStatus.APPROVED,
)

# A revision with what its page shows: its lines, files and negotiations, not the lines of the inquiry behind it.
WHOLE = (
    joinedload(QuotationRevision.quotation).options(
        joinedload(Quotation.inquiry).options(lazyload(Inquiry.lines), joinedload(Inquiry.customer)),
        joinedload(Quotation.negotiations),
    ),
    joinedload(QuotationRevision.approved_by),
    joinedload(QuotationRevision.extra_copies),
    joinedload(QuotationRevision.issued_files).lazyload(IssuedFile.revision),
)
# One of several in a card of another page, where a revision without a number goes by its customer; of the inquiry
# no more than when its bids are opened.
ROW_ONLY = (
    lazyload(QuotationRevision.lines),
    lazyload(QuotationRevision.issued_files),
    joinedload(QuotationRevision.quotation)
    .joinedload(Quotation.inquiry)
    .options(lazyload(Inquiry.lines), lazyload(Inquiry.owner), lazyload(Inquiry.customer)),
    lazyload(QuotationRevision.owner),
    lazyload(QuotationRevision.legal_entity),
)


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a revision: their own, or their departments'."""
    return _visible_condition(actor.id, departments_of(actor, QuotationPerm.VIEW_ALL))


@lru_cache(512)
def _visible_condition(actor_id: int | None, departments: frozenset[int] | None) -> ColumnElement[bool]:
    if departments is None:
        return QuotationRevision.id.is_not(None)
    own: ColumnElement[bool] = QuotationRevision.owner_id == actor_id if actor_id is not None else false()
    return or_(own, QuotationRevision.department_id.in_(sorted(departments))) if departments else own


def visible_to(actor: Actor) -> Select[QuotationRevision]:
    """Return the SELECT of the revisions an actor may see, the same one for the same condition."""
    return _visible_to(actor.id, departments_of(actor, QuotationPerm.VIEW_ALL))


@lru_cache(512)
def _visible_to(actor_id: int | None, departments: frozenset[int] | None) -> Select[QuotationRevision]:
    return select(QuotationRevision).where(_visible_condition(actor_id, departments))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the revisions an actor may see."""
    return select(QuotationRevision.id).where(visible_condition(actor))


def whole_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the revisions an actor sees with their prices."""
    return visible_ids(actor).where(prices_visible(actor))


def get(
    actor: Actor,
    quotation_id: int,
    revision: int | None = None,
    *,
    with_lines: bool = True,
    to_show: bool = False,
) -> QuotationRevision:
    """Return a revision of a quotation the actor may see, the current one where none is named; raises NotVisible.

    Without ``with_lines`` its lines are read when they are asked for. One read ``to_show`` is not changed afterwards:
    what its page does not say is read when it is asked for, and its lines are shared (see ``kept_lines``).
    """
    place = {"of_quotation": quotation_id} | ({} if revision is None else {"of_number": revision})
    if to_show:
        row = reading.shown(visible_condition(actor), place)
    else:
        statement = one_of_quotation(visible_to(actor), current=revision is None)
        row = session.execute(statement, place).unique().scalar_one_or_none()
    if row is None:
        raise NotVisible
    if with_lines and to_show:
        set_committed_value(row, "lines", kept_lines(row.id))
    elif with_lines:
        load_lines(row)
    return row


def load_lines(revision: QuotationRevision) -> None:
    """Read the lines of a revision, unless they are there, by a statement made once."""
    if "lines" not in revision.__dict__:
        set_committed_value(revision, "lines", reading.lines(revision.id))


@lru_cache(512)
def one_of_quotation(visible: Select[QuotationRevision], *, current: bool) -> Select[QuotationRevision]:
    """Return the SELECT of one revision with what its steps need; made once, since every step begins so."""
    found = visible.where(*reading.place_of(current=current))
    return found.options(*WHOLE, lazyload(QuotationRevision.lines))


def by_id(revision_id: int) -> QuotationRevision:
    """Return a revision by its id, for callers that already checked visibility."""
    return session.get_one(QuotationRevision, revision_id)


def revisions_of(quotation_id: int, actor: Actor) -> list[QuotationRevision]:
    """Return the revisions of a quotation that the actor may see, newest first: number, state, total."""
    return reading.heads_of(visible_condition(actor), quotation_id)


def whole_revisions_of(quotation_id: int, actor: Actor) -> list[QuotationRevision]:
    """Return the revisions of a quotation that the actor may see, newest first, with their lines."""
    statement = (
        visible_to(actor)
        .where(QuotationRevision.quotation_id == quotation_id)
        .order_by(QuotationRevision.revision.desc())
        .options(*WHOLE)
    )
    return list(session.execute(statement).unique().scalars())


def of_inquiry(inquiry_id: int, actor: Actor) -> list[QuotationRevision]:
    """Return the current revisions of an inquiry's quotations that the actor may see."""
    statement = (
        visible_to(actor)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(Quotation.inquiry_id == inquiry_id, QuotationRevision.current.is_(True))
        .order_by(QuotationRevision.id)
        .options(*ROW_ONLY)
    )
    return list(session.execute(statement).unique().scalars())


def of_customer(customer_id: int, actor: Actor, limit: int = 10) -> list[QuotationRevision]:
    """Return the latest current revisions for a customer that the actor may see."""
    statement = (
        visible_to(actor)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(Quotation.customer_id == customer_id, QuotationRevision.current.is_(True))
        .order_by(QuotationRevision.created_at.desc())
        .limit(limit)
        .options(*ROW_ONLY)
    )
    return list(session.execute(statement).unique().scalars())


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and customer of revisions, for tasks and notices (never a price)."""
    statement = (
        select(QuotationRevision.id, QuotationRevision.number, Customer.short_name, Customer.name)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .join(Customer, Customer.id == Quotation.customer_id)
        .where(QuotationRevision.id.in_(ids))
    )
    return {
        row.id: f"{row.number or ''} {row.short_name or row.name}".strip()
        for row in session.execute(statement)
    }


def addresses(ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return quotation id and revision number of revisions, of which their addresses are made."""
    statement = select(
        QuotationRevision.id, QuotationRevision.quotation_id, QuotationRevision.revision
    ).where(QuotationRevision.id.in_(ids))
    return {row.id: (row.quotation_id, row.revision) for row in session.execute(statement)}


def issued_file(revision_id: int, copy_number: int) -> IssuedFile | None:
    """Return one issued copy of a revision."""
    statement = select(IssuedFile).where(
        IssuedFile.revision_id == revision_id, IssuedFile.copy_number == copy_number
    )
    return session.execute(statement).unique().scalar_one_or_none()


def acceptance_files(revision_id: int) -> list[StoredFile]:
    """Return the customer's papers of acceptance; read once for the buttons of a page and the page itself, as rows."""
    key = f"acceptance:{revision_id}"
    known: list[StoredFile] | None = session.info.get(key)
    if known is not None and not writing.get():
        return known
    if writing.get():
        return list(files_for("quotation", revision_id, "acceptance"))
    found = session.info[key] = listed("quotation", revision_id, "acceptance")
    return found


def older_open_revisions(revision: QuotationRevision) -> list[QuotationRevision]:
    """Return the earlier revisions of the same quotation that a newly issued one supersedes."""
    statement = select(QuotationRevision).where(
        QuotationRevision.quotation_id == revision.quotation_id,
        QuotationRevision.revision < revision.revision,
        QuotationRevision.status.in_((QuotationStatus.ISSUED, QuotationStatus.APPROVED)),
    )
    return list(session.execute(statement).unique().scalars())


def accepted_before(revision: QuotationRevision) -> QuotationRevision | None:
    """Return the other revision of the same quotation that the customer accepted, confirmed or not; else None."""
    statement = select(QuotationRevision).where(
        QuotationRevision.quotation_id == revision.quotation_id,
        QuotationRevision.id != revision.id,
        QuotationRevision.status.in_((QuotationStatus.ACCEPT_CLAIMED, QuotationStatus.ACCEPTED)),
    )
    return session.execute(statement.options(*ROW_ONLY)).unique().scalars().first()


def unissued_revisions(revision: QuotationRevision) -> list[QuotationRevision]:
    """Return the other revisions of the same quotation that were not issued and are not over."""
    statement = select(QuotationRevision).where(
        QuotationRevision.quotation_id == revision.quotation_id,
        QuotationRevision.id != revision.id,
        QuotationRevision.status.in_(UNISSUED),
    )
    return list(session.execute(statement).unique().scalars())
