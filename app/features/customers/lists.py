"""The list of customers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.core.db import session
from app.core.i18n import LazyText, lazy
from app.core.listing import PAGE_SIZES, Column, Filter, Listing
from app.core.permissions import Actor
from app.features.customers import queries
from app.features.customers.enums import KIND_LABELS, LEVEL_LABELS
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
    searched = (Customer.search_key,)
    columns = (
        Column("number", lazy("编号"), Customer.number, "link", href=lambda row: f"/customers/{row.row_id}"),
        Column("name", lazy("客户全称"), Customer.name, "link", href=lambda row: f"/customers/{row.row_id}"),
        Column("kind", lazy("客户类型"), Customer.kind, labels=KIND_LABELS, sortable=False),
        Column("level", lazy("客户等级"), Customer.level, labels=LEVEL_LABELS),
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
    base: Any = queries.visible_to(actor).join(User, User.id == Customer.owner_id)
    return CustomerList(base, arguments, path, filters=filters(actor))


class HandOverList(Listing):
    """Customers to choose among for a hand-over; rows carry the version they are chosen in."""

    row_id = Customer.id
    default_sort = "name"
    default_page_size = PAGE_SIZES[-1]
    searched = CustomerList.searched
    columns = (
        Column("name", lazy("客户全称"), Customer.name, "link", href=lambda row: f"/customers/{row.row_id}"),
        Column("number", lazy("编号"), Customer.number),
        Column("region", lazy("区域"), Customer.region),
        Column("level", lazy("客户等级"), Customer.level, labels=LEVEL_LABELS),
        Column("owner", lazy("负责人"), User.name, "person", sortable=False),
        Column("version", "", Customer.version, hidden=True),
        Column("ticked_as", "", Customer.name, hidden=True, sortable=False),
    )


def open_hand_over(actor: Actor, arguments: Mapping[str, str], path: str) -> HandOverList:
    """Return the customers an actor may hand over, with the filters of the list."""
    base: Any = queries.to_hand_over(actor).join(User, User.id == Customer.owner_id)
    return HandOverList(base, arguments, path, filters=filters(actor, former_owners=True))


def filters(actor: Actor, *, former_owners: bool = False) -> list[Filter]:
    """Return the filters of the list: owner for those who see others, region as a tree of province and city.

    ``former_owners`` offers those who left as well, whose customers wait to be handed over.
    """
    found: list[Filter] = [
        Filter(
            "region",
            lazy("区域"),
            options=[(region, region.replace("-", " · ")) for region in queries.regions(actor)],
            condition=queries.in_region,
        ),
        Filter("kind", lazy("客户类型"), Customer.kind, options=choices(KIND_LABELS)),
        Filter("level", lazy("客户等级"), Customer.level, options=choices(LEVEL_LABELS)),
        Filter(
            "use", lazy("状态"), options=[(USED, lazy("使用中")), (UNUSED, lazy("已停用"))], condition=is_used
        ),
    ]
    if queries.sees_others(actor):
        found.insert(
            0,
            Filter(
                "owner",
                lazy("负责人"),
                Customer.owner_id,
                "person",
                options=owner_options(former=former_owners),
            ),
        )
    return found


def choices(labels: Mapping[str, LazyText]) -> list[tuple[str, LazyText]]:
    """Return the options of a filter on codes."""
    return [(str(code), label) for code, label in labels.items()]


def owner_options(*, former: bool = False) -> list[tuple[str, str]]:
    """Return the people who may be owners, by name; with ``former`` those who left and still own customers."""
    owning = select(Customer.owner_id).distinct()
    wanted = or_(User.active.is_(True), User.id.in_(owning)) if former else User.active.is_(True)
    statement = select(User.id, User.name).where(wanted).order_by(User.name).limit(300)
    return [(str(row.id), row.name) for row in session.execute(statement)]
