"""What the page of an activity shows, made ready so that the template decides nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.money import format_amount
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.features.activities import queries, seats
from app.features.activities.enums import (
    ACTIVITY,
    HELD,
    PLACE_LABELS,
    PLACE_TONES,
    ActivityPerm,
    ActivityStatus,
    PlaceStatus,
)
from app.features.activities.flow import FLOW, approver, organiser, settler
from app.features.activities.models import Activity, ActivityPlace
from app.features.activities.queries import OptionRow
from app.features.activities.settlement import NOTHING, Settlement, settle
from app.web import documents

SETTLED = (ActivityStatus.RECORDED, ActivityStatus.CLOSED)
COMES = (PlaceStatus.SEATED, PlaceStatus.PRESENT)
# How long people vote unless told otherwise.
VOTE_FOR = timedelta(days=3)


def trail(activity: Activity | None = None) -> list[tuple[str, str]]:
    """Return the way back from a page of an activity."""
    steps = [(_("团队活动"), url_for("activities.index"))]
    return steps if activity is None else [*steps, (activity.title, address(activity))]


def address(activity: Activity) -> str:
    """Return the address of an activity's page."""
    return url_for("activities.show_activity", activity_id=activity.id)


def local(moment: datetime) -> str:
    """Return a moment in the company's zone to the minute: people come by it."""
    return clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


def span(begin: datetime, end: datetime) -> str:
    """Return from when to when it lasts; the day once where it is one."""
    one_day = clock.to_local(begin).date() == clock.to_local(end).date()
    return f"{local(begin)}–{local(end)[-5:] if one_day else local(end)}"


def enrol_label(activity: Activity, places: Sequence[ActivityPlace]) -> str:
    """Return what the button says: to enrol, or to wait where no seat is free."""
    return _("报名") if seats.state_for(activity, places, 1) == PlaceStatus.SEATED else _("排候补")


def yuan(amount: Any) -> str:
    """Return an amount with its sign, a dash for none."""
    return "—" if amount is None else f"¥{format_amount(amount)}"


def told(activity: Activity) -> list[tuple[Any, ...]]:
    """Return what is known of an activity."""
    facts: list[tuple[Any, ...]] = [(_("想做什么"), activity.purpose, True)]
    if activity.chosen:
        facts.append((_("采用"), activity.chosen, True))
    if activity.starts_at is not None and activity.ends_at is not None:
        facts += [
            (_("时间"), span(activity.starts_at, activity.ends_at)),
            (_("地点"), activity.place),
            (_("名额"), activity.capacity),
            (_("每人最多带家属"), activity.companions),
        ]
    if activity.enrol_until is not None and activity.status == ActivityStatus.ENROLLING:
        facts.append((_("报名截止"), local(activity.enrol_until)))
    facts.append((pgettext("activity", "组织人"), activity.owner.name))
    if activity.budget is not None:
        by = activity.approved_by.name if activity.approved_by is not None else ""
        facts += [(_("预算"), yuan(activity.budget)), (_("批准人"), by)]
    if activity.report:
        facts.append((_("活动总结"), activity.report, True))
    return facts


def settlement_of(activity: Activity, places: Sequence[ActivityPlace]) -> Settlement | None:
    """Return the settlement, once the cost is known."""
    if activity.status not in SETTLED or activity.cost is None:
        return None
    came = queries.with_status(places, PlaceStatus.PRESENT)
    people = [(place.user_id, place.user.name, place.heads) for place in came]
    return settle(activity.cost, activity.budget or NOTHING, people)


def settlement_facts(activity: Activity, settlement: Settlement) -> list[tuple[Any, ...]]:
    """Return the settlement in words."""
    facts: list[tuple[Any, ...]] = [
        (_("预算"), yuan(settlement.budget)),
        (_("实际花费"), yuan(settlement.cost)),
        (_("到场"), _("%(count)s 人（含家属）", count=settlement.heads)),
        (_("人均"), yuan(settlement.per_head)),
        (_("公司承担"), yuan(settlement.company)),
        (_("超出预算"), yuan(settlement.over)),
    ]
    if activity.over_reason:
        facts.append((_("超过预算的原因"), activity.over_reason, True))
    return facts


def place_rows(places: Sequence[ActivityPlace]) -> list[dict[str, Any]]:
    """Return who enrolled as the page lists them, those who come first; who withdrew is not told to everybody."""
    order = (*COMES, PlaceStatus.QUEUED, PlaceStatus.ABSENT)
    return [
        {
            "name": place.user.name,
            "companions": _("带家属 %(count)s 人", count=place.companions) if place.companions else "",
            "state": PLACE_LABELS[status],
            "tone": PLACE_TONES[status],
        }
        for status in order
        for place in queries.with_status(places, status)
    ]


def waiting_before(places: Sequence[ActivityPlace], own: ActivityPlace) -> int:
    """Return at which place somebody waits, 1 for the next."""
    waits = queries.with_status(places, PlaceStatus.QUEUED)
    return [place.id for place in waits].index(own.id) + 1


