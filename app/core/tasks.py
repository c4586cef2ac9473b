"""Who must act now: open tasks of documents, written only by the step that opens or closes them.

A task is addressed to a person, or to whoever holds a permission in a department; it is resolved to people on
reading, so that a change of roles or a delegation moves it at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, Select, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, configuration, modules
from app.core.db import Model, UTCDateTime, session
from app.core.i18n import LazyText
from app.core.permissions import Actor, Grant, all_permissions, directory, roles_holding


class Task(Model):
    """One thing to do about one document; open until ``closed_at`` is set."""

    __tablename__ = "task"
    # Together with the end of a task, and with no index on that alone: the planner then reads only a person's own.
    __table_args__ = (
        Index("ix_task_open_document", "doc_type", "doc_id", "closed_at"),
        Index("ix_task_open_person", "user_id", "closed_at"),
        Index("ix_task_open_permission", "permission", "closed_at"),
        Index("ix_task_open_kind", "kind", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(String(60), nullable=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    permission: Mapped[str | None] = mapped_column(String(80))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    excluded_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


@dataclass(frozen=True)
class WantedTask:
    """A task that the state of a document implies: for a person, or for the holders of a permission.

    ``excluded_user_id`` is the person whose own document it is, where nobody may decide on their own.
    """

    kind: str
    user_id: int | None = None
    permission: str | None = None
    department_id: int | None = None
    excluded_user_id: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class TaskKind:
    """How a kind of task is named in 待办.

    ``step`` is the step whose form the task leads to, under the address of its document; empty for the document.
    ``lags`` marks tasks that days and people bring, not steps: a job opens and closes them a little later.
    ``ends_with_person`` marks what nobody can take over, reading for instance: it falls away with who leaves.
    ``decides`` marks those by which somebody decides on the work of another, who waits for it.
    """

    code: str
    label: LazyText
    step: str = ""
    lags: bool = False
    ends_with_person: bool = False
    decides: bool = False


_kinds: dict[str, TaskKind] = {}


def register_kinds(*kinds: TaskKind) -> None:
    """Add the kinds of task of a feature."""
    for kind in kinds:
        _kinds[kind.code] = kind


def address_of(code: str, document_address: str) -> str:
    """Return where a task of a kind leads, given the address of its document; KeyError for an unknown kind."""
    step = _kinds[code].step
    return f"{document_address}/{step}" if step else document_address


def lags(code: str) -> bool:
    """Tell whether tasks of a kind may be a little behind; False for an unknown one."""
    return code in _kinds and _kinds[code].lags


def kind_label(code: str) -> LazyText:
    """Return the label of a kind; KeyError for an unknown one."""
    return _kinds[code].label


def registered_kinds() -> list[TaskKind]:
    """Return all kinds in order of registration (the filter of 待办)."""
    return list(_kinds.values())


def sync(doc_type: str, doc_id: int, wanted: Iterable[WantedTask]) -> None:
    """Make the open tasks of a document equal to the wanted ones, inside the open unit of work."""
    remaining = list(wanted)
    for task in open_tasks(doc_type, doc_id):
        same = next((want for want in remaining if matches(task, want)), None)
        if same is None:
            task.closed_at = clock.now()
        else:
            task.due_at = same.due_at
            remaining.remove(same)
    for want in remaining:
        session.add(
            Task(
                doc_type=doc_type,
                doc_id=doc_id,
                kind=want.kind,
                user_id=want.user_id,
                permission=want.permission,
                department_id=want.department_id,
                excluded_user_id=want.excluded_user_id,
                due_at=want.due_at,
                opened_at=clock.now(),
            )
        )
    session.flush()


def matches(task: Task, want: WantedTask) -> bool:
    """Tell whether an open task is the wanted one (its due time apart)."""
    return (task.kind, task.user_id, task.permission, task.department_id, task.excluded_user_id) == (
        want.kind,
        want.user_id,
        want.permission,
        want.department_id,
        want.excluded_user_id,
    )


def open_tasks(doc_type: str, doc_id: int) -> list[Task]:
    """Return the open tasks of a document."""
    statement = (
        select(Task)
        .where(Task.doc_type == doc_type, Task.doc_id == doc_id, Task.closed_at.is_(None))
        .order_by(Task.id)
    )
    return list(session.execute(statement).scalars())


def addressed_to(actor: Actor) -> Select[Task]:
    """Return the SELECT of all open tasks an actor must act on, in their own name or for somebody they stand in for."""
    return configuration.kept(("tasks", actor), partial(_read_addressed, actor))


def _read_addressed(actor: Actor) -> Select[Task]:
    permitted: dict[Grant, list[str]] = {}
    for info in all_permissions():
        roles = roles_holding(info.code, actor.matrix)
        for grant in actor.grants:
            if grant.role in roles:
                permitted.setdefault(grant, []).append(info.code)
    hidden = tuple(modules.hidden_documents())
    return _addressed_to(actor.id, tuple((grant, tuple(codes)) for grant, codes in permitted.items()), hidden)


@lru_cache(512)
def _addressed_to(
    actor_id: int | None, permitted: tuple[tuple[Grant, tuple[str, ...]], ...], hidden: tuple[str, ...]
) -> Select[Task]:
    """Return the SELECT itself: every page counts tasks, and making the statement costs more than sending it."""
    return select(Task).where(
        Task.closed_at.is_(None),
        *([Task.doc_type.not_in(hidden)] if hidden else []),
        or_(Task.user_id == actor_id, *(reached_by(grant, codes) for grant, codes in permitted)),
        or_(Task.excluded_user_id.is_(None), Task.excluded_user_id != actor_id),
    )


def reached_by(grant: Grant, permissions: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a task asks for one of the permissions where a grant holds them.

    A delegation does not reach back: what the giver is excluded from, the deputy is too.
    """
    conditions: list[ColumnElement[bool]] = [Task.permission.in_(permissions)]
    if grant.departments is not None:
        conditions.append(
            or_(Task.department_id.is_(None), Task.department_id.in_(sorted(grant.departments)))
        )
    if grant.on_behalf_of is not None:
        conditions.append(or_(Task.excluded_user_id.is_(None), Task.excluded_user_id != grant.on_behalf_of))
    return and_(*conditions)


def people_for(task: Task) -> list[int]:
    """Return the ids of the people who can act on a task now (whom a reminder reaches)."""
    if task.user_id is not None:
        return [task.user_id]
    excluded = frozenset() if task.excluded_user_id is None else frozenset({task.excluded_user_id})
    return [person.id for person in directory().holders(str(task.permission), task.department_id, excluded)]
