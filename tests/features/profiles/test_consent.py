"""Consent by property: whatever was consented and withdrawn, no way of looking shows what the reader may not see."""

import re
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.core.db import db, session
from app.core.errors import Conflict, NotVisible, Problem
from app.core.uow import unit_of_work
from app.features.people import actions as people
from app.features.people.models import User
from app.features.profiles import actions, cards, own_data, visibility
from app.features.profiles.enums import Audience, Occasion, ProfileField
from app.features.profiles.invariants import check_profiles
from app.features.profiles.models import Consent, GreetingCard, Profile
from tests import factories
from tests.client import Client
from tests.features.profiles.office import MID_AUTUMN, Office, give, office, show, withdraw

# What each field says wherever it is shown; nothing else on any page says it.
MARKS = {
    ProfileField.BIRTHDAY: "农历八月十五",
    ProfileField.ABOUT: "介绍甲乙丙",
    ProfileField.SKILLS: "古琴修复",
    ProfileField.HOBBIES: "夜钓黑鲷",
    ProfileField.MOBILE: "139-0000-7777",
}
FIELDS = tuple(MARKS)
AUDIENCES = ("me", "manager", "team", "department", "company", "withdraw")
STEPS = some.lists(
    some.tuples(some.sampled_from([*FIELDS, "move"]), some.sampled_from(AUDIENCES)), min_size=1, max_size=4
)


class Model:
    """Who may see what, said naively: a dictionary of the last word on each field and where the person works."""

    def __init__(self, place: Office) -> None:
        self.place = place
        self.said: dict[str, str] = {}
        self.in_sales = True

    def sees(self, reader: str, field: ProfileField) -> bool:
        if reader == "wen":
            return True
        audience = self.said.get(field)
        if reader == "outsider" or audience in (None, "me", "withdraw"):
            return False
        if audience == "company":
            return True
        if not self.in_sales:
            return False
        return reader == "manager" if audience == "manager" else reader in self.department(audience)

    def department(self, audience: str | None) -> tuple[str, ...]:
        return ("colleague", "manager") if audience == "department" else ()


def do(place: Office, model: Model, what: str, audience: str) -> None:
    if what == "move":
        model.in_sales = not model.in_sales
        home = place.team if model.in_sales else place.technician.department_id
        with unit_of_work():
            session.get_one(User, place.wen.id).department_id = home
        return
    field = ProfileField(what)
    if audience == "withdraw":
        withdraw(place, field)
        model.said[field] = audience
        return
    chosen = {"team": f"department:{place.team}", "department": place.to_sales()}.get(audience, audience)
    with suppress(Problem):
        show(place, field, chosen)
        model.said[field] = audience


def looked_at(client: Client, place: Office, reader: str, card_id: int) -> str:
    """Return all that a reader gets: pages, search, fragments, lists and their files."""
    client.as_(session.get_one(User, getattr(place, reader).id))
    texts = []
    addresses = [
        "/",
        "/today",
        f"/people/{place.wen.id}",
        f"/people/{place.wen.id}/growth",
        "/people",
        "/people?format=csv",
        "/people/skills",
        "/people/skills?kind=hobbies",
        "/search?q=古琴",
        "/search?q=夜钓",
        "/search?q=介绍甲乙丙",
        "/notices",
        f"/cards/{card_id}",
    ]
    for address in addresses:
        texts.append(without_what_was_typed(client.get(address).get_data(as_text=True)))
    for address in ("/search?q=古琴", "/"):
        texts.append(without_what_was_typed(client.get(address, htmx=True).get_data(as_text=True)))
    return re.sub(r"<[^>]+>", "", "\n".join(texts))


def without_what_was_typed(html: str) -> str:
    """What was typed into a search stands in its field, in the address and where nothing was found."""
    return re.sub(r'value="[^"]*"|没有找到“[^”]*”', "", html)


@pytest.fixture(autouse=True)
def before_mid_autumn(at) -> None:
    at(2026, 9, 21, 9, 0)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, some.sampled_from(["colleague", "manager", "technician", "outsider", "wen"]))
def test_nothing_shows_what_the_reader_may_not_see(
    app: Flask, steps: list[tuple[str, str]], reader: str
) -> None:
    place = fresh_office(app)
    model = Model(place)
    client = Client(app)
    for what, audience in steps:
        do(place, model, what, audience)
        text = looked_at(client, place, reader, 1)
        for field, mark in MARKS.items():
            if not model.sees(reader, field):
                assert mark not in text, (reader, field)
        shown = visibility.visible_fields(place.actor(reader), [place.wen.id])[place.wen.id]
        for field in FIELDS:
            assert (getattr(shown, field.value) is not None) is model.sees(reader, field), (reader, field)
    page = looked_at(client, place, reader, 1)
    for field, mark in MARKS.items():
        # Who has no role opens no pages of colleagues.
        if reader != "outsider":
            assert (mark in page) is model.sees(reader, field), (reader, field)


