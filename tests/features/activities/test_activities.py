"""The life of an activity: the vote, the seats, the settlement."""

import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import checks, clock, modules, settings
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.notices import Notice
from app.core.permissions import Role
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.activities import actions, queries
from app.features.activities.actions import ActivityValues
from app.features.activities.enums import ActivityStatus, PlaceStatus
from app.features.activities.models import Activity, ActivityVote
from app.features.activities.settlement import settle, spread
from app.features.people import actions as people_actions
from app.features.people.directory import actor_for
from app.features.people.leaving import open_matters
from app.features.people.models import User
from tests import factories
from tests.features.activities import desk as desks
from tests.features.activities.desk import Desk

At = Callable[..., datetime]
SEATED, QUEUED, WITHDRAWN = PlaceStatus.SEATED, PlaceStatus.QUEUED, PlaceStatus.WITHDRAWN


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    return desks.build()


def open_tasks(activity: Activity) -> list[str]:
    rows = session.execute(
        select(Task.kind).where(
            Task.doc_type == "activity", Task.doc_id == activity.id, Task.closed_at.is_(None)
        )
    )
    return list(rows.scalars())


# The vote


def test_one_vote_each_and_it_may_be_changed_until_the_end(desk: Desk, at: At) -> None:
    activity = desks.voting(desk)
    desks.vote(activity, desk.people[0], 0)
    desks.vote(activity, desk.people[0], 1)
    desks.vote(activity, desk.people[1], 1)
    assert [option.votes for option in queries.options_of(activity.id)] == [0, 2, 0]
    assert queries.options_of(activity.id, factories.actor(desk.people[0]))[1].mine
    at(2026, 11, 25, 9)
    with pytest.raises(Conflict) as refused:
        desks.vote(activity, desk.people[2], 0)
    assert refused.value.code == "activity:vote-over"
    assert [option.votes for option in queries.options_of(activity.id)] == [0, 2, 0]


def test_an_option_of_another_activity_cannot_be_voted_for(desk: Desk) -> None:
    activity, other = desks.voting(desk), desks.propose(desk)
    with pytest.raises(Invalid), unit_of_work():
        actions.vote(
            activity,
            actor=factories.actor(desk.people[0]),
            option_id=queries.options_of(other.id)[0].id,
        )
    assert not session.execute(select(ActivityVote.id)).all()


def test_ten_votes_of_one_person_at_once_are_one(app: Flask, desk: Desk) -> None:
    activity = desks.voting(desk)
    number, options = activity.id, [option.id for option in queries.options_of(activity.id)]
    voter, now = desk.people[0].id, clock.now()
    start = threading.Barrier(10)

    def work(place: int) -> None:
        with app.app_context(), clock.frozen(now):
            start.wait()
            with unit_of_work():
                actions.vote(
                    session.get_one(Activity, number),
                    actor=actor_for(session.get_one(User, voter)),
                    option_id=options[place % 3],
                )

    run([threading.Thread(target=work, args=(place,)) for place in range(10)])
    assert len(session.execute(select(ActivityVote.id)).all()) == 1


def test_approval_waits_for_the_end_of_the_vote_and_is_a_task_only_then(desk: Desk, at: At) -> None:
    activity = desks.voting(desk)
    option = queries.options_of(activity.id)[1].id
    assert open_tasks(activity) == []
    with pytest.raises(Conflict) as refused:
        desks.fire(activity, "approve", desk.head, budget=Decimal(500), option_id=option)
    assert refused.value.code == "activity:vote-runs"
    at(2026, 11, 25, 10)
    actions.watch({})
    assert open_tasks(activity) == ["activity:approve"]
    desks.fire(activity, "approve", desk.head, budget=Decimal(500), option_id=option)
    assert (activity.chosen, activity.budget) == ("羽毛球赛", Decimal(500))
    assert open_tasks(activity) == ["activity:open-enrolment"]


