"""The timeline: one append-only row per fact, chained by hashes, that page, audit and notices read alike.

Events are collected while a unit of work runs and written at its very end, under the lock of the chain's head, so
that two writers can never fork the chain and no writer holds that lock for longer than a flush.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, request_facts
from app.core.db import Model, UTCDateTime, insert_unless_present, session
from app.core.db_objects import make_append_only
from app.core.event_runs import newest_of_runs
from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.prepared import read
from app.core.uow import before_commit
from app.core.written import check_written

GENESIS = "0" * 64
# The context of what was done, in which English says it in the past: 审核通过 is the step Approve, the event approved.
EVENT = "event"
# What the system itself is called; its rows keep one name, the reader sees it in their language.
SYSTEM_NAME = lazy("系统自动")
# Up to so many events of a document are read as they are; of more, each run of saves by its newest and its first.
MOST_READ = 100
# How many of the saves of one run are read besides the first of them, where there are more events than that.
MOST_SAVES = 10


class Event(Model):
    """A fact: who did what to which document, when, in which role and on whose behalf. Never changed, never deleted."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_document", "doc_type", "doc_id", "seq"),)

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)
    verb: Mapped[str] = mapped_column(String(80), nullable=False, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(80), nullable=False)
    role: Mapped[str | None] = mapped_column(String(40))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    on_behalf_of_name: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    from_status: Mapped[str | None] = mapped_column(String(32))
    to_status: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    address: Mapped[str] = mapped_column(String(64), nullable=False, default="")
    prev_hash: Mapped[str] = mapped_column(String(64), nullable=False)
    hash: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)

    # How many saves between this one and the next older that was read were left out by reading (``events_for``).
    left_out: ClassVar[int] = 0


make_append_only(Event.__table__)  # type: ignore[arg-type]


class EventChain(Model):
    """The head of the chain: one row, locked while events are appended."""

    __tablename__ = "event_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), nullable=False)
    hash: Mapped[str] = mapped_column(String(64), nullable=False)


