"""One inquiry, its quotation in all revisions, its talks and its seal, walked in any order while time moves on.

The model knows the rules by hand; after each step page, list, search and public verification are compared with it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.core import clock
from app.core.db import session
from app.core.errors import Problem
from app.core.files import CheckedFile
from app.core.uow import unit_of_work
from app.features.inquiries import actions as inquiries
from app.features.quotations import actions
from app.features.quotations.models import Quotation
from app.features.quotations.negotiation import actions as negotiations
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.prolong import prolong
from app.features.seals.models import SealRequest
from tests import stories
from tests.features.quotations.telling import Told, Version
from tests.features.seals import wet

PAPER = CheckedFile("回传.pdf", "application/pdf", b"%PDF-1.4")
PEOPLE = ("salesperson", "manager", "leader", "keeper", "colleague")
VALID_DAYS = 30
# Who does a step, from which states it may be done and where it leads; the rest depends and stands in the rules.
STEPS = {
    "withdraw": ("salesperson", {"review"}, "draft"),
    "return": ("manager", {"review"}, "returned"),
    "return_as_leader": ("leader", {"leader_review"}, "returned"),
    "refuse_acceptance": ("manager", {"accept_claimed"}, "issued"),
    "lose": ("salesperson", {"issued"}, "lost"),
    "void": ("manager", {"draft", "review", "returned", "leader_review", "approved", "issued"}, "void"),
}
LIVE = {"draft", "review", "returned", "leader_review", "approved", "issued", "accept_claimed"}
UNISSUED = LIVE - {"issued", "accept_claimed"}


class Desk(Told):
    """Anybody tries anything; what the rules allow succeeds, what they forbid is refused and changes nothing."""

    done = refused = 0

    @initialize(day=st.integers(0, 6), far=st.sampled_from([0, 3, 7, 7]))
    def begin(self, day: int, far: int) -> None:
        session.rollback()
        self.now = datetime.fromisoformat("2026-11-23T02:00:00+00:00") + timedelta(days=day)
        self.inquiry_status = "draft"
        self.versions: list[Version] = []
        self.waiting = self.talked_since_approval = False
        self.stamped = 0
        self.compared: object = None
        with self.at():
            self.inquiry = stories.inquiry(self.house.people, self.house.customer, lines=2).id
        self.quotation = 0
        for _step in range(far):
            self.go_on()

    @rule(steps=st.integers(1, 4))
    def go_on_the_main_road(self, steps: int) -> None:
        for _step in range(steps):
            self.go_on()

    @precondition(lambda self: 0 < len(self.versions) < 4 and self.current.status == "issued")
    @rule(late=st.booleans())
    def another_round(self, late: bool) -> None:
        """The customer bargains and gets another revision, perhaps only once the first has expired."""
        if late:
            self.now += timedelta(days=VALID_DAYS)
        self.revise(False, self.current.number - 1)
        for _step in range(5):
            if self.current.status != "issued":
                self.go_on()

    def go_on(self) -> None:
        """What is done next where nothing goes wrong: by who does it, so that walks reach the end."""
        if self.waiting:
            self.reply("consent", "manager")
        elif self.inquiry_status == "draft":
            self.report()
        elif self.inquiry_status == "reported":
            self.decide(False)
        elif self.inquiry_status == "preparing":
            self.answer()
            self.start_quoting()
        elif self.versions:
            self.go_on_quoting(self.current)

    def go_on_quoting(self, version: Version) -> None:
        stale = not version.priced or self.expired(version)
        if version.status in ("draft", "returned"):
            if stale:
                self.fill("465.50", VALID_DAYS)
            elif self.cheaper(version) and not self.talked_since_approval:
                self.talk(False, True)
            else:
                self.submit("salesperson")
        elif version.status in ("review", "leader_review"):
            self.approve("leader" if version.status == "leader_review" else "manager")
        elif version.status == "approved":
            self.issue("keeper", version.number - 1)

    def attempt(self, allowed: bool, act: Callable[[], Any]) -> bool:
        """Do it as the walk's time is; it must succeed exactly where the model says so."""
        session.rollback()
        with self.at():
            try:
                act()
                worked, why = True, ""
            except Problem as problem:
                session.rollback()
                worked, why = False, problem.code
        session.rollback()
        assert worked == allowed, (allowed, why, self.inquiry_status, self.versions, self.waiting)
        type(self).done += worked
        type(self).refused += not worked
        return worked

    # Time

    @rule(days=st.sampled_from([0, 0, 0, 1, 2, 9]), hours=st.integers(0, 23))
    def time_moves_on(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)

    # The inquiry

    def fire_inquiry(self, name: str, who: str, sources: set[str], target: str, **data: Any) -> bool:
        def act() -> None:
            with unit_of_work():
                inquiries.fire(
                    self.row, name, actor=self.house.people.actor(who), version=None, note="理由", data=data
                )

        deadline_past = name == "report" and self.row.deadline <= self.now
        if self.attempt(self.inquiry_status in sources and not deadline_past, act):
            self.inquiry_status = target
            return True
        return False

    @precondition(lambda self: self.inquiry_status == "draft")
    @rule()
    def report(self) -> None:
        self.fire_inquiry("report", "salesperson", {"draft"}, "reported")

    @precondition(lambda self: self.inquiry_status in ("draft", "reported"))
    @rule(asked=st.booleans())
    def decide(self, asked: bool) -> None:
        lines = [line.id for line in self.row.lines][: int(asked)]
        due = self.now + timedelta(days=1)
        self.fire_inquiry(
            "decide",
            "manager",
            {"reported"},
            "preparing",
            purchasing=lines,
            answers_due_at=due if asked else None,
        )

    @precondition(lambda self: self.inquiry_status == "preparing")
    @rule()
    def answer(self) -> None:
        with self.at():
            stories.answer(self.house.people, self.row)

    @precondition(lambda self: self.inquiry_status in ("reported", "preparing"))
    @rule()
    def start_quoting(self) -> None:
        lacking = any(line.ask_purchasing and line.purchasing is None for line in self.row.lines)
        sources = set() if lacking else {"preparing"}
        if self.fire_inquiry("start_quoting", "salesperson", sources, "quoting"):
            self.quotation = session.query(Quotation).filter_by(inquiry_id=self.inquiry).one().id
            self.versions = [Version(1, valid_until=self.today + timedelta(days=VALID_DAYS))]

    @precondition(lambda self: self.quotation)
    @rule(
        name=st.sampled_from(
            ["withdraw", "cancel", "submit", "submit", "submit", "claim_loss", "confirm_loss"]
        )
    )
    def inquiry_step(self, name: str) -> None:
        who, sources, target = {
            "withdraw": ("manager", {"preparing", "quoting"}, "withdrawn"),
            "cancel": (
                "salesperson",
                {"draft", "reported", "preparing", "quoting", "submitted"},
                "cancelled",
            ),
            "submit": ("salesperson", {"quoting"}, "submitted"),
            "claim_loss": ("salesperson", {"submitted"}, "loss_claimed"),
            "confirm_loss": ("manager", {"loss_claimed"}, "lost"),
        }[name]
        if name == "submit" and not any(version.code for version in self.versions):
            sources = set()
        data = {"loss_cause": "price", "lost_reason": "价格高"} if name == "claim_loss" else {}
        if self.fire_inquiry(name, who, sources, target, **data) and target in ("withdrawn", "cancelled"):
            for version in self.versions:
                if version.status in UNISSUED:
                    version.status = "void"
            self.talks_end()

    def talks_end(self) -> None:
        """What waits for an answer ends with the quotation: once no revision can still go on."""
        if not any(version.status in LIVE for version in self.versions):
            self.waiting = False

    # The quotation

    @precondition(lambda self: self.versions)
    @rule(price=st.sampled_from(["400", "465.50", "19999"]), days=st.sampled_from([VALID_DAYS, 5]))
    def fill(self, price: str, days: int) -> None:
        version = self.current
        if self.attempt(
            version.status in ("draft", "returned"),
            lambda: stories.fill(
                self.house.people,
                self.revision(version),
                price,
                valid_until=clock.today() + timedelta(days=days),
            ),
        ):
            version.priced, version.high = True, price == "19999"
            version.valid_until = self.today + timedelta(days=days)

    def step(self, version: Version, name: str, who: str, **options: Any) -> None:
        stories.step(self.house.people, self.revision(version), name, who, note="理由", **options)

    def cheaper(self, version: Version) -> bool:
        """Whether it lies below what was approved before it."""
        approved = self.revision(version).approved_before
        return bool(approved) and self.revision(version).total < Decimal(approved["total"])

    @precondition(lambda self: self.versions)
    @rule(who=st.sampled_from(["salesperson", "salesperson", "manager"]))
    def submit(self, who: str) -> None:
        version = self.current
        allowed = (
            version.status in ("draft", "returned")
            and who == "salesperson"
            and version.priced
            and not self.expired(version)
            and not self.waiting
            and (not self.cheaper(version) or self.talked_since_approval)
        )
        if self.attempt(allowed, lambda: self.step(version, "submit", who)):
            version.status = self.revision(version).status
            assert version.status in ("review", "leader_review")
            version.done.append("submit")

    @precondition(lambda self: self.versions)
    @rule(who=st.sampled_from(PEOPLE))
    def approve(self, who: str) -> None:
        version = self.current
        as_leader = version.status == "leader_review"
        wanted = "leader" if as_leader else "manager"
        name = "approve_as_leader" if as_leader else "approve"
        data = {"content_hash": self.revision(version).submitted_hash, "warnings_ticked": True}
        allowed = (
            version.status in ("review", "leader_review") and who == wanted and not self.expired(version)
        )
        if self.attempt(allowed, lambda: self.step(version, name, who, data=data)):
            version.status = "leader_review" if version.high and not as_leader else "approved"
            version.done.append(name)

    @precondition(lambda self: self.versions)
    @rule(who=st.sampled_from(["keeper", "keeper", "manager", "salesperson"]), place=st.integers(0, 3))
    def issue(self, who: str, place: int) -> None:
        version = self.versions[place % len(self.versions)]
        settled = any(other.status in ("accept_claimed", "accepted") for other in self.versions)
        allowed = (
            version.status == "approved"
            and who == "keeper"
            and not self.waiting
            and not self.expired(version)
            and not settled
        )

        def act() -> None:
            if who == "keeper":
                revision = self.revision(version)
                stories.issue(self.house.people, revision, self.house.seal, copies=1, form="paper")
            else:
                self.step(version, "issue", who)

        if self.attempt(allowed, act):
            version.status, version.code = "issued", self.revision(version).issued_files[0].code
            version.done.append("issue")
            for older in self.versions[: version.number - 1]:
                if older.status in ("issued", "approved"):
                    older.status, older.superseded_on = "superseded", self.today

    @precondition(lambda self: self.versions)
    @rule(name=st.sampled_from(sorted(STEPS)), right=st.booleans(), place=st.integers(0, 3))
    def other_step(self, name: str, right: bool, place: int) -> None:
        version = self.versions[place % len(self.versions)]
        who, sources, target = STEPS[name]
        done_by = who if right else "colleague"
        data = {"loss_cause": "price"} if name == "lose" else {}
        allowed = right and version.status in sources
        if self.attempt(allowed, lambda: self.step(version, name, done_by, data=data)):
            version.status = target
            self.talks_end()

    @precondition(lambda self: len(self.versions) < 4 and any(version.code for version in self.versions))
    @rule(far=st.booleans(), place=st.integers(0, 3))
    def revise(self, far: bool, place: int) -> None:
        version = self.versions[place % len(self.versions)]
        newest = version is self.versions[-1]
        allowed = (
            version.status in ("approved", "issued")
            and (version is self.current or newest)
            and not self.waiting
        )
        soon = version.valid_until is not None and version.valid_until <= self.today + timedelta(days=7)
        if far:
            allowed = allowed and (version.status != "issued" or soon or version is not self.current)
            allowed = allowed and self.today + timedelta(days=60) > (version.valid_until or self.today)

        def act() -> None:
            revision, actor = self.revision(version), self.house.people.actor("salesperson")
            with unit_of_work():
                if far:
                    later = clock.today() + timedelta(days=60)
                    prolong(revision, actor=actor, version=revision.version, valid_until=later, submit=False)
                else:
                    actions.revise(revision, actor=actor, version=revision.version, reason="还价")

        if self.attempt(allowed, act):
            until = self.today + timedelta(days=60) if far else version.valid_until
            self.versions.append(
                Version(len(self.versions) + 1, valid_until=until, priced=True, high=version.high)
            )
            self.talked_since_approval = False
            approved_at = self.revision(version).approved_at
            talks = session.query(Negotiation).filter_by(quotation_id=self.quotation)
            self.talked_since_approval = any(
                talk.created_at >= approved_at and (talk.status != "refused" or not talk.outside_price)
                for talk in talks
            )

    @precondition(lambda self: any(version.code for version in self.versions))
    @rule(confirmed=st.booleans(), right=st.booleans(), place=st.integers(0, 3))
    def accept(self, confirmed: bool, right: bool, place: int) -> None:
        papers = [version for version in self.versions if version.code]
        version = papers[place % len(papers)]
        if version.status == "issued":
            with self.at(), unit_of_work():
                owner = self.house.people.actor("salesperson")
                actions.attach_acceptance(self.revision(version), actor=owner, file=PAPER)
            version.claimed_paper = True
        who = "salesperson" if right else "colleague"
        allowed = right and version.status == "issued" and version.claimed_paper and not self.waiting
        if self.attempt(allowed, lambda: self.step(version, "claim_acceptance", who)):
            version.status = "accept_claimed"
        if confirmed:
            self.confirm(version)

    def confirm(self, version: Version) -> None:
        reason = {"late_reason": "库存有货"} if self.expired(version) else {"asked": True}
        allowed = version.status == "accept_claimed" and not self.waiting
        if self.attempt(allowed, lambda: self.step(version, "confirm_acceptance", "manager", data=reason)):
            version.status = "accepted"
            version.done.append("accept")
            self.inquiry_status = "won"
            for other in self.versions:
                if other.status in UNISSUED:
                    other.status = "void"
            self.talks_end()

    @precondition(lambda self: any(version.status == "accept_claimed" for version in self.versions))
    @rule()
    def confirm_waiting(self) -> None:
        self.confirm(next(version for version in self.versions if version.status == "accept_claimed"))

    # Talks

    @precondition(lambda self: self.versions)
    @rule(outside=st.booleans(), right=st.booleans())
    def talk(self, outside: bool, right: bool) -> None:
        version = self.current
        typed = NegotiationInput(
            counterpart="王采购", asked="降 3%", offered="降 1%", outside=("price",) if outside else ()
        )

        def act() -> None:
            with unit_of_work():
                actor = self.house.people.actor("salesperson" if right else "manager")
                negotiations.record(self.revision(version), actor=actor, typed=typed)

        if self.attempt(right and version.status in LIVE, act):
            self.waiting = self.waiting or outside
            self.talked_since_approval = True

    @precondition(lambda self: self.waiting)
    @rule(name=st.sampled_from(["consent", "refuse"]), who=st.sampled_from(["manager", "salesperson"]))
    def reply(self, name: str, who: str) -> None:
        talks = session.query(Negotiation).filter_by(quotation_id=self.quotation, status="waiting")

        def act() -> None:
            for talk in talks.all():
                with unit_of_work():
                    actor = self.house.people.actor(who)
                    negotiations.fire(talk, name, actor=actor, version=talk.version, note="最多降 1%")

        if self.attempt(who == "manager", act):
            self.waiting = False
            version = self.current
            if self.revision(version).approved_before:
                approved_at = self.revision(version).approved_before["approved_at"]
                rows = session.query(Negotiation).filter_by(quotation_id=self.quotation)
                self.talked_since_approval = any(
                    row.created_at.isoformat() >= approved_at
                    and (row.status != "refused" or not row.outside_price)
                    for row in rows
                )

    # The seal

    @precondition(lambda self: any(version.code for version in self.versions))
    @rule(place=st.integers(0, 3), approved=st.booleans())
    def stamp(self, place: int, approved: bool) -> None:
        """Ask for the wet seal on a paper, let it be approved or not, and try to press it."""
        papers = [version for version in self.versions if version.code]
        version = papers[place % len(papers)]
        sealable = version.status in ("issued", "accept_claimed", "accepted")
        request: list[SealRequest] = []

        def ask() -> None:
            found = wet.ask_for(self.house, self.wet_seal, self.revision(version), copies=1, impressions=1)
            request.append(found)

        if not self.attempt(sealable, ask):
            return
        (made,) = request
        if approved:
            self.attempt(True, lambda: wet.step(self.house, made, "approve", "manager"))
        if self.attempt(approved, lambda: wet.step(self.house, made, "stamp", "keeper", **wet.STAMPED)):
            self.stamped += 1
        else:
            self.attempt(True, lambda: wet.step(self.house, made, "cancel", "salesperson", note="不用了"))
