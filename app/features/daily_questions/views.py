"""The pages of the daily question: today's, its answer, how far the rules are known."""

from typing import Any

from flask import Blueprint, request, url_for

from app.core import modules
from app.core.errors import Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy, listed
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.daily_questions import actions, presentation, queries
from app.features.daily_questions.boxes import DAYS, LAST
from app.features.daily_questions.enums import MODULE, DailyQuestionPerm
from app.features.daily_questions.lists import DepartmentMastery, PersonMastery
from app.web import fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import register_list_label, show_list

blueprint = Blueprint("daily_questions", __name__, url_prefix="/daily-questions")

TEMPLATE = "daily_questions/today.html"

register_list_label("daily_questions.mastery", lazy("制度掌握情况"))
register_list_label("daily_questions.people", lazy("制度掌握情况（按人）"))


def check_module() -> None:
    """Raise NotVisible where the installation asks no daily question."""
    if not modules.is_on(MODULE):
        raise NotVisible


@blueprint.get("/today")
@signed_in
def today() -> Any:
    return show_today()


def show_today(status: int = 200, refusal: str = "") -> Any:
    """Show today's question, answered or not."""
    check_module()
    return fragments.page(
        TEMPLATE,
        fragment="card",
        status=status,
        heading=_("每日一题"),
        trail=[(_("我的制度"), url_for("rules.mine"))],
        daily=presentation.card(queries.of_today(current_actor()), refusal),
    )


@blueprint.post("/<int:question_id>/answer")
@signed_in
def answer(question_id: int) -> Any:
    """Answer today's question in place; without scripts the page of the question tells the result."""
    check_module()
    chosen = request.form.get("option", type=int)
    try:
        with unit_of_work():
            actions.answer(question_id, actor=current_actor(), chosen=chosen)
    except Invalid as problem:
        return show_today(problem.status, str(problem.fields["option"]))
    if fragments.wants_fragment():
        return show_today()
    return fragments.go(url_for("daily_questions.today"))


@blueprint.get("/mastery")
@signed_in
def mastery() -> Any:
    """How far the rules are known, by department: figures, open to everybody."""
    check_module()
    actor = current_actor()
    return show_list(
        DepartmentMastery(actor, request.args, request.path),
        _("制度掌握情况"),
        template="daily_questions/mastery.html",
        trail=[(_("我的制度"), url_for("rules.mine"))],
        list_facts=[how_it_works()],
        people_url=url_for("daily_questions.people") if can(actor, DailyQuestionPerm.NAMES) else "",
        empty_text=_("还没有人答过每日一题"),
        empty_hint=_("制度的阅读题目会在工作日逐题出现在工作台上"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.get("/mastery/people")
@requires(DailyQuestionPerm.NAMES)
def people() -> Any:
    """How far each person knows the rules, for the head, the leader and personnel."""
    check_module()
    return show_list(
        PersonMastery(current_actor(), request.args, request.path),
        _("制度掌握情况（按人）"),
        trail=[(_("制度掌握情况"), url_for("daily_questions.mastery"))],
        list_facts=[how_it_works(), _("只供辅导使用，不作为考核和处分的依据")],
        empty_text=_("还没有人答过每日一题"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


def how_it_works() -> str:
    """Return the rule of coming back and of knowing."""
    days = listed(str(DAYS[box]) for box in range(2, LAST + 1))
    return _("答错的隔 1 天再问，答对的隔 %(days)s 天再问，连续答对两次算掌握", days=days)
