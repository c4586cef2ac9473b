"""The pages of suggestions: the list, writing one, its page, its steps, votes and comments."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, request, url_for
from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor, can
from app.core.uow import unit_of_work
from app.features.proposals.queries import clauses_on
from app.features.suggestions import actions, discussing, page, queries, rules_of, unnamed
from app.features.suggestions.actions import SuggestionValues
from app.features.suggestions.enums import HANDLERS, SuggestionStatus
from app.features.suggestions.flow import FLOW
from app.features.suggestions.forms import (
    STEP_FORMS,
    CommentForm,
    EditSuggestionForm,
    FilesForm,
    NewSuggestionForm,
)
from app.features.suggestions.lists import SuggestionList
from app.features.suggestions.models import Suggestion
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in
from app.web.lists import show_list
from app.web.step_pages import StepPages
from app.web.uploads import read_photo_or_file, read_photos

blueprint = Blueprint("suggestions", __name__, url_prefix="/suggestions")

TEMPLATE = "suggestions/show.html"
FIELDS = ("title", "situation", "method", "effect", "department_id", "theme_id", "clause_id")


@blueprint.get("")
@signed_in
def index() -> Any:
    actor = current_actor()
    return show_list(
        SuggestionList(actor, request.args, request.path),
        _("合理化建议"),
        template="suggestions/list.html",
        new_url=url_for("suggestions.new"),
        new_label=_("提建议"),
        ways=ways_of(actor),
        theme=queries.theme_of_month(),
        empty_text=_("还没有建议"),
        empty_hint=_("一句话也行，两个工作日内有人受理，每一条都有答复"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def ways_of(actor: Actor) -> list[tuple[str, str]]:
    """Return the other pages a reader may open."""
    ways = [(_("公示栏"), url_for("suggestions.board")), (_("每月主题"), url_for("suggestions.themes"))]
    if any(can(actor, permission) for permission in HANDLERS):
        ways = [
            (_("办理时限"), url_for("suggestions.desk")),
            *ways,
            (_("统计"), url_for("suggestions.figures")),
        ]
    if rules_of.is_on(rules_of.UNNAMED):
        ways.append((_("回执码查询"), url_for("suggestions.receipt")))
    return ways


# Writing


def choose(form: Any) -> None:
    """Give a form its choices."""
    form.department_id.choices = queries.departments()
    theme = queries.theme_of_month()
    form.theme_id.choices = [(theme.id, theme.title)] if theme is not None else []
    if "clause_id" in form:
        form.clause_id.choices = [(place.clause_id, place.cited) for place in clauses_on(clock.today())]


def values_of(form: Any) -> SuggestionValues:
    """Return what a valid form says."""
    chosen: dict[str, Any] = {name: form[name].data for name in FIELDS if name in form}
    texts = {name: chosen[name] or "" for name in actions.TEXTS}
    return SuggestionValues(**{**chosen, **texts})


def brought(uploads: Sequence[FileStorage], *, photos_only: bool = False) -> list[CheckedFile]:
    """Return what was uploaded, checked before any transaction; photos without the place and device in them.

    ``photos_only`` refuses files, which may name their author.
    """
    if len(uploads) > actions.MOST_PHOTOS:
        raise Invalid(fields={"file": lazy("最多放 %(most)s 个附件", most=actions.MOST_PHOTOS)})
    return (
        read_photos(uploads, actions.MOST_PHOTOS) if photos_only else list(map(read_photo_or_file, uploads))
    )


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Write a signed suggestion and send it, or keep it as a draft."""
    actor, form = current_actor(), NewSuggestionForm()
    choose(form)
    if request.method != "POST":
        form.title.data = request.args.get("title", "")[: actions.LONGEST_TITLE]
        return show_form(form, _("提建议"), 200)
    if not form.validate():
        return show_form(form, _("提建议"), 422)
    try:
        files = brought(form.file.data or ())
        with unit_of_work():
            made = once(form, lambda: write(form, actor, files))
    except (Conflict, Invalid) as problem:
        return show_form(form, _("提建议"), form.refuse(problem))
    return fragments.go(made)


