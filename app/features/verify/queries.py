"""What a code, a file or a number leads to, and how it stands today. Tells only what the paper tells."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from app.core import clock, verification_code
from app.core.db import session
from app.core.i18n import lazy_in_context
from app.core.permissions import Role
from app.features.exams.models import Certificate
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import IssuedFile, Quotation, QuotationRevision
from app.features.rules.models import RuleEvidence
from app.features.verify.enums import Standing

HASH_DIGITS = 8

COMPOUND_SURNAMES = frozenset(
    {
        "欧阳",
        "上官",
        "司马",
        "东方",
        "诸葛",
        "尉迟",
        "公孙",
        "慕容",
        "长孙",
        "宇文",
        "司徒",
        "夏侯",
        "皇甫",
        "令狐",
        "轩辕",
        "端木",
        "呼延",
        "东郭",
        "南宫",
        "西门",
        "百里",
        "闻人",
        "澹台",
        "濮阳",
        "赫连",
        "拓跋",
        "独孤",
        "申屠",
        "钟离",
    }
)
# By what title the approver is named, so that the paper tells a person and not the whole name.
APPROVER_TITLES = {
    Role.MANAGER: lazy_in_context("approver", "%(surname)s经理"),
    Role.LEADER: lazy_in_context("approver", "%(surname)s总"),
}
OTHER_TITLE = lazy_in_context("approver", "%(surname)s先生/女士")

# A check needs the head of the revision and its approver, neither its lines nor its other copies.
WITH_REVISION = joinedload(IssuedFile.revision).options(
    joinedload(QuotationRevision.approved_by),
    lazyload(QuotationRevision.lines),
    lazyload(QuotationRevision.issued_files),
)


@dataclass(frozen=True)
class Paper:
    """What a check shows of a genuine paper: all of it stands on the paper itself, but for its standing.

    ``copy_number`` is 0 where only the code was given (all copies share it); ``copies`` then counts those of today,
    ``extra_copies`` of them printed in addition. Money in yuan, times aware UTC.
    """

    number: str
    revision: int
    customer: str
    company: str
    amount: Decimal
    valid_until: date | None
    issued_at: datetime
    approver: str
    copy_number: int
    copies: int
    extra_copies: int
    extra: bool
    form: str
    hash_start: str
    code: str
    standing: Standing
    standing_on: date | None
    reason: str
    accepted: bool = False


def file_by_code(code: str) -> IssuedFile | None:
    """Return the first issued copy under a code as typed, None where it is unknown or no code at all."""
    stored = verification_code.normalise(code)
    if stored is None:
        return None
    return _first(IssuedFile.code == stored)


def file_by_hash(sha256: str) -> IssuedFile | None:
    """Return the issued copy whose bytes have this SHA-256."""
    return _first(IssuedFile.sha256 == sha256)


def file_by_document_id(document_id: str) -> IssuedFile | None:
    """Return the first issued copy made with this document id."""
    return _first(IssuedFile.document_id == document_id)


def files_by_number(typed: str) -> list[IssuedFile]:
    """Return the issued copies of a quotation by number, newest revision first, for the telephone check.

    The number may carry the revision (BJ-2026-0012-R2); spaces and lower case are accepted.
    """
    number = "".join(typed.split()).upper()[:40]
    if not number:
        return []
    statement = (
        select(IssuedFile)
        .join(IssuedFile.revision)
        .join(QuotationRevision.quotation)
        .where((Quotation.number == number) | (QuotationRevision.number == number))
        .order_by(QuotationRevision.revision.desc(), IssuedFile.copy_number)
        .options(WITH_REVISION)
    )
    return list(session.execute(statement).unique().scalars())


def _first(condition: object) -> IssuedFile | None:
    statement = (
        select(IssuedFile)
        .where(condition)  # type: ignore[arg-type]
        .order_by(IssuedFile.id)
        .limit(1)
        .options(WITH_REVISION)
    )
    return session.execute(statement).unique().scalars().first()


@dataclass(frozen=True)
class Proof:
    """What a check shows of a genuine proof of reading; all of it stands on the paper itself."""

    title: str
    number: str
    signatures: int
    made_at: datetime
    code: str


def proof_of(*, sha256: str = "", document_id: str = "", code: str = "") -> Proof | None:
    """Return the proof of reading with this hash, document id or code as typed; None where there is none."""
    known = {
        RuleEvidence.sha256: sha256,
        RuleEvidence.document_id: document_id,
        RuleEvidence.code: verification_code.normalise(code) or "",
    }
    column, wanted = next(((column, value) for column, value in known.items() if value), (None, ""))
    if column is None:
        return None
    row = session.execute(select(RuleEvidence).where(column == wanted).limit(1)).unique().scalar_one_or_none()
    if row is None:
        return None
    version = row.rule_version
    return Proof(
        version.title, str(version.number), row.signatures, row.made_at, verification_code.grouped(row.code)
    )


def certificate_of(*, sha256: str = "", document_id: str = "", code: str = "") -> Certificate | None:
    """Return the certificate with this hash, document id or code as typed; None where there is none."""
    known = {
        Certificate.sha256: sha256,
        Certificate.document_id: document_id,
        Certificate.code: verification_code.normalise(code) or "",
    }
    column, wanted = next(((column, value) for column, value in known.items() if value), (None, ""))
    if column is None:
        return None
    return session.execute(select(Certificate).where(column == wanted).limit(1)).unique().scalar_one_or_none()


class StoredCopies:
    """The stored papers as the upload check asks about them (``app.core.signing.StoredCopies``)."""

    def is_stored(self, sha256: str) -> bool:
        """Tell whether an issued copy, a proof of reading or a certificate has this SHA-256."""
        found = session.execute(select(IssuedFile.id).where(IssuedFile.sha256 == sha256)).first()
        others = (proof_of, certificate_of)
        return found is not None or any(other(sha256=sha256) is not None for other in others)

    def knows_document(self, document_id: str) -> bool:
        """Tell whether a paper was issued with this document id."""
        statement = select(IssuedFile.id).where(IssuedFile.document_id == document_id)
        found = session.execute(statement).first()
        others = (proof_of, certificate_of)
        return found is not None or any(other(document_id=document_id) is not None for other in others)


def standing_of(revision: QuotationRevision) -> Standing:
    """Return how the paper of a revision stands today; never 失效: an older paper is 「已有新版」."""
    if revision.status == QuotationStatus.VOID:
        return Standing.VOID
    if revision.status == QuotationStatus.SUPERSEDED:
        return Standing.SUPERSEDED
    # What was lost, or accepted but not confirmed, is no longer called issued; its date passes all the same.
    past = revision.valid_until is not None and revision.valid_until < clock.today()
    beside = revision.status in (QuotationStatus.LOST, QuotationStatus.ACCEPT_CLAIMED)
    if revision.expired or (past and beside):
        return Standing.EXPIRED
    return Standing.CURRENT


def surname_of(name: str) -> str:
    """Return the surname of a Chinese name (compound ones known), the last word of a Latin one."""
    stripped = name.strip()
    if stripped.isascii():
        return stripped.split()[-1] if stripped else ""
    return stripped[:2] if stripped[:2] in COMPOUND_SURNAMES and len(stripped) > 2 else stripped[:1]


def approver_of(revision: QuotationRevision) -> str:
    """Return the approver by surname and role in the reader's language (王经理)."""
    if revision.approved_by is None:
        return ""
    role = revision.approved_role
    title = APPROVER_TITLES.get(Role(role), OTHER_TITLE) if role in set(Role) else OTHER_TITLE
    return title.filled(surname=surname_of(revision.approved_by.name))


