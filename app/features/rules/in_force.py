"""Which version of a rule is in force on a day: computed from dates, never set by anybody and never by a job.

Of the published versions that have come into effect the latest counts. Where that one is void the rule has no
version in force: what it replaced does not come back. A version that was void before its day never counts.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from app.features.rules.enums import Standing


class Dated(Protocol):
    """A published version with the dates that decide."""

    sequence: int
    effective_on: date
    void_on: date | None


Version = TypeVar("Version", bound=Dated)


def ever_counts(version: Dated) -> bool:
    """Tell whether a version was not taken back before its own day."""
    return version.void_on is None or version.void_on > version.effective_on


def latest_effective(versions: Iterable[Version], day: date) -> Version | None:
    """Return the version that came into effect last, up to a day; of two on one day the later one."""
    begun = [version for version in versions if ever_counts(version) and version.effective_on <= day]
    return max(begun, key=lambda version: (version.effective_on, version.sequence), default=None)


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """Return the one version in force on a day, None where there is none."""
    latest = latest_effective(versions, day)
    return latest if latest is not None and (latest.void_on is None or latest.void_on > day) else None


def standing(version: Version, versions: Iterable[Version], day: date) -> Standing:
    """Return how one of the published versions of a rule stands on a day."""
    if not ever_counts(version) or (version.void_on is not None and version.void_on <= day):
        return Standing.VOID
    if version.effective_on > day:
        return Standing.PENDING
    return Standing.IN_FORCE if latest_effective(versions, day) is version else Standing.SUPERSEDED
