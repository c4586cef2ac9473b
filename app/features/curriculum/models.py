"""Tables of the curriculum: career levels, where people stand, plans by stage and level with what they ask for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Model, UTCDateTime, VersionedMixin, one_of
from app.core.db_objects import make_append_only
from app.features.curriculum.enums import Stage
from app.features.exams.models import Exam
from app.features.people.models import User
from app.features.training.models import TrainingSubject

MOST_SESSIONS = 20


class CareerLevel(VersionedMixin, Model):
    """A level of the career, such as 骨干; ``rank`` orders them. ``points_needed`` is asked of who moves up to it."""

    __tablename__ = "career_level"
    __table_args__ = (
        CheckConstraint("rank >= 1", name="rank"),
        CheckConstraint("points_needed >= 0", name="points_needed"),
    )

    rank: Mapped[int] = mapped_column(Integer, nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    description: Mapped[str] = mapped_column(Text, nullable=False, default="")
    points_needed: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)


class CareerPlacement(Model):
    """That a person stands at a level from a day on; the last one begun holds. None is ever changed or taken away."""

    __tablename__ = "career_placement"
    __table_args__ = (Index("ix_career_placement_person", "user_id", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    level_id: Mapped[int] = mapped_column(ForeignKey("career_level.id"), nullable=False, index=True)
    since: Mapped[date] = mapped_column(Date, nullable=False)
    note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    level: Mapped[CareerLevel] = relationship(lazy="joined", innerjoin=True)
    noted_by: Mapped[User] = relationship(foreign_keys=[noted_by_id], lazy="joined", innerjoin=True)


make_append_only(CareerPlacement.__table__)  # type: ignore[arg-type]


class CurriculumPlan(VersionedMixin, Model):
    """What a level asks for in a stage of the company; several plans of one stage and level are asked for together."""

    __tablename__ = "curriculum_plan"
    __table_args__ = (CheckConstraint(one_of("stage", Stage), name="stage"),)

    title: Mapped[str] = mapped_column(String(120), nullable=False)
    stage: Mapped[str] = mapped_column(String(12), nullable=False)
    level_id: Mapped[int] = mapped_column(ForeignKey("career_level.id"), nullable=False, index=True)
    description: Mapped[str] = mapped_column(Text, nullable=False, default="")
    active: Mapped[bool] = mapped_column(nullable=False, default=True)

    level: Mapped[CareerLevel] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list["CurriculumItem"]] = relationship(
        back_populates="plan",
        order_by="CurriculumItem.position",
        cascade="all, delete-orphan",
        lazy="selectin",
    )


class CurriculumItem(Model):
    """A part of a plan: so many sessions of a subject, a test to be passed, or both."""

    __tablename__ = "curriculum_item"
    __table_args__ = (
        CheckConstraint(f"sessions_needed BETWEEN 0 AND {MOST_SESSIONS}", name="sessions_needed"),
        CheckConstraint("sessions_needed > 0 OR exam_id IS NOT NULL", name="something"),
        Index("ix_curriculum_item_plan", "plan_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("curriculum_plan.id"), nullable=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    subject_id: Mapped[int] = mapped_column(ForeignKey("training_subject.id"), nullable=False)
    topic: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    sessions_needed: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exam.id"), index=True)

    plan: Mapped[CurriculumPlan] = relationship(back_populates="items")
    subject: Mapped[TrainingSubject] = relationship(lazy="joined", innerjoin=True)
    exam: Mapped[Exam | None] = relationship(lazy="select")
