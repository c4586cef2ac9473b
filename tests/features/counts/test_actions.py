"""Counting: what is expected, what each scan says, reconciling, approval by another, and what is then done."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.files import CheckedFile
from app.core.permissions import Role
from app.core.tasks import open_tasks
from app.core.timeline import verify_chain
from app.core.uow import unit_of_work
from app.features.assets import catalogue
from app.features.assets import invariant as custody_check
from app.features.assets import queries as asset_queries
from app.features.assets.catalogue import PlaceValues
from app.features.assets.enums import ItemStatus
from app.features.counts import actions, lines, pdf
from app.features.counts.actions import CountValues
from app.features.counts.enums import COUNT, Result
from app.features.counts.models import StockCount, StockCountLine
from app.features.counts.remedies import Chosen
from tests import factories
from tests.features.assets.desk import fresh
from tests.features.assets.upkeep import house
from tests.features.counts.store import Store, line, load, store
from tests.features.rules import rulebook
from tests.paper_tools import saved, text_of


@pytest.fixture
def place() -> Store:
    return store()


def kinds(count: StockCount) -> list[str]:
    return sorted(task.kind for task in open_tasks(COUNT, count.id))


# Opening


def test_a_count_keeps_what_is_expected_when_it_is_opened(place: Store) -> None:
    desk = place.desk
    here, there = desk.item("投影仪"), desk.item("相机", place_id=desk.room.id)
    away, lost = desk.item("打印机"), desk.item("对讲机")
    house.send(desk.keeper, away)
    house.report(desk.keeper, lost)
    count = place.open()
    assert (count.number or "").startswith("PD-")
    assert count.title == "一号库"
    assert [row.item_id for row in lines.expected_lines(count.id)] == [here.id]
    assert kinds(count) == ["stock_count:count"]
    everything = place.open(department_id=desk.department.id)
    assert [row.item_id for row in lines.expected_lines(everything.id)] == [here.id, there.id]
    of_category = place.open(category_id=desk.category.id)
    assert lines.progress(of_category.id) == (0, 2)
    house.send(desk.keeper, here)
    assert line(count, here).expected_status == ItemStatus.IN_STOCK


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "place_ids"),
        ({"place_ids": (999,)}, "place_ids"),
        ({"category_id": 999}, "category_id"),
        ({"department_id": 999}, "department_id"),
        ({"place_ids": (1,), "title": "长" * 121}, "title"),
        ({"place_ids": (1,)}, "place_ids"),
    ],
)
def test_a_count_of_nothing_is_refused_at_its_field(place: Store, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.open_count(actor=factories.actor(place.keeper), values=CountValues(**values))
    assert set(refused.value.fields) == {field}
    assert session.execute(select(func.count()).select_from(StockCount)).scalar_one() == 0


def test_only_who_keeps_equipment_opens_a_count(place: Store) -> None:
    place.desk.item()
    for person in (place.helper, place.desk.first, place.manager):
        with pytest.raises(Denied):
            place.open(by=person)


# Scanning


def test_a_label_a_number_and_a_serial_number_are_the_same_item(place: Store) -> None:
    desk = place.desk
    item, other, third = (desk.item(name, serial_number=f"SN-{name}") for name in ("甲", "乙", "丙"))
    count = place.open()
    assert count.status == "open"
    done = place.scan(count, f"http://zhangcheng.local/assets/scan/{item.label_code}")
    assert (done.repeated, load(count.id).status) == (False, "counting")
    assert line(count, item).result == Result.MATCH
    assert place.scan(count, str(other.number).lower()).line is not None
    assert place.scan(count, "sn-丙", by=place.helper).line is not None
    assert lines.progress(count.id) == (3, 3)
    again = place.scan(count, item.label_code.lower(), by=place.helper)
    assert again.repeated
    assert again.line is not None
    assert again.line.found_by_id == place.keeper.id
    assert lines.progress(count.id) == (3, 3)
    assert line(count, third).found_by_id == place.helper.id


def test_each_result_is_known_at_once(place: Store) -> None:
    desk = place.desk
    right, elsewhere, hers, lost = (desk.item(name) for name in ("甲", "乙", "丙", "丁"))
    house.report(desk.keeper, lost)
    count = place.open(desk.store.id, desk.room.id)
    place.scan(count, str(right.number))
    place.scan(count, str(elsewhere.number), place=desk.room.id)
    place.scan(count, str(hers.number), person_seen_id=desk.first.id)
    place.scan(count, str(lost.number))
    results = [line(count, item).result for item in (right, elsewhere, hers, lost)]
    assert results == [Result.MATCH, Result.MISPLACED, Result.OTHER_KEEPER, Result.SURPLUS]
    missing = desk.item("戊")
    assert lines.totals(count.id)[Result.MISSING] == 0
    second = place.open()
    assert line(second, missing).result == Result.MISSING


def test_what_no_label_names_is_asked_about_and_kept_once(place: Store) -> None:
    place.desk.item()
    count = place.open()
    with pytest.raises(Invalid) as refused:
        place.scan(count, "无标签电钻")
    assert set(refused.value.fields) == {"code"}
    assert lines.strays(count.id) == []
    assert not place.scan(count, "无标签电钻", unknown_too=True).repeated
    assert place.scan(count, "无标签电钻").repeated
    assert lines.totals(count.id)[Result.SURPLUS] == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "  "}, "code"),
        ({"code": "http://"}, "code"),
        ({"code": "坏\x00"}, "code"),
        ({"place": 999}, "place_id"),
        ({"person_seen_id": 999}, "person_seen_id"),
    ],
)
def test_a_scan_that_cannot_be_meant_changes_nothing(place: Store, given: dict[str, Any], field: str) -> None:
    item = place.desk.item()
    count = place.open()
    with pytest.raises(Invalid) as refused:
        place.scan(count, **{"code": str(item.number), **given})
    assert set(refused.value.fields) == {field}
    assert load(count.id).status == "open"
    assert lines.progress(count.id) == (0, 1)


def test_a_place_outside_the_count_is_refused(place: Store) -> None:
    item = place.desk.item()
    count = place.open()
    with pytest.raises(Invalid):
        place.scan(count, str(item.number), place=place.desk.room.id)


def test_a_mistaken_scan_is_taken_back(place: Store) -> None:
    expected, surplus = place.desk.item("甲"), place.desk.item("乙")
    house.report(place.keeper, surplus)
    count = place.open()
    for item in (expected, surplus):
        place.scan(count, str(item.number))
        with unit_of_work():
            actions.take_back_scan(load(count.id), line(count, item).id, actor=factories.actor(place.helper))
    assert lines.progress(count.id) == (0, 1)
    assert session.execute(select(func.count()).select_from(StockCountLine)).scalar_one() == 1
    other = place.open()
    with pytest.raises(NotVisible), unit_of_work():
        actions.take_back_scan(load(other.id), line(count, expected).id, actor=factories.actor(place.keeper))


def test_a_paper_sheet_is_typed_in_and_typing_it_twice_changes_nothing(place: Store) -> None:
    items = [place.desk.item(name) for name in ("甲", "乙")]
    count = place.open()
    text = f"{items[0].number}\n{items[1].number}，XX-1\n\n{items[0].number}"
    for again in (False, True):
        with unit_of_work():
            scans, unknown = actions.type_in(
                load(count.id), actor=factories.actor(place.keeper), place_id=place.desk.store.id, text=text
            )
        assert [scan.repeated for scan in scans] == [again, again]
        assert unknown == ["XX-1"]
    for wrong in (" \n", "\n".join(f"X{number}" for number in range(301))):
        with pytest.raises(Invalid), unit_of_work():
            actions.type_in(
                load(count.id), actor=factories.actor(place.keeper), place_id=place.desk.store.id, text=wrong
            )


def test_who_may_not_count_is_refused(place: Store) -> None:
    item = place.desk.item()
    count = place.open()
    for person in (place.desk.first, place.manager):
        with pytest.raises(Denied):
            place.scan(count, str(item.number), by=person)


# Reconciling, approving, carrying out


def test_differences_are_settled_approved_by_another_and_carried_out(place: Store) -> None:
    desk = place.desk
    gone, elsewhere, hers, back = (desk.item(name) for name in ("甲", "乙", "丙", "丁"))
    house.report(desk.keeper, back)
    count = place.open(desk.store.id, desk.room.id)
    with pytest.raises(Conflict):
        place.step(count, "reconcile")
    place.scan(count, str(elsewhere.number), place=desk.room.id, by=place.helper)
    place.scan(count, str(hers.number), person_seen_id=desk.first.id)
    place.scan(count, str(back.number))
    place.scan(count, "旧电钻", unknown_too=True)
    with pytest.raises(Denied):
        place.step(count, "reconcile", by=place.helper)
    place.step(count, "reconcile")
    assert kinds(count) == ["stock_count:reconcile"]
    with pytest.raises(Conflict):
        place.scan(count, str(gone.number))
    with pytest.raises(Conflict) as refused:
        place.step(count, "approve", by=place.manager)
    assert "5" in refused.value.sentence()
    entered = desk.item("电钻")
    chosen = {
        line(count, gone).id: Chosen("report_loss", "三处都找过"),
        line(count, elsewhere).id: Chosen("move"),
        line(count, hers).id: Chosen("offer"),
        line(count, back).id: Chosen("found_again"),
    }
    (stray,) = lines.strays(count.id)
    place.settle(count, chosen, {stray.id: Chosen("registered", item_code=str(entered.number))})
    assert kinds(count) == ["stock_count:approve"]
    with pytest.raises(Denied):
        place.step(count, "approve", by=place.keeper)
    approved = place.step(count, "approve", by=place.manager)
    assert (approved.approved_by_id, kinds(count)) == (place.manager.id, ["stock_count:close"])
    assert fresh(gone).status == ItemStatus.IN_STOCK
    sheet = CheckedFile("签字.png", "image/png", rulebook.PNG)
    closed = place.step(count, "close", sheet=sheet)
    assert (closed.status, kinds(count)) == ("closed", [])
    assert fresh(gone).status == ItemStatus.LOST
    assert fresh(elsewhere).place_id == desk.room.id
    assert fresh(back).status == ItemStatus.IN_STOCK
    offer = asset_queries.open_offer_of(hers.id)
    assert offer is not None
    assert (offer.to_id, fresh(hers).keeper_id) == (desk.first.id, desk.keeper.id)
    assert all(line(count, item).done_at for item in (gone, elsewhere, hers, back))
    assert fresh(elsewhere).checked_at is not None
    assert custody_check.check() == []


def test_what_was_counted_and_taken_back_reconciles_nothing(place: Store) -> None:
    item = place.desk.item()
    count = place.open()
    place.scan(count, str(item.number))
    with unit_of_work():
        actions.take_back_scan(load(count.id), line(count, item).id, actor=factories.actor(place.keeper))
    assert load(count.id).status == "counting"
    with pytest.raises(Conflict) as refused:
        place.step(count, "reconcile")
    assert refused.value.code == "stock_count:nothing-counted"
    assert (load(count.id).status, kinds(count)) == ("counting", ["stock_count:count"])


def test_who_counted_does_not_approve(place: Store) -> None:
    item = place.desk.item()
    factories.role(place.manager, Role.WAREHOUSE, place.desk.department)
    count = place.open()
    place.scan(count, str(item.number), by=place.manager)
    place.step(count, "reconcile")
    with pytest.raises(Denied):
        place.step(count, "approve", by=place.manager)
    assert place.step(count, "approve", by=place.leader).status == "approved"
    assert place.step(count, "close").status == "closed"


def test_an_approver_sends_a_count_back_with_a_reason(place: Store) -> None:
    item = place.desk.item()
    count = place.open()
    place.scan(count, str(item.number))
    place.step(count, "reconcile")
    with pytest.raises(Invalid):
        place.step(count, "send_back", by=place.manager)
    place.step(count, "send_back", by=place.manager, note="二楼没有盘")
    assert (load(count.id).status, kinds(count)) == ("counting", ["stock_count:count"])
    place.step(count, "reconcile")
    assert place.step(count, "continue").status == "counting"
    assert place.step(count, "cancel", note="月底再盘").status == "cancelled"
    assert kinds(count) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Chosen("move"), "remedy"),
        (Chosen("leave"), "note"),
        (Chosen("leave", "长" * 201), "note"),
        (Chosen("eaten"), "remedy"),
    ],
)
def test_a_remedy_that_does_not_fit_is_refused_at_its_line(place: Store, said: Chosen, field: str) -> None:
    missing, found = place.desk.item("甲"), place.desk.item("乙")
    count = place.open()
    place.scan(count, str(found.number))
    place.scan(count, "杂物", unknown_too=True)
    place.step(count, "reconcile")
    number = line(count, missing).id
    with pytest.raises(Invalid) as refused:
        place.settle(count, {number: said})
    assert set(refused.value.fields) == {f"{field}-{number}"}
    assert line(count, missing).remedy is None
    (stray,) = lines.strays(count.id)
    for wrong in (Chosen("registered", item_code="没有"), Chosen("move"), Chosen("leave")):
        with pytest.raises(Invalid):
            place.settle(count, {}, {stray.id: wrong})


def test_settling_asks_for_the_right_state_person_and_version(place: Store) -> None:
    missing, found = place.desk.item("甲"), place.desk.item("乙")
    count = place.open()
    place.scan(count, str(found.number))
    with pytest.raises(Conflict):
        place.settle(count, {})
    place.step(count, "reconcile")
    with pytest.raises(Denied):
        place.settle(count, {}, by=place.helper)
    with pytest.raises(Stale):
        place.settle(count, {}, version=1)
    number = line(count, missing).id
    place.settle(count, {number: Chosen("report_loss")})
    place.settle(count, {number: Chosen("")})
    assert line(count, missing).remedy is None


def test_what_changed_since_is_left_alone_and_stops_nothing(place: Store) -> None:
    desk = place.desk
    gone, moved, hers = (desk.item(name) for name in ("甲", "乙", "丙"))
    count = place.open(desk.store.id, desk.room.id)
    place.scan(count, str(moved.number), place=desk.room.id)
    place.scan(count, str(hers.number), person_seen_id=desk.first.id)
    place.step(count, "reconcile")
    place.settle_all(count, {"missing": "report_loss", "misplaced": "move", "other_keeper": "offer"})
    place.step(count, "approve", by=place.manager)
    house.report(desk.keeper, gone)
    house.report(desk.keeper, moved)
    desk.accept(desk.offer([hers], desk.first))
    assert place.step(count, "close").status == "closed"
    assert [line(count, item).done_at for item in (gone, moved, hers)] == [None, None, None]


# Papers


def test_papers_say_what_is_expected_and_what_came_of_it(place: Store, tmp_path: Path) -> None:
    missing, found = place.desk.item("激光测距仪"), place.desk.item("投影仪")
    count = place.open()
    blank = text_of(saved(tmp_path, pdf.blank_sheet(count, "沃垦农机")))
    assert all(text in blank for text in ("盘点表", str(missing.number), "激光测距仪", "一号库", "监盘人"))
    place.scan(count, str(found.number))
    place.scan(count, "旧电钻", unknown_too=True)
    place.step(count, "reconcile")
    place.settle_all(count, {"missing": "report_loss"})
    place.step(count, "approve", by=place.manager)
    result = text_of(saved(tmp_path, pdf.result_sheet(load(count.id), "沃垦农机")))
    said = ("盘点结果", "激光测距仪", "盘亏", "报失", "旧电钻", "王建国", "审批人")
    assert [text for text in said if text not in result] == []


# In any order


class Counting(RuleBasedStateMachine):
    """Two people scan, take back and type in any order: one line an item, totals that add up, nothing counted twice."""

    place: Store

    def __init__(self) -> None:
        super().__init__()
        desk = self.place.desk
        # a place of its own for each run: nothing of an earlier one is expected there
        name = f"货架{session.execute(select(func.count()).select_from(StockCount)).scalar_one()}"
        with unit_of_work():
            values = PlaceValues(name)
            self.shelf = catalogue.add_place(actor=factories.actor(desk.keeper), values=values).id
        self.items = [desk.item(f"物{number}", place_id=self.shelf) for number in range(4)]
        self.outside = desk.item("别处", place_id=desk.room.id)
        self.count = self.place.open(self.shelf)
        self.found: dict[int, int] = {}
        self.unknown: set[str] = set()

    @rule(which=st.integers(0, 4), helps=st.booleans(), by_label=st.booleans())
    def scan(self, which: int, helps: bool, by_label: bool) -> None:
        item = [*self.items, self.outside][which]
        who = self.place.helper if helps else self.place.keeper
        code = item.label_code if by_label else str(item.number)
        done = self.place.scan(self.count, code, self.shelf, by=who)
        assert done.repeated == (item.id in self.found)
        self.found.setdefault(item.id, who.id)

    @rule(code=st.sampled_from(["电钻", "桌子"]))
    def unknown_thing(self, code: str) -> None:
        done = self.place.scan(self.count, code, self.shelf, unknown_too=True)
        assert done.repeated == (code in self.unknown)
        self.unknown.add(code)

    @precondition(lambda self: self.found)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.found)))
        found = next(row for row in lines.found_lines(self.count.id) if row.item_id == number)
        with unit_of_work():
            actor = factories.actor(self.place.keeper)
            actions.take_back_scan(load(self.count.id), found.id, actor=actor)
        del self.found[number]

    @invariant()
    def adds_up(self) -> None:
        session.expire_all()
        totals = lines.totals(self.count.id)
        found, expected = lines.progress(self.count.id)
        inside = [item.id for item in self.items if item.id in self.found]
        assert expected == len(self.items)
        assert found == len(inside) == totals[Result.MATCH]
        assert totals[Result.MISSING] == len(self.items) - len(inside)
        assert totals[Result.MISPLACED] == (self.outside.id in self.found)
        assert totals[Result.SURPLUS] == len(self.unknown)
        rows = {row.item_id: row.found_by_id for row in lines.found_lines(self.count.id)}
        assert rows == self.found


def test_two_people_count_in_any_order(place: Store) -> None:
    Counting.place = place
    run_state_machine_as_test(
        Counting, settings=given_settings(max_examples=10, stateful_step_count=20, deadline=None)
    )
    assert verify_chain() == []
