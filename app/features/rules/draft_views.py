"""Writing a rule: begin it, its head, the outline of its clauses, its questions."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid, NotVisible, Stale
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.people.queries import active_people, department_choices
from app.features.rules import (
    actions,
    citing,
    clause_box,
    editing,
    presentation,
    procedure,
    queries,
    versions,
    writing,
)
from app.features.rules.actions import VersionValues
from app.features.rules.enums import RulePerm
from app.features.rules.forms import (
    OPTIONS,
    CareForm,
    ClauseForm,
    HeadForm,
    NewRuleForm,
    QuestionForm,
)
from app.features.rules.living import acts_of
from app.features.rules.models import ClauseText, RuleVersion
from app.features.rules.views import blueprint
from app.web import autosave as autosaving
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires

EDITOR = "rules/edit.html"


# The head


def with_choices(form: Any) -> Any:
    """Give the form of a head its departments."""
    form.department_id.choices = department_choices()
    form.departments.choices = [(number, name.strip()) for number, name in department_choices()]
    return form


def typed_values(form: Any) -> VersionValues:
    """Return the head that was typed."""
    return VersionValues(
        title=form.title.data,
        category=form.category.data,
        department_id=form.department_id.data,
        summary=form.summary.data,
        for_everybody=form.for_everybody.data,
        departments=tuple(form.departments.data or ()),
        roles=tuple(form.roles.data or ()),
        affects_staff=form.affects_staff.data,
    )


@blueprint.route("/rules/new", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def new() -> Any:
    form = with_choices(NewRuleForm())
    if request.method != "POST":
        form.summary.data = ""
        return show_head(form, 200, heading=_("起草制度"), trail=presentation.trail())
    if not form.validate():
        return show_head(form, 422, heading=_("起草制度"), trail=presentation.trail())
    try:
        with unit_of_work():
            address = once(form, lambda: begin(form))
    except (Conflict, Invalid) as problem:
        return show_head(form, form.refuse(problem), heading=_("起草制度"), trail=presentation.trail())
    return fragments.go(address)


def begin(form: NewRuleForm) -> str:
    """Begin the rule of a valid form and return the address of its editor."""
    version = actions.start_rule(actor=current_actor(), values=typed_values(form))
    flash(_("已建立草稿 %(number)s，请写正文", number=version.rule.number), "ok")
    return url_for("rules.edit", version_id=version.id)


@blueprint.route("/rules/versions/<int:version_id>/head", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def head(version_id: int) -> Any:
    actor = current_actor()
    version = queries.get_version(actor, version_id)
    actions.check_editable(version, actor)
    form = with_choices(HeadForm())
    page = {
        "heading": _("基本信息"),
        "trail": presentation.trail_to(version),
        "words": listed(versions.suggests_staff_interest(version)),
        "cancel_url": url_for("rules.show_version", version_id=version_id),
    }
    if request.method != "POST":
        fill_head(form, version)
        return show_head(form, 200, **page)
    if not form.validate():
        return show_head(form, 422, **page)
    try:
        with unit_of_work():
            row = queries.get_version(actor, version_id)
            actions.change_head(row, actor=actor, changed_from=form.version.data, values=typed_values(form))
    except Stale as problem:
        return show_head(form, form.refuse(problem, version=version.version), **page)
    except (Conflict, Invalid) as problem:
        return show_head(form, form.refuse(problem), **page)
    flash(_("基本信息已保存"), "ok")
    return fragments.go(url_for("rules.show_version", version_id=version_id))


def fill_head(form: HeadForm, version: RuleVersion) -> None:
    """Fill the form of a head with what the draft says."""
    for name in (
        "title",
        "category",
        "department_id",
        "summary",
        "for_everybody",
        "affects_staff",
        "version",
    ):
        form[name].data = getattr(version, name)
    form.departments.data = [scope.department_id for scope in version.scopes if scope.department_id]
    form.roles.data = [scope.role for scope in version.scopes if scope.role]


def show_head(form: Any, status: int, **page: Any) -> Any:
    """Show the form of a head."""
    return fragments.page(
        "rules/head.html",
        fragment="form",
        status=status,
        form=form,
        submit_label=_("保存"),
        **{"cancel_url": url_for("rules.index"), **page},
    )


@blueprint.post("/rules/<int:rule_id>/revise")
@requires(RulePerm.DRAFT)
def revise(rule_id: int) -> Any:
    """Begin a new draft from what is in force."""
    actor = current_actor()
    with unit_of_work():
        version = actions.start_version(queries.get_rule(actor, rule_id), actor=actor)
        address = url_for("rules.edit", version_id=version.id)
    flash(_("已从现行版复制出草稿，请修改"), "ok")
    return fragments.go(address)


@blueprint.route("/rules/<int:rule_id>/care", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def care(rule_id: int) -> Any:
    """Who answers for a rule, and when it is looked at again."""
    actor = current_actor()
    rule = queries.get_rule(actor, rule_id)
    newest = rule.newest or rule.versions[-1]
    form, status = CareForm(), 200
    form.owner_id.choices = active_people()
    if request.method != "POST":
        form.owner_id.data, form.review_on.data, form.version.data = (
            rule.owner_id,
            rule.review_on,
            rule.version,
        )
    elif not form.validate():
        status = 422
    else:
        try:
            with unit_of_work():
                actions.change_care(
                    queries.get_rule(actor, rule_id),
                    actor=actor,
                    version=form.version.data,
                    owner_id=form.owner_id.data or 0,
                    review_on=form.review_on.data,
                )
            flash(_("已保存"), "ok")
            return fragments.go(url_for("rules.show_rule", rule_id=rule_id))
        except Stale as problem:
            status = form.refuse(problem, version=rule.version)
        except (Conflict, Invalid) as problem:
            status = form.refuse(problem)
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=_("负责人与复审"),
        trail=presentation.trail_to(newest),
        facts=(_("复审日期前 30 天起，负责人的待办里会出现提醒"),),
        form=form,
        cancel_url=url_for("rules.show_version", version_id=newest.id),
    )


# The outline


def load_draft(version_id: int) -> RuleVersion:
    """Return a draft the reader may write in; raises NotVisible, Denied or Conflict."""
    version = queries.get_version(current_actor(), version_id)
    actions.check_editable(version, current_actor())
    return version


@blueprint.get("/rules/versions/<int:version_id>/edit")
@requires(RulePerm.DRAFT)
def edit(version_id: int) -> Any:
    """The outline, with the clause that is being written opened in its place."""
    return show_editor(load_draft(version_id), request.args.get("clause", type=int))


def clause_form(version: RuleVersion, text: ClauseText) -> ClauseForm:
    """Return the form of a clause, filled with what it says."""
    form = ClauseForm(formdata=None)
    form.version.data = text.revision
    form.title.data, form.level.data, form.style.data = text.title, text.level, text.style
    form.start.data = text.start
    form.text.data = writing.compose(text.body, editing.link_names(version))
    return form


def show_editor(
    version: RuleVersion,
    opened: int | None = None,
    form: ClauseForm | None = None,
    status: int = 200,
    boxed: bool | None = None,
) -> Any:
    """Show the outline; ``opened`` is the clause whose form stands in its place.

    ``boxed`` says how its text is written on: in the box, or with marks; as it was posted where nothing is said.
    """
    typed = form is not None
    text = next((each for each in version.clauses if each.clause_id == opened), None)
    if form is None and text is not None:
        form, boxed = clause_form(version, text), True
    return fragments.page(
        EDITOR,
        fragment="outline",
        status=status,
        heading=version.title,
        state=presentation.state_of(version)[0],
        tone=presentation.state_of(version)[1],
        facts=presentation.facts_line(version),
        trail=presentation.trail_to(version),
        clauses=presentation.shown_clauses(version),
        acts=acts_of(version, [each.clause_id for each in version.clauses], current_actor()),
        opened=text.clause_id if text is not None else None,
        form=form,
        typed=typed,
        **writing_place(version, form, boxed=boxed),
        version=version.version,
        rule_version=version,
        dead=listed(versions.dead_links(version)),
        bereft=citing.bereft_by(version),
        action=url_for("rules.arrange", version_id=version.id),
        show_url=url_for("rules.show_version", version_id=version.id),
        edit_url=url_for("rules.edit", version_id=version.id),
    )


def writing_place(version: RuleVersion, form: ClauseForm | None, *, boxed: bool | None) -> dict[str, Any]:
    """Return what the field of a clause's text shows: its box, and the clauses one may link to."""
    if form is None:
        return {}
    return {
        "boxed": form.is_boxed if boxed is None else boxed,
        "blocks": clause_box.blocks(version, form.marks),
        "link_choices": clause_box.link_choices(version),
    }


