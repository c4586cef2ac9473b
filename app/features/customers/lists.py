"""The list of customers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from app.core.db import session
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.customers import queries
from app.features.customers.enums import KIND_LABELS
from app.features.customers.models import Customer
from app.features.people.models import User

USED = "used"
UNUSED = "unused"
STATE_LABELS = {"True": lazy("使用中"), "False": lazy("已停用"), "1": lazy("使用中"), "0": lazy("已停用")}
STATE_TONES = {"True": "ok", "False": "neutral", "1": "ok", "0": "neutral"}


def is_used(value: str) -> ColumnElement[bool]:
    """Return the condition of the filter on use."""
    return Customer.active.is_(value == USED)


class CustomerList(Listing):
    """Customers with their owners."""

    rows_keep = True
    row_id = Customer.id
    default_sort = "name"
    searched = (
        Customer.number,
        Customer.name,
        Customer.short_name,
        Customer.region,
        Customer.contact_name,
        Customer.contact_phone,
        Customer.phone,
    )
    columns = (
        Column("number", lazy("编号"), Customer.number, "link", href=lambda row: f"/customers/{row.row_id}"),
        Column("name", lazy("客户全称"), Customer.name, "link", href=lambda row: f"/customers/{row.row_id}"),
        Column("kind", lazy("客户类型"), Customer.kind, labels=KIND_LABELS, sortable=False),
        Column("region", lazy("区域"), Customer.region),
        Column("contact_name", lazy("联系人"), Customer.contact_name, sortable=False),
        Column("contact_phone", lazy("联系电话"), Customer.contact_phone, sortable=False),
        Column("owner", lazy("负责人"), User.name, "person", sortable=False),
        Column(
            "active",
            lazy("状态"),
            Customer.active,
            "status",
            labels=STATE_LABELS,
            tones=STATE_TONES,
            sortable=False,
        ),
        Column("updated_at", lazy("最近修改"), Customer.updated_at, "datetime"),
    )


def open_list(actor: Actor, arguments: Mapping[str, str], path: str) -> CustomerList:
    """Return the list of the customers an actor may see; those who see others' may choose among owners."""
    filters: list[Filter] = [
        Filter(
            "kind",
            lazy("客户类型"),
            Customer.kind,
            options=[(str(key), text) for key, text in KIND_LABELS.items()],
        ),
        Filter(
            "use", lazy("状态"), options=[(USED, lazy("使用中")), (UNUSED, lazy("已停用"))], condition=is_used
        ),
    ]
    if queries.sees_others(actor):
        filters.insert(
            0, Filter("owner", lazy("负责人"), Customer.owner_id, "person", options=owner_options())
        )
    base: Any = queries.visible_to(actor).join(User, User.id == Customer.owner_id)
    return CustomerList(base, arguments, path, filters=filters)


def owner_options() -> list[tuple[str, str]]:
    """Return the people who may be owners, by name."""
    statement = select(User.id, User.name).where(User.active.is_(True)).order_by(User.name).limit(300)
    return [(str(row.id), row.name) for row in session.execute(statement)]
