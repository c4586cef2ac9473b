"""Codes of equipment and its hand-over, with their labels apart."""

from enum import StrEnum

ITEM = "asset_item"
HAND_OVER = "hand_over"


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
