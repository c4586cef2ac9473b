"""The life of a hand-over (rule table 2.8): the new period of responsibility begins in the instant of acceptance."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, files
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import (
    Authority,
    Flow,
    State,
    Who,
    any_of,
    may,
    stay,
    step,
    system_only,
    when,
)
from app.features.assets import custody, queries
from app.features.assets.enums import (
    CUSTODY_OF_KIND,
    GONE,
    HAND_OVER,
    ITEM_STATUS_LABELS,
    LONGEST_NOTE,
    SHEET,
    AssetPerm,
    HandOverKind,
    HandOverStatus,
    ItemStatus,
)
from app.features.assets.models import AssetItem, HandOver

DOC_TYPE = HAND_OVER
ANSWER, GIVE_BACK = "hand_over:answer", "hand_over:give-back"


def party(hand_over: HandOver) -> frozenset[int]:
    """Return those between whom things change hands: neither of them can be the witness."""
    return frozenset((hand_over.from_id, hand_over.to_id))


receiver = Who(
    lambda hand_over, actor: (
        Authority("receiver") if actor.id is not None and actor.id == hand_over.to_id else None
    ),
    lambda hand_over: hand_over.receiver.name,
    people=lambda hand_over: [hand_over.to_id],
)
# whoever offered, and whoever is responsible meanwhile
giver = Who(
    lambda hand_over, actor: (
        Authority("giver") if actor.id in (hand_over.owner_id, hand_over.from_id) else None
    ),
    lambda hand_over: hand_over.giver.name,
    people=lambda hand_over: [hand_over.from_id],
)
keeper = may(AssetPerm.KEEP)


def lacks_witness(hand_over: HandOver) -> bool:
    """Tell whether the value asks for a witness who was not there yet: who keeps the equipment, and no party."""
    least = queries.witness_from()
    return least is not None and hand_over.value >= least and hand_over.witness_id is None


# Tasks


def answer_task(hand_over: HandOver) -> Iterable[WantedTask]:
    """Yield the receiver's task of answering."""
    yield WantedTask(ANSWER, user_id=hand_over.to_id, due_at=hand_over.confirm_by)


def give_back_task(hand_over: HandOver) -> Iterable[WantedTask]:
    """Yield the borrower's task of bringing back what was lent, until all of it is back."""
    if hand_over.kind == HandOverKind.LOAN and hand_over.due_back_on and queries.borrowed_under(hand_over.id):
        due = clock.day_bounds(hand_over.due_back_on)[1]
        yield WantedTask(GIVE_BACK, user_id=hand_over.to_id, due_at=due)


# When a step is ready


