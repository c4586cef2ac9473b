"""Pairs of roles that one person never holds at the same time, whether in their own name or for somebody else."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import lazy
from app.core.permissions import ROLE_LABELS, Role
from app.features.people.models import Delegation, RoleAssignment

# Who manages the seals does not audit their use.
LOCKED_PAIRS: tuple[frozenset[Role], ...] = (frozenset({Role.SEAL_MANAGER, Role.SEAL_AUDITOR}),)

Span = tuple[Role, date, date | None]


def check_locked_pair(user_id: int, added: Sequence[Span], *, field: str) -> None:
    """Raise Invalid at ``field`` where the added roles and those the person has would make a locked pair on a day."""
    held = [*spans_of(user_id), *added]
    for role, start, end in added:
        for other, other_start, other_end in held:
            if frozenset({role, other}) in LOCKED_PAIRS and overlap(start, end, other_start, other_end):
                raise Invalid(
                    fields={
                        field: lazy(
                            "同一人不能既是%(one)s又是%(other)s",
                            one=ROLE_LABELS[role],
                            other=ROLE_LABELS[other],
                        )
                    }
                )


def overlap(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """Tell whether two spans of days share a day; an open end is for ever."""
    return (end is None or other_start <= end) and (other_end is None or start <= other_end)


def spans_of(user_id: int) -> list[Span]:
    """Return the roles a person has or will have with their days, those they stand in for included."""
    own = session.execute(select(RoleAssignment).where(RoleAssignment.user_id == user_id)).scalars()
    spans = [(Role(item.role), item.from_date, item.to_date) for item in own]
    lent = session.execute(
        select(RoleAssignment.role, Delegation.from_date, Delegation.to_date)
        .join(Delegation, Delegation.from_user_id == RoleAssignment.user_id)
        .where(Delegation.to_user_id == user_id, Delegation.revoked_at.is_(None))
    )
    return spans + [(Role(role), start, end) for role, start, end in lent]
