"""Until a tender's opening the prices offered for it are known to its owner, the manager and the leader alone.

The one place that decides (招标投标法 22: who bids keeps silent about it before the opening). Upper features say by
``let_know`` which of their permissions make somebody the manager or the leader of a bid.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, or_, select, true

from app.core import clock
from app.core.db import UTCDateTime
from app.core.errors import Denied
from app.core.i18n import lazy
from app.core.permissions import Actor, departments_of
from app.features.inquiries.enums import InquiryPerm
from app.features.inquiries.models import Inquiry

NOW = bindparam("secrecy_now", callable_=clock.now, type_=UTCDateTime)
# What stands where a price is kept back.
SEALED = lazy("开标前保密")

StandIn = Callable[[Actor], frozenset[int] | None]

_permissions: list[str] = [str(InquiryPerm.DECIDE), str(InquiryPerm.DECIDE_FOR_MANAGER)]
_stand_ins: list[StandIn] = []


@dataclass(frozen=True)
class BidSight:
    """Whose sealed prices an actor knows: their own, those of departments they decide for (None: of all), of owners."""

    actor_id: int | None
    departments: frozenset[int] | None
    owners: frozenset[int] = frozenset()

    def covers(self, owner_id: int, department_id: int) -> bool:
        """Tell whether the sealed prices of this owner in this department are known to the actor."""
        own = self.actor_id is not None and self.actor_id == owner_id
        return own or self.departments is None or department_id in self.departments or owner_id in self.owners

    def condition(self, table: Any) -> ColumnElement[bool]:
        """Return the same as SQL over a table with ``owner_id`` and ``department_id``."""
        if self.departments is None:
            return true()
        choices: list[ColumnElement[bool]] = [
            table.department_id.in_(sorted(self.departments)) if self.departments else false(),
            table.owner_id.in_(sorted(self.owners)) if self.owners else false(),
            table.owner_id == self.actor_id if self.actor_id is not None else false(),
        ]
        return or_(*choices)


def let_know(*permissions: str, stand_in: StandIn | None = None) -> None:
    """Say which permissions make their holder the manager or leader of a bid.

    ``stand_in`` returns the owners for whose bids an actor decides in the leader's stead, None for all owners.
    """
    _permissions.extend(str(code) for code in permissions if str(code) not in _permissions)
    if stand_in is not None and stand_in not in _stand_ins:
        _stand_ins.append(stand_in)


def bid_sight(actor: Actor) -> BidSight:
    """Return whose sealed prices an actor knows today."""
    departments: set[int] = set()
    for code in _permissions:
        found = departments_of(actor, code)
        if found is None:
            return BidSight(actor.id, None)
        departments |= found
    owners: set[int] = set()
    for stand_in in _stand_ins:
        of = stand_in(actor)
        if of is None:
            return BidSight(actor.id, None)
        owners |= of
    return BidSight(actor.id, frozenset(departments), frozenset(owners))


def is_sealed(inquiry: Inquiry) -> bool:
    """Tell whether the bids of an inquiry have not been opened yet."""
    return inquiry.opening_at is not None and inquiry.opening_at > clock.now()


def sealed_inquiries() -> Select[int]:
    """Return the SELECT of the ids of the inquiries whose bids have not been opened yet."""
    return select(Inquiry.id).where(Inquiry.opening_at > NOW).correlate(None)


def sees_prices(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether an actor may know now what was offered for an inquiry."""
    return not is_sealed(inquiry) or bid_sight(actor).covers(inquiry.owner_id, inquiry.department_id)


def require_prices(inquiry: Inquiry, actor: Actor) -> None:
    """Raise Denied, saying when the bids are opened, where an actor may not know the prices yet."""
    if not sees_prices(inquiry, actor):
        raise sealed_until(inquiry.opening_at)


def sealed_until(opening_at: datetime | None) -> Denied:
    """Return the refusal of prices that are opened at this time."""
    return Denied("inquiry:sealed", at=opening_text(opening_at))


def opening_text(opening_at: datetime | None) -> str:
    """Return the time of an opening in the company's zone, 2026-11-27 14:30."""
    return "" if opening_at is None else clock.to_local(opening_at).strftime("%Y-%m-%d %H:%M")
