"""How equipment changes hands: offered by one, accepted by the other (``accepting``), declined, withdrawn, expired."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, files, numbering, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import SYSTEM, Actor
from app.core.uow import unit_of_work
from app.features.assets import queries
from app.features.assets.actions import check_may_hand_over, working_person
from app.features.assets.enums import (
    GONE,
    HAND_OVER,
    LONGEST_NOTE,
    PHOTO,
    Condition,
    CustodyKind,
    HandOverKind,
    HandOverStatus,
)
from app.features.assets.flow import FLOW, item_state
from app.features.assets.models import AssetCustody, AssetItem, AssetPlace, HandOver, HandOverLine
from app.features.people.models import User

NUMBERED = "JJ"
OFFER_DAYS, CONFIRM_DAYS = "assets.offer_days", "assets.confirm_days"
MOST_ITEMS = 100


@dataclass(frozen=True)
class OfferedItem:
    """How one item changes hands: its condition, what of its accessories goes along (None: all of them)."""

    item_id: int
    condition: str = Condition.GOOD
    condition_note: str = ""
    accessories: tuple[str, ...] | None = None


def offer(
    *,
    actor: Actor,
    items: Sequence[OfferedItem],
    to_id: int | None,
    returning: bool = False,
    place_id: int | None = None,
    due_back_on: date | None = None,
    note: str = "",
    photos: Sequence[CheckedFile] = (),
) -> HandOver:
    """Offer items of one responsible person to another; they stay with the giver until the receiver accepts.

    By the person responsible for them, or by who keeps the equipment. ``due_back_on`` lends them until that day,
    ``returning`` gives them back to a store, whose keeper ``to_id`` is. What remains is issued from the store or
    passed on. Raises NotVisible, Denied, Conflict (gone, in another offer, borrowed) and Invalid at the fields.
    """
    check_offered(items)
    rows = queries.locked_items(entry.item_id for entry in items)
    check_may_hand_over(actor, rows)
    receiver = working_person(to_id, "to_id")
    held = queries.open_custody_of(row.id for row in rows)
    kind = kind_of(rows, held, returning=returning, due_back_on=due_back_on)
    problem = offer_problem(actor, rows, held, receiver, kind, due_back_on, place_id)
    if problem is not None:
        raise problem
    now = clock.now()
    hand_over = HandOver(
        status=FLOW.initial,
        owner_id=actor.id,
        kind=kind,
        from_id=rows[0].keeper_id,
        to_id=receiver.id,
        department_id=rows[0].department_id,
        place_id=place_id,
        due_back_on=due_back_on,
        note=note.strip(),
        value=sum((row.price for row in rows if row.price is not None), Decimal(0)),
        confirm_by=now + timedelta(days=int(settings.get(CONFIRM_DAYS))),
        expires_at=now + timedelta(days=int(settings.get(OFFER_DAYS))),
        # who keeps the equipment and hands it out is there when it changes hands
        witness_id=actor.id if is_witness(actor, rows, receiver) else None,
        number=numbering.next_number(HAND_OVER, NUMBERED),
        lines=[offered_line(entry, rows) for entry in sorted(items, key=lambda entry: entry.item_id)],
    )
    session.add(hand_over)
    session.flush()
    session.refresh(hand_over)
    for photo in photos:
        files.attach(photo, HAND_OVER, hand_over.id, actor, kind=PHOTO)
    FLOW.sync_tasks(hand_over)
    told = {"to": receiver.name, "items": len(rows)}
    both = [receiver.id, hand_over.from_id]
    timeline.record(
        HAND_OVER, hand_over.id, "hand_over:offer", actor, data=told, to_status=hand_over.status, tell=both
    )
    return hand_over


def check_offered(items: Sequence[OfferedItem]) -> None:
    """Raise Invalid for no items, too many, one twice, a damage that nobody described, or a description too long."""
    faults: dict[str, LazyText | str] = {}
    if not items:
        faults["items"] = lazy("请选择要交接的设备")
    elif len(items) > MOST_ITEMS:
        faults["items"] = lazy("一次最多交接 %(most)s 件", most=MOST_ITEMS)
    elif len({entry.item_id for entry in items}) < len(items):
        faults["items"] = lazy("同一件设备选了两次")
    for entry in items:
        if entry.condition not in set(Condition):
            faults["condition"] = lazy("请选择设备状况")
        elif entry.condition == Condition.DAMAGED and not entry.condition_note.strip():
            faults["condition_note"] = lazy("请写明哪里损坏")
        elif len(entry.condition_note.strip()) > LONGEST_NOTE:
            faults["condition_note"] = lazy("说明最多 %(most)s 个字", most=LONGEST_NOTE)
    if faults:
        raise Invalid(fields=faults)


def kind_of(
    rows: Sequence[AssetItem],
    held: Mapping[int, AssetCustody],
    *,
    returning: bool,
    due_back_on: date | None,
) -> HandOverKind:
    """Return what kind of hand-over this is: told by what is asked and by whether all of it lies in a store."""
    if returning:
        return HandOverKind.RETURN
    if due_back_on is not None:
        return HandOverKind.LOAN
    stored = all(held[row.id].kind == CustodyKind.STORE for row in rows)
    return HandOverKind.ISSUE if stored else HandOverKind.TRANSFER


def offer_problem(
    actor: Actor,
    rows: Sequence[AssetItem],
    held: Mapping[int, AssetCustody],
    receiver: User,
    kind: HandOverKind,
    due_back_on: date | None,
    place_id: int | None,
) -> Problem | None:
    """Return why these items cannot be offered so, None where they can."""
    gone = next((row for row in rows if row.status in GONE), None)
    if gone is not None:
        return Conflict("hand_over:item-gone", item=gone.name, number=gone.number, state=item_state(gone))
    offered = queries.offered_items(row.id for row in rows)
    if offered:
        row = next(row for row in rows if row.id in offered)
        return Conflict("hand_over:offered-already", item=row.name, number=offered[row.id])
    if len({row.keeper_id for row in rows}) > 1:
        return Invalid(fields={"items": lazy("一次交接的设备须由同一人负责，请分开交接")})
    borrowed = next((row for row in rows if held[row.id].kind == CustodyKind.BORROWED), None)
    if borrowed is not None and kind != HandOverKind.RETURN and not queries.keeps(actor):
        return Conflict("hand_over:borrowed", item=borrowed.name)
    faults: dict[str, LazyText | str] = {}
    if kind in (HandOverKind.TRANSFER, HandOverKind.LOAN) and receiver.id == rows[0].keeper_id:
        faults["to_id"] = lazy("%(name)s现在就是责任人，请选择另一位", name=receiver.name)
    if receiver.department_id is None:
        faults["to_id"] = lazy("%(name)s还没有部门，请系统管理员先补上", name=receiver.name)
    if kind == HandOverKind.RETURN:
        if receiver.id not in {person.id for person in queries.keepers(rows[0].department_id)}:
            faults["to_id"] = lazy("退库须交给资产管理员")
        if due_back_on is not None:
            faults["due_back_on"] = lazy("退库不填归还日期")
    elif due_back_on is not None and due_back_on < clock.today():
        faults["due_back_on"] = lazy("归还日期不能早于今天")
    if place_id is not None and session.get(AssetPlace, place_id) is None:
        faults["place_id"] = lazy("请选择存放地点")
    return Invalid(fields=faults) if faults else None


def is_witness(actor: Actor, rows: Sequence[AssetItem], receiver: User) -> bool:
    """Tell whether whoever offers keeps the equipment and does not receive it: then a witness is there already."""
    return actor.id != receiver.id and queries.keeps(actor, rows[0].department_id)


def offered_line(entry: OfferedItem, rows: Sequence[AssetItem]) -> HandOverLine:
    """Return the line of an item with what goes along; accessories it does not have are left out."""
    own = next(row for row in rows if row.id == entry.item_id).accessories
    wanted = own if entry.accessories is None else [name for name in own if name in entry.accessories]
    return HandOverLine(
        item_id=entry.item_id,
        condition=entry.condition,
        condition_note=entry.condition_note.strip(),
        accessories=list(wanted),
    )


def fire(
    hand_over: HandOver,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a hand-over; its items are locked first, as everywhere."""
    queries.locked_items(line.item_id for line in hand_over.lines)
    FLOW.fire(hand_over, name, actor, version=version, note=note, data=data)