def write(form: Any, actor: Actor, files: list[CheckedFile]) -> str:
    """Send the suggestion of a valid form, or keep it as a draft, and return its address."""
    if "keep" in request.form:
        suggestion = actions.draft(actor=actor, values=values_of(form))
        if files:
            actions.attach(suggestion, files, actor=actor)
        flash(_("已存为草稿，只有您看得到"), "ok")
    else:
        suggestion = actions.send(actor=actor, values=values_of(form), photos=files)
        flash(_("建议 %(number)s 已提交", number=suggestion.number), "ok")
    return page.address(suggestion)


def show_form(form: Any, heading: str, status: int, suggestion: Suggestion | None = None) -> Any:
    """Show the form of a suggestion, with those like it."""
    theme = queries.theme_of_month()
    back = url_for("suggestions.index") if suggestion is None else page.address(suggestion)
    return fragments.page(
        "suggestions/form.html",
        status=status,
        heading=heading,
        trail=page.trail() if suggestion is None else page.trail_to(suggestion),
        form=form,
        theme=theme,
        similar=similar_rows(form.title.data or ""),
        unnamed_url=url_for("suggestions.new_unnamed") if suggestion is None else "",
        submit_label=_("提交") if suggestion is None else _("保存"),
        may_keep=suggestion is None,
        cancel_url=back,
    )


def similar_rows(typed: str) -> list[tuple[str, str, Any, str]]:
    """Return suggestions like a title: number and title, address, state and its tone."""
    return [
        (
            f"{number} {title}",
            url_for("suggestions.show_suggestion", suggestion_id=found),
            FLOW.state(status).label,
            FLOW.state(status).tone,
        )
        for found, number, title, status in queries.similar(current_actor(), typed[: actions.LONGEST_TITLE])
    ]


@blueprint.get("/similar")
@signed_in
def similar() -> Any:
    """Say, while a title is typed, what is like it."""
    return fragments.page(
        "suggestions/similar.html",
        fragment="found",
        heading=_("相近的建议"),
        trail=page.trail(),
        similar=similar_rows(request.args.get("title", "")),
    )


