"""Announcements by their actions: who is addressed, the moment, receipts, corrections, reminders."""

from datetime import timedelta

import pytest

from app.core import checks, clock, search
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.announcements import actions, queries
from app.features.announcements.enums import ANNOUNCEMENT
from app.features.announcements.models import Announcement
from app.features.people import leaving
from app.features.people.models import User
from tests import factories
from tests.features.announcements import desk
from tests.features.announcements.desk import Office


@pytest.fixture
def office(at) -> Office:
    # a Monday morning
    at(2026, 11, 23, 9, 0)
    return desk.office()


def waiting(number: int) -> list[int | None]:
    return sorted(task.user_id or 0 for task in open_tasks(ANNOUNCEMENT, number))


def test_what_is_announced_to_everybody_asks_everybody_until_they_confirm(office: Office) -> None:
    number = desk.published(office)
    row = desk.load(number)
    assert row.number == "TZ-2026-0001"
    everybody = {office.manager, office.personnel, office.reader, office.colleague, office.keeper}
    assert waiting(number) == sorted(person.id for person in everybody)
    desk.confirm(office, number, "reader")
    desk.confirm(office, number, "reader")
    assert office.reader.id not in waiting(number)
    assert queries.asked_counts(desk.load(number)) == (1, 5)
    # 16 working hours from Monday nine are two working days of eight hours
    due = queries.receipts(desk.load(number))[0].due_at
    assert clock.to_local(due).date() in (
        clock.today() + timedelta(days=1),
        clock.today() + timedelta(days=2),
    )


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("department", {"manager", "reader", "colleague"}),
        ("role", {"keeper"}),
        ("person", {"colleague"}),
        ("all of them", {"manager", "reader", "colleague", "keeper", "personnel"}),
    ],
)
def test_departments_roles_and_persons_are_counted_together(
    office: Office, scope: str, names: set[str]
) -> None:
    chosen = {
        "department": {"departments": (office.sales.id,)},
        "role": {"roles": ("warehouse",)},
        "person": {"people": (office.colleague.id,)},
        "all of them": {
            "departments": (office.sales.id,),
            "roles": ("warehouse",),
            "people": (office.personnel.id,),
        },
    }[scope]
    number = desk.published(office, for_everybody=False, **chosen)
    found = {office.actor(name).id for name in names}
    assert set(queries.audience_ids(desk.load(number))) == found
    for name in ("manager", "personnel", "reader", "colleague", "keeper"):
        seen = name in names or name in ("manager", "personnel")
        try:
            queries.get_announcement(office.actor(name), number)
        except NotVisible:
            assert not seen, name
        else:
            assert seen, name