def test_the_organiser_may_close_the_vote_early_and_nobody_approves_their_own(desk: Desk) -> None:
    activity = desks.voting(desk)
    desks.fire(activity, "close_vote", desk.owner)
    with pytest.raises(Conflict):
        desks.vote(activity, desk.people[0], 0)
    own = desks.propose(desk, (), title="经理的主意")
    with unit_of_work():
        own.owner_id = desk.head.id
    with pytest.raises(Denied):
        desks.fire(own, "approve", desk.head, budget=Decimal(1))
    desks.fire(own, "approve", desk.leader, budget=Decimal(1))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"purpose": ""}, "purpose"),
        ({"options": ("甲", "甲")}, "options"),
        ({"options": tuple(str(number) for number in range(9))}, "options"),
        ({"options": ("长" * 121,)}, "options"),
        ({"title": "秋游\x00"}, "title"),
    ],
)
def test_what_cannot_be_proposed_says_where(desk: Desk, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desks.propose(desk, **values)
    assert field in refused.value.fields


def test_a_proposal_is_changed_until_the_vote(desk: Desk) -> None:
    activity = desks.propose(desk)
    with unit_of_work():
        actions.edit(
            activity,
            actor=factories.actor(desk.owner),
            version=activity.version,
            values=ActivityValues("冬游", "一起走走", ("滑雪",)),
        )
    assert queries.option_texts(activity.id) == ["滑雪"]
    assert open_tasks(activity) == ["activity:approve"]
    with pytest.raises(Denied), unit_of_work():
        actions.edit(
            activity,
            actor=factories.actor(desk.people[0]),
            version=None,
            values=ActivityValues("别人的", "改", ()),
        )
    desks.fire(
        activity, "approve", desk.head, budget=Decimal(0), option_id=queries.options_of(activity.id)[0].id
    )
    with pytest.raises(Conflict), unit_of_work():
        actions.edit(
            activity,
            actor=factories.actor(desk.owner),
            version=None,
            values=ActivityValues("晚了", "改", ()),
        )


# Seats


def test_a_freed_seat_goes_to_the_first_who_waits_and_nobody_overtakes(desk: Desk) -> None:
    activity = desks.enrolling(desk, capacity=3)
    one, two, three, four = desk.people
    assert desks.enrol(activity, one, 1) == SEATED
    assert desks.enrol(activity, two, 1) == QUEUED
    # One seat is free, but somebody waits before.
    assert desks.enrol(activity, three) == QUEUED
    assert desks.enrol(activity, four) == QUEUED
    desks.withdraw(activity, one)
    assert desks.states(activity) == {
        "同事1": WITHDRAWN,
        "同事2": SEATED,
        "同事3": SEATED,
        "同事4": QUEUED,
    }
    told = (
        session.execute(select(Notice.user_id).where(Notice.user_id.in_([two.id, three.id]))).scalars().all()
    )
    assert len(told) >= 4, "both heard of the enrolment and of their seat"
    # Who comes back stands behind.
    assert desks.enrol(activity, one) == QUEUED
    desks.withdraw(activity, three)
    assert desks.states(activity)["同事4"] == SEATED
    assert desks.states(activity)["同事1"] == QUEUED


def test_more_seats_let_those_who_wait_move_up_and_fewer_than_taken_are_refused(desk: Desk) -> None:
    activity = desks.enrolling(desk, capacity=1)
    for person in desk.people[:3]:
        desks.enrol(activity, person)
    desks.fire(activity, "rearrange", desk.owner, **desks.arrangement(capacity=2))
    assert list(desks.states(activity).values()) == [SEATED, SEATED, QUEUED]
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "rearrange", desk.owner, **desks.arrangement(capacity=1))
    assert "capacity" in refused.value.fields


