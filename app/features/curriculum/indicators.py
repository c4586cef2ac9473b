"""Subjects covered: of active people and subjects in use, how many had each within the months of the setting."""

from typing import Any

from sqlalchemy import ColumnElement, join, literal, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.curriculum import queries
from app.features.curriculum.enums import MODULE, RECORD
from app.features.people.models import User
from app.features.training.models import TrainingSubject

# Gives each person and subject a number of its own; there are far fewer subjects than this.
APART = 10_000


def cases(period: Period) -> Cases:
    """Return each active person with each subject in use, the head of the company among them."""
    return (
        select(
            (User.id * APART + TrainingSubject.id).label("case_id"),
            literal(RECORD).label("doc_type"),
            User.id.label("doc_id"),
            User.id.label("person_id"),
            User.department_id.label("department_id"),
            User.created_at.label("at"),
            TrainingSubject.id.label("subject_id"),
            TrainingSubject.created_at.label("taught_since"),
        )
        .select_from(join(User, TrainingSubject, TrainingSubject.active))
        .where(User.active, User.created_at < period.end)
    )


def there_by_then(columns: Columns, period: Period) -> ColumnElement[Any]:
    """Hold to account whoever was there by the end of the period, for each subject that was taught then."""
    condition: ColumnElement[bool] = (columns.at <= period.closing()) & (
        columns.taught_since <= period.closing()
    )
    return condition


def had_it(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was had within the months of the setting before the end of the period."""
    return queries.held_with(
        columns.person_id,
        columns.subject_id,
        period.closing(queries.covered_for),
        period.closing(),
    )


indicators.register(
    Indicator(
        "subjects-covered",
        lazy("培训科目覆盖"),
        lazy("在职人员（总经理在内）与在用科目的组合中，规定月数内参加过该科目培训的"),
        MODULE,
        cases,
        there_by_then,
        had_it,
    )
)
