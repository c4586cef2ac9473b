"""The pages of the fast track: one form for who proposes, one page for who decides."""

from dataclasses import replace
from typing import Any

from flask import flash, request, url_for

from app.core import clock, modules
from app.core.documents import state_of
from app.core.errors import Conflict, Invalid, NotVisible, Problem
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import Actor
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.core.workflow import flows
from app.features.customers import queries as customers
from app.features.customers.models import Customer
from app.features.inquiries import queries as inquiries
from app.features.inquiries import reporting
from app.features.inquiries.actions import DOC_TYPE as INQUIRY
from app.features.inquiries.actions import default_deadline
from app.features.inquiries.models import Inquiry
from app.features.quotations import filling
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.fast_track import actions, forms, presentation, rules
from app.features.quotations.fast_track import content as contents
from app.features.quotations.fast_track.actions import Goods, Typed, TypedLine
from app.features.quotations.fast_track.issuing import decide_now
from app.features.quotations.fast_track.presentation import MODULE
from app.features.quotations.views import READERS, Answer, blueprint
from app.features.seals.queries import legal_entities
from app.web import documents, fragments
from app.web.forms import Lines, once
from app.web.guard import current_actor, requires
from app.web.lines import lines_only, rows_to_add

MOST_NAMES = 300
FILL = "fill"
TERMS_OF_CUSTOMER = "terms"


def check_on() -> None:
    if not modules.is_on(MODULE):
        raise NotVisible


def way(actor: Actor) -> tuple[str, str] | None:
    """Return the way to the fast track beside the short form of an inquiry."""
    if not presentation.may_propose(actor):
        return None
    return _("快速报价"), url_for("quotations.fast_track")


# Proposing


@blueprint.route("/fast", methods=["GET", "POST"])
@requires(QuotationPerm.PREPARE)
def fast_track() -> Answer:
    check_on()
    actor = current_actor()
    now = clock.now().replace(second=0, microsecond=0)
    form = forms.NewOfferForm(received_at=now, deadline=default_deadline(now))
    offer_companies(form)
    if request.method == "POST":
        return posted(form, actor)
    named = request.args.get("customer", type=int)
    customer = customers.get(actor, named) if named is not None else None
    if customer is not None:
        form.customer.data = customer.name
        fill_terms(form, customer, actor)
    return show_form(form, Lines(forms.OfferLineForm), actor, customer=customer)


@blueprint.route("/fast/<int:inquiry_id>/mend", methods=["GET", "POST"])
@requires(QuotationPerm.PREPARE)
def mend_offer(inquiry_id: int) -> Answer:
    check_on()
    actor = current_actor()
    inquiry = inquiries.get(actor, inquiry_id)
    proposal = actions.check_returned(inquiry, actor)
    form = forms.ReturnedOfferForm(
        version=inquiry.version,
        customer=inquiry.customer.name,
        deadline=inquiry.deadline,
        channel=inquiry.channel,
        received_at=inquiry.received_at,
        legal_entity_id=proposal.content["legal_entity_id"],
        **contents.head_of(proposal.content),
    )
    offer_companies(form)
    if request.method == "POST":
        return posted(form, actor, inquiry)
    stored = contents.lines_of(proposal.content)
    # The unit of a listed product is the list's; only other goods are asked for it.
    lines = Lines(
        forms.OfferLineForm,
        stored=[replace(line, unit="") if line.product_id is not None else line for line in stored],
    )
    return show_form(form, lines, actor, inquiry=inquiry, customer=inquiry.customer)


def offer_companies(form: Any) -> None:
    """Give the form the companies that may quote, the first where none was chosen."""
    form.legal_entity_id.choices = [(row.id, row.name) for row in legal_entities()]
    known = [value for value, _label in form.legal_entity_id.choices]
    if form.legal_entity_id.data is None:
        form.legal_entity_id.data = known[0] if known else None


def fill_terms(form: Any, customer: Customer, actor: Actor) -> None:
    """Fill what is empty with what is usual for a customer."""
    usual = actions.usual_for(customer, actor)
    empty = [name for name in (*forms.TERMS, *forms.HEAD) if not form[name].data]
    filling.put(form, {name: usual[name] for name in empty})