def test_out_of_time_twice_and_with_too_many(desk: Desk, at: At) -> None:
    activity = desks.enrolling(desk)
    for companions in (-1, 3, 2):
        with pytest.raises(Invalid):
            desks.enrol(activity, desk.people[0], companions)
    desks.enrol(activity, desk.people[0])
    with pytest.raises(Conflict) as refused:
        desks.enrol(activity, desk.people[0])
    assert refused.value.code == "activity:enrolled-already"
    with pytest.raises(Conflict) as refused:
        desks.withdraw(activity, desk.people[1])
    assert refused.value.code == "activity:not-enrolled"
    at(2026, 11, 25, 10)
    with pytest.raises(Conflict) as refused:
        desks.enrol(activity, desk.people[1])
    assert refused.value.code == "activity:enrolment-over"
    desks.withdraw(activity, desk.people[0])
    at(2026, 11, 26, 10)
    with pytest.raises(Conflict):
        desks.withdraw(activity, desk.people[0])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"place": " "}, "place"),
        ({"starts_at": None}, "starts_at"),
        ({"ends_at": None}, "ends_at"),
        ({"enrol_until": None}, "enrol_until"),
        ({"capacity": 0}, "capacity"),
        ({"companions": 10}, "companions"),
    ],
)
def test_an_arrangement_that_cannot_be_says_where(desk: Desk, values: dict[str, Any], field: str) -> None:
    activity = desks.approved(desk)
    with pytest.raises(Invalid) as refused:
        desks.fire(activity, "open_enrolment", desk.owner, **desks.arrangement(**values))
    assert field in refused.value.fields
    assert activity.status == ActivityStatus.APPROVED


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()


def test_of_twenty_who_want_the_last_seat_at_once_one_gets_it_and_all_others_wait_in_order(
    app: Flask, desk: Desk
) -> None:
    activity = desks.enrolling(desk, capacity=1)
    number, now = activity.id, clock.now()
    people = [factories.user(f"人{place}", f"q{place}", None, [Role.SALESPERSON]).id for place in range(20)]
    start, found, lock = threading.Barrier(len(people)), [], threading.Lock()

    def work(person: int) -> None:
        with app.app_context(), clock.frozen(now):
            start.wait()
            with unit_of_work():
                place = actions.enrol(
                    session.get_one(Activity, number), actor=actor_for(session.get_one(User, person))
                )
                status = place.status
            with lock:
                found.append(status)

    run([threading.Thread(target=work, args=(person,)) for person in people])
    assert found.count(SEATED) == 1
    assert found.count(QUEUED) == 19
    places = queries.places_of(number)
    assert [place.turn for place in places] == list(range(1, 21))
    assert places[0].status == SEATED

    def leave(person: int) -> None:
        with app.app_context(), clock.frozen(now):
            start.wait()
            with unit_of_work():
                actions.withdraw(
                    session.get_one(Activity, number), actor=actor_for(session.get_one(User, person))
                )

    # Half of them give up at once: exactly one of the others sits, the first of them.
    start = threading.Barrier(10)
    gone = [place.user_id for place in places[:10]]
    run([threading.Thread(target=leave, args=(person,)) for person in gone])
    left = [place for place in queries.places_of(number) if place.status != WITHDRAWN]
    assert [place.status for place in left] == [SEATED] + [QUEUED] * 9
    assert actions.check() == []


def test_who_leaves_the_company_gives_the_seat_to_the_next(desk: Desk) -> None:
    activity = desks.enrolling(desk, capacity=1)
    desks.enrol(activity, desk.people[0])
    desks.enrol(activity, desk.people[1])
    with unit_of_work():
        people_actions.deactivate(
            desk.people[0], version=desk.people[0].version, actor=factories.actor(desk.personnel)
        )
    assert desks.states(activity) == {"同事1": WITHDRAWN, "同事2": SEATED}
    assert any("团队活动" in matter.sentence for matter in open_matters(desk.owner.id))
    desks.fire(activity, "hand_over", desk.personnel, user_id=desk.people[1].id)
    assert not any("团队活动" in matter.sentence for matter in open_matters(desk.owner.id))


# Held, recorded, settled


def held(desk: Desk, at: At) -> Activity:
    activity = desks.enrolling(desk, capacity=4)
    desks.enrol(activity, desk.people[0], 2)
    desks.enrol(activity, desk.people[1])
    desks.enrol(activity, desk.people[2])
    at(2026, 11, 26, 18)
    return desks.fire(activity, "hold", desk.owner, absent=[desk.people[1].id])


