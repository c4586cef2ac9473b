"""What the page of every document shares: its record, step line, files and steps, and the one view that serves files.

A feature gives its flow and its own functions; the order of checks, the messages and the status codes are the same
for all documents.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, request, send_file
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from app.core import clock, configuration, documents, files, sentences, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible, Problem, Stale
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import current_locale, lazy
from app.core.i18n import gettext as _
from app.core.permissions import Actor, directory
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.core.workflow import Flow, State
from app.web import fragments
from app.web.guard import current_actor, signed_in
from app.web.keeping import Memory

blueprint = Blueprint("files", __name__)

# Shown in the browser itself; everything else is a download, whatever its name says.
INLINE_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif"})

# A version that no row ever has: a form without one is told to look again instead of overwriting.
NO_VERSION = 0

# Lines of timelines and changes in them, kept by each process.
KEPT_ROWS = 20_000
# What ``record`` in the address of a document's page says to see every save one by one.
WHOLE_RECORD = "all"
# Changes of one save that are named among those of its run.
NAMED_CHANGES = 3

sentences.register({"files:lost": lazy("存储中找不到这个文件，请联系系统管理员从备份中恢复")})


@dataclass(frozen=True)
class Save:
    """One of the saves of a line: ``more`` changes are not named, ``left_out`` saves after it not listed."""

    at: datetime
    changes: Sequence[tuple[str, str, str]]
    more: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class TimelineRow:
    """A line of the timeline as ``ui.timeline`` shows it; ``changes`` holds (label, old, new).

    Where saves were folded, ``since`` is when the first of them happened and ``saves`` are they one by one, listed
    ``openly`` where the whole record was asked for. ``identity`` is what the row follows from, so that what was made
    of it is found again without looking at all it holds.
    """

    person: str
    sentence: str
    at: datetime
    reason: str
    changes: Sequence[tuple[str, str, str]]
    on_behalf_of: str
    tone: str
    since: datetime | None = None
    saves: Sequence[Save] = ()
    openly: bool = False
    identity: Hashable = None


@dataclass(frozen=True)
class Station:
    """A point of ``ui.step_line``; ``state`` is done, skipped, current, next or refused."""

    label: str
    state: str
    who: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class FileRow:
    """A file as ``ui.files`` shows it; ``size`` in bytes, ``note`` what a reader should know of it."""

    name: str
    url: str
    size: int
    by: str
    at: datetime
    remove_url: str = ""
    kind: str = ""
    line_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class TypedStep:
    """What came with a step: the version its form was made from, and the note or reason."""

    version: int
    note: str


@dataclass(frozen=True)
class Refusal:
    """Why a step or a form was refused, for the page that is shown again; ``typed`` is the note that was typed."""

    sentence: str
    changes: tuple[str, ...] = ()
    typed: str = ""
    step: str = ""
    status: int = 409


_rows_kept: Memory[TimelineRow] = Memory(KEPT_ROWS)

FileGate = Callable[[Actor, StoredFile], bool]

_file_gates: dict[str, FileGate] = {}


def register_file_gate(doc_type: str, gate: FileGate) -> None:
    """Decide who may read the files of a kind of document; without a gate whoever sees the document may."""
    _file_gates[doc_type] = gate


def timeline_rows(
    events: Iterable[Event],
    *,
    shown: Callable[[Event], bool] | None = None,
    with_content: bool = True,
) -> list[TimelineRow]:
    """Return events as the page shows them, in the given order, those that fold as one line.

    ``shown`` leaves events out; without ``with_content`` reasons and changes stay away (readers of a part only). Saves
    that were not read are read for who asked for the whole record (``WHOLE_RECORD`` in the address).
    """
    openly = bool(request) and request.args.get("record") == WHOLE_RECORD
    if openly:
        events = list(events)
        cut = next((event for event in events if event.left_out), None)
        events = events if cut is None else timeline.events_for(cut.doc_type, cut.doc_id, whole=True)
    lines = timeline.folded(event for event in events if shown is None or shown(event))
    configured = configuration.stamp()
    said = (configured, current_locale(), clock.today(), with_content, openly)
    rows = []
    for line in lines:
        identity = (line.hashes, line.count, *said)
        row = _rows_kept.get(identity)
        if row is None:
            lasting = configured is not None and None not in line.hashes
            row = _timeline_row(line, identity if lasting else None, with_content, openly)
            if lasting:
                _rows_kept.put(identity, row, 1 + len(row.changes) + len(row.saves))
        rows.append(row)
    return rows


def _timeline_row(line: timeline.Line, identity: Hashable, with_content: bool, openly: bool) -> TimelineRow:
    """Return a line as a page shows it; what only some of its saves changed together is not told.

    It follows from what ``identity`` names: events, which never change nor their hashes, the language, the day, what
    was configured (the labels of what is switched on), and whether the reader may know the content.
    """
    return TimelineRow(
        person=timeline.who_acted(line.event),
        sentence=_("保存 %(count)s 次", count=line.count)
        if line.count > 1
        else timeline.describe(line.event),
        at=line.event.at,
        reason=line.event.reason if with_content else "",
        changes=timeline.describe_change_rows(line.event.doc_type, line.changes)
        if with_content and line.is_whole
        else [],
        on_behalf_of=line.event.on_behalf_of_name,
        tone=timeline.verb(line.event.verb).tone,
        since=line.since,
        saves=[_save(event, with_content) for event in line.events] if line.count > 1 else [],
        openly=openly,
        identity=identity,
    )


def _save(event: Event, with_content: bool) -> Save:
    changes = event.data.get("changes", ()) if with_content else ()
    named = timeline.describe_change_rows(event.doc_type, changes[:NAMED_CHANGES])
    return Save(event.at, named, len(changes) - len(named), event.left_out)


def stations(flow: Flow, status: str, events: Sequence[Event]) -> list[Station]:
    """Return the step line of a document: its milestones with who reached them and when.

    ``events`` are the document's, newest first. A state beside the main road takes the place after the last
    milestone reached; where it ends the document, nothing follows it.
    """
    milestones = [state for state in flow.states if state.milestone]
    codes = [str(state.code) for state in milestones]
    reached: dict[str, Event] = {}
    for event in events:
        if event.to_status is not None and event.from_status != event.to_status:
            # Where it began counts once; any other point was reached when it was reached last.
            if event.to_status == flow.initial:
                reached[event.to_status] = event
            reached.setdefault(event.to_status, event)
    current = flow.state(status)
    if current.milestone:
        place = codes.index(str(current.code))
        before, after = milestones[:place], milestones[place + 1 :]
    else:
        place = _last_milestone(codes, events)
        before, after = milestones[: place + 1], milestones[place + 1 :]
    if current.terminal:
        after = []
    line = [_passed(flow, state, reached.get(str(state.code))) for state in before]
    line.append(_station(current, _how_it_stands(current), reached.get(str(current.code))))
    return line + [Station(str(state.label), "next") for state in after]


def _passed(flow: Flow, state: State, event: Event | None) -> Station:
    """Return a milestone that lies behind; one that no event reached was left out, unless all begins there."""
    if event is None and state.code != flow.initial:
        return Station(str(state.label), "skipped", note=_("未登记"))
    return _station(state, "done", event)


def _how_it_stands(current: State) -> str:
    if current.tone == "bad" or (current.terminal and current.tone != "ok"):
        return "refused"
    return "done" if current.terminal else "current"


def _last_milestone(codes: Sequence[str], events: Sequence[Event]) -> int:
    for event in events:
        if event.to_status in codes:
            return codes.index(str(event.to_status))
    return 0


def _station(state: State, shown_as: str, event: Event | None) -> Station:
    if event is None:
        return Station(str(state.label), shown_as)
    return Station(str(state.label), shown_as, timeline.who_acted(event), event.at)


def file_rows(
    rows: Sequence[StoredFile],
    remove_url: Callable[[StoredFile], str] | None = None,
    events: Sequence[Event] = (),
) -> list[FileRow]:
    """Return stored files as the page lists them, with the names of those who uploaded them.

    ``remove_url`` gives the address to take one back, empty where it must stay. Who stands in ``events`` is named
    from there; only for others the directory is asked, with one query.
    """
    names = {event.actor_id: timeline.who_acted(event) for event in events}
    uploaders = {row.uploaded_by_id for row in rows if row.uploaded_by_id is not None}
    missing = uploaders - set(names)
    names |= (
        {number: person.name for number, person in directory().people(missing).items()} if missing else {}
    )
    return [
        FileRow(
            name=row.name,
            url=file_url(row),
            size=row.size,
            by=names.get(row.uploaded_by_id, ""),
            at=row.uploaded_at,
            remove_url=remove_url(row) if remove_url else "",
            kind=row.kind,
            line_id=row.line_id,
        )
        for row in rows
    ]


def file_url(row: StoredFile) -> str:
    """Return the address of a stored file."""
    return address_of(row.id)


def address_of(file_id: int) -> str:
    """Return the address of the stored file of a number."""
    return f"/files/{file_id}"


def typed_step() -> TypedStep:
    """Read version and note of the posted step; a missing or damaged version is one that no document has.

    A reason chosen among the usual ones comes before what was typed.
    """
    version = request.form.get("version", "")
    known = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else NO_VERSION
    written = (request.form.get(name, "") for name in ("usual_reason", "note"))
    return TypedStep(known, "\n".join(text for text in written if text.strip()))


def fire_step(
    flow: Flow,
    step: str,
    *,
    load: Callable[[], Any],
    fire: Callable[..., None],
    back: str,
    refused: Callable[[Problem, TypedStep], Any],
    data: Mapping[str, Any] | None = None,
) -> Any:
    """Answer the POST of a step of any document.

    ``load`` returns the document inside the unit of work or raises NotVisible; ``fire(document, step, version=,
    note=, data=)`` is the feature's own; ``back`` is the address to go to after success. Stale 409, wrong state or
    not ready 409 and missing input 422 are answered by ``refused`` after the transaction has ended; Denied 403 and
    NotVisible 404 travel on. A step that is unknown, or done only by other acts, is a page that does not exist.
    """
    if not flow.has_step(step) or flow.step(step).hidden:
        raise NotVisible
    typed = typed_step()
    try:
        with unit_of_work():
            document = load()
            fire(document, step, version=typed.version, note=typed.note, data=data)
            status = document.status
    except (Conflict, Invalid) as problem:
        return refused(problem, typed)
    flash(
        _(
            "“%(step)s”已完成，当前状态：%(state)s",
            step=flow.step(step).label,
            state=flow.state(status).label,
        ),
        "ok",
    )
    return fragments.go(back)


def step_with_form(
    flow: Flow,
    name: str,
    document: Any,
    form: Any,
    *,
    load: Callable[[], Any],
    prepare: Callable[[Any], Any],
    fire: Callable[[Any, Any], None],
    show: Callable[[Any, int], Any],
    back: str,
) -> Any:
    """Answer a step that asks for more than a click: its page, and what was typed there.

    ``prepare(form)`` makes of what was typed what the step is given, before any lock; ``fire(document, given)`` does
    the step on what ``load`` returns inside the unit of work; ``show(document, status)`` renders the page; ``back`` is
    the address to go to after success. Denied 403, Conflict 409 of a wrong state and NotVisible 404 travel on.
    """
    posted = request.method == "POST"
    if not posted:
        form.version.data = document.version
    try:
        flow.check_possible(document, name, current_actor(), form.version.data if posted else None)
    except Stale as problem:
        return show(document, form.refuse(problem, version=document.version))
    if not posted:
        return show(document, 200)
    if not form.validate():
        return show(document, 422)
    try:
        given = prepare(form)
        with unit_of_work():
            fire(load(), given)
    except (Conflict, Invalid) as problem:
        row = load()
        return show(row, form.refuse(problem, version=row.version))
    flash(_("“%(step)s”已完成", step=flow.step(name).label), "ok")
    return fragments.go(back)


def checked_upload(upload: FileStorage | None) -> CheckedFile | None:
    """Check an upload, before any transaction; None where no file was chosen. Raises Invalid for what is not taken."""
    return files.check_upload(upload.filename or "", upload.stream) if upload else None  # type: ignore[arg-type]


def checked_uploads(uploads: Iterable[FileStorage]) -> list[CheckedFile]:
    """Check several uploads, before any transaction; raises Invalid that names the one that is not taken."""
    found = []
    for upload in uploads:
        try:
            checked = checked_upload(upload)
        except Invalid as problem:
            raise Invalid(
                fields={
                    name: lazy(
                        "%(file)s：%(problem)s", file=files.safe_name(upload.filename or ""), problem=said
                    )
                    for name, said in problem.fields.items()
                }
            ) from problem
        found += [checked] if checked is not None else []
    return found


def typed_fields(form: Any, *besides: str) -> dict[str, Any]:
    """Return the values of a step's form by field name, without what every form carries and what is named."""
    left_out = {"csrf_token", "version", *besides}
    return {field.name: field.data for field in form if field.name not in left_out}


