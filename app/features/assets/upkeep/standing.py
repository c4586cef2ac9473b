"""Where an item stands by who is responsible for it."""

from app.core.errors import Conflict
from app.features.assets import custody, queries
from app.features.assets.enums import CustodyKind, ItemStatus
from app.features.assets.models import AssetItem


def standing_of(item: AssetItem) -> ItemStatus:
    """Return where an item is that is neither away nor gone: in store, or with whoever is responsible for it."""
    stored = custody.open_period(item.id).kind == CustodyKind.STORE
    return ItemStatus.IN_STOCK if stored else ItemStatus.ASSIGNED


def check_not_offered(item: AssetItem) -> None:
    """Raise Conflict where an item is being handed over."""
    offer = queries.open_offer_of(item.id)
    if offer is not None:
        raise Conflict("asset_item:offered", item=item.name, number=offer.number, who=offer.receiver.name)
