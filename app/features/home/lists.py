"""The lists of the workbench: 待办 and notices."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, case

from app.core import clock, documents, tasks, timeline
from app.core.i18n import gettext as _
from app.core.i18n import lazy, ngettext
from app.core.listing import Cell, Column, Filter, Listing
from app.core.notices import Notice
from app.core.permissions import Actor
from app.core.search_index import SearchEntry
from app.core.tasks import Task
from app.core.timeline import Event
from app.features.home import queries

UNREAD = "unread"
READ = "read"


def document_link(row: Any) -> documents.DocumentLink:
    """Return the document of a row that carries its kind, id and title."""
    return documents.link_of(row.doc_type, row.doc_id, row.title)


def document_text(row: Any) -> str:
    """Return kind and title of the document of a row."""
    link = document_link(row)
    return link.title if link.title == link.label else f"{link.label} {link.title}"


def waiting_text(row: Any) -> str:
    """Return how long a task has waited: hours on the first day, days then."""
    hours = int((clock.now() - row.opened_at).total_seconds() // 3600)
    if hours < 1:
        return _("不到 1 小时")
    if hours < 24:
        return ngettext("%(num)s 小时", "%(num)s 小时", hours)
    return ngettext("%(num)s 天", "%(num)s 天", hours // 24)


def due_tone(row: Any) -> str:
    """Return the tone of a due time: bad once it is over."""
    return "bad" if row.due_at is not None and row.due_at < clock.now() else ""


HIDDEN = (
    Column("doc_type", "", Task.doc_type, hidden=True, sortable=False),
    Column("doc_id", "", Task.doc_id, hidden=True, sortable=False),
)


class TaskList(Listing):
    """What waits for one person."""

    row_id = Task.id
    default_sort = "due_at"
    searched = (SearchEntry.title,)
    columns = (
        Column("kind", lazy("要办的事"), Task.kind, text=lambda row: str(tasks.kind_label(row.kind))),
        Column(
            "title",
            lazy("单据"),
            SearchEntry.title,
            "link",
            text=document_text,
            href=lambda row: queries.task_link(row, {}).url or None,
        ),
        Column("opened_at", lazy("到达"), Task.opened_at, "datetime"),
        Column("waiting", lazy("已等待"), Task.opened_at, text=waiting_text, align="right", sortable=False),
        Column(
            "due_at",
            lazy("期限"),
            Task.due_at,
            "datetime",
            tone=due_tone,
            sort_by=(Task.due_at.is_(None), Task.due_at),
        ),
        *HIDDEN,
    )

    @cached_property
    def _named(self) -> dict[documents.Key, documents.DocumentLink]:
        return queries.named_by_kind(self.rows)

    def cell(self, row: Row[Any], column: Column) -> Cell:
        """Return what stands in a cell; a document the search index does not keep is named by its kind."""
        cell = super().cell(row, column)
        if column.key != "title" or row.title:
            return cell
        key = row.doc_type, row.doc_id
        if key not in self._named:  # an export goes on beyond the page
            self._named.update(queries.named_by_kind([row]))
        link = self._named.get(key)
        return cell if link is None else cell._replace(text=f"{link.label} {link.title}")


def task_list(actor: Actor, arguments: Mapping[str, str], path: str) -> TaskList:
    """Return the list of an actor's open tasks, to be narrowed to one kind."""
    kinds = [(kind.code, kind.label) for kind in tasks.registered_kinds()]
    filters = [Filter("kind", lazy("要办的事"), Task.kind, options=kinds)]
    return TaskList(queries.tasks_of(actor), arguments, path, filters=filters)


def is_unread(value: str) -> ColumnElement[bool]:
    """Return the condition of the filter on having been read."""
    return Notice.read_at.is_(None) if value == UNREAD else Notice.read_at.is_not(None)


def notice_text(row: Any) -> str:
    """Return the event of a notice as a sentence with who did it."""
    event = cast(Event, SimpleNamespace(verb=row.verb, data=row.data))
    who = timeline.who_acted(row)
    if row.on_behalf_of_name:
        return _(
            "%(who)s（代%(other)s）：%(what)s",
            who=who,
            other=row.on_behalf_of_name,
            what=timeline.describe(event),
        )
    return _("%(who)s：%(what)s", who=who, what=timeline.describe(event))


class NoticeList(Listing):
    """What one person was told, the latest first."""

    row_id = Notice.id
    default_sort = "-created_at"
    searched = (SearchEntry.title, Event.actor_name)
    filters = (
        Filter(
            "state", lazy("状态"), options=[(UNREAD, lazy("未读")), (READ, lazy("已读"))], condition=is_unread
        ),
    )
    columns = (
        Column("title", lazy("单据"), SearchEntry.title, text=document_text, sortable=False),
        Column("verb", lazy("通知"), Event.verb, text=notice_text, sortable=False),
        Column("reason", lazy("原因"), Event.reason, sortable=False),
        Column("created_at", lazy("时间"), Notice.created_at, "datetime"),
        Column("doc_type", "", Event.doc_type, hidden=True, sortable=False),
        Column("doc_id", "", Event.doc_id, hidden=True, sortable=False),
        Column("data", "", Event.data, hidden=True, sortable=False),
        Column("actor_id", "", Event.actor_id, hidden=True, sortable=False),
        Column("actor_name", "", Event.actor_name, hidden=True, sortable=False),
        Column("on_behalf_of_name", "", Event.on_behalf_of_name, hidden=True, sortable=False),
        Column("read_at", "", Notice.read_at, hidden=True, sortable=False),
    )


def notice_list(actor: Actor, arguments: Mapping[str, str], path: str) -> NoticeList:
    """Return the list of an actor's notices; who sees only a part of a document is told no reasons."""
    columns = [
        replace(column, expression=reason_for(actor)) if column.key == "reason" else column
        for column in NoticeList.columns
    ]
    return NoticeList(queries.notices_of(actor), arguments, path, columns=columns)


def reason_for(actor: Actor) -> Any:
    """Return the reason of an event as a column, empty for documents of which the actor sees only a part."""
    whole = documents.seen_whole(actor, Event.doc_type, Event.doc_id)
    return case((whole, Event.reason), else_="")
