"""What the curriculum tells the platform: permissions, module, settings, verbs, sentences, documents."""

from app.core import documents, modules, sentences, settings, timeline
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.curriculum import enums, queries
from app.features.curriculum import indicators as indicators
from app.features.curriculum.enums import (
    CAREER_LEVEL,
    MODULE,
    PERIOD_LABELS,
    PLAN,
    RECORD,
    STAGE_LABELS,
    CurriculumPerm,
    PointsPeriod,
    Stage,
)

MOST_MONTHS = 60
MOST_POINTS = 1_000

register_permissions(
    CurriculumPerm,
    {
        CurriculumPerm.KEEP: (lazy("维护职业层级和培养计划，登记人员层级"), {Role.PEOPLE}),
        CurriculumPerm.VIEW: (
            lazy("按姓名查看培训档案、科目覆盖和积分"),
            {Role.PEOPLE, Role.MANAGER, Role.LEADER},
        ),
    },
)
modules.register(
    modules.Module(MODULE, lazy("培养计划与档案"), preset=modules.STANDARD, parent="exams", order=10)
)
modules.own_documents(MODULE, CAREER_LEVEL, PLAN, RECORD)


def number(key: str, default: int, label: LazyText, least: int, most: int) -> settings.Setting:
    """Return a setting that is a whole number between two bounds."""

    def check(value: object) -> LazyText | None:
        if isinstance(value, int) and least <= value <= most:
            return None
        return lazy("应是 %(least)s 到 %(most)s 之间的整数", least=least, most=most)

    return settings.Setting(key, "number", default, label, section="training", module=MODULE, check=check)


settings.register(
    settings.Setting(
        enums.STAGE,
        "choice",
        str(Stage.GROWTH),
        lazy("公司所处阶段（决定用哪些培养计划）"),
        section="training",
        choices=tuple((str(code), label) for code, label in STAGE_LABELS.items()),
        module=MODULE,
    ),
    number(enums.COVERED_MONTHS, 12, lazy("科目培训后多少个月内算覆盖"), 1, MOST_MONTHS),
    settings.Setting(
        enums.POINTS_PERIOD,
        "choice",
        str(PointsPeriod.YEAR),
        lazy("培训积分按什么周期累计"),
        section="training",
        choices=tuple((str(code), label) for code, label in PERIOD_LABELS.items()),
        module=MODULE,
    ),
    number(enums.POINTS_SESSION, 2, lazy("培训积分：全程到场一次"), 0, MOST_POINTS),
    number(enums.POINTS_LATE, 1, lazy("培训积分：迟到或早退一次"), 0, MOST_POINTS),
    number(enums.POINTS_CHAIR, 5, lazy("培训积分：主讲或主持一次"), 0, MOST_POINTS),
    number(enums.POINTS_TEST, 5, lazy("培训积分：通过一场测试"), 0, MOST_POINTS),
    number(enums.POINTS_CERTIFICATE, 10, lazy("培训积分：取得一份证书"), 0, MOST_POINTS),
)
timeline.register_verbs(
    Verb("career_level:add", lazy_in_context("event", "新增职业层级")),
    Verb("career_level:change", lazy_in_context("event", "修改职业层级"), folds=True),
    Verb("curriculum_plan:add", lazy_in_context("event", "新建培养计划")),
    Verb("curriculum_plan:change", lazy_in_context("event", "修改培养计划"), folds=True),
    Verb(
        "training_record:place",
        lazy("登记层级：%(level)s，自 %(since)s 起"),
        frozenset({"level", "since"}),
        tone="ok",
    ),
)
timeline.register_field_labels(
    {
        "career_level.rank": lazy("次序"),
        "career_level.name": lazy("层级名称"),
        "career_level.description": lazy("说明"),
        "career_level.points_needed": lazy("晋升所需积分"),
        "career_level.active": lazy("使用中"),
        "curriculum_plan.title": lazy("计划名称"),
        "curriculum_plan.stage": lazy("适用阶段"),
        "curriculum_plan.level": lazy("适用层级"),
        "curriculum_plan.description": lazy("说明"),
        "curriculum_plan.active": lazy("使用中"),
        "curriculum_plan.items": lazy("要求"),
    }
)
timeline.register_value_labels(
    {"curriculum_plan.stage": {str(code): label for code, label in STAGE_LABELS.items()}}
)
sentences.register(
    {"curriculum:own-level": lazy("不能登记自己的层级，请另一位有权的人来办")},
)


def plan_address(plan_id: int) -> str:
    """Return the address of a plan's page."""
    return f"/curriculum/plans/{plan_id}"


def record_address(user_id: int) -> str:
    """Return the address of a person's training record."""
    return f"/curriculum/people/{user_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=PLAN,
        label=lazy_in_context("document", "培养计划"),
        url=plan_address,
        titles=queries.plan_titles,
        visible=queries.visible_plans,
    ),
    documents.DocumentType(
        doc_type=CAREER_LEVEL,
        label=lazy_in_context("document", "职业层级"),
        url=lambda _level_id: "/curriculum/career",
        titles=queries.level_titles,
        visible=queries.visible_levels,
    ),
    documents.DocumentType(
        doc_type=RECORD,
        label=lazy_in_context("document", "培训档案"),
        url=record_address,
        titles=queries.names,
        visible=queries.visible_people,
    ),
)
