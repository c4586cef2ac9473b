"""A browser for tests: it signs in, keeps tokens of forms, and checks each page it gets."""

import contextvars
import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from flask import Flask
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people import signin
from app.features.people.models import User
from tests.markup import Markup

NEEDS_LABEL = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}


class Element:
    """A tag with its attributes, its text and what it stands in."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.parts: list[str] = []

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parts)).strip()

    def inside(self, tag: str) -> bool:
        above = self.parent
        while above is not None:
            if above.tag == tag:
                return True
            above = above.parent
        return False


class Page(Markup):
    """A parsed page or fragment: its elements and its visible text."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.elements: list[Element] = []
        self.by_tag: dict[str, list[Element]] = {}
        self.fields: list[Element] = []
        self._open: list[Element] = []
        self.read(html)

    def start(self, tag: str, attributes: dict[str, str], closed: bool) -> None:
        element = Element(tag, attributes, self._open[-1] if self._open else None)
        self.elements.append(element)
        self.by_tag.setdefault(tag, []).append(element)
        if tag in NEEDS_LABEL:
            self.fields.append(element)
        if not closed:
            self._open.append(element)

    def end(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def data(self, text: str) -> None:
        for element in self._open:
            element.parts.append(text)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            element
            for element in self.by_tag.get(tag, ())
            if all(
                element.attributes.get(name.rstrip("_").replace("_", "-")) == value
                for name, value in attributes.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} <{tag} {attributes}>, one expected"
        return found[0]

    @property
    def text(self) -> str:
        bodies = self.all("body")
        if bodies:
            return bodies[0].text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)).strip()

    @property
    def heading(self) -> str:
        return self.one("h1").text

    def errors(self) -> list[str]:
        """The messages at fields and above the form."""
        return [
            element.text
            for element in self.elements
            if element.tag in ("p", "li")
            and ("error" in element.attributes.get("class", "").split() or _in_summary(element))
        ]

    def values(self, action: str | None = None) -> dict[str, str]:
        """What a form would send as it stands: of the form with this action, or of the last one on the page."""
        forms = [form for form in self.all("form") if form.attributes.get("method", "").lower() == "post"]
        if action is not None:
            forms = [form for form in forms if form.attributes.get("action") == action]
        assert forms, f"no form {action or ''} on the page"
        return _values_of(self, forms[-1])


def _in_summary(element: Element) -> bool:
    above = element.parent
    while above is not None:
        if "error-summary" in above.attributes.get("class", "").split():
            return True
        above = above.parent
    return False


