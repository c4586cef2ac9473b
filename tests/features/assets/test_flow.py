"""The life of a hand-over: responsibility passes in the instant of acceptance, for all of it or for nothing."""

from datetime import timedelta

import pytest

from app.core import clock, files
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.assets import accepting, custody, offering
from app.features.assets.enums import CustodyKind, HandOverKind, HandOverStatus, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.offering import OfferedItem
from tests import factories
from tests.features.assets.desk import Desk, desk, fresh, load, valuable


@pytest.fixture
def house() -> Desk:
    return desk()


def test_entered_into_store_its_keeper_is_responsible(house: Desk) -> None:
    item = house.item()
    assert (item.number or "").startswith("SB-")
    assert (item.status, item.keeper_id) == (ItemStatus.IN_STOCK, house.keeper.id)
    assert custody.open_period(item.id).kind == CustodyKind.STORE


def test_issue_passes_responsibility_in_the_instant_of_acceptance(house: Desk) -> None:
    items = [house.item("投影仪"), house.item("相机")]
    hand_over = house.offer(items, house.first)
    assert hand_over.kind == HandOverKind.ISSUE
    assert [task.user_id for task in open_tasks("hand_over", hand_over.id)] == [house.first.id]
    assert fresh(items[0]).keeper_id == house.keeper.id
    accepted = house.accept(hand_over)
    assert accepted.status == HandOverStatus.ACCEPTED
    assert open_tasks("hand_over", hand_over.id) == []
    for item in items:
        now = fresh(item)
        assert (now.keeper_id, now.status) == (house.first.id, ItemStatus.ASSIGNED)
        first, second = reversed(custody.history([item.id])[item.id])
        assert first.until_at == second.from_at == second.previous_until
        assert second.hand_over_id == hand_over.id
    sheet = session.get_one(files.StoredFile, accepted.sheet_file_id)
    assert files.read_bytes(sheet).startswith(b"%PDF")
    assert sheet.legal_hold


def test_holder_passes_on_directly_and_the_keeper_is_only_told(house: Desk) -> None:
    item = house.item(person=house.first)
    hand_over = house.offer([item], house.second, house.first)
    assert hand_over.kind == HandOverKind.TRANSFER
    house.accept(hand_over)
    assert fresh(item).keeper_id == house.second.id
    with pytest.raises(Denied):
        house.offer([item], house.second, house.first)


def test_what_is_wrong_with_a_thing_is_never_cut_short(house: Desk) -> None:
    item = house.item()

    def offer(note: str) -> None:
        with unit_of_work():
            offered = [OfferedItem(item.id, "damaged", note)]
            offering.offer(actor=factories.actor(house.keeper), items=offered, to_id=house.first.id)

    with pytest.raises(Invalid) as refused:
        offer("碎" * 201)
    assert set(refused.value.fields) == {"condition_note"}
    offer("碎" * 200)
    assert load_open(item).lines[0].condition_note == "碎" * 200


def test_declined_or_withdrawn_the_old_holder_stays(house: Desk) -> None:
    item = house.item(person=house.first)
    with pytest.raises(Invalid):
        house.fire(house.offer([item], house.second), "decline", house.second)
    hand_over = load_open(item)
    assert house.fire(hand_over, "decline", house.second, "不需要").status == HandOverStatus.DECLINED
    assert fresh(item).keeper_id == house.first.id
    again = house.offer([item], house.second, house.first)
    assert house.fire(again, "withdraw", house.first).status == HandOverStatus.WITHDRAWN
    assert fresh(item).keeper_id == house.first.id


def load_open(item: AssetItem):  # type: ignore[no-untyped-def]
    from app.features.assets import queries

    return queries.open_offer_of(item.id)


def test_an_item_is_in_one_offer_at_most(house: Desk) -> None:
    item = house.item()
    house.offer([item], house.first)
    with pytest.raises(Conflict) as refused:
        house.offer([item], house.second)
    assert refused.value.code == "hand_over:offered-already"


def test_two_tabs_accept_once(house: Desk) -> None:
    hand_over = house.offer([house.item()], house.first)
    stale = accepting.prepare(load(hand_over))
    house.accept(hand_over)
    with pytest.raises((Stale, Conflict)), unit_of_work():
        accepting.accept(
            load(hand_over), actor=factories.actor(house.first), version=stale.version, prepared=stale
        )


def test_nobody_else_accepts(house: Desk) -> None:
    hand_over = house.offer([house.item()], house.first)
    for other in (house.second, house.manager, house.keeper):
        with pytest.raises(Denied):
            house.accept(hand_over, other)


@pytest.mark.parametrize("status", [ItemStatus.SCRAPPED, ItemStatus.LOST])
def test_all_or_nothing_where_an_item_is_gone_meanwhile(house: Desk, status: str) -> None:
    items = [house.item("投影仪"), house.item("相机")]
    hand_over = house.offer(items, house.first)
    with unit_of_work():
        gone = session.get_one(AssetItem, items[1].id)
        gone.status = status
        gone.scrapped_at = clock.now() if status == ItemStatus.SCRAPPED else None
    with pytest.raises(Conflict) as refused:
        house.accept(hand_over)
    assert refused.value.code == "hand_over:item-gone"
    assert fresh(items[0]).keeper_id == house.keeper.id
    with unit_of_work():
        assert offering.withdraw_offers_of([items[1].id], note="设备已报废") == 1
    assert load(hand_over).status == HandOverStatus.WITHDRAWN


