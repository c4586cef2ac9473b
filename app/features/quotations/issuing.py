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
    from app.features.quotations.pdf import CopyMark

MAX_COPIES = 10
FORMS = frozenset(FileForm)


@dataclass(frozen=True)
class PreparedCopy:
    """One copy, signed and lying in the file store, its row not yet written."""

    copy_number: int
    content: bytes
    document_id: str
    pages: int

    @property
    def sha256(self) -> str:
        """The hash of the signed bytes, by which the copy is recognised as genuine."""
        return hashlib.sha256(self.content).hexdigest()


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
    revision: QuotationRevision, *, actor: Actor, seal: Seal | None, copies: int, form: str, purpose: str = ""
) -> PreparedFiles:
    """Render and sign the copies from the frozen snapshot and put their bytes into the file store.

    Runs outside any transaction, since it takes time; the step then checks that nothing changed meanwhile. Raises
    Denied or Conflict where the step is not possible, Conflict naming the character where the fonts lack one.
    """
    FLOW.check_possible(revision, "issue", actor)
    used = check_request(revision, seal, copies, form, actor)
    return make(revision, used, form, purpose, new_code(), range(1, copies + 1), copies)


def prepare_extra(
    revision: QuotationRevision, *, actor: Actor, seal: Seal | None, form: str, purpose: str = ""
) -> PreparedFiles:
    """Render and sign the further copies that were consented to: new files n+1 … under the same code, marked 增印.

    Raises what ``prepare`` raises. The copies issued before stay as they are, byte for byte.
    """
    FLOW.check_possible(revision, "issue_extra", actor)
    asked = extra.waiting(revision)
    copies = asked.copies if asked is not None else 0
    used = check_request(revision, seal, copies, form, actor)
    last = max(item.copy_number for item in revision.issued_files)
    numbers = range(last + 1, last + copies + 1)
    code = revision.issued_files[0].code
    return make(revision, used, form, purpose, code, numbers, last + copies, further=True)


class Frozen(Protocol):
    """What the files are made of: the frozen snapshot and its hash."""

    @property
    def snapshot(self) -> dict[str, Any] | None:
        """The canonical content."""

    @property
    def content_hash(self) -> str | None:
        """Its SHA-256."""


def make(
    revision: Frozen,
    used: Seal,
    form: str,
    purpose: str,
    code: str,
    numbers: range,
    of: int,
    *,
    further: bool = False,
) -> PreparedFiles:
    """Render and sign copies of these numbers, of so many in all, and put their bytes into the file store."""
    from app.features.quotations import pdf  # slow import

    snapshot = snapshot_from(revision.snapshot)
    missing = pdf.missing_characters(snapshot)
    if missing:
        raise Conflict("quotation:missing-glyph", character=missing[0].character, field=missing[0].field)
    signer, moment = keys.signer(), clock.now()
    mark = marks.mark_of(used) if form == FileForm.ELECTRONIC else None
    copies = [
        pdf.CopyMark(number=number, of=of, extra=further, code=code, issued_at=moment) for number in numbers
    ]
    made = tuple(one_copy(snapshot, copy, mark, signer) for copy in copies)
    for item in made:
        files.save_bytes(item.content)
    return PreparedFiles(
        str(revision.content_hash), code, form, purpose, used.id, moment, made, extra=further
    )


def one_copy(snapshot: Any, copy: "CopyMark", mark: Any, signer: "DocumentSigner") -> PreparedCopy:
    """Render and sign one copy."""
    from app.core import signing  # slow import
    from app.features.quotations import pdf  # slow import

    paper = pdf.render(snapshot, copy=copy, seal=mark)
    document_id = secrets.token_hex(16)
    signed = signing.sign(
        paper, signer, reason="Issued after review", signing_time=copy.issued_at, document_id=document_id
    )
    return PreparedCopy(copy.number, signed, document_id, pdf.page_count(paper))


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
                size=len(item.content),
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
        impressions=impressions(prepared),
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


def impressions(prepared: PreparedFiles) -> int:
    """Return how many seals the copies carry: one each, and the split seal where a copy has two pages or more."""
    if prepared.form != FileForm.ELECTRONIC:
        return 0
    return sum(1 + (item.pages > 1) for item in prepared.copies)


def file_name(revision: QuotationRevision, copy_number: int, form: str, *, further: bool = False) -> str:
    """Return the name under which a copy is saved: 报价单-客户简称-BJ-2026-0012-R1-第1份.pdf."""
    customer = revision.quotation.customer
    suffix = ("-增印" if further else "") + ("" if form == FileForm.ELECTRONIC else "-纸质件")
    name = f"报价单-{customer.short_name or customer.name}-{revision.number}-第{copy_number}份{suffix}.pdf"
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
