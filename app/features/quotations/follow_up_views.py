"""The list of offers that want a call, and the one-line record of what was said."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import can
from app.core.uow import unit_of_work
from app.features.quotations import follow_up
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.listing import total_shown
from app.features.quotations.pages import tabs
from app.features.quotations.views import READERS, Answer, blueprint, load, sealed_facts, show_page
from app.web import documents, fragments, security
from app.web.forms import CreationForm, once
from app.web.guard import current_actor, requires
from app.web.lists import show_list
from app.web.tokens import new_token


@blueprint.get("/follow-up")
@requires(*READERS)
def follow_ups() -> Answer:
    actor = current_actor()
    listing = follow_up.FollowUpList(actor, request.args, request.path)
    return show_list(
        listing,
        _("待跟进报价"),
        template="quotations/follow_up.html",
        tabs=tabs(actor, "follow-up"),
        list_facts=sealed_facts(actor),
        total=total_shown,
        may_note=can(actor, QuotationPerm.PREPARE),
        token=new_token,
        days=follow_up.days_since,
        tone=follow_up.validity_tone,
        address=follow_up.address_of,
        back=listing.url(page=listing.page),
        empty_text=_("没有要跟进的报价"),
        empty_hint=_("出具三天以上没有跟进的、快到期的报价会出现在这里"),
        empty_url=url_for("quotations.index"),
        empty_label=_("去看报价"),
    )


@blueprint.post("/<int:quotation_id>/r/<int:number>/contact")
@requires(QuotationPerm.PREPARE)
def contact(quotation_id: int, number: int) -> Answer:
    actor, text = current_actor(), request.form.get("text", "")
    load(quotation_id, number)
    wanted = request.form.get("back", "")
    back = security.safe_next(wanted) if wanted else url_for("quotations.show", **request.view_args or {})

    def make() -> str:
        follow_up.note_contact(load(quotation_id, number), actor=actor, text=text)
        return back

    try:
        with unit_of_work():
            target: Any = once(CreationForm(), make)
    except (Conflict, Invalid) as problem:
        return show_page(load(quotation_id, number), documents.refusal(problem, text, "contact"))
    flash(_("沟通记录已保存"), "ok")
    return fragments.go(target)
