"""The timeline: append-only, chained by hashes, said in the reader's language."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.core import clock, notices, request_facts, timeline
from app.core.db import db, session
from app.core.db_objects import append_only_statements, drop_append_only_statements
from app.core.i18n import lazy
from app.core.notices import Notice
from app.core.permissions import SYSTEM
from app.core.timeline import Event, EventChain, Verb
from app.core.uow import unit_of_work
from tests import factories
from tests.core import letters  # noqa: F401 - registers the verbs


def note(doc_id: int, text_: str = "x", actor=SYSTEM, **options):
    timeline.record("letter", doc_id, "letter:note", actor, data={"text": text_}, **options)


def events() -> list[Event]:
    return list(session.execute(select(Event).order_by(Event.seq)).scalars())


def unprotected(statement: str) -> None:
    """Forge the table as somebody with the database's own password could."""
    dialect = db.engine.dialect.name
    with db.engine.begin() as connection:
        for drop in drop_append_only_statements("event", dialect):
            connection.execute(text(drop))
        connection.execute(text(statement))
        for create in append_only_statements("event", dialect):
            connection.exec_driver_sql(create)


def test_an_event_keeps_who_what_when_in_which_role_and_why(salesperson):
    request_facts.set_current("req-1", "203.0.113.7")
    moment = datetime(2026, 11, 23, 1, 41, tzinfo=UTC)
    with clock.frozen(moment), unit_of_work():
        note(
            7,
            actor=factories.actor(salesperson),
            reason="因为",
            role="salesperson",
            on_behalf_of=(salesperson.id, "张三"),
            from_status="draft",
            to_status="review",
            content_hash="a" * 64,
        )
    request_facts.set_current("", "")
    (event,) = timeline.events_for("letter", 7)
    kept = (
        event.at,
        event.actor_id,
        event.actor_name,
        event.role,
        event.on_behalf_of_id,
        event.on_behalf_of_name,
    )
    assert kept == (moment, salesperson.id, "孙晓", "salesperson", salesperson.id, "张三")
    assert (event.from_status, event.to_status, event.reason) == ("draft", "review", "因为")
    assert (event.content_hash, event.request_id, event.address) == ("a" * 64, "req-1", "203.0.113.7")


@pytest.mark.parametrize("statement", ["UPDATE event SET reason = 'other'", "DELETE FROM event"])
def test_the_database_itself_refuses_to_change_events(statement):
    with unit_of_work():
        note(1)
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement))


def test_protection_can_be_taken_away_by_a_migration_and_put_back():
    with unit_of_work():
        note(1)
    unprotected("UPDATE event SET reason = 'other'")
    with pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))


def test_unknown_verbs_and_undeclared_data_are_mistakes():
    with unit_of_work():
        with pytest.raises(KeyError):
            timeline.record("letter", 1, "letter:unknown", SYSTEM)
        with pytest.raises(ValueError, match="price"):
            timeline.record("letter", 1, "letter:note", SYSTEM, data={"price": 1})
    assert events() == []


def test_a_verb_is_registered_once():
    with pytest.raises(ValueError, match="two verbs"):
        timeline.register_verbs(Verb("letter:note", lazy("x")))
    assert timeline.verb("letter:note").code == "letter:note"
    assert "letter:note" in [verb.code for verb in timeline.registered_verbs()]


def test_people_are_told_once_and_never_of_their_own_act(salesperson, manager):
    with unit_of_work():
        note(1, actor=factories.actor(salesperson), tell=[manager.id, salesperson.id, manager.id, None])
    assert session.execute(select(Notice.user_id)).scalars().all() == [manager.id]
    assert notices.unread_count(manager.id) == 1


def test_an_upper_feature_hears_of_what_a_lower_one_records(monkeypatch):
    monkeypatch.setattr(timeline, "_subscribers", {})
    heard = []
    timeline.on("letter:note", lambda doc_id, actor: heard.append((doc_id, actor.name)))
    with unit_of_work():
        note(3)
        timeline.record("letter", 3, "letter:plain", SYSTEM)
    assert heard == [(3, "系统自动")]


