"""What is refused of drills, with its code or at its field; and what a drill keeps whatever its template becomes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.files import CheckedFile, files_for
from app.core.uow import unit_of_work
from app.features.cases.models import CaseStudy
from app.features.drills import actions, queries
from app.features.drills.enums import DRILL
from app.features.drills.flow import outcome_of
from app.features.people.models import User
from tests import factories
from tests.client import Client
from tests.features.drills import desk
from tests.features.drills.desk import Stage

FILE = CheckedFile("方案.txt", "text/plain", b"plan")


@pytest.fixture
def stage() -> Stage:
    return desk.stage()


def retire(stage: Stage) -> None:
    with unit_of_work():
        row = queries.get_template(stage.actor("manager"), desk.template(stage))
        values = desk.template_values(active=False)
        actions.edit_template(row, actor=stage.actor("manager"), version=row.version, values=values)


def edit(stage: Stage, number: int, who: str = "manager", version: int | None = None, **changed: Any) -> None:
    said = {"title": "改名", "held_on": date(2027, 1, 5), "scene": "", **changed}
    with unit_of_work():
        actions.edit(desk.load(number), actor=stage.actor(who), version=version, **said)


def attach(stage: Stage, number: int, who: str = "player", file: CheckedFile | None = FILE) -> int:
    with unit_of_work():
        return actions.attach(desk.load(number), actor=stage.actor(who), file=file).id


def remove_file(stage: Stage, number: int, file_id: int, who: str = "player") -> None:
    with unit_of_work():
        actions.remove_file(desk.load(number), file_id, actor=stage.actor(who))


# Templates and preparing


def test_two_templates_never_share_a_name(stage: Stage) -> None:
    first = desk.template(stage)
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.create_template(actor=stage.actor("manager"), values=desk.template_values())
    assert set(refused.value.fields) == {"name"}
    with unit_of_work():
        row = queries.get_template(stage.actor("manager"), first)
        values = desk.template_values(scene="同名的自己可以改")
        actions.edit_template(row, actor=stage.actor("manager"), version=None, values=values)
    assert queries.get_template(stage.actor("manager"), first).scene == "同名的自己可以改"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"template_id": 99_999}, {"template_id"}),
        ({"title": " "}, {"title"}),
        ({"title": " ", "template_id": 99_999}, {"title", "template_id"}),
        ({"title": "铃\x07"}, {"title"}),
        ({"scene": "铃\x07"}, {"scene"}),
    ],
)
def test_what_is_no_drill_is_refused_at_its_fields(stage: Stage, changed: dict, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        desk.prepared(stage, parts=False, **changed)
    assert set(refused.value.fields) == fields
    assert queries.titles([1, 2, 3]) == {}


def test_a_retired_template_is_not_prepared_from_but_its_drills_are_still_edited(stage: Stage) -> None:
    number = desk.prepared(stage)
    retire(stage)
    with pytest.raises(Invalid) as refused:
        desk.prepared(stage)
    assert set(refused.value.fields) == {"template_id"}
    edit(stage, number)
    row = desk.load(number)
    assert (row.title, row.held_on, row.scene) == ("改名", date(2027, 1, 5), "泵站要换 6 台离心泵")
    edit(stage, number, scene=" 换 8 台 ")
    assert desk.load(number).scene == "换 8 台"


def test_the_form_of_a_drill_whose_template_was_retired_saves(client: Client, stage: Stage) -> None:
    number = desk.prepared(stage)
    retire(stage)
    form = f"/drills/{number}/edit"
    client.as_(stage.manager).get(form)
    typed = client.page.values(form)
    assert client.post(form, {**typed, "title": " "}).status_code == 422
    assert client.post(form, {**typed, "title": "改名", "version": "99"}).status_code == 409
    assert "改名" in client.page.html
    assert client.post(form, {**typed, "title": "改名"}).status_code == 303
    assert desk.load(number).title == "改名"


def test_who_leads_edits_and_only_in_preparation(stage: Stage) -> None:
    number = desk.prepared(stage)
    with pytest.raises(Denied):
        edit(stage, number, "player")
    with pytest.raises(Stale):
        edit(stage, number, version=99)
    for changed, field in (({"title": " "}, "title"), ({"scene": "铃\x07"}, "scene")):
        with pytest.raises(Invalid) as refused:
            edit(stage, number, **changed)
        assert set(refused.value.fields) == {field}
    done = desk.rehearsed(stage)
    with pytest.raises(Conflict, match="wrong-state"):
        edit(stage, done)
    assert {desk.load(each).title for each in (number, done)} == {"泵站改造"}


# The cast and the end


def test_who_left_is_not_cast_and_the_cast_has_an_end(stage: Stage) -> None:
    number = desk.prepared(stage)
    with unit_of_work():
        session.get_one(User, stage.second.id).active = False
    manager = stage.actor("manager")
    for user_id in (stage.second.id, 99_999):
        with pytest.raises(Invalid) as refused, unit_of_work():
            actions.cast(desk.load(number), actor=manager, user_id=user_id, kind="judge")
        assert set(refused.value.fields) == {"user_id"}
    with unit_of_work():
        for place in range(actions.MOST_PARTS - 3):
            person = factories.user(f"评委 {place}")
            actions.cast(desk.load(number), actor=manager, user_id=person.id, kind="judge")
    with pytest.raises(Conflict, match="too-many-parts"):
        desk.cast(stage, number, "keeper", "judge")
    assert len(desk.load(number).parts) == actions.MOST_PARTS


def test_it_does_not_end_without_players_judges_and_stages(stage: Stage) -> None:
    number = desk.prepared(stage, parts=False)
    for code, mend in (
        ("nobody-plays", lambda: desk.cast(stage, number, "player", "player", "销售员")),
        ("too-few-judges", lambda: desk.cast(stage, number, "leader", "judge")),
        ("too-few-judges", lambda: desk.cast(stage, number, "engineer", "judge")),
        ("stages-left", lambda: [desk.note(stage, number, kind) for kind in desk.STAGES]),
    ):
        with pytest.raises(Conflict, match=f"drill:{code}"):
            desk.step(stage, number, "rehearse", "manager")
        mend()
    assert desk.step(stage, number, "rehearse", "manager").status == "rehearsed"


# Files


def test_files_come_and_go_with_who_leads_or_plays_while_it_is_prepared(stage: Stage) -> None:
    number = desk.prepared(stage)
    file = attach(stage, number)
    other = attach(stage, number, "manager")
    for act in (
        lambda: attach(stage, number, "engineer"),
        lambda: remove_file(stage, number, file, "engineer"),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(Invalid) as refused:
        attach(stage, number, file=None)
    assert set(refused.value.fields) == {"file"}
    remove_file(stage, number, file, "manager")
    assert [each.id for each in files_for(DRILL, number)] == [other]
    with pytest.raises(NotVisible):
        remove_file(stage, number, file)
    for _more in range(actions.MOST_FILES - 1):
        attach(stage, number)
    with pytest.raises(Conflict, match="drill:too-many-files"):
        attach(stage, number)
    for kind in desk.STAGES:
        desk.note(stage, number, kind)
    desk.step(stage, number, "rehearse", "manager")
    for act in (lambda: attach(stage, number), lambda: remove_file(stage, number, other)):
        with pytest.raises(Conflict, match="wrong-state"):
            act()


def test_the_page_offers_to_take_files_back_only_while_it_is_prepared(client: Client, stage: Stage) -> None:
    number = desk.prepared(stage)
    file = attach(stage, number)
    page, way = f"/drills/{number}", f"/drills/{number}/files/{file}/remove"

    def offered(who: User) -> bool:
        client.as_(who).get(page)
        assert client.page.all("a", href=f"/files/{file}")
        assert f"4 B · {stage.player.name}" in client.page.one("ul", class_="file-list").text
        return way in [form.attributes.get("action") for form in client.page.all("form")]

    assert [offered(who) for who in (stage.player, stage.manager, stage.engineer)] == [True, True, False]
    client.as_(stage.player).get(page)
    assert client.submit(way, page=page).status_code == 303
    assert files_for(DRILL, number) == []


# How it counts


@pytest.mark.parametrize(
    ("average", "outcome"),
    [(None, "failed"), (0, "failed"), (599, "failed"), (600, "partly"), (799, "partly"), (800, "worked")],
)
def test_results_count_in_the_library_by_their_average(average: int | None, outcome: str) -> None:
    assert outcome_of(average) == outcome


def test_a_drill_that_went_badly_becomes_a_case_that_failed(stage: Stage) -> None:
    number = desk.rehearsed(stage)
    for judge in desk.JUDGES:
        desk.score(stage, number, judge, 5, 5, 5)
    desk.step(stage, number, "debrief", "manager", good="到场早", bad="让步太快", lesson="先问用量")
    row = desk.step(stage, number, "write_case", "manager")
    assert session.get_one(CaseStudy, row.case_id).outcome == "failed"


@pytest.mark.parametrize(
    ("begin", "name", "data", "fields"),
    [
        (desk.scored, "debrief", {"bad": "差", "lesson": "学"}, {"good"}),
        (desk.scored, "debrief", {"good": " ", "bad": "", "lesson": ""}, {"good", "bad", "lesson"}),
        (desk.scored, "debrief", {"good": "好", "bad": "差", "lesson": "铃\x07"}, {"lesson"}),
        (desk.prepared, "cancel", {}, {"note"}),
    ],
)
def test_a_step_without_what_it_asks_is_refused_at_its_fields(
    stage: Stage, begin: Callable[[Stage], int], name: str, data: dict, fields: set[str]
) -> None:
    number = begin(stage)
    before = desk.load(number).status
    with pytest.raises(Invalid) as refused:
        desk.step(stage, number, name, "manager", **data)
    assert set(refused.value.fields) == fields
    assert desk.load(number).status == before


def test_whoever_stops_the_scoring_waits_for_two_sheets(stage: Stage) -> None:
    number = desk.rehearsed(stage)
    for given in range(2):
        with pytest.raises(Conflict, match="drill:too-few-sheets") as refused:
            desk.step(stage, number, "stop_scoring", "manager", "出差")
        assert refused.value.params["count"] == given
        if given == 0:
            desk.score(stage, number, "leader", 7, 7, 7)


def test_it_ends_on_its_day_and_not_before(stage: Stage) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    number = desk.prepared(stage, held_on=tomorrow)
    for kind in desk.STAGES:
        desk.note(stage, number, kind)
    with pytest.raises(Conflict, match="drill:not-yet") as refused:
        desk.step(stage, number, "rehearse", "manager")
    assert refused.value.params["day"] == tomorrow.isoformat()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert desk.step(stage, number, "rehearse", "manager").status == "rehearsed"
