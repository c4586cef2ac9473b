"""What people do with seals: register companies and seals, authorise printing, stop, hand over, use."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require, who_may
from app.core.workflow import check_version, lock
from app.features.people.models import User
from app.features.seals import uses
from app.features.seals.enums import (
    DRAWABLE_KINDS,
    KIND_LABELS,
    PURPOSE_LINES,
    SealForm,
    SealKind,
    SealPerm,
    SealStatus,
    UseForm,
)
from app.features.seals.flow import FLOW
from app.features.seals.models import LegalEntity, Seal, SealUse
from app.features.seals.queries import may_use, open_requests_of
from app.features.seals.uses import SEAL

ENTITY = "legal_entity"

ENTITY_FIELDS = (
    "name",
    "short_name",
    "credit_code",
    "address",
    "phone",
    "fax",
    "email",
    "bank",
    "bank_account",
    "active",
)
# Unified social credit code, GB 32100-2015: no I, O, S, V, Z, and a check character with these weights.
CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FILED_NUMBER = re.compile(r"[0-9A-Z]{0,20}")
SMALLEST_DIAMETER, LARGEST_DIAMETER = 20, 60


def is_credit_code(text: str) -> bool:
    """Tell whether a text is a unified social credit code with its right check character (GB 32100-2015)."""
    if not CREDIT_CODE.fullmatch(text):
        return False
    values = [CREDIT_ALPHABET.index(character) for character in text[:17]]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values))
    return CREDIT_ALPHABET[-total % 31] == text[17]


def add_legal_entity(*, actor: Actor, **values: Any) -> LegalEntity:
    """Add a company whose name seals may carry: the leader's act (the system's own at set-up).

    ``values`` are the fields of ENTITY_FIELDS. Raises Denied, or Invalid with the fields at fault.
    """
    if not actor.is_system:
        require(actor, SealPerm.ADD_ENTITY)
    check_entity(values, existing_id=None)
    entity = LegalEntity(**values)
    session.add(entity)
    session.flush()
    timeline.record(ENTITY, entity.id, "legal_entity:add", actor, data={"name": entity.name})
    return entity


def change_legal_entity(
    entity: LegalEntity, *, actor: Actor, version: int | None, values: Mapping[str, Any]
) -> LegalEntity:
    """Change a company's particulars: the leader's act. The name is fixed once a seal carries it."""
    require(actor, SealPerm.ADD_ENTITY)
    lock(entity)
    check_version(ENTITY, entity, version)
    check_entity({**{key: getattr(entity, key) for key in ENTITY_FIELDS}, **values}, existing_id=entity.id)
    if values.get("name", entity.name) != entity.name:
        sealed = session.execute(select(Seal.id).where(Seal.legal_entity_id == entity.id).limit(1)).first()
        if sealed is not None:
            raise Invalid(fields={"name": lazy("已有印章使用这个名称，不能修改；更名请新增公司")})
    old = {key: getattr(entity, key) for key in ENTITY_FIELDS}
    for key, value in values.items():
        setattr(entity, key, value)
    changes = timeline.diff(old, {key: getattr(entity, key) for key in ENTITY_FIELDS})
    if changes:
        session.flush()
        timeline.record(ENTITY, entity.id, "legal_entity:change", actor, data={"changes": changes})
    return entity


def check_entity(values: Mapping[str, Any], existing_id: int | None) -> None:
    """Raise Invalid for a company without a name, with a wrong credit code, or already there."""
    faults: dict[str, LazyText | str] = {}
    name = str(values.get("name") or "")
    code = str(values.get("credit_code") or "")
    if not name:
        faults["name"] = lazy("请填写公司全称")
    if not is_credit_code(code):
        faults["credit_code"] = lazy("统一社会信用代码不对，请对照营业执照核对 18 位")
    for key in ("name", "credit_code"):
        if key in faults:
            continue
        same = select(LegalEntity.id).where(getattr(LegalEntity, key) == values[key])
        if existing_id is not None:
            same = same.where(LegalEntity.id != existing_id)
        if session.execute(same).first() is not None:
            faults[key] = lazy("这家公司已经登记")
    if faults:
        raise Invalid(fields=faults)


def register_seal(
    *,
    actor: Actor,
    legal_entity: LegalEntity,
    kind: str,
    form: str,
    keeper_id: int,
    purpose: str = "",
    filed_number: str = "",
    diameter: int = 42,
) -> Seal:
    """Register a seal of a company; a drawn one still waits for the leader's authorisation.

    Raises Denied without the right to manage seals, and Invalid: only quotation and bid seals are ever drawn.
    """
    if not actor.is_system:
        require(actor, SealPerm.MANAGE)
    purpose = purpose or PURPOSE_LINES[SealKind(kind)][0]
    check_seal(kind, form, purpose, filed_number, diameter, legal_entity)
    keeper = active_person(keeper_id)
    seal = Seal(
        legal_entity_id=legal_entity.id,
        kind=kind,
        form=form,
        purpose=purpose,
        filed_number=filed_number,
        diameter=diameter,
        keeper_id=keeper.id,
        status=SealStatus.ACTIVE,
    )
    seal.legal_entity = legal_entity
    seal.keeper = keeper
    session.add(seal)
    session.flush()
    timeline.record(
        SEAL,
        seal.id,
        "seal:register",
        actor,
        data={"kind": str(kind), "entity": legal_entity.name, "keeper": keeper.name},
        tell=[keeper.id],
    )
    return seal


def check_seal(
    kind: str, form: str, purpose: str, filed_number: str, diameter: int, legal_entity: LegalEntity
) -> None:
    """Raise Invalid for a seal that may not exist: a wrong kind, drawn where it must be wet, free text."""
    faults: dict[str, LazyText | str] = {}
    if form == SealForm.DRAWN and kind not in DRAWABLE_KINDS:
        faults["form"] = lazy("只有报价专用章和投标专用章可由系统打印，其他印章只登记实物")
    if purpose not in PURPOSE_LINES[SealKind(kind)]:
        faults["purpose"] = lazy("印文用途须从列表中选择")
    if not FILED_NUMBER.fullmatch(filed_number):
        faults["filed_number"] = lazy("备案编号只含数字和大写字母，最多 20 位")
    if not SMALLEST_DIAMETER <= diameter <= LARGEST_DIAMETER:
        faults["diameter"] = lazy("直径须在 20 到 60 毫米之间")
    if not legal_entity.active:
        faults["legal_entity_id"] = lazy("这家公司已停用")
    same = select(Seal.id).where(
        Seal.legal_entity_id == legal_entity.id, Seal.kind == kind, Seal.form == form, Seal.purpose == purpose
    )
    if not faults and session.execute(same).first() is not None:
        faults["purpose"] = lazy("同一用途的印章已经登记，请选择带编号的用途")
    if faults:
        raise Invalid(fields=faults)


def active_person(person_id: int) -> User:
    """Return an active person by id; raises Invalid at the field ``keeper_id``."""
    person = session.get(User, person_id)
    if person is None or not person.active:
        raise Invalid(fields={"keeper_id": lazy("请选择在职人员作为保管人")})
    return person


def authorise_printing(seal: Seal, *, actor: Actor, version: int | None, confirmed: bool) -> None:
    """Let the system print this seal: the leader's tick 「公司授权系统打印此章」 before its first use."""
    require(actor, SealPerm.AUTHORISE)
    locked(seal, version)
    if not confirmed:
        raise Invalid(fields={"confirmed": lazy("请勾选“公司授权系统打印此章”")})
    if seal.form != SealForm.DRAWN:
        raise Conflict("seal:wet-never-printed")
    if seal.status != SealStatus.ACTIVE:
        raise Conflict("seal:stopped", seal=seal_name(seal))
    if seal.printing_authorised_at is not None:
        raise Conflict("seal:already-authorised")
    seal.printing_authorised_by_id = actor.id
    seal.printing_authorised_at = clock.now()
    session.flush()
    timeline.record(SEAL, seal.id, "seal:authorise", actor, tell=[seal.keeper_id])


