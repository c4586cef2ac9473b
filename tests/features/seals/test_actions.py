from datetime import UTC, datetime

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core import documents, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.permissions import SYSTEM, Role
from app.core.uow import unit_of_work
from app.features.people import actions as people
from app.features.people.models import User
from app.features.seals import actions, queries
from app.features.seals.enums import DRAWABLE_KINDS, SealForm, SealKind, SealStatus, UseForm
from app.features.seals.models import LegalEntity, Seal, SealUse
from tests import factories

CODE = "91320500MA1DEMX00D"
OTHER_CODE = "91110000600037341L"


def entity(actor=SYSTEM, **values):
    with unit_of_work():
        made = actions.add_legal_entity(
            actor=actor,
            **{"name": "江苏润禾机械配件有限公司", "short_name": "润禾", "credit_code": CODE, **values},
        )
        return made.id


def seal(keeper, entity_id=None, actor=SYSTEM, **values):
    entity_id = entity_id or entity()
    with unit_of_work():
        made = actions.register_seal(
            actor=actor,
            legal_entity=session.get(LegalEntity, entity_id),
            **{"kind": "quotation", "form": "drawn", "keeper_id": keeper.id, **values},
        )
        return made.id


def authorised(keeper, leader, **values):
    seal_id = seal(keeper, **values)
    with unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=None, confirmed=True
        )
    return seal_id


def use(person, seal_id, approver, **values):
    with unit_of_work():
        made = actions.register_use(
            actor=factories.actor(person),
            seal=session.get(Seal, seal_id),
            **{
                "doc_type": "quotation",
                "doc_id": 7,
                "number": "BJ-2026-0001",
                "revision": 1,
                "form": UseForm.ELECTRONIC,
                "copies": 2,
                "impressions": 4,
                "approved_by_id": approver.id,
                "file_hashes": ["a" * 64, "b" * 64],
                **values,
            },
        )
        return made.id


def test_only_the_leader_adds_a_company_and_the_act_is_logged(leader, administrator):
    with pytest.raises(Denied):
        entity(actor=factories.actor(administrator))
    made = entity(actor=factories.actor(leader))
    events = timeline.events_for("legal_entity", made)
    assert [(event.verb, event.actor_name) for event in events] == [("legal_entity:add", "刘总")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("credit_code", "91320500MA1DEMX00E"), ("credit_code", "123"), ("credit_code", "")],
)
def test_a_company_needs_a_name_and_a_true_credit_code(field, value):
    with pytest.raises(Invalid) as refusal:
        entity(**{field: value})
    assert list(refusal.value.fields) == [field]


def test_a_company_is_registered_once():
    entity()
    with pytest.raises(Invalid) as refusal:
        entity()
    assert set(refusal.value.fields) == {"name", "credit_code"}


def test_known_credit_codes_are_told_from_mistyped_ones():
    assert actions.is_credit_code(OTHER_CODE)
    assert not actions.is_credit_code(OTHER_CODE[:-1] + "M")
    assert not actions.is_credit_code(OTHER_CODE.lower())
    assert not actions.is_credit_code("9111000060003734IL")


def test_the_name_of_a_company_is_fixed_once_a_seal_carries_it(leader, seal_keeper):
    entity_id = entity()
    seal(seal_keeper, entity_id)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        actions.change_legal_entity(
            session.get(LegalEntity, entity_id),
            actor=factories.actor(leader),
            version=None,
            values={"name": "另一家公司"},
        )
    assert list(refusal.value.fields) == ["name"]


def test_a_change_of_a_company_says_what_changed_and_refuses_a_stale_form(leader):
    entity_id = entity()
    actor = factories.actor(leader)
    with unit_of_work():
        actions.change_legal_entity(
            session.get(LegalEntity, entity_id), actor=actor, version=1, values={"phone": "0512-5550100"}
        )
    event = timeline.events_for("legal_entity", entity_id)[0]
    assert timeline.describe_changes(event) == [("电话", "", "0512-5550100")]
    with pytest.raises(Stale), unit_of_work():
        actions.change_legal_entity(
            session.get(LegalEntity, entity_id), actor=actor, version=1, values={"phone": "1"}
        )