def _values_of(page: Page, form: Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in page.fields:
        above = element.parent
        while above is not None and above is not form:
            above = above.parent
        name = element.attributes.get("name")
        if above is None or not name:
            continue
        kind = element.attributes.get("type", "text")
        if element.tag == "input" and (kind not in ("checkbox", "radio") or "checked" in element.attributes):
            if kind not in ("submit", "file"):
                values[name] = element.attributes.get("value", "")
        elif element.tag == "textarea":
            values[name] = "".join(element.parts).removeprefix("\n")
        elif element.tag == "select":
            options = [
                option
                for option in page.all("option")
                if option.parent is element or option.inside("optgroup")
            ]
            own = [
                option for option in options if option.parent is element or option.parent.parent is element
            ]
            chosen = [option for option in own if "selected" in option.attributes] or own[:1]
            values[name] = chosen[0].attributes.get("value", "") if chosen else ""
    return values


def check_page(response: TestResponse) -> Page:
    """Check what holds of every page and fragment; return it parsed."""
    html = response.get_data(as_text=True)
    page = Page(html)
    assert "HX-Request" in response.headers.get("Vary", ""), "varies by HX-Request"
    assert response.headers.get("Cache-Control") == "no-store"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    doubled = {name for name in ids if ids.count(name) > 1}
    assert not doubled, f"ids used twice: {doubled}"
    for element in page.elements:
        assert element.tag != "style", "a style element"
        assert "style" not in element.attributes, f"a style attribute at {element.tag}"
        inline = [name for name in element.attributes if name.startswith(("on", "hx-on"))]
        assert not inline, f"inline code: {inline}"
        assert element.tag != "script" or "src" in element.attributes, "an inline script"
        assert not element.attributes.get("href", "").lower().startswith("javascript:")
        if element.tag == "form":
            check_form(page, element)
        if element.tag in NEEDS_LABEL and element.attributes.get("type") not in UNLABELLED_TYPES:
            check_label(page, element)
    if "<html" in html:
        headings = page.all("h1")
        assert len(headings) == 1, f"{len(headings)} h1"
        title = page.one("title").text
        words = title.split(" · ")[0]
        assert words, "a title"
        assert headings[0].text.startswith(words), (
            f"title {title!r} does not begin with h1 {headings[0].text!r}"
        )
        assert page.one("html").attributes["lang"] in ("zh-Hans", "en")
        page.one("main", id="main")
    return page


def check_form(page: Page, form: Element) -> None:
    """A form says where it goes, and one that posts carries the token."""
    assert form.attributes.get("action"), "a form without action"
    if form.attributes.get("method", "get").lower() == "post":
        assert _values_of(page, form).get("csrf_token"), (
            f"no token in the form to {form.attributes['action']}"
        )


def check_label(page: Page, element: Element) -> None:
    """A field has a label, around it, for it, or as aria-label."""
    named = (
        element.attributes.get("aria-label")
        or element.attributes.get("aria-labelledby")
        or element.inside("label")
    )
    labels = [
        label
        for label in page.all("label")
        if label.attributes.get("for") == element.attributes.get("id", "?")
    ]
    assert named or labels, f"no label for {element.attributes}"


class Client:
    """A browser of one person. Pages are checked on arrival; the last one is ``page``.

    Every request runs in a context of its own, like on a server: nothing of the test's own session leaks in.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browser = app.test_client()
        self.page = Page("")
        self.response: TestResponse | None = None

    def as_(self, person: User | None, *, remembered: bool = False) -> Self:
        """Sign a person in without the sign-in page; None signs out."""
        self.browser = self.app.test_client()
        if person is not None:
            with unit_of_work():
                token = signin.start_session(person, remember=remembered, address="127.0.0.1", device="tests")
            with self.browser.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return self

    def get(self, address: str, *, htmx: bool = False, **options: Any) -> TestResponse:
        return self._send("GET", address, htmx, options)

    def post(
        self,
        address: str,
        data: Mapping[str, Any] | None = None,
        *,
        htmx: bool = False,
        token: bool = True,
        **options: Any,
    ) -> TestResponse:
        """Post a form, urlencoded; the token of the person's session is added unless ``token`` is False."""
        fields = dict(data or {})
        if token and "csrf_token" not in fields:
            fields["csrf_token"] = self.csrf_token()
        return self._send("POST", address, htmx, {"data": fields, **options})

    def submit(
        self, address: str, data: Mapping[str, Any] | None = None, *, page: str | None = None, **options: Any
    ) -> TestResponse:
        """Open the page of a form, fill it in as a person would, and post it to ``address``."""
        self.get(page or address)
        return self.post(address, {**self.page.values(address), **dict(data or {})}, **options)

    def csrf_token(self) -> str:
        """A token that fits this browser's session."""
        # An application context of its own: a token remembered for another browser must not be taken.
        with self.app.app_context(), self.app.test_request_context("/"):
            from flask_wtf.csrf import generate_csrf  # optional

            with self.browser.session_transaction() as cookie:
                from flask import session as present  # optional

                present.clear()
                if "csrf_token" in cookie:
                    present["csrf_token"] = cookie["csrf_token"]
                token: str = generate_csrf()
                cookie["csrf_token"] = present["csrf_token"]
        return token

    def _send(self, method: str, address: str, htmx: bool, options: dict[str, Any]) -> TestResponse:
        if htmx:
            options["headers"] = {**dict(options.get("headers") or {}), "HX-Request": "true"}
        session.rollback()
        session.info.clear()
        response = in_context_of_its_own(
            lambda: self.browser.open(address, method=method, **{"buffered": True, **options})
        )
        session.rollback()
        session.info.clear()
        self.response = response
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 308):
            self.page = check_page(response)
        return response


def in_context_of_its_own(function: Callable[[], Any]) -> Any:
    """Call a function without the test's application context and transaction, but under its clock."""
    context = contextvars.Context()
    context.run(clock._clock.set, clock._clock.get())
    return context.run(function)
