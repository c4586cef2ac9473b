"""The pages of negotiations: the list, one record with the manager's answer, the form."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import timeline
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.uow import unit_of_work
from app.features.quotations import queries as quotations
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions, forms, presentation, queries
from app.features.quotations.negotiation.flow import DOC_TYPE, FLOW
from app.features.quotations.negotiation.listing import NegotiationList, base, filters_for
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.pages import tabs
from app.features.quotations.views import READERS
from app.web import document_panels, documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list

blueprint = Blueprint("negotiations", __name__, url_prefix="/quotations")

TEMPLATE = "quotations/negotiation/show.html"


@blueprint.get("/negotiations")
@requires(*READERS)
def index() -> Any:
    actor = current_actor()
    listing = NegotiationList(base(actor), request.args, request.path, filters=filters_for(actor))
    return show_list(
        listing,
        _("谈判记录"),
        template="quotations/list.html",
        tabs=tabs(actor, "negotiations"),
        empty_text=_("还没有谈判记录"),
        empty_hint=_("和客户谈价格、付款、赔偿之后，在报价页上“登记谈判”"),
        empty_url=url_for("quotations.index"),
        empty_label=_("去看报价"),
    )


def trail_of(revision: QuotationRevision) -> list[tuple[str, str]]:
    show = url_for("quotations.show", quotation_id=revision.quotation_id, number=revision.revision)
    return [(pgettext("list", "报价"), url_for("quotations.index")), (revision.title, show)]


@blueprint.route("/<int:quotation_id>/negotiations/new", methods=["GET", "POST"])
@requires(QuotationPerm.PREPARE)
def new(quotation_id: int) -> Any:
    actor = current_actor()
    revision = quotations.get(actor, quotation_id)
    actions.check_recordable(revision, actor)
    form = forms.negotiation_form(revision)
    if request.method != "POST":
        return show_form(revision, form)
    if not form.validate():
        return show_form(revision, form, 422)

    def make() -> str:
        row = quotations.get(actor, quotation_id)
        actions.record(row, actor=actor, typed=form.values())
        return f"{url_for('quotations.current', quotation_id=quotation_id)}#negotiations"

    try:
        with unit_of_work():
            target = once(form, make)
    except (Conflict, Invalid) as problem:
        status = form.refuse(problem)
        return show_form(quotations.get(actor, quotation_id), form, status)
    asked = bool(form.outside.data)
    flash(_("谈判已登记，已请经理答复") if asked else _("谈判已登记"), "ok")
    return fragments.go(target)


def show_form(revision: QuotationRevision, form: Any, status: int = 200) -> Any:
    return fragments.page(
        "quotations/negotiation/form.html",
        fragment="form",
        status=status,
        heading=_("登记谈判"),
        trail=trail_of(revision),
        facts=[revision.quotation.customer.name],
        form=form,
        more=forms.MORE_FIELDS,
        more_open=any(form[name].errors for name in forms.MORE_FIELDS),
        submit_label=_("登记"),
        cancel_url=url_for("quotations.current", quotation_id=revision.quotation_id),
    )


@blueprint.get("/negotiations/<int:negotiation_id>")
@requires(*READERS)
def show(negotiation_id: int) -> Any:
    return show_page(queries.get(current_actor(), negotiation_id))


def show_page(row: Negotiation, refusal: documents.Refusal | None = None) -> Any:
    return fragments.page(
        TEMPLATE, status=refusal.status if refusal else 200, **context(row), refusal=refusal
    )


def context(row: Negotiation) -> dict[str, Any]:
    actor = current_actor()
    state = FLOW.state(row.status)
    events = timeline.events_for(DOC_TYPE, row.id)
    place = presentation.address(row.id)
    return {
        "heading": _("商务谈判 %(title)s", title=row.revision.title),
        "trail": trail_of(row.revision),
        "state": state.label,
        "tone": state.tone,
        "facts": [row.quotation.customer.name],
        "steps": [],
        "action": place,
        "version": row.version,
        "stations": documents.stations(FLOW, row.status, events) if row.outside else [],
        "events": documents.timeline_rows(events),
        "further": document_panels.beside(DOC_TYPE, row.id, actor),
        "talk": presentation.talk_of(row, actor),
        "remind_url": url_for("home.reminder", doc_type=DOC_TYPE, doc_id=row.id)
        if row.status == "waiting" and row.owner_id == actor.id
        else "",
    }


@blueprint.post("/negotiations/<int:negotiation_id>/<any(consent,refuse):name>")
@requires(*READERS)
def answer(negotiation_id: int, name: str) -> Any:
    actor = current_actor()
    queries.get(actor, negotiation_id)

    def refused(problem: Problem, typed: documents.TypedStep) -> Any:
        row = queries.get(actor, negotiation_id)
        return documents.refuse_step(
            problem,
            typed,
            name,
            buttons=lambda: fragments.render_block(TEMPLATE, "answer", oob=True, **context(row)),
            show=lambda refusal: show_page(row, refusal),
        )

    return documents.fire_step(
        FLOW,
        name,
        load=lambda: queries.get(actor, negotiation_id),
        fire=lambda row, step, **typed: actions.fire(row, step, actor=actor, **typed),
        back=presentation.address(negotiation_id),
        refused=refused,
    )