@pytest.mark.parametrize("kind", list(SealKind))
def test_only_seals_for_quotations_and_bids_may_be_drawn(kind, seal_keeper):
    if kind in DRAWABLE_KINDS:
        assert seal(seal_keeper, kind=kind)
        return
    with pytest.raises(Invalid) as refusal:
        seal(seal_keeper, kind=kind)
    assert list(refusal.value.fields) == ["form"]
    assert seal(seal_keeper, queries.legal_entities()[0].id, kind=kind, form=SealForm.WET)


def test_the_database_itself_refuses_a_drawn_company_seal(seal_keeper):
    seal_id = seal(seal_keeper)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.connection().execute(update(Seal).where(Seal.id == seal_id).values(kind="company"))
    session.rollback()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"purpose": "公章"}, "purpose"),
        ({"purpose": "任意文字"}, "purpose"),
        ({"filed_number": "32 05"}, "filed_number"),
        ({"filed_number": "1" * 21}, "filed_number"),
        ({"diameter": 61}, "diameter"),
        ({"keeper_id": 999}, "keeper_id"),
    ],
)
def test_what_is_cut_into_a_seal_is_never_free_text(values, field, seal_keeper):
    with pytest.raises(Invalid) as refusal:
        seal(seal_keeper, **values)
    assert list(refusal.value.fields) == [field]


def test_a_second_seal_of_a_kind_needs_a_number_in_its_purpose(seal_keeper):
    first = seal(seal_keeper)
    entity_id = session.get(Seal, first).legal_entity_id
    with pytest.raises(Invalid):
        seal(seal_keeper, entity_id)
    assert seal(seal_keeper, entity_id, purpose="报价专用章（1）")


def test_a_seal_of_a_stopped_company_is_refused(leader, seal_keeper):
    entity_id = entity()
    with unit_of_work():
        actions.change_legal_entity(
            session.get(LegalEntity, entity_id),
            actor=factories.actor(leader),
            version=None,
            values={"active": False},
        )
    with pytest.raises(Invalid) as refusal:
        seal(seal_keeper, entity_id)
    assert list(refusal.value.fields) == ["legal_entity_id"]


def test_a_seal_is_not_printed_before_the_leader_ticks(leader, seal_keeper, manager):
    seal_id = seal(seal_keeper)
    assert queries.drawable_seals_for(factories.actor(seal_keeper)) == []
    with pytest.raises(Conflict) as refusal:
        use(seal_keeper, seal_id, manager)
    assert "刘总" in refusal.value.sentence()
    with pytest.raises(Denied), unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(seal_keeper), version=None, confirmed=True
        )
    with pytest.raises(Invalid), unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=None, confirmed=False
        )
    with unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=1, confirmed=True
        )
    row = session.get(Seal, seal_id)
    assert row.printing_authorised_by_id == leader.id
    assert row.may_be_printed
    assert queries.drawable_seals_for(factories.actor(seal_keeper)) == [row]
    with pytest.raises(Conflict), unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=None, confirmed=True
        )


def test_a_wet_seal_is_never_authorised_for_printing(leader, seal_keeper, manager):
    seal_id = seal(seal_keeper, kind="company", form="wet")
    with pytest.raises(Conflict), unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=None, confirmed=True
        )
    with pytest.raises(Conflict):
        use(seal_keeper, seal_id, manager)
    assert use(seal_keeper, seal_id, manager, form=UseForm.PAPER)


def test_a_stopped_seal_seals_nothing_more(leader, seal_keeper, manager):
    seal_id = authorised(seal_keeper, leader)
    boss = factories.user(name="印管", staff_number="sm", roles=[Role.SEAL_MANAGER])
    with pytest.raises(Invalid), unit_of_work():
        actions.stop(session.get(Seal, seal_id), actor=factories.actor(boss), version=None, reason=" ")
    with unit_of_work():
        actions.stop(session.get(Seal, seal_id), actor=factories.actor(boss), version=None, reason="磨损")
    assert session.get(Seal, seal_id).status == SealStatus.STOPPED
    assert queries.usable_seals_for(factories.actor(seal_keeper)) == []
    with pytest.raises(Conflict):
        use(seal_keeper, seal_id, manager)
    with pytest.raises(Conflict), unit_of_work():
        actions.stop(session.get(Seal, seal_id), actor=factories.actor(boss), version=None, reason="x")
    with pytest.raises(Conflict), unit_of_work():
        actions.authorise_printing(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=None, confirmed=True
        )