def refuse_step(
    problem: Problem,
    typed: TypedStep,
    step: str,
    *,
    buttons: Callable[[], Markup | str],
    show: Callable[[Refusal], Any],
) -> Any:
    """Answer a refused step without a form of its own: a toast with renewed buttons, or the page with the refusal.

    ``buttons`` renders the step buttons as an element that puts itself in its place; ``show`` renders the page.
    """
    shown = refusal(problem, typed.note, step)
    if not fragments.wants_fragment():
        return show(shown)
    if isinstance(problem, Invalid):
        # The small form stays as it is, with what was typed in it.
        return fragments.toast_error(shown.sentence, problem.status)
    said = [shown.sentence, *shown.changes]
    if shown.typed:
        said.append(_("您填写的内容：%(text)s", text=shown.typed))
    return fragments.toast_error("\n".join(said), problem.status, buttons())


def refusal(problem: Problem, typed: str = "", step: str = "") -> Refusal:
    """Return a problem as the page shows it, with what changed since where the form was stale."""
    changes = tuple(problem.changes) if isinstance(problem, Stale) else ()
    said = problem.sentence()
    if isinstance(problem, Invalid) and problem.fields:
        said = " ".join(str(text) for text in problem.fields.values())
    return Refusal(said, changes, typed, step, problem.status)


