"""The pages of administration: for the administrator, for readers of the log, and refused to all others."""

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core import settings, timeline
from app.core.db import db, session
from app.core.permissions import Role, all_permissions
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.admin.enums import AdminPerm
from app.features.customers import actions as customers
from app.features.people.directory import matrix
from config import ROOT
from tests import factories
from tests.sending import sent

PAGES = ("/admin", "/admin/modules", "/admin/roles", "/admin/audit", "/admin/backup")


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_for_the_administrator(client, administrator, address, language):
    client.as_(administrator).post("/language", {"language": language})
    assert client.get(address).status_code == 200
    assert client.page.one("html").attributes["lang"] == {"zh": "zh-Hans", "en": "en"}[language]


@pytest.mark.parametrize("role", [None, *[role for role in Role if role != Role.ADMINISTRATOR]])
def test_pages_are_refused_to_everybody_else_but_the_log_to_its_readers(client, role):
    person = factories.user(name="某人", staff_number="z1", roles=[role] if role else [])
    client.as_(person)
    readers = (Role.LEADER, Role.SEAL_AUDITOR)
    for address in PAGES:
        expected = 200 if address == "/admin/audit" and role in readers else 403
        assert client.get(address).status_code == expected, address
    for address in ("/admin", "/admin/modules", "/admin/roles", "/admin/backup"):
        assert client.post(address, {}).status_code == 403, address
    assert client.post("/admin/audit/verify", {}).status_code == (303 if role in readers else 403)


@pytest.mark.parametrize("address", PAGES)
def test_strangers_are_sent_to_sign_in(client, administrator, address):
    assert client.get(address).location == f"/login?next={address}"


def test_settings_are_saved_and_shown_again(client, administrator, manager):
    client.as_(administrator)
    response = client.submit(
        "/admin",
        {
            "company__name": "润禾",
            "quotations__second_approver": manager.id,
            "quotations__leader_limit": "30万",
        },
    )
    assert response.status_code == 303
    client.get("/admin")
    assert client.page.one("input", name="company__name").attributes["value"] == "润禾"
    assert settings.get("quotations.leader_limit") == "300000"
    assert settings.get("quotations.second_approver") == manager.id


def test_a_wrong_setting_comes_back_to_its_field_with_what_was_typed(client, administrator):
    response = client.as_(administrator).submit(
        "/admin", {"company__name": "润禾", "quotations__validity_days": "三十"}
    )
    assert response.status_code == 422
    assert client.page.one("input", name="quotations__validity_days").attributes["aria-invalid"] == "true"
    assert client.page.one("input", name="company__name").attributes["value"] == "润禾"
    assert settings.get("company.name") == ""


def test_a_module_is_switched_off_and_leaves_the_menu(client, administrator, manager):
    client.as_(manager).get("/people")
    assert client.page.all("a", href="/quotations")
    client.as_(administrator)
    assert client.submit("/admin/modules", {"quotations": "off"}).status_code == 303
    client.as_(manager).get("/people")
    assert client.page.all("a", href="/quotations") == []
    assert client.as_(administrator).submit("/admin/modules", {"quotations": "follow"}).status_code == 303
    assert settings.get("modules.switches") == {}


def test_a_forged_module_switch_is_refused(client, administrator):
    client.as_(administrator)
    assert client.submit("/admin/modules", {"quotations": "perhaps"}).status_code == 422
    assert client.submit("/admin/modules", {"preset": "everything"}).status_code == 422


def ticked(client):
    """What the matrix would send as it stands: pairs of permission and role."""
    boxes = [box for box in client.page.all("input", type="checkbox") if "disabled" not in box.attributes]
    return [(box.attributes["name"], box.attributes["value"]) for box in boxes if "checked" in box.attributes]


def send_matrix(client, pairs, made_from=None):
    values = client.page.values("/admin/roles")
    data = {"made_from": made_from or values["made_from"]}
    for code, role in pairs:
        data.setdefault(code, []).append(role)
    return client.post("/admin/roles", data)


def test_the_matrix_saved_as_it_stands_changes_nothing(client, administrator):
    client.as_(administrator).get("/admin/roles")
    assert send_matrix(client, ticked(client)).status_code == 303
    assert matrix() == {}
    assert session.query(Event).count() == 0


def test_a_tick_gives_a_right_and_the_log_says_so(client, administrator, salesperson):
    client.as_(administrator).get("/admin/roles")
    pairs = [*ticked(client), (str(AdminPerm.AUDIT), str(Role.SALESPERSON))]
    assert send_matrix(client, pairs).status_code == 303
    assert client.as_(salesperson).get("/admin/audit").status_code == 200
    assert "给销售员加上权限“查阅操作日志”" in client.page.text


