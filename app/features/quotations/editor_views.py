"""The editor of a quotation: its form, the totals as one types, drafts that save themselves, the list of keys."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Denied, Invalid, Problem, Stale
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.customers import queries as customers
from app.features.products import line_column
from app.features.quotations import actions, filling, history_view, presentation
from app.features.quotations.checks import CELLS, FIELDS
from app.features.quotations.enums import QuotationPerm, QuotationStatus
from app.features.quotations.flow import FLOW
from app.features.quotations.forms import QuotationForm, QuotationLineForm
from app.features.quotations.line_table import line_columns, preview, stored_lines, typed_lines
from app.features.quotations.models import QuotationRevision
from app.features.quotations.pasting import TABLE
from app.features.quotations.views import Answer, blueprint, load
from app.web import autosave as autosaving
from app.web import fragments, pasting
from app.web.forms import Lines
from app.web.guard import current_actor, requires
from app.web.lines import lines_only, rows_to_add
from app.web.pasting import PasteView


@blueprint.get("/<int:quotation_id>/r/<int:number>/edit")
@requires(QuotationPerm.PREPARE)
def edit(quotation_id: int, number: int) -> Answer:
    revision = load(quotation_id, number, with_lines=False, to_show=True)
    check_editable(revision, current_actor())
    form = filling.quotation_form(revision, stored=True)
    return form_page(revision, form, stored_lines(revision))


def check_editable(revision: QuotationRevision, actor: Actor) -> None:
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=_("修改报价"), who=revision.owner.name)
    if revision.status not in actions.EDITABLE:
        raise Conflict("quotation:not-editable", state=FLOW.state(revision.status).label)


def form_page(
    revision: QuotationRevision,
    form: QuotationForm,
    lines: Lines[Any],
    status: int = 200,
    stale: Stale | None = None,
    filled: str = "",
    paste: PasteView | None = None,
) -> Answer:
    urls = presentation.addresses(revision)
    shown = preview(lines)
    rows = line_column.beside(lines.shown(rows_to_add(request.form)), shown.found)
    rows = history_view.beside(current_actor(), revision, rows)
    return fragments.page(
        "quotations/form.html",
        fragment="form",
        status=status,
        heading=_("编辑报价 %(title)s", title=revision.title),
        trail=[(pgettext("list", "报价"), url_for("quotations.index")), (revision.title, urls["show"])],
        form=form,
        columns=[*line_columns(), *line_column.columns(rows), *history_view.columns(rows)],
        rows=rows,
        line_errors=lines.errors,
        problems=lines.problems,
        removed=lines.removed,
        paste=paste or pasting.kept(TABLE, request.form),
        **shown.told(),
        autosave_url=url_for(
            "quotations.autosave", quotation_id=revision.quotation_id, number=revision.revision
        )
        if revision.status == QuotationStatus.DRAFT
        else "",
        saved_version=None,
        totals_url=urls["totals"],
        cancel_url=urls["show"],
        stale=stale,
        fill=filling.panel(revision, form, current_actor(), request.form, filled),
        contacts=customers.contact_options(current_actor(), revision.quotation.customer_id),
    )


@blueprint.post("/<int:quotation_id>/r/<int:number>/edit")
@requires(QuotationPerm.PREPARE)
def save(quotation_id: int, number: int) -> Answer:
    revision, actor = load(quotation_id, number, with_lines=False, to_show=True), current_actor()
    check_editable(revision, actor)
    shown = presentation.addresses(revision)["show"]
    form, lines = filling.quotation_form(revision), Lines(QuotationLineForm, request.form)
    if filling.asked(request.form):
        return form_page(
            revision, form, lines, filled=filling.fill(revision, actor, form, lines, request.form)
        )
    if lines_only(request.form):
        return form_page(revision, form, lines)
    if pasting.asked(request.form):
        paste = pasting.take(TABLE, request.form, lines)
        wrong = paste.problem or lines.problems
        return form_page(revision, form, lines, status=422 if wrong else 200, paste=paste)
    if not form.validate() or not lines.validate():
        lines.validate()
        return form_page(revision, form, lines, status=422)
    try:
        with unit_of_work():
            # what is written is read again under the lock, its lines with it, and must still be the actor's own
            write(revision, actor, form, lines)
            if request.form.get("then") == "submit":
                actions.fire(revision, "submit", actor=actor, version=None)
    except (Conflict, Invalid) as problem:
        return refused_form(quotation_id, number, form, lines, problem)
    flash(_("已保存") if request.form.get("then") != "submit" else _("已保存并提交审核"), "ok")
    return fragments.go(shown)


def write(
    revision: QuotationRevision,
    actor: Actor,
    form: QuotationForm,
    lines: Lines[Any],
    *,
    autosave: bool = False,
) -> None:
    head = {name: getattr(form, name).data for name in actions.HEAD_FIELDS}
    head["payment_term"] = head["payment_term"] or ""
    actions.edit(
        revision,
        actor=actor,
        version=autosaving.version_of(form.version.data),
        head=head,
        lines=typed_lines(lines),
        legal_entity_id=form.legal_entity_id.data,
        autosave=autosave,
    )


def refused_form(
    quotation_id: int, number: int, form: QuotationForm, lines: Lines[Any], problem: Problem
) -> Answer:
    revision = load(quotation_id, number, with_lines=False, to_show=True)
    if isinstance(problem, Stale):
        form.version.data = revision.version
        return form_page(revision, form, lines, status=409, stale=problem)
    status = problem.status
    if problem.code in CELLS:
        lines.refuse(int(problem.params["row"]) - 1, *CELLS[problem.code])
    elif problem.code in FIELDS:
        form.refuse(Invalid(fields={FIELDS[problem.code]: problem.sentence()}))
    else:
        status = form.refuse(problem)
    return form_page(revision, form, lines, status=status)


@blueprint.post("/<int:quotation_id>/r/<int:number>/totals")
@requires(QuotationPerm.PREPARE)
def totals(quotation_id: int, number: int) -> Answer:
    revision = load(quotation_id, number, with_lines=False, to_show=True)
    lines = Lines(QuotationLineForm, request.form)
    return form_block(revision, lines)


def form_block(revision: QuotationRevision, lines: Lines[Any]) -> Answer:
    return fragments.page(
        "quotations/totals.html",
        fragment="totals",
        **preview(lines).told(),
        heading=_("含税合计"),
        back_url=presentation.addresses(revision)["edit"],
    )


@blueprint.post("/<int:quotation_id>/r/<int:number>/autosave")
@requires(QuotationPerm.PREPARE)
def autosave(quotation_id: int, number: int) -> Answer:
    """Save a draft as it is typed; what cannot be saved yet is left alone, a newer version is never overwritten."""
    revision, actor = load(quotation_id, number, with_lines=False, to_show=True), current_actor()
    check_editable(revision, actor)
    if revision.status != QuotationStatus.DRAFT:
        raise Conflict("quotation:not-editable", state=FLOW.state(revision.status).label)
    form, lines = filling.quotation_form(revision), Lines(QuotationLineForm, request.form)
    valid = form.validate()
    if not lines.validate() or not valid:
        return answer(quotation_id, number, status=422, waiting=_("还有内容要改正，暂未自动保存"))
    try:
        with unit_of_work():
            write(revision, actor, form, lines, autosave=True)
    except Stale as problem:
        return answer(quotation_id, number, status=409, waiting=problem.sentence(), changes=problem.changes)
    except (Conflict, Invalid) as problem:
        return answer(quotation_id, number, status=problem.status, waiting=problem.sentence())
    return answer(quotation_id, number, saved=True)


def answer(quotation_id: int, number: int, *, saved: bool = False, **shown: Any) -> Answer:
    revision = load(quotation_id, number, with_lines=False, to_show=True)
    return autosaving.answer(
        back_url=presentation.addresses(revision)["edit"],
        saved_as=revision.version if saved else None,
        **shown,
    )
