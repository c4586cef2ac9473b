"""Profiles over HTTP: the journey of a lunar birthday, forms, refusals, what each reader gets, number of queries."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from PIL import Image
from sqlalchemy import select

from app.core.db import session
from app.core.files import StoredFile, path_of
from app.core.i18n import ENGLISH
from app.core.jobs import run_due
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people import actions as people
from app.features.profiles import actions, cards
from app.features.profiles.enums import Occasion, ProfileField
from app.features.profiles.models import CardLine, Profile, ProfileAccess
from tests import factories
from tests.client import Client
from tests.features.profiles.office import MID_AUTUMN, Office, give, show, withdraw

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def before_mid_autumn(at) -> None:
    # 2026-09-25 is the fifteenth of the eighth month.
    at(2026, 9, 21, 9, 0)


def as_(client: Client, place: Office, name: str) -> Client:
    return client.as_(getattr(place, name))


def page_of_wen(client: Client, place: Office, reader: str) -> str:
    as_(client, place, reader).get(f"/people/{place.wen.id}")
    return client.page.text


def token(client: Client) -> dict[str, str]:
    return {"csrf_token": client.page.values("/logout")["csrf_token"]}


def photo() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(stream, "JPEG")
    return stream.getvalue()


def test_a_lunar_birthday_is_given_shown_to_the_department_and_withdrawn(
    client: Client, place: Office
) -> None:
    as_(client, place, "wen").get("/profile/edit")
    values = client.page.values("/profile/edit")
    chosen = {"birthday_calendar": "lunar", "birthday_month": "8", "birthday_day": "15", "birth_year": "1992"}
    assert client.post("/profile/edit", {**values, **chosen}).status_code == 303
    assert "农历八月十五" not in page_of_wen(client, place, "colleague")
    as_(client, place, "wen").get("/profile")
    form = "/profile/consents/birthday"
    client.post(form, {**client.page.values(form), "audience": place.to_sales()})
    for reader, sees in (("colleague", True), ("manager", True), ("technician", False)):
        text = page_of_wen(client, place, reader)
        assert ("农历八月十五" in text) is sees, reader
        assert "1992" not in text
        client.get("/")
        assert ("生日（农历八月十五）" in client.page.text) is sees, reader
        assert ("9月25日" in client.page.text) is sees
    as_(client, place, "wen").get("/profile")
    form = "/profile/consents/birthday/withdraw"
    client.post(form, client.page.values(form))
    assert "农历八月十五" not in page_of_wen(client, place, "colleague")
    client.get("/")
    assert "周文静" not in client.page.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"birthday_month": "2", "birthday_day": "30", "birthday_calendar": "solar"}, "这个月没有 30 日"),
        ({"birthday_month": "8", "birthday_day": "31", "birthday_calendar": "lunar"}, "这个月没有 31 日"),
        ({"birthday_month": "8", "birthday_day": "15"}, "请选择公历或农历"),
        ({"birthday_month": "8", "birthday_calendar": "lunar"}, "请选择日期"),
        ({"birthday_day": "8", "birthday_calendar": "lunar"}, "请选择月份"),
        ({"birth_year": "1899"}, "1900 到 2100"),
        ({"birth_year": "2101"}, "1900 到 2100"),
        ({"birth_year": "2050"}, "不能晚于今年"),
        ({"birthday_month": "13"}, "不在可选范围内"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(
    client: Client, place: Office, typed: dict[str, str], sentence: str
) -> None:
    as_(client, place, "wen").get("/profile/edit")
    values = {**client.page.values("/profile/edit"), "about": "认真", **typed}
    assert client.post("/profile/edit", values).status_code == 422
    assert sentence in client.page.text
    assert 'value="认真"' in client.page.html
    assert session.execute(select(Profile)).first() is None


def test_days_that_many_years_lack_are_taken(client: Client, place: Office) -> None:
    for typed in (
        {"birthday_calendar": "lunar", "birthday_month": "12", "birthday_day": "30"},
        {"birthday_calendar": "lunar", "birthday_month": "6", "birthday_day": "1", "birthday_leap": "y"},
        {"birthday_calendar": "solar", "birthday_month": "2", "birthday_day": "29"},
    ):
        as_(client, place, "wen").get("/profile/edit")
        assert (
            client.post("/profile/edit", {**client.page.values("/profile/edit"), **typed}).status_code == 303
        )
        assert client.get("/").status_code == 200


def test_a_form_older_than_the_profile_is_told_so(client: Client, place: Office) -> None:
    give(place, about="旧")
    as_(client, place, "wen").get("/profile/edit")
    values = client.page.values("/profile/edit")
    give(place, about="新")
    assert client.post("/profile/edit", {**values, "about": "我的"}).status_code == 409
    assert 'value="我的"' in client.page.html


def test_an_audience_that_is_not_ones_own_is_refused(client: Client, place: Office) -> None:
    as_(client, place, "wen").get("/profile")
    form = "/profile/consents/skills"
    values = client.page.values(form)
    for audience in (
        "",
        "nobody",
        "everybody",
        f"department:{place.technician.department_id}",
        "department:x",
    ):
        assert client.post(form, {**values, "audience": audience}).status_code == 422
        assert "请选择给谁看" in client.page.text
    assert client.post("/profile/consents/salary", {**values, "audience": "me"}).status_code == 404


def test_the_photo_is_for_whom_it_is_shown_to_and_gone_when_withdrawn(client: Client, place: Office) -> None:
    as_(client, place, "wen").get("/profile")
    token = client.page.values("/profile/photo")
    assert client.post("/profile/photo", token).status_code == 422
    client.post("/profile/photo", {**token, "file": (io.BytesIO(photo()), "我.jpg")})
    row = session.execute(select(StoredFile)).scalar_one()
    address, path = f"/files/{row.id}", path_of(row.sha256)
    assert client.get(address).status_code == 200
    assert as_(client, place, "colleague").get(address).status_code == 404
    show(place, ProfileField.PHOTO, "company")
    answer = as_(client, place, "technician").get(address)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    withdraw(place, ProfileField.PHOTO)
    assert client.get(address).status_code == 404
    with unit_of_work():
        actions.erase_own(actor=place.actor("wen"))
    assert path.exists()
    assert session.execute(select(StoredFile)).first() is None


def test_bytes_of_an_erased_photo_go_an_hour_later(client: Client, place: Office, at) -> None:
    as_(client, place, "wen").get("/profile")
    client.post(
        "/profile/photo", {**client.page.values("/profile/photo"), "file": (io.BytesIO(photo()), "我.jpg")}
    )
    path = path_of(session.execute(select(StoredFile.sha256)).scalar_one())
    client.get("/profile")
    client.post("/profile/photo/remove", client.page.values("/profile/photo/remove"))
    run_due("test")
    assert path.exists()
    at(2026, 9, 21, 10, 30)
    run_due("test")
    assert not path.exists()


def test_skills_are_found_among_those_shown(client: Client, place: Office) -> None:
    give(place, skills="日语、投标", hobbies="羽毛球")
    show(place, ProfileField.SKILLS, place.to_sales())
    for reader, sees in (("colleague", True), ("technician", False)):
        as_(client, place, reader).get("/people/skills?q=日语")
        assert ("日语、投标" in client.page.text) is sees
        client.get("/search?q=日语")
        assert ("周文静" in client.page.text) is sees
        client.get("/people/skills?kind=hobbies")
        assert "羽毛球" not in client.page.text
    withdraw(place, ProfileField.SKILLS)
    as_(client, place, "colleague").get("/search?q=日语")
    assert "周文静" not in client.page.text


def test_a_card_circulates_and_is_handed_over_on_the_day(client: Client, place: Office, at) -> None:
    give(place, birthday=MID_AUTUMN)
    show(place, ProfileField.BIRTHDAY, place.to_sales())
    as_(client, place, "colleague").get("/")
    form = f"/people/{place.wen.id}/celebrate/birthday"
    address = client.post(form, client.page.values(form)).headers["Location"]
    client.get(address)
    values = client.page.values(f"{address}/sign")
    assert client.post(f"{address}/sign", {**values, "text": ""}).status_code == 422
    client.post(f"{address}/sign", {**values, "text": "<script>alert(1)</script>生日快乐"})
    client.get(address)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;生日快乐" in client.page.html
    assert "<script>alert" not in client.page.html
    assert as_(client, place, "technician").get(address).status_code == 404
    assert as_(client, place, "wen").get(address).status_code == 404
    at(2026, 9, 24, 20, 0)
    cards.deliver()
    at(2026, 9, 25, 7, 0)
    as_(client, place, "wen").get(address)
    assert "生日快乐" in client.page.text
    client.get("/")
    assert "看贺卡" in client.page.text
    assert client.post(f"{address}/sign", {**token(client), "text": "给自己"}).status_code == 409
    at(2026, 9, 26, 9, 0)
    as_(client, place, "colleague").get("/")
    assert client.post(f"{address}/sign", {**token(client), "text": "晚了"}).status_code == 409


def test_consent_withdrawn_while_a_card_circulates_closes_it_for_good(
    client: Client, place: Office, at
) -> None:
    give(place, birthday=MID_AUTUMN)
    show(place, ProfileField.BIRTHDAY, "company")
    with unit_of_work():
        number = cards.open_card(place.wen.id, Occasion.BIRTHDAY, actor=place.actor("colleague"))
        cards.sign(number, "快乐", actor=place.actor("colleague"))
    withdraw(place, ProfileField.BIRTHDAY)
    for reader in place.readers:
        assert as_(client, place, reader).get(f"/cards/{number}").status_code == 404
    show(place, ProfileField.BIRTHDAY, "company")
    assert as_(client, place, "colleague").get(f"/cards/{number}").status_code == 404
    client.get("/")
    form = f"/people/{place.wen.id}/celebrate/birthday"
    assert client.post(form, client.page.values(form)).status_code == 409
    at(2026, 9, 25, 9, 0)
    cards.deliver()
    assert as_(client, place, "wen").get(f"/cards/{number}").status_code == 404
    client.get("/notices")
    assert "贺卡" not in client.page.text


def test_the_person_is_told_of_a_card_in_working_hours_only(client: Client, place: Office, at) -> None:
    give(place, birthday=MID_AUTUMN)
    show(place, ProfileField.BIRTHDAY, "company")
    with unit_of_work():
        number = cards.open_card(place.wen.id, Occasion.BIRTHDAY, actor=place.actor("colleague"))
        cards.sign(number, "快乐", actor=place.actor("colleague"))
    told = "您收到一张同事们写的贺卡"
    # The day is a holiday; the next working day is the 28th.
    for moment, heard in (
        ((2026, 9, 25, 10, 0), False),
        ((2026, 9, 28, 7, 0), False),
        ((2026, 9, 28, 9, 0), True),
    ):
        at(*moment)
        cards.deliver()
        as_(client, place, "wen").get("/notices")
        assert (told in client.page.text) is heard, moment


def test_thanks_are_read_by_those_meant(client: Client, place: Office) -> None:
    address = f"/people/{place.wen.id}/thanks"
    as_(client, place, "colleague").get(address)
    values = client.page.values(address)
    assert client.post(address, {**values, "text": ""}).status_code == 422
    client.post(address, {**values, "text": "帮我改标书", "audience": place.to_sales()})
    client.get(address)
    client.post(address, {**client.page.values(address), "text": "只给你", "audience": "person"})
    growth = f"/people/{place.wen.id}/growth"
    for reader, seen in (("wen", 2), ("colleague", 2), ("manager", 1), ("technician", 0)):
        as_(client, place, reader).get(growth)
        text = client.page.text
        assert ("帮我改标书" in text) + ("只给你" in text) == seen, reader
    as_(client, place, "manager")
    assert client.get("/thanks/2").status_code == 404
    assert client.get("/thanks/1").status_code == 303
    client.get("/")
    assert client.post("/thanks/1/take-back", token(client)).status_code == 403
    as_(client, place, "wen").get(growth)
    client.post("/thanks/1/take-back", client.page.values("/thanks/1/take-back"))
    assert client.get(growth).status_code == 200
    assert "帮我改标书" not in client.page.text
    client.get("/notices")
    assert "写下一条感谢" in client.page.text


def test_who_looked_is_listed_for_the_person(client: Client, place: Office) -> None:
    give(place, about="认真", skills="日语")
    show(place, ProfileField.ABOUT, "company")
    page_of_wen(client, place, "colleague")
    assert session.execute(select(ProfileAccess)).first() is None
    show(place, ProfileField.SKILLS, place.to_sales())
    for _again in range(2):
        page_of_wen(client, place, "colleague")
    page_of_wen(client, place, "technician")
    assert as_(client, place, "manager").get("/people?format=csv").status_code == 200
    as_(client, place, "wen").get("/profile")
    assert [row.reader_id for row in session.execute(select(ProfileAccess)).scalars()] == [place.colleague.id]
    assert "陈志远" in client.page.text
    assert "导出通讯录（5 人）" in client.page.text
    assert "李工" not in client.page.text


def test_ones_own_data_are_taken_along(client: Client, place: Office) -> None:
    give(place, birthday=MID_AUTUMN, birth_year=1992, skills="日语", mobile="139-0000-0001")
    show(place, ProfileField.SKILLS, place.to_sales())
    answer = as_(client, place, "wen").get("/profile/export.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert sorted(packed.namelist()) == ["我的资料.json", "我的资料.pdf"]
    data = json.loads(packed.read("我的资料.json"))
    assert data["voluntary"]["birth_year"] == 1992
    assert data["voluntary"]["birthday"] == {"calendar": "lunar", "month": 8, "day": 15, "leap": False}
    assert data["consents"][0]["wording"].startswith("我同意“销售部”及下属小组的同事在本系统看到我的“特长”")
    assert packed.read("我的资料.pdf").startswith(b"%PDF-")
    client.get("/profile")
    assert "导出" in client.page.text


def test_erased_is_erased_and_the_history_of_consents_stays(client: Client, place: Office) -> None:
    give(place, birthday=MID_AUTUMN, birth_year=1992, skills="日语")
    show(place, ProfileField.SKILLS, "company")
    show(place, ProfileField.BIRTHDAY, "company")
    with unit_of_work():
        number = cards.open_card(place.wen.id, Occasion.BIRTHDAY, actor=place.actor("colleague"))
        cards.sign(number, "快乐", actor=place.actor("colleague"))
    as_(client, place, "wen").get("/profile/erase")
    client.post("/profile/erase", client.page.values("/profile/erase"))
    client.get("/profile")
    assert all(text not in client.page.text for text in ("农历八月十五", "1992", "日语"))
    assert "我同意全公司同事在本系统看到我的“特长”" in client.page.text
    assert session.execute(select(Profile)).first() is None
    assert session.execute(select(CardLine)).first() is None


def test_leaving_erases_and_keeps_the_work_history(client: Client, place: Office) -> None:
    administrator = factories.user("高翔", "admin", None, [Role.ADMINISTRATOR])
    give(place, skills="日语")
    show(place, ProfileField.SKILLS, "company")
    with unit_of_work():
        actions.set_joined(session.merge(place.wen), None, actor=factories.actor(administrator))
        people.deactivate(session.merge(place.wen), version=None, actor=factories.actor(administrator))
    assert session.execute(select(Profile)).first() is None
    as_(client, place, "colleague").get("/search?q=日语")
    assert "周文静" not in client.page.text


def test_personnel_keeps_the_day_of_joining(client: Client, place: Office) -> None:
    personnel = factories.user("韩梅", "h1", None, [Role.PEOPLE])
    address = f"/people/{place.wen.id}/joined"
    assert as_(client, place, "manager").get(address).status_code == 403
    client.as_(personnel).get(address)
    values = client.page.values(address)
    assert client.post(address, {**values, "joined_on": "2030-01-01"}).status_code == 422
    assert client.post(address, {**values, "joined_on": "2020-09-24"}).status_code == 303
    as_(client, place, "colleague").get("/")
    assert "入职 6 周年" not in client.page.text
    show(place, ProfileField.ANNIVERSARY, "company")
    client.get("/")
    assert "入职 6 周年" in client.page.text


def test_english_pages_speak_english(client: Client, place: Office) -> None:
    give(place, birthday=MID_AUTUMN)
    show(place, ProfileField.BIRTHDAY, "company")
    with unit_of_work():
        for name in ("wen", "colleague"):
            people.keep_preference(place.actor(name), "locale", ENGLISH)
    as_(client, place, "colleague").get(f"/people/{place.wen.id}")
    assert "lunar month 8, day 15" in client.page.text
    for address in ("/profile/edit", "/profile/erase", "/privacy", "/people/skills"):
        assert client.get(address).status_code == 200


def test_nothing_of_it_stands_where_the_module_is_off(client: Client, place: Office) -> None:
    from app.core import settings

    give(place, birthday=MID_AUTUMN, skills="日语")
    show(place, ProfileField.BIRTHDAY, "company")
    show(place, ProfileField.SKILLS, "company")
    with unit_of_work():
        settings.put("modules.switches", {"profiles": False})
    as_(client, place, "colleague")
    for address in ("/profile", "/privacy", "/people/skills", f"/people/{place.wen.id}/growth"):
        assert client.get(address).status_code == 404
    for address in ("/", f"/people/{place.wen.id}", "/search?q=日语"):
        client.get(address)
        assert "农历" not in client.page.text
        assert "日语、" not in client.page.text


def test_queries_do_not_grow_with_people(client: Client, place: Office, queries: Queries) -> None:
    give(place, birthday=MID_AUTUMN, skills="日语")
    show(place, ProfileField.BIRTHDAY, "company")
    show(place, ProfileField.SKILLS, "company")
    as_(client, place, "colleague")
    addresses = (
        "/",
        "/people/skills",
        f"/people/{place.wen.id}",
        f"/people/{place.wen.id}/growth",
        "/profile",
    )
    counts = []
    for people_there in (1, 30):
        if people_there > 1:
            for number in range(29):
                person = factories.user(f"同事{number}", f"n{number}", place.sales, [Role.SALESPERSON])
                with unit_of_work():
                    actor = factories.actor(person)
                    actions.edit(
                        actions.ProfileValues(birthday=MID_AUTUMN, skills="日语"), version=None, actor=actor
                    )
                    actions.consent(ProfileField.BIRTHDAY, "company", actor=actor)
                    actions.consent(ProfileField.SKILLS, "company", actor=actor)
        sent_by_page = []
        for address in addresses:
            client.get(address)
            with queries() as sent:
                assert client.get(address).status_code == 200
            sent_by_page.append(len(sent))
        counts.append(sent_by_page)
    assert counts[0] == counts[1]
