"""The pages of imports, the same for every kind: upload, preview, progress, result, taking back.

A feature registers its ImportKind with the core and calls ``add_pages`` on its blueprint.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict

from app.core import documents as known_documents
from app.core import files, import_work, imports, spreadsheets, timeline
from app.core.errors import Conflict, Invalid
from app.core.export import XLSX_TYPE, ExportColumn, as_xlsx
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.import_records import (
    OUTCOME_LABELS,
    OUTCOME_TONES,
    STATUS_LABELS,
    STATUS_TONES,
    BatchStatus,
    ImportBatch,
    ImportRow,
    Outcome,
)
from app.core.imports import ImportKind, Plan
from app.core.listing import Column, Listing
from app.core.permissions import Actor, can, directory
from app.core.uow import unit_of_work
from app.web import documents, fragments, guard
from app.web import lists as list_pages
from app.web.forms import CreationForm, LineForm, once
from app.web.guard import current_actor

PAGE = 50
# The job belongs to every process that can be asked for an import.
JOB = import_work.run
# In which order the kinds of rows stand above the table.
PREVIEW_ORDER = (Outcome.FAULTY, Outcome.SIMILAR, Outcome.NEW, Outcome.CHANGED, Outcome.TAKEN, Outcome.SAME)
RESULT_ORDER = (
    Outcome.FAULTY,
    Outcome.NEW,
    Outcome.CHANGED,
    Outcome.SKIPPED,
    Outcome.SAME,
    Outcome.REMOVED,
    Outcome.KEPT,
)


class UploadForm(CreationForm):
    """A table to import."""

    file = FileField(lazy("文件"))


class BatchList(Listing):
    """What was imported, newest first."""

    row_id = ImportBatch.id
    default_sort = "-created_at"
    searched = (ImportBatch.file_name, ImportBatch.owner_name)


def reader(
    row_form: type[LineForm], translate: Callable[[Mapping[str, str]], dict[str, str]] | None = None
) -> Callable[[Sequence[Plan], Actor], None]:
    """Return how rows are read: each filled cell by the field of the form of the same name, with its sentences.

    ``translate`` brings the texts of a row into what the form knows. Whether something is missing is decided later:
    an empty cell of a record that is there leaves it as it is.
    """

    def read(plans: Sequence[Plan], actor: Actor) -> None:
        form = row_form()
        known = dict(form._fields)
        for field in known.values():
            field.required = False
        for plan in plans:
            texts = translate(plan.texts) if translate else plan.texts
            filled = {key: text for key, text in texts.items() if text and key in known}
            # Of ten thousand rows the empty cells would take as long as the filled ones.
            form._fields = {key: known[key] for key in filled}
            form.process(MultiDict(filled))
            form.validate()
            plan.values = {key: known[key].data for key in filled}
            for key in filled:
                if known[key].errors:
                    plan.refuse(key, " ".join(str(error) for error in known[key].errors))

    return read


def add_pages(blueprint: Blueprint, kind: ImportKind, trail: Callable[[], list[tuple[str, str]]]) -> None:
    """Add the pages of a kind of import to the feature's blueprint, below ``/imports``."""
    pages = Pages(blueprint.name, kind, trail)
    for rule, view, methods in (
        ("/imports", pages.index, ("GET",)),
        ("/imports/new", pages.new, ("GET",)),
        ("/imports/new", pages.upload, ("POST",)),
        ("/imports/template", pages.template, ("GET",)),
        ("/imports/<int:batch_id>", pages.show, ("GET",)),
        ("/imports/<int:batch_id>/progress", pages.progress, ("GET",)),
        ("/imports/<int:batch_id>/mapping", pages.remap, ("POST",)),
        ("/imports/<int:batch_id>/confirm", pages.confirm, ("POST",)),
        ("/imports/<int:batch_id>/discard", pages.discard, ("POST",)),
        ("/imports/<int:batch_id>/undo", pages.ask_undo, ("GET",)),
        ("/imports/<int:batch_id>/undo", pages.undo, ("POST",)),
        ("/imports/<int:batch_id>/faults", pages.faults, ("GET",)),
    ):
        endpoint = f"import_{view.__name__}"

        def answer(view: Callable[..., Response] = view, **place: Any) -> Response:
            return view(**place)

        answer.__name__ = endpoint
        readers = (kind.permission, kind.sees_all) if "GET" in methods else (kind.permission,)
        open_to = guard.requires(*readers)
        blueprint.add_url_rule(rule, endpoint, open_to(answer), methods=list(methods))


