"""What the platform knows of every kind of document: how to name it, where it is shown, who may see it.

Tasks, notices, reminders and the workbench name documents of features they must not import; the features
register here instead. Names and visibility are asked for many documents at once, one query per kind.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from app.core import configuration, modules
from app.core.db import session
from app.core.i18n import LazyText
from app.core.permissions import Actor
from app.core.prepared import read
from app.core.search_index import SearchEntry, entry_of
from app.core.workflow import flows

Key = tuple[str, int]


LONGEST_BEGINNING = 40


@dataclass(frozen=True)
class DocumentType:
    """A kind of document.

    ``url`` gives the address of one, ``titles`` the titles of several by id, ``visible`` the SELECT of the
    ids an actor may see. ``model`` is the table with DocumentMixin, by which number, state and owner are
    read. ``whole`` is the SELECT of the ids an actor sees in full, where some see a part only: what was
    written as a reason is for the former. Of a ``private`` kind nobody else learns anything: its events are kept from
    the log of the administrator too, and nobody cites them as evidence.
    """

    doc_type: str
    label: LazyText
    url: Callable[[int], str]
    titles: Callable[[list[int]], Mapping[int, str]]
    visible: Callable[[Actor], Select[int]]
    model: Any = None
    whole: Callable[[Actor], Select[int]] | None = None
    private: bool = False


@dataclass(frozen=True)
class DocumentLink:
    """A document as lists of others show it: its kind, its title, its address."""

    doc_type: str
    doc_id: int
    label: str
    title: str
    url: str


@dataclass(frozen=True)
class DocumentState:
    """Number and state of a document, nothing of its content; the number is empty before it is given."""

    number: str
    label: str
    tone: str


@dataclass(frozen=True)
class OwnDocument:
    """A document of one's own, for the workbench."""

    link: DocumentLink
    state: DocumentState
    updated_at: datetime


_types: dict[str, DocumentType] = {}
_derived: dict[str, dict[str, tuple[LazyText, str]]] = {}


def register_document_type(*types: DocumentType) -> None:
    """Add kinds of documents; a second registration of a kind replaces the first."""
    for item in types:
        _types[item.doc_type] = item


def register_derived_states(doc_type: str, states: Mapping[str, tuple[LazyText, str]]) -> None:
    """Say how states are told (label, tone) that no flow holds because they are derived, such as "expired".

    The model of such a kind has ``shown_status``, in Python and SQL alike, beside its ``status``.
    """
    _derived[doc_type] = dict(states)


def shown_status(model: Any) -> Any:
    """Return the column of a table that says its state as readers are told it."""
    return getattr(model, "shown_status", model.status)


def document_type(doc_type: str) -> DocumentType:
    """Return a registered kind; KeyError for an unknown one."""
    return _types[doc_type]


def is_registered(doc_type: str) -> bool:
    """Tell whether this kind of document is known."""
    return doc_type in _types


def registered() -> list[DocumentType]:
    """Return all kinds in order of registration."""
    return list(_types.values())


def ids_by_type(keys: Iterable[Key]) -> dict[str, list[int]]:
    """Group documents by their kind, leaving out kinds nobody registered."""
    grouped: dict[str, list[int]] = {}
    for doc_type, doc_id in dict.fromkeys(keys):
        if doc_type in _types:
            grouped.setdefault(doc_type, []).append(doc_id)
    return grouped


def links(keys: Iterable[Key]) -> dict[Key, DocumentLink]:
    """Return title and address of documents, one query per kind. Ask only for what the reader may see."""
    found = {}
    for doc_type, ids in ids_by_type(keys).items():
        kind = _types[doc_type]
        for doc_id, title in kind.titles(ids).items():
            key = (doc_type, doc_id)
            found[key] = DocumentLink(doc_type, doc_id, str(kind.label), title, kind.url(doc_id))
    return found


def visible_keys(actor: Actor, keys: Iterable[Key]) -> set[Key]:
    """Return those of the documents an actor may see, one query per kind."""
    found: set[Key] = set()
    for doc_type, ids in ids_by_type(keys).items():
        allowed = _types[doc_type].visible(actor).subquery()
        column = allowed.columns[0]
        found |= {
            (doc_type, doc_id) for doc_id in session.execute(select(column).where(column.in_(ids))).scalars()
        }
    return found


def _is_one_of(doc_id: Any, ids: Select[int]) -> ColumnElement[bool]:
    """Return the condition that a column names one of the documents of a SELECT.

    Asked for each row by the key of the document: all that somebody may see can be a hundred thousand.
    """
    key = ids.selected_columns[0]
    return ids.where(key == doc_id).correlate(doc_id.expression.table).exists()


