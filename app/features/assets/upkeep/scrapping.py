"""Asking to scrap an item, and doing the steps of such a request."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, money, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.assets.enums import ITEM, AssetPerm
from app.features.assets.models import AssetItem
from app.features.assets.upkeep.enums import SCRAPPING
from app.features.assets.upkeep.models import AssetScrapping
from app.features.assets.upkeep.queries import RUNNING
from app.features.assets.upkeep.scrapping_flow import FLOW, SCRAPPABLE, leader
from app.features.people.models import User


def request(
    item: AssetItem, *, actor: Actor, version: int | None, reason: str, residual: Decimal | None
) -> AssetScrapping:
    """Ask to scrap an item that lies in store or is lost; ``residual`` is what it is still worth, in yuan.

    Raises Denied, Stale, Conflict for an item elsewhere, one asked for already and where nobody else could decide,
    Invalid at the fields.
    """
    require(actor, AssetPerm.KEEP, item.department_id)
    lock(item)
    check_version(ITEM, item, version)
    if item.status not in SCRAPPABLE:
        raise Conflict("asset_scrapping:not-in-stock", item=item.name)
    known = of_item(item.id)
    if known is not None:
        raise Conflict("asset_scrapping:asked-already", item=item.name, number=known.number)
    check_written(reason, "reason")
    faults: dict[str, LazyText | str] = {}
    if not reason.strip():
        faults["reason"] = lazy("请写明报废的原因：损坏程度、使用年限、维修是否合算")
    if residual is None or residual < 0:
        faults["residual"] = lazy("请填写残值；没有残值的填 0")
    if faults or residual is None:
        raise Invalid(fields=faults)
    scrapping = AssetScrapping(
        status=FLOW.initial,
        owner_id=actor.id,
        reason=reason.strip(),
        residual=residual,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    scrapping.owner = session.get_one(User, actor.id)
    scrapping.item, scrapping.item_id = item, item.id
    scrapping.department, scrapping.department_id = item.department, item.department_id
    if not leader.people(scrapping):
        raise Conflict("asset_scrapping:nobody-decides")
    scrapping.number = next_number(SCRAPPING, "BF")
    session.add(scrapping)
    session.flush()
    FLOW.sync_tasks(scrapping)
    timeline.record(
        SCRAPPING,
        scrapping.id,
        "asset_scrapping:request",
        actor,
        data={"item": item.name, "residual": money.format_amount(residual)},
        to_status=scrapping.status,
    )
    timeline.record(
        ITEM,
        item.id,
        "asset_item:ask-to-scrap",
        actor,
        data={"number": scrapping.number},
        tell=[item.keeper_id],
    )
    index(scrapping)
    return scrapping


def fire(
    scrapping: AssetScrapping,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a request; the record of the item tells of what changes it."""
    for field, value in (data or {}).items():
        if isinstance(value, str):
            check_written(value, field)
    before, keeper_before = scrapping.item.status, scrapping.item.keeper_id
    FLOW.fire(scrapping, name, actor, version=version, note=note, data=data)
    verb = {"approve": "asset_item:scrapped", "dispose": "asset_item:disposed"}.get(name)
    if verb is not None:
        timeline.record(
            ITEM,
            scrapping.item_id,
            verb,
            actor,
            data={"number": scrapping.number},
            from_status=before,
            to_status=scrapping.item.status,
            tell=[keeper_before],
        )
    index(scrapping)


def of_item(item_id: int) -> AssetScrapping | None:
    """Return the request that is open for an item or by which it was scrapped; None for none."""
    statement = select(AssetScrapping).where(
        AssetScrapping.item_id == item_id, AssetScrapping.status.in_([str(status) for status in RUNNING])
    )
    return session.execute(statement).unique().scalar_one_or_none()


def index(scrapping: AssetScrapping) -> None:
    """Bring the search up to date."""
    title = f"{scrapping.number} {scrapping.item.name}"
    search.put(SCRAPPING, scrapping.id, title, f"{scrapping.item.number or ''} {scrapping.reason}")
