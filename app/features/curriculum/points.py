"""Points: what each training, test and certificate counts by the settings, summed up over the running period.

Nothing is stored: what the settings say today holds for the whole period, and no sum can differ from its records.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all

from app.core import clock, settings
from app.core.db import session
from app.core.indicators import Period, span
from app.features.curriculum import enums
from app.features.curriculum.enums import PointsPeriod
from app.features.exams.models import Certificate, ExamSheet
from app.features.training.enums import WAS_HELD, WAS_THERE, Presence
from app.features.training.models import TrainingPerson, TrainingSession

MONTHS = {PointsPeriod.QUARTER: 3, PointsPeriod.HALF: 6, PointsPeriod.YEAR: 12}


@dataclass(frozen=True)
class Rule:
    """What counts how many points: being there, being there late or in part, chairing, passing, a certificate."""

    session: int
    late: int
    chair: int
    test: int
    certificate: int


@dataclass(frozen=True)
class Points:
    """How often a person did what in a period, and the points of all together."""

    sessions: int = 0
    chaired: int = 0
    tests: int = 0
    certificates: int = 0
    total: int = 0


def rule() -> Rule:
    """Return what counts how many points, by the settings of today."""
    keys = (
        enums.POINTS_SESSION,
        enums.POINTS_LATE,
        enums.POINTS_CHAIR,
        enums.POINTS_TEST,
        enums.POINTS_CERTIFICATE,
    )
    return Rule(*(int(settings.get(key)) for key in keys))


def period_of(day: date) -> Period:
    """Return the period of points a day lies in: a quarter, half or whole calendar year by the setting."""
    months = MONTHS[PointsPeriod(settings.get(enums.POINTS_PERIOD))]
    first = (day.month - 1) // months * months + 1
    after = first + months
    end = date(day.year + 1, after - 12, 1) if after > 12 else date(day.year, after, 1)
    return span(date(day.year, first, 1), end)


def this_period() -> Period:
    """Return the running period of points."""
    return period_of(clock.today())


def records(period: Period) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of all that counts in a period: person, what it was (four columns of 0 and 1), its points."""
    counts = rule()
    first, after = period.days
    held = (
        TrainingSession.status.in_(WAS_HELD),
        TrainingSession.starts_at >= period.start,
        TrainingSession.starts_at < period.end,
    )
    there = (
        select(
            TrainingPerson.user_id.label("user_id"),
            literal(1).label("sessions"),
            literal(0).label("chaired"),
            literal(0).label("tests"),
            literal(0).label("certificates"),
            case((TrainingPerson.presence == Presence.PRESENT, counts.session), else_=counts.late).label(
                "points"
            ),
        )
        .join(TrainingSession, TrainingSession.id == TrainingPerson.session_id)
        .where(*held, TrainingPerson.presence.in_(WAS_THERE))
    )
    chaired = select(
        TrainingSession.chair_id, literal(0), literal(1), literal(0), literal(0), literal(counts.chair)
    ).where(*held)
    passed = (
        select(ExamSheet.user_id, literal(0), literal(0), literal(1), literal(0), literal(counts.test))
        .where(ExamSheet.passed.is_(True))
        .group_by(ExamSheet.user_id, ExamSheet.exam_id)
        .having(
            func.min(ExamSheet.submitted_at) >= period.start, func.min(ExamSheet.submitted_at) < period.end
        )
    )
    certified = select(
        Certificate.user_id, literal(0), literal(0), literal(0), literal(1), literal(counts.certificate)
    ).where(Certificate.revoked_at.is_(None), Certificate.issued_on >= first, Certificate.issued_on < after)
    return select(union_all(there, chaired, passed, certified).subquery())


def summed(period: Period) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of what each person did in a period and its points: one row for who did anything."""
    found = records(period).subquery()
    return select(
        found.c.user_id,
        *(
            func.sum(found.c[name]).label(name)
            for name in ("sessions", "chaired", "tests", "certificates", "points")
        ),
    ).group_by(found.c.user_id)


def points_of(user_ids: Iterable[int], period: Period) -> dict[int, Points]:
    """Return what people did in a period and their points, by one statement; who did nothing is left out."""
    found = summed(period).subquery()
    rows = session.execute(select(found).where(found.c.user_id.in_(list(user_ids))))
    return {row[0]: Points(*(int(part) for part in row[1:])) for row in rows}