def test_a_change_of_keeper_tells_both_and_needs_the_right_to_manage(leader, seal_keeper, outsider):
    seal_id = seal(seal_keeper)
    boss = factories.user(name="印管", staff_number="sm", roles=[Role.SEAL_MANAGER])
    with pytest.raises(Denied), unit_of_work():
        actions.change_keeper(
            session.get(Seal, seal_id), actor=factories.actor(leader), version=None, keeper_id=outsider.id
        )
    with pytest.raises(Invalid), unit_of_work():
        actions.change_keeper(
            session.get(Seal, seal_id), actor=factories.actor(boss), version=None, keeper_id=seal_keeper.id
        )
    with unit_of_work():
        actions.change_keeper(
            session.get(Seal, seal_id), actor=factories.actor(boss), version=None, keeper_id=outsider.id
        )
    assert session.get(Seal, seal_id).keeper_id == outsider.id
    told = session.execute(text("SELECT user_id FROM notice ORDER BY user_id")).scalars().all()
    assert {seal_keeper.id, outsider.id} <= set(told)


def test_each_use_is_a_row_with_its_approval_and_the_hashes_of_its_files(leader, seal_keeper, manager, at):
    moment = at(2026, 11, 23, 14, 5)
    seal_id = authorised(seal_keeper, leader)
    row = session.get(SealUse, use(seal_keeper, seal_id, manager))
    assert (row.number, row.revision, row.copies, row.impressions) == ("BJ-2026-0001", 1, 2, 4)
    assert row.file_hashes == ["a" * 64, "b" * 64]
    assert row.used_by_id == seal_keeper.id
    assert row.approved_by_id == manager.id
    assert row.at == moment.astimezone(UTC)
    assert timeline.describe(timeline.events_for("seal", seal_id)[0]) == ("用印：BJ-2026-0001，2 份，电子件")
    assert queries.uses_of("quotation", 7) == [row]


def test_each_copy_has_its_hash(leader, seal_keeper, manager):
    seal_id = authorised(seal_keeper, leader)
    with pytest.raises(ValueError, match="hash"):
        use(seal_keeper, seal_id, manager, copies=3)


@pytest.mark.parametrize("statement", ["UPDATE seal_use SET copies = 9", "DELETE FROM seal_use"])
def test_the_register_can_only_grow(statement, leader, seal_keeper, manager):
    seal_id = authorised(seal_keeper, leader)
    use(seal_keeper, seal_id, manager)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


@pytest.mark.parametrize(
    "role", [Role.SALESPERSON, Role.MANAGER, Role.SEAL_MANAGER, Role.SEAL_AUDITOR, Role.ADMINISTRATOR]
)
def test_managing_auditing_and_administering_give_no_right_to_use_a_seal(role, leader, seal_keeper, manager):
    seal_id = authorised(seal_keeper, leader)
    person = factories.user(name="某人", staff_number="z1", roles=[role])
    assert queries.drawable_seals_for(factories.actor(person)) == []
    with pytest.raises(Denied):
        use(person, seal_id, manager)


def test_the_keeper_uses_the_own_seal_without_any_role(leader, outsider, manager):
    seal_id = authorised(outsider, leader)
    assert use(outsider, seal_id, manager)


def test_the_times_of_a_seal_are_utc(leader, seal_keeper):
    row = session.get(Seal, authorised(seal_keeper, leader))
    assert isinstance(row.printing_authorised_at, datetime)
    assert row.printing_authorised_at.tzinfo is UTC


def test_who_keeps_a_seal_hands_it_over_before_leaving(administrator, outsider, seal_keeper):
    seal(outsider)
    with pytest.raises(Conflict) as refusal, unit_of_work():
        people.deactivate(session.get(User, outsider.id), version=None, actor=factories.actor(administrator))
    assert "1 枚印章" in refusal.value.sentence()


def test_notices_about_a_seal_name_it_and_lead_to_it(leader, seal_keeper):
    seal_id = authorised(seal_keeper, leader)
    link = documents.links([("seal", seal_id)])[("seal", seal_id)]
    assert (link.title, link.url) == ("润禾 报价专用章", f"/seals/{seal_id}")
    assert documents.is_visible(factories.actor(seal_keeper), "seal", seal_id)
