"""Words of the customers feature as codes."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy


class CustomerPerm(StrEnum):
    """What one may do with customers. Their owner sees and changes them without VIEW_ALL and EDIT_ALL."""

    VIEW = "customers:customer:view"
    VIEW_ALL = "customers:customer:view-all"
    CREATE = "customers:customer:create"
    EDIT_ALL = "customers:customer:edit-all"
    HAND_OVER = "customers:customer:hand-over"


class CustomerKind(StrEnum):
    """What a customer is to us."""

    DEALER = "dealer"
    END_USER = "end_user"
    CENTRAL_PURCHASING = "central_purchasing"
    OTHER = "other"


KIND_LABELS: dict[str, LazyText] = {
    CustomerKind.DEALER: lazy("经销商"),
    CustomerKind.END_USER: lazy("终端用户"),
    CustomerKind.CENTRAL_PURCHASING: lazy("统采单位"),
    CustomerKind.OTHER: lazy("其他"),
}


class CustomerLevel(StrEnum):
    """How much a customer matters to us."""

    A = "A"
    B = "B"
    C = "C"


LEVEL_LABELS: dict[str, LazyText] = {
    CustomerLevel.A: lazy("A 类"),
    CustomerLevel.B: lazy("B 类"),
    CustomerLevel.C: lazy("C 类"),
}