@dataclass(frozen=True)
class Verb:
    """A kind of event: its sentence (placeholders are keys of ``data``), the keys its data may have, their labels.

    A verb that ``folds`` is a save of a draft: what one person saved in a row is told as one line.
    """

    code: str
    sentence: LazyText
    fields: frozenset[str] = frozenset()
    tone: str = "info"
    render: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    folds: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the timeline as it is told: an event, or ``count`` saves in a row, the first of them at ``since``.

    ``events`` are those that were read of them, the newest first; ``hashes`` stand for all that they say, since no
    event is ever changed.
    """

    events: "Sequence[Event]"
    count: int = 1
    since: datetime | None = None
    hashes: tuple[str, ...] = ()

    @cached_property
    def changes(self) -> list[list[str]]:
        """What they changed together, down to the first that was ``left_out`` by reading; counted when it is told."""
        return net_changes(self.events)

    @property
    def is_whole(self) -> bool:
        """Whether all of its events were read."""
        return self.count == len(self.events)

    @property
    def event(self) -> "Event":
        """The latest of its events."""
        return self.events[0]


@dataclass
class PendingEvent:
    """An event waiting for the end of its unit of work, with the people to be told of it."""

    values: dict[str, Any]
    tell: tuple[int, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


_verbs: dict[str, Verb] = {}
_field_labels: dict[str, LazyText] = {}
_value_labels: dict[str, Mapping[str, LazyText]] = {}
_value_texts: dict[str, Callable[[str], str]] = {}
_subscribers: dict[str, list[Callable[[int, Actor], None]]] = {}
_listeners: list[Callable[[Event, tuple[int, ...]], None]] = []

# "changes" is the output of diff(); "attempt" marks a refused act.
COMMON_FIELDS = frozenset({"changes"})


def register_verbs(*verbs: Verb) -> None:
    """Add the verbs of a feature; a second verb of the same code raises ValueError."""
    for verb in verbs:
        if verb.code in _verbs:
            raise ValueError(f"two verbs named {verb.code}")
        _verbs[verb.code] = verb


def register_field_labels(labels: Mapping[str, LazyText]) -> None:
    """Add the labels of fields that appear in changes, by "doc_type.field"."""
    _field_labels.update(labels)


def register_value_labels(labels: Mapping[str, Mapping[str, LazyText]]) -> None:
    """Add the labels of codes that appear as values in changes, by "doc_type.field"."""
    _value_labels.update(labels)


def register_value_texts(texts: Mapping[str, Callable[[str], str]]) -> None:
    """Add how recorded values of fields are written for people, by "doc_type.field"; never called with nothing."""
    _value_texts.update(texts)


def verb(code: str) -> Verb:
    """Return a registered verb; KeyError for an unknown one."""
    return _verbs[code]


def registered_verbs() -> list[Verb]:
    """Return all verbs (the filter of the audit viewer)."""
    return list(_verbs.values())


def on(verb_code: str, subscriber: Callable[[int, Actor], None]) -> None:
    """Let an upper feature act on what a lower one records, in the same transaction: called with id and actor."""
    _subscribers.setdefault(verb_code, []).append(subscriber)


def on_written(listener: Callable[[Event, tuple[int, ...]], None]) -> None:
    """Register what happens with each written event and the people it tells (notices)."""
    _listeners.append(listener)


def record(
    doc_type: str,
    doc_id: int,
    verb_code: str,
    actor: Actor,
    *,
    data: Mapping[str, Any] | None = None,
    tell: Iterable[int] = (),
    reason: str = "",
    role: str | None = None,
    on_behalf_of: tuple[int, str] | None = None,
    from_status: str | None = None,
    to_status: str | None = None,
    content_hash: str | None = None,
) -> None:
    """Add a fact to the document's timeline, in the open unit of work.

    ``data`` holds plain JSON values under the keys the verb declares; ``tell`` names the people who get a notice.
    Raises Invalid for a reason with characters nobody can see, KeyError for an unknown verb and ValueError for
    undeclared data.
    """
    check_written(reason, "note")
    known = _verbs[verb_code]
    values = dict(data or {})
    unknown = set(values) - known.fields - COMMON_FIELDS
    if unknown:
        raise ValueError(f"{verb_code} does not declare {sorted(unknown)}")
    facts = request_facts.current()
    pending = PendingEvent(
        {
            "at": clock.now(),
            "doc_type": doc_type,
            "doc_id": doc_id,
            "verb": verb_code,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "role": role,
            "on_behalf_of_id": on_behalf_of[0] if on_behalf_of else None,
            "on_behalf_of_name": on_behalf_of[1] if on_behalf_of else "",
            "from_status": from_status,
            "to_status": to_status,
            "reason": reason,
            "data": values,
            "content_hash": content_hash,
            "request_id": facts.request_id,
            "address": facts.address,
        },
        tuple(dict.fromkeys(person for person in tell if person is not None and person != actor.id)),
    )
    session.info.setdefault("pending_events", []).append(pending)
    for subscriber in _subscribers.get(verb_code, ()):
        subscriber(doc_id, actor)


def event_hash(values: Mapping[str, Any], prev_hash: str) -> str:
    """Return the SHA-256 that chains an event to the one before it, over a canonical text of all its columns."""
    facts = {key: values[key] for key in sorted(values) if key not in ("hash", "prev_hash")}
    facts["at"] = facts["at"].isoformat()
    text = json.dumps([prev_hash, facts], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@before_commit
def write_pending() -> None:
    """Append the collected events to the chain, at the end of the unit of work."""
    pending: list[PendingEvent] = session.info.pop("pending_events", [])
    if not pending:
        return
    session.flush()
    head = locked_head()
    written: list[tuple[Event, tuple[int, ...]]] = []
    for item in pending:
        head.seq += 1
        values = {"seq": head.seq, **item.values}
        digest = event_hash(values, head.hash)
        event = Event(prev_hash=head.hash, hash=digest, **values)
        head.hash = digest
        session.add(event)
        written.append((event, item.tell))
    session.flush()
    for event, people in written:
        for listener in _listeners:
            listener(event, people)
    # What a listener recorded in its turn.
    write_pending()


def locked_head() -> EventChain:
    """Return the head of the chain under its lock; the very first writers make it, and wait for each other."""
    statement = select(EventChain).where(EventChain.id == 1).with_for_update()
    head = session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()
    if head is None:
        insert_unless_present(EventChain, id=1, seq=0, hash=GENESIS)
        head = session.execute(statement).scalar_one()
    return head


def events_for(doc_type: str, doc_ids: int | Iterable[int], *, whole: bool = False) -> list[Event]:
    """Return the events of a document (or several of one type), newest first.

    Those of one document, which every page shows, come as rows of the table: nobody ever changes an event. Of a
    draft saved hundreds of times not every save is read, unless the ``whole`` record is asked for; ``left_out`` of
    an event says how many between it and the next older one were not.
    """
    if isinstance(doc_ids, int):
        values = {"of_type": doc_type, "of_document": doc_ids}
        rows = read(_events_of_one(whole=whole), values)
        if not whole and len(rows) > MOST_READ:
            saves = [verb.code for verb in _verbs.values() if verb.folds]
            rows = read(_runs_of_one(), {**values, "saves": saves})
        return cast(list[Event], rows)
    statement = _events_statement()
    return list(session.execute(statement, {"doc_type": doc_type, "doc_ids": list(doc_ids)}).scalars())


def _of_one() -> ColumnElement[bool]:
    return and_(
        Event.doc_type == bindparam("of_type", type_=String),
        Event.doc_id == bindparam("of_document", type_=Integer),
    )


@cache
def _events_of_one(*, whole: bool) -> Select[*tuple[Any, ...]]:
    left_out = literal_column("0", Integer).label("left_out")
    statement = select(*Event.__table__.columns, left_out).where(_of_one()).order_by(Event.seq.desc())
    return statement if whole else statement.limit(MOST_READ + 1)


@cache
def _runs_of_one() -> Select[*tuple[Any, ...]]:
    saved = Event.verb.in_(bindparam("saves", type_=String, expanding=True))
    return newest_of_runs(Event, _of_one(), saved, (Event.actor_id, Event.on_behalf_of_id), MOST_SAVES)


@cache
def _events_statement() -> Select[Event]:
    wanted = bindparam("doc_ids", type_=Integer, expanding=True)
    return (
        select(Event)
        .where(Event.doc_type == bindparam("doc_type", type_=String), Event.doc_id.in_(wanted))
        .order_by(Event.seq.desc())
    )


def who_acted(event: Event) -> str:
    """Return the name of whoever acted, the system's own in the current language."""
    return event.actor_name if event.actor_id is not None else str(SYSTEM_NAME)


