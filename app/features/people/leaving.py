"""The leaver gate (R12): whoever leaves hands over first. Upper features register what may still be open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from app.core.db import session
from app.core.i18n import LazyText, lazy
from app.core.tasks import Task, registered_kinds

Counting = Select[*tuple[Any, ...]]


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


def open_tasks(user_id: int) -> Counting:
    """Return the SELECT of how many open tasks, addressed to the person by name, somebody has to take over."""
    falling_away = [kind.code for kind in registered_kinds() if kind.ends_with_person]
    return select(func.count()).where(
        Task.user_id == user_id, Task.closed_at.is_(None), Task.kind.not_in(falling_away)
    )


register_leaver_check(LeaverCheck(open_tasks, lazy("还有 %(count)s 件待办")))