def posted(form: Any, actor: Actor, inquiry: Inquiry | None = None) -> Answer:
    """Answer the posted form: shown again for its table or its terms, sent, or refused with all that was typed."""
    lines = Lines(forms.OfferLineForm, request.form)
    if lines_only(request.form):
        return show_form(form, lines, actor, inquiry=inquiry)
    if request.form.get(FILL) == TERMS_OF_CUSTOMER:
        known = reporting.find_customer(actor, form.customer.data or "")
        if known is not None:
            fill_terms(form, known, actor)
        return show_form(form, lines, actor, inquiry=inquiry, opened=True)
    ordinary = request.form.get("then") == "ordinary"
    valid = form.validate()
    if not lines.validate() or not valid:
        return show_form(form, lines, actor, 422, inquiry=inquiry)
    goods = actions.goods_of(actor, typed_lines(lines))
    if not ordinary and refuse_lines(lines, goods):
        return show_form(form, lines, actor, 422, inquiry=inquiry, refused=True)
    inquiry_id = inquiry.id if inquiry is not None else None
    try:
        with unit_of_work():
            url = sent(form, lines, actor, inquiry_id, ordinary=ordinary)
    except (Conflict, Invalid) as problem:
        again = inquiries.get(actor, inquiry_id) if inquiry_id is not None else None
        status = form.refuse(problem, version=again.version if again else None)
        return show_form(form, lines, actor, status, inquiry=again, refused=True)
    said = _("询价已登记并上报，价格已留存，编制报价时自动带出") if ordinary else _("快速报价已送经理审核")
    flash(said, "ok")
    return fragments.go(url)


def typed_lines(lines: Lines[Any]) -> list[TypedLine]:
    return [TypedLine(**row) for row in lines.data if complete(row)]


def complete(row: dict[str, Any]) -> bool:
    """Tell whether a row says what and how many; others stand aside until it is sent."""
    return row["quantity"] is not None and bool(row["name"])


def refuse_lines(lines: Lines[Any], goods: Goods) -> bool:
    """Put what keeps lines from the fast track to their cells; tell whether there was any."""
    for problem in goods.problems:
        lines.refuse(problem.position - 1, problem.cell, problem.sentence())
    return bool(goods.problems)


def sent(form: Any, lines: Lines[Any], actor: Actor, inquiry_id: int | None, *, ordinary: bool) -> str:
    """Propose inside the open unit of work and return the address of the inquiry."""
    if inquiry_id is None:
        return once(form, lambda: propose(form, lines, actor, ordinary=ordinary))
    inquiry = inquiries.get(actor, inquiry_id)
    return propose(form, lines, actor, inquiry, form.version.data, ordinary=ordinary)


def propose(
    form: Any,
    lines: Lines[Any],
    actor: Actor,
    inquiry: Inquiry | None = None,
    version: int | None = None,
    *,
    ordinary: bool,
) -> str:
    typed = Typed(
        customer=customer_of(form, actor, ordinary=ordinary),
        received_at=form.received_at.data,
        deadline=form.deadline.data,
        channel=str(form.channel.data),
        head={name: form[name].data for name in (*forms.TERMS, *forms.HEAD)},
        lines=typed_lines(lines),
        legal_entity_id=form.legal_entity_id.data,
    )
    made = actions.propose(typed, actor=actor, inquiry=inquiry, version=version, ordinary=ordinary)
    return presentation.address(made.id)


def customer_of(form: Any, actor: Actor, *, ordinary: bool) -> Customer:
    """Return the customer of the typed name; a new one is made on the ordinary way only."""
    typed = str(form.customer.data)
    if ordinary:
        return reporting.customer_named(actor, typed, accept_similar=form.accept_similar.data).customer
    known = reporting.find_customer(actor, typed)
    if known is None or not known.active:
        raise Invalid(fields={"customer": _("快速报价只给已有的、在用的客户；新客户请按普通流程上报")})
    return known


def show_form(
    form: Any,
    lines: Lines[Any],
    actor: Actor,
    status: int = 200,
    *,
    inquiry: Inquiry | None = None,
    customer: Customer | None = None,
    refused: bool = False,
    opened: bool = False,
) -> Answer:
    folded = (*forms.TERMS, *forms.HEAD, *forms.TIMES)
    back = presentation.address(inquiry.id) if inquiry is not None else url_for("inquiries.index")
    trail = [(pgettext("list", "询价"), url_for("inquiries.index"))]
    return fragments.page(
        "quotations/fast_track/form.html",
        fragment="form",
        status=status,
        heading=_("快速报价"),
        trail=[*trail, (inquiry.title, back)] if inquiry is not None else trail,
        form=form,
        names=reporting.customer_names(actor, MOST_NAMES),
        columns=forms.columns(with_unit=refused or any(row.texts["unit"] for row in lines.rows)),
        rows=lines.shown(rows_to_add(request.form), empty=1),
        line_errors=lines.errors,
        problems=lines.problems,
        removed=lines.removed,
        contacts=contacts_for(form, actor, customer),
        more_open=opened or any(form[name].errors for name in folded),
        refused=refused,
        returned_reason=returned_reason(inquiry) if inquiry is not None else "",
        totals_url=url_for("quotations.fast_totals"),
        cancel_url=back,
        **sums(actor, lines),
    )