def paper_of(file: IssuedFile, *, one_copy: bool) -> Paper:
    """Return what a check may show of an issued copy; ``one_copy`` where this very copy was identified."""
    revision = file.revision
    quotation = revision.quotation
    frozen = revision.snapshot or {}
    standing = standing_of(revision)
    standing_on = None
    if standing == Standing.SUPERSEDED and revision.superseded_at is not None:
        standing_on = clock.to_local(revision.superseded_at).date()
    elif standing == Standing.VOID:
        standing_on = clock.to_local(revision.updated_at).date()
    elif standing == Standing.EXPIRED:
        standing_on = revision.valid_until
    copies, extras = copies_of(revision)
    return Paper(
        number=quotation.number or "",
        revision=revision.revision,
        customer=frozen["customer"]["name"],
        company=frozen["company"]["name"],
        amount=Decimal(frozen["totals"]["gross"]),
        valid_until=revision.valid_until,
        issued_at=file.issued_at,
        approver=approver_of(revision),
        copy_number=file.copy_number if one_copy else 0,
        copies=file.copies if one_copy else copies,
        extra_copies=extras,
        extra=file.extra and one_copy,
        form=file.form,
        hash_start=(revision.content_hash or "")[:HASH_DIGITS],
        code=verification_code.grouped(file.code),
        standing=standing,
        standing_on=standing_on,
        reason=revision.void_reason if standing == Standing.VOID else "",
        accepted=revision.status == QuotationStatus.ACCEPTED,
    )


def copies_of(revision: QuotationRevision) -> tuple[int, int]:
    """Return how many copies of a revision there are today, and how many of them were printed in addition (增印)."""
    further = func.count().filter(IssuedFile.extra)
    row = session.execute(select(func.count(), further).where(IssuedFile.revision_id == revision.id)).one()
    return row[0], row[1]


def paper_by_code(code: str) -> Paper | None:
    """Return the paper behind a code as typed, None where there is none."""
    file = file_by_code(code)
    return None if file is None else paper_of(file, one_copy=False)
