"""Proposing an activity, voting, enrolling, photos, what the clock brings. Each is called inside a unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from app.core import clock, files, modules, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.core.numbering import next_number
from app.core.permissions import Actor, require
from app.core.uow import unit_of_work
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.activities import queries, seats
from app.features.activities.enums import (
    ACTIVITY,
    HELD,
    MODULE,
    PHOTO_FILE,
    ActivityPerm,
    ActivityStatus,
    PlaceStatus,
)
from app.features.activities.flow import FLOW, organiser
from app.features.activities.models import (
    Activity,
    ActivityOption,
    ActivityPhoto,
    ActivityPlace,
    ActivityVote,
)
from app.features.people.models import User

MOST_OPTIONS = 8
LONGEST_OPTION = 120
# States whose tasks the clock brings.
WAITING = (ActivityStatus.VOTING, ActivityStatus.ENROLLING)


@dataclass(frozen=True)
class ActivityValues:
    """What is proposed; with two options or more people vote on them."""

    title: str
    purpose: str
    options: Sequence[str] = ()


# Proposing


def propose(*, actor: Actor, values: ActivityValues) -> Activity:
    """Propose an activity; raises Denied, Invalid at the fields."""
    require(actor, ActivityPerm.TAKE_PART)
    options = checked(values)
    owner = session.get_one(User, actor.id)
    activity = Activity(
        title=values.title.strip(),
        purpose=values.purpose.strip(),
        status=FLOW.initial,
        owner_id=owner.id,
        department_id=owner.department_id,
        year=clock.today().year,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    activity.owner = owner
    activity.number = next_number(ACTIVITY, "HD")
    session.add(activity)
    session.flush()
    keep_options(activity, options)
    FLOW.sync_tasks(activity)
    timeline.record(ACTIVITY, activity.id, "activity:propose", actor, to_status=activity.status)
    index(activity)
    return activity


def edit(activity: Activity, *, actor: Actor, version: int | None, values: ActivityValues) -> None:
    """Change what is proposed, while nobody voted. Raises Denied, Stale, Conflict, Invalid."""
    lock(activity)
    require_organiser(activity, actor, lazy("修改活动"))
    check_version(ACTIVITY, activity, version)
    if activity.status != ActivityStatus.PROPOSED:
        raise Conflict("core:wrong-state", state=FLOW.state(activity.status).label, step=lazy("修改活动"))
    options = checked(values)
    before = told(activity)
    activity.title, activity.purpose = values.title.strip(), values.purpose.strip()
    if options != queries.option_texts(activity.id):
        keep_options(activity, options)
    changes = timeline.diff(before, told(activity))
    if changes:
        activity.touch()
        session.flush()
        timeline.record(ACTIVITY, activity.id, "activity:edit", actor, data={"changes": changes})
    FLOW.sync_tasks(activity)
    index(activity)


def require_organiser(activity: Activity, actor: Actor, what: LazyText) -> None:
    """Raise Denied for anybody who does not organise an activity."""
    if organiser.test(activity, actor) is None:
        raise Denied("core:denied", what=what, who=organiser.ask(activity))


def checked(values: ActivityValues) -> list[str]:
    """Return the options without empty ones; raises Invalid at the fields."""
    for name in ("title", "purpose"):
        check_written(getattr(values, name), name)
    options = [option.strip() for option in values.options if option.strip()]
    check_written("\n".join(options), "options")
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写活动名称，如“秋游太湖”")
    if not values.purpose.strip():
        faults["purpose"] = lazy("请写明想做什么、为什么")
    if len(options) > MOST_OPTIONS:
        faults["options"] = lazy("最多 %(most)s 个候选", most=MOST_OPTIONS)
    elif len(set(options)) < len(options):
        faults["options"] = lazy("有两个候选一样，请删去一个")
    elif any(len(option) > LONGEST_OPTION for option in options):
        faults["options"] = lazy("每个候选最多 %(most)s 字", most=LONGEST_OPTION)
    if faults:
        raise Invalid(fields=faults)
    return options


def keep_options(activity: Activity, options: Sequence[str]) -> None:
    """Put other options in the place of those an activity has; nobody voted yet."""
    session.execute(delete(ActivityOption).where(ActivityOption.activity_id == activity.id))
    session.add_all(
        ActivityOption(activity_id=activity.id, position=position, text=text)
        for position, text in enumerate(options, 1)
    )
    session.flush()


def told(activity: Activity) -> dict[str, Any]:
    """Return the fields whose changes the timeline tells."""
    return {
        "title": activity.title,
        "purpose": activity.purpose,
        "options": " / ".join(queries.option_texts(activity.id)),
    }


def index(activity: Activity) -> None:
    """Bring the search up to date."""
    texts = (activity.purpose, activity.place, activity.chosen, activity.report)
    search.put(ACTIVITY, activity.id, f"{activity.number} {activity.title}", " ".join(texts))


def fire(
    activity: Activity,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of an activity; texts with characters nobody can see are refused at their fields."""
    for field, value in (data or {}).items():
        if isinstance(value, str):
            check_written(value, field)
    FLOW.fire(activity, name, actor, version=version, note=note, data=data)
    index(activity)


