"""Deny by default: each view declares to whom it is open."""

import pytest
from flask import Response

from app.core import clock
from app.core.permissions import Role
from app.features.people.enums import PeoplePerm
from app.web import current, guard, setup
from tests import factories
from tests.client import Client
from tests.web.edge import edge_app


def test_a_view_without_policy_stops_the_start(tmp_path):
    app = edge_app(tmp_path, finish=False)
    app.add_url_rule("/forgotten", "forgotten", lambda: Response("open"))
    with pytest.raises(RuntimeError, match="forgotten"):
        setup.finish(app)


def test_a_view_without_policy_answers_nobody(tmp_path):
    app = edge_app(tmp_path, finish=False, PROPAGATE_EXCEPTIONS=False)
    app.add_url_rule("/forgotten", "forgotten", lambda: Response("open"))
    response = Client(app).get("/forgotten")
    assert response.status_code == 500
    assert "open" not in response.text


def test_every_view_of_the_application_declares_its_policy(app):
    assert [name for name, view in app.view_functions.items() if guard.policy_of(view) is None] == []


def test_every_permission_a_view_requires_is_registered(app):
    from app.core.permissions import permission_info  # optional

    for view in app.view_functions.values():
        for code in guard.policy_of(view).permissions:
            assert permission_info(code).code == code


def test_requires_without_a_permission_is_a_mistake():
    with pytest.raises(ValueError, match="signed_in"):
        guard.requires()


def test_a_stranger_is_redirected_and_htmx_is_told_to_go(browser):
    response = browser.get("/people?q=a")
    assert (response.status_code, response.location) == (303, "/login?next=/people?q%3Da")
    headers = {"Referer": "http://localhost/departments"}
    response = browser.get("/people?q=a", htmx=True, headers=headers)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/login?next=/departments"


def test_a_stranger_who_posts_comes_back_to_the_page_of_the_form(browser):
    response = browser.post("/people/new", headers={"Referer": "http://localhost/people/new"})
    assert response.location == "/login?next=/people/new"
    assert browser.post("/people/new").location == "/login"


def test_the_refusal_names_the_permission_and_whom_to_ask(client, salesperson, administrator):
    assert client.as_(salesperson).get("/people/new").status_code == 403
    assert "您没有“管理人员和部门”的权限，请联系安管理" in client.page.text


def test_any_of_several_permissions_opens_a_view(edge):
    with edge.app_context():
        helper = factories.user(name="人事", roles=[Role.PEOPLE])
        actor = factories.actor(helper)
    guard.check_permissions(actor, (str(PeoplePerm.MANAGE_ROLES), str(PeoplePerm.MANAGE)))


def test_a_remembered_device_is_asked_for_the_password_before_dangerous_pages(app, client, administrator, at):
    at(2026, 11, 23, 9, 0)
    client.as_(administrator, remembered=True)
    address = f"/people/{administrator.id}/roles"
    assert client.get(address).status_code == 200
    at(2026, 11, 25, 9, 0)
    assert client.get(address).location == f"/account/confirm?next={address}"
    assert client.submit("/account/confirm", {"password": "wrong"}).status_code == 422
    assert "密码不对" in client.page.text
    client.get(f"/account/confirm?next={address}")
    response = client.post(
        "/account/confirm", {**client.page.values("/account/confirm"), "password": factories.PASSWORD}
    )
    assert response.location == address
    assert client.get(address).status_code == 200


def test_a_form_on_a_dangerous_page_leads_back_to_its_page_after_the_password(
    client, administrator, salesperson, at
):
    at(2026, 11, 23, 9, 0)
    client.as_(administrator, remembered=True)
    at(2026, 11, 23, 10, 0)
    page = f"/people/{salesperson.id}/roles"
    response = client.post(f"{page}/1/end", headers={"Referer": f"http://localhost{page}"})
    assert response.location == f"/account/confirm?next={page}"


def test_verification_only_serves_nothing_else(tmp_path):
    app = edge_app(tmp_path, VERIFY_ONLY=True)
    client = Client(app)
    assert client.get("/login").status_code == 404
    assert client.get("/people").status_code == 404
    assert client.get("/static/img/mark.svg").status_code == 200
    assert client.get("/verification").status_code == 404


def test_nobody_acts_outside_a_request():
    assert current.identity() is None
    with pytest.raises(RuntimeError, match="nobody"):
        guard.current_actor()
    assert guard.actor_or_none() is None


def test_a_forged_cookie_opens_nothing(app, client, salesperson):
    for token in ("x", "x" * 200, 17, None):
        browser = Client(app)
        with browser.browser.session_transaction() as cookie:
            cookie["_user_id"] = token
        assert browser.get("/account").status_code == 303


def test_clock_of_the_request_is_the_one_the_test_set(client, salesperson, at):
    moment = at(2026, 11, 23, 9, 41)
    assert clock.now() == moment
    client.as_(salesperson).get("/account")
    assert "今天 09:41" in client.page.text