def test_a_draft_is_its_authors_alone_and_only_who_publishes_writes_one(office: Office) -> None:
    number = desk.draft(office)
    with pytest.raises(NotVisible):
        queries.get_announcement(office.actor("personnel"), number)
    with pytest.raises(Denied):
        desk.draft(office, "reader")
    with pytest.raises(Denied), unit_of_work():
        actions.edit(desk.load(number), actor=office.actor("personnel"), version=None, values=desk.values())
    desk.step(office, number, "drop", "manager")
    with pytest.raises(Conflict), unit_of_work():
        actions.edit(desk.load(number), actor=office.actor("manager"), version=None, values=desk.values())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"text": "\u202e反写"}, "text"),
        ({"for_everybody": False}, "departments"),
        ({"for_everybody": False, "departments": (99_999,)}, "departments"),
        ({"for_everybody": False, "roles": ("emperor",)}, "roles"),
        ({"for_everybody": False, "people": (99_999,)}, "people"),
        ({"confirm_hours": 0}, "confirm_hours"),
        ({"confirm_hours": None}, "confirm_hours"),
    ],
)
def test_what_cannot_be_announced_is_refused_at_its_field(office: Office, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.draft(office, **changed)
    assert field in refused.value.fields
    assert session.query(Announcement).count() == 0


def test_it_goes_up_at_its_moment_even_before_the_job_and_comes_down_by_itself(office: Office, at) -> None:
    up, down = clock.now() + timedelta(hours=2), clock.now() + timedelta(days=3)
    number = desk.published(office, visible_from=up, visible_until=down)
    assert desk.load(number).status == "scheduled"
    assert waiting(number) == []
    with pytest.raises(NotVisible):
        queries.get_announcement(office.actor("reader"), number)
    at(2026, 11, 23, 11, 5)
    assert queries.get_announcement(office.actor("reader"), number).shown_status == "published"
    desk.confirm(office, number, "reader")
    actions.keep_up({})
    assert desk.load(number).status == "published"
    assert office.reader.id not in waiting(number)
    assert len(waiting(number)) == 4
    at(2026, 11, 26, 9, 1)
    assert queries.newest_up(office.actor("reader"), 5) == []
    with pytest.raises(Conflict):
        desk.confirm(office, number, "colleague")
    actions.keep_up({})
    assert desk.load(number).status == "ended"
    assert waiting(number) == []
    # what was read stays to be read
    assert queries.get_announcement(office.actor("reader"), number).id == number
    assert [finding for finding in checks.run_all() if finding.check == "announcements"] == []


def test_one_that_would_be_over_or_is_for_nobody_is_not_released(office: Office, at) -> None:
    late = desk.draft(office, visible_until=clock.now() + timedelta(hours=1))
    alone = desk.draft(office, for_everybody=False, people=(office.colleague.id,))
    at(2026, 11, 23, 12, 0)
    with pytest.raises(Conflict, match="over-already"):
        desk.step(office, late, "release", "manager")
    with unit_of_work():
        session.get_one(User, office.colleague.id).active = False
    with pytest.raises(Conflict, match="nobody"):
        desk.step(office, alone, "release", "manager")


def test_newcomers_are_asked_and_who_left_is_excused(office: Office) -> None:
    number = desk.published(office, for_everybody=False, departments=(office.sales.id,))
    with unit_of_work():
        session.get_one(User, office.colleague.id).department_id = office.store.id
        session.get_one(User, office.keeper.id).department_id = office.sales.id
    actions.keep_up({})
    assert waiting(number) == sorted([office.manager.id, office.reader.id, office.keeper.id])
    with pytest.raises(Denied):
        desk.confirm(office, number, "colleague")
    with unit_of_work():
        session.get_one(User, office.colleague.id).department_id = office.sales.id
    actions.keep_up({})
    desk.confirm(office, number, "colleague")
    assert office.colleague.id not in waiting(number)


@pytest.mark.parametrize("asks_again", [True, False])
def test_a_correction_asks_again_or_lets_count_what_was_confirmed(office: Office, asks_again: bool) -> None:
    number = desk.published(office)
    desk.confirm(office, number, "reader")
    second = desk.correct(office, number, asks_again=asks_again)
    with pytest.raises(Conflict, match="corrected-already"):
        desk.correct(office, number, asks_again=asks_again)
    assert desk.load(number).status == "published"
    desk.step(office, second, "release", "manager")
    assert desk.load(number).status == "replaced"
    assert waiting(number) == []
    assert (office.reader.id in waiting(second)) is asks_again
    assert len(waiting(second)) == (5 if asks_again else 4)
    assert [finding for finding in checks.run_all() if finding.check == "announcements"] == []
    with pytest.raises(Conflict):
        desk.confirm(office, number, "colleague")


def test_a_correction_of_what_came_down_meanwhile_is_not_released(office: Office) -> None:
    number = desk.published(office)
    second = desk.correct(office, number, asks_again=True)
    desk.step(office, number, "withdraw", "manager", "日期写错")
    with pytest.raises(Conflict, match="replaced-already"):
        desk.step(office, second, "release", "manager")


def test_withdrawn_with_a_reason_it_is_found_no_more_and_asks_nobody(office: Office) -> None:
    number = desk.published(office)
    assert search.find(office.actor("reader"), "国庆")
    with pytest.raises(Invalid):
        desk.step(office, number, "withdraw", "manager")
    with pytest.raises(Denied):
        desk.step(office, number, "withdraw", "reader", "不对")
    desk.step(office, number, "withdraw", "personnel", "日期写错")
    assert desk.load(number).withdrawn_reason == "日期写错"
    assert waiting(number) == []
    assert not search.find(office.actor("reader"), "国庆")


def test_taken_down_in_the_moment_it_went_up(office: Office) -> None:
    number = desk.published(office)
    assert desk.step(office, number, "take_down", "manager").status == "ended"


def test_reminders_come_shortly_before_the_end_and_then_once_each_working_day(office: Office, at) -> None:
    number = desk.published(office)

    def reminded() -> int:
        return sum(event.data.get("count", 0) for event in events() if event.verb == "announcement:remind")

    def events():
        from app.core.timeline import events_for

        return events_for(ANNOUNCEMENT, number)

    desk.confirm(office, number, "reader")
    actions.keep_up({})
    assert reminded() == 0
    at(2026, 11, 24, 16, 0)
    actions.keep_up({})
    actions.keep_up({})
    assert reminded() == 4
    at(2026, 11, 25, 3, 0)
    actions.keep_up({})
    assert reminded() == 4
    at(2026, 11, 25, 9, 30)
    actions.keep_up({})
    assert reminded() == 8
    # Sunday
    at(2026, 11, 29, 10, 0)
    actions.keep_up({})
    assert reminded() == 8
    at(2026, 11, 30, 9, 30)
    assert desk.remind(office, number, "manager") == 4
    with pytest.raises(Conflict):
        desk.remind(office, number, "manager")
    with pytest.raises(Denied):
        desk.remind(office, number, "colleague")


def test_only_shown_ones_ask_nobody(office: Office) -> None:
    number = desk.published(office, must_confirm=False)
    assert waiting(number) == []
    with pytest.raises(Conflict):
        desk.confirm(office, number, "reader")


def test_files_belong_to_a_draft(office: Office) -> None:
    number = desk.draft(office)
    file = CheckedFile("值班表.txt", "text/plain", b"1")
    with unit_of_work():
        stored = actions.attach(desk.load(number), actor=office.actor("manager"), file=file)
        with pytest.raises(Invalid):
            actions.attach(desk.load(number), actor=office.actor("manager"), file=None)
    with pytest.raises(NotVisible), unit_of_work():
        actions.remove_file(desk.load(number), 99_999, actor=office.actor("manager"))
    with unit_of_work():
        actions.remove_file(desk.load(number), stored.id, actor=office.actor("manager"))
    desk.step(office, number, "release", "manager")
    with pytest.raises(Conflict), unit_of_work():
        actions.attach(desk.load(number), actor=office.actor("manager"), file=file)


def test_who_leaves_hands_over_what_waits_for_its_moment(office: Office) -> None:
    desk.published(office, visible_from=clock.now() + timedelta(days=1))
    said = [matter.sentence for matter in leaving.open_matters(office.manager.id)]
    assert any("定时通知" in sentence for sentence in said)
    assert not any("定时通知" in matter.sentence for matter in leaving.open_matters(office.reader.id))


def test_somebody_without_a_department_may_announce(office: Office) -> None:
    number = desk.published(office, "personnel")
    assert desk.load(number).department_id is None
    # the head of one department answers only for announcements of that one
    with pytest.raises(Denied):
        desk.step(office, number, "withdraw", "manager", "不对")
    assert factories.actor(office.manager).id