def ready_to_accept(hand_over: HandOver, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse where something offered is gone or in other hands, or a witness is missing."""
    for line in hand_over.lines:
        item = line.item
        if item.status in GONE:
            return Conflict("hand_over:item-gone", item=item.name, number=item.number, state=item_state(item))
        if item.keeper_id != hand_over.from_id:
            return Conflict("hand_over:changed-hands", item=item.name, number=item.number)
    if lacks_witness(hand_over) and not data.get("witness_id"):
        return Conflict("hand_over:needs-witness", value=queries.witness_from(), who=keeper.ask(hand_over))
    return None


def check_accepted(hand_over: HandOver, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a return where something on the list of a category was not looked at, or described at too great length."""
    if hand_over.kind != HandOverKind.RETURN:
        return None
    checklists: Mapping[int, Any] = data.get("checklists", {})
    for line in hand_over.lines:
        checked = {row["text"]: row for row in checklists.get(line.id, ())}
        for text in line.item.category.checklist:
            row = checked.get(text)
            if row is None or not (row["ok"] or row["note"].strip()):
                sentence = lazy("%(item)s：“%(text)s”请打勾，或写明情况", item=line.item.name, text=text)
                return Invalid(fields={"checklist": sentence})
            if len(row["note"].strip()) > LONGEST_NOTE:
                sentence = lazy(
                    "%(item)s：“%(text)s”的情况写了 %(length)s 个字，最多 %(most)s 个字",
                    item=line.item.name,
                    text=text,
                    length=len(row["note"].strip()),
                    most=LONGEST_NOTE,
                )
                return Invalid(fields={"checklist": sentence})
    return None


def item_state(item: AssetItem) -> str:
    """Return the state of an item in words."""
    return str(ITEM_STATUS_LABELS[ItemStatus(item.status)])


# What a step does


def accept(hand_over: HandOver, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Pass the responsibility for all items on now, keep the sheet, and close the loans that end by it."""
    kind = HandOverKind(hand_over.kind)
    hand_over.answered_at = clock.now()
    hand_over.rule_version_id, hand_over.rule_title = data.get("rule_version_id"), data.get("rule_title", "")
    hand_over.on_keepers_screen = bool(data.get("on_keepers_screen"))
    hand_over.witness_id = data.get("witness_id") or hand_over.witness_id
    ended: set[int] = set()
    for line in hand_over.lines:
        line.is_open = False
        line.checklist = list(data.get("checklists", {}).get(line.id, []))
        before = custody.open_period(line.item_id)
        ended |= {before.hand_over_id} if before.hand_over_id else set()
        custody.pass_on(
            line.item, person_id=hand_over.to_id, kind=CUSTODY_OF_KIND[kind], hand_over_id=hand_over.id
        )
        settle(line.item, hand_over)
    sheet = data["sheet"]
    kept = files.attach(sheet, DOC_TYPE, hand_over.id, actor, kind=SHEET, legal_hold=True)
    hand_over.sheet_file_id = kept.id
    close_loans(ended)
    return {"items": len(hand_over.lines), "sha256": kept.sha256}


def settle(item: AssetItem, hand_over: HandOver) -> None:
    """Bring state, place, department and return date of an item in line with whose it is now."""
    kind = HandOverKind(hand_over.kind)
    returned = kind == HandOverKind.RETURN
    item.due_back_on = hand_over.due_back_on
    if item.status in (ItemStatus.IN_STOCK, ItemStatus.ASSIGNED):
        item.status = ItemStatus.IN_STOCK if returned else ItemStatus.ASSIGNED
    if hand_over.place_id is not None:
        item.place_id = hand_over.place_id
    if kind != HandOverKind.LOAN and hand_over.receiver.department_id is not None:
        item.department_id = hand_over.receiver.department_id
    item.touch()


def close_loans(hand_over_ids: Iterable[int]) -> None:
    """Renew the tasks of hand-overs under which something was held until now."""
    session.flush()
    for hand_over_id in sorted(hand_over_ids):
        FLOW.sync_tasks(session.get_one(HandOver, hand_over_id))


def close(hand_over: HandOver, actor: Actor, data: Mapping[str, Any]) -> None:
    """Free the items for another offer; who was responsible stays so."""
    hand_over.answered_at = clock.now()
    for line in hand_over.lines:
        line.is_open = False


def witness(hand_over: HandOver, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note who is there when a thing of value changes hands."""
    hand_over.witness_id = actor.id
    return {"witness": actor.name}


# Whom to tell


def both(hand_over: HandOver) -> list[int | None]:
    """Return giver, receiver and whoever offered."""
    return [hand_over.from_id, hand_over.to_id, hand_over.owner_id]


def both_and_keepers(hand_over: HandOver) -> list[int | None]:
    """Return giver and receiver, and who keeps the equipment: of a direct transfer they are only informed."""
    return [*both(hand_over), *keeper.people(hand_over)]


S = HandOverStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.OFFERED,
    (
        State(S.OFFERED, lazy("待接收"), "warn", answer_task, milestone=True),
        State(S.ACCEPTED, lazy("已接收"), "ok", give_back_task, terminal=True, milestone=True),
        State(S.DECLINED, lazy("已拒收"), "bad", terminal=True),
        State(S.EXPIRED, lazy("已过期"), "neutral", terminal=True),
        State(S.WITHDRAWN, lazy("已撤回"), "neutral", terminal=True),
    ),
    (
        step("accept", "offered", "accepted", receiver, lazy("接收"), kind="primary", form="accept",
             ready=ready_to_accept, check=check_accepted, effect=accept, tell=both_and_keepers,
             fields=frozenset({"items", "sha256"}), sentence=lazy_in_context("event", "接收 %(items)s 件设备")),
        step("decline", "offered", "declined", receiver, lazy("拒收"), kind="danger", reason=True,
             effect=close, tell=both),
        step("witness", "offered", "offered", when(lacks_witness, may(AssetPerm.KEEP, apart=party)),
             lazy("到场见证"), choose=stay, effect=witness, tell=both, fields=frozenset({"witness"}),
             sentence=lazy_in_context("event", "%(witness)s到场见证")),
        step("withdraw", "offered", "withdrawn", any_of(giver, keeper, system_only), lazy("撤回"), kind="danger",
             effect=close, tell=both),
        step("expire", "offered", "expired", system_only, lazy("过期"), effect=close, tell=both, hidden=True),
    ),
    lazy("设备交接"),
)
# fmt: on
