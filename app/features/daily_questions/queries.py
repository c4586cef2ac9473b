"""What is read of the daily question: today's, and how far the rules are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from app.core import clock, modules, workdays
from app.core.db import session
from app.core.permissions import Actor
from app.core.prepared import read
from app.features.daily_questions.boxes import KNOWN
from app.features.daily_questions.enums import MODULE
from app.features.daily_questions.models import QuestionProgress
from app.features.people.audience import own_department_chain, own_roles
from app.features.rules.models import (
    TODAY,
    ClauseText,
    RuleQuestion,
    RuleScope,
    RuleVersion,
    is_in_force,
)
from app.features.rules.queries import concerns


@dataclass(frozen=True)
class DailyQuestion:
    """Today's question of a person; after the answer with what was chosen, and when it comes back."""

    id: int
    rule_id: int
    title: str
    text: str
    options: Sequence[str]
    answer: int
    clause_id: int | None
    clause: str | None
    answered_on: date | None
    due_on: date | None
    chosen: int | None
    was_right: bool | None

    @property
    def is_answered(self) -> bool:
        """Whether it was answered today."""
        return self.answered_on == clock.today()


@dataclass(frozen=True)
class RuleMastery:
    """How far a person knows a rule: its questions, those answered, those known, those answered wrong last."""

    rule_id: int
    title: str
    questions: int
    answered: int
    known: int
    wrong: int


def of_today(actor: Actor) -> DailyQuestion | None:
    """Return an actor's question of today by one statement: the one answered today, else what is due, else a new one.

    None on a day off, where the module is off, and where no rule in force that concerns the actor has one left.
    """
    if actor.id is None or not modules.is_on(MODULE) or not workdays.is_working_day(clock.today()):
        return None
    chain, roles = tuple(own_department_chain(actor)), tuple(sorted(own_roles(actor)))
    rows = read(statement_of_today(actor.id, chain, roles))
    return DailyQuestion(*rows[0]) if rows else None


@lru_cache(512)
def statement_of_today(
    user_id: int, departments: tuple[int, ...], roles: tuple[str, ...]
) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the question of the day (``TODAY``); made once for a person, every workbench sends it."""
    scoped = select(RuleScope.version_id).where(
        or_(RuleScope.department_id.in_(departments), RuleScope.role.in_(roles))
    )
    return (
        select(
            RuleQuestion.id,
            RuleVersion.rule_id,
            RuleVersion.title,
            RuleQuestion.text,
            RuleQuestion.options,
            RuleQuestion.answer,
            RuleQuestion.clause_id,
            ClauseText.cited,
            QuestionProgress.answered_on,
            QuestionProgress.due_on,
            QuestionProgress.chosen,
            QuestionProgress.was_right,
        )
        .join(RuleVersion, RuleVersion.id == RuleQuestion.version_id)
        .outerjoin(
            QuestionProgress,
            and_(
                QuestionProgress.user_id == user_id,
                QuestionProgress.rule_id == RuleVersion.rule_id,
                QuestionProgress.text == RuleQuestion.text,
            ),
        )
        .outerjoin(
            ClauseText,
            and_(
                ClauseText.version_id == RuleQuestion.version_id,
                ClauseText.clause_id == RuleQuestion.clause_id,
            ),
        )
        .where(
            or_(
                QuestionProgress.id.is_(None),
                QuestionProgress.due_on <= TODAY,
                QuestionProgress.answered_on == TODAY,
            ),
            or_(RuleVersion.for_everybody, RuleVersion.id.in_(scoped)),
            is_in_force(),
        )
        .order_by(
            case((QuestionProgress.answered_on == TODAY, 0), else_=1),
            case((QuestionProgress.id.is_(None), 1), else_=0),
            QuestionProgress.due_on,
            RuleQuestion.position,
            RuleQuestion.id,
        )
        .limit(1)
    )


def progress_of(user_id: int, rule_id: int, text: str) -> QuestionProgress | None:
    """Return how a person stands with a question, locked against a second answer; None before the first."""
    statement = (
        select(QuestionProgress)
        .where(
            QuestionProgress.user_id == user_id,
            QuestionProgress.rule_id == rule_id,
            QuestionProgress.text == text,
        )
        .with_for_update()
    )
    return session.execute(statement).scalar_one_or_none()


def mastery_of(actor: Actor) -> list[RuleMastery]:
    """Return how far an actor knows each rule in force that concerns them and has questions, by title."""
    rows = session.execute(
        select(
            RuleVersion.rule_id,
            RuleVersion.title,
            func.count(RuleQuestion.id),
            func.count(QuestionProgress.id),
            func.sum(case((QuestionProgress.box >= KNOWN, 1), else_=0)),
            func.sum(case((QuestionProgress.was_right.is_(False), 1), else_=0)),
        )
        .select_from(RuleQuestion)
        .join(RuleVersion, RuleVersion.id == RuleQuestion.version_id)
        .outerjoin(
            QuestionProgress,
            and_(
                QuestionProgress.user_id == actor.id,
                QuestionProgress.rule_id == RuleVersion.rule_id,
                QuestionProgress.text == RuleQuestion.text,
            ),
        )
        .where(is_in_force(), concerns(actor))
        .group_by(RuleVersion.rule_id, RuleVersion.title)
        .order_by(RuleVersion.title)
    )
    return [RuleMastery(*row) for row in rows]
