import pytest
from sqlalchemy import select, update

from app.core import checks, clock, files, i18n, timeline
from app.core.checks import Finding
from app.core.db import db, session
from app.core.permissions import SYSTEM
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.inquiries.models import Inquiry
from tests.features.inquiries import making

CONTENT = b"%PDF-1.4 a letter"


@pytest.fixture(autouse=True)
def in_english():
    """What is wrong is looked for in English."""
    i18n.set_locale(i18n.ENGLISH)


def store(name: str = "letter.pdf", content: bytes = CONTENT) -> files.StoredFile:
    with unit_of_work():
        return files.attach(files.CheckedFile(name, "application/pdf", content), "inquiry", 1, SYSTEM)


def test_untouched_installation_has_no_findings():
    store()
    assert checks.run_all() == []


def test_missing_file_is_found():
    store(content=b"%PDF-1.4 lost")
    files.path_of(files.hashlib.sha256(b"%PDF-1.4 lost").hexdigest()).unlink()
    (finding,) = checks.run_all()
    assert finding == Finding("stored files", "file 1 (letter.pdf) is missing")


def test_changed_file_is_found():
    row = store(content=b"%PDF-1.4 changed later")
    path = files.path_of(row.sha256)
    path.write_bytes(b"%PDF-1.4 another letter")
    (finding,) = checks.run_all()
    path.unlink()
    assert finding == Finding("stored files", "file 1 (letter.pdf) was changed after it was stored")


def test_check_that_breaks_is_itself_a_finding(monkeypatch):
    monkeypatch.setattr(checks, "_checks", {})

    def broken() -> list[str]:
        raise ZeroDivisionError("oh")

    checks.register_check("broken", broken)
    assert checks.run_all() == [Finding("broken", "the check itself failed: ZeroDivisionError: oh")]
    assert checks.names() == ["broken"]


def test_second_check_of_a_name_is_refused():
    with pytest.raises(ValueError, match="two checks named database"):
        checks.register_check("database", list)


def test_rewritten_event_is_found():
    event = timeline.Event.__table__
    with unit_of_work():
        session.execute(
            event.insert().values(
                seq=1, at=timeline.clock.now(), doc_type="inquiry", doc_id=1, verb="x", actor_name="x",
                on_behalf_of_name="", reason="", data={}, request_id="", address="", prev_hash="0" * 64,
                hash="f" * 64,
            )
        )  # fmt: skip
    assert Finding("event chain", "event 1 does not follow from the one before it") in checks.run_all()


def test_orphaned_row_is_found():
    if db.engine.dialect.name != "sqlite":
        # PostgreSQL admits no such row, whatever the session asks for
        assert checks.check_foreign_keys() == []
        return
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(
            "INSERT INTO stored_file (doc_type, doc_id, kind, name, media_type, size, sha256, uploaded_by_id,"
            " uploaded_at, legal_hold) VALUES ('inquiry', 1, 'attachment', 'x', 'x', 0, 'x', 99, '2026-01-01', 0)"
        )
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("BEGIN")
    assert checks.check_foreign_keys() == ["row 1 of stored_file refers to a missing row of user"]


def test_damaged_database_is_found(monkeypatch):
    class Answers:
        def scalars(self) -> "Answers":
            return self

        def all(self) -> list[str]:
            return ["ok", "row 3 missing from index ix_event_at"]

    monkeypatch.setattr(checks.session, "execute", lambda statement: Answers())
    expected = (
        ["the database is damaged: row 3 missing from index ix_event_at"]
        if db.engine.dialect.name == "sqlite"
        else []
    )
    assert checks.check_database() == expected


def reported_inquiry() -> Inquiry:
    staff = making.Staff()
    return making.fire(making.inquiry(staff.owner), "report", staff.owner)


def test_tasks_that_follow_from_the_states_are_no_finding():
    reported_inquiry()
    assert session.execute(select(Task)).scalars().all() != []
    assert checks.check_tasks() == []


def test_task_closed_by_a_strange_hand_is_found():
    row = reported_inquiry()
    task = session.execute(select(Task).where(Task.closed_at.is_(None))).scalars().first()
    number, kind = task.id, task.kind
    with unit_of_work():
        session.execute(update(Task).where(Task.id == number).values(closed_at=clock.now()))
    assert checks.check_tasks() == [f"inquiry {row.id} lacks the task {kind} of its state"]


def test_task_opened_by_a_strange_hand_is_found():
    row = reported_inquiry()
    with unit_of_work():
        session.add(Task(doc_type="inquiry", doc_id=row.id, kind="odd"))
        session.add(Task(doc_type="inquiry", doc_id=row.id + 1, kind="lost"))
    assert checks.check_tasks() == [
        f"inquiry {row.id} has an open task odd that its state does not ask for",
        f"inquiry {row.id + 1} is waiting as lost, but its state asks for nothing",
    ]