# Votes


def vote(activity: Activity, *, actor: Actor, option_id: int | None) -> None:
    """Give one's own vote, or another one instead, until the vote is over. Raises Denied, Conflict, Invalid."""
    lock(activity)
    require(actor, ActivityPerm.TAKE_PART)
    if not activity.voting_now:
        raise Conflict("activity:vote-over")
    if option_id not in {option.id for option in queries.options_of(activity.id)}:
        raise Invalid(fields={"option_id": lazy("请选择一个候选")})
    own = session.execute(
        select(ActivityVote).where(ActivityVote.activity_id == activity.id, ActivityVote.user_id == actor.id)
    ).scalar_one_or_none()
    if own is None:
        own = ActivityVote(activity_id=activity.id, user_id=int(actor.id or 0))
        session.add(own)
    own.option_id, own.voted_at = int(option_id or 0), clock.now()
    session.flush()


# Enrolling


def enrol(activity: Activity, *, actor: Actor, companions: int = 0) -> ActivityPlace:
    """Take a seat for oneself and those one brings, or a place behind those who wait.

    Raises Denied, Conflict out of time or a second time, Invalid for more companions than may come.
    """
    lock(activity)
    require(actor, ActivityPerm.TAKE_PART)
    if not activity.enrolling_now:
        raise Conflict("activity:enrolment-over")
    if not 0 <= companions <= activity.companions:
        raise Invalid(fields={"companions": lazy("每人最多带 %(most)s 位家属", most=activity.companions)})
    if 1 + companions > (activity.capacity or 0):
        raise Invalid(fields={"companions": lazy("人数超过了全部名额")})
    places = queries.places_of(activity.id)
    own = next((place for place in places if place.user_id == actor.id), None)
    if own is not None and own.status != PlaceStatus.WITHDRAWN:
        raise Conflict("activity:enrolled-already")
    status = seats.state_for(activity, places, 1 + companions)
    if own is None:
        own = ActivityPlace(activity_id=activity.id, user_id=int(actor.id or 0))
        own.user = session.get_one(User, actor.id)
        session.add(own)
    own.companions, own.status = companions, status
    own.turn = max((place.turn for place in places), default=0) + 1
    own.asked_at = clock.now()
    session.flush()
    verb = "activity:enrol" if status == PlaceStatus.SEATED else "activity:queue"
    timeline.record(ACTIVITY, activity.id, verb, actor)
    return own


def withdraw(activity: Activity, *, actor: Actor) -> None:
    """Give back one's own seat until it begins; the first who waits moves up. Raises Conflict."""
    lock(activity)
    begun = activity.starts_at is not None and activity.starts_at <= clock.now()
    if activity.status != ActivityStatus.ENROLLING or begun:
        raise Conflict("activity:enrolment-over")
    own = next((place for place in queries.places_of(activity.id) if place.user_id == actor.id), None)
    if own is None or own.status == PlaceStatus.WITHDRAWN:
        raise Conflict("activity:not-enrolled")
    own.status = PlaceStatus.WITHDRAWN
    timeline.record(ACTIVITY, activity.id, "activity:withdraw", actor)
    seats.move_up(activity)