@blueprint.get("/files/<int:file_id>")
@signed_in
def stored_file(file_id: int) -> Response:
    """Serve a stored file to whoever may see its document; its content can never act on this site."""
    row = session.get(StoredFile, file_id)
    if row is None or row.deleted_at is not None or not may_read(current_actor(), row):
        raise NotVisible
    return send_stored(row)


def may_read(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a stored file."""
    gate = _file_gates.get(row.doc_type)
    if gate is not None:
        return gate(actor, row)
    return documents.is_visible(actor, row.doc_type, row.doc_id)


def send_stored(row: StoredFile, *, download: bool | None = None) -> Response:
    """Answer with the bytes of a stored file under its own name; raises NotVisible where the folder lost them.

    ``download`` overrides whether the browser shows it. Who may read it is the caller's question.
    """
    path = files.path_of(row.sha256)
    if not path.is_file():
        raise NotVisible("files:lost")
    inline = row.media_type in INLINE_TYPES if download is None else not download
    response = send_file(
        path.resolve(),
        mimetype=row.media_type,
        as_attachment=not inline,
        download_name=row.name,
        conditional=False,
        etag=False,
        max_age=0,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = file_policy(row.media_type)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def file_policy(media_type: str) -> str:
    """Return the content policy of a served file.

    A sandbox keeps content from acting; browsers refuse to show a PDF inside one, and a PDF runs in a viewer of its
    own anyway.
    """
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    if media_type == "application/pdf":
        return policy
    return f"{policy}; img-src 'self'; sandbox"
