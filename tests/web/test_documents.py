"""What the pages of all documents share."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from app.core import clock, i18n, timeline
from app.core import documents as registry
from app.core import settings as core_settings
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible, Stale
from app.core.files import CheckedFile, StoredFile, attach, path_of
from app.core.i18n import lazy
from app.core.permissions import SYSTEM
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.core.workflow import Flow, State, flows, mine, step
from app.features.people.models import User
from app.web import components, documents
from app.web.documents import TimelineRow
from tests import factories
from tests.client import Client
from tests.core import letters  # noqa: F401 - registers the verbs

FLOW = Flow(
    "pages_test",
    "draft",
    (
        State("draft", lazy("草稿"), milestone=True),
        State("review", lazy("待审核"), "warn", milestone=True),
        State("returned", lazy("退回"), "bad"),
        State("waiting", lazy("待确认"), "warn"),
        State("done", lazy("完成"), "ok", terminal=True, milestone=True),
        State("void", lazy("作废"), "neutral", terminal=True),
    ),
    (
        step("submit", "draft returned", "review", mine, lazy("提交")),
        step("return", "review", "returned", mine, lazy("退回")),
        step("claim", "review", "waiting", mine, lazy("登记")),
        step("finish", "waiting", "done", mine, lazy("完成"), hidden=True),
        step("drop", "review", "void", mine, lazy("作废")),
    ),
    lazy("测试单"),
)
del flows()["pages_test"]  # type: ignore[attr-defined]  # known to this module only


def event(to_status: str | None, name: str = "孙晓", from_status: str | None = None, **values: Any) -> Event:
    columns = {"doc_type": "pages_test", "verb": "pages_test:submit", "actor_id": 1, "data": {}, "reason": ""}
    return Event(
        at=clock.now(), actor_name=name, from_status=from_status, to_status=to_status, **{**columns, **values}
    )


def line(status: str, *events: Event) -> list[tuple[str, str]]:
    """Label and state of each station; events newest first."""
    return [(station.label, station.state) for station in documents.stations(FLOW, status, events)]


def test_the_step_line_shows_what_is_done_current_and_next() -> None:
    assert line("draft") == [("草稿", "current"), ("待审核", "next"), ("完成", "next")]
    assert line("review", event("review", from_status="draft")) == [
        ("草稿", "done"),
        ("待审核", "current"),
        ("完成", "next"),
    ]
    reviewed = event("done", from_status="review"), event("review", from_status="draft")
    assert line("done", *reviewed) == [("草稿", "done"), ("待审核", "done"), ("完成", "done")]
    assert line("done") == [("草稿", "done"), ("待审核", "skipped"), ("完成", "done")]


def test_a_state_beside_the_road_stands_after_the_last_milestone() -> None:
    reached = event("review", from_status="draft")
    assert line("waiting", event("waiting", from_status="review"), reached) == [
        ("草稿", "done"),
        ("待审核", "done"),
        ("待确认", "current"),
        ("完成", "next"),
    ]
    assert line("returned", event("returned", from_status="review"), reached)[2] == ("退回", "refused")
    assert line("void", event("void", from_status="review"), reached) == [
        ("草稿", "done"),
        ("待审核", "done"),
        ("作废", "refused"),
    ]
    assert line("returned") == [("草稿", "done"), ("退回", "refused"), ("待审核", "next"), ("完成", "next")]


def test_stations_name_who_came_there_last() -> None:
    newer, older = (
        event("review", "第二次", from_status="returned"),
        event("review", "第一次", from_status="draft"),
    )
    begun, back = event("draft", "登记人"), event("draft", "退回人", from_status="review")
    again = event("review", "没有移动", from_status="review")
    found = documents.stations(FLOW, "review", [again, newer, back, older, begun])
    assert (found[1].who, found[1].at) == ("第二次", newer.at)
    assert found[0].who == "登记人"
    assert documents.stations(FLOW, "draft", [])[0].at is None


def test_rows_of_the_record_can_be_left_out_and_stripped() -> None:
    told = event("review", reason="原因甲", data={"changes": [["a", "1", "2"]]}, on_behalf_of_name="王总")
    quiet = event(None, actor_id=None, name="系统")
    full, system = documents.timeline_rows([told, quiet])
    assert (full.reason, full.changes, full.on_behalf_of, full.sentence) == (
        "原因甲",
        [("a", "1", "2")],
        "王总",
        "提交",
    )
    assert system.person == "系统自动"
    part = documents.timeline_rows(
        [told, quiet], shown=lambda item: item.to_status is not None, with_content=False
    )
    assert [(row.reason, row.changes) for row in part] == [("", [])]


def test_what_folds_is_one_row_with_how_often_and_since_when() -> None:
    later, first = (
        event(None, "孙晓", verb="letter:typed", data={"changes": [["a", *pair]]}) for pair in ("23", "12")
    )
    (row,) = documents.timeline_rows([later, first])
    assert (row.sentence, row.changes, row.since, row.at) == (
        "保存 2 次",
        [("a", "1", "3")],
        first.at,
        later.at,
    )
    assert [(save.at, save.changes) for save in row.saves] == [
        (later.at, [("a", "2", "3")]),
        (first.at, [("a", "1", "2")]),
    ]
    (bare,) = documents.timeline_rows([later, first], with_content=False)
    assert (bare.sentence, bare.changes) == ("保存 2 次", [])
    assert [save.changes for save in bare.saves] == [[], []]
    (single,) = documents.timeline_rows([first])
    assert (single.since, single.saves, single.sentence) == (None, [], "自动保存")


def saved(times: int) -> None:
    with unit_of_work():
        for place in range(times):
            changes = [[key, str(place), str(place + 1)] for key in "abcde"]
            timeline.record("letter", 1, "letter:typed", SYSTEM, data={"changes": changes})


def page_of(app: Flask, address: str) -> str:
    with app.test_request_context(address):
        rows = documents.timeline_rows(timeline.events_for("letter", 1))
        return str(app.jinja_env.globals["ui"].timeline(rows))  # type: ignore[attr-defined]


def test_the_record_of_a_draft_costs_the_same_however_often_it_was_saved(app: Flask, queries: Any) -> None:
    lengths, rows, asked = [], [], []
    for times in (150, 450):
        saved(times)
        with queries() as counted:
            text = page_of(app, "/")
        lengths.append(len(text))
        rows.append(text.count("<li"))
        asked.append(len(counted))
    assert rows[0] == rows[1] == 1 + timeline.MOST_SAVES + 2
    assert lengths[1] - lengths[0] < 10
    assert asked[0] == asked[1]
    assert "保存 600 次" in text
    assert "其间另有 589 次，查看全部" in text
    assert text.count("另有 2 处改动") == timeline.MOST_SAVES + 1
    assert "<details>" in text


def test_the_whole_record_lists_every_save_openly(app: Flask) -> None:
    saved(130)
    text = page_of(app, "/?record=all")
    assert "<details open>" in text
    assert text.count("<li") == 1 + 5 + 130
    assert "查看全部" not in text
    assert "查看全部" in page_of(app, "/?record=other")


def told(events: list[Event], *, with_content: bool) -> list[TimelineRow]:
    """The rows without what they are found again by."""
    return [replace(row, identity=None) for row in documents.timeline_rows(events, with_content=with_content)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.sampled_from(["甲", "乙"]), st.integers(0, 2)), min_size=1, max_size=5),
    asked=st.lists(st.tuples(st.sampled_from(i18n.LOCALES), st.booleans()), min_size=2, max_size=6),
)
def test_a_kept_row_says_what_one_made_now_would_say(
    acts: list[tuple[str, int]], asked: list[tuple[str, bool]]
) -> None:
    with unit_of_work():
        core_settings.put("company.name", "测试公司")
        for reason, changed in acts:
            changes = [[f"field-{place}", "", reason] for place in range(changed)]
            timeline.record("letter", 7, "letter:typed", SYSTEM, data={"changes": changes}, reason=reason)
    events = timeline.events_for("letter", 7)
    for locale, with_content in asked:
        with i18n.using_locale(locale):
            shown = told(events, with_content=with_content)
            documents._rows_kept.clear()
            assert shown == told(events, with_content=with_content)
            again = documents.timeline_rows(events, with_content=with_content)
            assert again[0] is documents.timeline_rows(events, with_content=with_content)[0]
    session.rollback()


def test_a_row_is_made_anew_once_the_configuration_changed() -> None:
    with unit_of_work():
        core_settings.put("company.name", "测试公司")
        timeline.record("letter", 8, "letter:typed", SYSTEM)
    before = documents.timeline_rows(timeline.events_for("letter", 8))[0]
    with unit_of_work():
        core_settings.put("company.name", "新名")
    after = documents.timeline_rows(timeline.events_for("letter", 8))[0]
    assert before is not after
    assert replace(before, identity=None) == replace(after, identity=None)


def test_an_event_that_is_not_written_yet_is_never_kept() -> None:
    one, other = event("review", reason="甲"), event("review", reason="乙")
    assert [documents.timeline_rows([item])[0].reason for item in (one, other)] == ["甲", "乙"]


def test_a_refusal_carries_changes_and_what_was_typed() -> None:
    stale = documents.refusal(Stale("王建国", "11-23 09:41", ("数量: 1 → 2",)), "原来的话", "return")
    assert stale.changes == ("数量: 1 → 2",)
    assert (stale.typed, stale.step, stale.status) == ("原来的话", "return", 409)
    assert "王建国" in stale.sentence
    invalid = documents.refusal(Invalid(fields={"note": lazy("请写明原因")}))
    assert (invalid.sentence, invalid.status) == ("请写明原因", 422)
    assert documents.refusal(Conflict("core:race")).changes == ()


# One view function for the steps of all documents


def fired(app: Any, step_name: str, form: dict[str, str], fire: Any) -> Any:
    document = SimpleNamespace(status="review")
    with app.test_request_context("/x", method="POST", data=form):
        return documents.fire_step(
            FLOW, step_name, load=lambda: document, fire=fire, back="/x", refused=lambda *facts: facts
        )


def test_a_fired_step_passes_version_and_note_and_goes_back(app: Any) -> None:
    seen: dict[str, Any] = {}
    answer = fired(
        app, "submit", {"version": "7", "note": "好"}, lambda document, name, **facts: seen.update(facts)
    )
    assert (answer.status_code, answer.location) == (303, "/x")
    assert seen == {"version": 7, "note": "好", "data": None}


@pytest.mark.parametrize(
    "problem", [Conflict("core:race"), Stale("甲", "今天"), Invalid(fields={"note": "x"})]
)
def test_refusals_of_state_and_input_are_answered_by_the_page(app: Any, problem: Exception) -> None:
    def fire(document: Any, name: str, **facts: Any) -> None:
        raise problem

    assert fired(app, "submit", {"version": "x"}, fire) == (
        problem,
        documents.TypedStep(documents.NO_VERSION, ""),
    )


@pytest.mark.parametrize("name", ["finish", "nothing"])
def test_hidden_and_unknown_steps_do_not_exist(app: Any, name: str) -> None:
    with pytest.raises(NotVisible):
        fired(app, name, {}, lambda *facts, **more: None)


@pytest.mark.parametrize(
    ("text", "version"), [("12", 12), ("", 0), ("-1", 0), ("１", 0), ("1" * 30, 0), ("1.0", 0), ("²", 0)]
)
def test_a_version_is_a_plain_whole_number(app: Any, text: str, version: int) -> None:
    with app.test_request_context("/x", method="POST", data={"version": text}):
        assert documents.typed_step().version == version


# Files


def stored(name: str, media_type: str, content: bytes, owner: User, doc_type: str = "pages_test") -> int:
    with unit_of_work():
        return attach(CheckedFile(name, media_type, content), doc_type, 1, factories.actor(owner)).id


@pytest.fixture
def owner() -> User:
    return factories.user(name="孙晓")


@pytest.fixture
def gate(owner: User) -> Any:
    number = owner.id
    documents.register_file_gate("pages_test", lambda actor, row: actor.id == number)
    yield
    del documents._file_gates["pages_test"]


def test_a_file_is_served_under_its_chinese_name_and_cannot_act(
    client: Client, owner: User, gate: None
) -> None:
    number = stored("来函 七月.txt", "text/plain", "甲".encode(), owner)
    answer = client.as_(owner).get(f"/files/{number}", buffered=True)
    assert answer.data.decode() == "甲"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "UTF-8''%E6%9D%A5%E5%87%BD%20%E4%B8%83%E6%9C%88.txt" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("media_type", sorted(documents.INLINE_TYPES))
def test_images_and_pdf_open_in_the_browser(client: Client, owner: User, gate: None, media_type: str) -> None:
    number = stored("图.x", media_type, b"content", owner)
    answer = client.as_(owner).get(f"/files/{number}", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert ("sandbox" in answer.headers["Content-Security-Policy"]) is (media_type != "application/pdf")


def test_files_are_for_those_the_gate_lets_through(client: Client, owner: User, gate: None) -> None:
    number = stored("a.txt", "text/plain", b"a", owner)
    assert client.as_(factories.user(name="外人")).get(f"/files/{number}").status_code == 404
    assert client.as_(None).get(f"/files/{number}").status_code in (302, 303)
    assert client.as_(owner).get("/files/99999").status_code == 404


def test_files_of_a_kind_nobody_registered_are_nobodys(client: Client, owner: User) -> None:
    number = stored("a.txt", "text/plain", b"a", owner, doc_type="unheard_of")
    assert not registry.is_registered("unheard_of")
    assert client.as_(owner).get(f"/files/{number}").status_code == 404


def test_a_deleted_or_lost_file_is_404_and_says_what_to_do(client: Client, owner: User, gate: None) -> None:
    number = stored("a.txt", "text/plain", b"lost bytes", owner)
    path_of(session.get_one(StoredFile, number).sha256).unlink()
    assert client.as_(owner).get(f"/files/{number}").status_code == 404
    assert "备份" in client.page.text
    with unit_of_work():
        session.get_one(StoredFile, number).deleted_at = clock.now()
    client.get(f"/files/{number}")
    assert "备份" not in client.page.text


def test_rows_of_files_name_people_from_events_before_asking(owner: User) -> None:
    number = stored("a.txt", "text/plain", b"a", owner)
    row = session.get_one(StoredFile, number)
    assert documents.file_rows([row])[0].by == "孙晓"
    named = documents.file_rows(
        [row], lambda file: f"/remove/{file.id}", [event(None, "另名", actor_id=owner.id)]
    )
    assert (named[0].by, named[0].remove_url, named[0].url) == (
        "另名",
        f"/remove/{number}",
        f"/files/{number}",
    )
    with unit_of_work():
        orphan = attach(CheckedFile("b.txt", "text/plain", b"b"), "pages_test", 1, SYSTEM)
        assert documents.file_rows([orphan])[0].by == ""


@pytest.mark.engine_free
@given(
    rows=st.lists(st.tuples(st.sampled_from(["名称", "<b>"]), *[st.sampled_from(["", "a&b", "12", '"'])] * 2))
)
def test_changes_are_listed_as_a_template_would_list_them(rows):
    told = Environment(autoescape=True).from_string(
        '<ul class="changes">{% for label, old, new in rows %}<li>{{ label }} <del>{{ old or "—" }}</del>'
        ' → <ins>{{ new or "—" }}</ins></li>{% endfor %}</ul>'
    )
    assert components.changes(rows) == told.render(rows=rows)
