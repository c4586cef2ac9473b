"""How the time that is left is told: 受理剩余 2 个工作日 · 王建国."""

from datetime import datetime

from app.core import clock, workdays
from app.core.i18n import gettext as _
from app.features.suggestions.enums import PHASES, SuggestionStatus


def clock_words(status: str, due_at: datetime | None, name: str) -> str:
    """Return what an open suggestion waits for, how long still, and who has it; an empty text for one that ended."""
    if status == SuggestionStatus.RETURNED:
        return _("等作者补充，时限暂停")
    phase = PHASES.get(SuggestionStatus(status))
    if phase is None:
        return ""
    return f"{left_words(str(phase), due_at)} · {name}" if name else left_words(str(phase), due_at)


def left_words(phase: str, due_at: datetime | None) -> str:
    """Return how long a phase has still, in working days."""
    if due_at is None:
        return phase
    due_on, today = clock.to_local(due_at).date(), clock.today()
    if due_at < clock.now():
        days = workdays.working_days_between(due_on, today)
        if days:
            return _("%(phase)s超期 %(days)s 个工作日", phase=phase, days=days)
        return _("%(phase)s今天已到时限", phase=phase)
    days = workdays.working_days_between(today, due_on)
    if days:
        return _("%(phase)s剩余 %(days)s 个工作日", phase=phase, days=days)
    return _("%(phase)s今天到期", phase=phase)
