"""The pages of supervision: the board, the exceptions behind a figure, the binding of a clause."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import indicators
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.permissions import can, who_may
from app.core.uow import unit_of_work
from app.features.rules.enums import RulePerm, VersionStatus
from app.features.rules.models import ClauseText, RuleVersion
from app.features.rules.queries import citation
from app.features.supervision import actions, figures, queries
from app.features.supervision.enums import FLOW_PREFIX, SupervisionPerm
from app.features.supervision.forms import BindingForm
from app.features.supervision.lists import BoardList, ExceptionList
from app.web import filters, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")


@blueprint.get("")
@requires(SupervisionPerm.BOARD)
def board() -> Any:
    """Every bound clause with its figure and its course, the worst first."""
    return show_list(
        BoardList(request.args, request.path),
        _("执行看板"),
        list_facts=[_("数字为本月至今；现状类指标为现在的情况")],
        empty_text=_("还没有绑定指标的条款"),
        empty_hint=_("打开一份制度，点“绑定与检查”，再在条款下点“绑定执行指标”"),
        empty_url=url_for("rules.index"),
        empty_label=_("规章制度"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.get("/exceptions/<key>")
@signed_in
def exceptions(key: str) -> Any:
    """What an indicator did not count as kept: rows for those who may know the names, the number for everybody."""
    indicator = indicators.find(key)
    if indicator is None:
        raise NotVisible
    actor = current_actor()
    listing = ExceptionList(indicator, actor, request.args, request.path)
    figure = indicator.compute(listing.period)
    first, after = listing.period.days
    facts = [
        f"{indicator.label} {figures.text_of(figure)}",
        str(indicator.meaning),
        _(
            "%(first)s 至 %(last)s",
            first=filters.date_text(first),
            last=filters.date_text(max(first, after - timedelta(days=1))),
        ),
    ]
    hidden = 0 if queries.sees_all(actor) else figure.exceptions - listing.seen()
    if hidden:
        facts.append(
            ngettext(
                "另有 %(num)s 项，只有本人、部门经理、主管领导和人事能看到",
                "另有 %(num)s 项，只有本人、部门经理、主管领导和人事能看到",
                hidden,
            )
        )
    on_board = can(actor, SupervisionPerm.BOARD)
    return show_list(
        listing,
        _("例外：%(indicator)s", indicator=indicator.label),
        list_facts=facts,
        trail=[(_("执行看板"), url_for("supervision.board"))] if on_board else [],
        empty_text=_("没有您能看到的例外"),
        sign_labels=(_("制表人"), _("部门经理")),
    )


@blueprint.route("/clauses/<int:clause_id>", methods=["GET", "POST"])
@signed_in
def bind(clause_id: int) -> Any:
    """The binding of a clause, for who answers for its rule or works on it."""
    actor = current_actor()
    version, text = queries.place_of(actor, clause_id)
    if not queries.may_bind(actor, version):
        raise Denied(
            "core:denied", what=_("绑定执行指标"), who=who_may(RulePerm.DRAFT, version.department_id)
        )
    form, status = BindingForm(), 200
    form.target.choices = choices()
    if request.method != "POST":
        row = queries.binding_of(clause_id)
        form.target.data = row.target if row is not None else ""
        form.version.data = row.version if row is not None else actions.UNBOUND
        return show_binding(version, text, form, status)
    if not form.validate():
        return show_binding(version, text, form, 422)
    address = address_of(version, clause_id)
    try:
        with unit_of_work():
            actions.bind_clause(
                clause_id, actor=actor, target=form.target.data or "", version=form.version.data
            )
    except Stale as problem:
        row = queries.binding_of(clause_id)
        status = form.refuse(problem, version=row.version if row is not None else actions.UNBOUND)
    except (Conflict, Invalid) as problem:
        status = form.refuse(problem)
    else:
        flash(_("已保存"), "ok")
        return fragments.go(address)
    version, text = queries.place_of(actor, clause_id)
    return show_binding(version, text, form, status)


def choices() -> list[tuple[str, str]]:
    """Return what a clause can be bound to, named by its kind."""
    return [
        (
            target,
            _("流程：%(label)s", label=label)
            if target.startswith(FLOW_PREFIX)
            else _("指标：%(label)s", label=label),
        )
        for target, label in queries.targets().items()
    ]


def address_of(version: RuleVersion, clause_id: int) -> str:
    """Return where a clause is shown: in the editor of a draft for who writes it, else in the text of its version."""
    place = f"clause-{clause_id}"
    if version.status == VersionStatus.DRAFT and can(current_actor(), RulePerm.DRAFT, version.department_id):
        return url_for("rules.edit", version_id=version.id, _anchor=place)
    acts = 1 if version.is_published else None
    return url_for("rules.show_version", version_id=version.id, acts=acts, _anchor=place)


def show_binding(version: RuleVersion, text: ClauseText, form: BindingForm, status: int) -> Any:
    """Show the form of a binding."""
    cited = citation(version.title, text.cited)
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=_("绑定执行指标"),
        trail=[
            (_("规章制度"), url_for("rules.index")),
            (version.title, url_for("rules.show_version", version_id=version.id)),
        ],
        facts=(cited, _("绑定后，条款下显示实时数字或流程图；修订后仍然有效")),
        form=form,
        cancel_url=address_of(version, text.clause_id),
    )