def describe(event: Event) -> str:
    """Return the event as a sentence in the current language, without its actor and reason."""
    known = _verbs[event.verb]
    data = known.render(event.data) if known.render else event.data
    return known.sentence.filled(**data) if data else str(known.sentence)


def folded(events: Iterable[Event]) -> list[Line]:
    """Return the events of one document, newest first, as lines; saves in a row are one line."""
    groups: list[list[Event]] = []
    for event in events:
        later = groups[-1][-1] if groups else None
        if later is not None and _told_together(event) and _told_together(event) == _told_together(later):
            groups[-1].append(event)
        else:
            groups.append([event])
    return [
        Line(
            group,
            len(group) + sum(event.left_out for event in group),
            group[-1].at if len(group) > 1 else None,
            tuple(event.hash for event in group),
        )
        for group in groups
    ]


def _told_together(event: Event) -> tuple[Any, ...]:
    """Return what saves in a row have in common, nothing for an event that stands by itself."""
    if not _verbs[event.verb].folds:
        return ()
    return (event.actor_id, event.on_behalf_of_id, event.doc_type, event.doc_id)


def net_changes(events: Sequence[Event]) -> list[list[str]]:
    """Return what events in a row, newest first, changed together: from the oldest value to the newest.

    Where some were not read, what lies behind them is not looked at: the first of a run says nothing of them.
    """
    gap = next((place for place, event in enumerate(events, 1) if event.left_out), len(events))
    events = events[:gap]
    if len(events) == 1:
        return list(events[0].data.get("changes", ()))
    net: dict[str, list[str]] = {}
    for event in reversed(events):
        for key, old, new in event.data.get("changes", ()):
            net.setdefault(key, [key, old, new])[2] = new
    return [row for row in net.values() if row[1] != row[2]]


