"""What is refused of an announcement, with its code or at its field; and what the clock brings in unusual orders."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from app.core import checks, clock
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.files import CheckedFile, files_for
from app.core.permissions import SYSTEM
from app.core.tasks import open_tasks
from app.core.timeline import Event, events_for
from app.core.uow import unit_of_work
from app.features.announcements import actions, queries
from app.features.announcements.enums import ANNOUNCEMENT
from app.features.announcements.models import Announcement
from app.features.people.models import RoleAssignment, User
from tests.features.announcements import desk
from tests.features.announcements.desk import Office

FILE = CheckedFile("值班表.txt", "text/plain", b"1")


@pytest.fixture
def office(at) -> Office:
    # a Monday morning
    at(2026, 11, 23, 9, 0)
    return desk.office()


def waiting(number: int) -> set[int | None]:
    return {task.user_id for task in open_tasks(ANNOUNCEMENT, number)}


def told(number: int, verb: str) -> list[Event]:
    return [event for event in events_for(ANNOUNCEMENT, number) if event.verb == f"announcement:{verb}"]


def edit(office: Office, number: int, who: str = "manager", version: int | None = None, **said: Any) -> None:
    with unit_of_work():
        values = desk.values(**said)
        actions.edit(desk.load(number), actor=office.actor(who), version=version, values=values)


def attach(office: Office, number: int, who: str = "manager") -> int:
    with unit_of_work():
        return actions.attach(desk.load(number), actor=office.actor(who), file=FILE).id


def publish_no_more(person: User) -> None:
    """Take a person's roles."""
    with unit_of_work():
        session.execute(delete(RoleAssignment).where(RoleAssignment.user_id == person.id))


# Writing


@pytest.mark.parametrize(
    "act",
    [
        lambda row, **given: actions.edit(row, version=None, values=desk.values(), **given),
        lambda row, **given: actions.attach(row, file=FILE, **given),
        lambda row, **given: actions.remove_file(row, 1, **given),
    ],
    ids=["edit", "attach", "remove"],
)
def test_a_draft_is_changed_by_its_author_alone_as_long_as_they_publish(
    office: Office, act: Callable[..., object]
) -> None:
    released, number = desk.published(office), desk.draft(office)
    with pytest.raises(Denied) as refused, unit_of_work():
        act(desk.load(number), actor=office.actor("personnel"))
    assert refused.value.params["who"] == office.manager.name
    with pytest.raises(Conflict, match="wrong-state") as wrong, unit_of_work():
        act(desk.load(released), actor=office.actor("manager"))
    assert str(wrong.value.params["state"]) == "已发布"
    publish_no_more(office.manager)
    with pytest.raises(Denied), unit_of_work():
        act(desk.load(number), actor=office.actor("manager"))
    assert [len(events_for(ANNOUNCEMENT, each)) for each in (number, released)] == [1, 2]