def fresh_office(app: Flask) -> Office:
    from tests.conftest import empty_database

    session.remove()
    empty_database(app)
    place = office()
    give(
        place,
        birthday=MID_AUTUMN,
        about=MARKS[ProfileField.ABOUT],
        skills=MARKS[ProfileField.SKILLS],
        hobbies=MARKS[ProfileField.HOBBIES],
        mobile=MARKS[ProfileField.MOBILE],
    )
    return place


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.tuples(some.sampled_from(["company", "department", "me", "withdraw", "sign"]), some.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_a_card_is_seen_by_whom_the_birthday_is_shown_to(app: Flask, steps: list[tuple[str, bool]]) -> None:
    place = fresh_office(app)
    said, closed = "", False
    for what, _flag in steps:
        if what == "sign":
            with suppress(NotVisible, Conflict), unit_of_work():
                number = cards.open_card(place.wen.id, Occasion.BIRTHDAY, actor=place.actor("colleague"))
                cards.sign(number, "快乐", actor=place.actor("colleague"))
        elif what == "withdraw":
            withdraw(place, ProfileField.BIRTHDAY)
        else:
            show(place, ProfileField.BIRTHDAY, place.to_sales() if what == "department" else what)
        made = session.execute(select(GreetingCard.id)).scalar() is not None
        if what != "sign":
            said = what
            closed = closed or (made and what in ("me", "withdraw"))
        for reader, audiences in (("colleague", ("company", "department")), ("technician", ("company",))):
            seen = session.execute(cards.visible_to(place.actor(reader))).first() is not None
            assert seen is (made and not closed and said in audiences), (reader, said)
        assert session.execute(cards.visible_to(place.actor("wen"))).first() is None


def test_a_deputy_of_the_manager_is_not_the_manager(place: Office) -> None:
    give(place, about="只给经理")
    show(place, ProfileField.ABOUT, "manager")
    factories.delegation(place.manager, place.technician)
    assert visibility.visible_fields(place.actor("manager"), [place.wen.id])[place.wen.id].about == "只给经理"
    assert visibility.visible_fields(place.actor("technician"), [place.wen.id])[place.wen.id].about is None


def test_consents_are_kept_as_they_were_given(place: Office) -> None:
    give(place, about="甲")
    show(place, ProfileField.ABOUT, "company")
    withdraw(place, ProfileField.ABOUT)
    withdraw(place, ProfileField.ABOUT)
    show(place, ProfileField.ABOUT, "manager")
    rows = session.execute(select(Consent).order_by(Consent.id)).scalars().all()
    assert [row.audience for row in rows] == [Audience.COMPANY, Audience.NOBODY, Audience.MANAGER]
    assert all(row.wording_version == 1 and row.at for row in rows)
    assert "全公司同事" in rows[0].wording
    for change in (Consent.__table__.update().values(audience="company"), Consent.__table__.delete()):
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(change)


def test_events_never_hold_what_was_given(place: Office) -> None:
    from app.core.timeline import Event

    give(place, birthday=MID_AUTUMN, birth_year=1992, **{field.value: MARKS[field] for field in FIELDS[1:]})
    show(place, ProfileField.SKILLS, "company")
    written = " ".join(str(event.data) for event in session.execute(select(Event)).scalars())
    assert "birthday" in written
    assert all(mark not in written for mark in (*MARKS.values(), "1992"))


def test_the_year_of_birth_is_for_the_person_alone(place: Office) -> None:
    give(place, birth_year=1992)
    assert own_data.collect(place.actor("wen"))["voluntary"]["birth_year"] == 1992
    assert not any("year" in column.key for column in Profile.__table__.columns)
    with unit_of_work():
        actions.erase_own(actor=place.actor("wen"))
    assert own_data.collect(place.actor("wen"))["voluntary"]["birth_year"] is None


def test_whoever_left_shows_nothing(place: Office) -> None:
    give(place, about="甲")
    show(place, ProfileField.ABOUT, "company")
    administrator = factories.user("高翔", "admin", None, [factories.Role.ADMINISTRATOR])
    with unit_of_work():
        people.deactivate(session.merge(place.wen), version=None, actor=factories.actor(administrator))
    found = visibility.visible_fields(factories.actor(administrator), [place.wen.id])[place.wen.id]
    assert found.nothing


def test_what_was_erased_is_erased_again_after_a_restore(place: Office) -> None:
    give(place, skills="古琴修复", birthday=MID_AUTUMN)
    show(place, ProfileField.SKILLS, "company")
    with unit_of_work():
        actions.erase_again(place.wen.id)
        actions.erase_again(999_999)
    assert session.execute(select(Profile)).first() is None
    assert visibility.visible_fields(place.actor("colleague"), [place.wen.id])[place.wen.id].nothing
    assert check_profiles() == []


def test_the_examination_finds_what_should_be_gone(place: Office) -> None:
    give(place, skills="古琴修复")
    show(place, ProfileField.SKILLS, "company")
    assert check_profiles() == []
    with unit_of_work():
        session.add(
            Consent(user_id=place.wen.id, field="skills", audience="nobody", wording="", wording_version=1)
        )
        session.get_one(User, place.wen.id).active = False
    assert check_profiles() == ["周文静已离职，自愿资料还在", "周文静没有同意公开的内容还在搜索索引里"]
