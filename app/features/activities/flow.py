"""The life of a team activity (rule table 2.18): proposed, voted on, approved with a budget, held, settled."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, directory
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, any_of, may, mine, stay, step
from app.core.written import check_written
from app.features.activities import queries, seats
from app.features.activities.enums import ACTIVITY as DOC_TYPE
from app.features.activities.enums import ActivityPerm, ActivityStatus, PlaceStatus
from app.features.activities.models import MOST_COMPANIONS, MOST_PEOPLE, Activity
from app.features.people.models import User

Data = Mapping[str, Any]
organiser = any_of(mine, may(ActivityPerm.ORGANISE))
approver = may(ActivityPerm.APPROVE, own=False)
settler = may(ActivityPerm.SETTLE, own=False)


def everybody(activity: Activity) -> list[int]:
    """Return who is told that there is something to vote on or to enrol in."""
    return [person.id for person in directory().holders(str(ActivityPerm.TAKE_PART), None)]


def enrolled(activity: Activity) -> list[int]:
    """Return who has a place or waits for one."""
    places = queries.with_status(queries.places_of(activity.id), PlaceStatus.SEATED, PlaceStatus.QUEUED)
    return [place.user_id for place in places]


def has_choice(activity: Activity) -> bool:
    """Tell whether there is something to vote on."""
    return len(queries.options_of(activity.id)) > 1


# Tasks


def approving(activity: Activity) -> WantedTask:
    """Return the task of approving."""
    return WantedTask(
        "activity:approve",
        permission=str(ActivityPerm.APPROVE),
        department_id=activity.department_id,
        excluded_user_id=activity.owner_id,
    )


def proposed(activity: Activity) -> Iterable[WantedTask]:
    """Yield the organiser's task of opening the vote; without anything to choose from, the task of approving."""
    yield (
        WantedTask("activity:open-vote", user_id=activity.owner_id)
        if has_choice(activity)
        else approving(activity)
    )


def voted(activity: Activity) -> Iterable[WantedTask]:
    """Yield the task of approving once the vote is over."""
    if not activity.voting_now:
        yield approving(activity)


def enrolling(activity: Activity) -> Iterable[WantedTask]:
    """Yield the organiser's task of noting who came, from the beginning on."""
    if activity.starts_at is not None and activity.starts_at <= clock.now():
        yield WantedTask("activity:hold", user_id=activity.owner_id, due_at=activity.ends_at)


def recorded(activity: Activity) -> Iterable[WantedTask]:
    """Yield the task of confirming the settlement."""
    yield WantedTask(
        "activity:close",
        permission=str(ActivityPerm.SETTLE),
        department_id=activity.department_id,
        excluded_user_id=activity.owner_id,
    )


def of_owner(kind: str) -> Any:
    """Return what yields a task of the organiser."""
    return lambda activity: [WantedTask(kind, user_id=activity.owner_id)]


# When ready