def test_what_a_listener_records_in_its_turn_is_kept(monkeypatch):
    monkeypatch.setattr(timeline, "_listeners", list(timeline._listeners))

    def echo(event, people):
        if event.verb == "letter:plain":
            note(event.doc_id, "echo")

    timeline.on_written(echo)
    with unit_of_work():
        timeline.record("letter", 3, "letter:plain", SYSTEM)
    assert [event.verb for event in events()] == ["letter:plain", "letter:note"]
    assert timeline.verify_chain() == []


def test_sentences_and_changes_are_made_for_the_reader():
    with unit_of_work():
        note(1, "收到")
        timeline.record("letter", 2, "letter:plain", SYSTEM, data={})
        timeline.record(
            "letter",
            3,
            "letter:plain",
            SYSTEM,
            data={"changes": [["body", "旧", "新"], ["第 2 行/tone", "", "warm"], ["3/other", "1", "2"]]},
        )
    first, second, third = events()
    assert timeline.describe(first) == "说明：收到"
    assert timeline.describe(second) == "看过"
    assert timeline.describe_changes(third) == [
        ("正文", "旧", "新"),
        ("第 2 行 · 语气", "", "热情"),
        ("第 3 项 · other", "1", "2"),
    ]


def made(verb: str, actor: int, changes, minute: int = 0) -> Event:
    at = datetime(2026, 11, 23, 1, minute, tzinfo=UTC)
    return Event(
        verb=verb,
        actor_id=actor,
        actor_name="某",
        doc_type="letter",
        doc_id=1,
        at=at,
        data={"changes": changes},
    )


def test_what_one_person_typed_in_a_row_is_one_line_with_what_it_changed_together():
    typed = [
        made("letter:typed", 1, [["body", "乙", "丙"], ["tone", "", "warm"]], 9),
        made("letter:typed", 1, [["body", "甲", "乙"]], 5),
        made("letter:typed", 1, [["tone", "warm", ""]], 1),
    ]
    (line,) = timeline.folded(typed)
    assert (line.event, line.count, line.since) == (typed[0], 3, typed[2].at)
    assert line.changes == [["body", "甲", "丙"]]


def test_another_act_another_person_and_another_verb_stand_by_themselves():
    row = [
        made("letter:typed", 1, [], 9),
        made("letter:plain", 1, [], 8),
        made("letter:plain", 1, [], 7),
        made("letter:typed", 2, [], 6),
        made("letter:typed", 1, [["body", "甲", "甲"]], 5),
    ]
    lines = timeline.folded(row)
    assert [line.event for line in lines] == row
    assert {(line.count, line.since) for line in lines} == {(1, None)}
    assert lines[-1].changes == [["body", "甲", "甲"]]


