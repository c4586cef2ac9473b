"""The department's central rule as one thread: an inquiry becomes a sealed quotation, by actions and steps alone."""

from app.core import files
from app.core.db import session
from app.core.files import StoredFile
from app.core.timeline import events_for, verify_chain
from tests import stories


def test_inquiry_becomes_sealed_quotation() -> None:
    desk = stories.desk()
    revision = desk.quotation("issued")

    assert revision.status == "issued"
    assert revision.number == f"{revision.quotation.number}-R1"
    assert [item.copy_number for item in revision.issued_files] == [1, 2]
    for item in revision.issued_files:
        stored = session.get_one(StoredFile, item.stored_file_id)
        assert files.read_bytes(stored).startswith(b"%PDF-")
        assert stored.legal_hold
    verbs = [event.verb for event in events_for("quotation", revision.id)][::-1]
    assert verbs == [
        "quotation:create",
        "quotation:edit",
        "quotation:submit",
        "quotation:approve",
        "quotation:issue",
    ]
    assert revision.quotation.inquiry.offer_number == revision.number
    assert verify_chain() == []