def test_nobody_answers_and_the_offer_ends_by_itself(house: Desk) -> None:
    item = house.item()
    hand_over = house.offer([item], house.first)
    offering.expire_offers({})
    assert load(hand_over).status == HandOverStatus.OFFERED
    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)):
        offering.expire_offers({})
        offering.expire_offers({})
    assert load(hand_over).status == HandOverStatus.EXPIRED
    assert fresh(item).keeper_id == house.keeper.id
    house.offer([item], house.second)


def test_lent_things_are_asked_back_until_they_are_back(house: Desk) -> None:
    item = house.item()
    due = clock.today() + timedelta(days=3)
    loan = house.accept(house.offer([item], house.first, due_back_on=due))
    assert fresh(item).due_back_on == due
    assert [task.kind for task in open_tasks("hand_over", loan.id)] == ["hand_over:give-back"]
    with pytest.raises(Conflict) as refused:
        house.offer([item], house.second, house.first)
    assert refused.value.code == "hand_over:borrowed"
    back = house.offer([item], house.keeper, house.first, returning=True, place_id=house.store.id)
    house.accept(back)
    now = fresh(item)
    assert (now.due_back_on, now.status, now.keeper_id) == (None, ItemStatus.IN_STOCK, house.keeper.id)
    assert open_tasks("hand_over", loan.id) == []


def test_return_asks_for_the_checklist_of_the_category() -> None:
    house = desk(checklist=("镜头干净", "能开机"))
    item = house.item(person=house.first)
    back = house.offer([item], house.keeper, house.first, returning=True)
    line = load(back).lines[0]
    with pytest.raises(Invalid):
        house.accept(back)
    half = {line.id: [{"text": "镜头干净", "ok": True, "note": ""}]}
    with pytest.raises(Invalid):
        house.accept(back, checklists=half)
    whole = {line.id: [*half[line.id], {"text": "能开机", "ok": False, "note": "不亮"}]}
    accepted = house.accept(back, checklists=whole)
    assert accepted.lines[0].checklist[1]["note"] == "不亮"
    assert fresh(item).status == ItemStatus.IN_STOCK


def test_what_was_found_on_return_is_never_cut_short() -> None:
    house = desk(checklist=("镜头干净",))
    item = house.item(person=house.first)
    back = house.offer([item], house.keeper, house.first, returning=True)
    line = load(back).lines[0].id
    with pytest.raises(Invalid) as refused:
        house.accept(back, checklists={line: [{"text": "镜头干净", "ok": False, "note": "划" * 201}]})
    assert str(refused.value.fields["checklist"]) == ("投影仪：“镜头干净”的情况写了 201 个字，最多 200 个字")
    accepted = house.accept(back, checklists={line: [{"text": "镜头干净", "ok": False, "note": "划" * 200}]})
    assert accepted.lines[0].checklist[0]["note"] == "划" * 200


def test_keeper_takes_back_without_an_offer(house: Desk) -> None:
    item = house.item(person=house.first)
    with unit_of_work():
        done = accepting.take_back(
            actor=factories.actor(house.keeper), items=[OfferedItem(item.id)], place_id=house.store.id
        )
    assert (done.status, done.kind) == (HandOverStatus.ACCEPTED, HandOverKind.RETURN)
    assert fresh(item).keeper_id == house.keeper.id
    with pytest.raises(Denied), unit_of_work():
        accepting.take_back(actor=factories.actor(house.first), items=[OfferedItem(item.id)])


def test_what_is_valuable_needs_a_witness_between_two_colleagues(house: Desk) -> None:
    item = valuable(house, house.first)
    hand_over = house.offer([item], house.second, house.first)
    with pytest.raises(Conflict) as refused:
        house.accept(hand_over)
    assert refused.value.code == "hand_over:needs-witness"
    with pytest.raises(Denied):
        house.fire(hand_over, "witness", house.manager)
    house.fire(hand_over, "witness", house.keeper)
    assert house.accept(hand_over).witness_id == house.keeper.id


def test_keepers_own_hand_out_needs_no_other_witness(house: Desk) -> None:
    assert house.accept(house.offer([valuable(house)], house.first)).witness_id == house.keeper.id


def test_on_the_keepers_screen_the_keeper_is_the_witness(house: Desk) -> None:
    hand_over = house.offer([valuable(house, house.first)], house.second, house.first)
    accepted = house.accept(hand_over, keeper=factories.actor(house.keeper))
    assert (accepted.witness_id, accepted.on_keepers_screen) == (house.keeper.id, True)


def test_one_hand_over_is_of_one_giver(house: Desk) -> None:
    items = [house.item(person=house.first), house.item(person=house.second)]
    with pytest.raises(Invalid):
        house.offer(items, house.manager)


def test_department_follows_whose_it_is(house: Desk) -> None:
    other = factories.department("技术部")
    engineer = factories.user("李工", "t1", other, [Role.TECHNICAL])
    item = house.item()
    house.accept(house.offer([item], engineer))
    assert fresh(item).department_id == other.id
