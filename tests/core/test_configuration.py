"""What is kept of the configuration is never older than the request that uses it."""

import pytest
from sqlalchemy import inspect, select, text

from app.core import configuration, settings
from app.core.configuration import STAMP
from app.core.db import db, session
from app.core.uow import unit_of_work
from app.features.people.models import Delegation, Department, RoleAssignment, User
from tests import factories


def stamp():
    """The stamp as the next request finds it."""
    session.rollback()
    session.info.clear()
    return session.execute(select(configuration.stamp_column())).scalar_one()


def next_request():
    session.rollback()
    session.info.clear()


def test_every_table_a_person_acts_by_is_watched():
    tables = {model.__tablename__ for model in (User, Department, RoleAssignment, Delegation)}
    assert tables | {"setting"} <= set(configuration.watched())


@pytest.mark.parametrize("table", ["user", "department", "role_assignment", "delegation", "setting"])
def test_every_way_to_change_a_watched_table_renews_the_stamp(table, manager, salesperson):
    factories.delegation(manager, salesperson)
    with unit_of_work():
        settings.put("company.name", "甲")
    before = stamp()
    columns = [column["name"] for column in inspect(db.engine).get_columns(table)]
    column = next(name for name in columns if name not in ("id", "key"))
    with unit_of_work():
        session.execute(text(f'UPDATE "{table}" SET "{column}" = "{column}"'))
    assert stamp() != before


def test_a_row_that_goes_renews_the_stamp_as_one_that_comes(manager, salesperson):
    before = stamp()
    factories.delegation(manager, salesperson)
    coming = stamp()
    with unit_of_work():
        session.execute(text("DELETE FROM delegation"))
    assert len({before, coming, stamp()}) == 3


def test_what_is_kept_is_read_again_after_a_change_only():
    asked = []

    def read():
        asked.append(1)
        return len(asked)

    with unit_of_work():
        settings.put("company.name", "甲")
    next_request()
    assert [configuration.kept("tests", read), configuration.kept("tests", read)] == [1, 1]
    next_request()
    assert configuration.kept("tests", read) == 1
    with unit_of_work():
        settings.put("company.name", "乙")
    assert configuration.kept("tests", read) == 2


def test_inside_a_unit_of_work_everything_is_read():
    with unit_of_work():
        settings.put("company.name", "甲")
    assert settings.get("company.name") == "甲"
    with unit_of_work():
        settings.put("company.name", "乙")
        assert settings.get("company.name") == "乙"
        session.execute(text("SELECT 1"))
    assert settings.get("company.name") == "乙"


def test_a_change_that_was_rolled_back_leaves_nothing_behind():
    with unit_of_work():
        settings.put("company.name", "甲")
    before = stamp()

    def fail():
        with unit_of_work():
            settings.put("company.name", "乙")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert stamp() == before
    assert settings.get("company.name") == "甲"


def test_triggers_lost_by_a_rebuilt_table_come_back_with_the_next_migration():
    with unit_of_work():
        connection = session.connection()
        for statement in configuration.drop_statements("setting", connection.dialect.name):
            session.execute(text(statement))
        configuration.install_triggers(connection)
        settings.put("company.name", "甲")
    before = stamp()
    with unit_of_work():
        settings.put("company.name", "乙")
    assert stamp() != before
    assert STAMP in inspect(db.engine).get_table_names()
