"""Giving, consenting, erasing by action: what is refused at which field, what the record says, what follows."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from app.core import search, timeline
from app.core.db import session
from app.core.errors import Denied, Invalid, Stale
from app.core.files import CheckedFile, StoredFile, check_upload
from app.core.lunar import CalendarKind, YearlyDay
from app.core.permissions import SYSTEM, Actor, Role
from app.core.uow import unit_of_work
from app.features.people import actions as people
from app.features.people.enums import USER
from app.features.people.models import User
from app.features.profiles import actions, cards, own_data, queries
from app.features.profiles.actions import ProfileValues
from app.features.profiles.enums import (
    CARD,
    HOBBIES_FOUND,
    PROFILE,
    SKILLS_FOUND,
    AccessKind,
    Audience,
    Occasion,
    ProfileField,
)
from app.features.profiles.models import Consent, GreetingCard, Profile, ProfileAccess
from tests import factories
from tests.features.profiles.office import MID_AUTUMN, Office, give, show, withdraw


@pytest.fixture(autouse=True)
def before_mid_autumn(at) -> None:
    at(2026, 9, 21, 9, 0)


@pytest.fixture
def personnel() -> Actor:
    return factories.actor(factories.user("韩梅", "h1", None, [Role.PEOPLE]))


def events(doc_type: str, doc_id: int) -> list[timeline.Event]:
    return sorted(timeline.events_for(doc_type, doc_id), key=lambda event: event.seq)


def verbs(place: Office) -> list[str]:
    return [event.verb for event in events(PROFILE, place.wen.id)]


def changed(place: Office) -> list[list[str]]:
    """What the record says that the last edit changed."""
    return [event for event in events(PROFILE, place.wen.id) if event.verb == "profiles:edit"][-1].data[
        "changes"
    ]


def profile(place: Office) -> Profile:
    session.expire_all()
    return session.get_one(Profile, place.wen.id)


def circulating(place: Office, occasion: Occasion) -> int:
    with unit_of_work():
        return cards.open_card(place.wen.id, occasion, actor=place.actor("colleague"))


def is_open(card_id: int) -> bool:
    session.expire_all()
    return session.get_one(GreetingCard, card_id).closed_at is None


def found(place: Office, word: str, kind: str, reader: str = "colleague") -> list[int]:
    groups = search.find(place.actor(reader), word, only=kind)
    return [hit.doc_id for group in groups for hit in group.hits]


def set_joined(place: Office, day: date | None, actor: Actor) -> None:
    with unit_of_work():
        actions.set_joined(session.get_one(User, place.wen.id), day, actor=actor)


def a_photo(name: str, colour: tuple[int, int, int]) -> CheckedFile:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "JPEG")
    stream.seek(0)
    return check_upload(name, stream)


# Whose


@pytest.mark.parametrize(
    "act",
    [
        lambda: actions.edit(ProfileValues(about="甲"), version=None, actor=SYSTEM),
        lambda: actions.set_photo(None, actor=SYSTEM),
        lambda: actions.consent(ProfileField.ABOUT, "company", actor=SYSTEM),
        lambda: actions.withdraw(ProfileField.ABOUT, actor=SYSTEM),
        lambda: actions.erase_own(actor=SYSTEM),
    ],
    ids=["edit", "photo", "consent", "withdraw", "erase"],
)
def test_only_a_person_has_a_profile(place: Office, act: Callable[[], object]) -> None:
    with pytest.raises(Denied, match="profiles:only-own"), unit_of_work():
        act()
    assert session.execute(select(Profile)).first() is None
    assert session.execute(select(Consent)).first() is None


def test_taking_ones_data_along_is_written_down_once_a_day(place: Office, at) -> None:
    for day in (21, 21, 22):
        at(2026, 9, day, 10, 0)
        with unit_of_work():
            actions.note_export(SYSTEM)
            actions.note_export(place.actor("wen"))
    rows = session.execute(select(ProfileAccess).order_by(ProfileAccess.day)).scalars().all()
    assert [(row.person_id, row.reader_id, row.kind, row.day.day) for row in rows] == [
        (place.wen.id, place.wen.id, AccessKind.EXPORT, day) for day in (21, 22)
    ]
    assert verbs(place) == ["profiles:export"] * 3


# The birthday


@pytest.mark.parametrize(
    ("calendar", "month", "day", "field"),
    [
        (None, 8, 15, "birthday_calendar"),
        ("lunar", None, 15, "birthday_month"),
        ("lunar", 8, None, "birthday_day"),
        ("lunar", 8, 31, "birthday_day"),
        ("solar", 2, 30, "birthday_day"),
        ("solar", 13, 1, "birthday_month"),
    ],
)
def test_a_birthday_that_cannot_be_is_refused_at_its_field(
    calendar: str | None, month: int | None, day: int | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.read_birthday(calendar, month, day, leap=False)
    assert list(refused.value.fields) == [field]


def test_a_leap_month_is_of_the_lunar_calendar_alone() -> None:
    assert actions.read_birthday("lunar", None, None, leap=True) is None
    assert actions.read_birthday("lunar", 6, 1, leap=True) == YearlyDay(CalendarKind.LUNAR, 6, 1, True)
    assert actions.read_birthday("lunar", 6, 1, leap=False) == YearlyDay(CalendarKind.LUNAR, 6, 1)
    assert actions.read_birthday("solar", 6, 1, leap=True) == YearlyDay(CalendarKind.SOLAR, 6, 1)


@pytest.mark.parametrize(("year", "said"), [(1899, "1900"), (2101, "2100"), (2027, "不能晚于今年")])
def test_a_year_of_birth_that_cannot_be_is_refused_and_nothing_is_kept(
    place: Office, year: int, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(place, about="甲", birth_year=year)
    assert list(refused.value.fields) == ["birth_year"]
    assert said in str(refused.value.fields["birth_year"])
    assert session.execute(select(Profile)).first() is None


# Giving


def test_what_is_given_is_kept_and_the_record_names_the_fields_only(place: Office) -> None:
    give(place, birthday=MID_AUTUMN, birth_year=2026, about=" 认真 ", skills=" 日语 ", mobile=" 139 ")
    kept = profile(place)
    assert (kept.birthday, kept.about, kept.skills, kept.hobbies, kept.mobile) == (
        MID_AUTUMN, "认真", "日语", "", "139",
    )  # fmt: skip
    assert queries.birth_year_of(place.wen.id) == 2026
    assert changed(place) == [
        [name, "", ""] for name in ("birthday", "about", "skills", "mobile", "birth_year")
    ]
    give(place, birth_year=1992)
    assert (profile(place).birthday, profile(place).birthday_leap) == (None, False)
    assert queries.birth_year_of(place.wen.id) == 1992
    give(place)
    assert queries.birth_year_of(place.wen.id) is None
    assert changed(place) == [["birth_year", "", ""]]


def test_what_is_saved_as_it_was_leaves_no_trace(place: Office) -> None:
    given = {"birthday": MID_AUTUMN, "birth_year": 1992, "about": "认真"}
    give(place, **given)
    before = (profile(place).version, verbs(place))
    give(place, **given)
    assert (profile(place).version, verbs(place)) == before


def test_an_older_form_changes_nothing(place: Office) -> None:
    give(place, about="旧")
    read = profile(place).version
    with unit_of_work():
        actions.edit(ProfileValues(about="新"), version=read, actor=place.actor("wen"))
    with pytest.raises(Stale), unit_of_work():
        actions.edit(ProfileValues(about="更旧"), version=read, actor=place.actor("wen"))
    assert profile(place).about == "新"


def test_another_birthday_closes_the_card_of_the_old_one_and_nothing_else_does(place: Office) -> None:
    give(place, birthday=MID_AUTUMN)
    show(place, ProfileField.BIRTHDAY, "company")
    card = circulating(place, Occasion.BIRTHDAY)
    give(place, birthday=MID_AUTUMN, about="认真")
    assert is_open(card)
    give(place, about="认真")
    assert not is_open(card)
    assert [event.verb for event in events(CARD, card)] == ["card:close"]


def test_a_photo_takes_the_place_of_the_one_before(place: Office) -> None:
    wen = place.actor("wen")
    for name, colour in (("一.jpg", (200, 30, 30)), ("二.jpg", (30, 200, 30))):
        checked = a_photo(name, colour)
        with unit_of_work():
            actions.set_photo(checked, actor=wen)
    row = session.execute(select(StoredFile)).scalar_one()
    assert (row.name, row.kind, profile(place).photo_id) == ("二.jpg", "photo", row.id)
    with unit_of_work():
        actions.set_photo(None, actor=wen)
    assert profile(place).photo_id is None
    assert session.execute(select(StoredFile)).first() is None
    assert verbs(place) == ["profiles:photo"] * 3


# Consenting


@pytest.mark.parametrize("chosen", ["", "nobody", "department", "department:x", "department:", "company:1"])
def test_an_audience_that_is_not_offered_is_refused(place: Office, chosen: str) -> None:
    with pytest.raises(Invalid) as refused:
        show(place, ProfileField.ABOUT, chosen)
    assert list(refused.value.fields) == ["audience"]
    with pytest.raises(Invalid):
        show(place, ProfileField.ABOUT, f"department:{place.technician.department_id}")
    assert session.execute(select(Consent)).first() is None


def test_each_audience_is_kept_with_the_department_it_is_of(place: Office) -> None:
    chosen = ("me", "manager", place.to_sales(), f"department:{place.team}", "company")
    for audience in chosen:
        show(place, ProfileField.ABOUT, audience)
    rows = session.execute(select(Consent).order_by(Consent.id)).scalars().all()
    assert [(row.audience, row.department_id) for row in rows] == [
        (Audience.ME, None),
        (Audience.MANAGER, None),
        (Audience.DEPARTMENT, place.sales.id),
        (Audience.DEPARTMENT, place.team),
        (Audience.COMPANY, None),
    ]
    assert events(PROFILE, place.wen.id)[2].data == {"field": "about", "audience": "department"}


def test_a_department_says_that_its_teams_see_it_too(place: Office) -> None:
    # the manager stands in the department itself, whose teams are among those who see
    assert [said for code, said in queries.department_choices(place.manager) if code == place.to_sales()] == [
        "“销售部”及下属小组的同事"
    ]
    show(place, ProfileField.ABOUT, place.to_sales())
    show(place, ProfileField.ABOUT, f"department:{place.team}")
    said = [row.said for row in queries.consents_of(place.wen.id)]
    assert said == ["“一组”的同事", "“销售部”及下属小组的同事"]


@pytest.mark.parametrize(
    ("field", "audience", "stays"),
    [
        (ProfileField.BIRTHDAY, "me", False),
        (ProfileField.BIRTHDAY, "manager", True),
        (ProfileField.ANNIVERSARY, "me", True),
        (ProfileField.ABOUT, "me", True),
    ],
)
def test_a_card_is_closed_where_nobody_sees_its_occasion_any_more(
    place: Office, field: ProfileField, audience: str, stays: bool
) -> None:
    give(place, birthday=MID_AUTUMN, about="认真")
    show(place, ProfileField.BIRTHDAY, "company")
    card = circulating(place, Occasion.BIRTHDAY)
    show(place, field, audience)
    assert is_open(card) is stays


def test_what_was_never_shown_is_not_withdrawn(place: Office) -> None:
    withdraw(place, ProfileField.SKILLS)
    assert verbs(place) == []
    show(place, ProfileField.SKILLS, "company")
    for _twice in range(2):
        withdraw(place, ProfileField.SKILLS)
    assert verbs(place) == ["profiles:consent", "profiles:withdraw"]
    assert events(PROFILE, place.wen.id)[-1].data == {"field": "skills"}


# Being found


def test_words_are_found_while_somebody_may_see_them(place: Office) -> None:
    give(place, skills="古琴修复", hobbies="夜钓黑鲷")
    assert found(place, "古琴", SKILLS_FOUND) == []
    show(place, ProfileField.SKILLS, "company")
    assert found(place, "古琴", SKILLS_FOUND) == [place.wen.id]
    assert found(place, "夜钓", HOBBIES_FOUND) == []
    show(place, ProfileField.HOBBIES, "company")
    assert found(place, "夜钓", HOBBIES_FOUND) == [place.wen.id]
    give(place, hobbies="夜钓黑鲷")
    assert found(place, "古琴", SKILLS_FOUND) == []
    show(place, ProfileField.HOBBIES, "me")
    assert found(place, "夜钓", HOBBIES_FOUND, "wen") == []


def test_who_is_renamed_is_found_by_the_new_name(place: Office, personnel: Actor) -> None:
    give(place, skills="古琴修复")
    show(place, ProfileField.SKILLS, "company")
    with unit_of_work():
        people.edit_user(
            session.get_one(User, place.wen.id), {"name": "周雅静"}, version=None, actor=personnel
        )
    assert found(place, "周雅静", SKILLS_FOUND) == [place.wen.id]
    assert found(place, "周文静", SKILLS_FOUND) == []


# Erasing


def test_erasing_nothing_is_recorded_too(place: Office) -> None:
    with unit_of_work():
        actions.erase_own(actor=place.actor("wen"))
    assert verbs(place) == ["profiles:erase"]


def test_erasing_takes_the_birthday_card_along_and_leaves_the_anniversary(
    place: Office, personnel: Actor
) -> None:
    give(place, birthday=MID_AUTUMN, birth_year=1992, skills="古琴修复")
    set_joined(place, date(2020, 9, 24), personnel)
    for field in (ProfileField.BIRTHDAY, ProfileField.ANNIVERSARY, ProfileField.SKILLS):
        show(place, field, "company")
    circulating(place, Occasion.BIRTHDAY)
    kept = circulating(place, Occasion.ANNIVERSARY)
    with unit_of_work():
        actions.erase(place.wen.id, actor=personnel)
    assert list(session.execute(select(GreetingCard.id)).scalars()) == [kept]
    assert not is_open(kept)
    assert own_data.collect(place.actor("wen"))["voluntary"]["birth_year"] is None
    assert queries.joined_on(place.wen.id) == date(2020, 9, 24)
    assert found(place, "古琴", SKILLS_FOUND) == []
    assert verbs(place)[-4:] == ["profiles:withdraw"] * 3 + ["profiles:erase"]


# The day of joining


def test_the_day_of_joining_is_kept_by_personnel_and_not_ahead(place: Office, personnel: Actor) -> None:
    for who in ("wen", "manager"):
        with pytest.raises(Denied):
            set_joined(place, date(2020, 9, 24), place.actor(who))
    with pytest.raises(Invalid) as refused:
        set_joined(place, date(2026, 9, 22), personnel)
    assert list(refused.value.fields) == ["joined_on"]
    assert queries.joined_on(place.wen.id) is None
    set_joined(place, date(2026, 9, 21), personnel)
    assert queries.joined_on(place.wen.id) == date(2026, 9, 21)


def test_another_day_of_joining_closes_the_card_of_the_old_one(place: Office, personnel: Actor) -> None:
    set_joined(place, date(2020, 9, 24), SYSTEM)
    show(place, ProfileField.ANNIVERSARY, "company")
    card = circulating(place, Occasion.ANNIVERSARY)
    set_joined(place, date(2020, 9, 24), personnel)
    assert is_open(card)
    set_joined(place, date(2019, 9, 24), personnel)
    assert not is_open(card)
    set_joined(place, None, personnel)
    assert queries.joined_on(place.wen.id) is None
    told = [event.data["changes"] for event in events(USER, place.wen.id) if event.verb == "profiles:joined"]
    assert told == [
        [["joined_on", "", "2020-09-24"]],
        [["joined_on", "2020-09-24", "2019-09-24"]],
        [["joined_on", "2019-09-24", ""]],
    ]
