"""The life of a document as one table: guards, states, steps, tasks, events."""

import pytest
from sqlalchemy import select

from app.core import tasks, timeline, workflow
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.i18n import lazy
from app.core.notices import Notice
from app.core.permissions import SYSTEM, Role
from app.core.uow import unit_of_work
from app.core.workflow import Flow, State, mine, step
from tests import factories
from tests.core.letters import DOC_TYPE, FLOW, Letter, LetterPerm


def fire(letter, name, person, **options):
    actor = person if person is SYSTEM else factories.actor(person)
    with unit_of_work():
        FLOW.fire(letter, name, actor, version=options.pop("version", None), **options)


def steps(letter, person):
    return {view.name: view for view in FLOW.open_steps(letter, factories.actor(person))}


def test_a_step_changes_state_raises_the_version_and_records_itself(write_letter, salesperson):
    letter = write_letter(salesperson)
    fire(letter, "submit", salesperson, version=1)
    assert (letter.status, letter.version) == ("review", 2)
    (event,) = timeline.events_for(DOC_TYPE, letter.id)
    assert (event.verb, event.from_status, event.to_status) == ("letter:submit", "draft", "review")
    assert (event.actor_id, event.role, event.on_behalf_of_id) == (salesperson.id, "owner", None)
    assert timeline.describe(event) == "提交"


def test_tasks_follow_the_state(write_letter, salesperson, manager):
    letter = write_letter(salesperson)
    assert tasks.open_tasks(DOC_TYPE, letter.id) == []
    fire(letter, "submit", salesperson)
    (task,) = tasks.open_tasks(DOC_TYPE, letter.id)
    assert (task.kind, task.permission, task.excluded_user_id) == (
        "letter:review",
        LetterPerm.REVIEW,
        salesperson.id,
    )
    fire(letter, "approve", manager)
    assert [task.kind for task in tasks.open_tasks(DOC_TYPE, letter.id)] == ["letter:send"]
    fire(letter, "send", salesperson)
    assert tasks.open_tasks(DOC_TYPE, letter.id) == []


def test_checks_come_in_order_denied_stale_state_ready_reason(write_letter, salesperson, manager):
    letter = write_letter(salesperson, body="")
    with pytest.raises(Denied) as refusal:
        fire(letter, "submit", manager, version=99)
    assert refusal.value.sentence() == "您没有“提交”的权限，请联系孙晓"
    with pytest.raises(Stale):
        fire(letter, "submit", salesperson, version=99)
    with pytest.raises(Conflict) as refusal:
        fire(letter, "approve", manager, version=1)
    assert refusal.value.sentence() == "当前状态是“草稿”，不能“批准”，请刷新页面查看最新状态"
    with pytest.raises(Conflict) as refusal:
        fire(letter, "submit", salesperson, version=1)
    assert refusal.value.sentence() == "信函还没有正文"
    waiting = write_letter(salesperson, "review")
    with pytest.raises(Invalid) as refusal:
        fire(waiting, "return", manager, note="  ")
    assert list(refusal.value.fields) == ["note"]
    assert timeline.events_for(DOC_TYPE, [letter.id, waiting.id]) == []


def test_a_refused_step_changes_nothing(write_letter, salesperson, manager):
    letter = write_letter(salesperson, "review")
    with pytest.raises(Invalid):
        fire(letter, "return", manager)
    assert (letter.status, letter.version) == ("review", 1)


def test_returning_names_its_reason_and_tells_the_owner(write_letter, salesperson, manager):
    letter = write_letter(salesperson, "review")
    fire(letter, "return", manager, note=" 请写明交货期 ")
    event = timeline.events_for(DOC_TYPE, letter.id)[0]
    assert (event.reason, event.role) == ("请写明交货期", "manager")
    assert session.execute(select(Notice.user_id)).scalars().all() == [salesperson.id]


def test_nobody_approves_their_own_nor_through_a_deputy(write_letter, manager, technician, sales_department):
    letter = write_letter(manager, "review")
    factories.delegation(manager, technician)
    for person in (manager, technician):
        with pytest.raises(Denied) as refusal:
            fire(letter, "approve", person)
        assert "系统管理员" in refusal.value.sentence()
        assert steps(letter, person) == {}
    second = factories.user(name="副经理", department=sales_department, roles=[Role.MANAGER])
    with pytest.raises(Denied) as refusal:
        fire(letter, "approve", manager)
    assert "副经理" in refusal.value.sentence()
    fire(letter, "approve", second)


