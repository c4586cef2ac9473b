"""What a job does for equipment each day: asks what is due to be checked, reminds of loans and questions overdue."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, modules, notices, timeline
from app.core.db import session
from app.core.permissions import SYSTEM, directory
from app.core.uow import unit_of_work
from app.features.assets.enums import ITEM, MODULE, AssetPerm, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import self_checks
from app.features.assets.upkeep.enums import SELF_CHECK, SelfCheckStatus
from app.features.assets.upkeep.models import AssetSelfCheckRequest
from app.features.assets.upkeep.self_check_flow import FLOW
from app.features.people.models import User

SELF_CHECKS = "assets_self_checks"
ANSWER_WITHIN_DAYS = 14


def daily(payload: dict[str, Any]) -> None:
    """Ask and remind, only between eight and six; running it again asks and tells nobody twice on a day."""
    if not modules.is_on(MODULE) or not clock.is_daytime():
        return
    with unit_of_work():
        if modules.is_on(SELF_CHECKS):
            ask_due()
            remind_of_questions()
        remind_of_loans()


def ask_due() -> int:
    """Ask everybody about what is due, in the open unit of work; let questions lapse that are none any more.

    Return how many people were asked.
    """
    due = self_checks.due_items()
    still_asked = select(AssetSelfCheckRequest).where(AssetSelfCheckRequest.status == SelfCheckStatus.ASKED)
    for request in session.execute(still_asked.order_by(AssetSelfCheckRequest.id)).unique().scalars().all():
        if request.owner_id not in due:
            FLOW.fire(request, "lapse", SYSTEM, version=None)
    people = session.execute(select(User).where(User.id.in_(sorted(due)), User.active).order_by(User.id))
    fresh = [person for person in people.scalars().all() if self_checks.open_request(person.id) is None]
    for person in fresh:
        ask(person)
    return len(fresh)


def ask(person: User) -> AssetSelfCheckRequest:
    """Ask a person about what is due, in the open unit of work, once until it is answered."""
    known = self_checks.open_request(person.id)
    if known is not None:
        return known
    request = AssetSelfCheckRequest(
        status=FLOW.initial,
        owner_id=person.id,
        department_id=person.department_id,
        asked_at=clock.now(),
        due_on=clock.today() + timedelta(days=ANSWER_WITHIN_DAYS),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    request.owner = person
    session.add(request)
    session.flush()
    FLOW.sync_tasks(request)
    timeline.record(
        SELF_CHECK,
        request.id,
        "asset_self_check_request:ask",
        SYSTEM,
        to_status=request.status,
        tell=[person.id],
    )
    return request


def remind_of_questions() -> None:
    """Remind once a day of questions that should have been answered."""
    late = select(AssetSelfCheckRequest).where(
        AssetSelfCheckRequest.status == SelfCheckStatus.ASKED, AssetSelfCheckRequest.due_on < clock.today()
    )
    for request in session.execute(late.order_by(AssetSelfCheckRequest.id)).unique().scalars().all():
        fresh = notices.not_yet_reminded(SELF_CHECK, request.id, [request.owner_id])
        if fresh:
            timeline.record(
                SELF_CHECK,
                request.id,
                "asset_self_check_request:remind",
                SYSTEM,
                data={"due": request.due_on.isoformat()},
                tell=fresh,
            )


def remind_of_loans() -> None:
    """Remind borrower and asset keeper once a day of what should be back."""
    late = select(AssetItem).where(
        AssetItem.status == ItemStatus.ASSIGNED, AssetItem.due_back_on < clock.today()
    )
    for item in session.execute(late.order_by(AssetItem.id)).unique().scalars().all():
        keepers = [person.id for person in directory().holders(str(AssetPerm.KEEP), item.department_id)]
        fresh = notices.not_yet_reminded(ITEM, item.id, [item.keeper_id, *keepers])
        if fresh and item.due_back_on is not None:
            timeline.record(
                ITEM,
                item.id,
                "asset_item:remind-overdue",
                SYSTEM,
                data={"due": item.due_back_on.isoformat(), "who": item.keeper.name},
                tell=fresh,
            )
