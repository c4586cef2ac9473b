"""Columns keep what they are given exactly, on both engines, or refuse it."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, delete, insert, select, text, update
from sqlalchemy.exc import StatementError

from app.core import db as database
from app.core.db import Amount, Quantity, Rate, UnitPrice, UTCDateTime, WriteOutsideUnitOfWork, db, session
from app.core.settings import SettingRow
from app.core.uow import unit_of_work
from tests import factories

TYPES = {"amount": (Amount(), 2), "price": (UnitPrice(), 4), "quantity": (Quantity(), 3), "rate": (Rate(), 2)}

figures = Table(
    "test_figures",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(name, kind) for name, (kind, _places) in TYPES.items()),
    Column("at", UTCDateTime()),
)


@pytest.fixture
def connection():
    figures.create(db.engine)
    with db.engine.begin() as connection:
        yield connection
    figures.drop(db.engine)


def kept(connection, **values):
    connection.execute(delete(figures))
    connection.execute(insert(figures).values(**values))
    return connection.execute(select(*(figures.c[name] for name in values))).one()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", Decimal("0.01")),
        ("amount", Decimal("-1234.50")),
        ("amount", Decimal("92233720368547758.07")),
        ("price", Decimal("0.0001")),
        ("quantity", Decimal("1000000000000.001")),
        ("rate", Decimal("13.00")),
        ("amount", None),
    ],
)
def test_a_decimal_comes_back_exactly_with_its_places(connection, column, value):
    (found,) = kept(connection, **{column: value})
    assert found == value
    if value is not None:
        assert -found.as_tuple().exponent == TYPES[column][1]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (0.1, TypeError),
        (Decimal("0.001"), ValueError),
        (Decimal("1.000000000000000000000000000000001"), ValueError),
        (Decimal("NaN"), ValueError),
        (Decimal("Infinity"), ValueError),
        (Decimal("1e400"), ValueError),
        (Decimal("92233720368547758.08"), ValueError),
    ],
)
def test_what_cannot_be_kept_exactly_is_refused(connection, value, error):
    with pytest.raises((StatementError, error)) as refusal:
        kept(connection, amount=value)
    assert isinstance(getattr(refusal.value, "orig", None) or refusal.value, error)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(sorted(TYPES)))
def test_every_figure_survives_the_way_through_the_column(number, column):
    kind, places = TYPES[column]
    value = Decimal(number).scaleb(-places, database.EXACT)
    stored = kind.process_bind_param(value, db.engine.dialect)
    assert stored == number
    assert kind.process_result_value(stored, db.engine.dialect) == value


def test_a_moment_comes_back_as_aware_utc(connection):
    moment = datetime(2026, 11, 23, 17, 41, 5, 123456, tzinfo=timezone(timedelta(hours=8)))
    (found,) = kept(connection, at=moment)
    assert (found, found.tzinfo) == (moment, UTC)
    assert kept(connection, at=None) == (None,)


def test_a_naive_moment_is_refused(connection):
    naive = datetime(2026, 11, 23, 9, 41)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(StatementError, match="naive"):
        kept(connection, at=naive)


def test_writing_outside_a_unit_of_work_is_refused():
    session.add(SettingRow(key="x", value=1))
    with pytest.raises(WriteOutsideUnitOfWork):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        insert(SettingRow).values(key="x", value=1),
        update(SettingRow).values(value=2),
        delete(SettingRow),
    ],
)
def test_statements_that_write_are_refused_too(statement):
    with pytest.raises(WriteOutsideUnitOfWork):
        session.execute(statement)


def test_changes_and_deletions_are_refused_and_reading_goes_on():
    with unit_of_work():
        session.add(SettingRow(key="x", value=1))
    row = session.get(SettingRow, "x")
    row.value = 2
    with pytest.raises(WriteOutsideUnitOfWork):
        session.execute(select(SettingRow))
    session.rollback()
    session.delete(session.get(SettingRow, "x"))
    with pytest.raises(WriteOutsideUnitOfWork):
        session.flush()
    session.rollback()
    assert session.get(SettingRow, "x").value == 1
    session.flush()


def test_a_row_touched_without_change_is_no_write():
    with unit_of_work():
        session.add(SettingRow(key="x", value=1))
    row = session.get(SettingRow, "x")
    row.value = 1
    session.flush()
    session.rollback()
    assert session.get(SettingRow, "x").value == 1


def test_sqlite_waits_keeps_what_it_confirmed_and_checks_keys(tmp_path):
    if db.engine.dialect.name != "sqlite":
        assert session.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
        return
    # An engine of its own: the one of the tests does not wait for the disk.
    engine = create_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("busy_timeout", "journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert pragmas == {"busy_timeout": 20_000, "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_constraints_have_names_that_migrations_can_address():
    unnamed = [
        f"{table.name}: {constraint}"
        for table in db.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []


def test_touching_a_document_raises_its_version(write_letter, salesperson):
    letter = write_letter(salesperson)
    with unit_of_work():
        letter.touch()
    assert letter.version == 2


def test_inserting_what_is_there_already_says_so():
    with unit_of_work():
        assert database.insert_unless_present(SettingRow, key="x", value=1)
        assert not database.insert_unless_present(SettingRow, key="x", value=2)
    assert session.get(SettingRow, "x").value == 1


def test_engines_other_than_sqlite_are_left_alone():
    class Foreign:
        """A connection of another driver: it has none of the attributes SQLite's would be given."""

    connection = Foreign()
    database.prepare_sqlite(connection, None)
    assert vars(connection) == {}


def test_factories_save_inside_an_open_unit_of_work():
    with unit_of_work():
        user = factories.user()
    assert user.id


def test_what_the_server_has_planned_outlives_transactions_that_only_read():
    for _time in range(8):
        session.execute(select(SettingRow.key).order_by(SettingRow.key)).all()
        database.end_reading()
    assert not session().in_transaction()
    if db.engine.dialect.name == "postgresql":
        planned = session.execute(
            text(
                "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, 'ORDER BY setting.key') > 0"
            )
        )
        assert planned.scalar_one() == 1


def test_end_of_reading_takes_back_what_was_changed_in_memory_alone():
    with unit_of_work():
        session.add(SettingRow(key="x", value=1))
    row = session.get(SettingRow, "x")
    row.value = 2
    database.end_reading()
    assert row.value == 1
