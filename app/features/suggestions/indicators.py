"""How far suggestions are answered in time: every deadline of acceptance, review and answer is a case."""

from sqlalchemy import ColumnElement, Integer, and_, case, literal, null, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.features.suggestions.enums import MODULE, SUGGESTION
from app.features.suggestions.models import Suggestion, SuggestionDeadline

IN_TIME = "suggestions.answered_in_time"


def deadlines(period: Period) -> Cases:
    """Return the deadlines that end in a span of time; one that stands still ends nowhere."""
    kept = SuggestionDeadline.met_at <= SuggestionDeadline.due_at
    return (
        select(
            SuggestionDeadline.id.label("case_id"),
            literal(SUGGESTION).label("doc_type"),
            Suggestion.id.label("doc_id"),
            null().cast(Integer).label("person_id"),
            Suggestion.department_id.label("department_id"),
            SuggestionDeadline.due_at.label("at"),
            SuggestionDeadline.met_at.label("met_at"),
            case((kept, 1), else_=0).label("good"),
        )
        .join(Suggestion, Suggestion.id == SuggestionDeadline.suggestion_id)
        .where(
            SuggestionDeadline.due_at >= period.start,
            SuggestionDeadline.due_at < period.end,
            SuggestionDeadline.paused.is_(False),
        )
    )


def was_due(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what was answered, and what should have been by now."""
    passed = or_(columns.met_at.is_not(None), columns.at < period.closing())
    return and_(indicators.happened(columns, period), passed)


indicators.register(
    Indicator(
        key=IN_TIME,
        label=lazy("建议按时答复"),
        meaning=lazy(
            "每条建议的受理、部门评审、公司评审和意见答复，都应在规定的工作日内办完；退回补充期间不计时"
        ),
        module=MODULE,
        cases=deadlines,
        due=was_due,
        kept=indicators.was_good,
    )
)