def own_place(places: Sequence[ActivityPlace], actor: Actor) -> ActivityPlace | None:
    """Return the reader's place, None where they did not enrol or withdrew."""
    return next(
        (place for place in places if place.user_id == actor.id and place.status != PlaceStatus.WITHDRAWN),
        None,
    )


def photo_rows(activity: Activity, actor: Actor, places: Sequence[ActivityPlace]) -> list[dict[str, Any]]:
    """Return the photos as the page shows them."""
    may_remove = was_there(activity, actor, places)
    return [
        {
            "url": documents.file_url(row.stored_file),
            "name": row.stored_file.name,
            "consent": row.consent,
            "remove_url": url_for("activities.remove_photo", activity_id=activity.id, photo_id=row.id)
            if may_remove
            else "",
        }
        for row in queries.photos_of(activity.id)
    ]


def was_there(activity: Activity, actor: Actor, places: Sequence[ActivityPlace]) -> bool:
    """Tell whether an actor was there or organised it: who may bring photos and take them away."""
    own = own_place(places, actor)
    there = own is not None and own.status == PlaceStatus.PRESENT
    return there or organiser.test(activity, actor) is not None


def option_rows(options: Sequence[OptionRow]) -> list[dict[str, Any]]:
    """Return what is voted on as the page shows it, with the share each has."""
    total = sum(option.votes for option in options)
    return [
        {"option": option, "share": round(100 * option.votes / total) if total else 0} for option in options
    ]


def waits_for(activity: Activity) -> list[str]:
    """Return whom an activity waits for that is out of its organiser's hands: to be approved, to be settled."""
    if activity.status == ActivityStatus.VOTING and not activity.voting_now:
        return [_("投票已截止，等批准：%(names)s", names=approver.ask(activity))]
    if activity.status == ActivityStatus.RECORDED:
        return [_("等结算：%(names)s", names=settler.ask(activity))]
    return []


def context(activity: Activity, actor: Actor) -> dict[str, Any]:
    """Return all that the page of an activity needs, for this reader."""
    state, events = FLOW.state(activity.status), events_for(ACTIVITY, activity.id)
    places, options = queries.places_of(activity.id), queries.options_of(activity.id, actor)
    own, settlement = own_place(places, actor), settlement_of(activity, places)
    takes_part = can(actor, ActivityPerm.TAKE_PART)
    held = activity.status in HELD
    proposed = activity.status == ActivityStatus.PROPOSED
    return {
        "heading": activity.title,
        "trail": trail(),
        "state": state.label,
        "tone": state.tone,
        "facts": [str(activity.number), activity.owner.name, *waits_for(activity)],
        "activity": activity,
        "told": told(activity),
        "options": option_rows(options),
        "votes": sum(option.votes for option in options),
        "votes_now": activity.voting_now and takes_part,
        "places": place_rows(places),
        "seats": seats_line(activity, places),
        "own": own,
        "own_state": own_state(places, own),
        "enrol_label": enrol_label(activity, places),
        "enrols_now": activity.enrolling_now and takes_part and own is None,
        "withdraws": own is not None and activity.status == ActivityStatus.ENROLLING,
        "settlement": settlement,
        "settled": settlement_facts(activity, settlement) if settlement is not None else [],
        "shares": [share for share in settlement.shares if share.amount] if settlement is not None else [],
        "yuan": yuan,
        "photos": photo_rows(activity, actor, places) if held else [],
        "photo_url": url_for("activities.photos", activity_id=activity.id)
        if held and was_there(activity, actor, places)
        else "",
        "edit_url": url_for("activities.edit", activity_id=activity.id)
        if proposed and organiser.test(activity, actor) is not None
        else "",
        **buttons(activity, actor),
        "stations": documents.stations(FLOW, activity.status, events),
        "events": documents.timeline_rows(events),
    }


def seats_line(activity: Activity, places: Sequence[ActivityPlace]) -> str:
    """Return how many seats are taken and how many wait, while people enrol."""
    if activity.status != ActivityStatus.ENROLLING:
        return ""
    left = seats.free(activity, places)
    return _(
        "名额 %(capacity)s，还剩 %(left)s，候补 %(waiting)s 人",
        capacity=activity.capacity,
        left=left,
        waiting=queries.heads(queries.with_status(places, PlaceStatus.QUEUED)),
    )


def own_state(places: Sequence[ActivityPlace], own: ActivityPlace | None) -> str:
    """Return how the reader stands."""
    if own is None:
        return ""
    if own.status == PlaceStatus.QUEUED:
        return _("您排在候补第 %(place)s 位，有人退出会自动递补并通知您", place=waiting_before(places, own))
    return _("您已报名") if own.status == PlaceStatus.SEATED else str(PLACE_LABELS[PlaceStatus(own.status)])


def buttons(activity: Activity, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(activity, actor),
        "action": address(activity),
        "version": activity.version,
    }
