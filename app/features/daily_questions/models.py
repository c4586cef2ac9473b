"""The table of the daily question: how far a person knows a question of a rule."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.features.daily_questions.boxes import FIRST, LAST


class QuestionProgress(Model):
    """How a person stands with a question, which is known by its rule and its words.

    So a revision of the rule that keeps the question keeps what is known of it. ``chosen`` is the place of the option
    chosen last.
    """

    __tablename__ = "question_progress"
    __table_args__ = (
        CheckConstraint(f"box BETWEEN {FIRST} AND {LAST}", name="box"),
        CheckConstraint("right_count + wrong_count > 0", name="answered"),
        UniqueConstraint("user_id", "rule_id", "text", name="uq_question_progress_person"),
        Index("ix_question_progress_rule", "rule_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), nullable=False)
    text: Mapped[str] = mapped_column(String(300), nullable=False)
    box: Mapped[int] = mapped_column(Integer, nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    answered_on: Mapped[date] = mapped_column(Date, nullable=False)
    chosen: Mapped[int] = mapped_column(Integer, nullable=False)
    was_right: Mapped[bool] = mapped_column(nullable=False)
    right_count: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    wrong_count: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
