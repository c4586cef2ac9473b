"""Proofs of reading: rendered and signed before any lock, kept for good, recognised again by their hash."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock, company_signer, files, timeline
from app.core.db import session
from app.core.errors import Conflict, NotVisible
from app.core.files import CheckedFile, StoredFile
from app.core.permissions import Actor
from app.core.verification_code import grouped, new_code
from app.core.workflow import lock
from app.features.rules import letters, pdf, queries, versions
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RuleEvidence, RuleSignature, RuleVersion

EVIDENCE_FILE = "evidence"


@dataclass(frozen=True)
class Prepared:
    """A signed proof, not kept yet. ``user_id`` is the one person it is about."""

    content: bytes
    user_id: int | None
    signatures: int
    letters_hash: str
    code: str
    document_id: str
    content_hash: str


def told(version: RuleVersion, user_id: int | None) -> list[RuleSignature]:
    """Return the signatures a proof tells of; raises NotVisible where there is none."""
    found = [row for row in queries.signatures(version) if user_id in (None, row.user_id)]
    if not found:
        raise NotVisible("rule:nobody-signed")
    return found


def known(version: RuleVersion, user_id: int | None) -> StoredFile | None:
    """Return the proof made before, where nothing has changed since."""
    statement = (
        select(RuleEvidence)
        .where(RuleEvidence.version_id == version.id, RuleEvidence.user_id == user_id)
        .order_by(RuleEvidence.id.desc())
        .limit(1)
    )
    row = session.execute(statement).unique().scalar_one_or_none()
    signatures = told(version, user_id)
    if row is None or (row.signatures, row.letters_hash) != (len(signatures), letters.hash_of(signatures)):
        return None
    return session.get(StoredFile, row.stored_file_id)


def prepare(version: RuleVersion, *, company: str, user_id: int | None = None) -> Prepared:
    """Render and sign a proof, outside any transaction since it takes time."""
    from app.core import signing  # slow import

    if not version.is_published:
        raise Conflict("rule:not-published")
    signatures = told(version, user_id)
    code, document_id = new_code(), secrets.token_hex(16)
    filed = letters.of_signers(signatures)
    paper = pdf.evidence_paper(version, company, signatures, grouped(code), filed)
    signed = signing.sign(
        paper,
        company_signer.signer(),
        reason=f"{version.rule.number} {versions.label(version)}",
        signing_time=clock.now(),
        document_id=document_id,
    )
    return Prepared(
        signed,
        user_id,
        len(signatures),
        letters.hash_of(signatures),
        code,
        document_id,
        str(version.content_hash),
    )


def keep(version: RuleVersion, prepared: Prepared, *, actor: Actor) -> StoredFile:
    """Keep a prepared proof for good, in the open unit of work."""
    lock(version)
    checked = CheckedFile(f"阅读签认证明-{version.title}.pdf", "application/pdf", prepared.content)
    stored = files.attach(checked, RULE_VERSION, version.id, actor, kind=EVIDENCE_FILE, legal_hold=True)
    session.add(
        RuleEvidence(
            version_id=version.id,
            user_id=prepared.user_id,
            signatures=prepared.signatures,
            letters_hash=prepared.letters_hash,
            code=prepared.code,
            document_id=prepared.document_id,
            sha256=stored.sha256,
            stored_file_id=stored.id,
            made_by_id=actor.id,
        )
    )
    session.flush()
    timeline.record(
        RULE_VERSION, version.id, "rule_version:prove", actor, data={"count": prepared.signatures}
    )
    return stored
