"""What the workbench reads: what waits, notices, figures. Each is one query, whatever the number of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from app.core import clock, documents, modules, notices, tasks
from app.core.db import session
from app.core.documents import DocumentLink
from app.core.notices import Notice
from app.core.permissions import Actor
from app.core.prepared import read
from app.core.search_index import SearchEntry, entry_of
from app.core.tasks import Task
from app.core.timeline import Event
from app.features.quotations import follow_up

COUNTED_TASKS = 100


@dataclass(frozen=True)
class OpenTask:
    """A task as the workbench shows it; ``late`` whether its time was over when it was read."""

    id: int
    label: str
    link: DocumentLink
    opened_at: datetime
    due_at: datetime | None
    late: bool


@dataclass(frozen=True)
class OpenOffer:
    """An issued quotation on the sheet of the day: whom to call, and for how many days nobody did."""

    link: DocumentLink
    valid_until: Any
    contact: str
    days: int


def tasks_of(actor: Actor) -> Select[Any]:
    """Return the SELECT of an actor's open tasks with the titles of their documents."""
    return with_titles(tasks.addressed_to(actor))


def with_titles(addressed: Select[Any]) -> Select[Any]:
    """Return a SELECT of tasks joined with the titles of their documents."""
    return addressed.outerjoin(SearchEntry, entry_of(Task))


def open_tasks(actor: Actor, limit: int) -> list[OpenTask]:
    """Return an actor's open tasks, the soonest due first, then the oldest."""
    rows, now = read(open_tasks_statement(tasks.addressed_to(actor), limit)), clock.now()
    named = named_by_kind(rows)
    return [
        OpenTask(
            row.id,
            str(tasks.kind_label(row.kind)),
            task_link(row, named),
            row.opened_at,
            row.due_at,
            row.due_at is not None and row.due_at < now,
        )
        for row in rows
    ]


def named_by_kind(rows: Iterable[Any]) -> dict[documents.Key, DocumentLink]:
    """Return the documents of rows the search index does not keep, as fines and licences; one query a kind."""
    return documents.links((row.doc_type, row.doc_id) for row in rows if not row.title)


def task_link(row: Any, named: Mapping[documents.Key, DocumentLink]) -> DocumentLink:
    """Return the document of a task's row, with the address the task leads to."""
    link = named.get((row.doc_type, row.doc_id)) or documents.link_of(row.doc_type, row.doc_id, row.title)
    return replace(link, url=tasks.address_of(row.kind, link.url)) if link.url else link


@lru_cache(512)
def open_tasks_statement(addressed: Select[Any], limit: int) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the open tasks with what the workbench shows; made once for those who hold the same."""
    return (
        with_titles(addressed)
        .with_only_columns(
            Task.id,
            Task.kind,
            Task.doc_type,
            Task.doc_id,
            Task.opened_at,
            Task.due_at,
            SearchEntry.title,
            maintain_column_froms=True,
        )
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(limit)
    )


def count_tasks(actor: Actor) -> int:
    """Return how many open tasks an actor has, counted no further than COUNTED_TASKS."""
    row = read(counting_statement(tasks.addressed_to(actor), actor.id))[0]
    if actor.id is not None:
        notices.keep_unread(actor.id, row.unread)
    return int(row.tasks)


@lru_cache(512)
def counting_statement(addressed: Select[Any], user_id: int | None) -> Select[Any]:
    """Return the SELECT of open tasks and unread notices in numbers: every page shows both, one query counts them."""
    open_ones = addressed.with_only_columns(Task.id).order_by(None).limit(COUNTED_TASKS).subquery()
    counted = select(func.count()).select_from(open_ones).scalar_subquery()
    if user_id is None:
        return select(counted.label("tasks"))
    return select(counted.label("tasks"), notices.unread_column(user_id).label("unread"))


def task_document(task_id: int) -> tuple[str, int] | None:
    """Return the document of an open task, None for a task that is not there or closed."""
    statement = select(Task.doc_type, Task.doc_id).where(Task.id == task_id, Task.closed_at.is_(None))
    row = session.execute(statement).one_or_none()
    return (row.doc_type, row.doc_id) if row else None


def notices_of(actor: Actor) -> Select[Any]:
    """Return the SELECT of an actor's notices with their events and the titles of their documents."""
    statement = (
        select(Notice)
        .join(Event, Event.seq == Notice.event_seq)
        .outerjoin(SearchEntry, entry_of(Event))
        .where(Notice.user_id == actor.id)
    )
    hidden = modules.hidden_documents()
    return statement.where(Event.doc_type.not_in(hidden)) if hidden else statement


def notice_document(actor: Actor, notice_id: int) -> tuple[str, int] | None:
    """Return the document that one of an actor's notices is about; None for somebody else's notice."""
    statement = (
        select(Event.doc_type, Event.doc_id)
        .join(Notice, Notice.event_seq == Event.seq)
        .where(Notice.id == notice_id, Notice.user_id == actor.id)
    )
    row = session.execute(statement).one_or_none()
    return (row.doc_type, row.doc_id) if row else None


def place_to_act(actor: Actor, doc_type: str, doc_id: int) -> str | None:
    """Return where a message about a document leads: to the form of the step that waits for its reader, or the page."""
    url = documents.link_of(doc_type, doc_id, None).url
    waiting = (
        tasks.addressed_to(actor)
        .with_only_columns(Task.kind)
        .where(Task.doc_type == doc_type, Task.doc_id == doc_id)
        .order_by(Task.id)
    )
    kinds = session.execute(waiting).scalars().all() if url else ()
    return next((place for kind in kinds if (place := tasks.address_of(kind, str(url))) != url), url)


def expiring_offers(actor: Actor, limit: int = 20) -> list[OpenOffer]:
    """Return the issued offers an actor sees that expire within a week, the first first."""
    return [offer_of(row) for row in follow_up.rows(actor, follow_up.EXPIRING, limit)]


def offers_to_follow_up(actor: Actor, limit: int = 20) -> list[OpenOffer]:
    """Return the valid offers an actor sees that nobody spoke of for three days or more, the longest silent first."""
    return [offer_of(row) for row in follow_up.rows(actor, str(follow_up.AGES[0]), limit)]


def offer_of(row: Any) -> OpenOffer:
    """Return a row of the follow-up list as an offer, titled by number and customer."""
    title = f"{row.number or ''} {row.short_name or row.customer}".strip()
    link = documents.link_of("quotation", row.row_id, title)
    contact = f"{row.attention} {follow_up.phone_of(row)}".strip()
    return OpenOffer(link, row.valid_until, contact, follow_up.days_since(row))
