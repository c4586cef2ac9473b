"""The tables of imports: a batch and its rows, with the words for how they stand."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UTCDateTime, VersionedMixin
from app.core.i18n import LazyText, lazy


class BatchStatus(StrEnum):
    """Where a batch stands."""

    PREVIEW = "preview"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"


STATUS_LABELS: Mapping[str, LazyText] = {
    BatchStatus.PREVIEW: lazy("待确认"),
    BatchStatus.RUNNING: lazy("正在导入"),
    BatchStatus.DONE: lazy("已导入"),
    BatchStatus.UNDOING: lazy("正在撤销"),
    BatchStatus.UNDONE: lazy("已撤销"),
    BatchStatus.DISCARDED: lazy("已放弃"),
}
STATUS_TONES: Mapping[str, str] = {
    BatchStatus.PREVIEW: "warn",
    BatchStatus.RUNNING: "info",
    BatchStatus.DONE: "ok",
    BatchStatus.UNDOING: "info",
}


class Outcome(StrEnum):
    """What becomes of a row, or became of it."""

    NEW = "new"
    CHANGED = "changed"
    SIMILAR = "similar"
    SAME = "same"
    TAKEN = "taken"
    SKIPPED = "skipped"
    FAULTY = "faulty"
    REMOVED = "removed"
    KEPT = "kept"


OUTCOME_LABELS: Mapping[str, LazyText] = {
    Outcome.NEW: lazy("新增"),
    Outcome.CHANGED: lazy("有变化"),
    Outcome.SIMILAR: lazy("疑似重复"),
    Outcome.SAME: lazy("没有变化"),
    Outcome.TAKEN: lazy("已有，您不能改"),
    Outcome.SKIPPED: lazy("跳过"),
    Outcome.FAULTY: lazy("有错误"),
    Outcome.REMOVED: lazy("已撤销"),
    Outcome.KEPT: lazy("已保留"),
}
OUTCOME_TONES: Mapping[str, str] = {
    Outcome.NEW: "ok",
    Outcome.CHANGED: "info",
    Outcome.SIMILAR: "warn",
    Outcome.TAKEN: "warn",
    Outcome.FAULTY: "bad",
    Outcome.KEPT: "warn",
}


class ImportBatch(VersionedMixin, Model):
    """One uploaded table and what became of it.

    ``heads`` are the heads of the file; ``mapping`` gives the column of the file (from 0) of each known field.
    ``done`` counts the rows the job is through with.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_list", "kind", "created_at"),)

    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    status: Mapped[str] = mapped_column(String(20), nullable=False, default=BatchStatus.PREVIEW)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    owner_name: Mapped[str] = mapped_column(String(80), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    file_name: Mapped[str] = mapped_column(String(120), nullable=False)
    sheet: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    other_sheets: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    heads: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    mapping: Mapped[dict[str, int]] = mapped_column(JSON, nullable=False, default=dict)
    update_existing: Mapped[bool] = mapped_column(nullable=False, default=False)
    accept_similar: Mapped[bool] = mapped_column(nullable=False, default=False)
    total: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    done: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    created_rows: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    changed_rows: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    skipped_rows: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    faulty_rows: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    removed_rows: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class ImportRow(Model):
    """One row of a batch: its cells as they stood in the file, and what becomes of it.

    ``faults`` are [field, sentence] pairs, ``note`` tells of a twin, ``changes`` are [label, old, new]. Cells of rows
    that were saved are forgotten: they live on in the records.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_place", "batch_id", "number"),
        Index("ix_import_row_outcome", "batch_id", "outcome", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    cells: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    outcome: Mapped[str] = mapped_column(String(20), nullable=False)
    faults: Mapped[list[list[str]]] = mapped_column(JSON, nullable=False, default=list)
    changes: Mapped[list[list[str]]] = mapped_column(JSON, nullable=False, default=list)
    note: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    doc_id: Mapped[int | None] = mapped_column(Integer)