@settings(max_examples=60, deadline=None)
@given(
    states=st.lists(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from("123"), max_size=3), min_size=2, max_size=9
    ),
    verbs=st.lists(st.sampled_from(["letter:typed", "letter:plain"]), min_size=8, max_size=8),
)
def test_folding_loses_no_event_and_says_the_difference_of_first_and_last(states, verbs):
    steps = list(zip(states, states[1:], verbs, strict=False))
    events = [made(verb, 1, timeline.diff(old, new), place) for place, (old, new, verb) in enumerate(steps)][
        ::-1
    ]
    lines = timeline.folded(events)
    assert sum(line.count for line in lines) == len(events)
    place = len(events)
    for line in lines:
        if line.count > 1:
            before, after = steps[place - line.count][0], steps[place - 1][1]
            assert sorted(line.changes) == sorted(timeline.diff(before, after))
        place -= line.count


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=st.lists(
        st.tuples(st.sampled_from(["letter:typed", "letter:plain"]), st.booleans(), st.integers(1, 9)),
        min_size=1,
        max_size=7,
    )
)
def test_a_long_record_is_read_by_its_runs_and_told_as_the_whole_one(runs, salesperson, monkeypatch):
    monkeypatch.setattr(timeline, "MOST_READ", 5)
    monkeypatch.setattr(timeline, "MOST_SAVES", 2)
    timeline._runs_of_one.cache_clear()
    timeline._events_of_one.cache_clear()
    other = factories.actor(salesperson)
    document = session.execute(select(func.coalesce(func.max(Event.doc_id), 0))).scalar_one() + 1
    with unit_of_work():
        for verb, by_person, times in runs:
            for _time in range(times):
                changes = {"changes": [["body", "甲", "乙"]]}
                timeline.record("letter", document, verb, other if by_person else SYSTEM, data=changes)
    try:
        found = timeline.events_for("letter", document)
        everything = timeline.events_for("letter", document, whole=True)
    finally:
        timeline._runs_of_one.cache_clear()
        timeline._events_of_one.cache_clear()
    told, whole = timeline.folded(found), timeline.folded(everything)
    assert len(everything) == sum(times for _verb, _by, times in runs)
    assert [(line.event.seq, line.count, line.since) for line in told] == [
        (line.event.seq, line.count, line.since) for line in whole
    ]
    assert all(line.is_whole for line in whole)
    if len(everything) > 5:
        assert all(len(line.events) <= 3 for line in told)
    for line, all_of_it in zip(told, whole, strict=True):
        assert line.is_whole == (line.count == len(line.events))
        if line.is_whole:
            assert line.changes == all_of_it.changes


def test_what_lies_behind_saves_that_were_not_read_is_not_said_to_have_changed():
    newest, first = (
        made("letter:typed", 1, [["body", "丙", "丁"]], 9),
        made("letter:typed", 1, [["body", "甲", "乙"]], 1),
    )
    newest.left_out = 7
    (line,) = timeline.folded([newest, first])
    assert (line.count, line.is_whole, line.changes) == (9, False, [["body", "丙", "丁"]])


def test_values_of_changes_are_written_as_their_feature_says(monkeypatch):
    monkeypatch.setattr(timeline, "_value_texts", {})
    timeline.register_value_texts({"letter.price": lambda text: f"¥{text}"})
    changes = [["1/price", "", "5"], ["1/price", "5", "6"]]
    with unit_of_work():
        timeline.record("letter", 1, "letter:plain", SYSTEM, data={"changes": changes})
    (event,) = events()
    assert timeline.describe_changes(event) == [
        ("第 1 项 · price", "", "¥5"),
        ("第 1 项 · price", "¥5", "¥6"),
    ]


def test_a_verb_may_render_its_data(monkeypatch):
    monkeypatch.setitem(
        timeline._verbs,
        "letter:note",
        Verb(
            "letter:note",
            lazy("说：%(text)s"),
            frozenset({"text"}),
            render=lambda data: {"text": data["text"].upper()},
        ),
    )
    with unit_of_work():
        note(1, "abc")
    assert timeline.describe(events()[0]) == "说：ABC"


def test_differences_are_named_field_by_field():
    old, new = {"a": 1, "b": None, "c": "x"}, {"a": 1, "b": "y", "d": 2}
    assert timeline.diff(old, new) == [["b", "", "y"], ["c", "x", ""], ["d", "", "2"]]


def test_events_of_several_documents_come_newest_first():
    with unit_of_work():
        for doc_id in (1, 2, 3):
            note(doc_id, str(doc_id))
    assert [event.doc_id for event in timeline.events_for("letter", [1, 3])] == [3, 1]
    assert timeline.events_for("other", 1) == []


def test_an_empty_chain_is_whole():
    assert timeline.verify_chain() == []
    assert timeline.head() == (0, timeline.GENESIS)


