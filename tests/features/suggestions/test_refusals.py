"""What is refused of a suggestion, with its code or at its field; and who is told when nobody signed it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.files import CheckedFile, files_for
from app.core.notices import Notice
from app.core.tasks import open_tasks
from app.core.timeline import Event, events_for
from app.core.uow import unit_of_work
from app.features.people.models import Department, User
from app.features.suggestions import actions, discussing, queries, unnamed, upkeep
from app.features.suggestions.enums import SUGGESTION
from app.features.suggestions.flow import months_later
from app.features.suggestions.models import Suggestion
from tests.features.checks import desk as checks_desk
from tests.features.rules import rulebook
from tests.features.suggestions import desk
from tests.features.suggestions.desk import ANSWER, Office

# A Friday without holidays around it.
FRIDAY = clock.from_local(datetime(2026, 11, 27, 10, 0))  # noqa: DTZ001
FILE = CheckedFile("现场.txt", "text/plain", b"1")
LATER = date(2026, 12, 18)


@pytest.fixture
def office() -> Iterator[Office]:
    with clock.frozen(FRIDAY):
        yield desk.office()


def draft(office: Office, who: str = "author", **more: Any) -> int:
    with unit_of_work():
        return actions.draft(actor=office.actor(who), values=desk.values(**more)).id


def edit(office: Office, number: int, who: str = "author", version: int | None = None, **said: Any) -> None:
    with unit_of_work():
        values = desk.values(**said)
        actions.edit(desk.load(number), actor=office.actor(who), version=version, values=values)


def attach(office: Office, number: int, who: str = "author", count: int = 1) -> None:
    with unit_of_work():
        actions.attach(desk.load(number), [FILE] * count, actor=office.actor(who))


def to_keeper(office: Office, **more: Any) -> int:
    """A suggestion of the author whose name only personnel knows."""
    desk.put(keeper=office.people["personnel"])
    with unit_of_work():
        return unnamed.send_to_keeper(actor=office.actor("author"), values=desk.values(**more)).id


def by_nobody(**more: Any) -> int:
    """A suggestion nobody signed."""
    with unit_of_work():
        return unnamed.send_unnamed(values=desk.values(**more))[0].id


def adopted(office: Office, **more: Any) -> int:
    number = desk.in_review(office, **more)
    desk.fire(office, number, "adopt", "manager", **ANSWER)
    return number


def implementing(office: Office) -> int:
    """A suggestion the colleague carries out in two steps."""
    number = adopted(office)
    plan = "2026-12-01 买\n2026-12-05 装"
    given = {"implementer_id": office.people["colleague"], "due_on": LATER, "plan": plan}
    desk.fire(office, number, "implement", "manager", **given)
    return number


def milestone(
    office: Office, number: int, step: int, who: str = "colleague", version: int | None = None
) -> None:
    with unit_of_work():
        row, actor = desk.load(number), office.actor(who)
        actions.finish_milestone(row, step, actor=actor, version=version)


def told(number: int, verb: str) -> list[Event]:
    return [event for event in events_for(SUGGESTION, number) if event.verb == f"suggestion:{verb}"]


def noticed(event: Event) -> set[int]:
    return {row.user_id for row in session.query(Notice).filter(Notice.event_seq == event.seq)}


def close_departments(*, but: tuple[int, ...] = ()) -> None:
    with unit_of_work():
        session.execute(update(Department).where(Department.id.not_in(but)).values(active=False))


# Writing


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "字" * (actions.LONGEST_TITLE + 1)}, {"title"}),
        ({"department_id": 99_999}, {"department_id"}),
        ({"theme_id": 99_999}, {"theme_id"}),
        ({"clause_id": 99_999}, {"clause_id"}),
        ({"title": "铃\x07"}, {"title"}),
        ({"situation": "铃\x07"}, {"situation"}),
        ({"method": "铃\x07"}, {"method"}),
        ({"effect": "\u202e反写"}, {"effect"}),
        (
            {"title": "", "department_id": 99_999, "theme_id": 99_999, "clause_id": 99_999},
            {"title", "department_id", "theme_id", "clause_id"},
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_fields_by_every_way(
    office: Office, said: dict, fields: set[str]
) -> None:
    number = draft(office)
    desk.put(keeper=office.people["personnel"])
    for write in (
        lambda: draft(office, **said),
        lambda: edit(office, number, **said),
        lambda: desk.sent(office, **said),
        lambda: to_keeper(office, **said),
        lambda: by_nobody(**said),
    ):
        with pytest.raises(Invalid) as refused:
            write()
        assert set(refused.value.fields) == fields
    assert [row.id for row in session.query(Suggestion)] == [number]
    assert desk.load(number).title == "在库房门口放一台扫码枪"


def test_the_longest_title_and_a_department_of_the_list_are_kept(office: Office) -> None:
    store = office.user("stranger").department_id
    number = draft(office, title=f" {'字' * actions.LONGEST_TITLE} ", department_id=store)
    row = desk.load(number)
    assert (row.title, row.department_id) == ("字" * actions.LONGEST_TITLE, store)
    close_departments(but=(office.department,))
    with pytest.raises(Invalid) as refused:
        draft(office, department_id=store)
    assert set(refused.value.fields) == {"department_id"}


def test_without_a_department_it_goes_to_the_one_above_all_and_without_any_nowhere(office: Office) -> None:
    head = queries.head_department()
    assert desk.load(draft(office, "leader")).department_id == head
    assert desk.load(draft(office, "author")).department_id == office.department
    assert desk.load(by_nobody()).department_id == head
    close_departments()
    for write in (lambda: draft(office, "leader"), by_nobody, lambda: to_keeper(office)):
        with pytest.raises(Conflict, match="suggestion:no-department"):
            write()
    assert session.query(Suggestion).count() == 3


def test_a_draft_is_edited_by_its_author_until_it_is_sent(office: Office) -> None:
    number, sent, hidden = draft(office), desk.sent(office), to_keeper(office)
    for each, name in ((number, "陈志远"), (hidden, "")):
        with pytest.raises(Denied) as refused:
            edit(office, each, "colleague")
        assert refused.value.params["who"] == name
    with pytest.raises(Stale):
        edit(office, number, version=99)
    with pytest.raises(Conflict, match="wrong-state"):
        edit(office, sent)
    edit(office, number)
    assert told(number, "edit") == []
    edit(office, number, effect="每天省一小时")
    (event,) = told(number, "edit")
    assert event.data == {"changes": [["effect", "", "每天省一小时"]]}
    assert [desk.load(each).effect for each in (number, sent)] == ["每天省一小时", ""]


def test_files_are_added_by_who_signed_it_while_it_is_open(office: Office) -> None:
    number, hidden = desk.sent(office), to_keeper(office)
    attach(office, number, count=actions.MOST_PHOTOS - 1)
    for each, name in ((number, "陈志远"), (hidden, "")):
        with pytest.raises(Denied) as refused:
            attach(office, each, "colleague")
        assert refused.value.params["who"] == name
    with pytest.raises(Invalid) as many:
        attach(office, number, count=2)
    assert set(many.value.fields) == {"file"}
    attach(office, number)
    with pytest.raises(Conflict, match="suggestion:no-files-later"):
        attach(office, hidden)
    desk.fire(office, number, "withdraw", "author", note="已有别的办法")
    with pytest.raises(Conflict, match="wrong-state"):
        attach(office, number)
    assert len(files_for(SUGGESTION, number)) == actions.MOST_PHOTOS
    assert files_for(SUGGESTION, hidden) == []
    assert sorted(event.data["count"] for event in told(number, "attach")) == [1, actions.MOST_PHOTOS - 1]


# Steps

DAY = FRIDAY.date()
REFUSED: list[tuple[str, str, dict[str, Any], set[str]]] = [
    ("sent", "complete", {"method": " "}, {"method"}),
    ("returned", "resubmit", {}, {"method"}),
    ("redirected", "answer", {"answer": " "}, {"answer"}),
    ("in_review", "adopt", {}, {"answer"}),
    ("in_review", "adopt", {"answer": "铃\x07"}, {"answer"}),
    ("in_review", "try", {"answer": "试", "until": None}, {"until"}),
    ("in_review", "try", {"answer": " ", "until": LATER}, {"answer"}),
    ("in_review", "park", {}, {"condition", "until"}),
    ("in_review", "park", {"condition": "等", "until": DAY}, {"until"}),
    ("in_review", "park", {"condition": " ", "until": LATER}, {"condition"}),
    ("in_review", "decline", {}, {"note"}),
    ("in_review", "merge", {"number": "JY-2026-0001"}, {"number"}),
    ("adopted", "implement", {}, {"implementer_id", "due_on"}),
    ("adopted", "implement", {"implementer_id": 99_999, "due_on": DAY}, {"implementer_id", "due_on"}),
    ("implementing", "deliver", {"result": " "}, {"result"}),
    ("verifying", "verify", {"verified_text": ""}, {"verified_text"}),
    ("verifying", "rework", {}, {"note"}),
]
WHO = {"complete": "author", "resubmit": "author", "deliver": "colleague"}


def brought_to(office: Office, state: str) -> int:
    """The id of the suggestion in a state; its number is the first of the year."""
    if state in ("in_review", "adopted", "implementing"):
        found = {"in_review": desk.in_review, "adopted": adopted, "implementing": implementing}
        return found[state](office)
    if state == "verifying":
        number = implementing(office)
        desk.fire(office, number, "deliver", "colleague", result="装好了")
        return number
    number = desk.sent(office)
    if state == "returned":
        desk.fire(office, number, "return", "manager", note="请补充")
    if state == "redirected":
        desk.fire(office, number, "redirect", "manager")
    return number


@pytest.mark.parametrize(("state", "step", "data", "fields"), REFUSED)
def test_a_step_without_what_it_asks_is_refused_at_its_fields(
    office: Office, state: str, step: str, data: dict, fields: set[str]
) -> None:
    number = brought_to(office, state)
    before = desk.load(number)
    status, version = before.status, before.version
    with pytest.raises(Invalid) as refused:
        desk.fire(office, number, step, WHO.get(step, "manager"), **data)
    assert set(refused.value.fields) == fields
    row = desk.load(number)
    assert (row.status, row.version) == (status, version)


def test_nobody_who_left_carries_it_out_and_nothing_without_days(office: Office) -> None:
    number, colleague = adopted(office), office.people["colleague"]

    def refused(**said: Any) -> set[str]:
        given = {"implementer_id": colleague, "due_on": LATER, **said}
        with pytest.raises(Invalid) as found:
            desk.fire(office, number, "implement", "manager", **given)
        return set(found.value.fields)

    assert refused(plan="尽快") == {"plan"}
    with unit_of_work():
        session.get_one(User, colleague).active = False
    assert refused() == {"implementer_id"}
    assert desk.load(number).implementer_id is None


@pytest.mark.parametrize("step", ["withdraw", "decline", "merge"])
def test_nothing_is_joined_with_what_ended(office: Office, step: str) -> None:
    target, other, number = desk.sent(office), desk.sent(office), desk.sent(office)
    if step == "decline":
        desk.fire(office, target, "accept", "manager")
    who = "author" if step == "withdraw" else "manager"
    desk.fire(office, target, step, who, note="别的办法", number=desk.load(other).number)
    with pytest.raises(Invalid) as refused:
        desk.fire(office, number, "merge", "manager", number=desk.load(target).number)
    assert set(refused.value.fields) == {"number"}
    assert desk.load(number).status == "submitted"


def test_joining_what_nobody_signed_brings_its_supporters_alone(office: Office) -> None:
    target, number = desk.sent(office, who="colleague"), by_nobody()
    with unit_of_work():
        discussing.vote(desk.load(number), actor=office.actor("stranger"))
    row = desk.fire(office, number, "merge", "leader", number=desk.load(target).number)
    assert (row.status, row.duplicate_of_id) == ("duplicate", target)
    assert list(queries.supporters(target)) == [office.people["stranger"]]


def test_cost_and_benefit_are_kept_where_they_are_known(office: Office) -> None:
    number = desk.sent(office)
    desk.fire(office, number, "accept", "manager")
    known = {"cost": Decimal(300), "benefit_estimated": Decimal(5000)}
    row = desk.fire(office, number, "begin_review", "manager", **known)
    assert (row.cost, row.benefit_estimated) == (300, 5000)


def test_an_effect_is_looked_at_where_that_is_asked_for_and_with_words(office: Office) -> None:
    never = desk.done(office)
    with pytest.raises(Conflict, match="suggestion:no-effect-check"):
        desk.fire(office, never, "check_effect", "manager", text="好")
    desk.put(effect_checks=True)
    number = desk.done(office)
    with clock.frozen(FRIDAY + timedelta(days=95)):
        with pytest.raises(Invalid) as refused:
            desk.fire(office, number, "check_effect", "manager", text=" ")
        assert set(refused.value.fields) == {"text"}
        row = desk.fire(office, number, "check_effect", "manager", text="好", benefit=Decimal(900))
    first, second = row.effects
    assert (first.text, first.benefit, first.checked_by_id) == ("好", 900, office.people["manager"])
    assert (second.text, second.checked_at) == ("", None)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
        (date(2026, 10, 1), 3, date(2027, 1, 1)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last(day: date, months: int, found: date) -> None:
    assert months_later(day, months) == found


# Carrying out


def test_a_milestone_is_noted_once_by_who_carries_it_out_while_they_do(office: Office) -> None:
    number = implementing(office)
    first, second = [each.id for each in desk.load(number).milestones]
    with pytest.raises(Denied) as refused:
        milestone(office, number, first, "manager")
    assert refused.value.params["who"] == "周文静"
    with pytest.raises(Stale):
        milestone(office, number, first, version=99)
    with pytest.raises(NotVisible):
        milestone(office, number, 99_999)
    for _time in range(2):
        milestone(office, number, first)
    assert [event.data for event in told(number, "milestone")] == [{"text": "买"}]
    desk.fire(office, number, "deliver", "colleague", result="装好了")
    with pytest.raises(Conflict, match="wrong-state"):
        milestone(office, number, second)
    assert [each.done_at for each in desk.load(number).milestones] == [FRIDAY, None]


def test_a_clause_is_drafted_where_one_in_force_is_named(office: Office) -> None:
    rules = rulebook.desk()
    clause = checks_desk.clause(rulebook.published(rules))
    number, drafter = adopted(office), rules.actor("manager")
    for wanted in (None, 99_999):
        with pytest.raises(Invalid) as refused, unit_of_work():
            actions.draft_clause(desk.load(number), actor=drafter, clause_id=wanted)
        assert set(refused.value.fields) == {"clause_id"}
    with pytest.raises(Denied), unit_of_work():
        actions.draft_clause(desk.load(number), actor=rules.actor("reader"), clause_id=clause)
    with unit_of_work():
        made = actions.draft_clause(desk.load(number), actor=drafter, clause_id=clause).id
    row = desk.load(number)
    assert (row.clause_id, row.rule_version_id) == (clause, made)
    (event,) = told(number, "draft-clause")
    assert noticed(event) == {office.people["author"]}


# Themes


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"month": None}, {"month"}),
        ({"month": date(2026, 12, 31)}, {"month"}),
        ({"title": " "}, {"title"}),
        ({"title": "字" * (actions.LONGEST_THEME + 1)}, {"title"}),
        ({"month": None, "title": ""}, {"month", "title"}),
        ({"title": "铃\x07"}, {"title"}),
        ({"hint": "铃\x07"}, {"hint"}),
    ],
)
def test_a_theme_has_a_month_of_its_own_and_a_title(office: Office, said: dict, fields: set[str]) -> None:
    with unit_of_work():
        first = actions.set_theme(actor=office.actor("manager"), month=date(2026, 12, 9), title=" 节约 ")
        assert (first.month, first.title) == (date(2026, 12, 1), "节约")
    given = {"month": date(2027, 1, 5), "title": "安全", **said}
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.set_theme(actor=office.actor("manager"), **given)
    assert set(refused.value.fields) == fields
    with pytest.raises(Denied), unit_of_work():
        actions.set_theme(actor=office.actor("author"), **given)


# What a job brings


@pytest.mark.parametrize("write", [to_keeper, lambda office: by_nobody()], ids=["keeper", "nobody"])
def test_votes_reach_whoever_is_known_to_have_written_it(
    office: Office, write: Callable[[Office], int]
) -> None:
    number = write(office)
    with unit_of_work():
        discussing.vote(desk.load(number), actor=office.actor("colleague"))
    upkeep.digest({})
    kept = desk.load(number).kept_author
    found = told(number, "digest")
    assert [noticed(event) for event in found] == ([] if kept is None else [{office.people["author"]}])
    assert desk.load(number).votes_told == 1


def test_votes_of_what_ended_are_told_to_nobody(office: Office) -> None:
    number = desk.sent(office)
    with unit_of_work():
        discussing.vote(desk.load(number), actor=office.actor("colleague"))
    desk.fire(office, number, "withdraw", "author", note="已有别的办法")
    upkeep.digest({})
    assert (desk.load(number).votes_told, told(number, "digest")) == (1, [])


def test_who_carries_it_out_is_reminded_when_the_day_is_over(office: Office) -> None:
    number = implementing(office)
    with clock.frozen(FRIDAY + timedelta(days=14)):
        upkeep.remind({})
    assert told(number, "overdue") == []
    with clock.frozen(FRIDAY + timedelta(days=25)):
        upkeep.remind({})
        (event,) = told(number, "overdue")
    assert noticed(event) == {office.people["colleague"]}
    assert event.data["until"].startswith("2026-12-18")


def test_on_days_off_and_at_night_nobody_is_reminded(office: Office) -> None:
    number = desk.sent(office)
    saturday, monday = FRIDAY + timedelta(days=8), FRIDAY + timedelta(days=10)
    for moment in (saturday, monday - timedelta(hours=3), monday + timedelta(hours=8)):
        with clock.frozen(moment):
            upkeep.remind({})
    assert told(number, "overdue") == []
    with clock.frozen(monday):
        upkeep.remind({})
        upkeep.remind({})
    assert len(told(number, "overdue")) == 1


def test_what_is_put_to_its_own_head_reminds_another(office: Office) -> None:
    number = desk.sent(office, who="manager")
    with clock.frozen(FRIDAY + timedelta(days=11)):
        upkeep.remind({})
        (event,) = told(number, "overdue")
    assert office.people["manager"] not in noticed(event)
    assert office.people["leader"] in noticed(event)
    assert [task.excluded_user_id for task in open_tasks(SUGGESTION, number)] == [office.people["manager"]]
