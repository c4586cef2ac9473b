"""Database objects that the table definitions cannot express, per dialect, for models and migrations alike."""

from typing import Any

from sqlalchemy import DDL, Connection, Table, event


def append_only_statements(table: str, dialect: str) -> list[str]:
    """Return the statements by which the database itself refuses to change or delete rows of a table."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        (
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        ),
        (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        ),
    ]


def drop_append_only_statements(table: str, dialect: str) -> list[str]:
    """Return the statements that take the protection of a table away (for a migration downwards)."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_append_only()",
    ]


def make_append_only(table: Table) -> None:
    """Protect a table whenever it is created from the models (tests); migrations call the statements themselves."""

    def create(target: Table, connection: Connection, **_: Any) -> None:
        for statement in append_only_statements(target.name, connection.dialect.name):
            connection.execute(DDL(statement.replace("%", "%%")))

    event.listen(table, "after_create", create)


def search_index_statements(dialect: str) -> list[str]:
    """Return the statements that create the index of ``app/core/search.py`` beside its table of entries."""
    if dialect == "sqlite":
        return ["CREATE VIRTUAL TABLE search_part USING fts5(tokens, tokenize = 'ascii')"]
    return [
        (
            "CREATE TABLE search_part (entry_id INTEGER NOT NULL, number INTEGER NOT NULL, "
            "tokens tsvector NOT NULL, CONSTRAINT pk_search_part PRIMARY KEY (entry_id, number), "
            "CONSTRAINT fk_search_part_entry_id_search_entry FOREIGN KEY (entry_id) "
            "REFERENCES search_entry (id) ON DELETE CASCADE)"
        ),
        "CREATE INDEX ix_search_part_tokens ON search_part USING gin (tokens)",
        # a word is looked for among the newest or all at once by how often it comes: known of a thousand words
        "ALTER TABLE search_part ALTER COLUMN tokens SET STATISTICS 1000",
    ]


def drop_search_index_statements(dialect: str) -> list[str]:
    """Return the statements that drop the search index (for a migration downwards)."""
    return ["DROP TABLE IF EXISTS search_part"]


def make_search_index(table: Table) -> None:
    """Create and drop the search index with its table; migrations call the statements themselves."""

    def create(target: Table, connection: Connection, **_: Any) -> None:
        for statement in search_index_statements(connection.dialect.name):
            connection.execute(DDL(statement))

    def drop(target: Table, connection: Connection, **_: Any) -> None:
        for statement in drop_search_index_statements(connection.dialect.name):
            connection.execute(DDL(statement))

    event.listen(table, "after_create", create)
    event.listen(table, "before_drop", drop)


def no_overlap_statements(table: str, key: str, dialect: str) -> list[str]:
    """Return the statements by which the database refuses two rows of one ``key`` whose times overlap.

    The time of a row goes from ``starts_at`` to ``ends_at``, its end excluded. PostgreSQL needs the extension
    btree_gist, which comes with it and which the owner of a database may create.
    """
    if dialect == "sqlite":
        refusing = (
            "CREATE TRIGGER {table}_no_overlap_{verb} BEFORE {event} ON {table} WHEN EXISTS (SELECT 1 FROM {table} "
            "AS other WHERE other.{key} = NEW.{key} AND other.id IS NOT {itself} "
            "AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at) "
            "BEGIN SELECT RAISE(ABORT, '{table}_no_overlap'); END"
        )
        return [
            refusing.format(table=table, key=key, verb="insert", event="INSERT", itself="NEW.id"),
            refusing.format(
                table=table,
                key=key,
                verb="update",
                event=f"UPDATE OF {key}, starts_at, ends_at",
                itself="OLD.id",
            ),
        ]
    return [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        (
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap "
            f"EXCLUDE USING gist ({key} WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        ),
    ]


def refuse_overlap(table: Table, key: str) -> None:
    """Refuse overlapping times whenever a table is created from the models; migrations call the statements."""

    def create(target: Table, connection: Connection, **_: Any) -> None:
        for statement in no_overlap_statements(target.name, key, connection.dialect.name):
            connection.execute(DDL(statement.replace("%", "%%")))

    event.listen(table, "after_create", create)