def stop(seal: Seal, *, actor: Actor, version: int | None, reason: str) -> None:
    """Stop a seal for good; what it sealed stays valid and verifiable. Needs a reason."""
    require(actor, SealPerm.MANAGE)
    locked(seal, version)
    if seal.status != SealStatus.ACTIVE:
        raise Conflict("seal:stopped", seal=seal_name(seal))
    if not reason.strip():
        raise Invalid("core:reason-missing", fields={"reason": lazy("请写明停用原因")})
    seal.status = SealStatus.STOPPED
    session.flush()
    timeline.record(
        SEAL,
        seal.id,
        "seal:stop",
        actor,
        reason=reason.strip(),
        tell=[seal.keeper_id],
        from_status=SealStatus.ACTIVE,
        to_status=SealStatus.STOPPED,
    )


def change_keeper(seal: Seal, *, actor: Actor, version: int | None, keeper_id: int) -> None:
    """Hand a seal to another keeper; both are told."""
    require(actor, SealPerm.MANAGE)
    locked(seal, version)
    keeper = active_person(keeper_id)
    if keeper.id == seal.keeper_id:
        raise Invalid(fields={"keeper_id": lazy("保管人没有变化")})
    before, before_id = seal.keeper.name, seal.keeper_id
    seal.keeper_id = keeper.id
    seal.keeper = keeper
    session.flush()
    for request in open_requests_of(seal.id):
        # What waits for the keeper of a seal waits for the new one from now on.
        FLOW.sync_tasks(request)
    timeline.record(
        SEAL,
        seal.id,
        "seal:change-keeper",
        actor,
        data={"changes": [["keeper_id", before, keeper.name]]},
        tell=[before_id, keeper.id],
    )