def test_from_the_day_itself_to_the_settlement(desk: Desk, at: At) -> None:
    activity = desks.enrolling(desk)
    with pytest.raises(Conflict) as refused:
        desks.fire(activity, "hold", desk.owner)
    assert refused.value.code == "activity:not-begun"
    desks.fire(activity, "cancel", desk.owner, note="下雨")
    activity = held(desk, at)
    assert desks.states(activity) == {"同事1": "present", "同事2": "absent", "同事3": "queued"}
    with pytest.raises(Invalid) as over:
        desks.fire(activity, "record", desk.owner, cost=Decimal("1000.01"))
    assert "over_reason" in over.value.fields
    desks.fire(activity, "record", desk.owner, cost=Decimal("1100.00"), over_reason="门票涨价", report="很好")
    assert open_tasks(activity) == ["activity:close"]
    with pytest.raises(Denied):
        desks.fire(activity, "close", desk.owner)
    desks.fire(activity, "return", desk.finance, note="请补发票")
    desks.fire(activity, "record", desk.owner, cost=Decimal("900.00"))
    desks.fire(activity, "close", desk.finance)
    assert activity.status == ActivityStatus.CLOSED
    assert open_tasks(activity) == []


def test_who_took_part_has_it_on_their_page_of_growth(desk: Desk, at: At) -> None:
    held(desk, at)
    reader = factories.actor(desk.people[3])
    count, entries = queries.took_part(reader, desk.people[0].id, 5)
    assert (count, entries[0].text, entries[0].day.isoformat()) == (1, "秋游", "2026-11-26")
    assert queries.took_part(reader, desk.people[1].id, 5) == (0, [])


def photo() -> Any:
    from io import BytesIO

    from PIL import Image

    from app.core.pictures import read_photo

    stream = BytesIO()
    Image.new("RGB", (40, 30), (200, 120, 80)).save(stream, "JPEG")
    return read_photo("合影.jpg", BytesIO(stream.getvalue()))


def test_photos_need_consent_and_whoever_was_there_may_take_one_away(desk: Desk, at: At) -> None:
    activity = held(desk, at)

    def add(who: User, **values: Any) -> None:
        with unit_of_work():
            plain = {"photos": [photo()], "consents": True, "consent": "全体合影"}
            actions.add_photos(activity, actor=factories.actor(who), **{**plain, **values})

    refused: tuple[dict[str, Any], ...] = ({"consents": False}, {"photos": []})
    for values in refused:
        with pytest.raises(Invalid):
            add(desk.owner, **values)
    with pytest.raises(Denied):
        add(desk.people[3])
    add(desk.people[0])
    (row,) = queries.photos_of(activity.id)
    with pytest.raises(Denied), unit_of_work():
        actions.remove_photo(activity, row.id, actor=factories.actor(desk.people[3]))
    with unit_of_work():
        actions.remove_photo(activity, row.id, actor=factories.actor(desk.people[0]))
    assert not queries.photos_of(activity.id)
    with pytest.raises(NotVisible), unit_of_work():
        actions.remove_photo(activity, row.id, actor=factories.actor(desk.people[0]))


@given(
    st.decimals(0, 100_000, places=2),
    st.decimals(0, 100_000, places=2),
    st.lists(st.integers(1, 10), max_size=30),
)
def test_shares_add_up_to_the_cent_and_follow_the_heads(
    cost: Decimal, budget: Decimal, counts: list[int]
) -> None:
    found = settle(cost, budget, [(place, f"人{place}", count) for place, count in enumerate(counts)])
    assert sum((share.amount for share in found.shares), Decimal(0)) == found.over
    assert found.company + found.over == cost
    assert found.over == (max(cost - budget, Decimal(0)) if counts else 0)
    for share in found.shares:
        assert abs(share.amount - found.over * share.heads / found.heads) < Decimal("0.01")


def test_a_settlement_by_hand() -> None:
    found = settle(Decimal("1000.00"), Decimal("900.00"), [(1, "甲", 1), (2, "乙", 2)])
    assert [share.amount for share in found.shares] == [Decimal("33.33"), Decimal("66.67")]
    assert (found.per_head, found.company) == (Decimal("333.33"), Decimal("900.00"))
    assert spread(100, []) == []


def test_the_examination_finds_what_was_changed_behind_its_back(desk: Desk) -> None:
    activity = desks.enrolling(desk, capacity=2)
    desks.enrol(activity, desk.people[0])
    desks.enrol(activity, desk.people[1])
    with unit_of_work():
        activity.capacity = 1
    assert "activities" in checks.names()
    assert len(actions.check()) == 1
