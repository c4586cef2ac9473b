"""Certificates: drawn and signed before any lock, kept for good, known again by code and hash; revoked, never lost."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock, company_signer, files, pinyin, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_numbers
from app.core.permissions import Actor, require
from app.core.uow import unit_of_work
from app.core.verification_code import grouped, new_code
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.exams import pdf
from app.features.exams.enums import CERTIFICATE, ExamPerm
from app.features.exams.models import Certificate
from app.features.people.models import User

FILE_KIND = "certificate"
LONGEST_TITLE, LONGEST_BASIS, LONGEST_REASON = 120, 200, 200
MOST_AT_ONCE = 60


@dataclass(frozen=True)
class CertificateValues:
    """What a certificate says: what for, on what grounds, until when; ``exam_id`` is the test it rests on."""

    title: str
    basis: str = ""
    valid_until: date | None = None
    exam_id: int | None = None


@dataclass(frozen=True)
class Prepared:
    """A signed certificate, not kept yet."""

    number: str
    user_id: int
    person_name: str
    content: bytes
    code: str
    document_id: str
    issued_on: date


def check_values(actor: Actor, people: Sequence[int], values: CertificateValues) -> None:
    """Raise Denied, Invalid at the fields for a certificate of nothing, for nobody, or for oneself."""
    require(actor, ExamPerm.CERTIFY)
    faults: dict[str, LazyText | str] = {}
    for name, longest in (("title", LONGEST_TITLE), ("basis", LONGEST_BASIS)):
        typed = getattr(values, name)
        check_written(typed, name)
        if len(typed.strip()) > longest:
            faults[name] = lazy("最多 %(most)s 个字", most=longest)
    if not values.title.strip():
        faults["title"] = lazy("请填写证书名称，例如 产品知识考核合格证书")
    if values.valid_until is not None and values.valid_until < clock.today():
        faults["valid_until"] = lazy("有效期不能早于今天")
    if not people:
        faults["people"] = lazy("请选择获证的人")
    elif len(people) > MOST_AT_ONCE:
        faults["people"] = lazy("一次最多 %(most)s 人", most=MOST_AT_ONCE)
    elif actor.id in people:
        faults["people"] = lazy("不能给自己发证书，请另一位有权的人来办")
    if faults:
        raise Invalid(fields=faults)


def issue(
    *, actor: Actor, people: Sequence[int], values: CertificateValues, company: str
) -> list[Certificate]:
    """Issue certificates to people: numbers are taken, papers drawn and signed outside any lock, then all are kept.

    Call outside a unit of work. Raises Denied, Invalid, Conflict where the company has no key that can be used.
    """
    check_values(actor, people, values)
    with unit_of_work():
        numbers = next_numbers(CERTIFICATE, "ZS", len(people))
    known = {
        row.id: row for row in session.execute(select(User).where(User.id.in_(people))).unique().scalars()
    }
    prepared = [
        prepare(number, known[user_id], values, company)
        for number, user_id in zip(numbers, people, strict=True)
    ]
    session.rollback()
    with unit_of_work():
        return [keep(each, actor=actor, values=values) for each in prepared]


def prepare(number: str, person: User, values: CertificateValues, company: str) -> Prepared:
    """Draw and sign one certificate, which takes time."""
    from app.core import signing  # slow import

    code, document_id, today = new_code(), secrets.token_hex(16), clock.today()
    paper = pdf.certificate_paper(
        pdf.CertificateText(
            number,
            person.name,
            values.title.strip(),
            values.basis.strip(),
            today,
            values.valid_until,
            grouped(code),
        ),
        company,
    )
    signed = signing.sign(
        paper, company_signer.signer(), reason=number, signing_time=clock.now(), document_id=document_id
    )
    return Prepared(number, person.id, person.name, signed, code, document_id, today)


def keep(prepared: Prepared, *, actor: Actor, values: CertificateValues) -> Certificate:
    """Keep a prepared certificate for good, in the open unit of work, and tell the person."""
    require(actor, ExamPerm.CERTIFY)
    row = Certificate(
        number=prepared.number,
        user_id=prepared.user_id,
        person_name=prepared.person_name,
        title=values.title.strip(),
        basis=values.basis.strip(),
        exam_id=values.exam_id,
        issued_on=prepared.issued_on,
        valid_until=values.valid_until,
        issued_by_id=actor.id,
        code=prepared.code,
        document_id=prepared.document_id,
        sha256=hashlib.sha256(prepared.content).hexdigest(),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(row)
    session.flush()
    checked = CheckedFile(f"{row.number}-{row.person_name}.pdf", "application/pdf", prepared.content)
    stored = files.attach(checked, CERTIFICATE, row.id, actor, kind=FILE_KIND, legal_hold=True)
    row.stored_file_id = stored.id
    session.flush()
    timeline.record(CERTIFICATE, row.id, "exam_certificate:issue", actor, tell=[row.user_id])
    search.put(
        CERTIFICATE, row.id, f"{row.number} {row.person_name} {row.title}", "", pinyin.keys(row.person_name)
    )
    return row


def revoke(row: Certificate, *, actor: Actor, version: int | None, reason: str) -> None:
    """Revoke a certificate: it stays, with the reason, and its check says so.

    Raises Denied, Stale, Conflict where it was revoked before, Invalid without a reason.
    """
    lock(row)
    require(actor, ExamPerm.CERTIFY)
    check_version(CERTIFICATE, row, version)
    if row.revoked_at is not None:
        raise Conflict("exam_certificate:revoked-already")
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise Invalid(fields={"reason": lazy("请写明撤销的原因，最多 %(most)s 个字", most=LONGEST_REASON)})
    row.revoked_at, row.revoke_reason = clock.now(), reason.strip()
    row.touch()
    session.flush()
    timeline.record(
        CERTIFICATE, row.id, "exam_certificate:revoke", actor, reason=reason.strip(), tell=[row.user_id]
    )
