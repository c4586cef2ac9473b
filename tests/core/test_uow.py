"""One change is one transaction with its events, or nothing at all."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.core import timeline, uow
from app.core.db import session, writing
from app.core.errors import Conflict
from app.core.permissions import SYSTEM
from app.core.settings import SettingRow
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.people.models import User
from tests.core import letters  # noqa: F401 - registers the verbs


def count(model) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_the_block_commits_at_its_end():
    with unit_of_work():
        session.add(SettingRow(key="x", value=1))
        assert writing.get()
    assert not writing.get()
    session.rollback()
    assert count(SettingRow) == 1


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()])
def test_any_exception_rolls_everything_back(error):
    def write_and_fail() -> None:
        session.add(SettingRow(key="x", value=1))
        timeline.record("letter", 1, "letter:plain", SYSTEM)
        session.flush()
        raise error

    with pytest.raises(type(error)), unit_of_work():
        write_and_fail()
    assert not writing.get()
    assert (count(SettingRow), count(Event)) == (0, 0)
    with unit_of_work():
        pass
    assert count(Event) == 0


def test_units_of_work_do_not_nest():
    with unit_of_work(), pytest.raises(RuntimeError, match="already open"), unit_of_work():
        pass


def test_what_was_loaded_before_is_read_again(salesperson):
    person = session.get(User, salesperson.id)
    assert person.name == "孙晓"
    with unit_of_work():
        other = session.connection().engine.url
        assert other
        session.connection().exec_driver_sql("UPDATE \"user\" SET name = '孙小' WHERE staff_number = 's1'")
        session.expire_all()
        assert person.name == "孙小"


def test_a_taken_key_is_a_race_in_words():
    with unit_of_work():
        session.add(SettingRow(key="x", value=1))
    session.expunge_all()
    with pytest.raises(Conflict) as refusal, unit_of_work():
        session.add(SettingRow(key="x", value=2))
    assert refusal.value.status == 409
    assert "刚刚有人同时改动" in refusal.value.sentence()


def test_a_row_changed_meanwhile_is_a_race(salesperson):
    def change_after_somebody_else() -> None:
        session.get(User, salesperson.id).position = "经理"
        session.connection().exec_driver_sql('UPDATE "user" SET version = version + 1')

    with pytest.raises(Conflict), unit_of_work():
        change_after_somebody_else()


class ServerError(Exception):
    def __init__(self, sqlstate=None):
        super().__init__("message")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "race"),
    [
        (IntegrityError("x", {}, ServerError()), True),
        (OperationalError("x", {}, ServerError("40001")), True),
        (OperationalError("x", {}, ServerError("40P01")), True),
        (OperationalError("x", {}, ServerError("53100")), False),
        (DBAPIError("x", {}, ServerError()), False),
    ],
)
def test_races_are_told_from_failures(error, race):
    assert uow.is_race(error) is race


def test_a_failure_of_the_database_is_passed_on():
    with pytest.raises(OperationalError), unit_of_work():
        raise OperationalError("x", {}, ServerError("53100"))


def test_events_of_the_unit_are_written_at_its_end():
    with unit_of_work():
        timeline.record("letter", 1, "letter:plain", SYSTEM)
        assert count(Event) == 0
    assert count(Event) == 1


def test_a_function_may_be_registered_for_the_end(monkeypatch):
    monkeypatch.setattr(uow, "_before_commit", list(uow._before_commit))
    seen = []
    uow.before_commit(lambda: seen.append(writing.get()))
    with unit_of_work():
        assert seen == []
    assert seen == [True]
