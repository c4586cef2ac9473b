"""The pages of people, departments, roles and delegations: for the one concerned, who manages, and an outsider."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.core import timeline
from app.core.db import session
from app.core.permissions import Role
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.people import leaving
from app.features.people.models import Delegation, Department, RoleAssignment, User
from tests import factories, stories
from tests.client import Client

PAGES = [
    "/account",
    "/account/password",
    "/account/confirm",
    "/people",
    "/people/1",
    "/people/new",
    "/people/1/edit",
    "/people/1/roles",
    "/people/1/reset-password",
    "/people/1/deactivate",
    "/departments",
    "/departments/new",
    "/departments/1/edit",
    "/delegations",
]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_for_the_administrator_in_both_languages(
    client, administrator, sales_department, address, language
):
    client.as_(administrator).post("/language", {"language": language})
    assert client.get(address).status_code == 200
    assert client.page.one("html").attributes["lang"] == {"zh": "zh-Hans", "en": "en"}[language]


@pytest.mark.parametrize("address", [page for page in PAGES if "1/" in page or page.endswith("new")])
def test_pages_of_management_are_refused_to_a_salesperson(client, salesperson, sales_department, address):
    assert client.as_(salesperson).get(address).status_code == 403
    assert "请联系" in client.page.text


@pytest.mark.parametrize("address", PAGES)
def test_strangers_are_sent_to_the_sign_in_page(client, salesperson, sales_department, address):
    response = client.get(address)
    assert (response.status_code, response.location) == (303, f"/login?next={address}")


@pytest.mark.parametrize(
    "address", ["/people/77", "/people/77/edit", "/people/77/roles", "/departments/77/edit"]
)
def test_foreign_ids_are_not_found(client, administrator, address):
    assert client.as_(administrator).get(address).status_code == 404


def test_an_account_without_roles_sees_its_own_pages_only(client, outsider, manager):
    client.as_(outsider)
    assert client.get("/account").status_code == 200
    assert client.get("/people").status_code == 403


def test_directory_lists_name_department_position_and_phone(client, manager, sales_department):
    factories.user(name="周文静", department=sales_department, position="业务经理", phone="13800001111")
    client.as_(manager).get("/people")
    assert all(word in client.page.text for word in ("周文静", "销售部", "业务经理", "13800001111"))


def test_directory_hides_those_who_left_from_all_but_management(client, manager, administrator):
    factories.user(name="已离职", active=False)
    assert "已离职" not in (client.as_(manager).get("/people") and client.page.text)
    assert "已离职" in (client.as_(administrator).get("/people") and client.page.text)


def test_directory_answers_htmx_with_the_rows_alone(client, manager):
    response = client.as_(manager).get("/people?q=马", htmx=True)
    assert "<html" not in response.text
    assert "马经理" in response.text


def test_opening_an_account_twice_with_one_form_makes_one(client, administrator, sales_department):
    client.as_(administrator).get("/people/new")
    fields = {
        **client.page.values("/people/new"),
        "staff_number": "n1",
        "name": "新同事",
        "department_id": str(sales_department.id),
        "password": "first-password",
    }
    first = client.post("/people/new", fields)
    second = client.post("/people/new", fields)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert session.execute(select(func.count()).where(User.staff_number == "n1")).scalar_one() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"staff_number": ""}, "请填写工号"),
        ({"name": " "}, "请填写姓名"),
        ({"staff_number": "s1"}, "这个工号已有人使用"),
        ({"password": "short"}, "密码至少 8 位"),
        ({"password": "新同事新同事"}, "密码至少 8 位"),
        ({"password": ""}, "请填写初始密码"),
        ({"name": "坏\u202e人"}, "控制字符"),
        ({"name": "名" * 41}, "姓名最多 40 个字"),
        ({"department_id": "999"}, "部门不在可选范围内"),
        ({"department_id": "x"}, "部门不在可选范围内"),
    ],
)
def test_a_wrong_account_form_says_so_at_the_field_and_keeps_what_was_typed(
    client, administrator, salesperson, fields, message
):
    typed = {
        "staff_number": "n1",
        "name": "新同事",
        "position": "助理",
        "password": "first-password",
        **fields,
    }
    response = client.as_(administrator).submit("/people/new", typed)
    assert response.status_code == 422
    assert any(message in error for error in client.page.errors())
    assert client.page.one("input", name="position").attributes["value"] == "助理"
    assert session.execute(select(func.count()).where(User.name == "新同事")).scalar_one() == 0


def test_editing_an_account_from_an_old_form_is_told_what_changed(client, administrator, salesperson):
    address = f"/people/{salesperson.id}/edit"
    client.as_(administrator).get(address)
    old = client.page.values(address)
    client.post(address, {**old, "position": "业务员"})
    response = client.post(address, {**old, "position": "高级业务员"})
    assert response.status_code == 409
    assert "安管理" in client.page.text
    assert client.page.one("input", name="position").attributes["value"] == "高级业务员"
    again = client.post(address, client.page.values(address))
    assert again.status_code == 303
    assert session.get(User, salesperson.id).position == "高级业务员"


def test_values_given_voluntarily_never_enter_the_timeline(client, administrator, salesperson):
    address = f"/people/{salesperson.id}/edit"
    client.as_(administrator).submit(address, {"phone": "13900002222"})
    event = timeline.events_for("user", salesperson.id)[0]
    assert event.data == {"changes": [["phone", "", ""]]}


def test_a_role_is_assigned_and_ended(client, administrator, salesperson, sales_department, at):
    at(2026, 11, 23, 9)
    address = f"/people/{salesperson.id}/roles"
    response = client.as_(administrator).submit(address, {"role": "manager", "from_date": "今天"})
    assert response.status_code == 303
    row = session.execute(select(RoleAssignment).where(RoleAssignment.role == "manager")).scalar_one()
    assert (row.department_id, row.from_date) == (sales_department.id, date(2026, 11, 23))
    at(2026, 11, 25, 9)
    client.as_(administrator).post(f"{address}/{row.id}/end")
    assert session.get(RoleAssignment, row.id).to_date == date(2026, 11, 24)


def test_an_administrator_cannot_make_himself_manager(client, administrator):
    response = client.as_(administrator).submit(f"/people/{administrator.id}/roles", {"role": "manager"})
    assert response.status_code == 403
    assert "不能给自己分配“部门经理”" in client.page.text


def test_a_role_of_another_person_is_not_found_under_this_one(client, administrator, salesperson, manager):
    row = session.execute(select(RoleAssignment).where(RoleAssignment.user_id == manager.id)).scalar_one()
    assert client.as_(administrator).post(f"/people/{salesperson.id}/roles/{row.id}/end").status_code == 404


def test_deactivation_ends_the_sessions_at_once(client, app, administrator, salesperson):
    theirs = Client(app).as_(salesperson)
    assert theirs.get("/account").status_code == 200
    address = f"/people/{salesperson.id}/deactivate"
    assert client.as_(administrator).submit(address).status_code == 303
    assert theirs.get("/account").status_code == 303
    assert (
        client.submit(f"/people/{salesperson.id}/activate", page=f"/people/{salesperson.id}").status_code
        == 303
    )
    assert session.get(User, salesperson.id).active


def test_reset_password_ends_sessions_and_asks_for_a_new_one(client, app, administrator, salesperson):
    theirs = Client(app).as_(salesperson)
    client.as_(administrator).submit(
        f"/people/{salesperson.id}/reset-password", {"password": "another-start"}
    )
    assert theirs.get("/account").location == "/login?next=/account"
    response = theirs.submit("/login", {"login": "s1", "password": "another-start"})
    assert response.location == "/account/initial-password"
    assert theirs.get("/people").location == "/account/initial-password"
    assert (
        theirs.submit(
            "/account/initial-password", {"password": "my-own-words", "again": "my-own-wordz"}
        ).status_code
        == 422
    )
    assert (
        theirs.submit(
            "/account/initial-password", {"password": "another-start", "again": "another-start"}
        ).status_code
        == 422
    )
    assert (
        theirs.submit(
            "/account/initial-password", {"password": "my-own-words", "again": "my-own-words"}
        ).status_code
        == 303
    )
    assert theirs.get("/people").status_code == 200


def test_departments_are_added_renamed_and_moved(client, administrator, sales_department):
    client.as_(administrator)
    assert (
        client.submit(
            "/departments/new", {"name": "华东组", "parent_id": str(sales_department.id)}
        ).status_code
        == 303
    )
    assert (
        client.submit(
            "/departments/new", {"name": "华东组", "parent_id": str(sales_department.id)}
        ).status_code
        == 422
    )
    team = session.execute(select(Department).where(Department.name == "华东组")).scalar_one()
    address = f"/departments/{team.id}/edit"
    assert client.submit(address, {"name": "华北组", "parent_id": ""}).status_code == 303
    assert session.get(Department, team.id).parent_id is None
    assert client.submit(address, {"parent_id": str(team.id)}).status_code == 422
    assert "不能归到自己" in client.page.text


def test_delegation_is_given_shown_and_taken_back(client, manager, salesperson, at):
    at(2026, 11, 23, 9)
    form = {"to_user_id": str(salesperson.id), "from_date": "11-23", "to_date": "11月27日", "note": "出差"}
    assert client.as_(manager).submit("/delegations", form).status_code == 303
    client.get("/delegations")
    assert "孙晓（代马经理）" in client.page.text
    row = session.execute(select(Delegation)).scalar_one()
    assert (row.from_date, row.to_date) == (date(2026, 11, 23), date(2026, 11, 27))
    assert client.post(f"/delegations/{row.id}/revoke").status_code == 303
    client.get("/delegations")
    assert "已收回" in client.page.text


def test_a_delegation_of_others_cannot_be_seen_or_taken_back(client, manager, salesperson, technician):
    row = factories.delegation(manager, salesperson)
    assert client.as_(technician).post(f"/delegations/{row.id}/revoke").status_code == 404


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"from_date": "2026-02-30"}, "开始日期不是有效的日期"),
        ({"to_date": "0000-00-00"}, "结束日期不是有效的日期"),
        ({"to_date": "9999-12-31"}, "结束日期须在 2000 年到 2100 年之间"),
        ({"to_date": "11-20"}, "结束日期不能早于开始日期"),
        ({"from_date": "11-01", "to_date": "11-02"}, "结束日期已经过去"),
        ({"to_date": "2028-01-01"}, "委托最长一年"),
        ({"to_user_id": ""}, "请选择受托人"),
    ],
)
def test_a_wrong_delegation_is_refused_in_words(client, manager, salesperson, at, fields, message):
    at(2026, 11, 23, 9)
    form = {"to_user_id": str(salesperson.id), "from_date": "11-23", "to_date": "11-27", **fields}
    assert client.as_(manager).submit("/delegations", form).status_code == 422
    assert any(message in error for error in client.page.errors())


def test_account_page_changes_own_phone(client, salesperson):
    assert client.as_(salesperson).submit("/account", {"phone": "13700003333"}).status_code == 303
    assert session.get(User, salesperson.id).phone == "13700003333"


def test_people_pages_ask_the_same_number_of_queries_for_one_and_thirty_rows(
    client, administrator, sales_department, queries
):
    client.as_(administrator)
    with queries() as few:
        client.get("/people")
    for number in range(30):
        factories.user(name=f"人{number}", department=sales_department, roles=[Role.SALESPERSON])
    with queries() as many:
        client.get("/people")
    assert len(many) == len(few) <= 10, many


def test_department_tree_asks_a_constant_number_of_queries(client, administrator, sales_department, queries):
    client.as_(administrator)
    with queries() as few:
        client.get("/departments")
    parent = sales_department
    for number in range(20):
        parent = factories.department(f"组{number}", parent)
    with queries() as many:
        client.get("/departments")
    assert len(many) == len(few) <= 10, many


@pytest.mark.parametrize("kind", ["csv", "xlsx", "print"])
def test_the_directory_is_exported_and_printed(client, manager, kind):
    response = client.as_(manager).get(f"/people?format={kind}")
    assert response.status_code == 200
    assert kind == "xlsx" or "马经理" in response.text


def test_an_old_form_about_oneself_is_told_what_changed(client, salesperson):
    client.as_(salesperson).get("/account")
    old = client.page.values("/account")
    client.post("/account", {**old, "phone": "137"})
    assert client.post("/account", {**old, "phone": "138"}).status_code == 409
    assert client.page.one("input", name="phone").attributes["value"] == "138"
    assert client.post("/account", {**client.page.values("/account"), "email": "x" * 200}).status_code == 422


def test_a_name_without_words_is_asked_for_when_editing(client, administrator, salesperson, sales_department):
    client.as_(administrator)
    assert client.submit(f"/people/{salesperson.id}/edit", {"name": ""}).status_code == 422
    assert client.submit(f"/people/{salesperson.id}/reset-password", {"password": ""}).status_code == 422
    assert (
        client.submit(f"/people/{salesperson.id}/reset-password", {"password": "12345678"}).status_code == 422
    )
    assert client.submit(f"/people/{salesperson.id}/roles", {"role": ""}).status_code == 422
    assert client.submit("/departments/new", {"name": ""}).status_code == 422
    assert client.submit(f"/departments/{sales_department.id}/edit", {"name": ""}).status_code == 422


def test_a_leaver_with_open_matters_stays_and_the_page_lists_them(client):
    desk = stories.desk()
    revision = desk.quotation("draft")
    leaver = session.get_one(User, desk.people.ids["salesperson"])
    with unit_of_work():
        session.add(Task(doc_type="talk", doc_id=1, kind="inquiry:submit", user_id=leaver.id))
    address = f"/people/{leaver.id}/deactivate"
    client.as_(session.get_one(User, desk.people.ids["administrator"])).get(address)
    waiting = session.scalars(leaving.open_tasks(leaver.id)).one()
    rows = [row for row in client.page.all("li") if row.attributes.get("class") == "row"]
    assert f"还有 {waiting} 件待办" in client.page.text
    assert len(rows) == waiting
    assert client.page.all("a", href=f"/quotations/revisions/{revision.id}")
    # of what is nobody else's business only that it waits
    assert rows[-1].text == "递交报价"
    assert client.post(address, {"version": str(leaver.version)}).status_code == 409
    assert session.get(User, leaver.id).active
