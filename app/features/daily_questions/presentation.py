"""Today's question as a page shows it."""

from typing import Any

from flask import url_for

from app.core.i18n import gettext as _
from app.features.daily_questions.queries import DailyQuestion
from app.features.rules.queries import citation
from app.web import filters


def card(question: DailyQuestion | None, refusal: str = "") -> dict[str, Any] | None:
    """Return what the card of today's question needs: the question, or after the answer what was right and why."""
    if question is None:
        return None
    about = citation(question.title, question.clause) if question.clause else f"《{question.title}》"
    shown: dict[str, Any] = {
        "question": question.text,
        "about": about,
        "answered": question.is_answered,
        "refusal": refusal,
        "action": url_for("daily_questions.answer", question_id=question.id),
        "options": list(question.options),
    }
    if not question.is_answered:
        return shown
    anchor = f"clause-{question.clause_id}" if question.clause_id is not None else None
    # A correction of the rule may have taken an option away since.
    chosen = dict(enumerate(question.options)).get(-1 if question.chosen is None else question.chosen, "—")
    return shown | {
        "right": bool(question.was_right),
        "verdict": _("答对了") if question.was_right else _("答得不对"),
        "right_answer": question.options[question.answer],
        "chosen": chosen,
        "clause_url": url_for("rules.show_rule", rule_id=question.rule_id, _anchor=anchor),
        "again": _("%(day)s 再问", day=filters.date_text(question.due_on)),
    }