def test_each_event_follows_from_the_one_before():
    with unit_of_work():
        note(1)
        note(2)
    with unit_of_work():
        note(3)
    found = events()
    assert [event.seq for event in found] == [1, 2, 3]
    assert [event.prev_hash for event in found] == [timeline.GENESIS, found[0].hash, found[1].hash]
    assert timeline.head() == (3, found[2].hash)
    assert timeline.verify_chain() == []


FORGERIES = [
    "UPDATE event SET reason = 'forged' WHERE seq = 2",
    "UPDATE event SET actor_name = 'somebody else' WHERE seq = 1",
    'UPDATE event SET data = \'{"text": "other"}\' WHERE seq = 3',
    "UPDATE event SET doc_id = 99 WHERE seq = 2",
    "UPDATE event SET prev_hash = hash WHERE seq = 2",
    "DELETE FROM event WHERE seq = 2",
    "DELETE FROM event WHERE seq = 3",
    "DELETE FROM event_chain",
    "UPDATE event_chain SET seq = 7",
    "UPDATE event_chain SET hash = 'x'",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_whatever_is_changed_behind_its_back_breaks_the_chain(forgery):
    with unit_of_work():
        for doc_id in (1, 2, 3):
            note(doc_id)
    session.rollback()
    unprotected(forgery)
    assert len(timeline.verify_chain()) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(1, 50), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
            ),
            max_size=4,
        ),
        max_size=5,
    )
)
def test_any_sequence_of_units_makes_a_whole_chain(units):
    before = timeline.head()[0]
    for unit in units:
        with unit_of_work():
            for doc_id, words in unit:
                note(doc_id, words)
    assert timeline.head()[0] == before + sum(len(unit) for unit in units)
    assert timeline.verify_chain() == []


def test_the_hash_covers_every_column():
    with unit_of_work():
        note(1)
    event = events()[0]
    columns = [column.key for column in Event.__table__.columns]
    values = {key: getattr(event, key) for key in columns}
    whole = timeline.event_hash(values, event.prev_hash)
    assert whole == event.hash
    for key in set(columns) - {"hash", "prev_hash", "at"}:
        assert timeline.event_hash({**values, key: "changed"}, event.prev_hash) != whole, key
    assert timeline.event_hash({**values, "at": clock.now()}, event.prev_hash) != whole
    assert timeline.event_hash(values, "f" * 64) != whole


def test_the_head_is_one_row_however_many_write():
    for _unit in range(random.Random(7).randint(3, 6)):
        with unit_of_work():
            note(1)
    assert session.execute(select(func.count()).select_from(EventChain)).scalar_one() == 1


def test_a_notice_is_read_one_by_one_or_all_at_once(salesperson, manager):
    with unit_of_work():
        for doc_id in (1, 2, 3):
            note(doc_id, actor=factories.actor(salesperson), tell=[manager.id])
    first = session.execute(select(Notice.id).order_by(Notice.id)).scalars().first()
    with unit_of_work():
        notices.mark_read(manager.id, first)
        notices.mark_read(salesperson.id)
    assert notices.unread_count(manager.id) == 2
    with unit_of_work():
        notices.mark_read(manager.id)
    assert notices.unread_count(manager.id) == 0


def test_a_count_made_by_another_query_is_kept_for_the_transaction(manager):
    notices.keep_unread(manager.id, 5)
    assert notices.unread_count(manager.id) == 5
    with unit_of_work():
        notices.keep_unread(manager.id, 5)
        assert notices.unread_count(manager.id) == 0


def test_a_person_is_reminded_of_a_document_once_a_day(salesperson, manager, at):
    at(2026, 11, 23, 9)
    people = [salesperson.id, manager.id, manager.id]
    with unit_of_work():
        assert notices.not_yet_reminded("letter", 1, people) == [salesperson.id, manager.id]
        assert notices.not_yet_reminded("letter", 1, people) == []
        assert notices.not_yet_reminded("letter", 2, [manager.id]) == [manager.id]
    at(2026, 11, 24, 9)
    with unit_of_work():
        assert notices.not_yet_reminded("letter", 1, people) == [salesperson.id, manager.id]
