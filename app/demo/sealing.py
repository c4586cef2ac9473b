"""Wet seals and further copies in the demo: asked for, stamped, taken out, filed, and one not back in time."""

import io
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.files import CheckedFile, check_upload
from app.demo import papers
from app.demo.company import NAME, person
from app.demo.stage import Script, Stage
from app.features.quotations import actions as quotations
from app.features.quotations import issuing
from app.features.quotations.enums import FileForm, QuotationStatus
from app.features.quotations.models import IssuedFile, QuotationRevision
from app.features.seals import request_actions
from app.features.seals.enums import PaperKind, SealForm, SealKind, UseMode
from app.features.seals.models import Seal, SealRequest
from app.features.seals.request_actions import UseValues

CERTIFICATE: dict[str, Any] = {
    "paper_kind": PaperKind.LETTER,
    "title": "资信情况说明",
    "purpose": "供潍坊沃野入围供应商名录",
}
AGREEMENT: dict[str, Any] = {
    "paper_kind": PaperKind.CONTRACT,
    "title": "年度配件供货框架协议",
    "purpose": "与扬州机电签订",
    "pages": 6,
    "copies": 2,
    "impressions": 4,
    "split_seal": True,
}
AUTHORISATION: dict[str, Any] = {
    "paper_kind": PaperKind.AUTHORISATION,
    "title": "投标授权委托书",
    "purpose": "现场开标用",
}


def wet_seal(kind: SealKind) -> Seal:
    """Return the seal of a kind that is pressed by hand."""
    statement = select(Seal).where(Seal.kind == kind, Seal.form == SealForm.WET)
    return session.execute(statement).scalar_one()


def scan() -> CheckedFile:
    """Return a scan of a stamped page."""
    drawn = papers.paper("盖章页扫描.pdf", "盖章页", NAME, ["本页与盖章原件一致，扫描存档。"])
    return check_upload(drawn.name, io.BytesIO(drawn.content))


