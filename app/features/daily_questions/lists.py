"""How far the rules are known, by department in figures and by person in names."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, case, cast, func, literal, select

from app.core.db import in_departments, session
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, departments_of
from app.features.daily_questions.boxes import KNOWN
from app.features.daily_questions.enums import DailyQuestionPerm
from app.features.daily_questions.models import QuestionProgress
from app.features.people.models import Department, User
from app.features.people.queries import department_choices
from app.features.rules.models import RuleQuestion, RuleVersion, is_in_force

APART = 10**9


def percent(row: Row[Any]) -> str:
    """Return the share of answered questions that are known."""
    return f"{Decimal(row.share) / 10}%"


def answered() -> Select[Any]:
    """Return the SELECT of what active people answered of the questions in force, with rule, person, department."""
    return (
        select(QuestionProgress)
        .join(RuleVersion, RuleVersion.rule_id == QuestionProgress.rule_id)
        .join(
            RuleQuestion,
            and_(RuleQuestion.version_id == RuleVersion.id, RuleQuestion.text == QuestionProgress.text),
        )
        .join(User, User.id == QuestionProgress.user_id)
        .where(is_in_force(), User.active)
    )


def figures() -> tuple[ColumnElement[int], ...]:
    """Return what is counted of answered questions: answered, known, wrong when last asked."""
    return (
        func.count(QuestionProgress.id).label("answered"),
        func.sum(case((QuestionProgress.box >= KNOWN, 1), else_=0)).label("known"),
        func.sum(case((QuestionProgress.was_right.is_(False), 1), else_=0)).label("wrong"),
    )


def figure_columns(grouped: Any) -> Sequence[Column]:
    """Return the columns of the figures."""
    share = grouped.c.known * 1000 // grouped.c.answered
    return (
        Column("answered", lazy("答过"), grouped.c.answered, "number"),
        Column("known", lazy("已掌握"), grouped.c.known, "number"),
        Column("wrong", lazy("最近答错"), grouped.c.wrong, "number"),
        Column("share", lazy("掌握率"), cast(share, BigInteger), "number", text=percent),
    )


def rule_filter(grouped: Any) -> Filter:
    """Return the filter by rule: those in force that have questions."""
    rows = session.execute(
        select(RuleVersion.rule_id, RuleVersion.title)
        .join(RuleQuestion, RuleQuestion.version_id == RuleVersion.id)
        .where(is_in_force())
        .distinct()
        .order_by(RuleVersion.title)
    )
    return Filter(
        "rule",
        lazy("制度"),
        grouped.c.rule_id,
        kind="person",
        options=[(str(row.rule_id), row.title) for row in rows],
    )


def department_filter(grouped: Any) -> Filter:
    """Return the filter by department."""
    options = [(str(code), label) for code, label in department_choices()]
    return Filter("department", lazy("部门"), grouped.c.department_id, kind="person", options=options)


class DepartmentMastery(Listing):
    """How far each rule is known in each department, in figures."""

    default_sort = "share"

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list; who sees names finds the way to them."""
        grouped = (
            answered()
            .with_only_columns(
                RuleVersion.rule_id,
                RuleVersion.title,
                User.department_id,
                func.count(QuestionProgress.user_id.distinct()).label("people"),
                *figures(),
                maintain_column_froms=True,
            )
            .group_by(RuleVersion.rule_id, RuleVersion.title, User.department_id)
            .subquery()
        )
        reach = departments_of(actor, DailyQuestionPerm.NAMES)

        def names(row: Row[Any]) -> str | None:
            """Return where the names behind a row are, for who may know them."""
            if reach is not None and row.department_id not in reach:
                return None
            return url_for("daily_questions.people", rule=row.rule_id, department=row.department_id)

        self.searched = (grouped.c.title, Department.name)
        columns = (
            Column("title", lazy("制度名称"), grouped.c.title),
            Column("department", lazy("部门"), func.coalesce(Department.name, literal("—"))),
            Column("people", lazy("参加人数"), grouped.c.people, "number", href=names),
            *figure_columns(grouped),
            Column("rule_id", "", grouped.c.rule_id, hidden=True, sortable=False),
            Column("department_id", "", grouped.c.department_id, hidden=True, sortable=False),
        )
        base: Select[Any] = (
            select(grouped.c.rule_id)
            .select_from(grouped)
            .outerjoin(Department, Department.id == grouped.c.department_id)
        )
        filters = (rule_filter(grouped), department_filter(grouped))
        super().__init__(base, arguments, path, columns=columns, filters=filters)
        self._row_id = cast(grouped.c.rule_id, BigInteger) * APART + func.coalesce(grouped.c.department_id, 0)


class PersonMastery(Listing):
    """How far each person knows each rule: for the head of the department, the leader and personnel."""

    default_sort = "share"

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for who may know the names."""
        grouped = (
            answered()
            .where(in_departments(User.department_id, departments_of(actor, DailyQuestionPerm.NAMES)))
            .with_only_columns(
                RuleVersion.rule_id,
                RuleVersion.title,
                User.id.label("person_id"),
                User.name,
                User.staff_number,
                User.department_id,
                func.max(QuestionProgress.answered_on).label("answered_on"),
                *figures(),
                maintain_column_froms=True,
            )
            .group_by(
                RuleVersion.rule_id,
                RuleVersion.title,
                User.id,
                User.name,
                User.staff_number,
                User.department_id,
            )
            .subquery()
        )
        self.searched = (grouped.c.name, grouped.c.staff_number, grouped.c.title)
        columns = (
            Column("name", lazy("姓名"), grouped.c.name, "person"),
            Column("staff_number", lazy("工号"), grouped.c.staff_number),
            Column("department", lazy("部门"), func.coalesce(Department.name, literal("—"))),
            Column("title", lazy("制度名称"), grouped.c.title),
            *figure_columns(grouped),
            Column("answered_on", lazy("最近答题"), grouped.c.answered_on, "date"),
        )
        base: Select[Any] = (
            select(grouped.c.rule_id)
            .select_from(grouped)
            .outerjoin(Department, Department.id == grouped.c.department_id)
        )
        filters = (rule_filter(grouped), department_filter(grouped))
        super().__init__(base, arguments, path, columns=columns, filters=filters)
        self._row_id = cast(grouped.c.rule_id, BigInteger) * APART + grouped.c.person_id
