"""The checklist of a tender (3.2): what bids were thrown out for in practice is ticked before they are handed over."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core import clock, files, modules, settings, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, can, who_may
from app.core.workflow import check_version, lock
from app.features.inquiries.enums import InquiryKind, InquiryPerm, InquiryStatus
from app.features.inquiries.models import Inquiry, TenderItem

DOC_TYPE = "inquiry"
MODULE = "tender_checklist"
SETTING = "inquiries.tender_checklist"
FILE = "tender"
NEEDS_FILE = "*"
LONGEST_NAME = 120
MOST_ITEMS = 30
OPEN_STATES = (InquiryStatus.PREPARING, InquiryStatus.QUOTING)

# Like the other texts of paper a default in Chinese, which the company changes in its settings.
TEMPLATE = """投标保证金已缴纳，金额、账户、到账时间符合要求 *
法定代表人身份证明或授权委托书（附身份证复印件） *
投标函、开标一览表、分项报价表齐全，金额一致
商务偏离表、技术偏离表、技术方案
资格文件、业绩证明、售后承诺
投标有效期不短于招标文件要求
正本 1 份，副本份数符合要求
逐页签章，骑缝章齐全
密封、封口章符合要求
递交截止时间、地点、开标时间已核对"""


def template_items() -> list[tuple[str, bool]]:
    """Return name and whether a file is needed of each line of the setting."""
    rows = [line.strip() for line in str(settings.get(SETTING) or "").splitlines()]
    return [
        (row.removesuffix(NEEDS_FILE).strip()[:LONGEST_NAME], row.endswith(NEEDS_FILE))
        for row in rows
        if row.removesuffix(NEEDS_FILE).strip()
    ][:MOST_ITEMS]


def items_of(inquiry_id: int) -> list[TenderItem]:
    """Return the items of an inquiry's checklist in their order."""
    statement = select(TenderItem).where(TenderItem.inquiry_id == inquiry_id).order_by(TenderItem.position)
    return list(session.execute(statement).unique().scalars())


def make_checklist(inquiry: Inquiry) -> None:
    """Give a tender its checklist when the department takes part; one that has it already keeps it."""
    if inquiry.kind != InquiryKind.TENDER or not modules.is_on(MODULE) or items_of(inquiry.id):
        return
    for position, (name, needs_file) in enumerate(template_items(), 1):
        session.add(TenderItem(inquiry_id=inquiry.id, position=position, name=name, needs_file=needs_file))
    session.flush()


def open_item(inquiry: Inquiry, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse handing over a bid while an item of its checklist is open, naming the first."""
    if inquiry.kind != InquiryKind.TENDER or not modules.is_on(MODULE):
        return None
    found = next((item for item in items_of(inquiry.id) if item.open), None)
    if found is None:
        return None
    return Conflict("inquiry:checklist-open", position=found.position, item=found.name)


def may_tick(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether an actor works on the checklist: the owner, and the back office of the department."""
    own = actor.id is not None and inquiry.owner_id == actor.id
    return own or can(actor, InquiryPerm.CHECK_TENDER, inquiry.department_id)


def locked_item(
    inquiry: Inquiry, item_id: int, actor: Actor, version: int | None, *, allowed: bool, ask: str
) -> TenderItem:
    """Return an item under the lock of its inquiry; raises Denied, Stale, Conflict in the order of steps."""
    lock(inquiry)
    if not allowed:
        raise Denied("core:denied", what=lazy("办理投标清单"), who=ask)
    check_version(DOC_TYPE, inquiry, version)
    if inquiry.status not in OPEN_STATES:
        raise Conflict("inquiry:checklist-closed")
    item = next((row for row in items_of(inquiry.id) if row.id == item_id), None)
    if item is None:
        raise Conflict("inquiry:checklist-no-item")
    return item


def tick(
    inquiry: Inquiry,
    item_id: int,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    file: CheckedFile | None = None,
) -> TenderItem:
    """Tick an item with what there is to say of it; some need a file. Raises Denied, Stale, Conflict, Invalid."""
    item = locked_item(
        inquiry,
        item_id,
        actor,
        version,
        allowed=may_tick(inquiry, actor),
        ask=who_may(InquiryPerm.CHECK_TENDER, inquiry.department_id),
    )
    if not item.open:
        raise Conflict("inquiry:checklist-done")
    if item.needs_file and file is None:
        raise Invalid(fields={"file": lazy("这一项须上传文件")})
    if file is not None:
        item.stored_file_id = files.attach(file, DOC_TYPE, inquiry.id, actor, kind=FILE).id
    close(inquiry, item, actor, "inquiry:tender-tick", note, waived=False)
    return item


def set_aside(
    inquiry: Inquiry, item_id: int, *, actor: Actor, version: int | None, reason: str, allowed: bool, ask: str
) -> TenderItem:
    """Let an item go that this tender does not ask for: the manager's word, with a reason.

    ``allowed`` says whether the actor decides on this inquiry, ``ask`` who else does.
    """
    item = locked_item(inquiry, item_id, actor, version, allowed=allowed, ask=ask)
    if not item.open:
        raise Conflict("inquiry:checklist-done")
    if not reason.strip():
        raise Invalid("core:reason-missing", fields={"note": lazy("请写明免办的理由")})
    close(inquiry, item, actor, "inquiry:tender-waive", reason, waived=True)
    return item


def untick(inquiry: Inquiry, item_id: int, *, actor: Actor, version: int | None) -> TenderItem:
    """Open an item again, because it was ticked too early; the file stays with the inquiry's record."""
    item = locked_item(
        inquiry,
        item_id,
        actor,
        version,
        allowed=may_tick(inquiry, actor),
        ask=who_may(InquiryPerm.CHECK_TENDER, inquiry.department_id),
    )
    if item.open:
        raise Conflict("inquiry:checklist-open-already")
    item.done_at = item.done_by_id = item.stored_file_id = None
    item.note, item.waived = "", False
    note_change(inquiry, item, actor, "inquiry:tender-untick", "")
    return item


def close(inquiry: Inquiry, item: TenderItem, actor: Actor, verb: str, note: str, *, waived: bool) -> None:
    """Date an item as done and record it."""
    item.done_by_id, item.done_at = actor.id, clock.now()
    item.note, item.waived = note.strip()[:500], waived
    note_change(inquiry, item, actor, verb, note.strip())


def note_change(inquiry: Inquiry, item: TenderItem, actor: Actor, verb: str, reason: str) -> None:
    """Record a change of the checklist on the inquiry, and tell its owner."""
    inquiry.touch()
    session.flush()
    session.expire(item, ["done_by"])
    timeline.record(
        DOC_TYPE,
        inquiry.id,
        verb,
        actor,
        data={"item": item.name},
        reason=reason,
        tell=[inquiry.owner_id],
    )
