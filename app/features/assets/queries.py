"""Reading equipment: what an actor may see, what a person holds, what is offered."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from app.core import settings
from app.core.db import one_visible, session
from app.core.errors import NotVisible
from app.core.permissions import Actor, Person, can, departments_of, directory
from app.features.assets.enums import AssetPerm, CustodyKind, HandOverStatus, ItemStatus
from app.features.assets.models import (
    AssetCategory,
    AssetCustody,
    AssetItem,
    AssetPlace,
    HandOver,
    HandOverLine,
)
from app.features.people.models import User
from app.features.rules.models import Rule, RuleVersion, is_in_force

RULE = "assets.rule"
WITNESS_FROM = "assets.witness_from"


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees an item.

    Those of the departments where they keep or oversee equipment, what they hold or ever held, and what is offered
    to them or by them.
    """
    if actor.id is None:
        return true() if actor.is_system else false()
    choices: list[ColumnElement[bool]] = [
        AssetItem.keeper_id == actor.id,
        exists().where(AssetCustody.item_id == AssetItem.id, AssetCustody.person_id == actor.id),
        exists().where(
            HandOverLine.item_id == AssetItem.id,
            HandOverLine.hand_over_id == HandOver.id,
            or_(HandOver.to_id == actor.id, HandOver.owner_id == actor.id),
        ),
    ]
    for permission in (AssetPerm.KEEP, AssetPerm.VIEW_ALL):
        departments = departments_of(actor, permission)
        if departments is None:
            return true()
        choices += [AssetItem.department_id.in_(sorted(departments))] if departments else []
    return or_(*choices)


