"""Migrations: one linear history, in batches on SQLite, with foreign keys off while its tables are rebuilt."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from app.core import configuration
from app.core.db import ScaledDecimal, UTCDateTime, db, writing

config = context.config

LONGEST_NAME = 128


def include_object(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out the search index, which no model describes (see db_objects)."""
    return not (kind == "table" and name is not None and name.startswith("search_part"))


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our column types as the plain types they are stored as: a migration must not change with the program."""
    if kind == "type" and isinstance(item, ScaledDecimal):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def make_room_for_names(connection: Connection) -> None:
    """Let the table of the present revision hold the speaking names of ours, which are longer than Alembic's own."""
    if connection.dialect.name != "postgresql":
        return
    key = "CONSTRAINT alembic_version_pkc PRIMARY KEY"
    name = f"VARCHAR({LONGEST_NAME})"
    connection.execute(
        text(f"CREATE TABLE IF NOT EXISTS alembic_version (version_num {name} NOT NULL {key})")
    )
    connection.execute(text(f"ALTER TABLE alembic_version ALTER COLUMN version_num TYPE {name}"))
    connection.commit()


def run(connection: Connection) -> None:
    """Run the migrations on a connection."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=include_object,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Connect as the application does and migrate under the write lock."""
    engine = current_app.extensions["migrate"].db.engine
    token = writing.set(True)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                # A table that is rebuilt with foreign keys on deletes all rows that refer to it. The pragma
                # works only outside a transaction, which is why it goes to the driver before one begins.
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            make_room_for_names(connection)
            run(connection)
            configuration.install_triggers(connection)
            connection.commit()
            if engine.dialect.name == "sqlite":
                broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
                if broken:
                    raise RuntimeError(f"rows without their parent after the migration: {broken[:5]}")
        engine.dispose()
    finally:
        writing.reset(token)


if context.is_offline_mode():
    raise RuntimeError("migrations run against a database, not as a script")
run_online()
