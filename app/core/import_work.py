"""The job behind imports: saving a confirmed batch piece by piece, and taking one back.

Each piece is one transaction that also moves the batch's counter, so that a job run twice goes on where it stopped
and readers wait for a fraction of a second at most.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.core import clock, i18n, imports, jobs, timeline
from app.core.db import db, session
from app.core.errors import Problem
from app.core.i18n import lazy
from app.core.import_records import BatchStatus, ImportBatch, ImportRow, Outcome
from app.core.imports import ImportKind, Plan
from app.core.permissions import SYSTEM, Actor, directory
from app.core.timeline import Event
from app.core.uow import unit_of_work

PIECE = 200
UNSAVED = lazy("没有保存：刚刚有人改动了同一条记录，请改正后重新导入这一行")
CHANGED_BY_IMPORT = lazy("是更新，不是新增，保持现状")
TOUCHED = lazy("导入后有人改过")
USED = lazy("已被单据引用")

logger = logging.getLogger(__name__)


def run(payload: Mapping[str, Any]) -> None:
    """Save or take back the rest of a batch; harmless to run twice, and after the batch has ended."""
    batch_id = int(payload["batch"])
    while True:
        session.rollback()
        batch = session.get(ImportBatch, batch_id)
        if batch is None or batch.status not in (BatchStatus.RUNNING, BatchStatus.UNDOING):
            return
        kind, status, done = imports.kind_of(batch.kind), batch.status, batch.done
        actor = directory().actor(batch.owner_id) or Actor(batch.owner_id, batch.owner_name)
        session.rollback()
        with i18n.using_locale(actor.locale):
            if status == BatchStatus.RUNNING:
                going_on = save_piece(kind, batch_id, done, actor)
            else:
                going_on = undo_piece(kind, batch_id, done)
        if not going_on:
            return


jobs.register_job(imports.JOB, run)


def locked(batch_id: int, status: str, done: int) -> ImportBatch | None:
    """Return the batch under its lock; None where another worker went on with it meanwhile."""
    statement = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    batch = session.execute(statement, execution_options={"populate_existing": True}).scalar_one()
    return batch if (batch.status, batch.done) == (status, done) else None


def next_rows(batch_id: int, done: int) -> list[ImportRow]:
    """Return the rows of the next piece."""
    statement = (
        select(ImportRow)
        .where(ImportRow.batch_id == batch_id)
        .order_by(ImportRow.number)
        .limit(PIECE)
        .offset(done)
    )
    return list(session.execute(statement).scalars())


def save_piece(kind: ImportKind, batch_id: int, done: int, actor: Actor) -> bool:
    """Save the next rows in one transaction, or each by itself where one of them spoils it; False at the end."""
    try:
        return save_rows(kind, batch_id, done, actor, PIECE)
    except Problem:
        # Somebody was faster with one of the records: it alone is named, the others are saved.
        for place in range(PIECE):
            try:
                if not save_rows(kind, batch_id, done + place, actor, 1):
                    return False
            except Problem as problem:
                give_up_row(batch_id, done + place, problem)
    return True


def save_rows(kind: ImportKind, batch_id: int, done: int, actor: Actor, limit: int) -> bool:
    """Save the next ``limit`` rows; False once the batch has ended or somebody else goes on with it."""
    with unit_of_work():
        batch = locked(batch_id, BatchStatus.RUNNING, done)
        if batch is None:
            return False
        rows = next_rows(batch_id, done)[:limit]
        if not rows:
            finish(kind, batch)
            return False
        plans = imports.planned(kind, batch.mapping, actor, [(row.number, row.cells) for row in rows])
        wanted = [plan for plan in plans if is_wanted(batch, plan)]
        kind.save(wanted, actor)
        saved = {plan.number for plan in wanted}
        for plan, row in zip(plans, rows, strict=True):
            note_outcome(batch, plan, row, saved=plan.number in saved)
        batch.done += len(rows)
        batch.touch()
    return True


def is_wanted(batch: ImportBatch, plan: Plan) -> bool:
    """Tell whether a row is to be saved."""
    return (
        plan.outcome == Outcome.NEW
        or (plan.outcome == Outcome.CHANGED and batch.update_existing)
        or (plan.outcome == Outcome.SIMILAR and batch.accept_similar)
    )


def note_outcome(batch: ImportBatch, plan: Plan, row: ImportRow, *, saved: bool) -> None:
    """Write what became of a row and count it."""
    row.faults = [[key, sentence] for key, sentence in plan.faults.items()]
    row.note, row.doc_id = plan.note[:300], plan.doc_id or plan.twin_id
    row.changes = [list(change) for change in plan.changes]
    if plan.outcome == Outcome.FAULTY:
        row.outcome = Outcome.FAULTY
        batch.faulty_rows += 1
        return
    if not saved:
        row.outcome = Outcome.SAME if plan.outcome == Outcome.SAME else Outcome.SKIPPED
        batch.skipped_rows += 1
    elif plan.outcome == Outcome.CHANGED:
        row.outcome, row.cells = Outcome.CHANGED, []
        batch.changed_rows += 1
    else:
        row.outcome, row.cells = Outcome.NEW, []
        batch.created_rows += 1


def give_up_row(batch_id: int, done: int, problem: Problem) -> None:
    """Name the one row that could not be saved and go on behind it."""
    logger.warning("import %s: row %s was not saved: %s", batch_id, done, problem.code)
    with unit_of_work():
        batch = locked(batch_id, BatchStatus.RUNNING, done)
        rows = next_rows(batch_id, done)[:1]
        if batch is None or not rows:
            return
        rows[0].outcome, rows[0].faults = Outcome.FAULTY, [["", str(UNSAVED)]]
        batch.faulty_rows += 1
        batch.done += 1
        batch.touch()


def finish(kind: ImportKind, batch: ImportBatch) -> None:
    """Close a batch whose rows are all through, and tell its owner."""
    batch.status, batch.finished_at = BatchStatus.DONE, clock.now()
    batch.touch()
    data = {
        "created": batch.created_rows,
        "changed": batch.changed_rows,
        "skipped": batch.skipped_rows,
        "faulty": batch.faulty_rows,
    }
    timeline.record(kind.doc_type, batch.id, "import:finish", SYSTEM, data=data, tell=[batch.owner_id])


# Taking back


def undo_piece(kind: ImportKind, batch_id: int, done: int) -> bool:
    """Take the next rows back in one transaction; False once all are through."""
    with unit_of_work():
        batch = locked(batch_id, BatchStatus.UNDOING, done)
        if batch is None:
            return False
        rows = next_rows(batch_id, done)
        if not rows:
            kept = session.execute(
                select(func.count()).where(ImportRow.batch_id == batch_id, ImportRow.outcome == Outcome.KEPT)
            ).scalar_one()
            batch.status = BatchStatus.UNDONE
            batch.touch()
            data = {"removed": batch.removed_rows, "kept": kept}
            timeline.record(
                kind.doc_type, batch_id, "import:undone", SYSTEM, data=data, tell=[batch.owner_id]
            )
            return False
        made = {row.doc_id: row for row in rows if row.outcome == Outcome.NEW and row.doc_id is not None}
        reasons = reasons_to_stay(kind, list(made))
        for row in rows:
            if row.outcome == Outcome.CHANGED:
                row.outcome, row.note = Outcome.KEPT, str(CHANGED_BY_IMPORT)
        for doc_id, row in made.items():
            row.outcome, row.note = (
                (Outcome.KEPT, reasons[doc_id]) if doc_id in reasons else (Outcome.REMOVED, row.note)
            )
        gone = [doc_id for doc_id in made if doc_id not in reasons]
        kind.remove(gone)
        batch.removed_rows += len(gone)
        batch.done += len(rows)
        batch.touch()
    return True


def reasons_to_stay(kind: ImportKind, ids: Sequence[int]) -> dict[int, str]:
    """Return the records that must stay, each with why: somebody did something to it, or something refers to it."""
    if not ids:
        return {}
    found = {doc_id: str(USED) for doc_id in referred_to(kind, ids)}
    acts = (
        select(Event.doc_id)
        .where(Event.doc_type == kind.record_type, Event.doc_id.in_(ids))
        .group_by(Event.doc_id)
        .having(func.count() > 1)
    )
    found |= {doc_id: str(TOUCHED) for doc_id in session.execute(acts).scalars()}
    there = set(session.execute(select(kind.model.id).where(kind.model.id.in_(ids))).scalars())
    return found | {doc_id: str(TOUCHED) for doc_id in ids if doc_id not in there}


def referred_to(kind: ImportKind, ids: Sequence[int]) -> set[int]:
    """Return those of the records that rows of other tables refer to, whichever feature they belong to."""
    target = kind.model.__table__
    found: set[int] = set()
    for table in db.metadata.tables.values():
        if table.name in kind.owned:
            continue
        for key in table.foreign_keys:
            if key.column.table is target:
                statement = select(key.parent).where(key.parent.in_(ids)).distinct()
                found |= set(session.execute(statement).scalars())
    return found


# Previews nobody came back to


def forget_previews(payload: Mapping[str, Any]) -> None:
    """Forget previews that were left for a week, with the file and whatever personal data they hold."""
    limit = clock.now() - imports.DRAFTS_KEPT
    statement = select(ImportBatch).where(
        ImportBatch.status == BatchStatus.PREVIEW, ImportBatch.updated_at < limit
    )
    with unit_of_work():
        for batch in session.execute(statement).scalars():
            imports.forget(imports.kind_of(batch.kind), batch)


jobs.register_job("core:forget-import-previews", forget_previews, every=timedelta(days=1))
