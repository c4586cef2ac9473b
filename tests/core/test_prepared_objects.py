"""Objects of prepared statements: what they say is what SQLAlchemy's own loading says, and they are the session's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import NO_VALUE

from app.core.db import session
from app.core.prepared_objects import Part, columns, read_objects
from app.core.tasks import Task
from app.core.timeline import EventChain
from app.core.uow import unit_of_work
from tests.sending import sent

# beyond the one row of the chain itself
FIRST = 10
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WHOLE = (Part(Task),)
ALL = select(*columns(WHOLE)).order_by(Task.id)
NARROW = (Part(Task, leave=[Task.kind]), Part(Task, only=[Task.doc_id]))
PAIR = (Part(Task), Part(EventChain))
PAIRS = select(*columns(PAIR)).outerjoin(EventChain, EventChain.id == Task.doc_id).order_by(Task.id)


def put(documents: list[tuple[int, bool]]) -> None:
    with unit_of_work():
        session.query(Task).delete()
        session.query(EventChain).filter(EventChain.id >= FIRST).delete()
        for document, told in documents:
            opened = MONDAY + timedelta(hours=document)
            session.add(Task(doc_type="letter", doc_id=document, kind="letter:read", opened_at=opened))
            if told:
                session.add(EventChain(id=document, seq=document, hash=str(document)))
    session.expunge_all()


def values_of(row: object) -> dict[str, object]:
    return {item.key: getattr(row, item.key) for item in inspect(type(row)).column_attrs}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(FIRST, FIRST + 3), st.booleans()), max_size=5, unique_by=lambda pair: pair[0]
    )
)
def test_objects_say_what_loaded_ones_say(documents: list[tuple[int, bool]]) -> None:
    put(documents)
    loaded = [values_of(row) for row in session.execute(select(Task).order_by(Task.id)).scalars()]
    session.expunge_all()
    rows = read_objects(PAIR, PAIRS)
    assert [values_of(task) for task, _chain in rows] == loaded
    assert [chain is not None for _task, chain in rows] == [told for _document, told in documents]
    session.rollback()


def test_an_object_is_the_sessions_own_and_changes_like_any_other() -> None:
    put([(1, False)])
    ((task,),) = read_objects(WHOLE, ALL)
    assert task in session
    assert not session.is_modified(task)
    assert read_objects(WHOLE, ALL) == [(task,)]
    with unit_of_work():
        ((again,),) = read_objects(WHOLE, ALL)
        again.closed_at = MONDAY
    session.expunge_all()
    assert session.execute(select(Task.closed_at)).scalar_one() == MONDAY


def test_a_table_that_is_in_a_statement_twice_gives_an_object_for_each_place() -> None:
    put([(1, False), (2, False)])
    next_one = aliased(Task)
    parts = (Part(Task), Part(Task, alias=next_one))
    pairs = select(*columns(parts)).select_from(Task).outerjoin(next_one, next_one.doc_id == Task.doc_id + 1)
    rows = read_objects(parts, pairs.order_by(Task.id))
    first, second = session.execute(select(Task).order_by(Task.id)).scalars()
    assert rows == [(first, second), (second, None)]
    assert [values_of(row)["doc_id"] for row in rows[0]] == [1, 2]


def test_what_the_session_knows_already_stays_as_it_is() -> None:
    put([(1, False)])
    with unit_of_work():
        known = session.execute(select(Task)).scalar_one()
        known.kind = "letter:sign"
        assert read_objects(WHOLE, ALL) == [(known,)]
        assert known.kind == "letter:sign"
    session.expunge_all()
    assert session.execute(select(Task.kind)).scalar_one() == "letter:sign"


@pytest.mark.parametrize("part", NARROW)
def test_a_column_that_was_left_out_is_read_when_it_is_asked_for(part: Part) -> None:
    put([(1, False)])
    statement = select(*columns((part,)))
    ((task,),) = read_objects((part,), statement)
    assert inspect(task).attrs.kind.loaded_value is NO_VALUE
    with sent() as statements:
        assert task.doc_id == 1
        assert not statements
        assert task.kind == "letter:read"
        assert len(statements) == 1
    session.rollback()


def test_what_a_new_transaction_made_doubtful_is_known_again_by_one_statement() -> None:
    put([(FIRST, False), (FIRST + 1, False)])
    known = [task for (task,) in read_objects(WHOLE, ALL)]
    session.rollback()
    session.connection().execute(update(Task).values(kind="letter:sign"))
    with sent() as statements:
        assert [task for (task,) in read_objects(WHOLE, ALL)] == known
        assert [(task.kind, task.doc_id) for task in known] == [
            ("letter:sign", FIRST),
            ("letter:sign", FIRST + 1),
        ]
        assert len(statements) == 1
    session.rollback()
