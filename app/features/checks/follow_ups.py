"""What an upper feature makes of a check: its ways on stand on the page of the check, beside the steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.permissions import Actor
from app.features.checks.models import ClauseCheck


@dataclass(frozen=True)
class FollowUp:
    """A way on from a check: its name and its address."""

    label: str
    href: str


Provider = Callable[[ClauseCheck, Actor], Sequence[FollowUp]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add what gives the ways on that a reader of a check has."""
    if provider not in _providers:
        _providers.append(provider)


def of(check: ClauseCheck, actor: Actor) -> list[FollowUp]:
    """Return the ways on from a check for a reader."""
    return [found for provider in _providers for found in provider(check, actor)]
