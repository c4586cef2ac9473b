"""Reporting and answering in time, as the figures count them, for the rules that ask for it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import literal, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Indicator, Period
from app.features.figures.enums import Kind
from app.features.figures.models import FigureFact
from app.features.inquiries.enums import Subject


def facts(*conditions: Any) -> Callable[[Period], Cases]:
    """Return the cases of the facts that meet some conditions; in time is what the figures do not call late."""

    def cases(period: Period) -> Cases:
        first, after = period.days
        return select(
            FigureFact.id.label("case_id"),
            literal("inquiry").label("doc_type"),
            FigureFact.inquiry_id.label("doc_id"),
            FigureFact.owner_id.label("person_id"),
            FigureFact.department_id.label("department_id"),
            FigureFact.day.label("at"),
            (1 - FigureFact.late).label("good"),
        ).where(*conditions, FigureFact.day >= first, FigureFact.day < after)

    return cases


def answered(subject: Subject) -> Callable[[Period], Cases]:
    """Return the cases of the answers of a department."""
    return facts(FigureFact.kind == Kind.ANSWERED, FigureFact.outcome == str(subject))


indicators.register(
    Indicator(
        "inquiries-reported-in-time",
        lazy("询价按时上报"),
        lazy("本期首次上报的询价中，在上报时限内上报的"),
        "quotations",
        facts(FigureFact.kind == Kind.REPORTED),
        indicators.happened_on_day,
        indicators.was_good,
        at_kind="date",
    ),
    Indicator(
        "technical-answers-in-time",
        lazy("技术部按时答复"),
        lazy("本期技术部首次答复的明细中，在答复期限内答复的"),
        "quotations",
        answered(Subject.TECHNICAL),
        indicators.happened_on_day,
        indicators.was_good,
        at_kind="date",
    ),
    Indicator(
        "purchasing-answers-in-time",
        lazy("采购部按时答复"),
        lazy("本期采购部首次答复的明细中，在答复期限内答复的"),
        "quotations",
        answered(Subject.PURCHASING),
        indicators.happened_on_day,
        indicators.was_good,
        at_kind="date",
    ),
)
