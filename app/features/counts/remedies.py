"""What is done about the differences of a count: chosen while reconciling, carried out when it is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core import clock
from app.core.db import session
from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.core.written import check_written
from app.features.assets import offering
from app.features.assets import queries as asset_queries
from app.features.assets.enums import GONE, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.offering import OfferedItem
from app.features.assets.upkeep import incidents, moving
from app.features.assets.upkeep.enums import IncidentKind
from app.features.assets.upkeep.incidents import REPORTABLE, IncidentValues
from app.features.counts import lines
from app.features.counts.enums import NEEDS_REASON, REMEDIES, STRAY_REMEDIES, Remedy, Result
from app.features.counts.models import StockCount, StockCountLine, StockCountStray
from app.features.counts.queries import find_item, read_code

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Chosen:
    """What is to be done about a difference; ``item_code`` is the number of an item that was entered for a stray."""

    remedy: str
    note: str = ""
    item_code: str = ""


def choose(count: StockCount, chosen: Mapping[int, Chosen], stray_chosen: Mapping[int, Chosen]) -> None:
    """Note what is done about differences, in the open unit of work; those not named stay as they are.

    Raises Invalid at ``remedy-<line>``, ``note-<line>``, and the same with ``stray-`` for what no label names.
    """
    faults: dict[str, LazyText | str] = {}
    for line in lines.differences(count.id):
        if line.id in chosen:
            choose_line(line, chosen[line.id], faults)
    for stray in lines.strays(count.id):
        if stray.id in stray_chosen:
            choose_stray(stray, stray_chosen[stray.id], faults)
    if faults:
        raise Invalid(fields=faults)
    session.flush()


def choose_line(line: StockCountLine, said: Chosen, faults: dict[str, LazyText | str]) -> None:
    """Note what is done about a line; what is wrong goes into ``faults``."""
    if said.remedy == "":
        line.remedy, line.remedy_note = None, ""
        return
    if said.remedy not in REMEDIES[Result(line.result)]:
        faults[f"remedy-{line.id}"] = lazy("“%(item)s”请从列出的处理办法里选", item=line.item.name)
        return
    fault = note_fault(said, line.item.name)
    if fault is not None:
        faults[f"note-{line.id}"] = fault
        return
    line.remedy, line.remedy_note = said.remedy, said.note.strip()


def choose_stray(stray: StockCountStray, said: Chosen, faults: dict[str, LazyText | str]) -> None:
    """Note what is done about something no label names: entered meanwhile as an item, or left."""
    if said.remedy == "":
        stray.remedy, stray.remedy_note, stray.item_id, stray.item = None, "", None, None
        return
    if said.remedy not in STRAY_REMEDIES:
        faults[f"stray-remedy-{stray.id}"] = lazy("“%(code)s”请从列出的处理办法里选", code=stray.code)
        return
    fault = note_fault(said, stray.code)
    if fault is not None:
        faults[f"stray-note-{stray.id}"] = fault
        return
    item = find_item(read_code(said.item_code)) if said.remedy == Remedy.REGISTERED else None
    if said.remedy == Remedy.REGISTERED and item is None:
        faults[f"stray-item-{stray.id}"] = lazy(
            "“%(code)s”请先登记设备，再填写它的编号（如 SB-2026-0012）", code=stray.code
        )
        return
    stray.remedy, stray.remedy_note, stray.item = said.remedy, said.note.strip(), item
    stray.item_id = item.id if item is not None else None


def note_fault(said: Chosen, name: str) -> LazyText | None:
    """Return what is wrong with the note of a choice; None where nothing is."""
    check_written(said.note, "note")
    if said.remedy in NEEDS_REASON and not said.note.strip():
        return lazy("“%(item)s”不处理的，请写明原因", item=name)
    if len(said.note.strip()) > LONGEST_NOTE:
        return lazy("说明最多 %(most)s 个字", most=LONGEST_NOTE)
    return None


def carry_out(count: StockCount, actor: Actor) -> int:
    """Carry out what was chosen, in the open unit of work; return how much was done.

    What changed since the count by itself (an item found, handed over or scrapped meanwhile) is left alone, and its
    line stays without a time of doing.
    """
    found = lines.differences(count.id)
    seen = lines.found_lines(count.id)
    asset_queries.locked_items([line.item_id for line in (*found, *seen)])
    done = 0
    for line in found:
        if apply(count, line, actor):
            line.done_at = clock.now()
            done += 1
    session.flush()
    mark_seen(seen)
    return done


def apply(count: StockCount, line: StockCountLine, actor: Actor) -> bool:
    """Do what was chosen for a line; False where it is not needed, or no longer possible."""
    item = line.item
    match line.remedy:
        case Remedy.MOVE:
            return move(line, item, actor)
        case Remedy.REPORT_LOSS:
            return report_loss(count, line, item, actor)
        case Remedy.FOUND_AGAIN:
            return found_again(item, actor)
        case Remedy.OFFER:
            return offer(count, line, item, actor)
        case Remedy.PUT_BACK:
            return True
    return False


def move(line: StockCountLine, item: AssetItem, actor: Actor) -> bool:
    """Let an item stand where it was found."""
    if item.status in GONE or line.found_place_id is None or item.place_id == line.found_place_id:
        return False
    moving.move(item, actor=actor, place_id=line.found_place_id)
    return True


def report_loss(count: StockCount, line: StockCountLine, item: AssetItem, actor: Actor) -> bool:
    """Report as lost what nobody found, unless it turned up or is known to be gone."""
    turned_up = (
        item.checked_at is not None
        and count.reconciled_at is not None
        and item.checked_at > count.reconciled_at
    )
    if item.status not in REPORTABLE or turned_up:
        return False
    place = line.expected_place.name if line.expected_place is not None else count.title
    account = str(lazy("盘点 %(number)s 没有找到", number=count.number))
    incidents.report(
        item,
        actor=actor,
        values=IncidentValues(
            IncidentKind.LOST, clock.now(), place, "\n".join(filter(None, (account, line.remedy_note)))
        ),
    )
    return True


def found_again(item: AssetItem, actor: Actor) -> bool:
    """End the report by which an item is lost."""
    report = incidents.loss_of(item.id)
    if item.status != ItemStatus.LOST or report is None:
        return False
    incidents.fire(report, "find", actor=actor, version=None)
    return True


def offer(count: StockCount, line: StockCountLine, item: AssetItem, actor: Actor) -> bool:
    """Offer an item to who really has it: responsibility passes when they accept."""
    gone = item.status in GONE or line.person_seen_id is None or item.keeper_id == line.person_seen_id
    if gone or asset_queries.open_offer_of(item.id) is not None:
        return False
    offering.offer(
        actor=actor,
        items=[OfferedItem(item.id)],
        to_id=line.person_seen_id,
        note=str(lazy("盘点 %(number)s 发现实际由其使用", number=count.number)),
    )
    return True


def mark_seen(found: Sequence[StockCountLine]) -> None:
    """Let every item that was found count as seen when it was."""
    for line in found:
        item = line.item
        if line.found_at is not None and (item.checked_at is None or item.checked_at < line.found_at):
            item.checked_at = line.found_at
    session.flush()