class Pages:
    """The views of one kind of import."""

    def __init__(self, feature: str, kind: ImportKind, trail: Callable[[], list[tuple[str, str]]]) -> None:
        self.feature, self.kind, self.above = feature, kind, trail

    def url(self, name: str, **place: Any) -> str:
        """Return the address of one of these pages."""
        return url_for(f"{self.feature}.import_{name}", **place)

    def trail(self, batch: ImportBatch | None = None) -> list[tuple[str, str]]:
        """Return the way to a page of an import."""
        path = [*self.above(), (_("导入记录"), self.url("index"))]
        return [*path, (batch.file_name, self.url("show", batch_id=batch.id))] if batch is not None else path

    def index(self) -> Response:
        """List the imports the reader may see."""
        shown = BatchList(
            imports.visible_to(self.kind, current_actor()), request.args, request.path, columns=self.columns()
        )
        return list_pages.show_list(
            shown,
            _("导入记录"),
            trail=self.above(),
            new_url=self.url("new"),
            new_label=_("导入表格"),
            empty_text=_("还没有导入过"),
            empty_hint=_("导入前先看预览，确认之后才保存，导入后还可以撤销"),
        )

    def columns(self) -> list[Column]:
        """Return the columns of the list."""
        return [
            Column(
                "file_name",
                lazy("文件"),
                ImportBatch.file_name,
                "link",
                href=lambda row: self.url("show", batch_id=row.row_id),
            ),
            Column("created_at", lazy("时间"), ImportBatch.created_at, "datetime"),
            Column("owner_name", lazy("导入人"), ImportBatch.owner_name, "person", sortable=False),
            Column(
                "status",
                lazy("状态"),
                ImportBatch.status,
                "status",
                labels=STATUS_LABELS,
                tones=STATUS_TONES,
                sortable=False,
            ),
            Column("created_rows", lazy("新增行数"), ImportBatch.created_rows, "number", sortable=False),
            Column("changed_rows", lazy("更新行数"), ImportBatch.changed_rows, "number", sortable=False),
            Column("skipped_rows", lazy("跳过行数"), ImportBatch.skipped_rows, "number", sortable=False),
            Column("faulty_rows", lazy("错误行数"), ImportBatch.faulty_rows, "number", sortable=False),
            Column("removed_rows", lazy("撤销行数"), ImportBatch.removed_rows, "number", sortable=False),
        ]

    def new(self) -> Response:
        """Ask for a file."""
        return self.show_upload(UploadForm())

    def show_upload(self, form: UploadForm, status: int = 200) -> Response:
        """Show the form of the file."""
        return fragments.page(
            "imports/upload.html",
            status=status,
            heading=_("导入表格"),
            form=form,
            trail=self.trail(),
            fields=self.kind.fields(current_actor()),
            template_url=self.url("template"),
            action=self.url("upload"),
            cancel_url=self.url("index"),
            most=spreadsheets.MOST_ROWS,
        )

    def upload(self) -> Response:
        """Read a file and keep it as a batch to be looked at."""
        form, actor = UploadForm(), current_actor()
        sent = request.files.get("file")
        try:
            if not form.validate() or sent is None or not sent.filename:
                raise Invalid(fields={"file": lazy("请选择要导入的文件")})
            content = sent.stream.read(spreadsheets.MOST_BYTES + 1)
            checked = spreadsheets.open_upload(sent.filename, content)
            table = spreadsheets.read_table(checked, imports.known_heads(self.kind, actor))
        except Invalid as problem:
            return self.show_upload(form, form.refuse(problem))

        def make() -> str:
            person = directory().people([actor.id or 0]).get(actor.id or 0)
            batch = imports.start(
                self.kind,
                actor=actor,
                checked=checked,
                table=table,
                department_id=person.department_id if person else None,
            )
            return self.url("show", batch_id=batch.id)

        with unit_of_work():
            target = once(form, make)
        return fragments.go(target)

    def template(self) -> Response:
        """Give the file to fill in."""
        heads = [
            (str(item.label), item.required, str(item.hint or ""))
            for item in self.kind.fields(current_actor())
        ]
        title = str(self.kind.label)
        content = spreadsheets.template(heads, title, _("填写说明"), [_("列"), _("必填"), _("说明")])
        answer = Response(content, content_type=XLSX_TYPE)
        return list_pages.as_download(answer, _("%(kind)s模板.xlsx", kind=title))

    def load(self, batch_id: int) -> ImportBatch:
        """Return a batch the reader may see."""
        return imports.get(self.kind, current_actor(), batch_id)

    def show(self, batch_id: int) -> Response:
        """Show a batch: its preview, its progress or its result."""
        return self.show_batch(self.load(batch_id))

    def show_batch(self, batch: ImportBatch, problem: Conflict | None = None) -> Response:
        """Show a batch as it stands, with a refusal above it."""
        preview = batch.status == BatchStatus.PREVIEW and batch.owner_id == current_actor().id
        return fragments.page(
            "imports/preview.html" if preview else "imports/result.html",
            status=problem.status if problem else 200,
            heading=batch.file_name,
            trail=self.trail(),
            batch=batch,
            problem=problem.sentence() if problem else "",
            state=STATUS_LABELS[batch.status],
            tone=STATUS_TONES.get(batch.status, "neutral"),
            facts=self.facts(batch),
            urls={
                name: self.url(name, batch_id=batch.id)
                for name in ("remap", "confirm", "discard", "undo", "faults", "progress", "show")
            },
            events=documents.timeline_rows(timeline.events_for(self.kind.doc_type, batch.id)),
            **(self.preview_context(batch) if preview else self.result_context(batch)),
        )

    def facts(self, batch: ImportBatch) -> list[str]:
        """Return the line of facts below the title."""
        facts = [batch.owner_name, _("共 %(count)s 行", count=batch.total)]
        if batch.sheet:
            facts.append(_("工作表“%(name)s”", name=batch.sheet))
        return facts

    def preview_context(self, batch: ImportBatch) -> dict[str, Any]:
        """Return what the preview shows: the columns, how many rows of each kind, the rows of one page."""
        actor = current_actor()
        found = imports.counts(batch)
        return {
            "kind": self.kind,
            "fields": self.kind.fields(actor),
            "heads": [
                (place, head or _("（第 %(number)s 列，没有表头）", number=place + 1))
                for place, head in enumerate(batch.heads)
            ],
            "missing": imports.unmapped(self.kind, batch, actor),
            "will_save": imports.will_save(batch, found),
            **self.rows_context(batch, found, PREVIEW_ORDER),
        }

    def result_context(self, batch: ImportBatch) -> dict[str, Any]:
        """Return what the result shows: what became of the rows, and whether it can be taken back."""
        found = imports.counts(batch)
        stored = files.files_for(self.kind.doc_type, batch.id, imports.FILE_KIND)
        may_undo = batch.status == BatchStatus.DONE and batch.created_rows > 0
        return {
            "file": next(iter(documents.file_rows(stored)), None),
            "busy": batch.status in (BatchStatus.RUNNING, BatchStatus.UNDOING),
            "may_undo": may_undo and can(current_actor(), self.kind.permission),
            **self.rows_context(batch, found, RESULT_ORDER),
        }

    def rows_context(
        self, batch: ImportBatch, found: Mapping[str, int], order: Sequence[str]
    ) -> dict[str, Any]:
        """Return the tabs by outcome and the rows of the chosen page."""
        chosen = request.args.get("show", "")
        chosen = chosen if found.get(chosen) else ""
        total = found.get(chosen, 0) if chosen else sum(found.values())
        pages = max(-(-total // PAGE), 1)
        page = min(max(request.args.get("page", 1, type=int), 1), pages)
        rows = imports.rows_of(batch, chosen, PAGE, (page - 1) * PAGE)
        address = self.url("show", batch_id=batch.id)
        tabs = [(_("全部"), address, not chosen, sum(found.values()))]
        for outcome in order:
            if found.get(outcome):
                label = str(OUTCOME_LABELS[outcome])
                tabs.append((label, f"{address}?show={outcome}", chosen == outcome, found[outcome]))
        known = self.kind.fields(current_actor())
        # what stood in a row is let go once it is saved; columns without a cell would only squeeze its name
        filled = any(row.cells for row in rows)
        mapped = [item for item in known if filled and item.key in batch.mapping]
        kind = known_documents.document_type(self.kind.record_type)
        titles = kind.titles([row.doc_id for row in rows if row.doc_id is not None and not row.cells])
        return {
            "tabs": tabs,
            "columns": mapped,
            "rows": [self.row_view(batch, row, mapped, titles) for row in rows],
            "page": page,
            "pages": pages,
            "page_url": f"{address}?show={chosen}&page=",
        }

    def row_view(
        self, batch: ImportBatch, row: ImportRow, mapped: Sequence[Any], titles: Mapping[int, str]
    ) -> dict[str, Any]:
        """Return a row as the table shows it, each fault beside its cell."""
        faults = dict(row.faults)
        shown = {item.key for item in mapped}
        cells = []
        for item in mapped:
            place = batch.mapping[item.key]
            text = row.cells[place] if place < len(row.cells) else ""
            cells.append(
                (str(item.label), "" if text in spreadsheets.UNKNOWABLE else text, faults.get(item.key, ""))
            )
        gone = row.outcome == Outcome.REMOVED or row.doc_id is None
        return {
            "number": row.number,
            "label": OUTCOME_LABELS[row.outcome],
            "tone": OUTCOME_TONES.get(row.outcome, "neutral"),
            "cells": cells,
            "faults": [sentence for key, sentence in row.faults if key not in shown],
            "note": row.note,
            "title": titles.get(row.doc_id or 0, ""),
            "changes": row.changes,
            "url": "" if gone else known_documents.document_type(self.kind.record_type).url(row.doc_id or 0),
        }

    def progress(self, batch_id: int) -> Response:
        """Answer how far a batch is; the page itself once it has ended."""
        batch = self.load(batch_id)
        if batch.status not in (BatchStatus.RUNNING, BatchStatus.UNDOING):
            return fragments.go(self.url("show", batch_id=batch.id))
        if not fragments.wants_fragment():
            return fragments.go(self.url("show", batch_id=batch.id))
        return fragments.page(
            "imports/progress.html", fragment="bar", batch=batch, url=self.url("progress", batch_id=batch.id)
        )

    def remap(self, batch_id: int) -> Response:
        """Take other columns and other rules for duplicates, and show the preview anew."""
        mapping = {
            item.key: place
            for item in self.kind.fields(current_actor())
            if (place := request.form.get(f"column-{item.key}", -1, type=int)) >= 0
        }
        try:
            with unit_of_work():
                imports.remap(
                    self.kind,
                    self.load(batch_id),
                    actor=current_actor(),
                    version=documents.typed_step().version,
                    mapping=mapping,
                    update_existing=request.form.get("existing") == "update",
                    accept_similar=request.form.get("accept_similar") == "y",
                )
        except Conflict as problem:
            return self.show_batch(self.load(batch_id), problem)
        return fragments.go(self.url("show", batch_id=batch_id))

    def confirm(self, batch_id: int) -> Response:
        """Let the job save what the preview shows."""
        return self.act(batch_id, imports.confirm, _("正在导入，可以离开这个页面，完成后会通知您"))

    def discard(self, batch_id: int) -> Response:
        """Give a preview up."""
        return self.act(batch_id, imports.discard, _("已放弃，什么都没有保存"))

    def undo(self, batch_id: int) -> Response:
        """Let the job take back what the batch made."""
        return self.act(batch_id, imports.undo, _("正在撤销，可以离开这个页面，完成后会通知您"))

    def act(self, batch_id: int, action: Callable[..., None], said: str) -> Response:
        """Do something with a batch as its page shows it."""
        try:
            with unit_of_work():
                batch, version = self.load(batch_id), documents.typed_step().version
                action(self.kind, batch, actor=current_actor(), version=version)
        except Conflict as problem:
            return self.show_batch(self.load(batch_id), problem)
        flash(said, "ok")
        return fragments.go(self.url("show", batch_id=batch_id))

    def ask_undo(self, batch_id: int) -> Response:
        """Say what taking back means before it is done."""
        batch = self.load(batch_id)
        if batch.status != BatchStatus.DONE:
            raise Conflict("import:not-done", state=STATUS_LABELS[batch.status])
        return fragments.page(
            "imports/undo.html",
            heading=_("撤销导入"),
            trail=self.trail(batch),
            batch=batch,
            action=self.url("undo", batch_id=batch.id),
            cancel_url=self.url("show", batch_id=batch.id),
        )

    def faults(self, batch_id: int) -> Response:
        """Give the faulty rows as a table to be mended and imported again."""
        batch = self.load(batch_id)
        rows = imports.rows_of(batch, Outcome.FAULTY, spreadsheets.MOST_ROWS)
        columns = [ExportColumn(head or "—") for head in batch.heads] + [
            ExportColumn(_("错误说明"), width=50)
        ]
        lines = [
            [
                *("" if cell in spreadsheets.UNKNOWABLE else cell for cell in row.cells[: len(batch.heads)]),
                *[""] * (len(batch.heads) - len(row.cells)),
                _(
                    "第 %(row)s 行：%(what)s",
                    row=row.number,
                    what=" ".join(text for _key, text in row.faults),
                ),
            ]
            for row in rows
        ]
        answer = Response(as_xlsx(_("错误行"), columns, lines), content_type=XLSX_TYPE)
        return list_pages.as_download(
            answer, _("错误行-%(name)s.xlsx", name=batch.file_name.rpartition(".")[0])
        )
