"""What tests tell the platform: permissions, module, settings, tasks, verbs, sentences, documents, search, growth."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core import (
    checks,
    clock,
    documents,
    growth,
    jobs,
    modules,
    search,
    sentences,
    settings,
    tasks,
    timeline,
)
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor, Role, register_permissions
from app.core.questions import KIND_LABELS
from app.core.timeline import Verb
from app.features.exams import actions, queries
from app.features.exams.answering import SHOW_ANSWERS, right_count
from app.features.exams.enums import (
    CERTIFICATE,
    DIFFICULTY_LABELS,
    EXAM,
    EXAM_QUESTION,
    MODULE,
    SHOW_LABELS,
    ExamPerm,
    ShowAnswers,
)
from app.features.exams.models import Certificate, Exam, ExamSheet
from app.features.people.leaving import LeaverCheck, register_leaver_check

register_permissions(
    ExamPerm,
    {
        ExamPerm.KEEP: (lazy("维护题库，组织测试"), {Role.PEOPLE, Role.MANAGER}),
        ExamPerm.RESULTS: (lazy("按姓名查看测试结果和证书"), {Role.PEOPLE, Role.MANAGER, Role.LEADER}),
        ExamPerm.CERTIFY: (lazy("颁发和撤销证书"), {Role.PEOPLE}),
    },
)
modules.register(
    modules.Module(MODULE, lazy("测试与证书"), preset=modules.STANDARD, parent="training", order=20)
)
modules.own_documents(MODULE, EXAM, EXAM_QUESTION, CERTIFICATE)
settings.register(
    settings.Setting(
        SHOW_ANSWERS,
        "choice",
        str(ShowAnswers.AFTER_CLOSING),
        lazy("何时公布测试的正确答案"),
        section="training",
        choices=tuple((str(code), label) for code, label in SHOW_LABELS.items()),
        module=MODULE,
    )
)
tasks.register_kinds(tasks.TaskKind("exam:answer", lazy("参加测试"), lags=True, ends_with_person=True))
timeline.register_verbs(
    Verb("exam_question:add", lazy_in_context("event", "录入题目")),
    Verb("exam_question:import", lazy("从表格导入题目")),
    Verb("exam_question:change", lazy_in_context("event", "修改题目"), folds=True),
    Verb("exam_question:retire", lazy_in_context("event", "停用题目"), tone="bad"),
    Verb("exam_question:restore", lazy_in_context("event", "恢复使用题目"), tone="ok"),
    Verb("exam:create", lazy_in_context("event", "拟定测试")),
    Verb("exam:change", lazy_in_context("event", "修改测试"), folds=True),
    Verb("exam:choose", lazy("选定 %(count)s 题"), frozenset({"count"}), folds=True),
    Verb("exam:begin", lazy("开始第 %(attempt)s 次作答"), frozenset({"attempt"})),
    Verb("exam:hand-in", lazy("交卷（第 %(attempt)s 次）"), frozenset({"attempt"}), tone="ok"),
    Verb("exam_certificate:issue", lazy_in_context("event", "颁发证书"), tone="ok"),
    Verb("exam_certificate:revoke", lazy_in_context("event", "撤销证书"), tone="bad"),
)
timeline.register_field_labels(
    {
        "exam_question.kind": lazy("题型"),
        "exam_question.text": lazy("题目"),
        "exam_question.options": lazy_in_context("question", "选项"),
        "exam_question.answers": lazy("正确选项"),
        "exam_question.subject": lazy("科目"),
        "exam_question.difficulty": lazy("难度"),
        "exam_question.about": lazy_in_context("question", "出处"),
        "exam_question.explanation": lazy("解析"),
        "exam.title": lazy("名称"),
        "exam.session": lazy("培训"),
        "exam.subject": lazy("科目"),
        "exam.department": lazy("部门"),
        "exam.pass_mark": lazy("及格线（%%）"),
        "exam.attempts": lazy("可答次数"),
        "exam.opens_at": lazy("开始时间"),
        "exam.closes_at": lazy("截止时间"),
        "exam.draw_count": lazy("随机抽题"),
        "exam.draw_subject": lazy("抽题的科目"),
        "exam.draw_difficulty": lazy("抽题的难度"),
    }
)
timeline.register_value_labels(
    {
        "exam_question.kind": {str(code): label for code, label in KIND_LABELS.items()},
        "exam_question.difficulty": {str(code): label for code, label in DIFFICULTY_LABELS.items()},
        "exam.draw_difficulty": {str(code): label for code, label in DIFFICULTY_LABELS.items()},
    }
)
sentences.register(
    {
        "exam_question:already-active": lazy("这道题正在使用，不需要恢复"),
        "exam_question:already-retired": lazy("这道题已经停用"),
        "exam:over-already": lazy("截止时间已过，请先把截止时间改到以后，再发布"),
        "exam:no-questions": lazy("还没有题目，请先选题，或填写随机抽题的数量"),
        "exam:too-few-questions": lazy(
            "要随机抽 %(wanted)s 题，题库里符合条件的只有 %(there)s 题；请减少数量或放宽条件"
        ),
        "exam:answered-already": lazy("已有人开始作答，不能收回；可以结束或取消这场测试"),
        "exam:not-present": lazy("这是一场培训的测试，只有到场的人才能作答；确已到场的，请主持人补登签到"),
        "exam:not-concerned": lazy("这场测试不是面向您所在部门的"),
        "exam:cancelled": lazy("这场测试已取消，不用作答"),
        "exam:over": lazy("测试已于 %(when)s 截止，不能再交卷；此前保存的答案都还在"),
        "exam:not-yet": lazy("测试还没有开始，请在 %(when)s 以后作答"),
        "exam:passed-already": lazy("您已经及格，不用再答"),
        "exam:no-attempt-left": lazy("每人可答 %(attempts)s 次，您已经用完"),
        "exam:not-begun": lazy("您还没有开始作答，请先点“开始作答”"),
        "exam:handed-in-already": lazy("您已于 %(when)s 交卷，得分 %(score)s，这次提交没有改变结果"),
        "exam_certificate:revoked-already": lazy("这份证书已经撤销"),
    }
)
for verb in ("call-roll", "sign-in-sheet", "sign-in"):
    timeline.on(f"training_session:{verb}", actions.after_attendance)
jobs.register_job("exams:keep-up", actions.keep_up, every=actions.KEEP_UP_EVERY)


def exam_address(exam_id: int) -> str:
    """Return the address of a test's page."""
    return f"/exams/{exam_id}"


