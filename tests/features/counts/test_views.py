"""The pages of counts over HTTP: opening, scanning with and without scripts, reconciling, closing, papers."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from app.core import settings
from app.core.db import session
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets.enums import ItemStatus
from app.features.counts import lines
from app.features.counts.enums import Result
from app.features.counts.models import StockCount
from tests import factories
from tests.client import Client
from tests.features.assets.desk import fresh
from tests.features.counts.store import Store, line, load, store
from tests.features.rules import rulebook

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def place() -> Store:
    with unit_of_work():
        settings.put("modules.preset", "full")
    return store()


def test_who_keeps_equipment_opens_a_count_once(client: Client, place: Store) -> None:
    place.desk.item()
    form = "/counts/new"
    for person in (place.helper, place.manager, place.leader, place.desk.first):
        assert client.as_(person).get(form).status_code == 403
    assert client.as_(place.desk.first).get("/counts").status_code == 403
    client.as_(place.keeper).get("/counts")
    assert client.page.all("a", href=form)
    client.get(form)
    values = client.page.values(form)
    assert client.post(form, values).status_code == 422
    assert client.post(form, {**values, "place_ids": str(place.desk.room.id)}).status_code == 422
    given = {**values, "place_ids": str(place.desk.store.id), "title": "年终盘点"}
    first = client.post(form, given)
    assert first.status_code == 303
    assert client.post(form, given).headers["Location"] == first.headers["Location"]
    assert session.query(StockCount).count() == 1
    for person in (place.helper, place.manager, place.leader, place.keeper):
        assert client.as_(person).get(first.headers["Location"]).status_code == 200
    assert "年终盘点" in client.page.text


def test_what_was_not_found_yet_is_missing_only_once_the_counting_ended(client: Client, place: Store) -> None:
    place.desk.item("甲")
    found = place.desk.item("乙")
    count = place.open()
    client.as_(place.keeper)
    lines_page, page = f"/counts/{count.id}/lines", f"/counts/{count.id}"
    for address in (lines_page, page):
        client.get(address)
        assert "未盘到" in client.page.text, address
        assert "盘亏" not in client.page.text, address
    place.scan(count, str(found.number))
    place.step(count, "reconcile")
    for address in (lines_page, page):
        client.get(address)
        assert "盘亏" in client.page.text, address
        assert "未盘到" not in client.page.text, address


def test_a_count_is_scanned_without_scripts_one_after_the_other(client: Client, place: Store) -> None:
    first, second = place.desk.item("甲"), place.desk.item("乙")
    count = place.open(place.desk.store.id, place.desk.room.id)
    form = f"/counts/{count.id}/scan"
    client.as_(place.helper).get(form)
    assert "autofocus" in client.page.one("input", name="code").attributes
    values = client.page.values(form)
    # the place first
    assert client.post(form, {**values, "code": str(first.number)}).status_code == 422
    assert client.page.one("input", name="code").attributes["value"] == first.number
    here = {**values, "place_id": str(place.desk.store.id)}
    done = client.post(form, {**here, "code": first.label_code})
    assert (done.status_code, done.headers["Location"]) == (303, f"{form}?place={place.desk.store.id}")
    client.get(done.headers["Location"])
    assert all(text in client.page.text for text in ("相符", str(first.number), "盘到 1 / 应盘 2"))
    assert client.page.values(form)["place_id"] == str(place.desk.store.id)
    client.post(form, {**here, "code": first.label_code}, follow_redirects=True)
    assert "没有重复计数" in client.page.text
    unknown = client.post(form, {**here, "code": "旧电钻"})
    assert unknown.status_code == 422
    assert client.page.all("button", name="unknown")
    assert client.post(form, {**here, "code": "旧电钻", "unknown": "1"}).status_code == 303
    assert client.post(form, {**here, "code": "x" * 400}).status_code == 422
    assert lines.progress(count.id) == (1, 2)
    assert line(count, second).found_at is None


def test_with_scripts_only_the_part_that_changed_comes_back(client: Client, place: Store) -> None:
    item, other = place.desk.item("甲"), place.desk.item("乙")
    count = place.open()
    form = f"/counts/{count.id}/scan"
    client.as_(place.keeper).get(form)
    (camera,) = client.page.all("div", data_island="label_camera")
    assert "HTTPS" in camera.attributes["data-missing"]
    values = client.page.values(form)
    assert values["place_id"] == str(place.desk.store.id)
    response = client.post(form, {**values, "code": item.label_code}, htmx=True)
    assert response.status_code == 200
    assert "<html" not in response.text
    assert "相符" in client.page.text
    assert client.page.values(form)["code"] == ""
    wrong = client.post(form, {**values, "code": "没有"}, htmx=True)
    assert wrong.status_code == 422
    assert client.page.values(form)["code"] == "没有"
    taken = f"/counts/{count.id}/lines/{line(count, item).id}/take-back"
    assert client.post(taken).status_code == 303
    assert client.post(taken).status_code == 409
    assert client.post(f"/counts/{count.id}/lines/999/take-back").status_code == 404
    assert client.as_(place.manager).post(taken).status_code == 403
    assert lines.progress(count.id) == (0, 2)
    assert line(count, other).result == Result.MISSING


def test_a_scan_in_the_wrong_place_says_where_the_thing_belongs(client: Client, place: Store) -> None:
    item = place.desk.item("甲")
    count = place.open(place.desk.store.id, place.desk.room.id)
    form = f"/counts/{count.id}/scan"
    client.as_(place.keeper).get(form)
    client.post(form, {**client.page.values(form), "place_id": place.desk.room.id, "code": item.number})
    client.get(form)
    assert f"位置不符。登记在{place.desk.store.name}，实际在{place.desk.room.name}" in client.page.text


def test_a_paper_sheet_is_typed_in(client: Client, place: Store) -> None:
    items = [place.desk.item(name) for name in ("甲", "乙")]
    count = place.open()
    form = f"/counts/{count.id}/typed"
    client.as_(place.keeper).get(form)
    values = client.page.values(form)
    assert client.post(form, {**values, "codes": ""}).status_code == 422
    typed = f"{items[0].number}\n没有的"
    left = client.post(form, {**values, "codes": typed})
    assert left.status_code == 422
    assert client.page.values(form)["codes"].strip() == "没有的"
    assert lines.progress(count.id) == (1, 2)
    assert client.post(form, {**values, "codes": f"{items[0].number}\n{items[1].number}"}).status_code == 303
    assert lines.progress(count.id) == (2, 2)


def test_differences_are_settled_on_one_form_and_closed_with_the_signed_sheet(
    client: Client, place: Store
) -> None:
    missing, found = place.desk.item("甲"), place.desk.item("乙")
    count = place.open()
    place.scan(count, str(found.number))
    place.scan(count, "旧电钻", unknown_too=True)
    page, form = f"/counts/{count.id}", f"/counts/{count.id}/reconciliation"
    client.as_(place.keeper)
    assert client.get(form).status_code == 409
    client.get(page)
    assert client.post(f"{page}/reconcile", client.page.values(f"{page}/reconcile")).status_code == 303
    assert client.get(f"{page}/scan").status_code == 409
    for person in (place.helper, place.manager):
        assert client.as_(person).get(form).status_code == 403
    client.as_(place.keeper).get(form)
    values = client.page.values(form)
    number, stray = line(count, missing).id, lines.strays(count.id)[0].id
    wrong = client.post(form, {**values, f"remedy-{number}": "leave"})
    assert wrong.status_code == 422
    assert client.page.values(form)[f"remedy-{number}"] == "leave"
    given = {
        **values,
        f"remedy-{number}": "report_loss",
        f"stray-remedy-{stray}": "leave",
        f"stray-note-{stray}": "司机自己的",
    }
    assert client.post(form, given).status_code == 303
    assert client.post(form, given).status_code == 409
    client.as_(place.keeper).get(page)
    assert "报失" in client.page.text
    refused = client.post(f"{page}/approve", {"version": str(load(count.id).version)})
    assert refused.status_code == 403
    client.as_(place.manager).get(page)
    assert client.post(f"{page}/approve", client.page.values(f"{page}/approve")).status_code == 303
    client.as_(place.keeper).get(f"{page}/close")
    last = client.page.values(f"{page}/close")
    lying = client.post(f"{page}/close", {**last, "file": (io.BytesIO(b"%PDF-1.4"), "a.png")})
    assert lying.status_code == 422
    sent = client.post(f"{page}/close", {**last, "file": (io.BytesIO(rulebook.PNG), "签字.png")})
    assert sent.status_code == 303
    client.get(page)
    said = ("已结束", "签字.png", "已执行", "司机自己的", "王建国")
    assert [text for text in said if text not in client.page.text] == []
    assert fresh(missing).status == ItemStatus.LOST


def test_papers_and_lists_are_for_who_sees_the_count(client: Client, place: Store) -> None:
    place.desk.item()
    count = place.open()
    for name in ("blank.pdf", "sheet.pdf"):
        paper = client.as_(place.helper).get(f"/counts/{count.id}/{name}")
        assert paper.data.startswith(b"%PDF")
        assert client.as_(place.desk.first).get(f"/counts/{count.id}/{name}").status_code == 403
    client.as_(place.manager)
    for kind in ("csv", "xlsx", "print"):
        assert client.get(f"/counts?format={kind}").status_code == 200
        assert client.get(f"/counts/{count.id}/lines?format={kind}").status_code == 200
    assert client.get("/counts/999").status_code == 404
    assert client.get("/counts/999/scan").status_code == 403
    assert client.as_(place.keeper).get("/counts/999/scan").status_code == 404
    assert client.get(f"/counts/{count.id}/nothing").status_code == 404
    assert client.get(f"/counts/{count.id}/begin").status_code == 303


def test_who_counts_in_another_department_sees_nothing_here(client: Client, place: Store) -> None:
    place.desk.item()
    count = place.open()
    stranger = factories.user("外人", "x1", factories.department("采购部"), [Role.ASSET_KEEPER])
    assert client.as_(stranger).get(f"/counts/{count.id}").status_code == 404


def test_pages_ask_as_much_of_thirty_as_of_one(client: Client, place: Store, queries: Queries) -> None:
    def counted(number: int) -> list[str]:
        items = [place.desk.item(f"物{each}") for each in range(number * 2)]
        count = place.open()
        for item in items[:number]:
            place.scan(count, str(item.number), person_seen_id=place.desk.first.id)
        place.scan(count, "杂物", unknown_too=True)
        return [
            f"/counts/{count.id}{end}"
            for end in ("", "/lines", "/scan", "/typed", "/blank.pdf", "/sheet.pdf")
        ]

    def sent_by(addresses: list[str]) -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with queries() as statements:
                assert client.get(address).status_code == 200
            found.append(len(statements))
        return found

    client.as_(place.keeper)
    one = sent_by(counted(1))
    assert sent_by(counted(30)) == one
    few = sent_by(["/counts"])
    for _time in range(10):
        place.open()
    assert sent_by(["/counts"]) == few
    count = session.query(StockCount).order_by(StockCount.id).first()
    assert count is not None
    place.step(count, "reconcile")
    with queries() as statements:
        assert client.get(f"/counts/{count.id}/reconciliation").status_code == 200
    assert len(statements) < 20
