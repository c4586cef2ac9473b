"""Repairs: an item goes to a vendor and comes back; whoever is responsible for it stays so, and the history stays."""

from decimal import Decimal

from sqlalchemy import select

from app.core import clock, money, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.assets.enums import ITEM, AssetPerm, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.upkeep.enums import OUTCOME_LABELS, RepairOutcome
from app.features.assets.upkeep.models import AssetRepair
from app.features.assets.upkeep.standing import check_not_offered, standing_of

REPAIRABLE = (ItemStatus.IN_STOCK, ItemStatus.ASSIGNED)
LONGEST_VENDOR = 120


def send(item: AssetItem, *, actor: Actor, version: int | None, vendor: str, fault: str) -> AssetRepair:
    """Send an item to be repaired; whoever is responsible for it stays so.

    Raises Denied, Stale, Conflict for an item that is not in the house or is being handed over, Invalid at the fields.
    """
    require(actor, AssetPerm.KEEP, item.department_id)
    lock(item)
    check_version(ITEM, item, version)
    if item.status not in REPAIRABLE:
        raise Conflict("asset_repair:wrong-state", item=item.name)
    check_not_offered(item)
    faults: dict[str, LazyText | str] = {}
    for name, text in (("vendor", vendor), ("fault", fault)):
        check_written(text, name)
    if not vendor.strip():
        faults["vendor"] = lazy("请填写送到哪家维修")
    elif len(vendor.strip()) > LONGEST_VENDOR:
        faults["vendor"] = lazy("维修单位最多 %(most)s 个字", most=LONGEST_VENDOR)
    if not fault.strip():
        faults["fault"] = lazy("请写明故障现象，维修的人才知道修什么")
    if faults:
        raise Invalid(fields=faults)
    repair = AssetRepair(
        item_id=item.id,
        vendor=vendor.strip(),
        fault=fault.strip(),
        sent_by_id=int(actor.id or 0),
        sent_at=clock.now(),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    repair.item = item
    session.add(repair)
    before, item.status = item.status, ItemStatus.REPAIR
    item.touch()
    session.flush()
    timeline.record(
        ITEM,
        item.id,
        "asset_item:send-to-repair",
        actor,
        data={"vendor": repair.vendor},
        reason=repair.fault,
        from_status=before,
        to_status=item.status,
        tell=[item.keeper_id],
    )
    return repair


def take_back(
    repair: AssetRepair,
    *,
    actor: Actor,
    version: int | None,
    outcome: str,
    cost: Decimal | None,
    note: str = "",
) -> None:
    """Take an item back from its repair, with what it cost in yuan and whether it works again.

    It is then where it was before: in store, or with whoever has it. Raises Denied, Stale, Conflict for a repair that
    ended, Invalid at the fields.
    """
    item = repair.item
    require(actor, AssetPerm.KEEP, item.department_id)
    lock(item)
    lock(repair)
    check_version(ITEM, repair, version)
    if repair.back_at is not None:
        raise Conflict("asset_repair:ended", item=item.name)
    check_written(note, "note")
    faults: dict[str, LazyText | str] = {}
    if outcome not in set(RepairOutcome):
        faults["outcome"] = lazy("请选择有没有修好")
    if cost is None or cost < 0:
        faults["cost"] = lazy("请填写维修费用；没有花钱的填 0")
    if outcome == RepairOutcome.FAILURE and not note.strip():
        faults["note"] = lazy("没有修好的，请写明原因和打算怎么办")
    if faults or cost is None:
        raise Invalid(fields=faults)
    end(repair, actor, RepairOutcome(outcome), cost, note)
    before, item.status = item.status, standing_of(item)
    item.touch()
    session.flush()
    timeline.record(
        ITEM,
        item.id,
        "asset_item:back-from-repair",
        actor,
        data={"vendor": repair.vendor, "cost": money.format_amount(cost), "outcome": str(repair.outcome)},
        reason=repair.note,
        from_status=before,
        to_status=item.status,
        tell=[item.keeper_id],
    )


def end(repair: AssetRepair, actor: Actor, outcome: RepairOutcome, cost: Decimal | None, note: str) -> None:
    """Note how a repair ended, in the open unit of work; nothing else changes."""
    repair.back_at, repair.back_by_id = clock.now(), actor.id
    repair.outcome, repair.cost, repair.note = outcome, cost, note.strip()
    repair.touch()


def outcome_label(code: str) -> str:
    """Return how an outcome is said in the current language."""
    return str(OUTCOME_LABELS[RepairOutcome(code)])


def running(item_id: int) -> AssetRepair | None:
    """Return the repair an item is in now; None for an item that is in none."""
    statement = select(AssetRepair).where(AssetRepair.item_id == item_id, AssetRepair.back_at.is_(None))
    return session.execute(statement).unique().scalar_one_or_none()
