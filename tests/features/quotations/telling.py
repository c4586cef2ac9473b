"""What a walk over inquiry, quotation, talks and seal knows by hand, and what must hold of it at every instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from hypothesis.stateful import RuleBasedStateMachine, invariant

from app.core import clock, files
from app.core.db import session
from app.core.files import StoredFile
from app.core.timeline import Event, events_for
from app.features.inquiries.models import Inquiry
from app.features.people.models import User
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation.models import Negotiation
from app.features.seals.models import Seal, SealUse
from tests import stories
from tests.client import Client, Element

LABELS = {
    "draft": "编制", "review": "待审核", "returned": "已退回", "leader_review": "待主管领导审批",
    "approved": "已审核可打印", "issued": "已出具", "accept_claimed": "客户接受待确认", "accepted": "客户已接受",
    "lost": "未成交", "superseded": "已有新版", "void": "已作废", "expired": "已过有效期",
}  # fmt: skip


@dataclass
class Version:
    """What the model knows of a revision."""

    number: int
    status: str = "draft"
    valid_until: date | None = None
    priced: bool = False
    high: bool = False
    claimed_paper: bool = False
    code: str = ""
    superseded_on: date | None = None
    done: list[str] = field(default_factory=list)


class Told(RuleBasedStateMachine):
    """The model of a walk, compared with what the program stores and tells."""

    house: stories.Desk
    wet_seal: Seal
    browser: Client
    reached: set[str]
    told: set[str]
    now: datetime
    inquiry: int
    inquiry_status: str
    quotation: int
    versions: list[Version]
    waiting: bool
    stamped: int
    compared: object

    @contextmanager
    def at(self) -> Iterator[None]:
        with clock.frozen(self.now):
            yield

    @property
    def today(self) -> date:
        return clock.to_local(self.now).date()

    @property
    def row(self) -> Inquiry:
        return session.get_one(Inquiry, self.inquiry)

    def revision(self, version: Version) -> QuotationRevision:
        rows = session.query(QuotationRevision).filter_by(
            quotation_id=self.quotation, revision=version.number
        )
        return rows.one()

    @property
    def current(self) -> Version:
        """The newest that is neither void nor replaced, else the newest."""
        alive = [version for version in self.versions if version.status not in ("void", "superseded")]
        return (alive or self.versions)[-1]

    def expired(self, version: Version) -> bool:
        return version.valid_until is not None and version.valid_until < self.today

    # What must hold at every instant

    @invariant()
    def no_paper_without_its_steps(self) -> None:
        if not getattr(self, "quotation", 0):
            return
        session.rollback()
        before = [event.verb for event in events_for("inquiry", self.inquiry)][::-1]
        assert (
            before.index("inquiry:report")
            < before.index("inquiry:decide")
            < before.index("inquiry:start_quoting")
        )
        started = first(events_for("inquiry", self.inquiry), "inquiry:start_quoting")
        for version in self.versions:
            revision = self.revision(version)
            events = events_for("quotation", revision.id)
            verbs = [event.verb for event in events][::-1]
            assert bool(revision.issued_files) == bool(version.code) == ("quotation:issue" in verbs)
            for verb in verbs:
                assert verb != "quotation:issue" or "quotation:approve" in verbs
            if not version.code:
                continue
            order = [verbs.index(f"quotation:{name}") for name in ("submit", "approve", "issue")]
            assert order == sorted(order)
            assert not version.high or "quotation:approve_as_leader" in verbs
            approval = next(event for event in events if event.verb.startswith("quotation:approve"))
            assert started.seq < approval.seq < first(events, "quotation:issue").seq
            assert approval.actor_id != revision.owner_id
            assert revision.content_hash == first(events, "quotation:issue").content_hash
            assert revision.snapshot is not None
            for paper in revision.issued_files:
                assert files.read_bytes(session.get_one(StoredFile, paper.stored_file_id)).startswith(
                    b"%PDF-"
                )

    @invariant()
    def seals_are_pressed_on_what_was_issued_only(self) -> None:
        if not getattr(self, "quotation", 0):
            return
        ids = [self.revision(version).id for version in self.versions]
        uses = session.query(SealUse).filter(SealUse.doc_type == "quotation", SealUse.doc_id.in_(ids)).all()
        issued = {self.revision(version).id for version in self.versions if version.code}
        assert {use.doc_id for use in uses} <= issued
        assert len([use for use in uses if use.request_id is not None]) == self.stamped
        assert all(
            use.approved_by_id in (self.house.people.ids["manager"], self.house.people.ids["leader"])
            for use in uses
        )

    @invariant()
    def states_are_those_of_the_model(self) -> None:
        if not hasattr(self, "versions"):
            return
        session.rollback()
        assert self.row.status == self.inquiry_status
        type(self).reached |= {version.status for version in self.versions} | {self.inquiry_status}
        for version in self.versions:
            revision = self.revision(version)
            assert (revision.status, revision.current) == (version.status, version is self.current), (
                self.versions
            )
        standing = [version for version in self.versions if self.standing(version)[0] == "current"]
        assert len(standing) <= 1, "two papers of one quotation hold at a time"
        waiting = session.query(Negotiation).filter_by(quotation_id=self.quotation, status="waiting").count()
        assert bool(waiting) == self.waiting

    def told_status(self, version: Version) -> str:
        return "expired" if version.status == "issued" and self.expired(version) else version.status

    def standing(self, version: Version) -> tuple[str, str]:
        """How the paper stands for the public, and since when; nothing where there is none."""
        if not version.code:
            return "", ""
        if version.status == "void":
            return "void", ""
        if version.status == "superseded":
            return "superseded", str(version.superseded_on)
        past = self.expired(version) and version.status in ("issued", "lost", "accept_claimed")
        return ("expired", str(version.valid_until)) if past else ("current", "")

    @invariant()
    def page_list_search_and_verification_tell_the_same(self) -> None:
        if not getattr(self, "quotation", 0):
            return
        # what was refused has changed nothing, as the states above tell
        instant = (self.today, repr(self.versions))
        if instant == self.compared:
            return
        self.compared = instant
        with self.at():
            client = self.browser.as_(session.get_one(User, self.house.people.ids["salesperson"]))
            for version in self.versions:
                wanted = LABELS[self.told_status(version)]
                type(self).told.add(self.told_status(version))
                client.get(f"/quotations/{self.quotation}/r/{version.number}")
                assert client.page.all("span", class_="status")[0].text == wanted, version
                self.searched_and_verified(client, version, wanted)
            self.listed(client)

    def searched_and_verified(self, client: Client, version: Version, wanted: str) -> None:
        number = self.revision(version).number
        if number is not None:
            client.get(f"/search?q={number}&kind=quotation")
            (hit,) = [row.text for row in client.page.all("li", class_="row") if f"{number} " in row.text]
            assert hit.strip().endswith(wanted), hit
        if version.code:
            client.get(f"/verify/{version.code}")
            (result,) = client.page.all("div", id="verify-result")
            standing, since = self.standing(version)
            assert result.attributes["data-standing"] == standing, version
            assert since in client.page.text
            assert ("客户已接受" in client.page.text) == (version.status == "accepted")

    def listed(self, client: Client) -> None:
        version = self.current
        shown = self.told_status(version)
        number = self.revision(version).number or "未编号"
        address = f"/quotations/{self.quotation}/r/{version.number}"
        client.get(f"/quotations?status={shown}")
        row = row_of(client.page.one("a", href=address))
        assert LABELS[shown] in row.text, (row.text, shown)
        assert number in row.text
        client.get("/quotations?size=200")
        own = [
            link
            for link in client.page.all("a")
            if f"/quotations/{self.quotation}/r/" in link.attributes.get("href", "")
        ]
        assert {link.attributes["href"] for link in own} == {address}
        for other in ("issued", "expired"):
            if other != shown:
                client.get(f"/quotations?status={other}")
                assert not client.page.all("a", href=address)


def first(events: list[Event], verb: str) -> Event:
    """The newest event of a verb."""
    return next(event for event in events if event.verb == verb)


def row_of(link: Element) -> Element:
    """The row of a table a link stands in."""
    found: Element | None = link
    while found is not None and found.tag != "tr":
        found = found.parent
    assert found is not None
    return found