def leave(user_id: int, actor: Actor) -> None:
    """Give back the places of somebody who leaves the company, in the same transaction."""
    rows = session.execute(
        select(ActivityPlace.activity_id)
        .join(Activity, Activity.id == ActivityPlace.activity_id)
        .where(
            ActivityPlace.user_id == user_id,
            ActivityPlace.status.in_((PlaceStatus.SEATED, PlaceStatus.QUEUED)),
            Activity.status == ActivityStatus.ENROLLING,
        )
        .order_by(ActivityPlace.activity_id)
    )
    for activity_id in list(rows.scalars()):
        activity = session.get_one(Activity, activity_id)
        lock(activity)
        own = next(place for place in queries.places_of(activity_id) if place.user_id == user_id)
        own.status = PlaceStatus.WITHDRAWN
        data = {"who": own.user.name}
        timeline.record(ACTIVITY, activity_id, "activity:give-back", actor, data=data)
        seats.move_up(activity)


# Photos


def add_photos(
    activity: Activity, *, actor: Actor, photos: Sequence[CheckedFile], consents: bool, consent: str
) -> list[ActivityPhoto]:
    """Keep photos of an activity that was held, with whose consent they are shown.

    Raises Denied for who neither organised nor was there, Conflict, Invalid without photos or consent.
    """
    lock(activity)
    if activity.status not in HELD:
        raise Conflict("activity:not-held")
    require_there(activity, actor, lazy("上传照片"))
    check_written(consent, "consent")
    faults: dict[str, LazyText | str] = {}
    if not photos:
        faults["file"] = lazy("请选择照片")
    if not consents:
        faults["consents"] = lazy("请先问过照片里的人，同意了再勾选")
    if faults:
        raise Invalid(fields=faults)
    rows = []
    for photo in photos:
        stored = files.attach(photo, ACTIVITY, activity.id, actor, kind=PHOTO_FILE)
        row = ActivityPhoto(activity_id=activity.id, stored_file_id=stored.id, consent=consent.strip())
        session.add(row)
        rows.append(row)
    session.flush()
    timeline.record(ACTIVITY, activity.id, "activity:add-photos", actor, data={"count": len(rows)})
    return rows


def require_there(activity: Activity, actor: Actor, what: LazyText) -> None:
    """Raise Denied for anybody who neither organises an activity nor was there."""
    places = queries.with_status(queries.places_of(activity.id), PlaceStatus.PRESENT)
    if actor.id not in {place.user_id for place in places}:
        require_organiser(activity, actor, what)


def remove_photo(activity: Activity, photo_id: int, *, actor: Actor) -> None:
    """Take a photo away: whoever was there may, for it may show them. Raises NotVisible, Denied."""
    lock(activity)
    require_there(activity, actor, lazy("移除照片"))
    row = session.get(ActivityPhoto, photo_id)
    if row is None or row.activity_id != activity.id or row.stored_file.deleted_at is not None:
        raise NotVisible
    files.mark_deleted(row.stored_file)
    timeline.record(ACTIVITY, activity.id, "activity:remove-photo", actor)


# What a job brings


def watch(payload: dict[str, Any]) -> None:
    """Bring the tasks whose hour has come: approving after a vote, noting who came."""
    if not modules.is_on(MODULE):
        return
    statement = select(Activity.id).where(Activity.status.in_(WAITING)).order_by(Activity.id)
    found = list(session.execute(statement).scalars())
    session.rollback()
    if found:
        with unit_of_work():
            for number in found:
                FLOW.sync_tasks(session.get_one(Activity, number))


def check() -> list[str]:
    """Find activities with more people than seats, and seats left free while the next who waits fits."""
    rows = session.execute(
        select(Activity.id).where(Activity.status == ActivityStatus.ENROLLING).order_by(Activity.id)
    )
    found = []
    for number in list(rows.scalars()):
        activity = session.get_one(Activity, number)
        places = queries.places_of(number)
        left = seats.free(activity, places)
        waits = queries.with_status(places, PlaceStatus.QUEUED)
        if left < 0:
            found.append(_("活动“%(title)s”报名人数多于名额", title=activity.title))
        elif waits and waits[0].heads <= left:
            found.append(_("活动“%(title)s”有空位，候补的人却没有递补", title=activity.title))
    return found
