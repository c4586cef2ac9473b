"""Headers of each answer, addresses that stay on this site, origins of posts."""

import string

import pytest
from flask import session
from flask_wtf.csrf import validate_csrf
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import BadSignature
from werkzeug.utils import redirect
from wtforms.validators import ValidationError

from app.web import security, tokens
from tests.client import Client
from tests.factories import PASSWORD, user
from tests.web.edge import edge_app


def test_each_page_carries_the_policies(browser):
    headers = browser.get("/login").headers
    directives = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    own = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "manifest-src")
    assert directives == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        **dict.fromkeys(own, "'self'"),
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "HX-Request" in headers["Vary"]


def test_static_files_are_kept_for_a_year_under_their_fingerprint(browser):
    browser.get("/login")
    address = next(
        link.attributes["href"]
        for link in browser.page.all("link")
        if "tokens.css" in link.attributes["href"]
    )
    response = browser.get(address)
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_cookie_works_by_plain_http_under_a_host_name(browser):
    response = browser.get("/login", base_url="http://portal")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_cookie_is_secure_under_https(tmp_path):
    app = edge_app(tmp_path, SESSION_COOKIE_SECURE=True)
    response = Client(app).get("/login", base_url="https://portal")
    assert "Secure" in response.headers["Set-Cookie"]


def test_a_host_that_is_not_trusted_is_refused(tmp_path):
    app = edge_app(tmp_path, TRUSTED_HOSTS=["portal"])
    assert Client(app).get("/login", base_url="http://portal").status_code == 200
    assert app.test_client().get("/login", base_url="http://evil.example").status_code == 400


def test_forwarded_addresses_count_behind_a_known_proxy_only(tmp_path, edge):
    behind = edge_app(tmp_path / "behind", PROXIES=1)
    headers = {"X-Forwarded-Host": "office.example", "X-Forwarded-For": "203.0.113.7"}
    assert Client(behind).post("/echo", headers=headers).text == "1 office.example"
    assert Client(edge).post("/echo", headers=headers).text == "1 localhost"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200),
        ("null", 200),
        ("http://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("http://localhost:81", 403),
        ("http://[", 403),
    ],
)
def test_a_post_from_another_site_is_refused(browser, origin, status):
    assert browser.post("/echo", headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("address", ["/", "/people", "/people?q=%E5%BC%A0&page=2", "/a//b", "/报价/1"])
def test_addresses_of_this_site_are_kept(address):
    assert security.safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "people",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\x00/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\udc80",
        "/" + "a" * 3000,
    ],
)
def test_addresses_that_leave_the_site_become_the_start_page(address):
    assert security.safe_next(address) == "/"


@given(st.text(alphabet=string.ascii_letters + "/\\:?#@.\t\r\n \x00\x7f[]%", max_size=30))
def test_no_text_leads_off_the_site(text):
    location = redirect(security.safe_next(text)).location
    assert location.startswith("/")
    assert not location.startswith("//")
    assert "\\" not in location


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/people"])
def test_sign_in_never_leaves_the_site(client, target):
    user(name="孙晓", staff_number="s1")
    response = client.submit("/login", {"login": "s1", "password": PASSWORD, "next": target})
    assert (response.status_code, response.location) == (303, "/")


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        (None, "/"),
        ("http://localhost/people?q=1", "/people?q=1"),
        ("http://evil.example/people", "/"),
        ("http://[", "/"),
    ],
)
def test_the_page_a_form_stood_on_is_known_only_on_this_site(edge, referrer, page):
    with edge.test_request_context("/"):
        assert security.page_of_this_site(referrer) == page


def test_forms_of_one_reader_carry_one_token_and_those_of_another_their_own(edge):
    def token(value):
        with edge.test_request_context():
            session["csrf_token"] = value
            made = tokens.form_token()
            validate_csrf(made)
            return made

    assert token("one") == token("one") != token("other")
    with edge.test_request_context():
        session["csrf_token"] = "other"
        with pytest.raises(ValidationError):
            validate_csrf(token("one"))


def test_the_cookie_is_signed_by_the_key_there_is_now(edge):
    sessions = edge.session_interface
    before = sessions.get_signing_serializer(edge)
    assert sessions.get_signing_serializer(edge) is before
    signed = before.dumps({"a": 1})
    edge.secret_key = "another key, as after a leak of the first one"
    with pytest.raises(BadSignature):
        sessions.get_signing_serializer(edge).loads(signed)
    edge.secret_key = None
    assert sessions.get_signing_serializer(edge) is None
