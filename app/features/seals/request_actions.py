"""Asking for a wet seal, and the daily reminder of seals that are not back in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core import clock, modules, notices, search, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import LazyText, lazy
from app.core.numbering import next_number
from app.core.permissions import SYSTEM, Actor, require
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.seals import queries, sources
from app.features.seals.enums import SealForm, SealPerm, SealStatus, UseMode
from app.features.seals.flow import DOC_TYPE, FLOW, approver, companions, leader
from app.features.seals.models import Seal, SealRequest

TAKE_OUT = "seal_take_out"
MOST_COPIES = 100
MOST_PAGES = 2_000
MOST_IMPRESSIONS = 1_000


@dataclass(frozen=True)
class UseValues:
    """What a request asks for; ``impressions`` is the most that may be pressed on all copies together."""

    seal_id: int
    paper_kind: str
    title: str
    purpose: str
    pages: int = 1
    copies: int = 1
    impressions: int = 1
    split_seal: bool = False
    mode: str = UseMode.STAMP
    destination: str = ""


def request_use(
    *, actor: Actor, values: UseValues, doc_type: str | None = None, doc_id: int | None = None
) -> SealRequest:
    """Ask for a wet seal on a document, or on another paper of a free title; it is numbered and waits for approval.

    Raises Denied without the right, NotVisible for a document the actor may not see, Conflict where it is not
    approved or nobody could approve the use, and Invalid at the fields.
    """
    require(actor, SealPerm.REQUEST)
    document = None
    if doc_type is not None and doc_id is not None:
        document = sources.find_visible(actor, doc_type, doc_id)
        if document is None:
            raise NotVisible
        if not document.approved:
            raise Conflict("seal_request:not-approved", document=document.title)
    seal = session.get(Seal, values.seal_id)
    check_values(values, seal, document)
    owner = session.get_one(User, actor.id)
    if owner.department_id is None:
        raise Conflict("seal_request:no-department")
    request = SealRequest(
        status=FLOW.initial,
        owner_id=owner.id,
        department_id=owner.department_id,
        created_at=clock.now(),
        updated_at=clock.now(),
        **asked(values, document),
    )
    if document is not None:
        request.doc_type, request.doc_id = doc_type, doc_id
    request.owner, request.seal = owner, session.get_one(Seal, values.seal_id)
    if not approver.people(request):
        raise Conflict("seal_request:nobody-approves")
    request.number = next_number(DOC_TYPE, "YY")
    session.add(request)
    session.flush()
    FLOW.sync_tasks(request)
    timeline.record(
        DOC_TYPE,
        request.id,
        "seal_request:request",
        actor,
        to_status=request.status,
        content_hash=request.content_hash,
        tell=approver.people(request),
    )
    search.put(DOC_TYPE, request.id, f"{request.number} {request.title}", search_text(request))
    return request


def asked(values: UseValues, document: sources.Sealable | None) -> dict[str, Any]:
    """Return the columns of a request: what the document itself says goes before what was typed."""
    columns: dict[str, Any] = dict(vars(values))
    if values.mode != UseMode.TAKE_OUT:
        columns["destination"] = ""
    if document is not None:
        columns |= {
            "paper_kind": document.paper_kind,
            "title": document.title,
            "pages": document.pages,
            "doc_number": document.number,
            "revision": document.revision,
            "content_hash": document.content_hash,
        }
    return columns


def check_values(values: UseValues, seal: Seal | None, document: sources.Sealable | None) -> None:
    """Raise Invalid at the fields for a seal that cannot be asked for, or figures that cannot be meant."""
    faults: dict[str, LazyText | str] = {}
    if seal is None or seal.form != SealForm.WET or seal.status != SealStatus.ACTIVE:
        faults["seal_id"] = lazy("请选择一枚在用的实物印章")
    elif document is not None and document.legal_entity_id not in (None, seal.legal_entity_id):
        faults["seal_id"] = lazy("这枚印章不属于出具这份文件的公司")
    if document is None and not values.title.strip():
        faults["title"] = lazy("请写明要盖章的文件名称")
    if not values.purpose.strip():
        faults["purpose"] = lazy("请写明用途：给谁、办什么事")
    pages = document.pages if document is not None else values.pages
    if not 1 <= pages <= MOST_PAGES:
        faults["pages"] = lazy("页数须在 1 到 %(most)s 之间", most=MOST_PAGES)
    if not 1 <= values.copies <= MOST_COPIES:
        faults["copies"] = lazy("份数须在 1 到 %(most)s 之间", most=MOST_COPIES)
    elif not values.copies <= values.impressions <= MOST_IMPRESSIONS:
        faults["impressions"] = lazy(
            "印数须在份数 %(least)s 和 %(most)s 之间", least=values.copies, most=MOST_IMPRESSIONS
        )
    if values.split_seal and pages == 1:
        faults["split_seal"] = lazy("只有一页的文件不盖骑缝章")
    if values.mode == UseMode.TAKE_OUT:
        if not modules.is_on(TAKE_OUT):
            faults["mode"] = lazy("本公司没有开通印章外带")
        elif not values.destination.strip():
            faults["destination"] = lazy("请写明带到哪里")
    if faults:
        raise Invalid(fields=faults)


def search_text(request: SealRequest) -> str:
    """Return what a request is found by beside its title."""
    parts = (request.doc_number, request.purpose, request.destination, request.owner.name)
    return " ".join(part for part in parts if part)


def fire(
    request: SealRequest,
    step: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a request."""
    FLOW.fire(request, step, actor, version=version, note=note, data=data)


def remind_of_overdue(payload: dict[str, Any]) -> None:
    """Tell the leader, the keeper and the companions once a day of each seal that is not back in time.

    Only between eight and six, so that nobody is told at night; running it again tells nobody twice.
    """
    if not clock.is_daytime():
        return
    if not queries.overdue_requests():
        session.rollback()
        return
    session.rollback()
    with unit_of_work():
        tell_overdue()


def tell_overdue() -> None:
    """Record for each seal that is not back in time that people are told, inside the open unit of work."""
    for request in queries.overdue_requests():
        people = [person for person in (*leader.people(request), *companions(request)) if person]
        fresh = notices.not_yet_reminded(DOC_TYPE, request.id, people)
        if fresh:
            due = clock.to_local(request.due_back or clock.now()).strftime("%Y-%m-%d %H:%M")
            timeline.record(
                DOC_TYPE, request.id, "seal_request:overdue", SYSTEM, data={"due_back": due}, tell=fresh
            )
