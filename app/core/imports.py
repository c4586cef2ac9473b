"""Imports of tables: a batch is a record of its own, from the preview to its undoing. Knows no feature.

An upload becomes a batch whose rows are examined at once and shown before anything is saved. Confirmed, a job saves
the rows in pieces (``app/core/import_work.py``); undone, it removes the rows the batch made and nobody touched since.
Features register an ImportKind: which columns they know, how a row is read, compared and saved.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, false, func, insert, or_, select

from app.core import documents, files, jobs, sentences, timeline
from app.core.db import in_departments, one_visible, session
from app.core.errors import Conflict, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import LazyText, in_every_language, lazy, lazy_in_context, listed
from app.core.import_records import STATUS_LABELS, BatchStatus, ImportBatch, ImportRow, Outcome
from app.core.permissions import Actor, departments_of, require
from app.core.spreadsheets import UNKNOWABLE, Table, head_key
from app.core.workflow import check_version, lock

JOB = "core:import"
FILE_KIND = "import"
DRAFTS_KEPT = timedelta(days=7)
# A row longer than this is not stored cell by cell in one statement with too many others.
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class ImportField:
    """A column a kind of import knows.

    ``names`` are the heads under which it is recognised besides its label, in any language; ``hint`` says in the file
    to fill in what belongs there.
    """

    key: str
    label: LazyText
    names: tuple[str, ...] = ()
    required: bool = False
    hint: LazyText | None = None


@dataclass
class Plan:
    """A row on its way: its texts by field, what was read of them, and what becomes of it.

    ``twin_id`` is the record a row changes; ``doc_id`` the one it made or changed, once saved.
    """

    number: int
    texts: dict[str, str]
    outcome: str = Outcome.NEW
    values: Any = None
    faults: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    note: str = ""
    twin_id: int | None = None
    doc_id: int | None = None

    def refuse(self, key: str, sentence: object) -> None:
        """Name a fault of this row at one of its fields."""
        self.faults[key] = str(sentence)
        self.outcome = Outcome.FAULTY


@dataclass(frozen=True)
class ImportKind:
    """What a feature tells of its imports.

    ``record_type`` and ``model`` are the kind of record that is made; ``owned`` the tables whose rows live and go with
    it. ``permission`` allows importing, ``sees_all`` opens the batches of others. ``fields(actor)`` are the columns,
    ``read(plans, actor)`` fills values and faults, ``compare(plans, actor)`` the outcomes, both with a constant number
    of queries. ``save(plans, actor)`` makes and changes records in the open unit of work and sets ``doc_id``,
    ``remove(ids)`` takes records away again. ``update_label`` offers to change what is there; ``similar_label`` to
    make what looks alike.
    """

    code: str
    label: LazyText
    record_type: str
    model: Any
    permission: StrEnum
    sees_all: StrEnum
    url: str
    fields: Callable[[Actor], Sequence[ImportField]]
    read: Callable[[Sequence[Plan], Actor], None]
    compare: Callable[[Sequence[Plan], Actor], None]
    save: Callable[[Sequence[Plan], Actor], None]
    remove: Callable[[Sequence[int]], None]
    update_label: LazyText
    similar_label: LazyText | None = None
    owned: frozenset[str] = frozenset()

    @property
    def doc_type(self) -> str:
        """The kind of document a batch of this kind is, for events, notices and files."""
        return f"{self.code}-import"


_kinds: dict[str, ImportKind] = {}

timeline.register_verbs(
    timeline.Verb("import:confirm", lazy("确认导入 %(rows)s 行"), frozenset({"rows"})),
    timeline.Verb(
        "import:finish",
        lazy("导入完成：新增 %(created)s 行，更新 %(changed)s 行，跳过 %(skipped)s 行，有错误 %(faulty)s 行"),
        frozenset({"created", "changed", "skipped", "faulty"}),
        tone="ok",
    ),
    timeline.Verb("import:undo", lazy_in_context("event", "撤销导入"), tone="bad"),
    timeline.Verb(
        "import:undone",
        lazy("导入已撤销：删除 %(removed)s 行，保留 %(kept)s 行"),
        frozenset({"removed", "kept"}),
        tone="warn",
    ),
    timeline.Verb("import:discard", lazy("放弃导入")),
)
sentences.register(
    {
        "import:not-preview": lazy("这次导入已经是“%(state)s”，请刷新页面查看"),
        "import:not-done": lazy("这次导入现在是“%(state)s”，不能撤销"),
        "import:unmapped": lazy("还没有对应的列：%(fields)s。请在上面选好后再导入"),
        "import:nothing": lazy("没有可以导入的行。请改正错误，或选择更新已有的记录"),
    }
)


def register(kind: ImportKind) -> None:
    """Add a kind of import; a second registration replaces the first."""
    _kinds[kind.code] = kind
    documents.register_document_type(
        documents.DocumentType(
            doc_type=kind.doc_type,
            label=kind.label,
            url=lambda batch_id: f"{kind.url}/{batch_id}",
            titles=titles,
            visible=lambda actor: select(ImportBatch.id).where(visible_condition(kind, actor)),
        )
    )


def kind_of(code: str) -> ImportKind:
    """Return a registered kind; KeyError for an unknown one."""
    return _kinds[code]


def titles(ids: list[int]) -> dict[int, str]:
    """Return the names of the files of batches, for notices."""
    statement = select(ImportBatch.id, ImportBatch.file_name).where(ImportBatch.id.in_(ids))
    return {row.id: row.file_name for row in session.execute(statement)}


def visible_condition(kind: ImportKind, actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a batch: their own, or those of their departments."""
    own = ImportBatch.owner_id == actor.id if actor.id is not None else false()
    others = in_departments(ImportBatch.department_id, departments_of(actor, kind.sees_all))
    return (ImportBatch.kind == kind.code) & or_(own, others)