def describe_changes(event: Event) -> list[tuple[str, str, str]]:
    """Return the changes of an event as (label, old, new) in the current language."""
    return describe_change_rows(event.doc_type, event.data.get("changes", ()))


def describe_change_rows(doc_type: str, changes: Iterable[Sequence[str]]) -> list[tuple[str, str, str]]:
    """Return changes of a document, as ``diff`` gives them, as (label, old, new) in the current language."""
    rows, labels = [], Labels(doc_type)
    for key, old, new in changes:
        place, _slash, field_name = key.rpartition("/")
        say = labels.saying(field_name)
        rows.append((labels.of(place, field_name), say(old), say(new)))
    return rows


class Labels:
    """How the fields of a kind of document are called in the current language, each place and field looked up once."""

    def __init__(self, doc_type: str) -> None:
        self.doc_type = doc_type
        self._sayings: dict[str, Callable[[str], str]] = {}
        self._fields: dict[str, str] = {}
        self._places: dict[str, str] = {}

    def saying(self, field_name: str) -> Callable[[str], str]:
        """Return what says a value of a field: by its label, else as it is written."""
        say = self._sayings.get(field_name)
        if say is None:
            name = f"{self.doc_type}.{field_name}"
            labels, write = _value_labels.get(name, {}), _value_texts.get(name, str)
            say = self._sayings[field_name] = lambda code: (
                str(labels[code]) if code in labels else code and write(code)
            )
        return say

    def of(self, place: str, field_name: str) -> str:
        """Return the name of a field, after that of the line it stands in."""
        label = self._fields.get(field_name)
        if label is None:
            label = str(_field_labels.get(f"{self.doc_type}.{field_name}", field_name))
            self._fields[field_name] = label
        if not place:
            return label
        said = self._places.get(place)
        if said is None:
            said = _("第 %(position)s 项", position=place) if place.isdecimal() else place
            self._places[place] = said
        return f"{said} · {label}"


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[list[str]]:
    """Return the fields in which two plain mappings differ, as [field, old text, new text] for an event's data."""
    found = ([key, text_of(old.get(key)), text_of(new.get(key))] for key in dict.fromkeys([*old, *new]))
    return [change for change in found if change[1] != change[2]]


def text_of(value: Any) -> str:
    """Return a plain text for a value in a change; nothing is an empty text."""
    return "" if value is None else str(value)


def verify_chain() -> list[str]:
    """Return what is wrong with the chain of events, nothing where it is whole (read by ``check``)."""
    findings = []
    previous, expected = GENESIS, 0
    columns = [column.key for column in Event.__table__.columns]
    statement = select(Event.__table__).order_by(Event.seq).execution_options(yield_per=1_000)
    # Closed at the first finding too: a server-side cursor must not stay open.
    with session.execute(statement) as result:
        for row in result.mappings():
            values = {key: row[key] for key in columns}
            expected += 1
            if (
                row["seq"] != expected
                or row["prev_hash"] != previous
                or row["hash"] != event_hash(values, previous)
            ):
                findings.append(_("第 %(seq)s 条记录与前一条接不上", seq=row["seq"]))
                break
            previous = row["hash"]
    if not findings and head() != (expected, previous):
        findings.append(_("日志链的末端不是最后一条记录"))
    return findings


def head() -> tuple[int, str]:
    """Return number and hash of the newest event (kept outside with every backup)."""
    rows = read(_head_statement())
    return (rows[0].seq, rows[0].hash) if rows else (0, GENESIS)


@cache
def _head_statement() -> Select[*tuple[Any, ...]]:
    return select(EventChain.seq, EventChain.hash).where(EventChain.id == 1)
