"""The checklist of a tender on its inquiry's page, and the posts that tick, set aside and open its items."""

from typing import Any

from flask import flash, request, url_for

from app.core import modules
from app.core.errors import Conflict, Invalid
from app.core.files import check_upload
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.features.inquiries import page, queries, secrecy, tender
from app.features.inquiries.enums import InquiryKind
from app.features.inquiries.flow import decider
from app.features.inquiries.models import Inquiry, TenderItem
from app.features.inquiries.views import blueprint, show_page
from app.web import documents, filters, fragments
from app.web.guard import current_actor, signed_in


def panel(inquiry: Inquiry, actor: Actor) -> dict[str, Any] | None:
    """Return the checklist for the inquiry's page, None where there is none for this reader."""
    if inquiry.kind != InquiryKind.TENDER or not modules.is_on(tender.MODULE):
        return None
    if not queries.sight(inquiry, actor).whole:
        return None
    items = tender.items_of(inquiry.id)
    if not items:
        return None
    running, sees = inquiry.status in tender.OPEN_STATES, secrecy.sees_prices(inquiry, actor)
    return {
        "items": [row_of(inquiry, item, readable=sees or item.done_by_id == actor.id) for item in items],
        "done": sum(not item.open for item in items),
        "may_tick": running and tender.may_tick(inquiry, actor),
        "may_waive": running and decider.test(inquiry, actor) is not None,
        "version": inquiry.version,
    }


def row_of(inquiry: Inquiry, item: TenderItem, *, readable: bool) -> dict[str, Any]:
    """Return an item as the page shows it; ``readable`` whether the reader may open its file."""
    place: dict[str, Any] = {"inquiry_id": inquiry.id, "item_id": item.id}
    done_by = item.done_by.name if item.done_by is not None else ""
    state = _("待办")
    if item.done_at is not None:
        state = _("免办") if item.waived else _("完成")
    return {
        "id": item.id,
        "position": item.position,
        "name": item.name,
        "needs_file": item.needs_file,
        "open": item.open,
        "state": state,
        "tone": "warn" if item.open else "neutral" if item.waived else "ok",
        "said": " · ".join(
            part
            for part in (done_by, filters.moment_text(item.done_at) if item.done_at else "", item.note)
            if part
        ),
        "file_url": f"/files/{item.stored_file_id}" if item.stored_file_id and readable else "",
        "tick_url": url_for("inquiries.tender_tick", **place),
        "tick_note": refused_note("inquiries.tender_tick", item.id),
        "waive_url": url_for("inquiries.tender_waive", **place),
        "waive_note": refused_note("inquiries.tender_waive", item.id),
        "untick_url": url_for("inquiries.tender_untick", **place),
    }


def refused_note(endpoint: str, item_id: int) -> str | None:
    """Return the note just sent for an act on an item, which stays in its form; None where this was not the act."""
    if request.endpoint != endpoint or (request.view_args or {}).get("item_id") != item_id:
        return None
    return documents.typed_step().note


@blueprint.post("/inquiries/<int:inquiry_id>/tender/<int:item_id>/tick")
@signed_in
def tender_tick(inquiry_id: int, item_id: int) -> Any:
    upload = request.files.get("file")

    def do(inquiry: Inquiry, actor: Actor, typed: documents.TypedStep, file: Any) -> None:
        tender.tick(inquiry, item_id, actor=actor, version=typed.version, note=typed.note, file=file)

    return change(inquiry_id, do, _("已完成"), upload)


@blueprint.post("/inquiries/<int:inquiry_id>/tender/<int:item_id>/waive")
@signed_in
def tender_waive(inquiry_id: int, item_id: int) -> Any:
    def do(inquiry: Inquiry, actor: Actor, typed: documents.TypedStep, file: Any) -> None:
        tender.set_aside(
            inquiry,
            item_id,
            actor=actor,
            version=typed.version,
            reason=typed.note,
            allowed=decider.test(inquiry, actor) is not None,
            ask=decider.ask(inquiry),
        )

    return change(inquiry_id, do, _("已免办"))


@blueprint.post("/inquiries/<int:inquiry_id>/tender/<int:item_id>/untick")
@signed_in
def tender_untick(inquiry_id: int, item_id: int) -> Any:
    def do(inquiry: Inquiry, actor: Actor, typed: documents.TypedStep, file: Any) -> None:
        tender.untick(inquiry, item_id, actor=actor, version=typed.version)

    return change(inquiry_id, do, _("已改为未完成"))


def change(inquiry_id: int, do: Any, done: str, upload: Any = None) -> Any:
    """Do one act on the checklist and go back to it, or show the page again with the refusal."""
    actor, typed = current_actor(), documents.typed_step()
    queries.get(actor, inquiry_id)
    try:
        file = check_upload(upload.filename, upload.stream) if upload and upload.filename else None
        with unit_of_work():
            do(queries.get(actor, inquiry_id), actor, typed, file)
    except (Conflict, Invalid) as problem:
        return show_page(queries.get(actor, inquiry_id), actor, documents.refusal(problem, typed.note))
    flash(done, "ok")
    return fragments.go(f"{page.address(inquiry_id)}#tender")