def contacts_for(form: Any, actor: Actor, customer: Customer | None) -> list[customers.ContactOption]:
    """Return the contacts of the customer, found by the typed name where it is not at hand."""
    known = customer
    if known is None and form.customer.data:
        known = reporting.find_customer(actor, form.customer.data)
    return customers.contact_options(actor, known.id if known is not None else None)


def returned_reason(inquiry: Inquiry) -> str:
    """Return why the manager returned it last."""
    events = events_for(INQUIRY, inquiry.id)
    return next((event.reason for event in events if event.verb == "inquiry:return"), "")


def sums(actor: Actor, lines: Lines[Any]) -> dict[str, Any]:
    """Return the totals of what is typed, at list prices where no other is, and what keeps it from the fast track."""
    goods = actions.goods_of(actor, typed_lines(lines))
    totals = actions.totals_of(goods)
    over = rules.limit_problem(totals.gross)
    places = [place for place, row in enumerate(lines.data, 1) if complete(row)]
    said = [replace(problem, position=places[problem.position - 1]).sentence() for problem in goods.problems]
    return {"totals": totals, "floor_warnings": [*said, *([over.sentence()] if over else [])]}


@blueprint.post("/fast/totals")
@requires(QuotationPerm.PREPARE)
def fast_totals() -> Answer:
    check_on()
    return fragments.page(
        "quotations/totals.html",
        fragment="totals",
        heading=_("含税合计"),
        back_url=url_for("quotations.fast_track"),
        **sums(current_actor(), Lines(forms.OfferLineForm, request.form)),
    )


# Deciding


@blueprint.route("/fast/<int:inquiry_id>", methods=["GET", "POST"])
@requires(*READERS)
def decide_offer(inquiry_id: int) -> Answer:
    check_on()
    actor = current_actor()
    inquiry = inquiries.get(actor, inquiry_id)
    if not presentation.sees_prices(inquiry, actor):
        raise NotVisible
    if request.method != "POST":
        return show_offer(inquiry, actor)
    form = forms.DecideForm()
    sealing = request.form.get("then") == "issue"
    try:
        quotation_id, number = decide_now(
            inquiry_id,
            actor=actor,
            version=form.version.data or 0,
            content_hash=form.content_hash.data or "",
            seal_id=(chosen_seal(form) if sealing else None),
        )
    except (Conflict, Invalid) as problem:
        return show_offer(inquiries.get(actor, inquiry_id), actor, problem)
    flash(_("已同意参与、审核通过并出具") if sealing else _("已同意参与并审核通过"), "ok")
    return fragments.go(url_for("quotations.show", quotation_id=quotation_id, number=number))


def chosen_seal(form: forms.DecideForm) -> int:
    """Return the id of the chosen seal; 0, which no seal has, where none was chosen."""
    text = (form.seal_id.raw_data or [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def show_offer(inquiry: Inquiry, actor: Actor, problem: Problem | None = None) -> Answer:
    proposal = actions.standing(inquiry)
    if proposal is None and problem is None:
        return fragments.go(presentation.address(inquiry.id))
    state = state_of(INQUIRY, inquiry.number, inquiry.status)
    refusal = documents.refusal(problem) if problem is not None else None
    steps = flows()[INQUIRY].open_steps(inquiry, actor)
    wanted = ("return", "decline")
    return fragments.page(
        "quotations/fast_track/decide.html",
        status=refusal.status if refusal else 200,
        heading=inquiry.title,
        trail=[
            (pgettext("list", "询价"), url_for("inquiries.index")),
            (inquiry.title, presentation.address(inquiry.id)),
        ],
        state=state.label,
        tone=state.tone,
        facts=[inquiry.customer.name],
        steps=[step for step in steps if step.name in wanted],
        action=presentation.address(inquiry.id),
        version=inquiry.version,
        refusal=refusal,
        offer=presentation.offer(inquiry, proposal, actor) if proposal is not None else None,
    )
