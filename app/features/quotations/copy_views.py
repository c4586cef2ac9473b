"""The page that copies a whole quotation into the draft of another inquiry."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.uow import unit_of_work
from app.features.inquiries import queries as inquiries
from app.features.quotations import copying, presentation, secrecy
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.forms import CopyForm
from app.features.quotations.models import QuotationRevision
from app.features.quotations.views import Answer, blueprint, load
from app.web import fragments
from app.web.forms import once
from app.web.guard import current_actor, requires


@blueprint.route("/<int:quotation_id>/r/<int:number>/copy", methods=["GET", "POST"])
@requires(QuotationPerm.PREPARE)
def copied(quotation_id: int, number: int) -> Answer:
    actor, revision = current_actor(), load(quotation_id, number)
    secrecy.require_prices(revision, actor)
    form = CopyForm()
    form.inquiry_id.choices = [
        (row.id, f"{row.number or _('未编号')} {row.customer.name}")
        for row in copying.open_inquiries(actor, revision)
    ]
    if request.method != "POST":
        return show_form(revision, form)
    if not form.validate():
        return show_form(revision, form, 422)

    def make() -> str:
        inquiry = inquiries.get(actor, form.inquiry_id.data or 0)
        target = copying.copy_to_inquiry(load(quotation_id, number), inquiry, actor=actor)
        return presentation.addresses(target)["edit"]

    try:
        with unit_of_work():
            target = once(form, make)
    except (Conflict, Invalid) as problem:
        status = form.refuse(problem)
        return show_form(load(quotation_id, number), form, status)
    flash(_("已复制，请核对后保存"), "ok")
    return fragments.go(target)


def show_form(revision: QuotationRevision, form: Any, status: int = 200) -> Answer:
    urls = presentation.addresses(revision)
    return fragments.page(
        "quotations/copy.html",
        fragment="form",
        status=status,
        heading=_("复制报价 %(title)s", title=revision.title),
        trail=[(pgettext("list", "报价"), url_for("quotations.index")), (revision.title, urls["show"])],
        facts=presentation.facts_line(revision, current_actor()),
        form=form,
        nothing=len(form.inquiry_id.choices) <= 1,
        cancel_url=urls["show"],
        submit_label=_("复制"),
    )