def vote_can_open(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Refuse a vote on nothing, and one that ends before it begins."""
    if not has_choice(activity):
        return Conflict("activity:nothing-to-choose")
    until = data.get("vote_until")
    if until is None or until <= clock.now():
        return Invalid(fields={"vote_until": lazy("请填写现在以后的时间")})
    return None


def vote_runs(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Refuse to close a vote that is closed."""
    return None if activity.voting_now else Conflict("activity:vote-over")


def can_be_approved(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Refuse to approve before the vote is over; ask for a budget and one of the options."""
    options = queries.options_of(activity.id)
    if activity.status == ActivityStatus.PROPOSED and len(options) > 1:
        return Conflict("activity:vote-first")
    if activity.voting_now and activity.vote_until is not None:
        until = clock.to_local(activity.vote_until).strftime("%m-%d %H:%M")
        return Conflict("activity:vote-runs", until=until)
    faults: dict[str, LazyText | str] = {}
    if data.get("budget") is None:
        faults["budget"] = lazy("请填写预算，不花钱的填 0")
    if options and data.get("option_id") not in {option.id for option in options}:
        faults["option_id"] = lazy("请选择采用哪一个")
    return Invalid(fields=faults) if faults else None


def is_arranged(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Ask for place, times and seats that can be."""
    faults: dict[str, LazyText | str] = {}
    begin, end, until = data.get("starts_at"), data.get("ends_at"), data.get("enrol_until")
    capacity, companions = data.get("capacity"), data.get("companions") or 0
    if not str(data.get("place") or "").strip():
        faults["place"] = lazy("请填写地点")
    if begin is None or begin <= clock.now():
        faults["starts_at"] = lazy("请填写现在以后的时间")
    elif end is None or end <= begin:
        faults["ends_at"] = lazy("结束须在开始之后")
    elif until is None or until > begin:
        faults["enrol_until"] = lazy("报名截止不能晚于开始")
    if capacity is None or not 1 <= capacity <= MOST_PEOPLE:
        faults["capacity"] = lazy("请填写 1 到 %(most)s 之间的人数", most=MOST_PEOPLE)
    if not 0 <= companions <= MOST_COMPANIONS:
        faults["companions"] = lazy("请填写 0 到 %(most)s 之间的人数", most=MOST_COMPANIONS)
    if faults:
        return Invalid(fields=faults)
    seated = queries.heads(queries.with_status(queries.places_of(activity.id), PlaceStatus.SEATED))
    if capacity is not None and capacity < seated:
        return Invalid(fields={"capacity": lazy("已经有 %(count)s 人报上名，名额不能更少", count=seated)})
    return None


def has_begun(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Refuse to note who came before it began."""
    if activity.starts_at is None or activity.starts_at > clock.now():
        return Conflict("activity:not-begun")
    return None


def can_be_recorded(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Ask for the cost, and for the reason where it is over the budget."""
    cost = data.get("cost")
    if cost is None:
        return Invalid(fields={"cost": lazy("请填写实际花费，没有花钱的填 0")})
    over = activity.budget is not None and cost > activity.budget
    if over and not str(data.get("over_reason") or "").strip():
        return Invalid(fields={"over_reason": lazy("花费超过预算，请写明原因")})
    for name in ("over_reason", "report"):
        check_written(str(data.get(name) or ""), name)
    return None


def takes_over(activity: Activity, actor: Actor, data: Data) -> Problem | None:
    """Ask for a colleague who takes it over."""
    person = session.get(User, data["user_id"]) if data.get("user_id") is not None else None
    if person is None or not person.active or person.id == activity.owner_id:
        return Invalid(fields={"user_id": lazy("请选择另一位在职的同事")})
    return None


# What happens


def open_vote(activity: Activity, actor: Actor, data: Data) -> Data:
    """Let people vote until a moment."""
    activity.vote_until = data["vote_until"]
    return {"until": clock.to_local(data["vote_until"]).strftime("%Y-%m-%d %H:%M")}


def close_vote(activity: Activity, actor: Actor, data: Data) -> None:
    """End the vote now."""
    activity.vote_until = clock.now()


def approve(activity: Activity, actor: Actor, data: Data) -> Data:
    """Set the budget and what was chosen."""
    chosen = [option.text for option in queries.options_of(activity.id) if option.id == data.get("option_id")]
    activity.budget, activity.chosen = data["budget"], chosen[0] if chosen else ""
    activity.approved_by_id = actor.id
    return {"budget": f"{data['budget']:.2f}"}


def arrange(activity: Activity, actor: Actor, data: Data) -> None:
    """Set place, times and seats; more seats let those who wait move up."""
    activity.place = str(data["place"]).strip()
    activity.starts_at, activity.ends_at = data["starts_at"], data["ends_at"]
    activity.enrol_until = data["enrol_until"]
    activity.capacity, activity.companions = data["capacity"], data.get("companions") or 0
    activity.year = clock.to_local(data["starts_at"]).year
    seats.move_up(activity)


def note_who_came(activity: Activity, actor: Actor, data: Data) -> Data:
    """Note who came: whoever had a seat, but those who are named."""
    absent = set(data.get("absent") or ())
    for place in queries.with_status(queries.places_of(activity.id), PlaceStatus.SEATED):
        place.status = PlaceStatus.ABSENT if place.user_id in absent else PlaceStatus.PRESENT
    session.flush()
    came = queries.with_status(queries.places_of(activity.id), PlaceStatus.PRESENT)
    return {"count": queries.heads(came)}


def record_cost(activity: Activity, actor: Actor, data: Data) -> Data:
    """Note what it cost and how it was."""
    activity.cost = data["cost"]
    activity.over_reason = str(data.get("over_reason") or "").strip()
    activity.report = str(data.get("report") or "").strip()
    return {"cost": f"{data['cost']:.2f}"}


def hand_over(activity: Activity, actor: Actor, data: Data) -> Data:
    """Let another organise it."""
    activity.owner = session.get_one(User, data["user_id"])
    activity.owner_id = activity.owner.id
    return {"who": activity.owner.name}


P, V, A, E, H, R, C, X = (str(code) for code in ActivityStatus)

FLOW = Flow(
    doc_type=DOC_TYPE,
    initial=ActivityStatus.PROPOSED,
    label=lazy("团队活动"),
    states=(
        State(P, lazy("已提议"), "info", proposed, milestone=True),
        State(V, lazy("投票中"), "info", voted),
        State(A, lazy("已批准"), "info", of_owner("activity:open-enrolment"), milestone=True),
        State(E, lazy("报名中"), "info", enrolling, milestone=True),
        State(H, lazy("已举办"), "info", of_owner("activity:record"), milestone=True),
        State(R, lazy("待结算"), "warn", recorded, milestone=True),
        State(C, lazy("已结算"), "ok", terminal=True, milestone=True),
        State(X, lazy("已取消"), terminal=True),
    ),
    steps=(
        step(
            "open_vote",
            P,
            V,
            organiser,
            lazy("发起投票"),
            ready=vote_can_open,
            effect=open_vote,
            form="vote_until",
            kind="primary",
            tell=everybody,
            fields=frozenset({"until"}),
            sentence=lazy("发起投票，%(until)s 截止"),
        ),
        step(
            "close_vote",
            V,
            V,
            organiser,
            lazy("提前截止投票"),
            ready=vote_runs,
            effect=close_vote,
            choose=stay,
            offered_when_ready=True,
        ),
        step(
            "approve",
            f"{P} {V}",
            A,
            approver,
            lazy("批准活动"),
            ready=can_be_approved,
            effect=approve,
            form="budget option_id",
            kind="primary",
            tell=lambda activity: [activity.owner_id],
            fields=frozenset({"budget"}),
            sentence=lazy("批准活动，预算 %(budget)s 元"),
        ),
        step(
            "refuse",
            f"{P} {V}",
            X,
            approver,
            lazy("不批准"),
            reason=True,
            kind="danger",
            tell=lambda activity: [activity.owner_id],
        ),
        step(
            "open_enrolment",
            A,
            E,
            organiser,
            lazy("开始报名"),
            ready=is_arranged,
            effect=arrange,
            form="place starts_at",
            kind="primary",
            tell=everybody,
        ),
        step(
            "rearrange",
            E,
            E,
            organiser,
            lazy("修改安排"),
            ready=is_arranged,
            effect=arrange,
            form="place starts_at",
            choose=stay,
            tell=enrolled,
        ),
        step(
            "hold",
            E,
            H,
            organiser,
            lazy("登记到场"),
            offered_when_ready=True,
            ready=has_begun,
            effect=note_who_came,
            form="absent",
            kind="primary",
            fields=frozenset({"count"}),
            sentence=lazy("活动已举办，到场 %(count)s 人"),
        ),
        step(
            "record",
            H,
            R,
            organiser,
            lazy("登记花费和总结"),
            ready=can_be_recorded,
            effect=record_cost,
            form="cost",
            kind="primary",
            fields=frozenset({"cost"}),
            sentence=lazy("登记花费 %(cost)s 元"),
        ),
        step(
            "close",
            R,
            C,
            settler,
            lazy("确认结算"),
            kind="primary",
            tell=lambda activity: [activity.owner_id],
        ),
        step(
            "return", R, H, settler, lazy("退回核对"), reason=True, tell=lambda activity: [activity.owner_id]
        ),
        step(
            "hand_over",
            f"{P} {V} {A} {E} {H} {R}",
            f"{P} {V} {A} {E} {H} {R}",
            organiser,
            lazy("转交他人组织"),
            ready=takes_over,
            effect=hand_over,
            form="user_id",
            choose=stay,
            tell=lambda activity: [activity.owner_id],
            fields=frozenset({"who"}),
            sentence=lazy("转交给%(who)s组织"),
        ),
        step(
            "cancel",
            f"{P} {V} {A} {E}",
            X,
            organiser,
            lazy("取消活动"),
            reason=True,
            kind="danger",
            tell=enrolled,
        ),
    ),
)