def question_address(question_id: int) -> str:
    """Return the address of a question's page."""
    return f"/exams/bank/{question_id}"


def certificate_address(certificate_id: int) -> str:
    """Return the address of a certificate's page."""
    return f"/exams/certificates/{certificate_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=EXAM,
        label=lazy_in_context("document", "测试"),
        url=exam_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Exam,
    ),
    documents.DocumentType(
        doc_type=EXAM_QUESTION,
        label=lazy_in_context("document", "题目"),
        url=question_address,
        titles=queries.question_titles,
        visible=queries.visible_questions,
    ),
    documents.DocumentType(
        doc_type=CERTIFICATE,
        label=lazy_in_context("document", "证书"),
        url=certificate_address,
        titles=queries.certificate_titles,
        visible=queries.visible_certificates,
    ),
)
search.register_source(
    search.SearchSource(
        doc_type=EXAM, label=lazy("测试"), visible=queries.visible_ids, url=exam_address, order=72
    ),
    search.SearchSource(
        doc_type=CERTIFICATE,
        label=lazy("证书"),
        visible=queries.visible_certificates,
        url=certificate_address,
        order=73,
    ),
)


def passed_tests(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[growth.GrowthEntry]]:
    """Return how many tests a person passed, and the last of them that the reader may see."""
    statement = (
        select(Exam.id, Exam.title, func.max(ExamSheet.submitted_at).label("at"))
        .join(ExamSheet, ExamSheet.exam_id == Exam.id)
        .where(ExamSheet.user_id == user_id, ExamSheet.passed.is_(True), queries.condition(reader))
        .group_by(Exam.id, Exam.title)
    )
    count = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    rows = session.execute(statement.order_by(func.max(ExamSheet.submitted_at).desc(), Exam.id).limit(limit))
    return count, [
        growth.GrowthEntry(
            clock.to_local(row.at).date(), _("通过测试“%(title)s”", title=row.title), exam_address(row.id)
        )
        for row in rows
    ]


def certificates_held(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[growth.GrowthEntry]]:
    """Return how many certificates of a person stand, and the last of them that the reader may see."""
    condition = (
        Certificate.user_id == user_id,
        Certificate.revoked_at.is_(None),
        queries.certificate_condition(reader),
    )
    count = session.execute(select(func.count(Certificate.id)).where(*condition)).scalar_one()
    rows = session.execute(
        select(Certificate.id, Certificate.title, Certificate.issued_on)
        .where(*condition)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
        .limit(limit)
    )
    return count, [growth.GrowthEntry(row.issued_on, row.title, certificate_address(row.id)) for row in rows]


register_leaver_check(
    LeaverCheck(
        queries.owned_open,
        lazy("拟定的 %(count)s 场测试还没有结束，请先结束或取消"),
        "/exams?status=published",
        ExamPerm.KEEP,
    )
)


def check_sheets() -> list[str]:
    """Find sheets whose result is not what their answers give."""
    rows = session.execute(select(ExamSheet).where(ExamSheet.submitted_at.is_not(None))).unique().scalars()
    return [
        _("测试 %(number)s 第 %(sheet)s 份答卷的得分与答案不符", number=sheet.exam.number, sheet=sheet.id)
        for sheet in rows
        if sheet.right_count != right_count(sheet.exam.items, sheet.answers)
    ]


checks.register_check("exam results", check_sheets)
growth.register(
    growth.GrowthSource("exams", lazy("通过的测试"), passed_tests, MODULE, order=30),
    growth.GrowthSource("certificates", lazy("证书"), certificates_held, MODULE, order=35),
)
