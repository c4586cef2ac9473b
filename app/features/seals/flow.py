"""The life of a request for a wet seal (rule table 2.3): nothing is stamped unapproved, nor more than approved."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.core import clock, files
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor, Person, directory
from app.core.tasks import WantedTask
from app.core.workflow import Authority, Flow, State, Who, any_of, may, mine, named_in_settings, step, when
from app.features.seals import sources, uses
from app.features.seals.enums import (
    SEAL_REQUEST,
    Condition,
    RequestStatus,
    SealPerm,
    SealStatus,
    UseForm,
    UseMode,
)
from app.features.seals.models import SealRequest
from app.features.seals.queries import second_approver

DOC_TYPE = SEAL_REQUEST
PHOTO = "photo"
SCAN = "scan"


def hands_apart(request: SealRequest) -> frozenset[int]:
    """Return those whose hand must not be in the decision: the applicant, and who hands the seal over (rule R4)."""
    handed_by = {request.used_by_id} if request.status == RequestStatus.HANDED_OVER else set()
    return frozenset(person for person in {request.owner_id, *handed_by} if person is not None)


def others_holding(permission: str, request: SealRequest) -> list[Person]:
    """Return the holders of a permission over this request whose hand is not in it yet."""
    return directory().holders(str(permission), request.department_id, hands_apart(request))


def stand_in(request: SealRequest) -> int | None:
    """Return the second approver of the settings, unless their hand is in it already."""
    person = second_approver()
    return person if person and person not in hands_apart(request) else None


second = named_in_settings("second_approver", stand_in, lazy("系统管理员（设置“用印第二审批人”）"))
leader = any_of(
    may(SealPerm.APPROVE_AS_LEADER, apart=hands_apart),
    when(lambda request: not others_holding(SealPerm.APPROVE_AS_LEADER, request), second),
)
manager = any_of(
    may(SealPerm.APPROVE, apart=hands_apart),
    when(lambda request: not others_holding(SealPerm.APPROVE, request), leader),
)
approver = any_of(
    when(lambda request: not request.needs_leader, manager),
    when(lambda request: request.needs_leader, leader),
)


def keeps(request: SealRequest, actor: Actor) -> Authority | None:
    """Return the authority of the seal's keeper, or of whoever stands in for the keeper today."""
    if actor.id is not None and actor.id == request.seal.keeper_id:
        return Authority("seal_keeper")
    for grant in actor.grants:
        if grant.on_behalf_of == request.seal.keeper_id:
            return Authority("seal_keeper", (grant.on_behalf_of, grant.on_behalf_of_name))
    return None


keeper = Who(
    keeps,
    lambda request: request.seal.keeper.name,
    people=lambda request: [request.seal.keeper_id],
)


def in_mode(mode: UseMode) -> Callable[[SealRequest], bool]:
    """Return the condition that a request asks for this way of using the seal."""
    return lambda request: request.mode == mode


# Tasks


def approval_task(request: SealRequest) -> Iterable[WantedTask]:
    """Yield the task of deciding, for manager, leader, or in the end the second approver."""
    permission = SealPerm.APPROVE_AS_LEADER
    if not request.needs_leader and others_holding(SealPerm.APPROVE, request):
        permission = SealPerm.APPROVE
    yield from decision("seal:approve", permission, request)


def release_task(request: SealRequest) -> Iterable[WantedTask]:
    """Yield the leader's task of letting the seal go out."""
    yield from decision("seal:release", SealPerm.APPROVE_AS_LEADER, request)


def decision(kind: str, permission: str, request: SealRequest) -> Iterable[WantedTask]:
    """Yield a task for the holders of a permission, or for the second approver where nobody else is left."""
    apart = request.used_by_id if request.status == RequestStatus.HANDED_OVER else request.owner_id
    if others_holding(permission, request):
        yield WantedTask(
            kind,
            permission=str(permission),
            department_id=request.department_id,
            excluded_user_id=apart,
        )
    elif stand_in(request) is not None:
        yield WantedTask(kind, user_id=stand_in(request), excluded_user_id=apart)


def use_task(request: SealRequest) -> Iterable[WantedTask]:
    """Yield the keeper's task of using the seal, or of handing it over."""
    kind = "seal:stamp" if request.mode == UseMode.STAMP else "seal:hand-over"
    yield WantedTask(kind, user_id=request.seal.keeper_id)


def return_task(request: SealRequest) -> Iterable[WantedTask]:
    """Yield the keeper's task of taking the seal back, due by the promised time."""
    yield WantedTask("seal:return", user_id=request.seal.keeper_id, due_at=request.due_back)


def file_task(request: SealRequest) -> Iterable[WantedTask]:
    """Yield the back office's task of filing the scan."""
    yield WantedTask("seal:file", permission=str(SealPerm.FILE), department_id=request.department_id)


