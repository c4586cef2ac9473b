"""Receipts: who is asked to confirm until when, who saw, who confirmed, who is not asked any more."""

from app.core import clock, workdays
from app.core.db import insert_unless_present, session
from app.features.announcements import queries
from app.features.announcements.models import Announcement, AnnouncementReceipt


def ask(row: Announcement) -> None:
    """Make the receipts those of everybody an announcement is for now, inside the open unit of work.

    Newcomers are asked from now on, those no longer addressed are excused, those addressed again are asked again with
    the time they had. What was confirmed stays. Nothing is asked where reading is not confirmed.
    """
    known = {each.user_id: each for each in queries.receipts(row)}
    for each in known.values():
        each.announcement_id = row.id
    wanted = set(queries.audience_ids(row)) if row.must_confirm else set()
    now = clock.now()
    due = workdays.add_working_hours(now, row.confirm_hours)
    for person in sorted(wanted):
        receipt = known.get(person)
        if receipt is None:
            receipt = new_receipt(row, person)
            session.add(receipt)
        if receipt.asked_at is None:
            receipt.asked_at, receipt.due_at = now, due
        receipt.excused_at = None
    for person, receipt in known.items():
        if person not in wanted:
            excuse(receipt)
    session.flush()


def release(row: Announcement) -> None:
    """Excuse everybody who has not confirmed: the announcement came down."""
    for receipt in queries.receipts(row):
        excuse(receipt)
    session.flush()


def excuse(receipt: AnnouncementReceipt) -> None:
    """Ask a person no more; who had confirmed, or was excused before, is left as they are."""
    if receipt.asked_at is not None and receipt.confirmed_at is None and receipt.excused_at is None:
        receipt.excused_at = clock.now()


def new_receipt(row: Announcement, user_id: int) -> AnnouncementReceipt:
    """Return an empty receipt of a person for an announcement's edition."""
    return AnnouncementReceipt(
        announcement_id=row.id, series_id=row.series_id, edition=row.edition, user_id=user_id
    )


def note_seen(announcement_id: int, series_id: int, edition: int, user_id: int) -> None:
    """Note that a person opened an announcement, once (a write beside the request: the page is a GET)."""
    insert_unless_present(
        AnnouncementReceipt,
        announcement_id=announcement_id,
        series_id=series_id,
        edition=edition,
        user_id=user_id,
    )
    receipt = queries.receipt_of(session.get_one(Announcement, announcement_id), user_id)
    if receipt is not None and receipt.seen_at is None:
        receipt.seen_at = clock.now()
        session.flush()