@blueprint.route("/<int:suggestion_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(suggestion_id: int) -> Any:
    """Change a draft."""
    actor, form = current_actor(), EditSuggestionForm()
    suggestion = queries.get_suggestion(actor, suggestion_id)
    if suggestion.owner_id != actor.id:
        raise NotVisible
    if suggestion.status != SuggestionStatus.DRAFT:
        raise Conflict("core:wrong-state", state=FLOW.state(suggestion.status).label, step=_("修改建议"))
    choose(form)
    del form.file
    if request.method != "POST":
        form.version.data = suggestion.version
        for name in FIELDS:
            form[name].data = getattr(suggestion, name)
        return show_form(form, _("修改建议"), 200, suggestion)
    if not form.validate():
        return show_form(form, _("修改建议"), 422, suggestion)
    try:
        with unit_of_work():
            row = queries.get_suggestion(actor, suggestion_id)
            actions.edit(row, actor=actor, version=form.version.data, values=values_of(form))
    except (Conflict, Invalid) as problem:
        row = queries.get_suggestion(actor, suggestion_id)
        return show_form(form, _("修改建议"), form.refuse(problem, version=row.version), row)
    return fragments.go(page.address(suggestion))


# The page


@blueprint.get("/<int:suggestion_id>")
@signed_in
def show_suggestion(suggestion_id: int) -> Any:
    return show(queries.get_suggestion(current_actor(), suggestion_id))


def show(suggestion: Suggestion, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a suggestion, with a refusal where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(suggestion, current_actor()),
        refusal=refusal,
    )


def done(suggestion_id: int, act: Any, anchor: str) -> Any:
    """Do an act without a form of its own, and show the page with its refusal where it is refused."""
    actor = current_actor()
    try:
        with unit_of_work():
            act(queries.get_suggestion(actor, suggestion_id))
    except (Conflict, Invalid) as problem:
        typed = request.form.get("text", "")
        return show(queries.get_suggestion(actor, suggestion_id), documents.refusal(problem, typed))
    return fragments.go(url_for("suggestions.show_suggestion", suggestion_id=suggestion_id, _anchor=anchor))


@blueprint.post("/<int:suggestion_id>/vote")
@signed_in
def vote(suggestion_id: int) -> Any:
    """Support a suggestion, in one's own name."""
    return done(suggestion_id, lambda row: discussing.vote(row, actor=current_actor()), "support")


@blueprint.post("/<int:suggestion_id>/unvote")
@signed_in
def unvote(suggestion_id: int) -> Any:
    """Take one's support back."""
    return done(suggestion_id, lambda row: discussing.take_back_vote(row, actor=current_actor()), "support")


@blueprint.post("/<int:suggestion_id>/comments")
@signed_in
def comment(suggestion_id: int) -> Any:
    """Say something."""
    form = CommentForm()
    if not form.validate():
        problem = Invalid(fields={"text": lazy("最多 %(most)s 个字", most=discussing.LONGEST_COMMENT)})
        row = queries.get_suggestion(current_actor(), suggestion_id)
        return show(row, documents.refusal(problem, request.form.get("text", "")))
    return done(
        suggestion_id,
        lambda row: discussing.comment(row, actor=current_actor(), text=form.text.data),
        "discussion",
    )


@blueprint.post("/<int:suggestion_id>/files")
@signed_in
def add_files(suggestion_id: int) -> Any:
    """Add photos and files."""
    actor, form = current_actor(), FilesForm()
    row = queries.get_suggestion(actor, suggestion_id)
    try:
        files = brought(form.file.data or ())
        if not files:
            raise Invalid(fields={"file": lazy("请选择要上传的照片或文件")})
    except Invalid as problem:
        return show(row, documents.refusal(problem))
    return done(suggestion_id, lambda row: actions.attach(row, files, actor=actor), "attachments")


@blueprint.post("/<int:suggestion_id>/milestones/<int:milestone_id>/done")
@signed_in
def milestone_done(suggestion_id: int, milestone_id: int) -> Any:
    """Note that a step of the work is done."""
    version = documents.typed_step().version
    return done(
        suggestion_id,
        lambda row: actions.finish_milestone(row, milestone_id, actor=current_actor(), version=version),
        "milestones",
    )


# Steps


@blueprint.route("/<int:suggestion_id>/<name>", methods=["GET", "POST"])
@signed_in
def suggestion_step(suggestion_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, suggestion_id)


def step_form(suggestion: Suggestion, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    form = STEP_FORMS[name]()
    if name == "implement":
        form.implementer_id.choices = queries.colleagues()
    if request.method != "POST":
        for field in ("situation", "method", "effect", "cost", "benefit_estimated"):
            if field in form:
                form[field].data = getattr(suggestion, field)
        if name == "implement":
            form.implementer_id.data = suggestion.owner_id
    return form


def step_data(form: Any) -> dict[str, Any]:
    """Return what a step is given; the points by the names of the sheet."""
    data = documents.typed_fields(form)
    if "points_0" in data:
        lines = enumerate(rules_of.sheet())
        data["points"] = {line.name: data.pop(f"points_{place}", None) for place, line in lines}
    return data


def show_step(suggestion: Suggestion, name: str, form: Any, status: int) -> Any:
    """Show the page of a step; what it is about stands above the fields."""
    return fragments.page(
        "suggestions/step.html",
        fragment="form",
        status=status,
        heading=f"{FLOW.step(name).label} {page.name_of(suggestion)}",
        trail=page.trail_to(suggestion),
        facts=[page.clock_of(suggestion)],
        form=form,
        about=suggestion.title,
        said=page.said_facts(suggestion),
        scored=page.score_facts(suggestion),
        submit_label=FLOW.step(name).label,
        cancel_url=page.address(suggestion),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_suggestion,
    fire=unnamed.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.steps_context,
    with_form=STEP_FORMS,
    form=step_form,
    prepare=step_data,
    show_form=show_step,
)
