"""What hardly changes and every request asks for: settings, people, roles, departments, delegations.

Each process keeps what it read of them under the stamp they had then. The stamp is one row which triggers of the
database itself make new whenever one of the watched tables changes, whoever changes it and by whatever way; it
comes along with the query that looks up the session. So nothing kept is ever older than the request that uses it,
on one process or on many nodes.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from sqlalchemy import DDL, Connection, Integer, ScalarSelect, String, Table, event, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, session, writing

Value = TypeVar("Value")

STAMP = "configuration_stamp"
KEPT = 4_096

_watched: set[str] = set()
_kept: dict[Hashable, tuple[str, Any]] = {}


class ConfigurationStamp(Model):
    """One row: a random value that is another one after every change of a watched table."""

    __tablename__ = STAMP

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[str] = mapped_column(String(40), nullable=False)


def watch(table: Table) -> None:
    """Let every change of a table make the stamp new; its triggers are created with it and by every migration."""
    _watched.add(table.name)

    def create(target: Table, connection: Connection, **_: Any) -> None:
        for statement in trigger_statements(target.name, connection.dialect.name):
            connection.execute(DDL(statement.replace("%", "%%")))

    event.listen(table, "after_create", create)


def watched() -> list[str]:
    """Return the names of the watched tables."""
    return sorted(_watched)


def trigger_statements(table: str, dialect: str) -> list[str]:
    """Return the statements that make the triggers of a table anew, whether or not it had them."""
    if dialect == "sqlite":
        # Not INSERT OR REPLACE: inside a trigger the statement that fired it would decide about conflicts instead.
        renew = (
            f"INSERT INTO {STAMP} (id, value) VALUES (1, lower(hex(randomblob(16)))) "  # noqa: S608 - our own name
            "ON CONFLICT (id) DO UPDATE SET value = excluded.value;"
        )
        return [
            statement
            for verb in ("INSERT", "UPDATE", "DELETE")
            for statement in (
                f'DROP TRIGGER IF EXISTS "{table}_stamp_{verb.lower()}"',
                f'CREATE TRIGGER "{table}_stamp_{verb.lower()}" AFTER {verb} ON "{table}" BEGIN {renew} END',
            )
        ]
    renew = (
        f"INSERT INTO {STAMP} (id, value) VALUES (1, gen_random_uuid()::text) "  # noqa: S608 - a name of our own
        "ON CONFLICT (id) DO UPDATE SET value = excluded.value"
    )
    return [
        (
            f"CREATE OR REPLACE FUNCTION {STAMP}_renew() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {renew}; RETURN NULL; END $$"
        ),
        f'DROP TRIGGER IF EXISTS "{table}_stamp" ON "{table}"',
        (
            f'CREATE TRIGGER "{table}_stamp" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {STAMP}_renew()"
        ),
    ]


def drop_statements(table: str, dialect: str) -> list[str]:
    """Return the statements that take the triggers of a table away."""
    if dialect == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{table}_stamp_{verb}"' for verb in ("insert", "update", "delete")]
    return [f'DROP TRIGGER IF EXISTS "{table}_stamp" ON "{table}"']


def install_triggers(connection: Connection) -> None:
    """Make the triggers of all watched tables fit the tables there are, after every migration.

    A table that was rebuilt on SQLite has lost its own; before there was a stamp none could be renewed.
    """
    present = set(inspect(connection).get_table_names())
    dialect = connection.dialect.name
    for table in set(watched()) & present:
        make = trigger_statements if STAMP in present else drop_statements
        for statement in make(table, dialect):
            connection.execute(DDL(statement.replace("%", "%%")))


def stamp_column() -> ScalarSelect[str]:
    """Return the stamp as a column, for the query that every request begins with; hand its value to ``use_stamp``."""
    return select(ConfigurationStamp.value).where(ConfigurationStamp.id == 1).scalar_subquery()


def use_stamp(value: str | None) -> None:
    """Note the stamp of this transaction, read by a query of the caller's own."""
    session.info[STAMP] = value


def stamp() -> str | None:
    """Return the stamp of this transaction; None where nothing was ever configured."""
    info = session.info
    if STAMP not in info:
        use_stamp(session.execute(select(ConfigurationStamp.value)).scalar())
    found: str | None = info[STAMP]
    return found


def kept(key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what ``make`` reads of the watched tables, from memory where they have not changed since.

    ``key`` says what it is and holds all that it depends on besides those tables, a date for instance. What is
    returned is shared by all requests: it must not be changed. Inside a unit of work everything is read.
    """
    if writing.get():
        return make()
    now = stamp()
    if now is None:
        # Nothing was ever configured: what is read is kept for this transaction at least.
        here: dict[Hashable, Any] = session.info.setdefault("kept_here", {})
        if key not in here:
            here[key] = make()
        return cast(Value, here[key])
    found = _kept.get(key)
    if found is not None and found[0] == now:
        return cast(Value, found[1])
    value = make()
    if len(_kept) >= KEPT:
        _kept.clear()
    _kept[key] = (now, value)
    return value
