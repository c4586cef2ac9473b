"""Signing in: throttle, sessions that end at once, initial passwords, remembered devices."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import session
from app.core.errors import Invalid, Throttled
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people import actions, passwords, signin
from app.features.people.models import LoginThrottle, User, UserSession
from tests import factories
from tests.client import Client
from tests.factories import PASSWORD


def sign_in(client: Client, login: str, password: str = PASSWORD, **fields: str):
    return client.submit("/login", {"login": login, "password": password, **fields})


@pytest.mark.parametrize("login", ["s1", "S1", " s1 ", "孙晓"])
def test_staff_number_or_name_signs_in_and_leads_to_the_page_asked_for(client, salesperson, login):
    response = client.get("/people")
    assert (response.status_code, response.location) == (303, "/login?next=/people")
    response = sign_in(client, login, next="/people")
    assert (response.status_code, response.location) == (303, "/people")
    assert client.get("/people").status_code == 200


def test_over_htmx_the_browser_is_told_to_go(client, salesperson):
    response = client.submit("/login", {"login": "s1", "password": PASSWORD}, htmx=True)
    assert (response.status_code, response.headers["HX-Redirect"]) == (200, "/")


@pytest.mark.parametrize(("login", "password"), [("s1", "wrong"), ("nobody", PASSWORD), ("离职", PASSWORD)])
def test_unknown_account_and_wrong_password_get_the_same_answer(client, salesperson, login, password):
    factories.user(name="离职", staff_number="left", active=False)
    response = sign_in(client, login, password)
    assert response.status_code == 422
    assert "账号或密码不对" in client.page.text
    assert client.page.one("input", name="login").attributes["value"] == login
    assert "value" not in client.page.one("input", name="password").attributes


def test_an_unknown_account_is_checked_against_a_hash_too(client, salesperson, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "fits", lambda password, password_hash: checked.append(password_hash))
    sign_in(client, "nobody")
    assert checked == [passwords.dummy_hash()]


def test_people_of_one_name_sign_in_by_staff_number(client, salesperson):
    other = factories.user(name="孙晓", staff_number="s9")
    assert sign_in(client, "孙晓").status_code == 422
    assert sign_in(client, other.staff_number).status_code == 303


def test_missing_name_and_password_are_asked_for(client):
    response = client.submit("/login", {"login": " ", "password": ""})
    assert response.status_code == 422
    assert {"请填写姓名或工号", "请填写密码"} <= set(client.page.errors())


def test_guessing_becomes_slow_and_the_wait_is_stated(client, salesperson, at):
    at(2026, 11, 23, 9, 0, 0)
    for _attempt in range(signin.FREE_FAILURES_ACCOUNT):
        assert sign_in(client, "s1", "guess").status_code == 422
    response = sign_in(client, "s1", PASSWORD)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "16"
    assert "请在 16 秒 后再试" in client.page.text
    at(2026, 11, 23, 9, 0, 16)
    assert sign_in(client, "s1", "guess").status_code == 422
    assert sign_in(client, "s1", PASSWORD).headers["Retry-After"] == "31"
    at(2026, 11, 23, 9, 1, 0)
    assert sign_in(client, "s1", PASSWORD).status_code == 303
    assert session.get(LoginThrottle, "account:s1") is None


def test_a_colleague_at_the_same_address_is_not_locked_out(client, app, salesperson, manager):
    for _attempt in range(signin.FREE_FAILURES_ACCOUNT + 1):
        sign_in(client, "s1", "guess")
    assert sign_in(Client(app), "m1").status_code == 303


def test_an_address_that_guesses_at_many_accounts_waits(salesperson, at):
    at(2026, 11, 23, 9, 0)
    for number in range(signin.FREE_FAILURES_ADDRESS):
        with unit_of_work():
            signin.count_failure(f"name{number}", "203.0.113.7")
    with pytest.raises(Throttled):
        signin.check_throttle("s1", "203.0.113.7")
    signin.check_throttle("s1", "203.0.113.8")


def test_failures_are_forgotten_after_a_quarter_of_an_hour(salesperson, at):
    start = at(2026, 11, 23, 9, 0)
    for minutes in (0, 1, 2, 3, 30, 31):
        with clock.frozen(start + timedelta(minutes=minutes)), unit_of_work():
            signin.count_failure("s1", "203.0.113.7")
    assert session.get(LoginThrottle, "account:s1").failures == 2
    with clock.frozen(start + timedelta(days=3)), unit_of_work():
        signin.count_failure("other", "203.0.113.9")
    assert session.execute(select(func.count()).select_from(LoginThrottle)).scalar_one() == 2


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 秒"), (59, "59 秒"), (60, "1 分钟"), (61, "2 分钟"), (900, "15 分钟")]
)
def test_a_wait_is_said_in_words(seconds, text):
    assert signin.wait_text(seconds) == text


def test_the_wait_never_exceeds_a_quarter_of_an_hour(salesperson, at):
    start = at(2026, 11, 23, 9, 0)
    for _attempt in range(40):
        with unit_of_work():
            signin.count_failure("s1", "203.0.113.7")
    assert session.get(LoginThrottle, "account:s1").blocked_until == start + signin.LONGEST_WAIT


def test_signing_out_ends_the_session_also_for_a_copied_cookie(client, app, salesperson):
    sign_in(client, "s1")
    copied = Client(app)
    with client.browser.session_transaction() as cookie, copied.browser.session_transaction() as copy:
        copy.update(cookie)
    assert copied.get("/account").status_code == 200
    assert client.post("/logout").location == "/login"
    assert client.get("/account").status_code == 303
    assert copied.get("/account").status_code == 303


def test_signing_out_as_a_stranger_is_no_error(client):
    assert client.post("/logout").location == "/login"


def test_signing_out_everywhere_ends_all_devices(client, app, salesperson):
    other = Client(app).as_(salesperson)
    client.as_(salesperson).get("/account")
    assert client.post("/account/sign-out-everywhere").location == "/login"
    assert other.get("/account").status_code == client.get("/account").status_code == 303


def test_one_device_can_be_signed_out(client, app, salesperson, manager):
    other, stranger = Client(app).as_(salesperson), Client(app).as_(manager)
    other_id = session.execute(
        select(UserSession.id).where(UserSession.user_id == salesperson.id)
    ).scalar_one()
    strange_id = session.execute(select(UserSession.id).where(UserSession.user_id == manager.id)).scalar_one()
    client.as_(salesperson).get("/account")
    assert "本机" in client.page.text
    client.post(f"/account/sessions/{other_id}/end")
    client.post(f"/account/sessions/{strange_id}/end")
    assert other.get("/account").status_code == 303
    assert stranger.get("/account").status_code == 200


def test_changing_the_password_ends_the_other_devices_and_keeps_this_one(client, app, salesperson):
    other = Client(app).as_(salesperson)
    client.as_(salesperson)
    form = {"old": PASSWORD, "password": "several new words", "again": "several new words"}
    assert client.submit("/account/password", form).location == "/account"
    assert other.get("/account").status_code == 303
    assert client.get("/account").status_code == 200
    assert sign_in(Client(app), "s1", "several new words").status_code == 303


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"old": "wrong"}, "密码不对，请重新输入"),
        ({"old": ""}, "请填写现在的密码"),
        ({"again": "something else"}, "两次输入的密码不一致"),
        ({"password": PASSWORD, "again": PASSWORD}, "新密码不能与原来的相同"),
        ({"password": "12345678", "again": "12345678"}, "太容易猜到"),
        ({"password": "aaaaaaaaaa", "again": "aaaaaaaaaa"}, "太容易猜到"),
        ({"password": "a" * 2000, "again": "a" * 2000}, "最长 1024 位"),
    ],
)
def test_a_wrong_change_of_password_says_so(client, salesperson, fields, message):
    form = {"old": PASSWORD, "password": "several new words", "again": "several new words", **fields}
    assert client.as_(salesperson).submit("/account/password", form).status_code == 422
    assert any(message in error for error in client.page.errors())


def test_guessing_the_old_password_is_throttled(client, salesperson):
    form = {"old": "guess", "password": "several new words", "again": "several new words"}
    client.as_(salesperson)
    for _attempt in range(signin.FREE_FAILURES_ACCOUNT):
        client.submit("/account/password", form)
    client.submit("/account/password", {**form, "old": PASSWORD})
    assert "尝试次数过多" in client.page.text


def test_an_initial_password_must_be_changed_before_anything_else(client):
    user = factories.user(staff_number="n1", must_change_password=True)
    assert sign_in(client, "n1").location == "/account/initial-password"
    assert client.get("/account").location == "/account/initial-password"
    form = {"password": "my own words", "again": "my own words"}
    assert client.submit("/account/initial-password", form).location == "/acknowledgements/mine"
    assert not session.get(User, user.id).must_change_password
    assert client.get("/account/initial-password").location == "/account"


def test_a_session_idle_for_half_a_day_is_over(client, salesperson, at):
    at(2026, 11, 23, 8, 0)
    sign_in(client, "s1")
    at(2026, 11, 23, 19, 0)
    assert client.get("/account").status_code == 200
    at(2026, 11, 24, 6, 0)
    assert client.get("/account").status_code == 200
    at(2026, 11, 24, 18, 30)
    assert client.get("/account").status_code == 303


def test_a_remembered_phone_stays_for_the_days_of_the_setting(client, salesperson, at):
    at(2026, 11, 23, 8, 0)
    response = sign_in(client, "s1", remember="y")
    assert "Expires=" in response.headers["Set-Cookie"]
    at(2026, 12, 22, 8, 0)
    assert client.get("/account").status_code == 200
    at(2026, 12, 23, 8, 1)
    assert client.get("/account").status_code == 303


def test_remembering_can_be_switched_off(client, salesperson, at):
    from app.core import settings  # optional

    at(2026, 11, 23, 8, 0)
    with unit_of_work():
        settings.put(signin.REMEMBER_DAYS, 0)
    client.get("/login")
    assert not client.page.all("input", name="remember")
    sign_in(client, "s1", remember="y")
    at(2026, 11, 24, 8, 0)
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(("days", "accepted"), [(0, True), (90, True), (91, False), (-1, False)])
def test_days_of_remembering_have_bounds(days, accepted):
    from app.core import settings  # optional

    setting = next(item for item in settings.registered() if item.key == signin.REMEMBER_DAYS)
    assert (setting.check(days) is None) == accepted


def test_use_of_a_session_is_noted_every_five_minutes_only(client, salesperson, at):
    first = at(2026, 11, 23, 8, 0)
    sign_in(client, "s1")

    def seen():
        session.rollback()
        return session.execute(select(UserSession.last_seen_at)).scalar_one()

    at(2026, 11, 23, 8, 4)
    client.get("/account")
    assert seen() == first
    later = at(2026, 11, 23, 8, 6)
    client.get("/account")
    assert seen() == later


def test_signing_in_again_drops_what_the_cookie_held(client, salesperson):
    with client.browser.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    sign_in(client, "s1")
    with client.browser.session_transaction() as cookie:
        assert "planted" not in cookie


def test_someone_signed_in_is_led_on_from_the_sign_in_page(client, salesperson):
    assert client.as_(salesperson).get("/login?next=/people").location == "/people"


def test_a_deactivated_account_loses_its_sessions(client, salesperson):
    client.as_(salesperson)
    with unit_of_work():
        session.get(User, salesperson.id).active = False
    assert client.get("/account").status_code == 303


def test_only_hashes_of_tokens_are_kept(salesperson):
    with unit_of_work():
        token = signin.start_session(salesperson, device="a\x07b" * 200)
    row = session.execute(select(UserSession)).scalar_one()
    assert row.token_hash == signin.token_hash(token) != token
    assert row.device == ("ab" * 200)[:200]


def test_old_sessions_are_swept(salesperson, at):
    at(2026, 1, 1, 8)
    with unit_of_work():
        signin.start_session(salesperson)
    at(2026, 3, 1, 8)
    with unit_of_work():
        signin.start_session(salesperson)
    assert session.execute(select(func.count()).select_from(UserSession)).scalar_one() == 1


def test_demo_accounts_are_shown_and_open_with_one_tap(app, client, salesperson, monkeypatch):
    assert client.post("/login", {"demo": "s1"}).status_code == 422
    monkeypatch.setitem(app.config, "DEMO", True)
    client.get("/login")
    assert "演示账号" in client.page.text
    assert client.page.one("button", name="demo").attributes["value"] == "s1"
    assert client.post("/login", {"demo": "s1"}).location == "/"


def test_language_and_theme_follow_the_person(client, app, salesperson):
    client.as_(salesperson)
    assert client.post("/language", {"language": "en", "next": "/account"}).location == "/account"
    client.post("/theme", {"theme": "dark"})
    other = Client(app)
    response = sign_in(other, "s1")
    assert any("theme=dark" in cookie for cookie in response.headers.getlist("Set-Cookie"))
    other.get("/account")
    assert (other.page.one("html").attributes["lang"], other.page.one("html").attributes["data-theme"]) == (
        "en",
        "dark",
    )


def test_an_unknown_language_or_theme_changes_nothing(client):
    response = client.post("/language", {"language": "xx", "next": "//evil.example"})
    assert response.location == "/"
    assert "language=" not in response.headers.get("Set-Cookie", "")
    assert client.post("/theme", {"theme": "pink"}).status_code == 303


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en-US,en;q=0.9", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("fr", "zh-Hans"), ("", "zh-Hans")],
)
def test_a_stranger_is_addressed_in_the_language_of_the_browser(client, accepted, language):
    client.get("/login", headers={"Accept-Language": accepted})
    assert client.page.one("html").attributes["lang"] == language


def test_a_preference_is_language_or_theme_only(salesperson):
    with pytest.raises(ValueError, match="no preference"), unit_of_work():
        actions.keep_preference(factories.actor(salesperson), "name", "x")


@pytest.mark.parametrize("password", ["short", "", "1234567", "zhangsan1", "张三张三", "abcdefg\ud800h"])
def test_a_new_password_must_be_long_and_not_ones_name(password):
    with pytest.raises(Invalid):
        passwords.check_new(password, name="张三", staff_number="zhangsan1")


@pytest.mark.parametrize("stored", ["", "not a hash", "$argon2id$v=19$broken"])
def test_a_damaged_hash_opens_nothing(stored):
    assert not passwords.fits("anything", stored)


def test_a_password_beyond_the_longest_is_not_hashed():
    assert not passwords.fits("a" * 1025, factories.password_hash())
    assert not passwords.fits("\ud800", factories.password_hash())


def test_hashes_are_argon2id_with_nineteen_megabytes():
    assert factories.password_hash().startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_confirmation_page_is_for_people_with_an_account(client, administrator):
    assert client.get("/account/confirm").status_code == 303
    assert client.as_(administrator).get("/account/confirm?next=//evil.example").status_code == 200
    assert client.page.one("input", name="next", value="/").attributes["type"] == "hidden"


def test_roles_are_shown_on_ones_own_account(client, sales_department):
    user = factories.user(department=sales_department, roles=[Role.SALESPERSON])
    client.as_(user).get("/account")
    assert "销售员" in client.page.text
    assert "委托代办" in client.page.text
