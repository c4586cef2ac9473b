"""The life of a request to scrap an item (rule table 2.8): decided by somebody else, its keeper's until disposed of."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, any_of, lock, may, mine, step
from app.features.assets import custody
from app.features.assets.enums import AssetPerm, CustodyKind, ItemStatus
from app.features.assets.offering import withdraw_offers_of
from app.features.assets.upkeep.enums import SCRAPPING as DOC_TYPE
from app.features.assets.upkeep.enums import ScrappingStatus, UpkeepPerm
from app.features.assets.upkeep.models import AssetScrapping

SCRAPPABLE = (ItemStatus.IN_STOCK, ItemStatus.LOST)

leader = may(UpkeepPerm.APPROVE_SCRAPPING, own=False)
keeper = may(AssetPerm.KEEP)


def to_decide(scrapping: AssetScrapping) -> Iterable[WantedTask]:
    """Yield the leader's task of deciding, never for who asked (rule R4)."""
    yield WantedTask(
        "asset_scrapping:decide",
        permission=str(UpkeepPerm.APPROVE_SCRAPPING),
        department_id=scrapping.department_id,
        excluded_user_id=scrapping.owner_id,
    )


def to_dispose(scrapping: AssetScrapping) -> Iterable[WantedTask]:
    """Yield the task of disposing of it, for who answers for it."""
    yield WantedTask("asset_scrapping:dispose", user_id=scrapping.owner_id)


def still_there(scrapping: AssetScrapping, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to scrap what was given out or sent to repair meanwhile."""
    if scrapping.item.status not in SCRAPPABLE:
        return Conflict("asset_scrapping:not-in-stock", item=scrapping.item.name)
    return None


def described(scrapping: AssetScrapping, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Ask how it was disposed of."""
    if data and not str(data.get("disposal", "")).strip():
        return Invalid(fields={"disposal": lazy("请写明怎样处置的：卖给谁、收了多少钱，或怎样销毁")})
    return None


def scrap(scrapping: AssetScrapping, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Scrap the item: it leaves all offers, and who asked for it answers for it until it was disposed of."""
    scrapping.approved_by_id, scrapping.approved_at = actor.id, clock.now()
    item = scrapping.item
    lock(item)
    withdraw_offers_of([item.id], note=str(lazy("设备已报废：%(number)s", number=scrapping.number)))
    item.status, item.scrapped_at, item.due_back_on = ItemStatus.SCRAPPED, clock.now(), None
    if item.keeper_id != scrapping.owner_id:
        custody.pass_on(item, person_id=scrapping.owner_id, kind=CustodyKind.STORE)
    item.touch()
    return {"item": item.name}


def dispose(scrapping: AssetScrapping, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note what became of it; until then who asked for it answers for it."""
    scrapping.disposal, scrapping.disposed_at = str(data["disposal"]).strip(), clock.now()


def asker(scrapping: AssetScrapping) -> list[int | None]:
    """Return who asked."""
    return [scrapping.owner_id]


def deciders(scrapping: AssetScrapping) -> list[int | None]:
    """Return those who may decide."""
    return list(leader.people(scrapping))


S = ScrappingStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.REQUESTED,
    (
        State(S.REQUESTED, lazy("待批准"), "warn", to_decide, milestone=True),
        State(S.APPROVED, lazy("已报废，待处置"), "info", to_dispose, milestone=True),
        State(S.REFUSED, lazy("未批准"), "bad", terminal=True),
        State(S.WITHDRAWN, lazy("已撤回"), "neutral", terminal=True),
        State(S.DISPOSED, lazy("已处置"), "ok", terminal=True, milestone=True),
    ),
    (
        step("approve", "requested", "approved", leader, lazy("批准报废"), ready=still_there, effect=scrap, tell=asker,
             kind="primary", fields=frozenset({"item"})),
        step("refuse", "requested", "refused", leader, lazy("不同意"), reason=True, tell=asker, kind="danger"),
        step("withdraw", "requested", "withdrawn", any_of(mine, keeper), lazy("撤回"), tell=deciders),
        step("dispose", "approved", "disposed", any_of(mine, keeper), lazy("登记处置"), ready=described,
             effect=dispose, form="dispose", kind="primary"),
    ),
    lazy("设备报废"),
)
# fmt: on