def test_a_deputy_acts_in_the_name_of_the_absent(write_letter, salesperson, manager, technician):
    factories.delegation(manager, technician)
    letter = write_letter(salesperson, "review")
    assert steps(letter, technician)["approve"].on_behalf_of == "马经理"
    fire(letter, "approve", technician)
    event = timeline.events_for(DOC_TYPE, letter.id)[0]
    assert (event.actor_name, event.on_behalf_of_name, event.on_behalf_of_id) == (
        "李工",
        "马经理",
        manager.id,
    )


def test_a_manager_of_another_department_has_no_say(write_letter, salesperson):
    stranger = factories.user(department=factories.department("采购部"), roles=[Role.MANAGER])
    letter = write_letter(salesperson, "review")
    with pytest.raises(Denied):
        fire(letter, "approve", stranger)


def test_the_effect_chooses_among_declared_targets_and_leaves_its_data(write_letter, salesperson):
    letter = write_letter(salesperson, "approved")
    fire(letter, "send", salesperson, data={"to": "filed"})
    assert (letter.status, letter.number) == ("filed", f"L-{letter.id}")
    assert timeline.events_for(DOC_TYPE, letter.id)[0].data == {"number": letter.number}
    other = write_letter(salesperson, "approved")
    with pytest.raises(ValueError, match="does not declare"):
        fire(other, "send", salesperson, data={"to": "nowhere"})
    assert other.status == "approved"


def test_the_page_gets_steps_with_what_they_need_and_why_they_wait(
    write_letter, salesperson, manager, back_office
):
    empty = write_letter(salesperson, body="")
    view = steps(empty, salesperson)["submit"]
    assert (view.blocked, view.kind, str(view.label)) == ("信函还没有正文", "primary", "提交")
    assert steps(empty, manager) == {}
    waiting = write_letter(salesperson, "review")
    assert {name: view.reason for name, view in steps(waiting, manager).items()} == {
        "return": True,
        "approve": False,
    }
    urgent = write_letter(salesperson, "approved", body="urgent")
    assert set(steps(urgent, back_office)) == {"send"}
    assert steps(write_letter(salesperson, "approved"), back_office) == {}
    assert steps(urgent, salesperson)["send"].form == "send"


def test_hidden_steps_are_for_the_system_only(write_letter, salesperson):
    letter = write_letter(salesperson, "approved")
    assert "expire" not in steps(letter, salesperson)
    with pytest.raises(Denied) as refusal:
        fire(letter, "expire", salesperson)
    assert "系统自动" in refusal.value.sentence()
    fire(letter, "expire", SYSTEM)
    assert letter.status == "draft"


def test_an_invalid_input_is_no_reason_to_block_a_step_with_a_form(write_letter, salesperson):
    def not_ready(letter, actor, data):
        return Invalid("core:invalid")

    flow = Flow(
        "test-form",
        "a",
        (State("a", lazy("一")), State("b", lazy("二"), terminal=True)),
        (
            step("go", "a", "b", mine, lazy("走"), form="go", ready=not_ready),
            step("run", "a", "b", mine, lazy("跑"), ready=not_ready),
        ),
        label=lazy("试"),
    )
    try:
        letter = write_letter(salesperson)
        session.refresh(letter)
        session.expunge(letter)
        letter.status = "a"
        views = {view.name: view.blocked for view in flow.open_steps(letter, factories.actor(salesperson))}
        assert views == {"go": None, "run": "有内容需要修改，请看各项下的说明"}
    finally:
        workflow._flows.pop("test-form")


def test_what_is_possible_can_be_asked_before_a_form_is_read(write_letter, salesperson, manager):
    letter = write_letter(salesperson, "review")
    assert FLOW.check_possible(letter, "approve", factories.actor(manager)).role == "manager"
    with pytest.raises(Denied):
        FLOW.check_possible(letter, "approve", factories.actor(salesperson))
    with pytest.raises(Stale):
        FLOW.check_possible(letter, "approve", factories.actor(manager), version=7)
    with pytest.raises(Conflict):
        FLOW.check_possible(letter, "send", factories.actor(salesperson))


