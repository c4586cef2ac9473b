"""What a person is responsible for now, and ever was: one's own page, and a colleague's for who oversees equipment."""

from typing import Any

from flask import Response, url_for
from sqlalchemy import select

from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import listed, pgettext
from app.features.assets import page, queries, sheets
from app.features.assets.enums import CUSTODY_LABELS, ITEM_STATUS_LABELS, AssetPerm, CustodyKind, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.views import blueprint
from app.features.people.models import Department, User
from app.web import filters, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.papers import company_name, send_paper


@blueprint.get("/mine")
@signed_in
def mine() -> Response:
    person = session.get_one(User, current_actor().id)
    return show_person(person, own=True)


@blueprint.get("/people/<int:person_id>")
@requires(AssetPerm.VIEW_ALL, AssetPerm.KEEP)
def person(person_id: int) -> Response:
    return show_person(overseen(person_id), own=False)


def overseen(person_id: int) -> User:
    """Return a person of the departments an actor oversees, or who holds something of theirs; raises NotVisible."""
    actor = current_actor()
    found = session.get(User, person_id)
    if found is None:
        raise NotVisible
    if queries.oversees(actor, found.department_id):
        return found
    held = queries.visible_to(actor).where(AssetItem.keeper_id == person_id).limit(1)
    if session.execute(held).first() is None:
        raise NotVisible
    return found


def department_name(person: User) -> str:
    """Return the name of a person's department."""
    if person.department_id is None:
        return ""
    return session.execute(select(Department.name).where(Department.id == person.department_id)).scalar_one()


def show_person(person: User, *, own: bool) -> Response:
    """Show what a person holds, with what can be done with it, the offers that wait, and what they once held."""
    actor = current_actor()
    items = [item for item in queries.items_held_by(person.id) if own or sees(item)]
    may_act = own or queries.keeps(actor)
    return fragments.page(
        "assets/person.html",
        heading=_("我的设备") if own else _("%(name)s的设备", name=page.person_name(person)),
        trail=[] if own else [(pgettext("list", "设备"), url_for("assets.index"))],
        facts=[_("现有 %(count)s 件", count=len(items))],
        held=held_rows(items),
        offers=offer_rows(person.id),
        past=past_rows(person.id),
        may_act=may_act,
        may_return=own and not queries.keeps(actor),
        may_take_back=not own and queries.keeps(actor),
        left=not person.active,
        list_url=url_for(
            "assets.my_list" if own else "assets.person_list", person_id=None if own else person.id
        ),
        hand_overs_url=url_for("assets.hand_overs"),
    )


def sees(item: AssetItem) -> bool:
    """Tell whether the reader oversees the department of an item."""
    return queries.oversees(current_actor(), item.department_id)


def held_rows(items: list[AssetItem]) -> list[dict[str, Any]]:
    """Return what a person holds as the page lists it; what stands in an open offer is not offered again."""
    periods = queries.open_custody_of(item.id for item in items)
    offered = queries.offered_items(item.id for item in items)
    return [
        {
            "id": item.id,
            "name": item.name,
            "url": url_for("assets.show", item_id=item.id),
            "number": item.number,
            "model": item.model,
            "kind": CUSTODY_LABELS[CustodyKind(periods[item.id].kind)],
            "since": periods[item.id].from_at,
            "place": item.place.name if item.place is not None else "",
            "due": filters.date_text(item.due_back_on) if item.due_back_on else "",
            "state": ITEM_STATUS_LABELS[ItemStatus(item.status)]
            if item.status in (ItemStatus.REPAIR, ItemStatus.LOST)
            else "",
            "offered": offered.get(item.id, ""),
            "free": item.id not in offered and item.status != ItemStatus.LOST,
        }
        for item in items
    ]


def offer_rows(person_id: int) -> list[dict[str, Any]]:
    """Return the offers a person is to answer, or waits for an answer to."""
    return [
        {
            "number": offer.number,
            "url": url_for("assets.hand_over_step", hand_over_id=offer.id, name="accept")
            if offer.to_id == current_actor().id
            else url_for("assets.show_hand_over", hand_over_id=offer.id),
            "text": _("%(giver)s交给%(receiver)s", giver=offer.giver.name, receiver=offer.receiver.name),
            "things": listed(line.item.name for line in offer.lines[:4]),
            "waits_for_me": offer.to_id == current_actor().id,
            "until": offer.expires_at,
        }
        for offer in queries.open_offers_of(person_id)
    ]


def past_rows(person_id: int) -> list[dict[str, Any]]:
    """Return what a person was responsible for once."""
    return [
        {
            "name": item.name,
            "number": item.number,
            "url": url_for("assets.show", item_id=item.id),
            "kind": CUSTODY_LABELS[CustodyKind(period.kind)],
            "since": period.from_at,
            "until": period.until_at,
        }
        for period, item in queries.past_of(person_id)
    ]


@blueprint.get("/mine/list.pdf")
@signed_in
def my_list() -> Response:
    return list_paper(session.get_one(User, current_actor().id))


@blueprint.get("/people/<int:person_id>/list.pdf")
@requires(AssetPerm.VIEW_ALL, AssetPerm.KEEP)
def person_list(person_id: int) -> Response:
    return list_paper(overseen(person_id))


def list_paper(person: User) -> Response:
    """Answer with the list of what a person is responsible for, to be signed."""
    actor = current_actor()
    items = [item for item in queries.items_held_by(person.id) if person.id == actor.id or sees(item)]
    periods = queries.open_custody_of(item.id for item in items)
    held = [(item, periods[item.id]) for item in items]
    content = sheets.person_list(person, held, company_name(), department_name(person))
    return send_paper(content, f"{_('个人领用清单 %(name)s', name=person.name)}.pdf")
