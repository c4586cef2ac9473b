"""Codes of equipment and its hand-over, with their labels apart."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy

ITEM = "asset_item"
CATEGORY = "asset_category"
PLACE = "asset_place"
HAND_OVER = "hand_over"
MODULE = "assets"

# kinds of stored files
PHOTO = "photo"
SHEET = "sheet"

# how many characters say what is wrong with a thing
LONGEST_NOTE = 200


class AssetPerm(StrEnum):
    """The rights around equipment; whoever is responsible for an item may hand it on without any of them."""

    VIEW_ALL = "assets:item:view-all"
    KEEP = "assets:item:keep"


class ItemStatus(StrEnum):
    """Where an item stands (rule table 2.8); whoever is responsible is told by its custody, in every state."""

    IN_STOCK = "in_stock"
    ASSIGNED = "assigned"
    REPAIR = "repair"
    LOST = "lost"
    SCRAPPED = "scrapped"


class CustodyKind(StrEnum):
    """How a person is responsible: holds the item, has borrowed it until a day, or keeps the store it lies in."""

    HELD = "held"
    BORROWED = "borrowed"
    STORE = "store"


class HandOverKind(StrEnum):
    """From the store to a person, from one person to another, lent until a day, or back to the store."""

    ISSUE = "issue"
    TRANSFER = "transfer"
    LOAN = "loan"
    RETURN = "return"


class HandOverStatus(StrEnum):
    """The life of a hand-over (rule table 2.8)."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Condition(StrEnum):
    """The condition in which an item changes hands."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"


ITEM_STATUS_LABELS: dict[str, LazyText] = {
    ItemStatus.IN_STOCK: lazy("在库"),
    ItemStatus.ASSIGNED: lazy("在用"),
    ItemStatus.REPAIR: lazy("维修中"),
    ItemStatus.LOST: lazy("已报失"),
    ItemStatus.SCRAPPED: lazy("已报废"),
}
ITEM_STATUS_TONES: dict[str, str] = {
    ItemStatus.IN_STOCK: "info",
    ItemStatus.ASSIGNED: "ok",
    ItemStatus.REPAIR: "warn",
    ItemStatus.LOST: "bad",
    ItemStatus.SCRAPPED: "neutral",
}
CUSTODY_LABELS: dict[str, LazyText] = {
    CustodyKind.HELD: lazy("领用"),
    CustodyKind.BORROWED: lazy("借用"),
    CustodyKind.STORE: lazy("在库保管"),
}
HAND_OVER_KIND_LABELS: dict[str, LazyText] = {
    HandOverKind.ISSUE: lazy("发放"),
    HandOverKind.TRANSFER: lazy("转交"),
    HandOverKind.LOAN: lazy("借出"),
    HandOverKind.RETURN: lazy("退库"),
}
CONDITION_LABELS: dict[str, LazyText] = {
    Condition.GOOD: lazy("完好"),
    Condition.WORN: lazy("有磨损，可用"),
    Condition.DAMAGED: lazy("损坏"),
}
# How a period of responsibility begins with each kind of hand-over.
CUSTODY_OF_KIND = {
    HandOverKind.ISSUE: CustodyKind.HELD,
    HandOverKind.TRANSFER: CustodyKind.HELD,
    HandOverKind.LOAN: CustodyKind.BORROWED,
    HandOverKind.RETURN: CustodyKind.STORE,
}
# An item that is gone changes hands no more.
GONE = (ItemStatus.LOST, ItemStatus.SCRAPPED)
