"""What every table holds at one moment, to be brought back past all triggers: for worlds that are dear to make."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.core.db import db, session


def replace_database(database: Path, source: Path) -> None:
    """Put a copy of SQLite's file in the place of the one in use, as a file of its own.

    Written into the old one, a connection that something still holds would share its memory with the new ones.
    """
    db.engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    fresh = database.with_suffix(".fresh")
    shutil.copy(source, fresh)
    os.replace(fresh, database)


class SavedTables:
    """The database as it stands when this is made or saved again; ``file`` takes the copy of SQLite's own."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.sqlite = db.engine.dialect.name == "sqlite"
        self.rows: dict[str, bytes] = {}
        self.sequences: dict[str, int] = {}
        self.save()

    @property
    def database(self) -> Path:
        """The file of the database, where it is SQLite's."""
        return Path(str(db.engine.url.database))

    def save(self) -> None:
        """Keep what the tables hold now."""
        session.remove()
        if self.sqlite:
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
            shutil.copy(self.database, self.file)
            self.stamp = self.database.stat().st_mtime_ns
            return
        with db.engine.begin() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            self.rows = {name: self._copied(connection, name) for name in tables.scalars()}
            found = connection.execute(
                text(
                    "SELECT sequencename, coalesce(last_value, 0) AS last FROM pg_sequences WHERE schemaname = 'public'"
                )
            )
            self.sequences = {row.sequencename: row.last for row in found}

    def restore(self, tables: Iterable[str] | None = None) -> None:
        """Bring everything back, on PostgreSQL only these tables where they are named."""
        session.remove()
        if self.sqlite:
            replace_database(self.database, self.file)
            self.stamp = self.database.stat().st_mtime_ns
            return
        names = list(self.rows if tables is None else tables)
        with db.engine.begin() as connection:
            # Past the triggers: what the product never lets anybody take back is taken back here.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for name in names:
                connection.execute(text(f'DELETE FROM "{name}"'))
                with self._cursor(connection).copy(f'COPY "{name}" FROM STDIN') as stream:
                    stream.write(self.rows[name])
            if tables is None:
                for name, last in self.sequences.items():
                    connection.execute(text(f"SELECT setval('\"{name}\"', {max(last, 1)}, {last > 0})"))

    @staticmethod
    def _cursor(connection: Any) -> Any:
        return connection.connection.driver_connection.cursor()

    def _copied(self, connection: Any, name: str) -> bytes:
        with self._cursor(connection).copy(f'COPY "{name}" TO STDOUT') as stream:
            return b"".join(bytes(block) for block in stream)
