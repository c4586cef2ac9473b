"""Saying that an item stands somewhere else now, without changing whose it is."""

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.workflow import lock
from app.features.assets.enums import GONE, ITEM, AssetPerm
from app.features.assets.models import AssetItem, AssetPlace


def move(item: AssetItem, *, actor: Actor, place_id: int) -> None:
    """Say that an item stands in another place; nothing where it stands there already.

    Raises Denied, Conflict for what is gone, Invalid at ``place_id`` for a place there is not.
    """
    require(actor, AssetPerm.KEEP, item.department_id)
    lock(item)
    if item.status in GONE:
        raise Conflict("asset_incident:gone", item=item.name)
    place = session.get(AssetPlace, place_id)
    if place is None:
        raise Invalid(fields={"place_id": lazy("请选择存放地点")})
    if item.place_id == place_id:
        return
    before = item.place.name if item.place is not None else ""
    item.place_id, item.place = place.id, place
    item.touch()
    session.flush()
    timeline.record(ITEM, item.id, "asset_item:move", actor, data={"from": before or "—", "to": place.name})
