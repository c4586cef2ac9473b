"""Requests for wet seals for tests: made and brought to a state by actions and steps alone."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.files import CheckedFile, check_upload
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations.models import QuotationRevision
from app.features.seals import actions, request_actions
from app.features.seals.models import LegalEntity, Seal, SealRequest
from app.features.seals.request_actions import UseValues
from tests import factories, stories

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40
STAMPED = {"compared": True, "copies": 1, "impressions": 1}


def picture(name: str = "盖章页.png") -> CheckedFile:
    return check_upload(name, BytesIO(PICTURE))


def desk() -> stories.Desk:
    """A desk in a company whose optional parts are all on, with a manager and an auditor of seals."""
    made = stories.desk()
    with unit_of_work():
        settings.put("modules.preset", "full")
    return made


def wet_seal(desk: stories.Desk, kind: str = "quotation", keeper: User | None = None) -> Seal:
    found = factories.user(name="韩章管", roles=[Role.SEAL_MANAGER])
    with unit_of_work():
        return actions.register_seal(
            actor=factories.actor(found),
            legal_entity=session.get_one(LegalEntity, desk.entity.id),
            kind=kind,
            form="wet",
            keeper_id=(keeper or desk.people.keeper).id,
        )


def paper(desk: stories.Desk) -> QuotationRevision:
    """A quotation issued as paper: the place of the seal is empty."""
    revision = desk.quotation("approved")
    return stories.issue(desk.people, revision, desk.seal, form="paper")


def values(seal: Seal, **changed: Any) -> UseValues:
    usual: dict[str, Any] = {
        "seal_id": seal.id,
        "paper_kind": "quotation",
        "title": "法人授权委托书",
        "purpose": "递交沃野农机",
        "copies": 2,
        "impressions": 3,
    }
    return UseValues(**{**usual, **changed})


def ask(desk: stories.Desk, seal: Seal, who: str = "salesperson", **changed: Any) -> SealRequest:
    """A request for a paper of a free title."""
    with unit_of_work():
        return request_actions.request_use(actor=desk.people.actor(who), values=values(seal, **changed))


def ask_for(desk: stories.Desk, seal: Seal, revision: QuotationRevision, **changed: Any) -> SealRequest:
    """A request for a quotation issued as paper."""
    with unit_of_work():
        return request_actions.request_use(
            actor=desk.people.actor("salesperson"),
            values=values(seal, **changed),
            doc_type="quotation",
            doc_id=revision.id,
        )


def step(desk: stories.Desk, request: SealRequest, name: str, who: str, **given: Any) -> SealRequest:
    with unit_of_work():
        request_actions.fire(
            request,
            name,
            actor=desk.people.actor(who),
            version=None,
            note=given.pop("note", ""),
            data=given,
        )
    return request


def take_out(desk: stories.Desk, seal: Seal, state: str = "out", **changed: Any) -> SealRequest:
    """A request to take a seal along, brought to ``handed_over`` or ``out``."""
    request = ask(desk, seal, mode="take_out", destination="银川", **changed)
    step(desk, request, "approve", "leader")
    ids = desk.people.ids
    step(
        desk,
        request,
        "hand_over",
        "keeper",
        first=ids["salesperson"],
        second=ids["colleague"],
        due_back=clock.now() + timedelta(hours=4),
    )
    return request if state == "handed_over" else step(desk, request, "release", "leader")