# When a step is ready


def unchanged(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse where the seal was stopped, or the document is not approved any more or says something else."""
    seal = request.seal
    if seal.status != SealStatus.ACTIVE or not seal.legal_entity.active:
        return Conflict("seal_request:seal-stopped")
    if request.doc_type is None or request.doc_id is None:
        return None
    found = sources.find(request.doc_type, request.doc_id)
    if found is None or not found.approved:
        return Conflict("seal_request:not-approved", document=request.title)
    if found.content_hash != request.content_hash:
        return Conflict("seal_request:changed", document=request.title)
    return None


def counted(request: SealRequest, data: Mapping[str, Any], least: int) -> Problem | None:
    """Refuse more copies or impressions than were approved, or figures that cannot be true."""
    copies, impressions = data.get("copies"), data.get("impressions")
    faults = {}
    if copies is None or not least <= copies <= request.copies:
        faults["copies"] = lazy("份数须在 %(least)s 到 %(most)s 之间", least=least, most=request.copies)
    if impressions is None or not least <= impressions <= request.impressions:
        faults["impressions"] = lazy(
            "印数须在 %(least)s 到 %(most)s 之间，不能超过批准的数目", least=least, most=request.impressions
        )
    return Invalid(fields=faults) if faults else None


def ready_to_stamp(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse while the keeper has not compared the paper, or more was pressed than approved."""
    problem = unchanged(request, actor, data)
    if problem is not None or not data:
        return problem
    if not data.get("compared"):
        return Invalid(fields={"compared": lazy("请逐项核对纸面的名称、编号、版次和页数，全部打勾后再用印")})
    return counted(request, data, 1)


def ready_to_hand_over(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to let a seal go with fewer than two people, or without the time by which it is back."""
    problem = unchanged(request, actor, data)
    if problem is not None or not data:
        return problem
    first, second_person, due = data.get("first"), data.get("second"), data.get("due_back")
    if not first or not second_person or first == second_person:
        return Invalid(fields={"second": lazy("外带须两人同行，请选择两位不同的人员")})
    if due is None or due <= clock.now():
        return Invalid(fields={"due_back": lazy("请填写归还时间，须晚于现在")})
    return None


def ready_to_return(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a return without its condition, or with more impressions than approved."""
    if not data:
        return None
    if data.get("condition") not in set(Condition):
        return Invalid(fields={"condition": lazy("请检查印章并选择归还时的状况")})
    problem = counted(request, data, 0)
    if problem is None and bool(data["copies"]) != bool(data["impressions"]):
        return Invalid(fields={"copies": lazy("份数和印数须同时填写；没有用印的，两项都填 0")})
    return problem


def ready_to_file(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to file without the scan of what was stamped, or without saying where the originals went."""
    if not data:
        return None
    faults = {}
    if data.get("scan") is None and request.impressions_made:
        faults["file"] = lazy("请上传盖章页的扫描件或照片")
    if not str(data.get("originals", "")).strip():
        faults["originals"] = lazy("请写明原件的去向")
    return Invalid(fields=faults) if faults else None


# What a step does


def approve(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note who approved, and when."""
    request.approved_by_id, request.approved_at = actor.id, clock.now()


def enter_in_register(request: SealRequest, actor: Actor, form: UseForm, hashes: list[str]) -> None:
    """Write the row of the register; a paper without a document of its own goes under the request."""
    uses.write(
        actor=actor,
        seal=request.seal,
        doc_type=request.doc_type or DOC_TYPE,
        doc_id=request.doc_id or request.id,
        number=request.doc_number or str(request.number),
        revision=request.revision,
        form=form,
        copies=int(request.copies_made or 0),
        impressions=int(request.impressions_made or 0),
        approved_by_id=int(request.approved_by_id or 0),
        file_hashes=hashes,
        purpose=request.purpose,
        title=request.title,
        request_id=request.id,
    )


def stamp(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note what was really pressed, keep the photo, enter the use in the register."""
    request.used_by_id, request.used_at = actor.id, clock.now()
    request.copies_made, request.impressions_made = data["copies"], data["impressions"]
    photo = data.get("photo")
    kept = [files.attach(photo, DOC_TYPE, request.id, actor, kind=PHOTO).sha256] if photo else []
    enter_in_register(request, actor, UseForm.WET, kept)
    return {"copies": request.copies_made, "impressions": request.impressions_made}


def hand_over(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note who goes with the seal and when it is back; it leaves only when the leader lets it go."""
    request.used_by_id = actor.id
    request.first_companion_id, request.second_companion_id = data["first"], data["second"]
    request.due_back = data["due_back"]
    named = directory().people([data["first"], data["second"]])
    return {
        "first": named[data["first"]].name,
        "second": named[data["second"]].name,
        "due_back": clock.to_local(data["due_back"]).strftime("%Y-%m-%d %H:%M"),
    }


def release(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> None:
    """Let the seal go out of the house."""
    request.released_by_id, request.out_at = actor.id, clock.now()


def hold(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> None:
    """Leave the seal with its keeper."""
    request.used_by_id = request.first_companion_id = request.second_companion_id = request.due_back = None


def take_back(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Note condition and what was pressed outside, enter the use in the register."""
    request.back_at = request.used_at = clock.now()
    request.condition = data["condition"]
    request.copies_made, request.impressions_made = data["copies"], data["impressions"]
    if request.impressions_made:
        enter_in_register(request, actor, UseForm.TAKEN_OUT, [])
    return {"copies": request.copies_made, "impressions": request.impressions_made}


def file(request: SealRequest, actor: Actor, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the scan for good and note where the originals went."""
    request.originals, request.closed_at = str(data["originals"]).strip(), clock.now()
    scan = data.get("scan")
    if scan is None:
        return {}
    kept = files.attach(scan, DOC_TYPE, request.id, actor, kind=SCAN, legal_hold=True)
    return {"sha256": kept.sha256}


# Whom to tell


def owner(request: SealRequest) -> list[int | None]:
    """Return the applicant."""
    return [request.owner_id]


def owner_and_keeper(request: SealRequest) -> list[int | None]:
    """Return the applicant and the seal's keeper."""
    return [request.owner_id, request.seal.keeper_id]


def companions(request: SealRequest) -> list[int | None]:
    """Return the applicant, the keeper and those who go with the seal."""
    return [*owner_and_keeper(request), request.first_companion_id, request.second_companion_id]


def leaders(request: SealRequest) -> list[int | None]:
    """Return those who may let the seal go, and the applicant."""
    return [request.owner_id, *leader.people(request)]


def deciders(request: SealRequest) -> list[int | None]:
    """Return those who decide on a request, and the keeper who would have used the seal."""
    return [*approver.people(request), request.seal.keeper_id]


S = RequestStatus
counts = frozenset({"copies", "impressions"})

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.REQUESTED,
    (
        State(S.REQUESTED, lazy("待批准"), "warn", approval_task, milestone=True),
        State(S.APPROVED, lazy("已批准"), "info", use_task, milestone=True),
        State(S.HANDED_OVER, lazy("待放行"), "warn", release_task),
        State(S.STAMPED, lazy("已用印"), "ok", file_task, milestone=True),
        State(S.OUT, lazy("外带中"), "warn", return_task),
        State(S.BACK, lazy("已归还"), "ok", file_task),
        State(S.CLOSED, lazy("已归档"), "ok", terminal=True, milestone=True),
        State(S.REFUSED, lazy("未批准"), "bad", terminal=True),
        State(S.CANCELLED, lazy("已取消"), "neutral", terminal=True),
    ),
    (
        step("approve", "requested", "approved", approver, lazy("批准用印"), kind="primary", ready=unchanged,
             effect=approve, tell=owner_and_keeper),
        step("refuse", "requested", "refused", approver, lazy("不批准"), kind="danger", reason=True, tell=owner),
        step("stamp", "approved", "stamped", when(in_mode(UseMode.STAMP), keeper), lazy("登记用印"),
             kind="primary", form="stamp", ready=ready_to_stamp, effect=stamp, tell=owner, fields=counts,
             sentence=lazy("用印 %(copies)s 份，共 %(impressions)s 印")),
        step("hand_over", "approved", "handed_over", when(in_mode(UseMode.TAKE_OUT), keeper), lazy("交出印章"),
             kind="primary", form="hand_over", ready=ready_to_hand_over, effect=hand_over, tell=leaders,
             fields=frozenset({"first", "second", "due_back"}),
             sentence=lazy("交出印章，%(first)s、%(second)s 同行，%(due_back)s 前归还")),
        step("release", "handed_over", "out", leader, lazy("放行"), kind="primary", ready=unchanged,
             effect=release, tell=companions),
        step("hold", "handed_over", "approved", leader, lazy("不放行"), reason=True, effect=hold,
             tell=companions),
        step("return", "out", "back", keeper, lazy("登记归还"), kind="primary", form="return",
             ready=ready_to_return, effect=take_back, tell=leaders, fields=counts,
             sentence=lazy("印章归还，在外用印 %(copies)s 份，共 %(impressions)s 印")),
        step("file", "stamped back", "closed", may(SealPerm.FILE), lazy("归档"), kind="primary", form="file",
             ready=ready_to_file, effect=file, tell=owner, fields=frozenset({"sha256"})),
        step("cancel", "requested approved", "cancelled", mine, lazy("取消申请"), kind="danger", reason=True,
             tell=deciders),
    ),
    lazy("用印申请"),
)
# fmt: on
