"""What a scanned label opens: what is offered to whoever scans it, the item, or who is responsible for it."""

from typing import Any

from flask import Response, url_for

from app.core import documents as core_documents
from app.core import verification_code
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.assets import hand_over_views, page, queries
from app.features.assets.enums import ITEM, ITEM_STATUS_LABELS, ITEM_STATUS_TONES, ItemStatus
from app.features.assets.models import AssetItem, HandOver
from app.features.assets.views import blueprint
from app.web import fragments
from app.web.guard import current_actor, signed_in

GONE_FOR_GOOD = 410


@blueprint.get("/scan/<code>")
@signed_in
def scan(code: str) -> Any:
    actor = current_actor()
    item = queries.by_label(spelled(code))
    if item is None:
        raise NotVisible("asset_item:unknown-label")
    if item.status == ItemStatus.SCRAPPED:
        return show_label(item, actor, GONE_FOR_GOOD)
    offer = queries.open_offer_of(item.id)
    if offer is not None and offer.to_id == actor.id:
        return show_offer(offer)
    if core_documents.is_visible(actor, ITEM, item.id):
        return fragments.go(url_for("assets.show", item_id=item.id))
    return show_label(item, actor, 200)


def spelled(code: str) -> str:
    """Return a code as labels carry it, whatever a person made of it when typing."""
    return verification_code.folded(code)


def show_offer(offer: HandOver) -> Response:
    """Show what is offered to whoever scanned, to be accepted or declined right here."""
    form = hand_over_views.accept_form(offer, "accept")
    form.version.data = offer.version
    return hand_over_views.show_accept(offer, "accept", form, 200)


def show_label(item: AssetItem, actor: Actor, status: int) -> Response:
    """Show what a label tells anybody in the house: what it is, and whom to bring it to."""
    scrapped = item.status == ItemStatus.SCRAPPED
    facts: list[tuple[Any, ...]] = [(_("设备编号"), item.number), (_("部门"), item.department.name)]
    if not scrapped:
        facts.append((_("责任人"), page.person_name(item.keeper)))
    return fragments.page(
        "assets/label.html",
        status=status,
        heading=item.name,
        state=ITEM_STATUS_LABELS[ItemStatus(item.status)],
        tone=ITEM_STATUS_TONES[ItemStatus(item.status)],
        trail=[page.list_step(actor)],
        scrapped=scrapped,
        about=facts,
        item_url=url_for("assets.show", item_id=item.id)
        if core_documents.is_visible(actor, ITEM, item.id)
        else "",
    )
