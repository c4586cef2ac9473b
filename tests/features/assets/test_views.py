"""The pages of equipment over HTTP: who opens what, forms, refusals, list, labels, scanning, one's own things."""

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from app.core import clock, settings
from app.core.db import session
from app.core.files import files_for, read_bytes
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.assets import actions
from app.features.assets import queries as reading
from app.features.assets.actions import ItemValues
from app.features.assets.enums import ItemStatus
from app.features.assets.models import AssetItem, HandOver
from app.features.people.models import User
from tests import factories
from tests.client import Client
from tests.features.assets.desk import Desk, desk, fresh, load, valuable

ADDRESS = "http://zhangcheng.local"


@pytest.fixture
def house() -> Desk:
    return desk(fields=("内存",), checklist=("能开机",), accessories=("电源",))


@pytest.fixture
def labelled(house: Desk) -> Desk:
    with unit_of_work():
        settings.put("assets.label_address", ADDRESS)
    return house


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), exif: Any = None) -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(stream, kind, **({"exif": exif} if exif else {}))
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    "address",
    ["/assets", "/assets/new", "/assets/categories", "/assets/places", "/assets/labels", "/assets/imports"],
)
def test_salesperson_does_not_keep_equipment(client: Client, house: Desk, address: str) -> None:
    assert client.as_(house.first).get(address).status_code == 403