def withdraw_offers_of(item_ids: Iterable[int], *, note: str) -> int:
    """Withdraw the open offers in which items stand that are gone now; return how many.

    For whoever takes items out of use, after locking them; the whole offer ends, and both sides are told why.
    """
    statement = (
        select(HandOver)
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .where(HandOverLine.item_id.in_(sorted(set(item_ids))), HandOverLine.is_open)
        .order_by(HandOver.id)
    )
    found = list(session.execute(statement).unique().scalars())
    for hand_over in found:
        FLOW.fire(hand_over, "withdraw", SYSTEM, version=None, note=note)
    return len(found)


def expire_offers(payload: dict[str, Any]) -> None:
    """End the offers that nobody answered in time; whoever was responsible stays so. Run by the hour."""
    due = (
        select(HandOver.id)
        .where(HandOver.status == HandOverStatus.OFFERED, HandOver.expires_at <= clock.now())
        .order_by(HandOver.id)
    )
    ids = list(session.execute(due.limit(500)).scalars())
    session.rollback()
    for hand_over_id in ids:
        with unit_of_work():
            hand_over = session.get_one(HandOver, hand_over_id)
            if hand_over.status == HandOverStatus.OFFERED and hand_over.expires_at <= clock.now():
                fire(hand_over, "expire", actor=SYSTEM, version=None)
