"""The leaver gate (R12): whoever leaves hands over first. Upper features register what may still be open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.core import documents, tasks
from app.core.db import session
from app.core.i18n import LazyText, lazy, listed
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can, directory
from app.core.search_index import SearchEntry, entry_of
from app.core.tasks import Task, registered_kinds
from app.features.people.models import User

Counting = Select[*tuple[Any, ...]]
# More are handed over with their customers and documents than one by one.
MOST_TASKS = 100


@dataclass(frozen=True)
class OpenMatter:
    """Something of a leaver that must be handed over: a sentence with its number, and the list of it.

    ``permission`` is what one needs to open the list.
    """

    sentence: str
    url: str = ""
    permission: str = ""


@dataclass(frozen=True, eq=False)
class LeaverCheck:
    """What may still be open: ``counting`` gives for a person the SELECT of how many, ``sentence`` tells ``%(count)s``.

    ``url`` is the list of it, with ``%(user)s`` for the leaver.
    """

    counting: Callable[[int], Counting]
    sentence: LazyText
    url: str = ""
    permission: str = ""

    def matter(self, user_id: int, count: int) -> OpenMatter:
        """Return what the leaver has to hand over."""
        return OpenMatter(self.sentence.filled(count=count), self.url % {"user": user_id}, self.permission)


leaver_checks: list[LeaverCheck] = []


def register_leaver_check(*checks: LeaverCheck) -> None:
    """Add checks; all of them are asked by one statement."""
    leaver_checks.extend(checks)


def open_matters(user_id: int) -> list[OpenMatter]:
    """Return what a person must hand over before the account is closed."""
    if not leaver_checks:
        return []
    counts = select(*(check.counting(user_id).scalar_subquery() for check in leaver_checks))
    return [
        check.matter(user_id, count)
        for check, count in zip(leaver_checks, session.execute(counts).one(), strict=True)
        if count
    ]


def matters_for(user: User, actor: Actor) -> list[tuple[str, str]]:
    """Return what a leaver must hand over, as a reader is told it: the sentence, and the list of it where it opens.

    Where the reader may not open the list, the sentence names who can.
    """
    told = []
    for matter in open_matters(user.id):
        if not matter.permission or can(actor, matter.permission):
            told.append((matter.sentence, matter.url))
            continue
        able = directory().holders(matter.permission, user.department_id, frozenset({user.id}))
        names = listed(person.name for person in able)
        sentence = _("%(what)s，请%(who)s办理", what=matter.sentence, who=names) if names else matter.sentence
        told.append((sentence, ""))
    return told


def to_take_over(user_id: int) -> ColumnElement[bool]:
    """Return the condition of the open tasks, addressed to the person by name, that somebody has to take over."""
    falling_away = [kind.code for kind in registered_kinds() if kind.ends_with_person]
    return and_(Task.user_id == user_id, Task.closed_at.is_(None), Task.kind.not_in(falling_away))


def open_tasks(user_id: int) -> Counting:
    """Return the SELECT of how many tasks of a person somebody has to take over."""
    return select(func.count()).select_from(Task).where(to_take_over(user_id))


def tasks_for(user: User, actor: Actor) -> list[tuple[str, str]]:
    """Return the tasks of a leaver as a reader is told them, the most urgent first: what is to be done, and where.

    Of a document the reader may not open only the kind of task is told, without an address.
    """
    opens = documents.may_open(actor, Task.doc_type, Task.doc_id).label("opens")
    statement = (
        select(Task.kind, Task.doc_type, Task.doc_id, SearchEntry.title, opens)
        .outerjoin(SearchEntry, entry_of(Task))
        .where(to_take_over(user.id))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(MOST_TASKS)
    )
    told = []
    for row in session.execute(statement):
        label = str(tasks.kind_label(row.kind))
        if row.opens:
            link = documents.link_of(row.doc_type, row.doc_id, row.title)
            told.append((f"{label} · {link.title}", link.url))
        else:
            told.append((label, ""))
    return told


register_leaver_check(LeaverCheck(open_tasks, lazy("还有 %(count)s 件待办")))
