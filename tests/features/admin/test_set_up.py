"""The first-run page: everything at once or nothing, and gone afterwards."""

import pytest

from app.core import clock, settings, timeline
from app.core.db import session
from app.core.errors import Conflict
from app.core.permissions import Role, can
from app.core.uow import unit_of_work
from app.features.admin.set_up import Account, SetUp, set_up
from app.features.people.directory import actor_by_number
from app.features.people.models import Department, User
from app.features.quotations.enums import QuotationPerm
from app.features.seals import keys
from app.features.seals.models import LegalEntity, Seal
from tests import factories
from tests.features.seals.test_actions import CODE

TYPED = {
    "name": "江苏润禾机械配件有限公司",
    "short_name": "润禾",
    "credit_code": CODE.lower(),
    "address": "苏州市相城区",
    "phone": "0512-5550100",
    "bank": "工商银行",
    "bank_account": "1102 0000",
    "department": "销售部",
    "admin_number": "admin",
    "admin_name": "安管理",
    "admin_password": "first-password-1",
    "leader_number": "l1",
    "leader_name": "刘总",
    "leader_password": "first-password-2",
    "manager_number": "m1",
    "manager_name": "王建国",
    "manager_password": "first-password-3",
    "keeper": "manager",
    "filed_number": "3205001234567",
    "effect": "negotiation",
    "public_url": "https://hy.example.com",
    "preset": "essential",
    "time_zone": "Asia/Shanghai",
}


@pytest.fixture
def fresh(app, client, tmp_path):
    """An installation that nobody has set up."""
    app.extensions.pop("installation_is_set_up", None)
    before = keys.folder()
    keys.use_folder(tmp_path / "keys")
    yield client
    keys.use_folder(before)
    app.extensions["installation_is_set_up"] = True
    clock.set_company_zone(clock.DEFAULT_ZONE)


def fill(client, **values):
    client.get("/setup")
    token = client.page.values("/setup")["form_token"]
    return client.post("/setup", {**TYPED, "form_token": token, **values})


def nothing_is_there():
    return not any(session.query(model).count() for model in (User, LegalEntity, Seal, Department))


@pytest.mark.parametrize("address", ["/", "/login", "/quotations", "/admin", "/nothing"])
def test_every_address_of_an_empty_installation_leads_to_the_first_run_page(fresh, address):
    response = fresh.get(address)
    assert (response.status_code, response.location) == (303, "/setup")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_opens_in_both_languages(fresh, language):
    fresh.post("/language", {"language": language})
    assert fresh.get("/setup").status_code == 200
    assert fresh.page.one("html").attributes["lang"] == {"zh": "zh-Hans", "en": "en"}[language]


def test_one_form_sets_up_company_accounts_seal_key_and_choices(fresh):
    response = fill(fresh)
    assert (response.status_code, response.location) == (303, "/login")
    entity = session.query(LegalEntity).one()
    assert (entity.name, entity.credit_code, entity.phone) == (TYPED["name"], CODE, TYPED["phone"])
    leader, manager, administrator = (actor_by_number(number) for number in ("l1", "m1", "admin"))
    assert {grant.role for grant in leader.grants} == {Role.LEADER, Role.SEAL_MANAGER}
    assert {grant.role for grant in manager.grants} == {Role.MANAGER, Role.SEAL_KEEPER}
    assert {grant.role for grant in administrator.grants} == {Role.ADMINISTRATOR}
    assert not can(administrator, QuotationPerm.REVIEW)
    seal = session.query(Seal).one()
    assert (seal.kind, seal.form, seal.keeper_id) == ("quotation", "drawn", manager.id)
    assert seal.printing_authorised_at is None
    assert settings.get("quotations.second_approver") == manager.id
    assert settings.get("quotations.effect") == "negotiation"
    assert settings.get("verification.public_url") == "https://hy.example.com"
    assert settings.get("company.name") == TYPED["name"]
    assert settings.get("modules.preset") == "essential"
    assert keys.exists()
    assert TYPED["name"] in keys.summary().subject
    assert timeline.verify_chain() == []


def test_afterwards_the_page_is_gone_and_people_sign_in_with_their_passwords(fresh):
    fill(fresh)
    assert fresh.get("/setup").status_code == 404
    assert fresh.get("/").location == "/login"
    response = fresh.submit("/login", {"login": "l1", "password": TYPED["leader_password"]})
    assert response.status_code == 303
    assert fresh.get("/seals").status_code == 200


def test_a_second_click_does_nothing_twice(fresh):
    fill(fresh)
    response = fresh.post("/setup", {**TYPED, "form_token": "another"})
    assert (response.status_code, response.location) == (303, "/login")
    assert session.query(User).count() == 3


def test_without_manager_and_seal_it_works_too(fresh):
    empty = {"manager_number": "", "manager_name": "", "manager_password": "", "keeper": "", "public_url": ""}
    assert fill(fresh, **empty).status_code == 303
    assert session.query(User).count() == 2
    assert session.query(Seal).count() == 0
    assert settings.get("quotations.second_approver") is None


def test_the_leader_may_keep_the_seal(fresh):
    empty = {"manager_number": "", "manager_name": "", "manager_password": ""}
    assert fill(fresh, keeper="leader", **empty).status_code == 303
    assert session.query(Seal).one().keeper_id == actor_by_number("l1").id


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"credit_code": "91320500MA1DEMX00E"},
        {"phone": ""},
        {"admin_password": "short"},
        {"leader_password": "l1"},
        {"leader_number": "ADMIN"},
        {"manager_number": "l1"},
        {"manager_name": ""},
        {"manager_password": ""},
        {"effect": ""},
        {"effect": "forged"},
        {"public_url": "hy.example.com"},
        {"preset": "everything"},
        {"time_zone": "Mars/Olympus"},
        {"filed_number": "三二"},
        {"keeper": "somebody"},
        {"department": ""},
        {"name": "x\x00y"},
    ],
    ids=str,
)
def test_one_wrong_field_saves_nothing_and_is_named(fresh, values):
    assert fill(fresh, **values).status_code == 422
    assert fresh.page.errors()
    assert nothing_is_there()
    assert not keys.exists()
    if "name" not in values:
        assert fresh.page.one("input", name="name").attributes["value"] == TYPED["name"]


def test_a_keeper_who_is_not_there_is_refused(fresh):
    empty = {"manager_number": "", "manager_name": "", "manager_password": ""}
    assert fill(fresh, keeper="manager", **empty).status_code == 422
    assert nothing_is_there()


def test_a_form_without_its_token_is_refused(fresh):
    assert fill(fresh, form_token="").status_code == 409
    assert nothing_is_there()


def test_set_up_is_refused_once_somebody_has_an_account():
    factories.user(name="某人")
    account = Account("x", "x", "x")
    wanted = SetUp({}, "", account, account, None, "", "", "", "", "", "")
    with pytest.raises(Conflict), unit_of_work():
        set_up(wanted)


def test_a_node_for_verification_is_not_led_away(fresh, app, monkeypatch):
    monkeypatch.setitem(app.config, "VERIFY_ONLY", True)
    assert fresh.get("/verify").status_code == 200
    assert fresh.get("/setup").status_code == 404
    assert fresh.get("/").status_code == 404


def test_the_company_zone_holds_from_the_set_up_on(fresh, app):
    assert fill(fresh, time_zone="Asia/Tokyo").status_code == 303
    assert str(clock.company_zone()) == "Asia/Tokyo"
    clock.set_company_zone("UTC")
    app.extensions.pop("installation_is_set_up", None)
    fresh.get("/verify")
    assert str(clock.company_zone()) == "Asia/Tokyo"
