"""Making the official files: rendered and signed from the frozen snapshot before any lock, kept inside the step."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from app.core import clock, files, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import lazy
from app.core.permissions import Actor, require
from app.core.verification_code import new_code
from app.core.workflow import lock
from app.features.quotations import extra, secrecy
from app.features.quotations.enums import FileForm, QuotationPerm, QuotationStatus
from app.features.quotations.flow import DOC_TYPE, FLOW
from app.features.quotations.models import IssuedFile, QuotationRevision
from app.features.quotations.snapshot_schema import snapshot_from
from app.features.seals import keys, marks
from app.features.seals.actions import check_use, register_use
from app.features.seals.models import Seal

if TYPE_CHECKING:
    from app.core.signing import DocumentSigner
    from app.features.quotations.bid.stamping import Placement
    from app.features.quotations.pdf import CopyMark
    from app.features.quotations.snapshot_schema import QuotationSnapshot

MAX_COPIES = 10
FORMS = frozenset(FileForm)


@dataclass(frozen=True)
class PreparedCopy:
    """One copy, signed and lying in the file store, its row not yet written.

    ``sha256`` is the hash of the signed bytes, by which the copy is recognised as genuine; ``impressions`` counts the
    seals on it.
    """

    copy_number: int
    sha256: str
    size: int
    document_id: str
    pages: int
    impressions: int

    @property
    def content(self) -> bytes:
        """The signed bytes, read when asked for: ten copies of a long bid are not held at once."""
        return files.path_of(self.sha256).read_bytes()


@dataclass(frozen=True)
class PreparedFiles:
    """All copies of one issue, under one code, made of the snapshot with ``content_hash``."""

    content_hash: str
    code: str
    form: str
    purpose: str
    seal_id: int
    issued_at: datetime
    copies: tuple[PreparedCopy, ...]
    extra: bool = False

    def keep(self, revision: QuotationRevision, actor: Actor) -> dict[str, Any]:
        """Write the rows of the files and of the seal's use, inside the step that issues them."""
        return keep_files(revision, actor, self)


@dataclass(frozen=True)
class Job:
    """What is made: with which seal, in which form, under which code, of how many copies in all."""

    used: Seal
    form: str
    purpose: str
    code: str
    of: int
    further: bool = False
    placement: "Placement | None" = None


def check_request(
    revision: QuotationRevision, seal: Seal | None, copies: int, form: str, actor: Actor
) -> Seal:
    """Return the seal to use; raises Invalid, Denied or Conflict where the files may not be made."""
    if not 1 <= copies <= MAX_COPIES:
        raise Invalid(fields={"copies": lazy("份数须在 1 到 10 之间")})
    if form not in FORMS:
        raise Invalid(fields={"file_form": lazy("请选择电子件或纸质件")})
    if seal is None:
        raise Invalid(fields={"seal_id": lazy("请选择要使用的印章")})
    if seal.legal_entity_id != revision.legal_entity_id:
        raise Invalid(fields={"seal_id": lazy("这枚印章不属于报价单位")})
    check_use(actor, seal, form)
    return seal


def prepare(
    revision: QuotationRevision,
    *,
    actor: Actor,
    seal: Seal | None,
    copies: int,
    form: str,
    purpose: str = "",
    placement: "Placement | None" = None,
) -> PreparedFiles:
    """Render and sign the copies from the frozen snapshot and put their bytes into the file store.

    Runs outside any transaction, since it takes time; the step then checks that nothing changed meanwhile. Raises
    Denied or Conflict where the step is not possible, Conflict naming the character where the fonts lack one.
    ``placement`` says where the seal goes on a bid that was uploaded; without it on the last page.
    """
    FLOW.check_possible(revision, "issue", actor)
    used = check_request(revision, seal, copies, form, actor)
    job = Job(used, form, purpose, new_code(), copies, placement=placement)
    return make(revision, job, range(1, copies + 1))


def prepare_extra(
    revision: QuotationRevision,
    *,
    actor: Actor,
    seal: Seal | None,
    form: str,
    purpose: str = "",
    placement: "Placement | None" = None,
) -> PreparedFiles:
    """Render and sign the further copies that were consented to: new files n+1 … under the same code, marked 增印.

    Raises what ``prepare`` raises. The copies issued before stay as they are, byte for byte.
    """
    FLOW.check_possible(revision, "issue_extra", actor)
    asked = extra.waiting(revision)
    copies = asked.copies if asked is not None else 0
    used = check_request(revision, seal, copies, form, actor)
    last = max(item.copy_number for item in revision.issued_files)
    code = revision.issued_files[0].code
    job = Job(used, form, purpose, code, last + copies, further=True, placement=placement)
    return make(revision, job, range(last + 1, last + copies + 1))


class Frozen(Protocol):
    """What the files are made of: the frozen snapshot and its hash."""

    @property
    def snapshot(self) -> dict[str, Any] | None:
        """The canonical content."""

    @property
    def content_hash(self) -> str | None:
        """Its SHA-256."""


def make(revision: Frozen, job: Job, numbers: range) -> PreparedFiles:
    """Render and sign copies of these numbers, and put their bytes into the file store."""
    from app.features.quotations import pdf  # slow import

    snapshot = snapshot_from(revision.snapshot)
    source = bid_bytes(snapshot)
    missing = pdf.missing_characters(snapshot) if source is None else []
    if missing:
        raise Conflict("quotation:missing-glyph", character=missing[0].character, field=missing[0].field)
    signer, moment = keys.signer(), clock.now()
    made = []
    for number in numbers:
        copy = pdf.CopyMark(number=number, of=job.of, extra=job.further, code=job.code, issued_at=moment)
        made.append(one_copy(snapshot, copy, job, signer, source))
    return PreparedFiles(
        str(revision.content_hash),
        job.code,
        job.form,
        job.purpose,
        job.used.id,
        moment,
        tuple(made),
        extra=job.further,
    )