def visible_to(actor: Actor) -> Select[AssetItem]:
    """Return the SELECT of the items an actor may see."""
    return select(AssetItem).where(visible_condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the items an actor may see."""
    return select(AssetItem.id).where(visible_condition(actor))


def get_item(actor: Actor, item_id: int) -> AssetItem:
    """Return an item the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(AssetItem.id == item_id)
    return one_visible(statement)


def by_label(code: str) -> AssetItem | None:
    """Return the item a label belongs to, whoever asks; None for a code that was never printed."""
    statement = select(AssetItem).where(AssetItem.label_code == code)
    return session.execute(statement).unique().scalar_one_or_none()


def locked_items(ids: Iterable[int]) -> list[AssetItem]:
    """Return items under their locks in the order of their ids, read again; raises NotVisible for an unknown one.

    Whoever changes items and a hand-over of theirs locks the items first.
    """
    wanted = sorted(set(ids))
    these = AssetItem.id.in_(wanted)
    # The lock by itself: PostgreSQL reads a row again that it waited for, but not what is joined to it, and would
    # give none back whose keeper is another one by then.
    session.execute(select(AssetItem.id).where(these).order_by(AssetItem.id).with_for_update()).all()
    statement = (
        select(AssetItem).where(these).order_by(AssetItem.id).execution_options(populate_existing=True)
    )
    found = list(session.execute(statement).unique().scalars())
    if len(found) != len(wanted):
        raise NotVisible
    return found


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and name of items, for notices and search."""
    statement = select(AssetItem.id, AssetItem.number, AssetItem.name).where(AssetItem.id.in_(ids))
    return {row.id: f"{row.number} {row.name}" for row in session.execute(statement)}


def keeps(actor: Actor, department_id: int | None = None) -> bool:
    """Tell whether an actor keeps equipment (of a department, or of any)."""
    return can(actor, AssetPerm.KEEP, department_id)


def oversees(actor: Actor, department_id: int | None = None) -> bool:
    """Tell whether an actor keeps or oversees the equipment of a department, or of any."""
    return any(can(actor, permission, department_id) for permission in AssetPerm)


def sees_prices(actor: Actor, item: AssetItem) -> bool:
    """Tell whether an actor sees what an item cost: who keeps or oversees equipment of its department."""
    return oversees(actor, item.department_id)


def keepers(department_id: int | None) -> list[Person]:
    """Return who keeps the equipment of a department."""
    return directory().holders(str(AssetPerm.KEEP), department_id)


# What people hold


def held_by(person_id: int) -> Select[AssetItem]:
    """Return the SELECT of the items a person is responsible for now; what was scrapped is over."""
    return select(AssetItem).where(AssetItem.keeper_id == person_id, AssetItem.status != ItemStatus.SCRAPPED)


def held_count(person_id: int) -> Select[int]:
    """Return the SELECT of how many items a person is responsible for now."""
    return held_by(person_id).with_only_columns(func.count(), maintain_column_froms=True)


def waiting_count(person_id: int) -> Select[int]:
    """Return the SELECT of how many hand-overs to or from a person wait for their answer."""
    return select(func.count()).where(waits_between(person_id))


def waits_between(person_id: int) -> ColumnElement[bool]:
    """Return the condition that a hand-over waits for its answer, and a person is a party to it."""
    return and_(
        HandOver.status == HandOverStatus.OFFERED,
        or_(HandOver.to_id == person_id, HandOver.from_id == person_id),
    )


def items_held_by(person_id: int) -> list[AssetItem]:
    """Return the items a person is responsible for now, by number."""
    return list(session.execute(held_by(person_id).order_by(AssetItem.number)).unique().scalars())


def past_of(person_id: int, limit: int = 100) -> list[tuple[AssetCustody, AssetItem]]:
    """Return the periods of responsibility of a person that are over, each with its item, the newest first."""
    statement = (
        select(AssetCustody, AssetItem)
        .join(AssetItem, AssetItem.id == AssetCustody.item_id)
        .where(AssetCustody.person_id == person_id, AssetCustody.until_at.is_not(None))
        .order_by(AssetCustody.until_at.desc(), AssetCustody.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(statement).unique()]


def open_custody_of(item_ids: Iterable[int]) -> dict[int, AssetCustody]:
    """Return the present period of each of some items by item, with one statement."""
    statement = select(AssetCustody).where(
        AssetCustody.item_id.in_(sorted(set(item_ids))), AssetCustody.until_at.is_(None)
    )
    return {period.item_id: period for period in session.execute(statement).scalars()}


# Hand-overs


def hand_over_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a hand-over: a party to it, or over its department."""
    if actor.id is None:
        return true() if actor.is_system else false()
    choices: list[ColumnElement[bool]] = [
        column == actor.id
        for column in (HandOver.from_id, HandOver.to_id, HandOver.owner_id, HandOver.witness_id)
    ]
    for permission in (AssetPerm.KEEP, AssetPerm.VIEW_ALL):
        departments = departments_of(actor, permission)
        if departments is None:
            return true()
        choices += [HandOver.department_id.in_(sorted(departments))] if departments else []
    return or_(*choices)


def hand_overs_visible_to(actor: Actor) -> Select[HandOver]:
    """Return the SELECT of the hand-overs an actor may see."""
    return select(HandOver).where(hand_over_condition(actor))


def visible_hand_over_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the hand-overs an actor may see."""
    return select(HandOver.id).where(hand_over_condition(actor))


def get_hand_over(actor: Actor, hand_over_id: int) -> HandOver:
    """Return a hand-over the actor may see; raises NotVisible."""
    statement = hand_overs_visible_to(actor).where(HandOver.id == hand_over_id)
    return one_visible(statement)


def hand_over_titles(ids: list[int]) -> dict[int, str]:
    """Return number and first item of hand-overs, for tasks, notices and the log."""
    first = (
        select(func.min(HandOverLine.id).label("line_id"), func.count().label("lines"))
        .where(HandOverLine.hand_over_id.in_(ids))
        .group_by(HandOverLine.hand_over_id)
        .subquery()
    )
    statement = (
        select(HandOver.id, HandOver.number, AssetItem.name, first.c.lines)
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .join(first, first.c.line_id == HandOverLine.id)
        .join(AssetItem, AssetItem.id == HandOverLine.item_id)
    )
    return {
        row.id: f"{row.number} {row.name}{f' +{row.lines - 1}' if row.lines > 1 else ''}"
        for row in session.execute(statement)
    }


def open_offer_of(item_id: int) -> HandOver | None:
    """Return the offer that waits for its answer with this item in it."""
    statement = (
        select(HandOver)
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .where(HandOverLine.item_id == item_id, HandOverLine.is_open)
    )
    return session.execute(statement).unique().scalar_one_or_none()


def offered_items(ids: Iterable[int]) -> dict[int, str]:
    """Return of some items those in an open offer, with the number of that offer."""
    statement = (
        select(HandOverLine.item_id, HandOver.number)
        .join(HandOver, HandOver.id == HandOverLine.hand_over_id)
        .where(HandOverLine.item_id.in_(sorted(set(ids))), HandOverLine.is_open)
    )
    return {row.item_id: row.number or "" for row in session.execute(statement)}


def hand_overs_of(item_id: int, limit: int = 50) -> list[HandOver]:
    """Return the hand-overs of an item, the newest first."""
    statement = (
        select(HandOver)
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .where(HandOverLine.item_id == item_id)
        .order_by(HandOver.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement).unique().scalars())


def open_offers_of(person_id: int) -> list[HandOver]:
    """Return the offers a person is to answer, or waits for an answer to, the oldest first."""
    statement = select(HandOver).where(waits_between(person_id)).order_by(HandOver.id)
    return list(session.execute(statement).unique().scalars())


def borrowed_under(hand_over_id: int) -> bool:
    """Tell whether anything lent by a hand-over is not back yet."""
    statement = select(AssetCustody.id).where(
        AssetCustody.hand_over_id == hand_over_id,
        AssetCustody.until_at.is_(None),
        AssetCustody.kind == CustodyKind.BORROWED,
    )
    return session.execute(statement.limit(1)).first() is not None


def rule_to_confirm() -> RuleVersion | None:
    """Return the version in force of the rule that whoever receives equipment confirms; None where none is named."""
    number = str(settings.get(RULE) or "").strip()
    if not number:
        return None
    statement = (
        select(RuleVersion)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(Rule.number == number, is_in_force())
    )
    return session.execute(statement).unique().scalar_one_or_none()


def witness_from() -> Decimal | None:
    """Return from which value on a hand-over needs a witness, in yuan; None: never."""
    value = settings.get(WITNESS_FROM)
    return Decimal(str(value)) if value not in (None, "") else None


# Categories and places


def categories(*, only_active: bool = True) -> list[AssetCategory]:
    """Return the categories by name."""
    statement = select(AssetCategory).order_by(AssetCategory.name)
    if only_active:
        statement = statement.where(AssetCategory.active)
    return list(session.execute(statement).scalars())


def places(*, only_active: bool = True) -> list[AssetPlace]:
    """Return the places by name, the stores first."""
    statement = select(AssetPlace).order_by(AssetPlace.is_store.desc(), AssetPlace.name)
    if only_active:
        statement = statement.where(AssetPlace.active)
    return list(session.execute(statement).scalars())


def category_titles(ids: list[int]) -> dict[int, str]:
    """Return the names of categories."""
    statement = select(AssetCategory.id, AssetCategory.name).where(AssetCategory.id.in_(ids))
    return {row.id: row.name for row in session.execute(statement)}


def place_titles(ids: list[int]) -> dict[int, str]:
    """Return the names of places."""
    statement = select(AssetPlace.id, AssetPlace.name).where(AssetPlace.id.in_(ids))
    return {row.id: row.name for row in session.execute(statement)}


def catalogue_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees categories and places: who keeps or oversees equipment."""
    return true() if oversees(actor) else false()


def person_of(person_id: int | None) -> User | None:
    """Return a person's account, of whoever left as well."""
    return session.get(User, person_id) if person_id is not None else None