def visible_to(kind: ImportKind, actor: Actor) -> Select[ImportBatch]:
    """Return the SELECT of the batches of a kind an actor may see."""
    return select(ImportBatch).where(visible_condition(kind, actor))


def get(kind: ImportKind, actor: Actor, batch_id: int) -> ImportBatch:
    """Return a batch the actor may see; raises NotVisible."""
    statement = visible_to(kind, actor).where(ImportBatch.id == batch_id)
    return one_visible(statement)


def counts(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows of a batch there are by outcome."""
    statement = (
        select(ImportRow.outcome, func.count())
        .where(ImportRow.batch_id == batch.id)
        .group_by(ImportRow.outcome)
    )
    return dict(session.execute(statement).all())


def rows_of(batch: ImportBatch, outcome: str = "", limit: int = 50, offset: int = 0) -> list[ImportRow]:
    """Return rows of a batch in the order of the file, of one outcome where one is named."""
    statement = select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.number)
    if outcome:
        statement = statement.where(ImportRow.outcome == outcome)
    return list(session.execute(statement.limit(limit).offset(offset)).scalars())


def known_heads(kind: ImportKind, actor: Actor) -> dict[str, str]:
    """Return the field each recognised head stands for."""
    found: dict[str, str] = {}
    for item in kind.fields(actor):
        for name in (*in_every_language(item.label), item.key, *item.names):
            found.setdefault(head_key(name), item.key)
    return found


def guessed_mapping(kind: ImportKind, actor: Actor, heads: Sequence[str]) -> dict[str, int]:
    """Return which column holds which field, by their heads; of two alike the first one counts."""
    known = known_heads(kind, actor)
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        key = known.get(head_key(head))
        if key is not None:
            found.setdefault(key, place)
    return found


def start(
    kind: ImportKind, *, actor: Actor, checked: CheckedFile, table: Table, department_id: int | None
) -> ImportBatch:
    """Keep an upload as a batch to be looked at: its file, its rows, each examined. Raises Denied."""
    require(actor, kind.permission)
    batch = ImportBatch(
        kind=kind.code,
        owner_id=actor.id,
        owner_name=actor.name,
        department_id=department_id,
        file_name=checked.name,
        sheet=table.sheet[:120],
        other_sheets=list(table.others),
        heads=[head[:200] for head in table.head],
        mapping=guessed_mapping(kind, actor, table.head),
        total=len(table.rows),
    )
    session.add(batch)
    session.flush()
    files.attach(checked, kind.doc_type, batch.id, actor, kind=FILE_KIND)
    examine(kind, batch, actor, [(number, cells) for number, cells in table.rows])
    return batch


def remap(
    kind: ImportKind,
    batch: ImportBatch,
    *,
    actor: Actor,
    version: int | None,
    mapping: Mapping[str, int],
    update_existing: bool,
    accept_similar: bool,
) -> None:
    """Change which column holds which field and what happens to duplicates, and examine all rows anew.

    Raises Stale, and Conflict once the batch is no preview any more.
    """
    _check_preview(kind, batch, actor, version)
    known = {item.key for item in kind.fields(actor)}
    chosen = {key: place for key, place in mapping.items() if key in known and 0 <= place < len(batch.heads)}
    changed = chosen != batch.mapping
    batch.mapping, batch.update_existing, batch.accept_similar = chosen, update_existing, accept_similar
    batch.touch()
    if changed:
        statement = select(ImportRow.number, ImportRow.cells).where(ImportRow.batch_id == batch.id)
        rows = [(row.number, row.cells) for row in session.execute(statement.order_by(ImportRow.number))]
        session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
        examine(kind, batch, actor, rows)


def examine(
    kind: ImportKind, batch: ImportBatch, actor: Actor, rows: Sequence[tuple[int, list[str]]]
) -> None:
    """Read and compare rows, and keep what was found beside their cells."""
    plans = planned(kind, batch.mapping, actor, rows)
    found = [
        {
            "batch_id": batch.id,
            "number": plan.number,
            "cells": cells,
            "outcome": str(plan.outcome),
            "faults": [[key, sentence] for key, sentence in plan.faults.items()],
            "changes": [list(change) for change in plan.changes],
            "note": plan.note[:300],
            "doc_id": plan.twin_id,
        }
        for plan, (_number, cells) in zip(plans, rows, strict=True)
    ]
    for first in range(0, len(found), ROWS_AT_ONCE):
        session.execute(insert(ImportRow), found[first : first + ROWS_AT_ONCE])


def planned(
    kind: ImportKind, mapping: Mapping[str, int], actor: Actor, rows: Iterable[tuple[int, list[str]]]
) -> list[Plan]:
    """Return the plans of rows: read and compared with what is there."""
    plans = []
    for number, cells in rows:
        texts = {key: cells[place] if place < len(cells) else "" for key, place in mapping.items()}
        plan = Plan(number, {key: "" if text in UNKNOWABLE else text for key, text in texts.items()})
        for key, text in texts.items():
            if text in UNKNOWABLE:
                plan.refuse(key, UNKNOWABLE[text])
        plans.append(plan)
    kind.read([plan for plan in plans if not plan.faults], actor)
    sound = [plan for plan in plans if not plan.faults]
    kind.compare(sound, actor)
    return plans


def unmapped(kind: ImportKind, batch: ImportBatch, actor: Actor) -> list[str]:
    """Return the labels of the fields that must have a column and have none."""
    return [str(item.label) for item in kind.fields(actor) if item.required and item.key not in batch.mapping]


def will_save(batch: ImportBatch, found: Mapping[str, int]) -> int:
    """Return how many rows confirming would make or change, of those counted by outcome."""
    number = found.get(Outcome.NEW, 0)
    number += found.get(Outcome.CHANGED, 0) if batch.update_existing else 0
    return number + (found.get(Outcome.SIMILAR, 0) if batch.accept_similar else 0)


def confirm(kind: ImportKind, batch: ImportBatch, *, actor: Actor, version: int | None) -> None:
    """Let the job save the rows. Raises Stale, Conflict where a column is missing or nothing would be saved."""
    _check_preview(kind, batch, actor, version)
    missing = unmapped(kind, batch, actor)
    if missing:
        raise Conflict("import:unmapped", fields=listed(missing))
    rows = will_save(batch, counts(batch))
    if not rows:
        raise Conflict("import:nothing")
    batch.status, batch.done = BatchStatus.RUNNING, 0
    batch.touch()
    timeline.record(kind.doc_type, batch.id, "import:confirm", actor, data={"rows": rows})
    jobs.enqueue(JOB, {"batch": batch.id}, unique_key=f"import:{batch.id}")


def discard(kind: ImportKind, batch: ImportBatch, *, actor: Actor, version: int | None) -> None:
    """Give a batch up before anything of it was saved; its rows and its file are forgotten."""
    _check_preview(kind, batch, actor, version)
    forget(kind, batch)
    timeline.record(kind.doc_type, batch.id, "import:discard", actor)


def forget(kind: ImportKind, batch: ImportBatch) -> None:
    """Take rows and file of a batch away that saved nothing."""
    batch.status = BatchStatus.DISCARDED
    batch.touch()
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    for stored in files.files_for(kind.doc_type, batch.id, FILE_KIND):
        files.mark_deleted(stored)


def undo(kind: ImportKind, batch: ImportBatch, *, actor: Actor, version: int | None) -> None:
    """Let the job take back what the batch made and nobody touched since. Raises Denied, Stale, Conflict."""
    lock(batch)
    require(actor, kind.permission)
    check_version(kind.doc_type, batch, version)
    if batch.status != BatchStatus.DONE:
        raise Conflict("import:not-done", state=STATUS_LABELS[batch.status])
    batch.status, batch.done = BatchStatus.UNDOING, 0
    batch.touch()
    timeline.record(kind.doc_type, batch.id, "import:undo", actor)
    jobs.enqueue(JOB, {"batch": batch.id}, unique_key=f"import:{batch.id}")


def _check_preview(kind: ImportKind, batch: ImportBatch, actor: Actor, version: int | None) -> None:
    lock(batch)
    require(actor, kind.permission)
    if batch.owner_id != actor.id:
        raise NotVisible
    check_version(kind.doc_type, batch, version)
    if batch.status != BatchStatus.PREVIEW:
        raise Conflict("import:not-preview", state=STATUS_LABELS[batch.status])
