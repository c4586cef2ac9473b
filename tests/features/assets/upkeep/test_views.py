"""The pages of upkeep over HTTP: who opens what, repairs, reports, scrapping, self-checks, lists, queries."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.core import clock, pictures, settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.assets.enums import ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import reminders, self_checks
from app.features.assets.upkeep.models import AssetIncident, AssetScrapping
from app.features.people.models import User
from tests.client import Client
from tests.features.assets.desk import Desk, fresh
from tests.features.assets.test_views import picture
from tests.features.assets.upkeep import house
from tests.features.rules import rulebook

Queries = Callable[[], AbstractContextManager[list[str]]]
LISTS = ("repairs", "incidents", "scrappings", "overdue", "self-checks")


@pytest.fixture
def place() -> tuple[Desk, User]:
    with unit_of_work():
        settings.put("modules.preset", "full")
    return house.house(check_days=30)


@pytest.fixture
def desk(place: tuple[Desk, User]) -> Desk:
    return place[0]


@pytest.fixture
def leader(place: tuple[Desk, User]) -> User:
    return place[1]


def test_lists_are_for_who_keeps_or_oversees(client: Client, desk: Desk, leader: User) -> None:
    for name in LISTS:
        for person in (desk.keeper, desk.manager, leader):
            assert client.as_(person).get(f"/assets/{name}").status_code == 200
        assert client.as_(desk.first).get(f"/assets/{name}").status_code == 403
        for kind in ("csv", "print"):
            assert client.as_(leader).get(f"/assets/{name}?format={kind}").status_code == 200


def test_the_keeper_sends_to_repair_and_takes_back(client: Client, desk: Desk) -> None:
    item = desk.item(person=desk.first)
    form = f"/assets/{item.id}/repair"
    client.as_(desk.keeper).get(f"/assets/{item.id}")
    assert client.page.all("a", href=form)
    client.get(form)
    values = client.page.values(form)
    wrong = client.post(form, {**values, "vendor": "明达"})
    assert wrong.status_code == 422
    assert client.page.one("input", name="vendor").attributes["value"] == "明达"
    first = client.post(form, {**values, "vendor": "明达", "fault": "不亮"})
    assert first.status_code == 303
    assert client.post(form, {**values, "vendor": "明达", "fault": "不亮"}).status_code == 303
    assert len(house.history(item.id)) == 1
    again = client.post(form, {**values, "form_token": "another", "vendor": "明达", "fault": "不亮"})
    assert again.status_code == 409
    client.get(f"/assets/{item.id}")
    assert "明达" in client.page.text
    back = f"/assets/repairs/{house.history(item.id)[0].id}/back"
    lead = f"/assets/{item.id}/repair/back"
    assert client.page.all("a", href=lead)
    assert client.get(lead).headers["Location"] == back
    client.get(back)
    given = client.page.values(back)
    assert client.post(back, {**given, "outcome": "failure", "cost": "0"}).status_code == 422
    assert client.post(back, {**given, "outcome": "success", "cost": "一百"}).status_code == 422
    assert (
        client.post(back, {**given, "outcome": "success", "cost": "1.2万", "note": "换屏"}).status_code == 303
    )
    assert client.get(lead).status_code == 404
    client.get("/assets/repairs")
    assert all(text in client.page.text for text in ("明达", "12,000.00", "修好了"))
    assert client.post(back, {**given, "outcome": "success", "cost": "0"}).status_code == 409


def test_others_do_not_send_to_repair(client: Client, desk: Desk, leader: User) -> None:
    item = desk.item(person=desk.first)
    number = house.send(desk.keeper, item)
    for person in (desk.first, desk.second, desk.manager, leader):
        for address in (f"/assets/{item.id}/repair", f"/assets/repairs/{number}/back"):
            assert client.as_(person).get(address).status_code == 403
    assert client.as_(desk.keeper).get("/assets/999/repair").status_code == 404
    assert client.get("/assets/repairs/999/back").status_code == 404


def test_the_responsible_person_reports_a_loss_with_photos(
    client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_PHOTO_BYTES", 100_000)
    item = desk.item(person=desk.first)
    form = f"/assets/{item.id}/incident"
    client.as_(desk.first).get(form)
    values = {**client.page.values(form), "kind": "lost", "place": "客户现场"}
    assert client.page.one("input", name="place").attributes["value"] == "一号库"
    empty = client.post(form, {**values, "account": ""})
    assert empty.status_code == 422
    assert client.page.one("input", name="place").attributes["value"] == "客户现场"
    lying = client.post(form, {**values, "account": "x", "photos": (io.BytesIO(b"%PDF-1.4"), "a.png")})
    assert lying.status_code == 422
    heic = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40
    for wrong in (heic, rulebook.PNG[:40], b"\xff" * 100_001):
        photo = (io.BytesIO(wrong), "现场.jpg")
        refused = client.post(form, {**values, "account": "装车后不见了", "photos": photo})
        assert refused.status_code == 422
        assert "现场.jpg" in client.page.text
        assert "装车后不见了" in client.page.text
    future = client.post(form, {**values, "account": "x", "happened_at": "2099-01-01 9:00"})
    assert future.status_code == 422
    assert session.query(AssetIncident).count() == 0
    sent = client.post(
        form,
        {**values, "account": "装车后不见了", "photos": (picture(), "现场.jpg")},
    )
    assert sent.status_code == 303
    page = sent.headers["Location"]
    client.get(page)
    said = ("丢失 BS-", "装车后不见了", "现场.jpg", "客户现场", "待处理")
    assert [text for text in said if text not in client.page.text] == []
    assert client.as_(desk.second).get(page).status_code == 404
    assert client.as_(desk.second).get(form).status_code == 404
    assert client.as_(desk.manager).get(form).status_code == 403
    client.as_(desk.keeper).get(page)
    find = f"{page}/find"
    stale = client.post(find, {**client.page.values(find), "version": "99"})
    assert stale.status_code == 409
    client.get(page)
    assert client.post(find, client.page.values(find)).status_code == 303
    assert fresh(item).status == ItemStatus.ASSIGNED


def test_damage_is_followed_up_by_the_keeper(client: Client, desk: Desk) -> None:
    item = desk.item(person=desk.first)
    incident = house.report(desk.first, item, "damaged")
    form = f"/assets/incidents/{incident.id}/close"
    assert client.as_(desk.first).get(form).status_code == 403
    client.as_(desk.keeper).get(form)
    values = client.page.values(form)
    assert client.post(form, {**values, "conclusion": " "}).status_code == 422
    assert client.post(form, {**values, "conclusion": "已换外壳"}).status_code == 303
    assert client.get(form).status_code == 409
    assert client.get(f"/assets/incidents/{incident.id}/nothing").status_code == 404
    client.get("/assets/incidents?kind=damaged&status=closed")
    assert str(incident.number) in client.page.text


def test_scrapping_goes_to_the_leader(client: Client, desk: Desk, leader: User) -> None:
    item = desk.item()
    form = f"/assets/{item.id}/scrap"
    for person in (desk.first, desk.manager, leader):
        assert client.as_(person).get(form).status_code == 403
    client.as_(desk.keeper).get(form)
    values = client.page.values(form)
    assert client.post(form, {**values, "reason": "老化", "residual": "-1"}).status_code == 422
    sent = client.post(form, {**values, "reason": "老化", "residual": "30"})
    assert sent.status_code == 303
    page = sent.headers["Location"]
    assert client.get(form).headers["Location"] == page
    client.get(f"/assets/{item.id}/repair")
    token = client.page.values(f"/assets/{item.id}/repair")
    assert client.post(f"{page}/approve", {**token, "version": "1"}).status_code == 403
    client.as_(leader)
    client.get(page)
    assert all(text in client.page.text for text in ("老化", "30.00", "待批准"))
    assert client.post(f"{page}/approve", client.page.values(f"{page}/approve")).status_code == 303
    assert fresh(item).status == ItemStatus.SCRAPPED
    assert client.as_(desk.first).get(page).status_code == 404
    client.as_(desk.keeper).get(f"{page}/dispose")
    given = client.page.values(f"{page}/dispose")
    assert client.post(f"{page}/dispose", {**given, "disposal": "卖废品，收 30 元"}).status_code == 303
    client.get(f"/assets/{item.id}")
    assert "已处置" in client.page.text
    assert not client.page.all("a", href=form)
    row = session.query(AssetScrapping).one()
    assert row.status == "disposed"


def asked(person: User) -> str:
    reminders.daily({})
    session.expire_all()
    known = self_checks.open_request(person.id)
    assert known is not None
    return f"/assets/self-checks/{known.id}"


def test_all_is_answered_by_one_tap(client: Client, desk: Desk) -> None:
    items = [desk.item(name, desk.first) for name in ("甲", "乙")]
    with clock.frozen(clock.now().replace(hour=3) + timedelta(days=31)):
        page = asked(desk.first)
        client.as_(desk.first).get("/assets/self-checks/mine")
        form = f"{page}/answer"
        client.get(form)
        assert all(str(item.number) in client.page.text for item in items)
        typed = [field for field in client.page.fields if field.attributes.get("type") == "text"]
        assert all("required" not in field.attributes for field in typed)
        values = client.page.values(form)
        assert client.post(form, {**values, "all_well": "1"}).status_code == 303
        client.get(page)
        assert "已自查" in client.page.text
        assert client.get("/assets/self-checks/mine").status_code == 404
        client.as_(desk.keeper).get("/assets/self-checks?state=answered")
        assert "周文静" in client.page.text


def test_what_is_missing_leads_to_its_report(client: Client, desk: Desk) -> None:
    lost, well = desk.item("甲", desk.first), desk.item("乙", desk.first)
    with clock.frozen(clock.now().replace(hour=3) + timedelta(days=31)):
        page = asked(desk.first)
        form = f"{page}/answer"
        assert client.as_(desk.second).get(page).status_code == 404
        assert client.as_(desk.keeper).get(form).status_code == 403
        client.as_(desk.first).get(form)
        values = client.page.values(form)
        wrong = client.post(form, {**values, f"answer-{lost.id}": "missing"})
        assert wrong.status_code == 422
        chosen = client.page.all("input", name=f"answer-{lost.id}", value="missing")[0]
        assert "checked" in chosen.attributes
        assert client.post(form, {**values, f"answer-{lost.id}": "eaten"}).status_code == 422
        given = {**values, f"answer-{lost.id}": "missing", f"note-{lost.id}": "没见过"}
        assert client.post(form, given).status_code == 303
        client.get(page)
        assert client.page.all("a", href=f"/assets/{lost.id}/incident?kind=lost")
        assert not client.page.all("a", href=f"/assets/{well.id}/incident?kind=lost")
        client.get(f"/assets/{lost.id}/incident?kind=lost")
        assert "checked" in client.page.all("input", value="lost")[0].attributes
        assert client.post(form, given).status_code == 409


def test_pages_ask_as_much_of_thirty_as_of_one(client: Client, desk: Desk, queries: Queries) -> None:
    def fill(count: int) -> AssetItem:
        for number in range(count):
            item = desk.item(f"物{number}", desk.first)
            house.take_back(desk.keeper, house.send(desk.keeper, item))
            house.report(desk.first, item)
            house.ask_to_scrap(desk.keeper, item)
        return item

    def sent_by(*addresses: str) -> dict[str, int]:
        found = {}
        for address in addresses:
            client.get(address)
            with queries() as statements:
                assert client.get(address).status_code == 200
            found[address] = len(statements)
        return found

    item = fill(1)
    incident = session.query(AssetIncident).first()
    assert incident is not None
    pages = [f"/assets/{name}" for name in LISTS]
    pages += [f"/assets/{item.id}", f"/assets/incidents/{incident.id}"]
    client.as_(desk.keeper)
    one = sent_by(*pages)
    fill(29)
    assert sent_by(*pages) == one
