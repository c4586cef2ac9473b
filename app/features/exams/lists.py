"""Questions, tests, results and certificates as lists."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, case, func, literal, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import in_departments
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor, departments_of
from app.core.questions import KIND_LABELS
from app.features.exams import queries
from app.features.exams.enums import DIFFICULTY_LABELS, ExamPerm
from app.features.exams.flow import FLOW
from app.features.exams.models import Certificate, Exam, ExamItem, ExamQuestion, ExamSheet
from app.features.people.models import Department, User
from app.features.training.models import TrainingSubject
from app.features.training.queries import subject_choices

STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
KINDS = {str(code): label for code, label in KIND_LABELS.items()}
DIFFICULTIES = {str(code): label for code, label in DIFFICULTY_LABELS.items()}
USED, RETIRED = "used", "retired"
ACTIVE_LABELS = {"True": lazy("使用中"), "False": lazy("已停用")}
ACTIVE_TONES = {"True": "ok", "False": "neutral"}
PASSED_LABELS = {"True": lazy("及格"), "False": lazy("未及格")}
PASSED_TONES = {"True": "ok", "False": "bad"}
VALID, EXPIRED, REVOKED = "valid", "expired", "revoked"
STANDINGS = {VALID: lazy("有效"), EXPIRED: lazy("已过期"), REVOKED: lazy_in_context("certificate", "已撤销")}
STANDING_TONES = {VALID: "ok", EXPIRED: "warn", REVOKED: "bad"}
TIMES_USED = (
    select(func.count())
    .where(ExamItem.question_id == ExamQuestion.id)
    .correlate(ExamQuestion)
    .scalar_subquery()
)
ITEMS = select(func.count()).where(ExamItem.exam_id == Exam.id).correlate(Exam).scalar_subquery()


def question_address(row: Row[Any]) -> str:
    """Return the address of a row's question."""
    return url_for("exam_bank.show", question_id=row.row_id)


def exam_address(row: Row[Any]) -> str:
    """Return the address of a row's test."""
    return url_for("exams.show_exam", exam_id=row.row_id)


def certificate_address(row: Row[Any]) -> str:
    """Return the address of a row's certificate."""
    return url_for("exams.show_certificate", certificate_id=row.row_id)


def is_used(value: str) -> ColumnElement[bool]:
    """Return the condition of the filter on use."""
    return ExamQuestion.active.is_(value == USED)


