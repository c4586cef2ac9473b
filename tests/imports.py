"""Importing as a person does it, and what the tables hold before and after."""

import hashlib
import io
import json
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy import text as sql

from app.core import imports, jobs, spreadsheets
from app.core.db import session
from app.core.import_records import ImportBatch, ImportRow
from app.core.imports import ImportKind
from app.core.uow import unit_of_work
from app.features.people.models import User
from tests import factories
from tests.tables import xlsx

# What an import makes, and all that is kept beside it.
TABLES = ("customer", "customer_contact", "product", "search_entry", "search_part")


def upload(
    kind: ImportKind, person: User, *rows: Any, name: str = "表.xlsx", content: bytes = b""
) -> ImportBatch:
    """Upload a table and return its batch as a preview."""
    actor = factories.actor(person)
    checked = spreadsheets.open_upload(name, content or xlsx(*rows))
    table = spreadsheets.read_table(checked, imports.known_heads(kind, actor))
    with unit_of_work():
        batch = imports.start(
            kind, actor=actor, checked=checked, table=table, department_id=person.department_id
        )
    return session.get_one(ImportBatch, batch.id)


def choose(kind: ImportKind, batch: ImportBatch, person: User, **changes: Any) -> ImportBatch:
    """Change what the preview asks."""
    values = {
        "mapping": batch.mapping,
        "update_existing": batch.update_existing,
        "accept_similar": batch.accept_similar,
        **changes,
    }
    with unit_of_work():
        row = session.get_one(ImportBatch, batch.id)
        imports.remap(kind, row, actor=factories.actor(person), version=row.version, **values)
    return session.get_one(ImportBatch, batch.id)


def act(action: Any, kind: ImportKind, batch: ImportBatch, person: User) -> ImportBatch:
    """Confirm, discard or undo a batch and let the job do its work."""
    with unit_of_work():
        row = session.get_one(ImportBatch, batch.id)
        action(kind, row, actor=factories.actor(person), version=row.version)
    run_imports()
    session.rollback()
    return session.get_one(ImportBatch, batch.id)


def run_imports() -> None:
    """Run the jobs of imports and of nothing else: what other work does meanwhile is none of an import's."""
    own = {imports.JOB: jobs._kinds[imports.JOB]}
    with patch.dict(jobs._kinds, own, clear=True):
        jobs.run_due()


def outcomes(batch: ImportBatch) -> list[str]:
    """What becomes, or became, of each row."""
    return [row.outcome for row in rows_of(batch)]


def rows_of(batch: ImportBatch) -> list[ImportRow]:
    statement = select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.number)
    return list(session.execute(statement).scalars())


def faults(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """Row, field and sentence of each fault."""
    return [(row.number, key, sentence) for row in rows_of(batch) for key, sentence in row.faults]


def counted(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created_rows, batch.changed_rows, batch.skipped_rows, batch.faulty_rows


def digest() -> dict[str, str]:
    """A hash of all rows of each table an import touches, their contents in any order."""
    session.rollback()
    found = {}
    for name in TABLES:
        rows = session.execute(sql(f"SELECT * FROM {name}")).all()
        texts = sorted(json.dumps([str(value) for value in row]) for row in rows)
        found[name] = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return found


def post_file(client: Any, address: str, name: str, content: bytes) -> Any:
    """Upload a file by the form of the page."""
    client.get(address)
    fields = {**client.page.values(address), "file": (io.BytesIO(content), name)}
    return client.post(address, fields, content_type="multipart/form-data")
