"""Keep the figures equal to what the documents say: in the transaction of every fact, and again by a daily job."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock, timeline
from app.core.db import insert_unless_present, session
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.uow import before_commit, unit_of_work
from app.features.figures.facts import Fact, facts_of
from app.features.figures.models import (
    DIMENSIONS,
    MEASURES,
    FigureFact,
    FigureState,
    FigureTally,
    table_of,
)
from app.features.inquiries.models import Inquiry
from app.features.quotations.models import Quotation, QuotationRevision

INQUIRY, QUOTATION = "inquiry", "quotation"
DUE = "figures_due"
BATCH = 200
# What changes nothing that is counted.
WITHOUT_FIGURES = frozenset(
    {
        "inquiry:attach",
        "inquiry:remove-file",
        "quotation:attach",
        # only what was not issued yet can be edited, and only what was issued is counted
        "quotation:autosave",
        "quotation:edit",
        "quotation:paper-refused",
        "quotation:reprint",
        "quotation:sealed-paper-opened",
    }
)

Key = tuple[Any, ...]
Sums = tuple[int, int, Decimal, Decimal]


def subscribe() -> None:
    """Follow every fact of inquiries and quotations, those of steps added later included."""
    for verb in timeline.registered_verbs():
        doc_type = verb.code.partition(":")[0]
        if doc_type == INQUIRY and verb.code not in WITHOUT_FIGURES:
            timeline.on(verb.code, note_inquiry)
        elif doc_type == QUOTATION and verb.code not in WITHOUT_FIGURES:
            timeline.on(verb.code, note_revision)


def note_inquiry(inquiry_id: int, actor: Actor) -> None:
    """Remember that something happened to an inquiry; its figures follow at the end of the unit of work."""
    session.info.setdefault(DUE, set()).add((INQUIRY, inquiry_id))


def note_revision(revision_id: int, actor: Actor) -> None:
    """Remember that something happened to a quotation."""
    session.info.setdefault(DUE, set()).add((QUOTATION, revision_id))


@before_commit
def settle() -> None:
    """Bring the figures of what was touched up to date, last in the unit of work.

    The events are written by then, so the head of their chain is locked: no two writers count at a time, and none
    can wait for a tally that the other holds.
    """
    due: set[tuple[str, int]] = session.info.pop(DUE, set())
    if not due:
        return
    session.flush()
    inquiries = {number for doc_type, number in due if doc_type == INQUIRY}
    revisions = [number for doc_type, number in due if doc_type == QUOTATION]
    if revisions:
        statement = (
            select(Quotation.inquiry_id)
            .join(QuotationRevision, QuotationRevision.quotation_id == Quotation.id)
            .where(QuotationRevision.id.in_(revisions))
        )
        inquiries.update(session.execute(statement).scalars())
    count_again(sorted(inquiries))


def count_again(inquiry_ids: Sequence[int]) -> bool:
    """Make facts and tallies of these inquiries equal to what the documents say; tell whether anything differed."""
    wanted = facts_of(inquiry_ids)
    missing: list[dict[str, Any]] = []
    superfluous: list[int] = []
    changes: dict[Key, Sums] = {}
    kept = kept_facts(inquiry_ids)
    for inquiry_id in inquiry_ids:
        rows = kept.get(inquiry_id, [])
        left = Counter(wanted.get(inquiry_id, ()))
        for row_id, fact in rows:
            if left[fact] > 0:
                left[fact] -= 1
            else:
                superfluous.append(row_id)
                add(changes, fact, -1)
        for fact in left.elements():
            missing.append({"inquiry_id": inquiry_id, **fact._asdict()})
            add(changes, fact, 1)
    if superfluous:
        session.execute(delete(table_of(FigureFact)).where(FigureFact.id.in_(superfluous)))
    if missing:
        session.execute(insert(table_of(FigureFact)), missing)
    change_tallies(changes)
    return bool(superfluous or missing)


def kept_facts(inquiry_ids: Sequence[int]) -> dict[int, list[tuple[int, Fact]]]:
    """Return the facts on record by inquiry, each with the id of its row."""
    table = table_of(FigureFact)
    columns = [table.c[name] for name in Fact._fields]
    statement = select(table.c.id, table.c.inquiry_id, *columns).where(table.c.inquiry_id.in_(inquiry_ids))
    found: dict[int, list[tuple[int, Fact]]] = {}
    for row in session.execute(statement):
        found.setdefault(row[1], []).append((row[0], Fact(*row[2:])))
    return found


def key_of(fact: Fact) -> Key:
    """Return what a fact is grouped by."""
    return tuple(getattr(fact, name) for name in DIMENSIONS)


def add(sums: dict[Key, Sums], fact: Fact, sign: int) -> None:
    """Add a fact to sums, or take it away."""
    count, late, amount, hours = sums.get(key_of(fact), (0, 0, Decimal(0), Decimal(0)))
    sums[key_of(fact)] = (
        count + sign,
        late + sign * fact.late,
        amount + sign * fact.amount,
        hours + sign * fact.hours,
    )


def change_tallies(changes: Mapping[Key, Sums]) -> None:
    """Add to the tallies; those that are not there yet are made, on both engines in one statement."""
    rows = [
        {**dict(zip(DIMENSIONS, key, strict=True)), **dict(zip(MEASURES, sums, strict=True))}
        for key, sums in sorted(changes.items())
        if any(sums)
    ]
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    table = table_of(FigureTally)
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(DIMENSIONS),
        set_={name: table.c[name] + statement.excluded[name] for name in MEASURES},
    )
    session.execute(statement, rows)


def batches() -> Iterator[list[int]]:
    """Yield the ids of all inquiries, so many at a time, the newest first."""
    last: int | None = None
    while True:
        statement = select(Inquiry.id).order_by(Inquiry.id.desc()).limit(BATCH)
        if last is not None:
            statement = statement.where(Inquiry.id < last)
        ids = list(session.execute(statement).scalars())
        if not ids:
            return
        last = ids[-1]
        yield sorted(ids)


def sums_of(table: Any, count: Any) -> Mapping[Key, Sums]:
    """Return the sums of facts or tallies by their dimensions, those of nothing left out."""
    dimensions = [table.c[name] for name in DIMENSIONS]
    measures = [func.sum(table.c[name]) for name in MEASURES[1:]]
    statement = select(*dimensions, count, *measures).group_by(*dimensions)
    rows = {
        tuple(row[: len(DIMENSIONS)]): tuple(row[len(DIMENSIONS) :]) for row in session.execute(statement)
    }
    return {
        key: (int(sums[0]), int(sums[1]), Decimal(sums[2]), Decimal(sums[3]))
        for key, sums in rows.items()
        if any(sums)
    }


def tallied_facts() -> Mapping[Key, Sums]:
    """Return the sums of the facts on record."""
    return sums_of(table_of(FigureFact), func.count())


def kept_tallies() -> Mapping[Key, Sums]:
    """Return the sums that are kept."""
    table = table_of(FigureTally)
    return sums_of(table, func.sum(table.c["count"]))


def recount(payload: Mapping[str, Any] | None = None) -> None:
    """Count all documents again and mend what differs: fills the figures of an older installation (a job).

    Each batch is a unit of work under the lock of the event chain, as every other counting is.
    """
    for ids in list(batches()):
        session.rollback()
        with unit_of_work():
            timeline.locked_head()
            count_again(ids)
    with unit_of_work():
        timeline.locked_head()
        mend_tallies()
        insert_unless_present(FigureState, id=1, completed_at=clock.now())


def mend_tallies() -> None:
    """Make the tallies equal to the sums of the facts."""
    wanted, kept = tallied_facts(), kept_tallies()
    zero: Sums = (0, 0, Decimal(0), Decimal(0))
    changes: dict[Key, Sums] = {}
    for key in wanted.keys() | kept.keys():
        right, wrong = wanted.get(key, zero), kept.get(key, zero)
        changes[key] = (
            right[0] - wrong[0],
            right[1] - wrong[1],
            right[2] - wrong[2],
            right[3] - wrong[3],
        )
    change_tallies(changes)


def check() -> list[str]:
    """Return a sentence for each inquiry and each sum that is not what the documents say (``manage.py check``)."""
    if not is_complete():
        return []
    sentences = []
    for ids in list(batches()):
        wanted, kept = facts_of(ids), kept_facts(ids)
        sentences += [
            _("询价 %(number)s 的统计与单据不一致", number=inquiry_id)
            for inquiry_id in ids
            if Counter(wanted.get(inquiry_id, ())) != Counter(fact for _row, fact in kept.get(inquiry_id, ()))
        ]
    facts, tallies = tallied_facts(), kept_tallies()
    wrong = sorted(
        {(key[0], key[1]) for key in facts.keys() | tallies.keys() if facts.get(key) != tallies.get(key)}
    )
    sentences += [
        _("%(month)s 的统计合计（%(kind)s）与明细不一致", month=month.strftime("%Y-%m"), kind=kind)
        for kind, month in wrong
    ]
    return sentences


def is_complete() -> bool:
    """Tell whether the documents from before the figures have been counted."""
    return session.execute(select(FigureState.id)).first() is not None