def test_stale_names_who_changed_what_and_when(write_letter, salesperson, manager, at):
    at(2026, 11, 23, 9, 41)
    letter = write_letter(salesperson)
    with unit_of_work():
        letter.touch()
        timeline.record(
            DOC_TYPE,
            letter.id,
            "letter:plain",
            factories.actor(manager),
            data={"changes": [["body", "旧", "新"]]},
        )
    with pytest.raises(Stale) as refusal:
        workflow.check_version(DOC_TYPE, letter, 1)
    assert refusal.value.sentence() == "马经理 在 11-23 09:41 改过这份单据，请核对后再提交一次"
    assert refusal.value.changes == ("正文: 旧 → 新",)
    workflow.check_version(DOC_TYPE, letter, 2)
    workflow.check_version(DOC_TYPE, letter, None)


def test_stale_without_events_names_the_system(write_letter, salesperson):
    letter = write_letter(salesperson)
    with pytest.raises(Stale) as refusal:
        workflow.check_version(DOC_TYPE, letter, 7)
    assert (refusal.value.params["who"], refusal.value.changes) == ("系统自动", ())


def test_whom_a_step_reaches_is_known(write_letter, salesperson, manager, back_office):
    letter = write_letter(salesperson, "approved", body="urgent")
    send = FLOW.step("send").allowed
    assert send.people(letter) == [salesperson.id, back_office.id, manager.id]
    assert send.ask(letter) == "孙晓"
    assert send.permissions == {str(LetterPerm.SEND)}
    assert [str(label) for label in workflow.permission_labels(send)] == ["寄出信函"]
    calm = write_letter(salesperson, "approved")
    assert send.people(calm) == [salesperson.id]
    assert FLOW.step("expire").allowed.people(calm) == []


def test_whom_to_ask_is_the_first_of_the_choices_that_has_anybody(write_letter, salesperson, manager):
    nobody = workflow.may(LetterPerm.REVIEW, own=False)
    choice = workflow.any_of(nobody, mine)
    letter = write_letter(manager, "review")
    assert choice.ask(letter) == "马经理"
    assert workflow.any_of(nobody).ask(letter) == "系统管理员"


def test_the_owner_of_a_deleted_account_has_no_name(write_letter, salesperson):
    letter = write_letter(salesperson)
    session.expunge(letter)
    letter.owner_id = 999
    assert mine.ask(letter) == ""


def test_states_and_steps_are_found_by_name():
    assert str(FLOW.state("review").label) == "待审核"
    assert FLOW.has_step("approve")
    assert not FLOW.has_step("fly")
    with pytest.raises(KeyError):
        FLOW.step("fly")
    assert workflow.flows()[DOC_TYPE] is FLOW


def test_the_table_is_drawn():
    drawing = workflow.to_mermaid(FLOW)
    assert drawing.startswith("stateDiagram-v2\n    [*] --> draft")
    assert "    approved --> filed: 寄出" in drawing
    assert "    sent --> [*]" in drawing


A, B, END = State("a", lazy("一")), State("b", lazy("二")), State("end", lazy("完"), terminal=True)


@pytest.mark.parametrize(
    ("states", "rows", "message"),
    [
        ((A, END), (("go", "a", "gone"),), "unknown state gone"),
        ((A, END), (("go", "nowhere a", "end"),), "unknown state nowhere"),
        ((A, B, END), (("go", "a b", "end"),), "cannot be reached"),
        ((A, B, END), (("go", "a", "end"), ("turn", "b", "b")), "cannot be reached"),
        ((A, B, END), (("go", "a", "b end"),), "must choose"),
        ((A, B, END), (("go", "a", "end"), ("on", "a", "b")), "cannot be left"),
    ],
)
def test_a_table_that_cannot_work_is_refused_at_start(monkeypatch, states, rows, message):
    monkeypatch.setattr(timeline, "_verbs", dict(timeline._verbs))
    monkeypatch.setattr(workflow, "_flows", dict(workflow._flows))
    with pytest.raises(ValueError, match=message):
        Flow("broken", "a", states, tuple(step(*row, mine, lazy("走")) for row in rows), label=lazy("坏"))


def test_a_lock_reads_the_row_again(write_letter, salesperson):
    letter = write_letter(salesperson)
    with unit_of_work():
        session.connection().exec_driver_sql("UPDATE test_letter SET status = 'review'")
        workflow.lock(letter)
        assert letter.status == "review"
    assert isinstance(letter, Letter)
