"""Counting public checks, and answering callers on the telephone."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete, select, update

from app.core import clock, timeline
from app.core.db import insert_unless_present, session
from app.core.errors import Throttled
from app.core.i18n import ngettext
from app.core.permissions import Actor, require
from app.features.quotations.models import IssuedFile
from app.features.verify.enums import Standing, VerifyPerm
from app.features.verify.models import VerificationThrottle
from app.features.verify.queries import HASH_DIGITS, files_by_number, standing_of

# One office is one address: the limit is far above what people do, far below what guessing needs.
CHECKS_AN_HOUR = 300
MISSES_AN_HOUR = 60
WINDOW = timedelta(hours=1)
QUOTATION = "quotation"
VERIFICATION = "verification"


@dataclass(frozen=True)
class TelephoneAnswer:
    """What the telephone check says: each item as the caller read it agrees or not; never what is on record.

    ``known`` is False where no paper carries the number. ``standing`` is that of the paper found.
    """

    number: str
    known: bool
    copy_agrees: bool = False
    amount_agrees: bool = False
    hash_agrees: bool = False
    standing: Standing | None = None

    @property
    def agrees(self) -> bool:
        """Whether everything the caller read stands on a paper of ours."""
        return self.known and self.copy_agrees and self.amount_agrees and self.hash_agrees


def refuse_too_many(address: str) -> None:
    """Raise Throttled where a network address made too many checks, or too many that found nothing."""
    row = session.get(VerificationThrottle, address)
    if row is None:
        return
    left = row.since + WINDOW - clock.now()
    if left <= timedelta(0):
        return
    if row.checks >= CHECKS_AN_HOUR or row.misses >= MISSES_AN_HOUR:
        seconds = int(left.total_seconds()) + 1
        minutes = -(-seconds // 60)
        raise Throttled(seconds, ngettext("%(num)s 分钟", "%(num)s 分钟", minutes))


def count_check(address: str, *, missed: bool) -> None:
    """Count a check of a network address, in the open unit of work; the first of an hour forgets old rows."""
    now = clock.now()
    row = session.execute(
        select(VerificationThrottle).where(VerificationThrottle.address == address).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.since + WINDOW <= now:
        session.execute(delete(VerificationThrottle).where(VerificationThrottle.since <= now - WINDOW))
        insert_unless_present(VerificationThrottle, address=address, since=now, checks=0, misses=0)
        row = None
    session.execute(
        update(VerificationThrottle)
        .where(VerificationThrottle.address == address)
        .values(
            checks=VerificationThrottle.checks + 1,
            misses=VerificationThrottle.misses + (1 if missed else 0),
        )
        .execution_options(synchronize_session=False)
    )
    if row is not None:
        session.expire(row)


def answer_telephone(
    *, actor: Actor, number: str, copy_number: int, amount: Decimal, hash_start: str, caller: str
) -> TelephoneAnswer:
    """Compare what a caller reads from a paper with what was issued, and log it with the caller's name.

    ``amount`` in yuan, ``hash_start`` the first eight digits of the content hash as printed.
    """
    require(actor, VerifyPerm.TELEPHONE)
    files = files_by_number(number)
    data = {"number": "".join(number.split()).upper()[:40], "caller": caller}
    if not files:
        timeline.record(VERIFICATION, 0, "verify:telephone-unknown", actor, data=data)
        return TelephoneAnswer(data["number"], known=False)
    best = max(
        (compared(file, data["number"], copy_number, amount, hash_start) for file in files),
        key=lambda answer: (answer.agrees, answer.hash_agrees, answer.copy_agrees, answer.amount_agrees),
    )
    found = next(
        file for file in files if compared(file, data["number"], copy_number, amount, hash_start) == best
    )
    verb = "verify:telephone-matched" if best.agrees else "verify:telephone-differs"
    timeline.record(QUOTATION, found.revision_id, verb, actor, data=data)
    return best


def compared(
    file: IssuedFile, number: str, copy_number: int, amount: Decimal, hash_start: str
) -> TelephoneAnswer:
    """Return how what was read agrees with one issued copy."""
    revision = file.revision
    return TelephoneAnswer(
        number,
        known=True,
        copy_agrees=file.copy_number == copy_number,
        amount_agrees=revision.total == amount,
        hash_agrees=hash_start.strip().lower() == (revision.content_hash or "")[:HASH_DIGITS],
        standing=standing_of(revision),
    )
