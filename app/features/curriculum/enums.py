"""Codes of the curriculum, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy, lazy_in_context

CAREER_LEVEL = "career_level"
PLAN = "curriculum_plan"
RECORD = "training_record"
MODULE = "curriculum"

STAGE = "curriculum.stage"
COVERED_MONTHS = "curriculum.covered_months"
POINTS_PERIOD = "curriculum.points_period"
POINTS_SESSION = "curriculum.points_session"
POINTS_LATE = "curriculum.points_late"
POINTS_CHAIR = "curriculum.points_chair"
POINTS_TEST = "curriculum.points_test"
POINTS_CERTIFICATE = "curriculum.points_certificate"


class Stage(StrEnum):
    """The stage of the company a plan is made for."""

    FOUNDING = "founding"
    GROWTH = "growth"
    EXPANSION = "expansion"


class PointsPeriod(StrEnum):
    """How long points are counted before they begin again."""

    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class CurriculumPerm(StrEnum):
    """The rights around the curriculum; everybody sees levels, plans, figures and the own record without any."""

    KEEP = "curriculum:plan:keep"
    VIEW = "curriculum:record:view"


STAGE_LABELS = {
    Stage.FOUNDING: lazy("创业期"),
    Stage.GROWTH: lazy("发展期"),
    Stage.EXPANSION: lazy("扩张期"),
}
PERIOD_LABELS = {
    PointsPeriod.QUARTER: lazy("按季度"),
    PointsPeriod.HALF: lazy_in_context("period", "按半年"),
    PointsPeriod.YEAR: lazy("按年"),
}