def test_approvals_are_locked_for_the_administrator_on_the_page_and_behind_it(client, administrator):
    client.as_(administrator).get("/admin/roles")
    approvals = {info.code for info in all_permissions() if info.approval}
    boxes = client.page.all("input", type="checkbox", value=str(Role.ADMINISTRATOR))
    locked = {box.attributes["name"] for box in boxes if "disabled" in box.attributes}
    assert approvals <= locked
    code = min(approvals)
    response = send_matrix(client, [*ticked(client), (code, str(Role.ADMINISTRATOR))])
    assert response.status_code == 409
    assert "系统管理员不能持有" in client.page.text
    assert matrix() == {}


def test_a_stale_matrix_is_refused_and_keeps_the_ticks(client, administrator):
    client.as_(administrator).get("/admin/roles")
    pairs = ticked(client)
    old = client.page.values("/admin/roles")["made_from"]
    assert send_matrix(client, [*pairs, (str(AdminPerm.AUDIT), str(Role.FINANCE))]).status_code == 303
    client.get("/admin/roles")
    response = send_matrix(client, [*pairs, (str(AdminPerm.AUDIT), str(Role.DRIVER))], made_from=old)
    assert response.status_code == 409
    box = client.page.one("input", name=str(AdminPerm.AUDIT), value=str(Role.DRIVER))
    assert "checked" in box.attributes
    assert matrix() == {
        str(AdminPerm.AUDIT): {Role.ADMINISTRATOR, Role.LEADER, Role.SEAL_AUDITOR, Role.FINANCE}
    }


def test_unknown_roles_in_a_posted_matrix_are_ignored(client, administrator):
    client.as_(administrator).get("/admin/roles")
    assert send_matrix(client, [*ticked(client), (str(AdminPerm.AUDIT), "emperor")]).status_code == 303
    assert matrix() == {}


def record(count, person, doc_type="user", reason=""):
    with unit_of_work():
        for _number in range(count):
            timeline.record(
                doc_type, 7, "people:create", factories.actor(person), data={"name": "某人"}, reason=reason
            )


def test_the_log_is_filtered_by_verb_person_document_and_day(client, administrator, manager, at):
    at(2026, 11, 22, 9, 0)
    record(1, manager, reason="甲")
    at(2026, 11, 23, 9, 0)
    record(1, administrator, reason="乙")
    client.as_(administrator)
    for query, seen in (
        ("", {"甲", "乙"}),
        (f"actor={manager.id}", {"甲"}),
        ("at_from=2026-11-23", {"乙"}),
        ("at_to=2026-11-22", {"甲"}),
        ("doc_type=user&doc=7", {"甲", "乙"}),
        ("doc_type=user&doc=8", set()),
        ("doc=nonsense", set()),
        ("verb=people:edit", set()),
        ("verb=people:create", {"甲", "乙"}),
        ("q=甲", {"甲"}),
    ):
        assert client.get(f"/admin/audit?{query}").status_code == 200
        found = {mark for mark in ("甲", "乙") if f"“{mark}”" in client.page.text}
        assert found == seen, query


def test_the_log_is_exported_with_its_sentences(client, administrator, manager):
    record(2, manager, reason="=1+1")
    response = client.as_(administrator).get("/admin/audit?format=csv")
    body = response.get_data().decode("utf-8-sig")
    assert len(body.strip().splitlines()) == 3, body
    assert manager.name in body


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "导出“客户”：{kind}，1 行，条件 q=江苏&kind=dealer"),
        ("en", "exported “Customers”: {kind}, 1 row(s), filter q=江苏&kind=dealer"),
    ],
)
def test_who_took_a_list_along_stands_in_the_log(client, administrator, salesperson, kind, language, said):
    for name in ("江苏大地", "镇江宏达"):
        with unit_of_work():
            customers.create_customer(
                actor=factories.actor(salesperson), values=customers.CustomerValues(name=name, kind="dealer")
            )
    before = session.query(Event).count()
    client.as_(salesperson)
    assert client.get("/customers?q=江苏&kind=dealer").status_code == 200
    assert session.query(Event).count() == before
    assert client.get(f"/customers?q=江苏&kind=dealer&sort=-name&format={kind}").status_code == 200
    event = session.query(Event).order_by(Event.seq.desc()).first()
    assert (event.verb, event.actor_id) == ("list:export", salesperson.id)
    assert event.data == {
        "list": "customers.index",
        "format": kind,
        "rows": 1,
        "filter": "q=江苏&kind=dealer",
    }
    client.as_(administrator).browser.set_cookie("language", language)
    client.get("/admin/audit?verb=list:export")
    assert said.format(kind=kind.upper()) in client.page.text
    assert salesperson.name in client.page.text