def test_manager_sees_the_department_and_changes_nothing(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    client.as_(house.manager)
    assert client.get("/assets").status_code == 200
    assert str(item.number) in client.page.text
    assert client.get(f"/assets/{item.id}").status_code == 200
    assert client.get(f"/assets/{item.id}/edit").status_code == 403
    assert client.get(f"/assets/hand-over?item={item.id}").status_code == 403


def test_of_two_departments_everybody_sees_those_they_keep_or_oversee(client: Client, house: Desk) -> None:
    elsewhere = factories.department(name="技术部")
    keeper = factories.user("李梅", "a2", elsewhere, [Role.ASSET_KEEPER])
    stranger = factories.user("赵强", "t1", elsewhere, [Role.SALESPERSON])
    # oversees one department and keeps the things of the other
    both = factories.user("钱进", "x1", house.department, [Role.MANAGER])
    factories.role(both, Role.ASSET_KEEPER, elsewhere)
    own = house.item("甲")
    with unit_of_work():
        theirs = actions.register_item(
            actor=factories.actor(keeper),
            values=ItemValues("乙", category_id=house.category.id, place_id=house.store.id),
            person_id=stranger.id,
        )
    sees = {
        house.manager: {own.id},
        both: {own.id, theirs.id},
        house.keeper: {own.id},
        keeper: {theirs.id},
        stranger: {theirs.id},
        house.second: set(),
    }
    for person, items in sees.items():
        client.as_(person)
        for item in (own, theirs):
            expected = 200 if item.id in items else 404
            assert client.get(f"/assets/{item.id}").status_code == expected, (person.name, item.name)
        if person not in (stranger, house.second):
            client.get("/assets")
            listed = {item.id for item in (own, theirs) if client.page.all("a", href=f"/assets/{item.id}")}
            assert listed == items, person.name


def test_others_do_not_see_what_is_not_theirs(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    assert client.as_(house.second).get(f"/assets/{item.id}").status_code == 404
    assert client.get("/assets/999999").status_code == 404
    assert client.as_(house.first).get(f"/assets/{item.id}").status_code == 200


def test_keeper_enters_an_item_with_four_fields(client: Client, house: Desk) -> None:
    client.as_(house.keeper).get("/assets/new")
    assert client.page.all("input", name="own_0") == []
    response = client.submit(
        "/assets/new",
        {"name": "笔记本电脑", "category_id": house.category.id, "person_id": house.first.id},
    )
    assert response.status_code == 303, client.page.text
    item = session.query(AssetItem).one()
    assert (item.keeper_id, item.status, item.accessories) == (house.first.id, "assigned", ["电源"])
    client.get(response.location)
    for said in (str(item.number), "周文静", "领用"):
        assert said in client.page.text


def test_wrong_card_keeps_what_was_typed(client: Client, house: Desk) -> None:
    house.item(serial_number="SN1")
    client.as_(house.keeper)
    response = client.submit(
        "/assets/new",
        {"name": "相机", "category_id": house.category.id, "serial_number": "SN1", "price": "abc"},
    )
    assert response.status_code == 422
    assert client.page.one("input", name="serial_number").attributes["value"] == "SN1"
    response = client.submit(
        "/assets/new", {"name": "相机", "category_id": house.category.id, "serial_number": "SN1"}
    )
    assert response.status_code == 422
    assert any("序列号与" in error for error in client.page.errors())
    assert session.query(AssetItem).count() == 1


def test_card_is_changed_with_the_fields_of_its_category(client: Client, house: Desk) -> None:
    item = house.item()
    client.as_(house.keeper).get(f"/assets/{item.id}/edit")
    stale = client.page.values(f"/assets/{item.id}/edit")
    response = client.submit(f"/assets/{item.id}/edit", {"own_0": "16 GB", "price": "3999"})
    assert response.status_code == 303, client.page.text
    assert fresh(item).values == {"内存": "16 GB"}
    assert client.post(f"/assets/{item.id}/edit", stale).status_code == 409
    client.get(f"/assets/{item.id}")
    assert "16 GB" in client.page.text
    assert "3,999.00" in client.page.text


def test_prices_are_for_who_keeps_or_oversees(client: Client, house: Desk) -> None:
    item = valuable(house, house.first)
    client.as_(house.first).get(f"/assets/{item.id}")
    assert "18,000" not in client.page.text
    client.as_(house.manager).get(f"/assets/{item.id}")
    assert "18,000" in client.page.text


def test_offer_accept_over_http(client: Client, house: Desk) -> None:
    items = [house.item("投影仪"), house.item("相机")]
    page = f"/assets/hand-over?item={items[0].id}&item={items[1].id}"
    response = client.as_(house.keeper).submit(
        page,
        {"to_id": house.first.id, f"condition-{items[0].id}": "worn", f"note-{items[0].id}": "外壳划痕"},
    )
    assert response.status_code == 303, client.page.text
    hand_over = session.query(HandOver).one()
    client.as_(house.second)
    assert client.get(f"/assets/hand-overs/{hand_over.id}").status_code == 404
    client.as_(house.first).get(f"/assets/hand-overs/{hand_over.id}/accept")
    assert "外壳划痕" in client.page.text
    values = client.page.values(f"/assets/hand-overs/{hand_over.id}/accept")
    assert client.post(f"/assets/hand-overs/{hand_over.id}/accept", values).status_code == 303
    assert {fresh(item).keeper_id for item in items} == {house.first.id}
    assert client.post(f"/assets/hand-overs/{hand_over.id}/accept", values).status_code == 409
    client.get(f"/assets/hand-overs/{hand_over.id}")
    sheet = client.page.all("a", href=f"/files/{load(hand_over).sheet_file_id}")
    assert sheet
    assert client.get(sheet[0].attributes["href"]).data.startswith(b"%PDF")


def test_bad_offers_are_refused_at_the_form(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    page = f"/assets/hand-over?item={item.id}"
    client.as_(house.first)
    assert client.submit(page, {"to_id": ""}).status_code == 422
    assert client.submit(page, {"to_id": house.first.id}).status_code == 422
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert client.submit(page, {"to_id": house.second.id, "due_back_on": yesterday}).status_code == 422
    response = client.submit(
        page, {"to_id": house.second.id, f"condition-{item.id}": "damaged", f"note-{item.id}": ""}
    )
    assert response.status_code == 422
    assert client.get("/assets/hand-over?item=99999").status_code == 404
    assert session.query(HandOver).count() == 0
    house.offer([item], house.second, house.first)
    assert client.submit(page, {"to_id": house.second.id}).status_code == 409


def test_twice_sent_offers_once(client: Client, house: Desk) -> None:
    item = house.item()
    page = f"/assets/hand-over?item={item.id}"
    client.as_(house.keeper).get(page)
    typed = {**client.page.values(page), "to_id": house.first.id}
    first, second = client.post(page, typed), client.post(page, typed)
    assert [first.status_code, second.status_code] == [303, 303]
    assert first.location == second.location


def test_photos_are_made_anew_and_what_is_none_is_refused(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825)[1] = "N"
    address = f"/assets/{item.id}/photos"
    client.as_(house.first)
    good = client.post(
        address, {"file": (picture(exif=exif), "现场.jpg")}, content_type="multipart/form-data"
    )
    assert good.status_code == 303
    [row] = files_for("asset_item", item.id)
    with Image.open(io.BytesIO(read_bytes(row))) as kept:
        assert len(kept.getexif()) == 0
    heic = io.BytesIO(b"\x00\x00\x00\x18ftypheic" + b"0" * 64)
    for upload, said in (
        ((heic, "a.heic"), "HEIC"),
        ((io.BytesIO(b"\xff\xd8\xff" + b"0" * 64), "b.jpg"), "打不开"),
        ((io.BytesIO(b"hello"), "d.txt"), "JPEG"),
    ):
        assert client.post(address, {"file": upload}, content_type="multipart/form-data").status_code == 422
        assert said in client.page.text
    assert client.post(address, {}).status_code == 422
    assert (
        client.as_(house.manager)
        .post(address, {"file": (picture(), "e.jpg")}, content_type="multipart/form-data")
        .status_code
        == 403
    )


def test_photos_come_along_with_an_offer(client: Client, house: Desk) -> None:
    item = house.item()
    page = f"/assets/hand-over?item={item.id}"
    client.as_(house.keeper).get(page)
    typed = {**client.page.values(page), "to_id": house.first.id, "photos": [(picture("PNG"), "a.png")]}
    assert client.post(page, typed, content_type="multipart/form-data").status_code == 303
    hand_over = session.query(HandOver).one()
    assert [row.kind for row in files_for("hand_over", hand_over.id)] == ["photo"]


def test_receiver_signs_on_the_keepers_screen(client: Client, house: Desk) -> None:
    item = valuable(house, house.first)
    hand_over = house.offer([item], house.second, house.first)
    page = f"/assets/hand-overs/{hand_over.id}/sign"
    assert client.as_(house.second).get(page).status_code == 403
    client.as_(house.keeper)
    assert client.submit(page, {"password": "wrong"}).status_code == 422
    assert fresh(item).keeper_id == house.first.id
    assert client.submit(page, {"password": factories.PASSWORD}).status_code == 303, client.page.text
    done = load(hand_over)
    assert (done.on_keepers_screen, done.witness_id) == (True, house.keeper.id)
    assert fresh(item).keeper_id == house.second.id


def test_guessing_on_the_keepers_screen_is_slowed_down(client: Client, house: Desk) -> None:
    hand_over = house.offer([house.item()], house.first)
    page = f"/assets/hand-overs/{hand_over.id}/sign"
    client.as_(house.keeper).get(page)
    values = {**client.page.values(page), "password": "wrong"}
    answers = [client.post(page, values).status_code for _ in range(7)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert int(client.post(page, values).headers["Retry-After"]) > 0
    assert client.post(page, {**values, "password": factories.PASSWORD}).status_code == 429


def test_keeper_takes_back_with_the_checklist(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    page = f"/assets/take-back?item={item.id}"
    assert client.as_(house.first).get(page).status_code == 403
    client.as_(house.keeper)
    assert client.submit(page, {}).status_code == 422
    assert fresh(item).keeper_id == house.first.id
    assert client.submit(page, {f"said-i{item.id}-0": "不亮"}).status_code == 303, client.page.text
    assert fresh(item).status == ItemStatus.IN_STOCK


def test_a_note_on_return_that_is_too_long_comes_back_as_typed(client: Client) -> None:
    house = desk(checklist=("镜头干净",))
    item = house.item(person=house.first)
    page = f"/assets/take-back?item={item.id}"
    client.as_(house.keeper).get(page)
    said = "划" * 230
    values = {**client.page.values(page), f"said-i{item.id}-0": said}
    assert client.post(page, values).status_code == 422
    assert "写了 230 个字，最多 200 个字" in client.page.text
    assert client.page.values(page)[f"said-i{item.id}-0"] == said
    assert fresh(item).keeper_id == house.first.id


def test_scan_offers_what_waits_for_me(client: Client, labelled: Desk) -> None:
    item = labelled.item()
    hand_over = labelled.offer([item], labelled.first)
    scan = f"/assets/scan/{item.label_code}"
    assert client.as_(None).get(scan).status_code == 303
    client.as_(labelled.first).get(scan)
    action = f"/assets/hand-overs/{hand_over.id}/accept"
    values = client.page.values(action)
    assert client.post(action, values).status_code == 303
    assert fresh(item).keeper_id == labelled.first.id
    assert client.get(scan.lower()).location.endswith(f"/assets/{item.id}")
    client.as_(labelled.second).get(scan)
    assert client.response is not None
    assert client.response.status_code == 200
    assert "周文静" in client.page.text


def test_scan_of_what_is_gone_or_was_never_printed(client: Client, labelled: Desk) -> None:
    item = labelled.item()
    with unit_of_work():
        gone = session.get_one(AssetItem, item.id)
        gone.status, gone.scrapped_at = ItemStatus.SCRAPPED, clock.now()
    assert client.as_(labelled.keeper).get(f"/assets/scan/{item.label_code}").status_code == 410
    assert "已报废" in client.page.text
    assert client.get("/assets/scan/NOTHING").status_code == 404
    assert "没有这个标签" in client.page.text


def test_labels_are_papers_of_the_chosen_items(client: Client, labelled: Desk) -> None:
    item = labelled.item()
    client.as_(labelled.keeper)
    assert client.get(f"/assets/labels?item={item.id}").status_code == 200
    for layout in ("sheet", "single"):
        response = client.get(f"/assets/labels.pdf?item={item.id}&layout={layout}&start=3")
        assert response.data.startswith(b"%PDF")
    assert client.get("/assets/labels.pdf?item=9999").status_code == 404
    assert client.get("/assets/labels.pdf?q=nothing").status_code == 404


def test_labels_need_an_address(client: Client, house: Desk) -> None:
    item = house.item()
    assert client.as_(house.keeper).get(f"/assets/labels.pdf?item={item.id}").status_code == 409


def test_ones_own_things_and_those_of_a_leaver(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    client.as_(house.first).get("/assets/mine")
    assert str(item.number) in client.page.text
    assert client.get("/assets/mine/list.pdf").data.startswith(b"%PDF")
    assert client.get(f"/assets/people/{house.second.id}").status_code == 403
    client.as_(house.keeper).get(f"/assets/people/{house.first.id}")
    assert client.page.one("input", name="item").attributes["value"] == str(item.id)
    assert client.get(f"/assets/people/{house.first.id}/list.pdf").status_code == 200
    assert client.get("/assets/people/99999").status_code == 404


def test_returning_to_the_store_over_http(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    page = f"/assets/hand-over?item={item.id}&returning=1"
    assert client.as_(house.first).submit(page, {}).status_code == 303, client.page.text
    hand_over = session.query(HandOver).one()
    accept = f"/assets/hand-overs/{hand_over.id}/accept"
    client.as_(house.keeper)
    assert client.submit(accept, {}).status_code == 422
    line = load(hand_over).lines[0]
    assert client.submit(accept, {f"ok-l{line.id}-0": "y"}).status_code == 303
    assert fresh(item).status == ItemStatus.IN_STOCK


def test_categories_and_places(client: Client, house: Desk) -> None:
    client.as_(house.keeper)
    typed = {"name": "样机", "fields": "功率\n产地", "checklist": "", "accessories": "", "check_days": "180"}
    assert client.submit("/assets/categories/new", typed).status_code == 303
    assert client.submit("/assets/categories/new", typed).status_code == 422
    assert (
        client.submit("/assets/categories/new", {**typed, "name": "x", "fields": "功率\n功率"}).status_code
        == 422
    )
    category = next(row for row in reading.categories() if row.name == "样机")
    page = f"/assets/categories/{category.id}"
    client.get(page)
    stale = client.page.values(page)
    assert client.submit(page, {"checklist": "能启动"}).status_code == 303
    assert client.post(page, stale).status_code == 409
    assert client.submit("/assets/places/new", {"name": "一号库"}).status_code == 422
    assert client.submit(f"/assets/places/{house.room.id}", {"name": "销售部大办公室"}).status_code == 303
    assert client.get("/assets/places").status_code == 200
    assert client.get("/assets/categories/9999").status_code == 404


def test_blank_and_unsigned_sheets(client: Client, house: Desk) -> None:
    hand_over = house.offer([house.item()], house.first)
    client.as_(house.first)
    for address in ("/assets/hand-overs/blank.pdf", f"/assets/hand-overs/{hand_over.id}/sheet.pdf"):
        assert client.get(address).data.startswith(b"%PDF")
    assert client.as_(house.second).get(f"/assets/hand-overs/{hand_over.id}/sheet.pdf").status_code == 404


def test_leaver_is_held_until_all_has_a_new_name(client: Client, house: Desk) -> None:
    from app.features.people import leaving

    item = house.item(person=house.first)
    [matter] = [found for found in leaving.open_matters(house.first.id) if "件设备" in str(found.sentence)]
    assert matter.url == f"/assets/people/{house.first.id}"
    house.accept(house.offer([item], house.second))
    assert leaving.open_matters(house.first.id) == []
    hand_over = house.offer([item], house.first, house.second)
    assert any("交接没有答复" in str(found.sentence) for found in leaving.open_matters(house.first.id))
    house.fire(hand_over, "decline", session.get_one(User, house.first.id), "要离职")
    assert leaving.open_matters(house.first.id) == []


@pytest.mark.parametrize("address", ["/assets", "/assets/hand-overs", "/assets/mine"])
def test_queries_do_not_grow_with_the_rows(client: Client, house: Desk, queries: Any, address: str) -> None:
    def add(count: int) -> None:
        for place in range(count):
            house.accept(house.offer([house.item(f"设备 {place}", person=house.keeper)], house.first))
            house.offer([house.item(person=house.keeper)], house.keeper, returning=True)

    client.as_(house.keeper)
    add(1)
    client.get(address)
    with queries() as few:
        client.get(address)
    add(9)
    with queries() as many:
        client.get(address)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "address", ["/assets", "/assets/new", "/assets/mine", "/assets/hand-overs", "/assets/categories"]
)
def test_pages_speak_english_too(client: Client, house: Desk, address: str) -> None:
    with unit_of_work():
        session.get_one(User, house.keeper.id).locale = "en"
    house.item()
    client.as_(house.keeper).get(address)
    assert client.page.one("html").attributes["lang"] == "en"


def test_list_is_found_by_pinyin_serial_number_and_filters_and_leaves_as_a_file(
    client: Client, house: Desk
) -> None:
    shown, other = house.item("投影仪", serial_number="SN-77"), house.item("相机", person=house.first)
    client.as_(house.keeper)
    for query in ("q=touyingyi", "q=tyy", "q=SN-77", f"q={shown.number}", "status=in_stock"):
        client.get(f"/assets?{query}")
        assert str(shown.number) in client.page.text, query
        assert str(other.number) not in client.page.text, query
    client.get(f"/assets?keeper={house.first.id}")
    assert str(shown.number) not in client.page.text
    assert client.get("/assets?format=print").status_code == 200
    assert client.get("/assets?format=xlsx").data.startswith(b"PK")


def test_search_shows_an_item_to_who_may_see_it_alone(client: Client, house: Desk) -> None:
    item = house.item("红外热像仪", person=house.first)
    client.as_(house.first).get("/search?q=热像仪")
    assert str(item.number) in client.page.text
    client.as_(house.second).get("/search?q=热像仪")
    assert str(item.number) not in client.page.text


def test_an_item_lost_by_a_leaver_goes_to_the_keeper(client: Client, house: Desk) -> None:
    item = house.item(person=house.first)
    client.as_(house.keeper)
    assert client.post(f"/assets/{item.id}/assume", {"version": fresh(item).version}).status_code == 409
    with unit_of_work():
        session.get_one(AssetItem, item.id).status = ItemStatus.LOST
    assert client.get(f"/assets/hand-over?item={item.id}").status_code == 200
    assert client.submit(f"/assets/hand-over?item={item.id}", {"to_id": house.second.id}).status_code == 409
    assert client.post(f"/assets/{item.id}/assume", {"version": fresh(item).version}).status_code == 303
    now = fresh(item)
    assert (now.keeper_id, now.status) == (house.keeper.id, ItemStatus.LOST)


def test_who_closes_the_account_of_a_leaver_is_told_who_takes_the_equipment(
    client: Client, house: Desk
) -> None:
    house.item(person=house.first)
    personnel = factories.user("韩梅", "h9", house.department, [Role.PEOPLE])
    client.as_(personnel).get(f"/people/{house.first.id}/deactivate")
    assert f"名下还有 1 件设备，请{house.keeper.name}办理" in client.page.text
    assert f"/assets/people/{house.first.id}" not in client.page.html