def locked(seal: Seal, version: int | None) -> None:
    """Read the seal again under a lock and refuse a form made from an older version."""
    lock(seal)
    check_version(SEAL, seal, version)


def seal_name(seal: Seal) -> str:
    """Return how a seal is called in sentences: company and kind."""
    company = seal.legal_entity.short_name or seal.legal_entity.name
    return f"{company} {seal.purpose or KIND_LABELS[SealKind(seal.kind)]}"


def check_use(actor: Actor, seal: Seal, form: str) -> None:
    """Raise where this actor may not use this seal in this form: Denied, or Conflict with what is missing."""
    if not may_use(actor, seal):
        raise Denied("seal:no-use-right", seal=seal_name(seal), who=who_may(SealPerm.USE) or seal.keeper.name)
    if seal.status != SealStatus.ACTIVE or not seal.legal_entity.active:
        raise Conflict("seal:stopped", seal=seal_name(seal))
    if form == UseForm.ELECTRONIC:
        if seal.form != SealForm.DRAWN:
            raise Conflict("seal:wet-never-printed")
        if seal.printing_authorised_at is None:
            raise Conflict("seal:not-authorised", who=who_may(SealPerm.AUTHORISE))


def register_use(
    *,
    actor: Actor,
    seal: Seal,
    doc_type: str,
    doc_id: int,
    number: str,
    revision: int,
    form: str,
    copies: int,
    impressions: int,
    approved_by_id: int,
    file_hashes: Sequence[str],
    purpose: str = "",
) -> SealUse:
    """Write one row of the register of seal use, in the transaction that issues the document.

    ``file_hashes`` are the SHA-256 of the issued files as evidence, one per copy; ``impressions`` counts the
    seals on all of them (split seal included). Raises what check_use raises.
    """
    check_use(actor, seal, form)
    if copies < 1 or len(file_hashes) != copies:
        raise ValueError("one file hash per copy")
    return uses.write(
        actor=actor,
        seal=seal,
        doc_type=doc_type,
        doc_id=doc_id,
        number=number,
        revision=revision,
        form=form,
        copies=copies,
        impressions=impressions,
        purpose=purpose,
        approved_by_id=approved_by_id,
        file_hashes=file_hashes,
    )