def test_a_list_that_may_not_be_read_leaves_no_record_of_an_export(client, technician):
    assert client.as_(technician).get("/seals/uses?format=csv").status_code == 403
    assert session.query(Event).filter_by(verb="list:export").count() == 0


def test_a_deputy_stands_in_the_log_beside_the_one_they_stand_in_for(client, administrator, manager):
    with unit_of_work():
        timeline.record(
            "user",
            7,
            "people:create",
            factories.actor(manager),
            data={"name": "某人"},
            on_behalf_of=(administrator.id, "张三"),
        )
    client.as_(administrator).get("/admin/audit")
    assert f"{manager.name}（代张三）" in client.page.text


def test_the_log_asks_as_often_for_thirty_rows_as_for_one(client, administrator, manager):
    record(1, manager)
    counts = []
    for more in (0, 29):
        record(more, manager)
        client.as_(administrator).get("/admin/audit")
        with sent() as statements:
            client.get("/admin/audit")
        counts.append(len([statement for statement in statements if statement.startswith("SELECT")]))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_the_chain_is_checked_and_a_forged_row_is_found(client, administrator, manager):
    record(3, manager)
    client.as_(administrator)
    assert client.post("/admin/audit/verify", {}).status_code == 303
    client.get("/admin/audit")
    assert "日志链完整" in client.page.text
    event = session.query(Event).order_by(Event.seq.desc()).first()
    assert (event.verb, event.data) == ("audit:verify", {"count": 3, "findings": 0})
    if db.engine.dialect.name != "sqlite":
        session.execute(text("ALTER TABLE event DISABLE TRIGGER event_append_only"))
    else:
        session.execute(text("DROP TRIGGER event_no_update"))
    session.execute(text("UPDATE event SET actor_name = '别人' WHERE seq = 2"))
    session.commit()
    client.post("/admin/audit/verify", {})
    client.get("/admin/audit")
    assert "日志链有异常" in client.page.text


def test_a_backup_is_made_opened_and_logged(client, administrator, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "backups"))
    client.as_(administrator).get("/admin/backup")
    assert "还没有备份过" in client.page.text
    assert client.post("/admin/backup", {}).status_code == 303
    made = list((tmp_path / "backups").glob("*.zip"))
    assert len(made) == 1
    assert "manifest.json" in zipfile.ZipFile(made[0]).namelist()
    client.get("/admin/backup")
    assert made[0].name in client.page.text
    assert "还没有备份过" not in client.page.text
    event = session.query(Event).order_by(Event.seq.desc()).first()
    assert (event.verb, event.data) == ("backup:make", {"name": made[0].name})


def test_backups_of_the_same_second_do_not_stand_in_each_others_way(client, administrator, app, at):
    at(2026, 11, 23, 9, 41)
    client.as_(administrator)
    statuses = [client.post("/admin/backup", {}).status_code for _time in range(3)]
    assert statuses == [303, 303, 303]
    made = [
        path.name for path in Path(app.config["BACKUP_FOLDER"]).iterdir() if "20261123-094100" in path.name
    ]
    stamp = "zhangcheng-20261123-094100"
    assert sorted(made) == sorted([f"{stamp}.zip", f"{stamp}-2.zip", f"{stamp}-3.zip"])


def test_tests_write_no_backup_into_the_checkout(app):
    assert ROOT not in Path(app.config["BACKUP_FOLDER"]).parents


def test_a_backup_that_cannot_be_written_says_why(client, administrator, app, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "file" / "backups"))
    assert client.as_(administrator).post("/admin/backup", {}).status_code == 503
    assert "备份没有成功" in client.page.text
    assert "路径里有一个不是文件夹" in client.page.text
    assert session.query(Event).count() == 0


def test_a_remembered_device_is_asked_for_the_password_before_rights_change(client, administrator, at):
    at(2026, 11, 23, 9, 0)
    client.as_(administrator, remembered=True)
    at(2026, 11, 23, 10, 0)
    response = client.post("/admin/roles", {})
    assert response.status_code == 303
    assert response.location.startswith("/account/confirm")
