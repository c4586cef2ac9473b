"""Tables of drills: templates, drills made from them, who plays and judges, stages, criteria, sheets of the judges."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import DocumentMixin, Model, UTCDateTime, VersionedMixin, one_of
from app.features.drills.enums import MOST_POINTS, DrillStatus, PartKind, StageKind
from app.features.people.models import Department, User


class DrillTemplate(VersionedMixin, Model):
    """What drills are made from: a scene, a task for each stage, the criteria of the score sheet.

    ``criteria`` are lines 「阶段 | 标准 | 权重」, checked before they are kept (``score_sheet.read``).
    """

    __tablename__ = "drill_template"

    name: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    scene: Mapped[str] = mapped_column(Text, nullable=False)
    survey_task: Mapped[str] = mapped_column(Text, nullable=False)
    proposal_task: Mapped[str] = mapped_column(Text, nullable=False)
    negotiation_task: Mapped[str] = mapped_column(Text, nullable=False)
    criteria: Mapped[str] = mapped_column(Text, nullable=False)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)


class Drill(DocumentMixin, Model):
    """A drill 情景演练; ``owner`` leads it. It keeps its own copy of tasks and criteria, whatever its template becomes.

    ``average`` and ``spread`` (highest less lowest) are of the judges' totals, in tenths of a point of 100; they are
    known once it is scored.
    """

    __tablename__ = "drill"
    __table_args__ = (
        CheckConstraint(one_of("status", DrillStatus), name="status"),
        CheckConstraint(
            "status NOT IN ('scored', 'debriefed') OR (average IS NOT NULL AND spread IS NOT NULL)",
            name="scored_has_a_result",
        ),
        Index("ix_drill_held_on", "held_on"),
    )

    title: Mapped[str] = mapped_column(String(80), nullable=False)
    template_id: Mapped[int] = mapped_column(ForeignKey("drill_template.id"), nullable=False, index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    held_on: Mapped[date] = mapped_column(Date, nullable=False)
    scene: Mapped[str] = mapped_column(Text, nullable=False)
    average: Mapped[int | None] = mapped_column(Integer)
    spread: Mapped[int | None] = mapped_column(Integer)
    good: Mapped[str] = mapped_column(Text, nullable=False, default="")
    bad: Mapped[str] = mapped_column(Text, nullable=False, default="")
    lesson: Mapped[str] = mapped_column(Text, nullable=False, default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_study.id"), index=True)

    owner: Mapped[User] = relationship(foreign_keys="Drill.owner_id", lazy="joined", innerjoin=True)
    template: Mapped[DrillTemplate] = relationship(lazy="joined", innerjoin=True)
    department: Mapped[Department | None] = relationship(lazy="joined")
    parts: Mapped[list["DrillPart"]] = relationship(order_by="DrillPart.id", cascade="all, delete-orphan")
    stages: Mapped[list["DrillStage"]] = relationship(
        order_by="DrillStage.place", cascade="all, delete-orphan"
    )
    criteria: Mapped[list["DrillCriterion"]] = relationship(
        order_by="DrillCriterion.place", cascade="all, delete-orphan"
    )
    sheets: Mapped[list["DrillSheet"]] = relationship(order_by="DrillSheet.id", cascade="all, delete-orphan")

    @property
    def players(self) -> list["DrillPart"]:
        """Who plays."""
        return [part for part in self.parts if part.kind == PartKind.PLAYER]

    @property
    def judges(self) -> list["DrillPart"]:
        """Who judges."""
        return [part for part in self.parts if part.kind == PartKind.JUDGE]

    @property
    def unscored(self) -> list[int]:
        """The judges whose sheet is not in."""
        given = {sheet.judge_id for sheet in self.sheets}
        return [part.user_id for part in self.judges if part.user_id not in given]

    def sheet_of(self, user_id: int | None) -> "DrillSheet | None":
        """Return the sheet of a judge."""
        return next((sheet for sheet in self.sheets if sheet.judge_id == user_id), None)


class DrillPart(Model):
    """Somebody in a drill, once each: so nobody judges what they play. ``role`` is whom a player plays."""

    __tablename__ = "drill_part"
    __table_args__ = (
        CheckConstraint(one_of("kind", PartKind), name="kind"),
        UniqueConstraint("drill_id", "user_id", name="uq_drill_part_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(8), nullable=False)
    role: Mapped[str] = mapped_column(String(40), nullable=False, default="")

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class DrillStage(Model):
    """A stage: its task, and once it was gone through what was noted of it."""

    __tablename__ = "drill_stage"
    __table_args__ = (
        CheckConstraint(one_of("kind", StageKind), name="kind"),
        UniqueConstraint("drill_id", "kind", name="uq_drill_stage_once"),
        CheckConstraint("(done_at IS NULL) = (notes = '')", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"), nullable=False)
    place: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    task: Mapped[str] = mapped_column(Text, nullable=False)
    notes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class DrillCriterion(Model):
    """A line of the score sheet; the weights of a drill add up to 100."""

    __tablename__ = "drill_criterion"
    __table_args__ = (
        CheckConstraint(one_of("stage", StageKind), name="stage"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
        UniqueConstraint("drill_id", "place", name="uq_drill_criterion_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"), nullable=False)
    place: Mapped[int] = mapped_column(Integer, nullable=False)
    stage: Mapped[str] = mapped_column(String(12), nullable=False)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    weight: Mapped[int] = mapped_column(Integer, nullable=False)


class DrillSheet(Model):
    """The sheet of a judge, one each."""

    __tablename__ = "drill_sheet"
    __table_args__ = (UniqueConstraint("drill_id", "judge_id", name="uq_drill_sheet_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"), nullable=False)
    judge_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    words: Mapped[str] = mapped_column(Text, nullable=False, default="")
    given_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    judge: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    scores: Mapped[list["DrillScore"]] = relationship(
        order_by="DrillScore.criterion_id", cascade="all, delete-orphan", lazy="joined"
    )

    @property
    def points(self) -> dict[int, int]:
        """The points by criterion."""
        return {score.criterion_id: score.points for score in self.scores}


class DrillScore(Model):
    """The points a judge gave for a criterion, 0 to 10."""

    __tablename__ = "drill_score"
    __table_args__ = (
        CheckConstraint(f"points BETWEEN 0 AND {MOST_POINTS}", name="points"),
        UniqueConstraint("sheet_id", "criterion_id", name="uq_drill_score_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("drill_sheet.id"), nullable=False)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("drill_criterion.id"), nullable=False, index=True)
    points: Mapped[int] = mapped_column(Integer, nullable=False)


def points_text(tenths: int | None) -> str:
    """Return points kept in tenths as they are written, 78.5; nothing for None."""
    return "" if tenths is None else str((Decimal(tenths) / 10).quantize(Decimal("0.1")))