ACTS: dict[str, Any] = {
    "up": lambda version, place: editing.move(version, place, up=True),
    "down": lambda version, place: editing.move(version, place, up=False),
    "in": lambda version, place: editing.shift(version, place, 1),
    "out": lambda version, place: editing.shift(version, place, -1),
    "add": editing.add,
    "below": editing.add_below,
    "merge": editing.merge_up,
    "remove": editing.remove,
}


@blueprint.post("/rules/versions/<int:version_id>/outline")
@requires(RulePerm.DRAFT)
def arrange(version_id: int) -> Any:
    """Do one act on the outline: ``do`` is an act and the clause it is done to, as in ``up-17``."""
    actor = current_actor()
    load_draft(version_id)
    name, _dash, number = request.form.get("do", "").partition("-")
    if not name:
        # Sent by the Enter key and not by a button: nothing was asked for.
        return fragments.go(url_for("rules.edit", version_id=version_id))
    if name != "first" and (name not in ACTS or not number.isdecimal()):
        raise NotVisible
    try:
        with unit_of_work():
            version = queries.get_version(actor, version_id)
            touched = actions.arrange(
                version,
                actor=actor,
                changed_from=autosaving.version_of(request.form.get("version", type=int, default=0)),
                act=lambda row: act_on(row, name, number),
            )
            opened = touched.clause_id if touched is not None else None
    except Conflict as problem:
        if fragments.wants_fragment():
            return fragments.toast_refusal(problem)
        flash(problem.sentence(), "bad")
        return show_editor(load_draft(version_id), status=problem.status)
    if fragments.wants_fragment():
        return show_editor(load_draft(version_id), opened)
    place = f"clause-{opened or number}"
    return fragments.go(url_for("rules.edit", version_id=version_id, clause=opened, _anchor=place))


