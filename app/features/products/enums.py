"""Words of the products feature as codes."""

from enum import StrEnum


class ProductPerm(StrEnum):
    """What one may do with products. Prices and floor prices each need a right of their own."""

    VIEW = "products:product:view"
    SEE_PRICE = "products:product:see-price"
    SEE_FLOOR = "products:product:see-floor"
    EDIT = "products:product:edit"
