"""The pages of activities: from the idea to the settlement over HTTP, who may, what is refused and how."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.core import i18n, modules, settings
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.activities import queries
from app.features.activities.enums import ActivityStatus
from app.features.activities.models import Activity
from tests import factories
from tests.client import Client
from tests.features.activities import desk as desks
from tests.features.activities.desk import Desk
from tests.paper_tools import saved, text_of

At = Callable[..., datetime]


@pytest.fixture
def desk(at: At) -> Desk:
    at(2026, 11, 23, 9)
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    return desks.build()


def page_of(activity: Activity) -> str:
    return f"/activities/{activity.id}"


def step(client: Client, address: str, name: str, **typed: Any) -> int:
    """Do a step by its form, as a person would."""
    client.get(f"{address}/{name}")
    return client.post(f"{address}/{name}", {**client.page.values(f"{address}/{name}"), **typed}).status_code


def test_the_whole_story_over_the_pages(client: Client, desk: Desk, at: At, tmp_path: Path) -> None:
    client.as_(desk.owner).get("/activities/new")
    typed = {
        **client.page.values("/activities/new"),
        "title": "秋游",
        "purpose": "一起走走",
        "options": "太湖骑行\n羽毛球赛\n",
    }
    address = client.post("/activities/new", typed).location
    assert client.post("/activities/new", typed).location == address, "once"
    assert step(client, address, "open_vote", vote_until="11-25 18:00") == 303
    client.as_(desk.people[0]).get(address)
    option = client.page.all("input", type="radio")[1].attributes["value"]
    assert client.post(f"{address}/vote", {"option_id": option}).status_code == 303
    client.get(address)
    assert "我选的" in client.page.text
    at(2026, 11, 26, 9)
    client.as_(desk.people[0])
    assert client.post(f"{address}/vote", {"option_id": option}).status_code == 409
    assert "没有计入" in client.page.text
    client.as_(desk.head)
    assert step(client, address, "approve", option_id=option, budget="1000") == 303
    client.as_(desk.owner)
    arranged = {
        "place": "体育馆",
        "starts_at": "2026-12-05 9:00",
        "ends_at": "2026-12-05 17:00",
        "enrol_until": "2026-12-03 18:00",
        "capacity": "2",
        "companions": "1",
    }
    assert step(client, address, "open_enrolment", **{**arranged, "capacity": "0"}) == 422
    assert step(client, address, "open_enrolment", **arranged) == 303
    for person, companions, told in (
        (desk.people[0], "1", "您已报名"),
        (desk.people[1], "0", "候补第 1 位"),
    ):
        client.as_(person).get(address)
        assert client.post(f"{address}/enrol", {"companions": companions}).status_code == 303
        client.get(address)
        assert told in client.page.text
    client.as_(desk.people[0])
    assert client.post(f"{address}/enrol").status_code == 409
    assert client.get(f"{address}/calendar.ics").mimetype == "text/calendar"
    at(2026, 12, 5, 18)
    client.as_(desk.owner)
    assert step(client, address, "hold") == 303
    assert step(client, address, "record", cost="1200", report="大家都尽兴") == 422
    assert step(client, address, "record", cost="1200", over_reason="场地涨价") == 303
    client.as_(desk.finance).get(address)
    assert client.post(f"{address}/close", client.page.values(f"{address}/close")).status_code == 303
    client.get(address)
    assert "¥200.00" in client.page.text
    paper = text_of(saved(tmp_path, client.get(f"{address}/settlement.pdf").get_data()))
    assert "团队活动结算单" in paper
    assert "1,200.00" in paper
    client.get("/activities/years")
    assert "1,200.00" in client.page.text


def test_a_vote_or_a_seat_is_for_oneself_whatever_is_sent(client: Client, desk: Desk) -> None:
    activity = desks.voting(desk)
    option = queries.options_of(activity.id)[0].id
    other = desk.people[1].id
    client.as_(desk.people[0])
    client.post(f"{page_of(activity)}/vote", {"option_id": option, "user_id": other, "actor": other})
    assert queries.options_of(activity.id, factories.actor(desk.people[0]))[0].mine
    assert not queries.options_of(activity.id, factories.actor(desk.people[1]))[0].mine
    for bad in ("", "x", "99999999", "-1"):
        assert client.post(f"{page_of(activity)}/vote", {"option_id": bad}).status_code == 422
    second = desks.enrolling(desk)
    client.post(f"{page_of(second)}/enrol", {"companions": "0", "user_id": other})
    assert desks.states(second) == {"同事1": "seated"}
    client.as_(desk.people[2])
    for bad in ("x", "-1", "9", "９", "1" * 90):
        assert client.post(f"{page_of(second)}/enrol", {"companions": bad}).status_code == 422


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("open_vote", "people", 403),
        ("approve", "owner", 403),
        ("approve", "head", 200),
        ("hand_over", "personnel", 200),
        ("hand_over", "people", 403),
        ("record", "owner", 409),
        ("nothing", "owner", 404),
    ],
)
def test_who_may_open_the_form_of_a_step(
    client: Client, desk: Desk, name: str, who: str, status: int
) -> None:
    activity = desks.propose(desk, ())
    person = desk.people[0] if who == "people" else getattr(desk, who)
    assert client.as_(person).get(f"{page_of(activity)}/{name}").status_code == status


def test_strangers_and_what_is_not_there(client: Client, desk: Desk) -> None:
    activity = desks.propose(desk)
    assert client.as_(desk.people[0]).get(f"{page_of(activity)}/edit").status_code == 403
    nobody = factories.user("外人", "x1", None, [])
    assert client.as_(nobody).get("/activities").status_code == 403
    assert client.get(page_of(activity)).status_code == 403
    client.as_(desk.owner)
    for path in ("/activities/999", "/activities/999/edit", "/activities/999/photos"):
        assert client.get(path).status_code == 404
    for path in ("settlement.pdf", "calendar.ics"):
        assert client.get(f"{page_of(activity)}/{path}").status_code == 404


def test_a_stale_form_is_told_so(client: Client, desk: Desk) -> None:
    activity = desks.propose(desk)
    address = f"{page_of(activity)}/edit"
    client.as_(desk.owner).get(address)
    typed = {**client.page.values(address), "title": "冬游"}
    assert client.post(address, typed).status_code == 303
    assert client.post(address, {**typed, "title": "春游"}).status_code == 409
    assert "春游" in client.response.get_data(as_text=True)


def test_photos_come_with_consent_and_go_without_a_reason(client: Client, desk: Desk, at: At) -> None:
    activity = desks.enrolling(desk)
    desks.enrol(activity, desk.people[0])
    at(2026, 11, 26, 18)
    desks.fire(activity, "hold", desk.owner)
    address = f"{page_of(activity)}/photos"
    stream = BytesIO()
    Image.new("RGB", (40, 30), (200, 120, 80)).save(stream, "JPEG")
    client.as_(desk.people[0]).get(address)
    values = client.page.values(address)
    sent = {**values, "file": (BytesIO(stream.getvalue()), "合影.jpg")}
    assert client.post(address, sent).status_code == 422
    assert "先问过" in client.page.text
    sent = {**values, "consents": "y", "consent": "都同意", "file": (BytesIO(stream.getvalue()), "合影.jpg")}
    assert client.post(address, sent).status_code == 303
    client.as_(desk.people[3]).get(page_of(activity))
    picture = client.page.one("img", alt="都同意")
    assert client.get(picture.attributes["src"]).mimetype == "image/jpeg"
    assert client.get(address).status_code == 403
    (row,) = queries.photos_of(activity.id)
    assert client.post(f"{address}/{row.id}/remove").status_code == 403
    assert client.as_(desk.people[0]).post(f"{address}/{row.id}/remove").status_code == 303
    assert client.get(picture.attributes["src"]).status_code == 404


@pytest.mark.parametrize("address", ["/activities", "/activities/years", "one"])
def test_a_page_asks_the_database_as_often_for_thirty_as_for_one(
    client: Client, desk: Desk, request: pytest.FixtureRequest, address: str
) -> None:
    counted = request.getfixturevalue("queries")
    activity = desks.enrolling(desk, capacity=40)
    desks.enrol(activity, desk.people[0])
    where = page_of(activity) if address == "one" else address
    client.as_(desk.leader).get(where)
    with counted() as few:
        client.get(where)
    for number in range(29):
        desks.propose(desk, title=f"活动{number}")
        desks.enrol(activity, factories.user(f"人{number}", f"n{number}", None, [Role.SALESPERSON]))
    client.get(where)
    with counted() as many:
        client.get(where)
    assert len(many) <= len(few) + 1


def test_a_cancelled_activity_tells_who_enrolled_and_the_search_finds_it(client: Client, desk: Desk) -> None:
    activity = desks.enrolling(desk)
    desks.enrol(activity, desk.people[0])
    desks.fire(activity, "cancel", desk.owner, note="台风")
    assert activity.status == ActivityStatus.CANCELLED
    client.as_(desk.people[0]).get("/notices")
    assert "台风" in client.page.text or "取消活动" in client.page.text
    client.get("/search?q=秋游")
    assert str(activity.number) in client.page.text
    assert activity.budget == Decimal("1000.00")


def test_whoever_opens_one_reads_whom_it_waits_for(client: Client, desk: Desk, at: At) -> None:
    address = f"/activities/{desks.propose(desk).id}"
    client.as_(desk.owner)
    assert step(client, address, "open_vote", vote_until="11-25 18:00") == 303
    client.get(address)
    assert "投票已截止" not in client.page.text
    at(2026, 11, 26, 9)
    client.as_(desk.owner).get(address)
    said = client.page.text.partition("投票已截止，等批准：")[2]
    assert desk.head.name in said[:20]


def test_in_english(client: Client, desk: Desk) -> None:
    with unit_of_work():
        desk.owner.locale = i18n.ENGLISH
    client.as_(desk.owner).get("/activities")
    assert client.page.heading == "Team activities"
