"""One template, two bodies: whole pages for browsers, blocks for htmx, and answers that survive Back."""

from collections.abc import Iterator

import pytest
from flask import Flask, flash
from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup

from app.core.errors import Conflict, Denied, NotVisible
from app.web import fragments
from app.web.gallery import sample_listing

PARENT = """{% extends "_ui/base.html" %}
{% block content %}<div id="rows">{% block rows %}<p>{{ ui.status("parent " ~ name) }}</p>{% endblock %}</div>
{% block count %}<p id="count"{% if oob %} hx-swap-oob="true"{% endif %}>{{ name }}</p>{% endblock %}{% endblock %}"""
CHILD = """{% extends "test/parent.html" %}
{% block rows %}{{ super() }}<b>{{ name }}</b>{% endblock %}"""
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def templates(app: Flask) -> Iterator[None]:
    loader = app.jinja_env.loader
    own = DictLoader({"test/parent.html": PARENT, "test/child.html": CHILD})
    assert loader is not None
    app.jinja_env.loader = ChoiceLoader([own, loader])
    yield
    app.jinja_env.loader = loader


def answer(app: Flask, headers: dict[str, str] | None = None, **options: object) -> fragments.Response:
    with app.test_request_context("/x", headers=headers):
        return fragments.page("test/child.html", fragment="rows", heading="表", name="<周>", **options)  # type: ignore[arg-type]


def test_a_browser_gets_the_whole_page(app: Flask) -> None:
    text = answer(app, also=("count",)).get_data(as_text=True)
    assert text.startswith("<!doctype html>")
    assert "<b>&lt;周&gt;</b>" in text
    assert "hx-swap-oob" not in text


def test_htmx_gets_the_block_of_the_child_with_that_of_its_parent(app: Flask) -> None:
    text = answer(app, HTMX).get_data(as_text=True)
    assert text == '<p><span class="status" data-tone="neutral">parent &lt;周&gt;</span></p><b>&lt;周&gt;</b>'


def test_blocks_beside_it_put_themselves_in_their_places(app: Flask) -> None:
    text = answer(app, HTMX, also=("count",)).get_data(as_text=True)
    assert text.endswith('<p id="count" hx-swap-oob="true">&lt;周&gt;</p>')
    assert text.count("hx-swap-oob") == 1


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_or_restored_page_is_whole(app: Flask, header: str) -> None:
    assert answer(app, {**HTMX, header: "true"}).get_data().startswith(b"<!doctype html>")


@pytest.mark.parametrize("headers", [None, HTMX])
def test_every_answer_varies_and_is_not_stored(app: Flask, headers: dict[str, str] | None) -> None:
    with app.test_request_context("/x", headers=headers):
        answers = [
            fragments.page("test/child.html", fragment="rows", heading="表", name="周"),
            fragments.go("/there"),
            fragments.toast_refusal(Conflict("core:race")),
            fragments.only_also("test/child.html", ("count",), name="周"),
            fragments.reply_nothing(),
            fragments.to_sign_in("/login"),
        ]
    assert {each.headers["Vary"] for each in answers} == {"HX-Request"}
    assert {each.headers["Cache-Control"] for each in answers} == {"no-store"}


def test_an_unknown_block_is_an_error_of_the_program(app: Flask) -> None:
    with app.test_request_context("/x", headers=HTMX), pytest.raises(KeyError, match="nowhere"):
        fragments.page("test/child.html", fragment="nowhere", heading="表", name="周")


def test_the_status_is_kept(app: Flask) -> None:
    assert answer(app, status=422).status_code == 422
    assert answer(app, HTMX, status=422).status_code == 422


def test_messages_travel_with_the_fragment(app: Flask) -> None:
    with app.test_request_context("/x", headers=HTMX):
        flash("已提交", "ok")
        text = fragments.page("test/child.html", fragment="rows", heading="表", name="周").get_data(
            as_text=True
        )
    assert '<div id="toast-list" class="toast-list" hx-swap-oob="true">' in text
    assert text.count("已提交") == 1


def test_going_on_is_303_for_a_browser_and_a_header_for_htmx(app: Flask) -> None:
    with app.test_request_context("/x"):
        browser = fragments.go("/quotations/12")
    with app.test_request_context("/x", headers=HTMX):
        htmx = fragments.go("/quotations/12")
    assert (browser.status_code, browser.headers["Location"]) == (303, "/quotations/12")
    assert "HX-Redirect" not in browser.headers
    assert (htmx.status_code, htmx.headers["HX-Redirect"], htmx.get_data()) == (200, "/quotations/12", b"")


def test_a_stranger_is_led_to_the_sign_in_page(app: Flask) -> None:
    with app.test_request_context("/x"):
        browser = fragments.to_sign_in("/login?next=/x")
    with app.test_request_context("/x", headers=HTMX):
        htmx = fragments.to_sign_in("/login?next=/x")
    assert (browser.status_code, browser.headers["Location"]) == (303, "/login?next=/x")
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (401, "/login?next=/x")


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (Denied("core:denied", what="审核", who="<王>"), 403),
        (NotVisible(), 404),
        (Conflict("core:race"), 409),
    ],
)
def test_a_refusal_becomes_a_toast_with_its_status(app: Flask, problem: Denied, status: int) -> None:
    renewed = Markup('<div id="steps" hx-swap-oob="true"></div>')
    with app.test_request_context("/x", headers=HTMX):
        reply = fragments.toast_refusal(problem, renewed)
    text = reply.get_data(as_text=True)
    assert reply.status_code == status
    assert (reply.headers["HX-Retarget"], reply.headers["HX-Reswap"]) == ("#toasts", "innerHTML")
    assert text.count('role="alert"') == 1
    assert str(Markup.escape(problem.sentence())) in text
    assert text.endswith(str(renewed))


def test_a_reply_of_other_places_only_swaps_nothing_where_it_was_asked(app: Flask) -> None:
    with app.test_request_context("/x", headers=HTMX):
        reply = fragments.only_also("test/child.html", ("count",), name="周")
    assert reply.headers["HX-Reswap"] == "none"
    assert reply.get_data(as_text=True) == '<p id="count" hx-swap-oob="true">周</p>'


def test_nothing_new_is_204_without_a_body(app: Flask) -> None:
    with app.test_request_context("/x", headers=HTMX):
        reply = fragments.reply_nothing()
    assert (reply.status_code, reply.get_data()) == (204, b"")


def test_each_fragment_of_a_list_renders_alone(app: Flask) -> None:
    with app.test_request_context("/x", headers=HTMX):
        listing = sample_listing()
        text = fragments.page(
            "_ui/list.html", fragment="rows", also=("count", "pager"), heading="报价", listing=listing
        ).get_data(as_text=True)
    assert text.count("hx-swap-oob") == 2
    assert text.count("<tr>") == len(listing.rows) + 2
    assert 'aria-sort="descending"' in text