def test_an_edit_is_told_by_what_it_changed_and_not_at_all_where_nothing_was(office: Office) -> None:
    number = desk.draft(office)
    edit(office, number)
    assert told(number, "edit") == []
    with pytest.raises(Stale):
        edit(office, number, version=99, title="改")
    until = clock.now() + timedelta(days=1)
    edit(office, number, title="春节值班", roles=("warehouse",), for_everybody=False, visible_until=until)
    (event,) = told(number, "edit")
    changed = {name: (before, after) for name, before, after in event.data["changes"]}
    assert set(changed) == {"title", "audience", "visible_until"}
    assert changed["title"] == ("国庆值班", "春节值班")
    assert changed["visible_until"] == ("", "2026-11-24 09:00")
    row = desk.load(number)
    assert [each.role for each in row.scopes] == ["warehouse"]
    edit(office, number)
    assert desk.load(number).scopes == []


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"title": "铃\x07"}, {"title"}),
        ({"confirm_hours": actions.MOST_HOURS + 1}, {"confirm_hours"}),
        ({"visible_until": timedelta(0)}, {"visible_until"}),
        ({"visible_from": timedelta(hours=2), "visible_until": timedelta(hours=2)}, {"visible_until"}),
        (
            {"for_everybody": False, "roles": ("emperor",), "people": (99_999,), "departments": (99_999,)},
            {"roles", "people", "departments"},
        ),
        (
            {"title": " ", "text": "", "confirm_hours": None, "visible_until": timedelta(-1)},
            {"title", "text", "confirm_hours", "visible_until"},
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(office: Office, said: dict, fields: set[str]) -> None:
    moments = {
        name: clock.now() + value if isinstance(value, timedelta) else value for name, value in said.items()
    }
    with pytest.raises(Invalid) as refused:
        desk.draft(office, **moments)
    assert set(refused.value.fields) == fields
    assert session.query(Announcement).count() == 0


def test_hours_are_asked_for_only_where_reading_is_confirmed(office: Office) -> None:
    number = desk.draft(office, must_confirm=False, confirm_hours=None)
    assert desk.load(number).confirm_hours == 16


def test_who_left_is_not_addressed(office: Office) -> None:
    with unit_of_work():
        session.get_one(User, office.colleague.id).active = False
    with pytest.raises(Invalid) as refused:
        desk.draft(office, for_everybody=False, people=(office.reader.id, office.colleague.id))
    assert set(refused.value.fields) == {"people"}


def test_a_draft_holds_so_many_files_and_no_more(office: Office) -> None:
    number = desk.draft(office)
    kept = [attach(office, number) for _file in range(actions.MOST_FILES)]
    with pytest.raises(Conflict, match="announcement:too-many-files") as refused:
        attach(office, number)
    assert refused.value.params["most"] == actions.MOST_FILES
    with unit_of_work():
        actions.remove_file(desk.load(number), kept[0], actor=office.actor("manager"))
    with pytest.raises(NotVisible), unit_of_work():
        actions.remove_file(desk.load(number), kept[0], actor=office.actor("manager"))
    assert {each.id for each in files_for(ANNOUNCEMENT, number)} == set(kept[1:])
    assert [event.data for event in told(number, "remove-file")] == [{"file": "值班表.txt"}]


# Correcting


def test_a_correction_begins_with_the_words_the_audience_and_the_files(office: Office) -> None:
    until = clock.now() + timedelta(days=9)
    number = desk.draft(office, for_everybody=False, departments=(office.store.id,), visible_until=until)
    attach(office, number)
    desk.step(office, number, "release", "manager")
    row = desk.load(desk.correct(office, number, asks_again=True, who="personnel"))
    assert (row.status, row.edition, row.owner_id) == ("draft", 2, office.personnel.id)
    assert (row.title, row.visible_until, row.department_id) == ("国庆值班", until, office.sales.id)
    assert [each.department_id for each in row.scopes] == [office.store.id]
    assert [each.name for each in files_for(ANNOUNCEMENT, row.id)] == ["值班表.txt"]
    assert len(files_for(ANNOUNCEMENT, number)) == 1


def test_what_is_not_up_is_not_corrected_and_not_by_everybody(office: Office) -> None:
    draft, number = desk.draft(office), desk.published(office)
    with pytest.raises(Conflict, match="wrong-state"):
        desk.correct(office, draft, asks_again=True)
    with pytest.raises(Denied):
        desk.correct(office, number, asks_again=True, who="reader")
    dropped = desk.correct(office, number, asks_again=True)
    desk.step(office, dropped, "drop", "manager")
    # a correction that was let go of is none
    assert desk.load(desk.correct(office, number, asks_again=False)).edition == 1
    desk.step(office, number, "take_down", "personnel")
    with pytest.raises(Conflict, match="wrong-state"):
        desk.correct(office, number, asks_again=True)
    publish_no_more(office.manager)
    with pytest.raises(Denied):
        desk.correct(office, number, asks_again=True)


def test_what_was_withdrawn_before_its_correction_came_up_stays_withdrawn(office: Office, at) -> None:
    number = desk.published(office)
    desk.confirm(office, number, "reader")
    second = desk.correct(office, number, asks_again=False)
    edit(office, second, visible_from=clock.now() + timedelta(hours=3))
    assert desk.step(office, second, "release", "manager").status == "scheduled"
    desk.step(office, number, "withdraw", "manager", "日期写错")
    assert waiting(number) == set()
    at(2026, 11, 23, 14, 0)
    actions.keep_up({})
    assert [desk.load(each).status for each in (number, second)] == ["withdrawn", "published"]
    assert told(number, "replace") == []
    # those who had not confirmed are asked again, who had is not
    expected = {office.manager, office.personnel, office.colleague, office.keeper}
    assert waiting(second) == {person.id for person in expected}
    assert [each for each in checks.run_all() if each.check == "announcements"] == []


# Steps


@pytest.mark.parametrize("name", ["release", "withdraw", "take_down"])
def test_who_publishes_no_more_does_none_of_its_steps(office: Office, name: str) -> None:
    number = desk.draft(office) if name == "release" else desk.published(office)
    before = desk.load(number).status
    publish_no_more(office.manager)
    with pytest.raises(Denied):
        desk.step(office, number, name, "manager", "原因")
    assert desk.load(number).status == before


@pytest.mark.parametrize("name", ["appear", "end", "replace"])
def test_what_the_clock_does_nobody_does_by_hand(office: Office, name: str) -> None:
    number = desk.published(office)
    with pytest.raises(Denied):
        desk.step(office, number, name, "manager")
    assert desk.load(number).status == "published"


@pytest.mark.parametrize("note", ["", " ", "铃\x07"])
def test_a_withdrawal_needs_a_reason_that_can_be_read(office: Office, note: str) -> None:
    number = desk.published(office)
    with pytest.raises(Invalid) as refused:
        desk.step(office, number, "withdraw", "manager", note)
    assert set(refused.value.fields) == {"note"}
    assert desk.load(number).status == "published"


def test_withdrawn_before_anybody_knew_of_it_nobody_is_told(office: Office) -> None:
    number = desk.published(office, visible_from=clock.now() + timedelta(days=1))
    with pytest.raises(Conflict, match="wrong-state"):
        desk.step(office, number, "take_down", "manager")
    row = desk.step(office, number, "withdraw", "manager", "不放假了")
    assert (row.status, row.published_at, row.was_out) == ("withdrawn", None, False)
    with pytest.raises(NotVisible):
        queries.get_announcement(office.actor("reader"), number)


# Reading and reminding


def test_reading_is_confirmed_by_whom_it_is_for_while_it_is_up(office: Office) -> None:
    number = desk.published(office, for_everybody=False, departments=(office.sales.id,))
    for code, each, who in (
        ("not-up", desk.draft(office), "manager"),
        ("nothing-to-confirm", desk.published(office, must_confirm=False), "reader"),
    ):
        with pytest.raises(Conflict, match=f"announcement:{code}"):
            desk.confirm(office, each, who)
    with pytest.raises(Denied, match="announcement:not-for-you"):
        desk.confirm(office, number, "keeper")
    assert told(number, "confirm") == []


def test_reminders_are_sent_by_who_answers_for_it_while_it_is_up(office: Office) -> None:
    number = desk.published(office, for_everybody=False, people=(office.reader.id,))
    with pytest.raises(Denied) as refused:
        desk.remind(office, number, "reader")
    assert refused.value.params["who"] == office.manager.name
    desk.confirm(office, number, "reader")
    with pytest.raises(Conflict, match="announcement:nobody-to-remind"):
        desk.remind(office, number, "personnel")
    with unit_of_work():
        assert actions.remind(desk.load(number), actor=SYSTEM) == 0
    desk.step(office, number, "take_down", "manager")
    with pytest.raises(Conflict, match="announcement:not-up"):
        desk.remind(office, number, "manager")
    assert told(number, "remind") == []


# What the clock brings


def test_what_was_over_before_the_job_saw_it_was_up_from_its_moment(office: Office, at) -> None:
    up = clock.now() + timedelta(hours=1)
    number = desk.published(office, visible_from=up, visible_until=up + timedelta(hours=1))
    at(2026, 11, 24, 9, 0)
    actions.keep_up({})
    row = desk.load(number)
    assert (row.status, row.published_at, row.visible_until) == ("ended", up, up + timedelta(hours=1))
    assert waiting(number) == set()
    assert [each for each in checks.run_all() if each.check == "announcements"] == []


def test_the_job_leaves_alone_what_needs_nothing(office: Office) -> None:
    ended, shown = desk.published(office), desk.published(office, must_confirm=False)
    later = desk.published(office, visible_from=clock.now() + timedelta(days=1))
    desk.step(office, ended, "take_down", "manager")
    numbers = (ended, shown, later)
    before = [(desk.load(each).version, len(events_for(ANNOUNCEMENT, each))) for each in numbers]
    for each in numbers:
        with unit_of_work():
            actions.keep_up_one(desk.load(each))
    assert [(desk.load(each).version, len(events_for(ANNOUNCEMENT, each))) for each in numbers] == before
    assert [desk.load(each).status for each in numbers] == ["ended", "published", "scheduled"]


def test_nothing_goes_up_while_announcements_are_switched_off(office: Office, at) -> None:
    number = desk.published(office, visible_from=clock.now() + timedelta(hours=1))
    with unit_of_work():
        configured.put("modules.switches", {"announcements": False})
    at(2026, 11, 23, 11, 0)
    actions.keep_up({})
    assert desk.load(number).status == "scheduled"
    with unit_of_work():
        configured.put("modules.switches", {})
    actions.keep_up({})
    assert desk.load(number).status == "published"
