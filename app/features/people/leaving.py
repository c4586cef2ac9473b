"""The leaver gate (R12): whoever leaves hands over first. Upper features register what may still be open."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import session
from app.core.i18n import LazyText, lazy
from app.core.tasks import Task, registered_kinds


@dataclass(frozen=True)
class OpenMatter:
    """Something of a leaver that must be handed over: a sentence with its number, and the list of it.

    ``permission`` is what one needs to open the list.
    """

    sentence: LazyText
    url: str = ""
    permission: str = ""


Check = Callable[[int], OpenMatter | None]

leaver_checks: list[Check] = []


def register_leaver_check(check: Check) -> Check:
    """Add a check: called with the id of the leaver, it returns what is still open or None."""
    leaver_checks.append(check)
    return check


def open_matters(user_id: int) -> list[OpenMatter]:
    """Return what a person must hand over before the account is closed."""
    return [found for check in leaver_checks if (found := check(user_id)) is not None]


@register_leaver_check
def open_tasks(user_id: int) -> OpenMatter | None:
    """Find open tasks addressed to the person by name that somebody has to take over."""
    falling_away = [kind.code for kind in registered_kinds() if kind.ends_with_person]
    open_ones = (Task.user_id == user_id, Task.closed_at.is_(None), Task.kind.not_in(falling_away))
    count = session.execute(select(func.count()).select_from(Task).where(*open_ones)).scalar_one()
    return OpenMatter(lazy("还有 %(count)s 件待办", count=count)) if count else None
