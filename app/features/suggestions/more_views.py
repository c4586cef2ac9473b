"""More pages of suggestions: deadlines, notice board, figures, themes, the clause, the reward, the keeper's look."""

from decimal import Decimal
from typing import Any

from flask import flash, request, url_for

from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.proposals.drafting import words_hint
from app.features.proposals.enums import ProposalPerm
from app.features.proposals.queries import clauses_on
from app.features.rules.enums import RulePerm
from app.features.suggestions import actions, page, queries, rewarding, rules_of, unnamed
from app.features.suggestions.enums import HANDLERS, SuggestionPerm
from app.features.suggestions.forms import ClauseForm, RewardForm, ThemeForm
from app.features.suggestions.lists import BoardList, DeskList, FigureList, ThemeList
from app.features.suggestions.models import Suggestion
from app.features.suggestions.views import blueprint
from app.web import charts, fragments
from app.web.charts import Bar
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list

MOST_BARS = 12


@blueprint.get("/desk")
@requires(*HANDLERS)
def desk() -> Any:
    """What waits, overdue first."""
    return show_list(
        DeskList(current_actor(), request.args, request.path),
        _("建议办理时限"),
        trail=page.trail(),
        empty_text=_("没有要办理的建议"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.get("/board")
@signed_in
def board() -> Any:
    """The notice board, on screen and on paper."""
    return show_list(
        BoardList(current_actor(), request.args, request.path),
        _("合理化建议公示"),
        trail=page.trail(),
        empty_text=_("还没有建议"),
        sign_labels=(_("公示人"), _("公示日期")),
    )


@blueprint.get("/figures")
@requires(*HANDLERS)
def figures() -> Any:
    """Participation, adoption, carrying out and answer time, by month and department."""
    actor = current_actor()
    listing = FigureList(actor, request.args, request.path)
    return show_list(
        listing,
        _("建议统计"),
        template="suggestions/figures.html",
        trail=page.trail(),
        charts=drawn(listing),
        empty_text=_("还没有建议"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def drawn(listing: FigureList) -> list[tuple[str, Any]]:
    """Return the charts above the table: suggestions by month, adopted ones by department, from its own rows."""
    months: dict[str, int] = {}
    departments: dict[str, int] = {}
    for row in listing.all_rows(1_000):
        month = f"{row.month:%y-%m}"
        months[month] = months.get(month, 0) + row.suggested
        departments[row.department] = departments.get(row.department, 0) + row.adopted
    by_month = [Bar(name, Decimal(count), str(count)) for name, count in sorted(months.items())][-MOST_BARS:]
    ranked = sorted(departments.items(), key=lambda item: (-item[1], item[0]))[:MOST_BARS]
    by_department = [Bar(name, Decimal(count), str(count), "ok") for name, count in ranked]
    found = []
    for caption, values, draw, name in (
        (_("各月提出的建议"), by_month, charts.columns, "months"),
        (_("各部门采纳的建议"), by_department, charts.bars, "departments"),
    ):
        told = "；".join(f"{bar.label} {bar.text}" for bar in values)
        if values:
            found.append((caption, draw(caption, told, values, name)))
    return found


# Themes


@blueprint.get("/themes")
@signed_in
def themes() -> Any:
    """What was asked for, month by month."""
    may = can(current_actor(), SuggestionPerm.ACCEPT)
    return show_list(
        ThemeList(request.args, request.path),
        _("每月主题"),
        trail=page.trail(),
        new_url=url_for("suggestions.new_theme") if may else "",
        new_label=_("设主题"),
        empty_text=_("还没有主题"),
        empty_hint=_("每月定一个主题，例如“少跑一趟仓库”，大家围绕它提建议"),
    )


@blueprint.route("/themes/new", methods=["GET", "POST"])
@requires(SuggestionPerm.ACCEPT)
def new_theme() -> Any:
    """Set what is asked for in a month."""
    form = ThemeForm()
    if request.method != "POST":
        return show_theme(form, 200)
    if not form.validate():
        return show_theme(form, 422)

    def make() -> str:
        actions.set_theme(
            actor=current_actor(), month=form.month.data, title=form.title.data, hint=form.hint.data or ""
        )
        return url_for("suggestions.themes")

    try:
        with unit_of_work():
            address = once(form, make)
    except (Conflict, Invalid) as problem:
        return show_theme(form, form.refuse(problem))
    flash(_("主题已设定"), "ok")
    return fragments.go(address)


def show_theme(form: ThemeForm, status: int) -> Any:
    """Show the form of a theme."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=_("设主题"),
        trail=[*page.trail(), (_("每月主题"), url_for("suggestions.themes"))],
        facts=(_("月份填当月任何一天"),),
        form=form,
        cancel_url=url_for("suggestions.themes"),
    )


# The clause and the reward


def choose_clause(form: Any, suggestion: Suggestion) -> None:
    """Give a form the clauses that fit the words; the one the suggestion names stays among them."""
    found = clauses_on(clock.today(), form.words.data or "")
    chosen = form.clause_id.data or suggestion.clause_id
    if chosen is not None and all(place.clause_id != chosen for place in found):
        found = [*clauses_on(clock.today(), only=chosen), *found]
    form.clause_id.choices = [(place.clause_id, place.cited) for place in found]


@blueprint.route("/<int:suggestion_id>/clause", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def draft_clause(suggestion_id: int) -> Any:
    """Begin a draft of the clause an adopted suggestion concerns."""
    actor, form = current_actor(), ClauseForm()
    suggestion = queries.get_suggestion(actor, suggestion_id)
    choose_clause(form, suggestion)
    if request.method != "POST":
        form.version.data, form.clause_id.data = suggestion.version, suggestion.clause_id
    if request.method != "POST" or "find" in request.form:
        return show_clause(form, suggestion, _("起草条款修订"), 200)
    if not form.validate():
        return show_clause(form, suggestion, _("起草条款修订"), 422)
    try:
        with unit_of_work():
            row = queries.get_suggestion(actor, suggestion_id)
            version = actions.draft_clause(row, actor=actor, clause_id=form.clause_id.data)
            address = url_for("rules.show_version", version_id=version.id)
    except (Conflict, Invalid) as problem:
        row = queries.get_suggestion(actor, suggestion_id)
        status = form.refuse(problem, version=row.version)
        return show_clause(form, row, _("起草条款修订"), status)
    flash(_("已起草新版本，写明源自这条建议"), "ok")
    return fragments.go(address)


def show_clause(form: Any, suggestion: Suggestion, heading: str, status: int) -> Any:
    """Show a form that asks for a clause."""
    return fragments.page(
        "suggestions/clause.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=page.trail_to(suggestion),
        facts=(suggestion.title,),
        form=form,
        words_hint=words_hint(form),
        submit_label=heading,
        cancel_url=page.address(suggestion),
    )


@blueprint.route("/<int:suggestion_id>/reward", methods=["GET", "POST"])
@requires(ProposalPerm.PROPOSE)
def reward(suggestion_id: int) -> Any:
    """Propose a reward for the author, of the amount of the tier."""
    actor, form = current_actor(), RewardForm()
    suggestion = queries.get_suggestion(actor, suggestion_id)
    choose_clause(form, suggestion)
    if request.method != "POST":
        tier = rules_of.tier_for(suggestion.total)
        form.version.data = suggestion.version
        form.measure.data = tier.name if tier is not None else ""
        form.amount.data = tier.amount if tier is not None else None
    if request.method != "POST" or "find" in request.form:
        return show_clause(form, suggestion, _("提出奖励建议"), 200)
    if not form.validate():
        return show_clause(form, suggestion, _("提出奖励建议"), 422)
    try:
        with unit_of_work():
            made = rewarding.propose_reward(
                queries.get_suggestion(actor, suggestion_id),
                actor=actor,
                version=form.version.data,
                clause_id=form.clause_id.data,
                measure=form.measure.data,
                amount=form.amount.data,
            )
            address = f"/proposals/{made.id}"
    except (Conflict, Invalid) as problem:
        row = queries.get_suggestion(actor, suggestion_id)
        status = form.refuse(problem, version=row.version)
        return show_clause(form, row, _("提出奖励建议"), status)
    flash(_("奖励建议已存为草稿，核对后提交"), "ok")
    return fragments.go(address)


@blueprint.post("/<int:suggestion_id>/name")
@signed_in
def reveal_name(suggestion_id: int) -> Any:
    """Show the keeper, and nobody else, who wrote it; the look is recorded."""
    actor = current_actor()
    with unit_of_work():
        name = unnamed.reveal(queries.get_suggestion(actor, suggestion_id), actor=actor)
    suggestion = queries.get_suggestion(actor, suggestion_id)
    context = page.context(suggestion, actor)
    return fragments.page("suggestions/show.html", **context, refusal=None, revealed=name)