def seen_whole(actor: Actor, doc_type: Any, doc_id: Any) -> ColumnElement[bool]:
    """Return the condition, over columns that name a document, that an actor may read all that was written of it.

    True for kinds that nobody sees in part.
    """
    partly = [
        and_(doc_type == kind.doc_type, not_(_is_one_of(doc_id, kind.whole(actor))))
        for kind in _types.values()
        if kind.whole is not None
    ]
    return not_(or_(*partly)) if partly else true()


def record_is_open(actor: Actor, doc_type: Any, doc_id: Any) -> ColumnElement[bool]:
    """Return the condition, over columns that name a document, that its events may be told to an actor.

    True but for documents of private kinds that the actor does not see.
    """
    closed = [
        and_(doc_type == kind.doc_type, not_(_is_one_of(doc_id, kind.visible(actor))))
        for kind in _types.values()
        if kind.private
    ]
    return not_(or_(*closed)) if closed else true()


def may_open(actor: Actor, doc_type: Any, doc_id: Any) -> ColumnElement[bool]:
    """Return the condition, over columns that name a document, that an actor may see it and its module is on."""
    kinds = [kind for kind in _types.values() if modules.shows(kind.doc_type)]
    choices = [and_(doc_type == kind.doc_type, _is_one_of(doc_id, kind.visible(actor))) for kind in kinds]
    return or_(*choices) if choices else false()


def is_visible(actor: Actor, doc_type: str, doc_id: int) -> bool:
    """Tell whether an actor may see a document; False for an unknown kind."""
    return (doc_type, doc_id) in visible_keys(actor, [(doc_type, doc_id)])


def state_of(doc_type: str, number: str | None, status: str) -> DocumentState:
    """Return number and state in words, the state by the flow of its kind or as derived."""
    derived = _derived.get(doc_type, {}).get(status)
    if derived is not None:
        return DocumentState(number or "", str(derived[0]), derived[1])
    flow = flows().get(doc_type)
    state = flow.by_code.get(status) if flow is not None else None
    return DocumentState(
        number or "", str(state.label) if state else status, state.tone if state else "neutral"
    )


def states(keys: Iterable[Key]) -> dict[Key, DocumentState]:
    """Return number and state of documents whose kind registered its table, one query per kind."""
    found = {}
    for doc_type, ids in ids_by_type(keys).items():
        model = _types[doc_type].model
        if model is None:
            continue
        statement = select(model.id, model.number, shown_status(model).label("status")).where(
            model.id.in_(ids)
        )
        for row in session.execute(statement):
            found[(doc_type, row.id)] = state_of(doc_type, row.number, row.status)
    return found


def recent_of(actor: Actor, limit: int) -> list[OwnDocument]:
    """Return an actor's own newest documents of the kinds that registered their table, by one query."""
    statement = configuration.kept(("recent documents", limit), partial(_recent_statement, limit))
    if statement is None or actor.id is None:
        return []
    return [
        OwnDocument(
            link_of(row.doc_type, row.doc_id, row.title),
            state_of(row.doc_type, row.number, row.status),
            row.updated_at,
        )
        for row in read(statement, {"owner": actor.id})
    ]


def _recent_statement(limit: int) -> Select[Any] | None:
    owner = bindparam("owner", type_=Integer)
    selects = []
    for kind in _types.values():
        model: Any = kind.model
        if model is None or not modules.shows(kind.doc_type):
            continue
        newest = (
            select(
                literal(kind.doc_type).label("doc_type"),
                model.id.label("doc_id"),
                model.number.label("number"),
                shown_status(model).label("status"),
                model.updated_at.label("updated_at"),
            )
            .where(model.owner_id == owner)
            .order_by(model.id.desc())
            .limit(limit)
            .subquery()
        )
        selects.append(select(newest))
    if not selects:
        return None
    found = union_all(*selects).subquery()
    return (
        select(found, SearchEntry.title)
        .outerjoin(SearchEntry, entry_of(found.c))
        .order_by(found.c.updated_at.desc(), found.c.doc_id.desc())
        .limit(limit)
    )


def numbered_title(number: str | None, text: str) -> str:
    """Return how a document without a title of its own is called: its number, and how its text begins."""
    first = text.splitlines()[0] if text else ""
    cut = f"{first[:LONGEST_BEGINNING]}…" if len(first) > LONGEST_BEGINNING else first
    return f"{number} {cut}"


def link_of(doc_type: str, doc_id: int, title: str | None) -> DocumentLink:
    """Return a document with a title that was read beside it (the search index keeps one of each)."""
    kind = _types.get(doc_type)
    if kind is None:
        return DocumentLink(doc_type, doc_id, "", title or "", "")
    return DocumentLink(doc_type, doc_id, str(kind.label), title or str(kind.label), kind.url(doc_id))
