"""The pages of the question bank: list, a question, writing and changing it, retiring it, importing."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import timeline
from app.core.errors import Invalid, Stale
from app.core.i18n import gettext as _
from app.core.questions import KIND_LABELS, QuestionKind, shown_options
from app.core.uow import unit_of_work
from app.features.exams import bank, queries
from app.features.exams.enums import DIFFICULTY_LABELS, EXAM_QUESTION, Difficulty, ExamPerm
from app.features.exams.forms import NewQuestionForm, QuestionForm, filled_question
from app.features.exams.imports import KIND
from app.features.exams.lists import QuestionList
from app.features.exams.models import ExamQuestion
from app.features.exams.page import check_module
from app.features.training.queries import subject_choices
from app.web import documents, fragments
from app.web import imports as import_pages
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("exam_bank", __name__, url_prefix="/exams/bank")


def trail() -> list[tuple[str, str]]:
    """Return the way back to the bank."""
    return [(_("题库"), url_for("exam_bank.index"))]


import_pages.add_pages(blueprint, KIND, trail)


@blueprint.get("")
@requires(ExamPerm.KEEP)
def index() -> Any:
    check_module()
    return show_list(
        QuestionList(current_actor(), request.args, request.path),
        _("题库"),
        template="exams/bank_list.html",
        new_url=url_for("exam_bank.new"),
        new_label=_("录入题目"),
        import_url=url_for("exam_bank.import_new"),
        imports_url=url_for("exam_bank.import_index"),
        empty_text=_("题库还是空的"),
        empty_hint=_("逐题录入，或把现成的题目表格导入；出测试时从这里选题或抽题"),
    )


@blueprint.get("/<int:question_id>")
@requires(ExamPerm.KEEP)
def show(question_id: int) -> Any:
    check_module()
    question = queries.get_question(current_actor(), question_id)
    right = set(question.answers)
    return fragments.page(
        "exams/question.html",
        heading=question.text,
        trail=trail(),
        state=_("使用中") if question.active else _("已停用"),
        tone="ok" if question.active else "neutral",
        facts=[
            KIND_LABELS[QuestionKind(question.kind)],
            question.subject.name,
            DIFFICULTY_LABELS[Difficulty(question.difficulty)],
        ],
        question=question,
        options=[
            (option, place in right)
            for place, option in enumerate(shown_options(question.kind, question.options))
        ],
        used=[
            (title, url_for("exams.show_exam", exam_id=exam_id))
            for exam_id, title in queries.used_in(question.id)
        ],
        events=documents.timeline_rows(timeline.events_for(EXAM_QUESTION, question.id)),
    )


def show_form(form: NewQuestionForm | QuestionForm, status: int, question: ExamQuestion | None = None) -> Any:
    """Show the form of a question."""
    back = url_for("exam_bank.show", question_id=question.id) if question else url_for("exam_bank.index")
    return fragments.page(
        "exams/question_form.html",
        fragment="form",
        status=status,
        heading=_("修改题目") if question else _("录入题目"),
        trail=trail(),
        form=form,
        cancel_url=back,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(ExamPerm.KEEP)
def new() -> Any:
    """Put a question into the bank."""
    check_module()
    form = NewQuestionForm()
    form.subject_id.choices = subject_choices()
    if request.method != "POST":
        form.kind.data, form.difficulty.data = str(QuestionKind.SINGLE), str(Difficulty.BASIC)
        return show_form(form, 200)
    if not form.validate():
        return show_form(form, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: add(form))
    except Invalid as problem:
        return show_form(form, form.refuse(problem))
    flash(_("题目已录入"), "ok")
    return fragments.go(address)


def add(form: NewQuestionForm) -> str:
    """Add the question of a valid form and return its address."""
    question = bank.add_question(actor=current_actor(), values=form.values())
    return url_for("exam_bank.show", question_id=question.id)


@blueprint.route("/<int:question_id>/edit", methods=["GET", "POST"])
@requires(ExamPerm.KEEP)
def edit(question_id: int) -> Any:
    """Change a question of the bank."""
    check_module()
    actor = current_actor()
    question = queries.get_question(actor, question_id)
    form = filled_question(question) if request.method != "POST" else QuestionForm()
    form.subject_id.choices = subject_choices(question.subject_id)
    if request.method != "POST":
        return show_form(form, 200, question)
    if not form.validate():
        return show_form(form, 422, question)
    try:
        with unit_of_work():
            row = queries.get_question(actor, question_id)
            bank.change_question(row, actor=actor, version=form.version.data, values=form.values())
    except (Invalid, Stale) as problem:
        row = queries.get_question(actor, question_id)
        status = form.refuse(problem, version=row.version if isinstance(problem, Stale) else None)
        return show_form(form, status, row)
    flash(_("已保存；已发布的测试仍用原来的题目"), "ok")
    return fragments.go(url_for("exam_bank.show", question_id=question_id))


@blueprint.post("/<int:question_id>/retire")
@requires(ExamPerm.KEEP)
def retire(question_id: int) -> Any:
    return set_active(question_id, active=False)


@blueprint.post("/<int:question_id>/restore")
@requires(ExamPerm.KEEP)
def restore(question_id: int) -> Any:
    return set_active(question_id, active=True)


def set_active(question_id: int, *, active: bool) -> Any:
    """Retire a question, or take it back into use."""
    check_module()
    actor = current_actor()
    with unit_of_work():
        bank.set_active(
            queries.get_question(actor, question_id),
            actor=actor,
            version=documents.typed_step().version,
            active=active,
        )
    flash(_("已恢复使用") if active else _("已停用，新的测试不再用这道题"), "ok")
    return fragments.go(url_for("exam_bank.show", question_id=question_id))
