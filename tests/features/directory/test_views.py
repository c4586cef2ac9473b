"""The pages of directory and structure: who may, what is found, what is refused and how, what a page costs."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.core import clock, i18n, modules, settings
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.directory import actions, queries, structure
from app.features.directory.actions import PositionValues
from app.features.directory.enums import HolderKind, PlanStatus
from tests import factories
from tests.client import Client
from tests.features.directory import desk as desks
from tests.features.directory.desk import BEGIN, Desk

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 26, 9)
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    return desks.build()


# The directory


@pytest.mark.parametrize("typed", ["周文", "zhouwenjing", "zwj", "ZWJ", "s1", "0000-0004", "销售部"])
def test_a_colleague_is_found_by_name_in_letters_and_by_telephone(
    client: Client, desk: Desk, typed: str
) -> None:
    client.as_(desk.leader).get(f"/directory?q={typed}")
    assert "周文静" in client.page.text
    client.get("/directory?q=nobody-at-all")
    assert "周文静" not in client.page.text


def test_a_tap_calls_and_who_left_is_not_there(client: Client, desk: Desk) -> None:
    client.as_(desk.personnel).get("/directory")
    assert any(link.attributes["href"] == "tel:13900000004" for link in client.page.all("a"))
    with unit_of_work():
        desk.colleague.active = False
    client.get("/directory")
    assert "周文静" not in client.page.text


def test_a_new_name_is_found_at_once(client: Client, desk: Desk) -> None:
    with unit_of_work():
        desk.colleague.name = "单雄信"
    for typed in ("shanxiongxin", "sxx", "danxiongxin"):
        client.as_(desk.leader).get(f"/directory?q={typed}")
        assert "单雄信" in client.page.text


@pytest.mark.parametrize("format_", ["csv", "xlsx", "print"])
def test_files_and_paper_are_for_those_who_may_take_it_along(
    client: Client, desk: Desk, format_: str
) -> None:
    client.as_(desk.colleague).get("/directory")
    assert f"format={format_}" not in client.response.get_data(as_text=True)
    assert client.get(f"/directory?format={format_}").status_code == 403
    assert client.as_(desk.personnel).get(f"/directory?format={format_}").status_code == 200
    if format_ == "xlsx":
        sheet = load_workbook(BytesIO(client.response.get_data())).active
        assert "139-0000-0004" in {cell.value for row in sheet.rows for cell in row}


# The structure


def test_the_structure_of_a_day_is_drawn_and_listed(client: Client, desk: Desk) -> None:
    with unit_of_work():
        actions.assign(
            desk.seller,
            actor=factories.actor(desk.personnel),
            version=None,
            user_id=desk.colleague.id,
            kind=HolderKind.HOLDER,
            from_date=date(2026, 6, 1),
        )
    client.as_(desk.colleague).get("/directory/structure")
    drawing = client.page.one("svg", role="img")
    assert "周文静" in drawing.text
    assert "断层" in client.page.text
    client.get("/directory/structure?day=2026-05-31")
    assert "周文静" not in client.page.one("svg", role="img").text
    client.get("/directory/structure?day=2025-12-31")
    assert not client.page.all("svg", role="img")
    for bad in ("day=2026-02-30", "day=x", "plan=x"):
        assert client.get(f"/directory/structure?{bad}").status_code == 200
    for unknown in ("999", "9" * 30):
        assert client.get(f"/directory/structure?plan={unknown}").status_code == 404
    for size in ("a4", "a3"):
        assert client.get(f"/directory/structure/{size}.pdf").mimetype == "application/pdf"
    assert client.get("/directory/structure/a5.pdf").status_code == 404


def test_days_and_plans_are_compared(client: Client, desk: Desk) -> None:
    plan = desks.plan(desk)
    client.as_(desk.personnel).get(f"/directory/structure/compare?plan={plan.id}")
    assert "售前工程师" in client.page.text
    assert "销售经理" not in client.page.one("tbody").text.replace("上级 销售经理", "")
    client.get("/directory/structure/compare?from=2026-01-01&day=2026-11-26")
    assert "没有差别" in client.page.text
    client.as_(desk.colleague)
    assert client.get(f"/directory/structure/compare?plan={plan.id}").status_code == 404


def test_personnel_set_up_change_fill_and_end_a_position(client: Client, desk: Desk) -> None:
    client.as_(desk.personnel).get(f"/directory/structure/positions/new?below={desk.head.id}")
    typed = {**client.page.values("/directory/structure/positions/new"), "title": "内勤", "places": "1"}
    address = client.post("/directory/structure/positions/new", typed).location
    assert client.post("/directory/structure/positions/new", typed).location == address, "once"
    client.get(f"{address}/people/new")
    typed = {**client.page.values(f"{address}/people/new"), "user_id": desk.colleague.id, "kind": "holder"}
    assert client.post(f"{address}/people/new", typed).location == address
    client.get(f"{address}/people/new")
    typed = {**client.page.values(f"{address}/people/new"), "user_id": desk.leader.id, "kind": "holder"}
    assert client.post(f"{address}/people/new", typed).status_code == 409
    assert "名额" in client.page.text
    client.get(f"{address}/edit")
    typed = {**client.page.values(f"{address}/edit"), "title": "销售内勤", "from_date": "2026-12-01"}
    assert client.post(f"{address}/edit", typed).location == address
    assert client.post(f"{address}/edit", typed).status_code == 409, "stale"
    client.get(f"{address}/end")
    values = {**client.page.values(f"{address}/end"), "last_day": "2026-12-31"}
    assert client.post(f"{address}/end", values).status_code == 409
    number = int(address.rsplit("/", 1)[1])
    holder = queries.holders_of(number)[0]
    ending = f"{address}/people/{holder.id}/end"
    client.get(ending)
    client.post(ending, {**client.page.values(ending), "last_day": "2026-12-31"})
    client.get(f"{address}/end")
    assert (
        client.post(
            f"{address}/end", {**client.page.values(f"{address}/end"), "last_day": "2026-12-31"}
        ).location
        == address
    )
    client.get(address)
    assert "沿革" in client.page.text
    assert "销售内勤" in client.page.text
    assert number in structure.on(date(2026, 12, 31)).boxes
    assert number not in structure.on(date(2027, 1, 1)).boxes


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"title": ""}, 422),
        ({"places": "0"}, 422),
        ({"places": "99999"}, 422),
        ({"from_date": "gestern"}, 422),
        ({"reports_to_id": "999"}, 422),
        ({"title": "长" * 41}, 422),
    ],
)
def test_bad_input_comes_back_as_it_was_typed(
    client: Client, desk: Desk, typed: dict[str, str], status: int
) -> None:
    client.as_(desk.personnel).get("/directory/structure/positions/new")
    values = {**client.page.values("/directory/structure/positions/new"), "title": "内勤", **typed}
    assert client.post("/directory/structure/positions/new", values).status_code == status
    assert client.page.errors()


def test_a_plan_is_drafted_published_and_adopted_over_the_pages(client: Client, desk: Desk) -> None:
    client.as_(desk.personnel).get("/directory/structure/plans/new")
    typed = {**client.page.values("/directory/structure/plans/new"), "title": "二期", "day": "2027-03-01"}
    address = client.post("/directory/structure/plans/new", typed).location
    add = f"{address}/positions/new"
    client.get(add)
    client.post(
        add, {**client.page.values(add), "title": "售前", "reports_to_id": desk.head.id, "places": "2"}
    )
    client.get(address)
    assert "售前" in client.page.one("svg", role="img").text
    version = client.page.values(f"{address}/publish")["version"]
    head = f"{address}/positions/{desk.head.id}"
    assert client.post(f"{head}/remove", {"version": version}).status_code == 409
    seller = f"{address}/positions/{desk.seller.id}"
    assert client.post(f"{seller}/remove", {"version": version}).status_code == 303
    assert client.post(f"{seller}/take-back", {"version": version}).status_code == 409, "stale"
    client.get(address)
    client.post(f"{seller}/take-back", {"version": client.page.values(f"{address}/publish")["version"]})
    assert client.get(f"{address}/positions/999").status_code == 404
    client.get(f"{address}/edit")
    client.post(f"{address}/edit", {**client.page.values(f"{address}/edit"), "note": "分两步"})
    client.get(address)
    client.post(f"{address}/publish", client.page.values(f"{address}/publish"))
    client.as_(desk.leader).get(address)
    assert "分两步" in client.page.text
    client.post(f"{address}/adopt", client.page.values(f"{address}/adopt"))
    plan = queries.get_plan(factories.actor(desk.leader), int(address.rsplit("/", 1)[1]))
    assert plan.status == PlanStatus.ADOPTED
    assert "售前" in {box.title for box in structure.on(plan.day).boxes.values()}


@pytest.mark.parametrize(
    "path",
    [
        "/directory/structure/positions/new",
        "/directory/structure/positions/{position}/edit",
        "/directory/structure/positions/{position}/end",
        "/directory/structure/positions/{position}/people/new",
        "/directory/structure/plans/new",
    ],
)
def test_only_personnel_keep_positions(client: Client, desk: Desk, path: str) -> None:
    address = path.format(position=desk.head.id)
    assert client.as_(desk.colleague).get(address).status_code == 403
    assert client.as_(desk.personnel).get(address).status_code == 200
    assert client.get(address.replace(str(desk.head.id), "999")).status_code in (200, 404)


def test_a_draft_is_not_there_for_others(client: Client, desk: Desk) -> None:
    plan = desks.plan(desk)
    client.as_(desk.colleague).get("/directory/structure/plans")
    assert plan.title not in client.page.text
    for path in ("", "/edit", "/positions/new"):
        assert client.get(f"/directory/structure/plans/{plan.id}{path}").status_code in (403, 404)
    assert client.get(f"/directory/structure/plans/{plan.id}").status_code == 404
    assert client.get("/directory/structure/plans/999").status_code == 404
    assert client.as_(desk.personnel).get(f"/directory/structure/plans/{plan.id}").status_code == 200


@pytest.mark.parametrize("address", ["/directory/structure", "/directory"])
def test_a_page_asks_the_database_as_often_for_thirty_as_for_one(
    client: Client, desk: Desk, request: pytest.FixtureRequest, address: str
) -> None:
    counted = request.getfixturevalue("queries")
    client.as_(desk.leader).get(address)
    with counted() as few:
        client.get(address)
    for number in range(30):
        person = factories.user(f"同事{number}", f"n{number}", desk.department, [Role.SALESPERSON])
        with unit_of_work():
            actor = factories.actor(desk.personnel)
            made = actions.create_position(
                actor=actor, values=PositionValues(f"岗位{number}", None, desk.head.id), from_date=BEGIN
            )
            actions.assign(
                made, actor=actor, version=None, user_id=person.id, kind="holder", from_date=clock.today()
            )
    client.get(address)
    with counted() as many:
        client.get(address)
    assert len(many) <= len(few) + 1


def test_in_english(client: Client, desk: Desk) -> None:
    with unit_of_work():
        desk.colleague.locale = i18n.ENGLISH
    client.as_(desk.colleague).get("/directory/structure")
    assert client.page.heading == "Organisation chart"
    client.get("/directory")
    assert client.page.heading == "Directory"


def test_the_chart_is_a_tab_of_the_directory_and_takes_no_place_in_the_side_bar(
    client: Client, desk: Desk
) -> None:
    def marks(address: str) -> list[bool]:
        links = [link for link in client.page.all("a") if link.attributes.get("href") == address]
        return [link.attributes.get("aria-current") == "page" for link in links]

    client.as_(desk.leader).get("/directory")
    assert marks("/directory/structure") == [False]
    assert all(marks("/directory"))
    client.get("/directory/structure")
    assert True in marks("/directory/structure")
    # the side bar marks the entry, the tab does not
    assert set(marks("/directory")) == {True, False}
    client.get("/notices")
    assert marks("/directory/structure") == []