class QuestionList(Listing):
    """The question bank."""

    searched = (ExamQuestion.text, ExamQuestion.about)
    default_sort = "-changed"
    row_id = ExamQuestion.id
    columns = (
        Column("text", lazy("题目"), ExamQuestion.text, "link", href=question_address),
        Column("about", lazy_in_context("question", "出处"), ExamQuestion.about, below="text"),
        Column("kind", lazy("题型"), ExamQuestion.kind, labels=KINDS),
        Column("subject", lazy("科目"), TrainingSubject.name),
        Column("difficulty", lazy("难度"), ExamQuestion.difficulty, labels=DIFFICULTIES),
        Column("used", lazy("用过次数"), TIMES_USED, "number"),
        Column(
            "active", lazy("状态"), ExamQuestion.active, "status", labels=ACTIVE_LABELS, tones=ACTIVE_TONES
        ),
        Column("changed", lazy("最近修改"), ExamQuestion.updated_at, "datetime"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for who keeps the bank."""
        subjects = [(str(number), name) for number, name in subject_choices()]
        filters = (
            Filter("subject", lazy("科目"), ExamQuestion.subject_id, kind="person", options=subjects),
            Filter("kind", lazy("题型"), ExamQuestion.kind, options=list(KINDS.items())),
            Filter("difficulty", lazy("难度"), ExamQuestion.difficulty, options=list(DIFFICULTIES.items())),
            Filter(
                "use",
                lazy("状态"),
                options=[(USED, lazy("使用中")), (RETIRED, lazy("已停用"))],
                condition=is_used,
            ),
        )
        base = queries.visible_questions(actor).join(
            TrainingSubject, TrainingSubject.id == ExamQuestion.subject_id
        )
        super().__init__(base, arguments, path, filters=filters)


class ExamList(Listing):
    """The tests a reader may see, those that close last first, with the reader's own best result."""

    searched = (Exam.number, Exam.title, TrainingSubject.name)
    default_sort = "-closes_at"
    row_id = Exam.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        own = (
            select(func.max(100 * ExamSheet.right_count // ExamSheet.total))
            .where(ExamSheet.exam_id == Exam.id, ExamSheet.user_id == (actor.id or 0))
            .correlate(Exam)
            .scalar_subquery()
        )
        columns = (
            Column("number", lazy("编号"), Exam.number, "link", href=exam_address),
            Column("title", lazy("名称"), Exam.title, "link", href=exam_address),
            Column("subject", lazy("科目"), TrainingSubject.name),
            Column("department", lazy("面向部门"), Department.name),
            Column("items", lazy("题数"), ITEMS, "number", sortable=False),
            Column("opens_at", lazy("开始时间"), Exam.opens_at, "datetime"),
            Column("closes_at", lazy("截止时间"), Exam.closes_at, "datetime"),
            Column("own", lazy("我的成绩"), own, "number", sortable=False),
            Column("status", lazy("状态"), Exam.status, "status", labels=STATES, tones=TONES),
        )
        filters = (
            Filter("status", lazy("状态"), Exam.status, options=list(STATES.items())),
            Filter("closes", lazy("截止日期"), Exam.closes_at, kind="date_range"),
        )
        base = (
            queries.visible_ids(actor)
            .outerjoin(TrainingSubject, TrainingSubject.id == Exam.subject_id)
            .outerjoin(Department, Department.id == Exam.department_id)
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)


class ResultList(Listing):
    """The sheets of one test that were handed in, the best first: for who sees results by name."""

    searched = (User.name, User.staff_number)
    default_sort = "-score"
    row_id = ExamSheet.id
    columns = (
        Column("name", lazy("姓名"), User.name, "person"),
        Column("staff_number", lazy("工号"), User.staff_number),
        Column("department", lazy("部门"), func.coalesce(Department.name, literal("—"))),
        Column("attempt", lazy("第几次"), ExamSheet.attempt, "number"),
        Column("right", lazy("答对"), ExamSheet.right_count, "number"),
        Column("total", lazy("题数"), ExamSheet.total, "number"),
        Column("score", lazy("得分"), 100 * ExamSheet.right_count // ExamSheet.total, "number"),
        Column("passed", lazy("结果"), ExamSheet.passed, "status", labels=PASSED_LABELS, tones=PASSED_TONES),
        Column("submitted_at", lazy("交卷时间"), ExamSheet.submitted_at, "datetime"),
    )
    filters = (
        Filter(
            "passed",
            lazy("结果"),
            options=list(PASSED_LABELS.items()),
            condition=lambda value: ExamSheet.passed.is_(value == "True"),
        ),
    )

    def __init__(self, actor: Actor, exam: Exam, arguments: Mapping[str, str], path: str) -> None:
        """Open the list of a test; of people in departments whose results the reader may see."""
        base = (
            select(ExamSheet.id)
            .join(User, User.id == ExamSheet.user_id)
            .outerjoin(Department, Department.id == User.department_id)
            .where(
                ExamSheet.exam_id == exam.id,
                ExamSheet.submitted_at.is_not(None),
                in_departments(User.department_id, departments_of(actor, ExamPerm.RESULTS)),
            )
        )
        super().__init__(base, arguments, path)


def standing() -> ColumnElement[str]:
    """Return how a certificate stands today, as SQL."""
    return case(
        (Certificate.revoked_at.is_not(None), REVOKED),
        (Certificate.valid_until < clock.today(), EXPIRED),
        else_=VALID,
    )


def valid_text(row: Row[Any]) -> str:
    """Return until when a row's certificate is valid."""
    return row.valid_until.isoformat() if row.valid_until is not None else _("长期有效")


class CertificateList(Listing):
    """The certificates a reader may see, the newest first."""

    searched = (Certificate.number, Certificate.person_name, Certificate.title)
    default_sort = "-issued_on"
    row_id = Certificate.id

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        issuer = aliased(User)
        stands = standing()
        columns = (
            Column("number", lazy("证书编号"), Certificate.number, "link", href=certificate_address),
            Column("person", lazy("姓名"), Certificate.person_name, "person"),
            Column("title", lazy("证书名称"), Certificate.title),
            Column("issued_on", lazy("发证日期"), Certificate.issued_on, "date"),
            Column("valid_until", lazy("有效期至"), Certificate.valid_until, "date", shown_by=valid_text),
            Column("issuer", lazy("发证人"), issuer.name, "person"),
            Column("standing", lazy("状态"), stands, "status", labels=STANDINGS, tones=STANDING_TONES),
        )
        filters = (
            Filter(
                "standing",
                lazy("状态"),
                options=list(STANDINGS.items()),
                condition=lambda value: standing() == value,
            ),
        )
        base = queries.visible_certificates(actor).join(issuer, issuer.id == Certificate.issued_by_id)
        super().__init__(base, arguments, path, columns=columns, filters=filters)
