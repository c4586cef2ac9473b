"""Self-checks: whoever is responsible for something is asked once in a while whether it is still there and works.

After how many days says the category. What lies in store is not asked for: that is counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.permissions import Actor
from app.core.written import check_written
from app.features.assets.enums import ITEM, ItemStatus
from app.features.assets.models import AssetCategory, AssetCustody, AssetItem, AssetSelfCheck
from app.features.assets.upkeep.enums import Answer, SelfCheckStatus
from app.features.assets.upkeep.models import AssetSelfCheckRequest

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Answered:
    """What was said of an item."""

    answer: Answer
    note: str = ""


def due_items(person_ids: Collection[int] | None = None) -> dict[int, list[AssetItem]]:
    """Return the items to be asked about today by who is responsible; of some people, or of everybody (None)."""
    statement = (
        select(AssetItem, AssetCustody.from_at)
        .join(AssetCategory, AssetCategory.id == AssetItem.category_id)
        .join(AssetCustody, AssetCustody.item_id == AssetItem.id)
        .where(
            AssetCategory.check_days.is_not(None),
            AssetItem.status == ItemStatus.ASSIGNED,
            AssetCustody.until_at.is_(None),
        )
        .order_by(AssetItem.number, AssetItem.id)
    )
    if person_ids is not None:
        statement = statement.where(AssetItem.keeper_id.in_(sorted(person_ids)))
    found: dict[int, list[AssetItem]] = {}
    for item, since in session.execute(statement).unique():
        if due_on(item, since) <= clock.today():
            found.setdefault(item.keeper_id, []).append(item)
    return found


def due_on(item: AssetItem, since: datetime) -> date:
    """Return on which day an item is to be asked about: so many days after it was last seen or taken over."""
    seen = max(since, item.checked_at) if item.checked_at is not None else since
    return clock.to_local(seen).date() + timedelta(days=int(item.category.check_days or 0))


def open_request(person_id: int) -> AssetSelfCheckRequest | None:
    """Return the question a person has not answered yet; None where there is none."""
    statement = select(AssetSelfCheckRequest).where(
        AssetSelfCheckRequest.owner_id == person_id, AssetSelfCheckRequest.status == SelfCheckStatus.ASKED
    )
    return session.execute(statement).unique().scalar_one_or_none()


def write(item: AssetItem, said: Answered, actor: Actor, at: datetime) -> None:
    """Keep what was said of an item; one that is there counts as seen."""
    check_written(said.note, "note")
    session.add(
        AssetSelfCheck(
            item_id=item.id,
            person_id=int(actor.id or 0),
            at=at,
            is_there=said.answer != Answer.MISSING,
            works=said.answer == Answer.WELL,
            note=said.note.strip()[:LONGEST_NOTE],
        )
    )
    item.checked_at = at
    item.touch()
    timeline.record(
        ITEM,
        item.id,
        "asset_item:self-check",
        actor,
        data={"answer": str(said.answer)},
        reason=said.note.strip(),
    )


def answers_of(request: AssetSelfCheckRequest) -> Sequence[tuple[AssetSelfCheck, AssetItem]]:
    """Return what was answered to a question, each with its item, what is wrong first; nothing while it is open."""
    if request.answered_at is None:
        return []
    statement = (
        select(AssetSelfCheck, AssetItem)
        .join(AssetItem, AssetItem.id == AssetSelfCheck.item_id)
        .where(AssetSelfCheck.person_id == request.owner_id, AssetSelfCheck.at == request.answered_at)
        .order_by(AssetSelfCheck.is_there, AssetSelfCheck.works, AssetItem.number)
    )
    return [(row[0], row[1]) for row in session.execute(statement).unique()]


def answer_code(row: AssetSelfCheck) -> Answer:
    """Return what a kept answer says."""
    if not row.is_there:
        return Answer.MISSING
    return Answer.WELL if row.works else Answer.BROKEN


def all_well(items: Sequence[AssetItem]) -> Mapping[int, Answered]:
    """Return the answers of whoever finds everything in order."""
    return {item.id: Answered(Answer.WELL) for item in items}


def said_of(data: Mapping[str, Any]) -> Mapping[int, Answered]:
    """Return the answers a step was given."""
    answers: Mapping[int, Answered] = data.get("answers", {})
    return answers
