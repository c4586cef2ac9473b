"""Prepared statements: what they give is what SQLAlchemy gives, and nothing of an earlier sending stays in them."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, Integer, bindparam, func, literal, literal_column, select, union_all
from sqlalchemy.exc import InvalidRequestError, OperationalError, ProgrammingError

from app.core import clock
from app.core.db import Amount, UTCDateTime, db, session
from app.core.notices import Notice
from app.core.prepared import Prepared, filled_up, prepared, read, read_once
from app.core.settings import SettingRow
from app.core.tasks import Task
from app.core.uow import unit_of_work
from tests.sending import sent

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KINDS = ("letter:read", "letter:sign", "50% off", "")

DUE = select(Task.id, Task.kind, Task.due_at, Task.opened_at).where(
    Task.kind.in_(KINDS[:2] + KINDS[2:3]),
    Task.opened_at <= bindparam("now", callable_=clock.now, type_=UTCDateTime()),
)
OF_DOCUMENT = (
    select(Task.id, Task.doc_id, func.count().over().label("count"))
    .where(Task.doc_id == bindparam("document", type_=Integer))
    .order_by(Task.id)
    .limit(bindparam("most", type_=Integer))
)
BOTH = union_all(
    select(literal("50% open").label("name"), Task.id, Task.closed_at).where(Task.closed_at.is_(None)),
    select(literal("closed").label("name"), Task.id, Task.closed_at).where(Task.closed_at.is_not(None)),
).order_by("id")
TYPED = select(
    literal(Decimal("1.50"), Amount()).label("amount"),
    bindparam("day", callable_=clock.today, type_=Date).label("day"),
    Task.closed_at.is_(None).label("is_open"),
    SettingRow.value,
).join(SettingRow, SettingRow.key == "test.values")
EVERY = (DUE, OF_DOCUMENT, BOTH, TYPED)


def put(rows: list[tuple[int, int, int | None]]) -> None:
    with unit_of_work():
        for model in (Notice, Task, SettingRow):
            session.query(model).delete()
        session.add(SettingRow(key="test.values", value={"一": [1, None, True]}))
        for document, kind, closed in rows:
            opened = MONDAY + timedelta(hours=document)
            session.add(
                Task(
                    doc_type="letter",
                    doc_id=document,
                    kind=KINDS[kind],
                    opened_at=opened,
                    due_at=opened if kind else None,
                    closed_at=None if closed is None else opened + timedelta(hours=closed),
                )
            )


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 3), st.one_of(st.none(), st.integers(0, 9))), max_size=5
    ),
    values=st.fixed_dictionaries({"document": st.integers(0, 4), "most": st.integers(0, 3)}),
    hours=st.integers(-1, 5),
)
def test_a_prepared_statement_reads_what_the_statement_reads(
    rows: list[tuple[int, int, int | None]], values: dict[str, int], hours: int
) -> None:
    put(rows)
    with clock.frozen(MONDAY + timedelta(hours=hours)):
        for statement in EVERY:
            given_values = values if statement is OF_DOCUMENT else None
            expected = session.execute(statement, given_values).all()
            found = read(statement, given_values)
            assert [tuple(row) for row in found] == [tuple(row) for row in expected]
            assert [[type(value) for value in row] for row in found] == [
                [type(value) for value in row] for row in expected
            ]


def test_columns_are_reached_by_their_names() -> None:
    put([(1, 1, None)])
    row = read(OF_DOCUMENT, {"document": 1, "most": 5})[0]
    assert (row.doc_id, row.count) == (1, 1)
    nameless = read(select(func.count(), func.max(Task.doc_id).label("last")))[0]
    assert (nameless[0], nameless.last) == (1, 1)


def test_a_parameter_that_is_asked_for_is_asked_for_each_time() -> None:
    put([(1, 1, None)])
    for day in range(3):
        with clock.frozen(MONDAY + timedelta(days=day)):
            assert read(TYPED)[0].day == date(2026, 11, 23 + day)


def test_one_statement_is_prepared_once_and_seen_by_whoever_counts_statements() -> None:
    put([])
    session.connection()
    dialect = db.engine.dialect
    with sent() as statements:
        read(BOTH)
        read(BOTH)
        read_once(BOTH)  # type: ignore[arg-type]
    assert len(statements) == 3
    assert len(set(statements)) == 1
    assert prepared(BOTH, dialect, ()) is prepared(BOTH, dialect, ())


AMONG = (
    select(Task.id, Task.doc_id)
    .where(
        Task.doc_id.in_(bindparam("documents", expanding=True, type_=Integer))
        | Task.kind.in_(bindparam("kinds", expanding=True))
        | Task.opened_at.in_(bindparam("moments", expanding=True, type_=UTCDateTime()))
    )
    .order_by(Task.id)
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(st.integers(0, 6), max_size=20),
    kinds=st.lists(st.sampled_from(KINDS), max_size=3),
    hours=st.lists(st.integers(0, 6), max_size=5),
)
def test_a_list_finds_what_it_finds_in_the_statement(
    documents: list[int], kinds: list[str], hours: list[int]
) -> None:
    put([(number, number % len(KINDS), None) for number in range(5)])
    moments = [MONDAY + timedelta(hours=hour) for hour in hours]
    given_values = {"documents": documents, "kinds": kinds, "moments": moments}
    found = session.execute(AMONG, given_values).all()
    assert [tuple(row) for row in read(AMONG, given_values)] == [tuple(row) for row in found]


def test_lists_of_like_length_share_a_prepared_statement() -> None:
    assert [len(filled_up(list(range(length)))) for length in (0, 1, 3, 17, 200, 300)] == [
        1,
        1,
        4,
        64,
        256,
        300,
    ]
    assert filled_up([]) == [None]
    with sent() as statements:
        for length in (5, 9, 16):
            read(AMONG, {"documents": list(range(length)), "kinds": [], "moments": []})
    assert len(set(statements)) == 1


def test_a_list_of_no_known_length_cannot_be_prepared() -> None:
    many = select(Task.id).where(Task.doc_id.in_(bindparam("documents", expanding=True, type_=Integer)))
    with pytest.raises(ValueError, match="documents"):
        Prepared(many, session.connection().dialect, ("documents",))


def test_a_missing_value_is_a_mistake_and_not_nothing() -> None:
    with pytest.raises(InvalidRequestError, match="most"):
        read(OF_DOCUMENT, {"document": 1})


def test_two_threads_of_values_do_not_mix() -> None:
    put([(1, 0, None), (2, 0, None)])
    one, other = (partial(read, OF_DOCUMENT, {"document": number, "most": 9}) for number in (1, 2))
    assert [row.doc_id for row in (*one(), *other(), *one())] == [1, 2, 1]


def test_a_unit_of_work_reads_what_it_changed() -> None:
    put([])
    with unit_of_work():
        session.add(Task(doc_type="letter", doc_id=9, kind="letter:read", opened_at=MONDAY))
        assert [row.doc_id for row in read(OF_DOCUMENT, {"document": 9, "most": 9})] == [9]


@pytest.mark.parametrize("listened", [False, True])
def test_what_goes_wrong_is_told_as_sqlalchemy_tells_it(listened: bool) -> None:
    broken = select(literal_column("no_such_column")).select_from(Task)
    with pytest.raises((OperationalError, ProgrammingError)) as told, sent() if listened else nullcontext():
        read(broken)
    assert "no_such_column" in str(told.value)
    assert told.value.statement is not None
    session.rollback()
    put([(1, 0, None)])
    assert len(read(DUE)) == 1
