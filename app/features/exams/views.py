"""The pages of tests: list, setting up, choosing questions, answering without scripts, results, certificates."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import timeline
from app.core.errors import Conflict, Invalid, Problem, Stale
from app.core.i18n import gettext as _
from app.core.permissions import can, require
from app.core.uow import unit_of_work
from app.features.exams import actions, answering, certificates, page, queries
from app.features.exams.enums import CERTIFICATE, DIFFICULTY_LABELS, Difficulty, ExamPerm
from app.features.exams.flow import FLOW
from app.features.exams.forms import (
    AnswerForm,
    CertificateForm,
    ChooseForm,
    ExamForm,
    NewExamForm,
    RevokeForm,
    filled_exam,
)
from app.features.exams.lists import (
    STANDING_TONES,
    STANDINGS,
    CertificateList,
    ExamList,
    ResultList,
)
from app.features.exams.models import Certificate, Exam
from app.features.exams.page import check_module
from app.features.people.queries import active_people, department_choices
from app.features.training.queries import subject_choices
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name
from app.web.step_pages import StepPages

blueprint = Blueprint("exams", __name__, url_prefix="/exams")

TEMPLATE = "exams/show.html"
USUAL = {"pass_mark": 80, "attempts": 1}
OFFERED_AT_ONCE = 200


def load(actor: Any, exam_id: int) -> Exam:
    """Return a test the reader may see; raises NotVisible."""
    check_module()
    return queries.get_exam(actor, exam_id)


@blueprint.get("")
@signed_in
def index() -> Any:
    check_module()
    actor = current_actor()
    keeps = can(actor, ExamPerm.KEEP)
    return show_list(
        ExamList(actor, request.args, request.path),
        _("测试"),
        new_url=url_for("exams.new") if keeps else "",
        new_label=_("拟定测试"),
        empty_text=_("还没有测试"),
        empty_hint=_("培训到场后的测试和面向部门的测试会列在这里"),
    )


# Setting up


def with_choices(form: NewExamForm | ExamForm, exam: Exam | None = None) -> Any:
    """Fill the choices of the form of a test."""
    form.session_id.choices = page.session_choices(
        current_actor(), exam.training_session if exam is not None else None
    )
    form.subject_id.choices = subject_choices(exam.subject_id if exam is not None else None)
    form.draw_subject_id.choices = subject_choices(exam.draw_subject_id if exam is not None else None)
    form.department_id.choices = department_choices()
    return form


def show_form(form: NewExamForm | ExamForm, status: int, exam: Exam | None = None) -> Any:
    """Show the form of a test."""
    return fragments.page(
        "exams/exam_form.html",
        fragment="form",
        status=status,
        heading=_("修改测试") if exam else _("拟定测试"),
        trail=page.trail(exam),
        form=form,
        published=exam is not None and exam.published_at is not None,
        cancel_url=page.address(exam) if exam else url_for("exams.index"),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(ExamPerm.KEEP)
def new() -> Any:
    """Begin a test; ``session`` in the address chooses the training session it belongs to."""
    check_module()
    form = with_choices(NewExamForm())
    if request.method != "POST":
        for name, value in USUAL.items():
            form[name].data = value
        asked = request.args.get("session", "")
        form.session_id.data = int(asked) if asked in dict(form.session_id.choices) and asked else None
        return show_form(form, 200)
    if not form.validate():
        return show_form(form, 422)
    try:
        with unit_of_work():
            address = once(
                form,
                lambda: page.address(actions.create_exam(actor=current_actor(), values=form.values())),
            )
    except Invalid as problem:
        return show_form(form, form.refuse(problem))
    flash(_("测试已拟定；选好题目后发布"), "ok")
    return fragments.go(address)


@blueprint.route("/<int:exam_id>/edit", methods=["GET", "POST"])
@requires(ExamPerm.KEEP)
def edit(exam_id: int) -> Any:
    """Change a test."""
    actor = current_actor()
    exam = load(actor, exam_id)
    require(actor, ExamPerm.KEEP, exam.department_id)
    form = with_choices(filled_exam(exam) if request.method != "POST" else ExamForm(), exam)
    if request.method != "POST":
        return show_form(form, 200, exam)
    if not form.validate():
        return show_form(form, 422, exam)
    try:
        with unit_of_work():
            row = queries.get_exam(actor, exam_id)
            actions.change_exam(row, actor=actor, version=form.version.data, values=form.values())
    except (Conflict, Invalid) as problem:
        row = queries.get_exam(actor, exam_id)
        status = form.refuse(problem, version=row.version if isinstance(problem, Stale) else None)
        return show_form(form, status, row)
    flash(_("已保存"), "ok")
    return fragments.go(page.address(exam))


@blueprint.route("/<int:exam_id>/questions", methods=["GET", "POST"])
@requires(ExamPerm.KEEP)
def choose(exam_id: int) -> Any:
    """Choose the questions of a draft out of the bank."""
    actor = current_actor()
    exam = load(actor, exam_id)
    require(actor, ExamPerm.KEEP, exam.department_id)
    form = ChooseForm()
    if request.method != "POST":
        form.version.data = exam.version
        return show_choose(exam, form, 200)
    try:
        with unit_of_work():
            actions.choose(
                queries.get_exam(actor, exam_id),
                actor=actor,
                version=form.version.data,
                offered=request.form.getlist("offered", type=int),
                chosen=request.form.getlist("chosen", type=int),
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_exam(actor, exam_id)
        status = form.refuse(problem, version=row.version if isinstance(problem, Stale) else None)
        return show_choose(row, form, status, set(request.form.getlist("chosen", type=int)))
    flash(_("选题已保存"), "ok")
    return fragments.go(page.address(exam))


def show_choose(exam: Exam, form: ChooseForm, status: int, ticked: set[int] | None = None) -> Any:
    """Show the questions of the bank with those that are chosen ticked."""
    subject = request.args.get("subject", type=int)
    subject_id = subject if subject is not None else exam.subject_id
    return fragments.page(
        "exams/choose.html",
        fragment="form",
        status=status,
        heading=_("选题"),
        trail=page.trail(exam),
        form=form,
        action=url_for("exams.choose", exam_id=exam.id, subject=subject_id or 0),
        rows=offered_rows(exam, subject_id, ticked),
        subjects=[(_("全部科目"), url_for("exams.choose", exam_id=exam.id, subject=0), not subject_id, 0)]
        + [
            (name, url_for("exams.choose", exam_id=exam.id, subject=number), number == subject_id, 0)
            for number, name in subject_choices()
        ],
        submit_label=_("保存选题"),
        cancel_url=page.address(exam),
    )


def offered_rows(exam: Exam, subject_id: int | None, ticked: set[int] | None) -> list[dict[str, Any]]:
    """Return the questions that are offered, each with what it is and whether it is ticked."""
    chosen = {item.question_id for item in exam.items} if ticked is None else ticked
    return [
        {
            "id": row.id,
            "text": row.text,
            "about": " · ".join(
                filter(
                    None, (row.subject.name, str(DIFFICULTY_LABELS[Difficulty(row.difficulty)]), row.about)
                )
            ),
            "ticked": row.id in chosen,
        }
        for row in queries.offered(subject_id or None, OFFERED_AT_ONCE)
    ]


# The page and its steps


@blueprint.get("/<int:exam_id>")
@signed_in
def show_exam(exam_id: int) -> Any:
    return show(load(current_actor(), exam_id))


def show(exam: Exam, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a test, with a refusal where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(exam, current_actor()),
        refusal=refusal,
    )


@blueprint.route("/<int:exam_id>/<name>", methods=["GET", "POST"])
@requires(ExamPerm.KEEP)
def exam_step(exam_id: int, name: str) -> Any:
    """Do a step of a test."""
    return STEPS.answer(name, exam_id)


STEPS = StepPages(
    flow=FLOW,
    load=load,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.buttons,
)


@blueprint.get("/<int:exam_id>/results")
@requires(ExamPerm.RESULTS)
def results(exam_id: int) -> Any:
    """List the results of a test by name."""
    actor = current_actor()
    exam = load(actor, exam_id)
    return show_list(
        ResultList(actor, exam, request.args, request.path),
        _("测试结果 %(number)s", number=exam.number),
        trail=page.trail(exam),
        list_facts=[exam.title, _("%(mark)s%% 及格", mark=exam.pass_mark)],
        empty_text=_("还没有人交卷"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


# Answering


@blueprint.post("/<int:exam_id>/start")
@signed_in
def start(exam_id: int) -> Any:
    """Begin an attempt, or go on with it."""
    actor = current_actor()
    try:
        with unit_of_work():
            answering.start(load(actor, exam_id), actor=actor)
    except Conflict as problem:
        return show(queries.get_exam(actor, exam_id), documents.refusal(problem))
    return fragments.go(url_for("exams.answer", exam_id=exam_id))


@blueprint.route("/<int:exam_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(exam_id: int) -> Any:
    """The sheet: saved as often as one likes, handed in once. What is refused shows what was ticked."""
    actor, form = current_actor(), AnswerForm()
    exam = load(actor, exam_id)
    if request.method != "POST":
        sheets = queries.sheets_of(exam.id, actor.id)
        if not sheets or sheets[-1].submitted_at is not None or not exam.is_open:
            return fragments.go(page.address(exam))
        return show_sheet(exam, form, 200, sheets[-1].answers)
    typed = typed_answers(exam)
    hands_in = "hand_in" in request.form
    try:
        with unit_of_work():
            row = queries.get_exam(actor, exam_id)
            if hands_in:
                sheet = answering.submit(row, actor=actor, answers=typed)
            else:
                sheet = answering.save(row, actor=actor, answers=typed)
    except Conflict as problem:
        ticked = {str(number): places for number, places in typed.items()}
        return show_sheet(queries.get_exam(actor, exam_id), form, problem.status, ticked, problem)
    if not hands_in:
        flash(_("答案已保存，还没有交卷"), "ok")
        return fragments.go(url_for("exams.answer", exam_id=exam_id))
    flash(_("已交卷，得分 %(score)s", score=sheet.score), "ok" if sheet.passed else "warn")
    return fragments.go(page.address(exam))


def typed_answers(exam: Exam) -> dict[int, list[int]]:
    """Return the options ticked for each question of a test."""
    return {item.id: request.form.getlist(f"item_{item.id}", type=int) for item in exam.items}


def show_sheet(
    exam: Exam, form: AnswerForm, status: int, answers: Any, problem: Problem | None = None
) -> Any:
    """Show the sheet with what is ticked; after a refusal with the sentence, and to be handed in no more."""
    actor = current_actor()
    return fragments.page(
        "exams/sheet.html",
        status=status,
        heading=exam.title,
        trail=page.trail(exam),
        facts=page.facts(exam),
        form=form,
        action=url_for("exams.answer", exam_id=exam.id),
        questions=page.shown_questions(exam, actor.id, answers, told=False),
        signs=page.signs(exam),
        refused=problem.sentence() if problem is not None else "",
        back_url=page.address(exam),
    )


# Certificates


@blueprint.get("/certificates")
@signed_in
def certificate_list() -> Any:
    check_module()
    actor = current_actor()
    return show_list(
        CertificateList(actor, request.args, request.path),
        _("证书"),
        new_url=url_for("exams.certify") if can(actor, ExamPerm.CERTIFY) else "",
        new_label=_("颁发证书"),
        empty_text=_("还没有证书"),
        empty_hint=_("测试及格或完成培训后由人事颁发，任何人都能凭核验码查验"),
    )


@blueprint.get("/certificates/<int:certificate_id>")
@signed_in
def show_certificate(certificate_id: int) -> Any:
    check_module()
    actor = current_actor()
    return certificate_page(queries.get_certificate(actor, certificate_id), RevokeForm(), 200)


def certificate_page(row: Certificate, form: RevokeForm, status: int) -> Any:
    """Show a certificate, with the form of revoking it for who may."""
    stands = "revoked" if row.revoked_at is not None else ("valid" if row.is_valid else "expired")
    may_revoke = can(current_actor(), ExamPerm.CERTIFY) and row.revoked_at is None
    form.version.data = row.version
    return fragments.page(
        "exams/certificate.html",
        status=status,
        heading=row.title,
        trail=[(_("证书"), url_for("exams.certificate_list"))],
        state=STANDINGS[stands],
        tone=STANDING_TONES[stands],
        facts=[row.number, row.person_name],
        row=row,
        form=form,
        pdf_url=documents.address_of(row.stored_file_id) if row.stored_file_id else "",
        exam_title=queries.titles([row.exam_id]).get(row.exam_id, "") if row.exam_id else "",
        revoke_url=url_for("exams.revoke", certificate_id=row.id) if may_revoke else "",
        events=documents.timeline_rows(timeline.events_for(CERTIFICATE, row.id)),
    )


@blueprint.route("/certificates/new", methods=["GET", "POST"])
@requires(ExamPerm.CERTIFY)
def certify() -> Any:
    """Issue certificates; ``exam`` in the address offers those who passed that test."""
    check_module()
    actor, form = current_actor(), CertificateForm()
    asked = request.args.get("exam", type=int)
    exam = queries.get_exam(actor, asked) if asked else None
    passed = queries.passed_without_certificate(exam) if exam is not None else []
    form.people.choices = passed if exam is not None else active_people(exclude=actor.id)
    if request.method != "POST":
        if exam is not None:
            form.title.data = _("%(title)s合格证书", title=exam.title)
            form.basis.data = _("通过测试“%(title)s”", title=exam.title)
            form.people.data = [number for number, _name in passed]
        return show_certify(form, 200, exam)
    if not form.validate():
        return show_certify(form, 422, exam)
    try:
        rows = certificates.issue(
            actor=actor,
            people=form.people.data or [],
            values=form.values(exam.id if exam is not None else None),
            company=company_name(),
        )
    except (Conflict, Invalid) as problem:
        return show_certify(form, form.refuse(problem), exam)
    flash(_("已颁发 %(count)s 份证书", count=len(rows)), "ok")
    return fragments.go(url_for("exams.certificate_list"))


def show_certify(form: CertificateForm, status: int, exam: Exam | None) -> Any:
    """Show the form of certificates."""
    return fragments.page(
        "exams/certify.html",
        fragment="form",
        status=status,
        heading=_("颁发证书"),
        trail=[(_("证书"), url_for("exams.certificate_list"))],
        facts=[f"{exam.number} {exam.title}"] if exam is not None else [],
        form=form,
        action=url_for("exams.certify", exam=exam.id) if exam is not None else url_for("exams.certify"),
        submit_label=_("颁发证书"),
        cancel_url=page.address(exam) if exam is not None else url_for("exams.certificate_list"),
    )


@blueprint.post("/certificates/<int:certificate_id>/revoke")
@requires(ExamPerm.CERTIFY)
def revoke(certificate_id: int) -> Any:
    """Revoke a certificate."""
    check_module()
    actor, form = current_actor(), RevokeForm()
    row = queries.get_certificate(actor, certificate_id)
    if not form.validate():
        return certificate_page(row, form, 422)
    try:
        with unit_of_work():
            row = queries.get_certificate(actor, certificate_id)
            certificates.revoke(row, actor=actor, version=form.version.data, reason=form.reason.data)
    except (Conflict, Invalid) as problem:
        return certificate_page(queries.get_certificate(actor, certificate_id), form, form.refuse(problem))
    flash(_("证书已撤销"), "ok")
    return fragments.go(url_for("exams.show_certificate", certificate_id=certificate_id))