def act_on(version: RuleVersion, name: str, number: str) -> ClauseText | None:
    """Do an act of the outline; return the clause to be written next, where it made one."""
    if name == "first":
        return editing.add(version)
    found: ClauseText | None = ACTS[name](version, editing.place_of(version, int(number)))
    return found if name in ("add", "below") else None


# Questions


@blueprint.route("/rules/versions/<int:version_id>/questions", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def questions(version_id: int) -> Any:
    actor = current_actor()
    version = load_draft(version_id)
    form, status = QuestionForm(), 200
    form.clause_id.choices = [(text.clause_id, text.cited) for text in version.clauses]
    if request.method == "POST":
        if not form.validate():
            status = 422
        else:
            try:
                with unit_of_work():
                    address = once(form, lambda: put_question(version_id, form, actor))
                return fragments.go(address)
            except (Conflict, Invalid) as problem:
                status = form.refuse(problem)
                version = load_draft(version_id)
    names = queries.clause_numbers(version)
    return fragments.page(
        "rules/questions.html",
        fragment="form",
        status=status,
        heading=_("阅读题目"),
        trail=presentation.trail_to(version),
        facts=(_("读完全文后答对才能签认，建议三题"),),
        form=form,
        asked=[
            (question, names.get(question.clause_id or 0, ""), question.options[question.answer])
            for question in version.questions
        ],
        submit_label=_("添加题目"),
        cancel_url=url_for("rules.show_version", version_id=version_id),
    )


def put_question(version_id: int, form: QuestionForm, actor: Actor) -> str:
    """Add the question of a valid form and return the address of the page."""
    procedure.put_question(
        queries.get_version(actor, version_id),
        actor=actor,
        text=form.text.data,
        options=[form[f"option_{place}"].data for place in range(OPTIONS)],
        answer=form.answer.data,
        clause_id=form.clause_id.data,
    )
    return url_for("rules.questions", version_id=version_id)


@blueprint.post("/rules/versions/<int:version_id>/questions/<int:question_id>/remove")
@requires(RulePerm.DRAFT)
def remove_question(version_id: int, question_id: int) -> Any:
    actor = current_actor()
    with unit_of_work():
        procedure.remove_question(queries.get_version(actor, version_id), question_id, actor=actor)
    flash(_("题目已删除"), "ok")
    return fragments.go(url_for("rules.questions", version_id=version_id))
