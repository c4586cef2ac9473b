"""SQLite knows how its tables are filled once the job has run; PostgreSQL sees to it itself."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.core import jobs, planner_statistics
from app.core.db import session
from app.core.uow import unit_of_work
from tests import factories


@pytest.fixture
def on_sqlite(app) -> Iterator[bool]:
    """Tell whether the engine is SQLite; what its planner learnt is forgotten afterwards."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    yield sqlite
    if sqlite:
        with unit_of_work():
            session.execute(text("DROP TABLE IF EXISTS sqlite_stat1"))


def test_planner_knows_how_tables_are_filled(on_sqlite, queries):
    for name in ("甲", "乙", "丙"):
        factories.user(name)
    with queries() as sent:
        planner_statistics.renew()
    assert bool(sent) == on_sqlite
    if on_sqlite:
        known = session.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'user'")).scalars()
        assert {stat.split()[0] for stat in known} == {"3"}
        session.rollback()


def test_statistics_are_renewed_by_themselves():
    assert planner_statistics.renew in [kind.function for kind in jobs.registered_jobs() if kind.every]