def bid_bytes(snapshot: "QuotationSnapshot") -> bytes | None:
    """Return the uploaded bid that is issued, None where the paper is drawn; raises Conflict for other bytes."""
    if snapshot.bid is None:
        return None
    path = files.path_of(snapshot.bid.sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != snapshot.bid.sha256:
        raise Conflict("quotation:bid-lost")
    return content


def one_copy(
    snapshot: "QuotationSnapshot", copy: "CopyMark", job: Job, signer: "DocumentSigner", source: bytes | None
) -> PreparedCopy:
    """Render and sign one copy, or draw its marks on the bid; keep its bytes."""
    from app.core import signing  # slow import
    from app.features.quotations import pdf  # slow import
    from app.features.quotations.bid import stamping  # slow import

    mark = marks.mark_of(job.used) if job.form == FileForm.ELECTRONIC else None
    document_id, draw = secrets.token_hex(16), None
    if source is not None and snapshot.bid is not None:
        placement = job.placement or stamping.Placement()
        paper, pages = source, snapshot.bid.pages
        draw = stamping.drawing(snapshot, copy, mark, placement)
        seals = placement.impressions(mark, pages) if mark is not None else 0
    else:
        paper = pdf.render(snapshot, copy=copy, seal=mark)
        pages = pdf.page_count(paper)
        # one, and the split seal where there are two pages or more
        seals = 1 + (pages > 1) if mark is not None else 0
    signed = signing.sign(
        paper,
        signer,
        reason="Issued after review",
        signing_time=copy.issued_at,
        document_id=document_id,
        draw=draw,
    )
    return PreparedCopy(copy.number, files.save_bytes(signed), len(signed), document_id, pages, seals)


def keep_files(revision: QuotationRevision, actor: Actor, prepared: PreparedFiles) -> dict[str, Any]:
    """Write the rows of the prepared files and of the seal's use, in the step's own transaction."""
    seal = session.get_one(Seal, prepared.seal_id)
    for item in prepared.copies:
        name = file_name(revision, item.copy_number, prepared.form, further=prepared.extra)
        stored = files.attach(
            CheckedFile(name, "application/pdf", item.content),
            DOC_TYPE,
            revision.id,
            actor,
            kind="issued",
            legal_hold=True,
        )
        session.add(
            IssuedFile(
                revision_id=revision.id,
                copy_number=item.copy_number,
                copies=prepared.copies[-1].copy_number,
                extra=prepared.extra,
                form=prepared.form,
                purpose=prepared.purpose,
                sha256=item.sha256,
                size=item.size,
                stored_file_id=stored.id,
                code=prepared.code,
                document_id=item.document_id,
                pages=item.pages,
                seal_id=seal.id,
                issued_at=prepared.issued_at,
                issued_by_id=actor.id,
            )
        )
    hashes = [item.sha256 for item in prepared.copies]
    register_use(
        actor=actor,
        seal=seal,
        doc_type=DOC_TYPE,
        doc_id=revision.id,
        number=str(revision.number),
        revision=revision.revision,
        form=prepared.form,
        copies=len(prepared.copies),
        impressions=sum(item.impressions for item in prepared.copies),
        approved_by_id=approver_of(revision, prepared),
        file_hashes=hashes,
        purpose=prepared.purpose,
    )
    session.flush()
    session.expire(revision, ["issued_files"])
    return {
        "copies": len(prepared.copies),
        "form": str(prepared.form),
        "seal": seal.purpose,
        "hashes": hashes,
        "code": prepared.code,
    }


def approver_of(revision: QuotationRevision, prepared: PreparedFiles) -> int:
    """Return on whose word the seal is used: the approver of the quotation, of further copies who consented."""
    asked = extra.waiting(revision) if prepared.extra else None
    found = asked.consented_by_id if asked is not None else revision.approved_by_id
    return int(found or 0)


def file_name(revision: QuotationRevision, copy_number: int, form: str, *, further: bool = False) -> str:
    """Return the name under which a copy is saved: 报价单-客户简称-BJ-2026-0012-R1-第1份.pdf."""
    customer = revision.quotation.customer
    suffix = ("-增印" if further else "") + ("" if form == FileForm.ELECTRONIC else "-纸质件")
    title = "报价单" if revision.bid is None else "投标文件"
    name = f"{title}-{customer.short_name or customer.name}-{revision.number}-第{copy_number}份{suffix}.pdf"
    return files.safe_name(name)


def stored_bytes(issued: IssuedFile) -> bytes:
    """Return the bytes of an issued copy exactly as issued."""
    return files.read_bytes(session.get_one(StoredFile, issued.stored_file_id))


def reprint(revision: QuotationRevision, *, actor: Actor, copy_number: int, reason: str) -> IssuedFile:
    """Register that a copy is printed again; the bytes are those of the copy. Raises Denied, Conflict, Invalid."""
    lock(revision)
    require(actor, QuotationPerm.REPRINT, revision.department_id)
    sealed = secrecy.paper_problem(revision, actor)
    if sealed is not None:
        raise sealed
    issued = next((item for item in revision.issued_files if item.copy_number == copy_number), None)
    alive = (QuotationStatus.ISSUED, QuotationStatus.ACCEPT_CLAIMED, QuotationStatus.ACCEPTED)
    if issued is None or revision.status not in alive:
        raise Conflict("quotation:no-reprint")
    if not reason.strip():
        raise Invalid("core:reason-missing", fields={"note": lazy("请写明补印的原因")})
    timeline.record(
        DOC_TYPE, revision.id, "quotation:reprint", actor, data={"copy": copy_number}, reason=reason.strip()
    )
    return issued