class Asked:
    """One request for a wet seal, with the acts people do on it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.request_id = 0

    @property
    def request(self) -> SealRequest:
        """The request as it is in the open unit of work."""
        return session.get_one(SealRequest, self.request_id)

    def ask(self, who: str, kind: SealKind, paper: QuotationRevision | None = None, **values: Any) -> None:
        """Ask for a seal, on a quotation issued as paper or on another paper."""
        made = request_actions.request_use(
            actor=self.stage.actor(who),
            values=UseValues(seal_id=wet_seal(kind).id, **values),
            doc_type="quotation" if paper is not None else None,
            doc_id=paper.id if paper is not None else None,
        )
        self.request_id = made.id

    def step(self, name: str, who: str, note: str = "", **data: Any) -> None:
        """Do a step of the request."""
        row = self.request
        request_actions.fire(
            row, name, actor=self.stage.actor(who), version=row.version, note=note, data=data
        )

    def stamp(self, copies: int = 1, impressions: int = 1) -> None:
        """The keeper compares, stamps and counts."""
        self.step("stamp", "k1", compared=True, copies=copies, impressions=impressions)

    def hand_over(self, hours: int) -> None:
        """The keeper hands the seal to two salespeople."""
        due = clock.now() + timedelta(hours=hours)
        self.step("hand_over", "k1", first=person("s1").id, second=person("s2").id, due_back=due)

    def file(self, originals: str) -> None:
        """The back office keeps the scan."""
        self.step("file", "c1", scan=scan(), originals=originals)


def filed(stage: Stage) -> Script:
    """A certificate: asked for, approved by the leader, stamped, filed."""
    case = Asked(stage)
    yield stage.timetable.moment(44, 9, 12)
    case.ask("c1", SealKind.COMPANY, **CERTIFICATE)
    yield stage.timetable.moment(44, 10, 35)
    case.step("approve", "l1")
    yield stage.timetable.moment(44, 14, 20)
    case.stamp()
    yield stage.timetable.moment(43, 9, 15)
    case.file("原件快递客户，扫描件存档")


def taken_out(stage: Stage) -> Script:
    """The company seal goes to an opening of bids with two people and is back the same day."""
    case = Asked(stage)
    yield stage.timetable.moment(31, 9, 5)
    case.ask(
        "s1",
        SealKind.COMPANY,
        mode=UseMode.TAKE_OUT,
        destination="徐州市公共资源交易中心",
        impressions=3,
        **AUTHORISATION,
    )
    yield stage.timetable.moment(31, 9, 50)
    case.step("approve", "l1")
    yield stage.timetable.moment(30, 8, 40)
    case.hand_over(9)
    yield stage.timetable.moment(30, 8, 55)
    case.step("release", "l1")
    yield stage.timetable.moment(30, 17, 5)
    case.step("return", "k1", condition="sound", copies=1, impressions=2)
    yield stage.timetable.moment(29, 10, 10)
    case.file("授权书交招标代理，扫描件存档")


def kept_here(stage: Stage) -> Script:
    """The leader does not let a seal go; the customer comes by instead and the request is cancelled."""
    case = Asked(stage)
    yield stage.timetable.moment(26, 9, 30)
    case.ask("s2", SealKind.CONTRACT, mode=UseMode.TAKE_OUT, destination="扬州", **AGREEMENT)
    yield stage.timetable.moment(26, 10, 15)
    case.step("approve", "l1")
    yield stage.timetable.moment(26, 14, 0)
    case.hand_over(26)
    yield stage.timetable.moment(26, 15, 0)
    case.step("hold", "l1", "客户明天来公司，在公司盖")
    yield stage.timetable.moment(25, 9, 0)
    case.step("cancel", "s2", "改为客户来公司签")


def refused(stage: Stage) -> Script:
    """A use the leader does not approve."""
    case = Asked(stage)
    yield stage.timetable.moment(18, 9, 40)
    case.ask("s2", SealKind.COMPANY, **{**CERTIFICATE, "title": "空白介绍信", "purpose": "备用"})
    yield stage.timetable.moment(18, 11, 10)
    case.step("refuse", "l1", "空白件一律不盖章，写明抬头和事由后再申请")


def overdue(stage: Stage) -> Script:
    """A seal that should be back since noon of the last day."""
    case = Asked(stage)
    yield stage.timetable.moment(2, 9, 20)
    case.ask("s1", SealKind.CONTRACT, mode=UseMode.TAKE_OUT, destination="盐城大丰", **AGREEMENT)
    yield stage.timetable.moment(2, 10, 0)
    case.step("approve", "l1")
    yield stage.timetable.moment(2, 13, 30)
    case.hand_over(22)
    yield stage.timetable.moment(2, 13, 45)
    case.step("release", "l1")
    yield stage.timetable.moment(1, 13, 30)
    request_actions.tell_overdue()


def waiting(stage: Stage) -> Script:
    """What waits on the last day: an approval each for manager and leader, a stamping, a handing over, a release."""
    yield stage.timetable.moment(1, 9, 0)
    forms = {"stamp": Asked(stage), "leader": Asked(stage), "hand": Asked(stage), "go": Asked(stage)}
    forms["stamp"].ask("c1", SealKind.COMPANY, **{**CERTIFICATE, "title": "供货业绩证明"})
    forms["hand"].ask("s2", SealKind.COMPANY, mode="take_out", destination="淮安", **AUTHORISATION)
    forms["go"].ask("s1", SealKind.COMPANY, mode="take_out", destination="南通", **AUTHORISATION)
    yield stage.timetable.moment(1, 9, 50)
    for name in ("stamp", "hand", "go"):
        forms[name].step("approve", "l1")
    yield stage.timetable.moment(1, 14, 10)
    forms["leader"].ask("c1", SealKind.CONTRACT, **AGREEMENT)
    forms["go"].hand_over(20)
    stamped = Asked(stage)
    stamped.ask("s2", SealKind.COMPANY, **{**AUTHORISATION, "paper_kind": PaperKind.BID})
    yield stage.timetable.moment(1, 15, 5)
    stamped.step("approve", "m1")
    stamped.stamp()
    back = Asked(stage)
    back.ask("s2", SealKind.COMPANY, mode="take_out", destination="淮安", **AUTHORISATION)
    back.step("approve", "l1")
    back.hand_over(3)
    back.step("release", "l1")
    yield stage.timetable.moment(1, 16, 45)
    back.step("return", "k1", condition="worn", copies=1, impressions=1)


def on_paper(stage: Stage) -> Script:
    """A quotation issued as paper gets its wet seal; another waits for the manager."""
    yield stage.timetable.moment(9, 17, 0)
    issued = (
        select(QuotationRevision)
        .join(IssuedFile, IssuedFile.revision_id == QuotationRevision.id)
        .where(IssuedFile.form == FileForm.PAPER, QuotationRevision.status == QuotationStatus.ISSUED)
        .order_by(QuotationRevision.id.desc())
        .limit(1)
    )
    revision = session.execute(issued).unique().scalar_one()
    owner = "s1" if revision.owner_id == person("s1").id else "s2"
    case, again = Asked(stage), Asked(stage)
    case.ask(owner, SealKind.COMPANY, revision, paper_kind="", title="", purpose="邮寄客户")
    yield stage.timetable.moment(8, 9, 10)
    case.step("approve", "m1")
    yield stage.timetable.moment(8, 9, 40)
    case.stamp()
    yield stage.timetable.moment(8, 14, 25)
    case.file("正本顺丰寄出，扫描件存档")
    yield stage.timetable.moment(1, 15, 30)
    again.ask(owner, SealKind.COMPANY, revision, paper_kind="", title="", purpose="客户补寄一份")


def further_copies(stage: Stage) -> Script:
    """Customers want copies beyond those issued: one printed, one refused, one waiting for each of the two acts."""
    yield stage.timetable.moment(6, 10, 0)
    statement = (
        select(QuotationRevision.id)
        .where(
            QuotationRevision.status == QuotationStatus.ISSUED,
            QuotationRevision.valid_until > stage.timetable.today,
        )
        .order_by(QuotationRevision.id.desc())
        .limit(4)
    )
    found = list(session.execute(statement).scalars())
    printed, consented, refused_one, _asked = found
    for revision_id in found:
        copies_step(stage, revision_id, "ask_extra", "c1", "客户设备科另要一份存档", copies=1)
    yield stage.timetable.moment(6, 11, 20)
    for revision_id in (printed, consented):
        copies_step(stage, revision_id, "consent_extra", "m1")
    copies_step(stage, refused_one, "refuse_extra", "m1", "请客户复印已有的一份")
    yield stage.timetable.moment(6, 14, 10)
    row, actor = session.get_one(QuotationRevision, printed), stage.actor("k1")
    seal = session.get_one(Seal, row.issued_files[0].seal_id)
    prepared = issuing.prepare_extra(row, actor=actor, seal=seal, form=FileForm.ELECTRONIC)
    copies_step(stage, printed, "issue_extra", "k1", prepared=prepared)


def copies_step(stage: Stage, revision_id: int, name: str, who: str, note: str = "", **data: Any) -> None:
    """Do a step about further copies of a quotation."""
    row = session.get_one(QuotationRevision, revision_id)
    quotations.fire(row, name, actor=stage.actor(who), version=row.version, note=note, data=data)


def stories(stage: Stage) -> list[Script]:
    """Return all that happens with wet seals and further copies."""
    told = (filed, taken_out, kept_here, refused, overdue, waiting, on_paper, further_copies)
    return [story(stage) for story in told]
