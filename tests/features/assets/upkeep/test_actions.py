"""Repairs, loss and damage, scrapping: what each asks for, refuses and leaves behind."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem, Stale
from app.core.files import CheckedFile
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.timeline import Event, verify_chain
from app.features.assets import custody
from app.features.assets import invariant as custody_check
from app.features.assets.enums import HandOverStatus, ItemStatus
from app.features.assets.models import AssetCustody
from app.features.assets.upkeep import repairs
from app.features.assets.upkeep.enums import INCIDENT, SCRAPPING
from app.features.people.models import User
from tests import factories
from tests.features.assets.desk import Desk, load
from tests.features.assets.upkeep import house
from tests.features.rules import rulebook

House = tuple[Desk, User]


@pytest.fixture
def place() -> House:
    return house.house()


def verbs(doc_type: str, doc_id: int) -> list[str]:
    statement = (
        select(Event.verb).where(Event.doc_type == doc_type, Event.doc_id == doc_id).order_by(Event.seq)
    )
    return list(session.execute(statement).scalars())


# Repairs


def test_a_repair_leaves_the_responsible_person_and_the_history(place: House) -> None:
    desk, _leader = place
    item = desk.item(person=desk.first)
    number = house.send(desk.keeper, item)
    assert house.item_of(item.id).status == ItemStatus.REPAIR
    assert house.item_of(item.id).keeper_id == desk.first.id
    with pytest.raises(Conflict):
        house.send(desk.keeper, item)
    with pytest.raises(Invalid) as refused:
        house.take_back(desk.keeper, number, outcome="failure", cost=Decimal(0))
    assert set(refused.value.fields) == {"note"}
    row = house.take_back(desk.keeper, number)
    assert (row.cost, row.outcome) == (Decimal("120.00"), "success")
    assert house.item_of(item.id).status == ItemStatus.ASSIGNED
    with pytest.raises(Conflict):
        house.take_back(desk.keeper, number)
    second = house.send(desk.keeper, item)
    house.take_back(desk.keeper, second, outcome="failure", cost=Decimal(0), note="配件停产")
    assert [row.outcome for row in house.history(item.id)] == ["failure", "success"]
    assert (
        verbs("asset_item", item.id)[-4:]
        == [
            "asset_item:send-to-repair",
            "asset_item:back-from-repair",
        ]
        * 2
    )
    assert len(custody.history([item.id])[item.id]) == 1


def test_what_lies_in_store_comes_back_into_store(place: House) -> None:
    desk, _leader = place
    item = desk.item()
    house.take_back(desk.keeper, house.send(desk.keeper, item))
    assert house.item_of(item.id).status == ItemStatus.IN_STOCK


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"vendor": " "}, "vendor"),
        ({"vendor": "修" * 121}, "vendor"),
        ({"fault": ""}, "fault"),
        ({"fault": "坏\x00了"}, "fault"),
    ],
)
def test_a_repair_asks_for_vendor_and_fault(place: House, values: dict[str, str], field: str) -> None:
    desk, _leader = place
    item = desk.item()
    with pytest.raises(Invalid) as refused:
        house.send(desk.keeper, item, **values)
    assert field in refused.value.fields
    assert house.item_of(item.id).status == ItemStatus.IN_STOCK


def test_repairs_are_for_who_keeps_equipment_and_not_during_an_offer(place: House) -> None:
    desk, _leader = place
    item = desk.item()
    with pytest.raises(Denied):
        house.send(desk.first, item)
    with pytest.raises(Stale):
        house.send(desk.keeper, item, version=99)
    offer = desk.offer([item], desk.first)
    with pytest.raises(Conflict) as refused:
        house.send(desk.keeper, item)
    assert str(offer.number) in refused.value.sentence()


# Loss and damage


def test_a_lost_item_leaves_its_offer_and_is_found_again(place: House) -> None:
    desk, _leader = place
    item = desk.item(person=desk.first)
    offer = desk.offer([item], desk.second, by=desk.first)
    photo = CheckedFile("现场.png", "image/png", rulebook.PNG)
    incident = house.report(desk.first, item, photos=[photo])
    assert (incident.person_id, incident.status) == (desk.first.id, "reported")
    assert house.item_of(item.id).status == ItemStatus.LOST
    assert load(offer).status == HandOverStatus.WITHDRAWN
    assert [task.kind for task in open_tasks(INCIDENT, incident.id)] == ["asset_incident:follow"]
    with pytest.raises(Conflict):
        house.report(desk.first, item, "damaged")
    with pytest.raises(Conflict):
        desk.offer([item], desk.second, by=desk.first)
    found = house.follow(desk.first, incident, "find")
    assert (found.status, house.item_of(item.id).status) == ("found", ItemStatus.ASSIGNED)
    assert open_tasks(INCIDENT, incident.id) == []


def test_damage_leaves_the_item_where_it_is_and_is_closed_with_what_came_of_it(place: House) -> None:
    desk, _leader = place
    item = desk.item(person=desk.first)
    incident = house.report(desk.keeper, item, "damaged")
    assert house.item_of(item.id).status == ItemStatus.ASSIGNED
    with pytest.raises(Denied):
        house.follow(desk.first, incident, "close", conclusion="修好了")
    with pytest.raises(Denied):
        house.follow(desk.keeper, incident, "find")
    with pytest.raises(Invalid):
        house.follow(desk.keeper, incident, "close", conclusion=" ")
    assert house.follow(desk.keeper, incident, "close", conclusion="已换外壳").conclusion == "已换外壳"


def test_what_is_lost_in_repair_ends_that_repair(place: House) -> None:
    desk, _leader = place
    item = desk.item()
    house.send(desk.keeper, item)
    house.report(desk.keeper, item)
    assert repairs.running(item.id) is None
    assert [row.outcome for row in house.history(item.id)] == ["failure"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "eaten"}, "kind"),
        ({"happened_at": None}, "happened_at"),
        ({"place": ""}, "place"),
        ({"account": "  "}, "account"),
    ],
)
def test_a_report_asks_what_happened(place: House, values: dict[str, Any], field: str) -> None:
    desk, _leader = place
    item = desk.item(person=desk.first)
    with pytest.raises(Invalid) as refused:
        house.report(desk.first, item, **values)
    assert set(refused.value.fields) == {field}
    assert house.item_of(item.id).status == ItemStatus.ASSIGNED


def test_only_the_responsible_person_and_the_keeper_report(place: House) -> None:
    desk, _leader = place
    item = desk.item(person=desk.first)
    with pytest.raises(Denied) as refused:
        house.report(desk.second, item)
    assert "何静" in refused.value.sentence()
    with pytest.raises(Invalid):
        house.report(desk.first, item, photos=[CheckedFile("a.pdf", "application/pdf", b"%PDF")])


# Scrapping


def test_scrapping_is_decided_by_another_and_leaves_all_offers(place: House) -> None:
    desk, leader = place
    item = desk.item()
    document = house.ask_to_scrap(desk.keeper, item)
    (task,) = open_tasks(SCRAPPING, document.id)
    assert (task.permission, task.excluded_user_id) == ("assets:scrapping:approve", desk.keeper.id)
    with pytest.raises(Conflict):
        house.ask_to_scrap(desk.keeper, item)
    offer = desk.offer([item], desk.first)
    with pytest.raises(Denied):
        house.decide(desk.keeper, document, "approve")
    approved = house.decide(leader, document, "approve")
    now = house.item_of(item.id)
    assert (now.status, now.scrapped_at is not None) == (ItemStatus.SCRAPPED, True)
    assert (approved.approved_by_id, load(offer).status) == (leader.id, HandOverStatus.WITHDRAWN)
    with pytest.raises(Conflict):
        desk.accept(offer)
    assert [task.user_id for task in open_tasks(SCRAPPING, document.id)] == [desk.keeper.id]
    with pytest.raises(Invalid):
        house.decide(desk.keeper, document, "dispose", disposal=" ")
    assert house.decide(desk.keeper, document, "dispose", disposal="交废品站").status == "disposed"
    assert custody_check.check() == []


def test_who_asked_answers_for_what_somebody_else_lost(place: House) -> None:
    desk, leader = place
    item = desk.item(person=desk.first)
    house.report(desk.first, item)
    house.decide(leader, house.ask_to_scrap(desk.keeper, item), "approve")
    assert house.item_of(item.id).keeper_id == desk.keeper.id
    assert custody_check.check() == []


def test_no_leader_scraps_what_they_asked_for_themselves(place: House) -> None:
    desk, leader = place
    factories.role(leader, Role.ASSET_KEEPER, None)
    item = desk.item()
    with pytest.raises(Conflict) as refused:
        house.ask_to_scrap(leader, item)
    assert "主管领导" in refused.value.sentence()
    second = factories.user("陈总", "l2", None, [Role.LEADER])
    document = house.ask_to_scrap(leader, item)
    with pytest.raises(Denied):
        house.decide(leader, document, "approve")
    assert house.decide(second, document, "refuse", note="还能用").status == "refused"
    assert house.item_of(item.id).status == ItemStatus.IN_STOCK


def test_what_was_given_out_meanwhile_is_not_scrapped(place: House) -> None:
    desk, leader = place
    item = desk.item()
    document = house.ask_to_scrap(desk.keeper, item)
    desk.accept(desk.offer([item], desk.first))
    with pytest.raises(Conflict) as refused:
        house.decide(leader, document, "approve")
    assert "退库" in refused.value.sentence()
    assert house.decide(desk.keeper, document, "withdraw").status == "withdrawn"
    with pytest.raises(Conflict):
        house.ask_to_scrap(desk.keeper, item)
    with pytest.raises(NotVisible):
        house.decide(desk.second, document, "withdraw")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"reason": ""}, "reason"), ({"residual": None}, "residual"), ({"residual": Decimal(-1)}, "residual")],
)
def test_scrapping_asks_for_reason_and_residual(place: House, values: dict[str, Any], field: str) -> None:
    desk, _leader = place
    with pytest.raises(Invalid) as refused:
        house.ask_to_scrap(desk.keeper, desk.item(), **values)
    assert set(refused.value.fields) == {field}


# All of it in any order


class Upkeep(RuleBasedStateMachine):
    """Whatever is tried in whatever order: one responsible person, states that agree, refusals that are Problems."""

    desk: Desk
    leader: User

    def __init__(self) -> None:
        super().__init__()
        self.item = self.desk.item(person=self.desk.first)

    def attempt(self, act: Callable[[], object]) -> None:
        """Try something: it is done, or refused."""
        with suppress(Problem):
            act()
        session.expire_all()

    def people(self, place: int) -> User:
        return [self.desk.keeper, self.desk.first, self.desk.second, self.leader][place]

    @rule(who=st.integers(0, 3))
    def send(self, who: int) -> None:
        self.attempt(lambda: house.send(self.people(who), self.item))

    @rule(who=st.integers(0, 3), well=st.booleans())
    def back(self, who: int, well: bool) -> None:
        running = repairs.running(self.item.id)
        if running is not None:
            outcome = {"outcome": "success" if well else "failure", "note": "" if well else "停产"}
            self.attempt(lambda: house.take_back(self.people(who), running.id, **outcome))

    @rule(who=st.integers(0, 3), kind=st.sampled_from(["lost", "damaged"]))
    def report(self, who: int, kind: str) -> None:
        self.attempt(lambda: house.report(self.people(who), self.item, kind))

    @rule(who=st.integers(0, 3), step=st.sampled_from(["find", "close"]))
    def follow(self, who: int, step: str) -> None:
        known = (
            session.execute(
                select(house.AssetIncident)
                .where(house.AssetIncident.item_id == self.item.id)
                .order_by(house.AssetIncident.id.desc())
            )
            .unique()
            .scalars()
            .first()
        )
        if known is not None:
            self.attempt(lambda: house.follow(self.people(who), known, step, conclusion="已处理"))

    @rule(who=st.integers(0, 3))
    def ask(self, who: int) -> None:
        self.attempt(lambda: house.ask_to_scrap(self.people(who), self.item))

    @rule(who=st.integers(0, 3), step=st.sampled_from(["approve", "refuse", "withdraw", "dispose"]))
    def decide(self, who: int, step: str) -> None:
        known = (
            session.execute(
                select(house.AssetScrapping)
                .where(house.AssetScrapping.item_id == self.item.id)
                .order_by(house.AssetScrapping.id.desc())
            )
            .unique()
            .scalars()
            .first()
        )
        if known is not None:
            self.attempt(lambda: house.decide(self.people(who), known, step, note="看过", disposal="卖掉"))

    @rule(to=st.integers(1, 2), back=st.booleans())
    def hand_over(self, to: int, back: bool) -> None:
        item = house.item_of(self.item.id)
        giver = session.get_one(User, item.keeper_id)
        target = self.desk.keeper if back else self.people(to)
        self.attempt(lambda: self.desk.accept(self.desk.offer([item], target, by=giver, returning=back)))

    @invariant()
    def agrees(self) -> None:
        item = house.item_of(self.item.id)
        running = repairs.running(item.id) is not None
        assert running == (item.status == ItemStatus.REPAIR)
        open_ones = (
            select(func.count())
            .select_from(AssetCustody)
            .where(AssetCustody.item_id == item.id, AssetCustody.until_at.is_(None))
        )
        assert session.execute(open_ones).scalar_one() == 1
        periods = custody.history([item.id])[item.id]
        for later, earlier in pairwise(periods):
            assert later.from_at == earlier.until_at == later.previous_until
        if item.status != ItemStatus.SCRAPPED:
            assert custody_check.check() == []


def test_any_history_keeps_one_responsible_person(place: House) -> None:
    Upkeep.desk, Upkeep.leader = place
    run_state_machine_as_test(
        Upkeep, settings=given_settings(max_examples=12, stateful_step_count=25, deadline=None)
    )
    assert verify_chain() == []
