"""The form by which an offer is prolonged: one date, two buttons."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.uow import unit_of_work
from app.features.quotations import presentation
from app.features.quotations.bid.guards import outdated_bid
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.forms import ProlongForm
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation.guards import waiting_problem
from app.features.quotations.prolong import may_prolong, prolong, usual_validity
from app.features.quotations.views import Answer, blueprint, load
from app.web import fragments
from app.web.guard import current_actor, requires


@blueprint.route("/<int:quotation_id>/r/<int:number>/prolong", methods=["GET", "POST"])
@requires(QuotationPerm.PREPARE)
def prolonged(quotation_id: int, number: int) -> Answer:
    actor, revision = current_actor(), load(quotation_id, number)
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=_("延期"), who=revision.owner.name)
    form = ProlongForm()
    if request.method != "POST":
        if not may_prolong(revision):
            raise Conflict("quotation:not-prolongable")
        waiting = waiting_problem(revision)
        if waiting is not None:
            raise waiting
        form.version.data, form.valid_until.data = revision.version, usual_validity()
        return show_form(revision, form)
    if not form.validate():
        return show_form(revision, form, 422)
    submit = request.form.get("then") == "submit"
    try:
        with unit_of_work():
            fresh = prolong(
                load(quotation_id, number),
                actor=actor,
                version=form.version.data or 0,
                valid_until=form.valid_until.data,
                submit=submit,
            )
            urls = presentation.addresses(fresh)
    except (Conflict, Invalid) as problem:
        revision = load(quotation_id, number)
        return show_form(revision, form, form.refuse(problem, version=revision.version))
    flash(_("已延期并提交审核") if submit else _("已另起新版，请核对后提交审核"), "ok")
    return fragments.go(urls["show" if submit else "edit"])


def show_form(revision: QuotationRevision, form: Any, status: int = 200) -> Answer:
    urls, outdated = presentation.addresses(revision), outdated_bid(revision)
    return fragments.page(
        "quotations/prolong.html",
        fragment="form",
        status=status,
        heading=_("延期 %(title)s", title=revision.title),
        trail=[(pgettext("list", "报价"), url_for("quotations.index")), (revision.title, urls["show"])],
        facts=presentation.facts_line(revision, current_actor()),
        form=form,
        outdated=outdated.sentence() if outdated is not None else "",
        bid=revision.bid.stored.name if revision.bid is not None else "",
        cancel_url=urls["show"],
    )
