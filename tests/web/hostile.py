"""Sends every form of every page what nobody should type, and tells where the answer is not a clear refusal.

The pages come from the crawl. Each form is sent as it stands with one field at a time hostile, doubled or missing.
What must hold afterwards: never a failure; a refusal says so and keeps what was typed; what is refused left no trace.
"""

import hashlib
import io
import re
import traceback
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import db, session
from tests import factories
from tests.client import Client, Element, Page
from tests.saved_tables import SavedTables
from tests.web.crawling import crawl

# The stand-in for a field that is left out altogether.
MISSING = object()
SURROGATE = "a\ud800b"
MEGABYTE_OF_TEXT = "长" * 350_000

VALUES: dict[str, Any] = {
    "empty": "",
    "missing": MISSING,
    "doubled": ["甲", "乙"],
    "spaces": " \u3000\t ",
    "NUL": "a\x00b",
    "control": "a\x1b[31mb",
    "bidirectional": "a\u202eb",
    "unpaired surrogate": SURROGATE,
    "noncharacter": "a\uffffb",
    "emoji": "😀𠮷\U000e0001",
    "markup": "<script>alert(1)</script>\"'&",
    "template": "{{ 7*7 }} %(name)s %s {0} ${x}",
    "formula": "=1+1",
    "quote": "' OR 1=1 --",
    "path": "../../x",
    "negative": "-1",
    "NaN": "NaN",
    "1e400": "1e400",
    "nine decimals": "1.123456789",
    "full-width": "１２",
    "thousands comma": "1,200",
    "superscript": "²",
    "Arabic digits": "٣",
    "larger than any id": "2147483648",
    "id of nothing": "999999",
    "somebody else's id": "1",
    "thirty nines": "9" * 30,
    "zero date": "0000-00-00",
    "30 February": "2026-02-30",
    "last date": "9999-12-31",
    "past": "2020-01-01",
    "past moment": "2020-01-01 09:00",
    "long line": "长" * 5_001,
    "1 MB": MEGABYTE_OF_TEXT,
}


def zip_bomb() -> bytes:
    """Return a small archive that unpacks to 200 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"\0" * (200 * 2**20))
    return stream.getvalue()


UPLOADS: dict[str, Callable[[], tuple[bytes, str]]] = {
    "empty file": lambda: (b"", "a.pdf"),
    "lying type": lambda: (b"MZ\x90\x00 program", "order.pdf"),
    "markup as text": lambda: (b"<html><script>alert(1)</script>", "a.txt"),
    "zip bomb": lambda: (zip_bomb(), "a.docx"),
    "broken zip": lambda: (b"PK\x03\x04" + b"\0" * 100, "a.zip"),
    "name with a path": lambda: (b"%PDF-1.4\n%%EOF\n", "../../x.pdf"),
    "Chinese name": lambda: (b"%PDF-1.4\n%%EOF\n", "询价函（终稿）.pdf"),
    "long name": lambda: (b"%PDF-1.4\n%%EOF\n", "长" * 400 + ".pdf"),
    "100 MB": lambda: (b"%PDF-1.4\n" + b"0" * (100 * 2**20), "big.pdf"),
}
SLOW_UPLOADS = ("100 MB", "zip bomb")

# Written beside a refusal by decision: who tried too often, and that a session is in use.
BESIDE_REFUSALS = {"login_throttle", "verification_throttle", "user_session"}
# Kinds of forms that answer 4xx as they stand, with the reason: there is nothing to press for those who see them.
NOT_AS_IT_STANDS: dict[str, str] = {
    "/training/N/here": "asks for the code on the screen of the room, which changes every few seconds",
}
# What a person would type where nothing stands yet.
TYPED = {
    "text": "12",
    "textarea": "12",
    "search": "12",
    "tel": "12",
    "number": "12",
    "email": "a@example.com",
    "password": factories.PASSWORD,
}
# Never typed: a wrong one is a page that is too old.
TOKENS = ("csrf_token", "form_token")
# What ends the session, and what takes any value and ignores what it does not know.
LEFT_OUT = ("/logout", "/account/sign-out-everywhere", "/language", "/theme")


@dataclass
class Form:
    """A form on a page: where it stands, where it goes, what it sends as it stands."""

    account: str
    page: str
    method: str
    action: str
    fields: list[tuple[str, str, str]]
    uploads: list[str]
    # sent by a script beside the form, which stays on the page with all that was typed
    by_script: bool = False

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """What two forms share that differ only in their document: the pattern of the address and the fields."""
        names = sorted({re.sub(r"-\d+-", "-N-", name) for name, _kind, _value in self.fields})
        return self.method, re.sub(r"\d+", "N", self.action.partition("?")[0]), (*names, *self.uploads)

    def filled(self) -> list[tuple[str, str]]:
        """Return what the form sends once its empty fields are filled in with something plausible."""
        tomorrow = clock.today() + timedelta(days=1)
        typed = {**TYPED, "date": tomorrow.isoformat(), "datetime-local": f"{tomorrow}T09:00"}
        return [(name, value or typed.get(kind, "")) for name, kind, value in self.fields]

    def targets(self) -> list[tuple[str, str]]:
        """Return name and kind of the fields to attack: of a table's rows the first only."""
        found: dict[str, tuple[str, str]] = {}
        for name, kind, _value in self.fields:
            if name not in TOKENS:
                found.setdefault(re.sub(r"-\d+-", "-N-", name), (name, kind))
        return list(found.values())


def forms_on(page: Page, account: str, address: str) -> Iterator[Form]:
    """Yield the forms of a page with every button that sends something of its own."""
    for form in page.all("form"):
        action = form.attributes.get("action", "")
        method = form.attributes.get("method", "get").lower()
        if not action.startswith("/") or action.startswith(LEFT_OUT):
            continue
        inside = [element for element in page.elements if belongs(element, form)]
        fields = list(fields_of(page, inside))
        uploads = [one.attributes.get("name", "") for one in inside if one.attributes.get("type") == "file"]
        buttons = [one for one in inside if one.tag == "button" and one.attributes.get("name")]
        for extra in [
            [],
            *([(one.attributes["name"], "button", one.attributes.get("value", ""))] for one in buttons),
        ]:
            yield Form(account, address, method, action, [*fields, *extra], uploads)
    yield from sent_by_scripts(page, account, address)


def sent_by_scripts(page: Page, account: str, address: str) -> Iterator[Form]:
    """Yield what a script sends by itself: the fields of another element, to an address of its own."""
    for sender in page.all("div"):
        action, source = sender.attributes.get("hx-post", ""), sender.attributes.get("hx-include", "")
        if action and source.startswith("#"):
            form = next(one for one in page.all("form") if one.attributes.get("id") == source[1:])
            inside = [element for element in page.elements if belongs(element, form)]
            yield Form(account, address, "post", action, list(fields_of(page, inside)), [], by_script=True)


def belongs(element: Element, form: Element) -> bool:
    """Tell whether an element stands in a form."""
    above = element.parent
    while above is not None and above is not form:
        above = above.parent
    return above is form


def fields_of(page: Page, inside: Iterable[Element]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, kind, value) of what a form sends as it stands."""
    for element in inside:
        name, kind = element.attributes.get("name"), element.attributes.get("type", "text")
        if not name or element.tag not in ("input", "textarea", "select"):
            continue
        if element.tag == "textarea":
            yield name, "textarea", "".join(element.parts).removeprefix("\n")
        elif element.tag == "select":
            options = [one for one in page.all("option") if belongs(one, element)]
            chosen = [one for one in options if "selected" in one.attributes] or options[:1]
            for option in chosen:
                yield name, "select", option.attributes.get("value", "")
        elif kind in ("checkbox", "radio"):
            if "checked" in element.attributes:
                yield name, kind, element.attributes.get("value", "on")
        elif kind not in ("submit", "file", "button"):
            yield name, kind, element.attributes.get("value", "")


def encoded(fields: Iterable[tuple[str, Any]]) -> bytes:
    """Return a body as a hostile client would send it: unpaired surrogates go as the bytes they would be."""
    pairs = []
    for name, value in fields:
        for one in value if isinstance(value, list) else [value]:
            pairs.append(f"{quote_plus(name)}={quote_plus(str(one).encode('utf-8', 'surrogatepass'))}")
    return "&".join(pairs).encode()


@dataclass
class Attack:
    """Posts hostile forms against a world that is brought back after whatever went through."""

    app: Flask
    client: Client
    saved: Path
    faults: dict[str, list[str]] = field(default_factory=dict)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)
    sent: int = 0
    accepted: int = 0
    turn: int = 0

    def __post_init__(self) -> None:
        self.tables = SavedTables(self.saved)
        self.kept = digest()

    def report(self) -> str:
        """Return the faults, each with its first places."""
        return "\n".join(
            f"{fault} ({len(places)}): {places[:3]}" for fault, places in sorted(self.faults.items())
        )

    def save(self) -> None:
        """Keep the world as it stands now."""
        self.tables.save()
        self.kept = digest()

    def unwritten(self) -> bool:
        """Tell at once, where that can be told, that nothing was written since the world was saved or restored."""
        if not self.tables.sqlite or self.tables.database.stat().st_mtime_ns != self.tables.stamp:
            return False
        log = Path(f"{self.tables.database}-wal")
        return not log.exists() or log.stat().st_size == 0

    def restore(self, changed: Iterable[str]) -> None:
        """Bring the world back, on PostgreSQL the tables that changed."""
        self.tables.restore(changed)

    def changed(self) -> set[str]:
        """Return the tables that are not as they were saved."""
        session.remove()
        if self.unwritten():
            return set()
        after = digest()
        return {name for name in after if after[name] != self.kept[name]}

    def note(self, fault: str, form: Form, what: str) -> None:
        """Keep a fault with the place where it showed."""
        self.faults.setdefault(f"{fault} {form.kind[1]}", []).append(f"{form.account} {form.page} {what}")

    def send(
        self, form: Form, what: str, fields: list[tuple[str, Any]], **options: Any
    ) -> TestResponse | None:
        """Send a form and check what must hold of any answer."""
        self.sent += 1
        # The page was read in another session: without a token of this one, every form would only be too old.
        token = self.client.csrf_token()
        fields = [(name, token if name == "csrf_token" else value) for name, value in fields]
        if "data" in options:
            options["data"]["csrf_token"] = token
        try:
            if form.method == "post":
                if "data" not in options:
                    options["data"] = encoded(fields)
                    options["content_type"] = "application/x-www-form-urlencoded"
                answer = self.client._send("POST", form.action, False, options)
            else:
                parts = urlsplit(form.action)
                answer = self.client._send("GET", f"{parts.path}?{encoded(fields).decode()}", False, {})
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            self.note("trace", form, f"{what}: {error!r} at {last.filename}:{last.lineno}"[:400])
            self.restore(self.changed())
            return None
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        if answer.status_code in (400, 403, 404) and form.method == "post":
            self.refusals.setdefault(f"{answer.status_code} {form.kind[1]}", []).append(what)
        if answer.status_code >= 500:
            self.note(str(answer.status_code), form, what)
        if answer.status_code in (301, 302, 303):
            self.accepted += 1
            self.follow(form, what, answer)
            self.restore(self.changed())
        else:
            self.left_no_trace(form, what, answer)
        return answer

    def follow(self, form: Form, what: str, answer: TestResponse) -> None:
        """Open the page an accepted form leads to: it must show whatever was stored."""
        target = answer.headers["Location"]
        if not target.startswith("/") or target.startswith("//"):
            self.note("leads away", form, f"{what}: {target}")
            return
        try:
            shown = self.client.get(target)
        except Exception as error:
            self.note("trace afterwards", form, f"{what}: {error!r}"[:300])
            return
        if shown.status_code >= 500:
            self.note("failure afterwards", form, f"{what}: {shown.status_code} at {target}")

    def left_no_trace(self, form: Form, what: str, answer: TestResponse) -> None:
        """A form that was not accepted changed nothing but the counters of attempts."""
        changed = self.changed()
        if changed and answer.status_code >= 400:
            more = changed - BESIDE_REFUSALS
            if more and not only_attempts(more):
                self.note("refused but written", form, f"{what}: {answer.status_code} {sorted(more)}")
        if changed:
            self.restore(changed)

    def as_it_stands(self, form: Form) -> list[tuple[str, str]]:
        """Send a form unaltered, then filled in, and return what it was sent with when it went farthest.

        A form that is not even read then (400, 403, 404) would prove nothing: that is a fault.
        """
        base = [(name, value) for name, _kind, value in form.fields]
        answer = self.send(form, "as it stands", base)
        if answer is not None and answer.status_code == 422:
            self.says_and_keeps(form, "as it stands", dict(base))
            base = form.filled()
            answer = self.send(form, "filled in", base)
        status = answer.status_code if answer is not None else 500
        if (status in (400, 403, 404, 409, 429) or status >= 500) and form.kind[1] not in NOT_AS_IT_STANDS:
            self.note("never reached", form, f"{status}")
        return base

    def attack(
        self, form: Form, values: dict[str, Any], uploads: Iterable[str] = (), *, every: int = 1
    ) -> None:
        """Send a form with each value in each field, one at a time; with ``every`` n each nth only, taking turns."""
        base = self.as_it_stands(form)
        for name, _kind in form.targets():
            self.turn += 1
            for label, value in list(values.items())[self.turn % every :: every]:
                self.send_changed(form, base, name, label, value)
        for name in form.uploads:
            self.turn += 1
            for label in list(uploads)[self.turn % every :: every]:
                self.send_file(form, base, name, label)

    def send_changed(
        self, form: Form, base: list[tuple[str, str]], name: str, label: str, value: Any
    ) -> None:
        """Send a form with one field changed; a refusal must say so, and on the form itself keep what was typed."""
        changed = [(one, value if one == name else old) for one, old in base]
        changed = [(one, new) for one, new in changed if new is not MISSING]
        answer = self.send(form, f"{name} {label}", changed)
        if answer is None or form.method != "post":
            return
        if answer.status_code == 422:
            self.says_and_keeps(form, f"{name} {label}", dict(changed))
        elif 400 <= answer.status_code < 500:
            self.says(form, f"{name} {label}")

    def send_file(self, form: Form, base: list[tuple[str, str]], name: str, label: str) -> None:
        """Send a form with a hostile file; a refusal must say so."""
        content, filename = UPLOADS[label]()
        data = {**dict(base), name: (io.BytesIO(content), filename)}
        answer = self.send(form, f"{name} {label}", [], data=data, content_type="multipart/form-data")
        if answer is not None and 400 <= answer.status_code < 500:
            self.says(form, f"{name} {label}")

    def says(self, form: Form, what: str) -> None:
        """A page of refusal says what is wrong."""
        page = self.client.page
        alerts = [one.text for one in page.elements if one.attributes.get("role") == "alert"]
        if not any(page.errors()) and not any(alerts):
            self.note("says nothing", form, what)

    def says_and_keeps(self, form: Form, what: str, sent: dict[str, Any]) -> None:
        """A refused form says what is wrong and keeps what was typed, in every field of text."""
        self.says(form, what)
        if form.by_script:
            return
        page = self.client.page
        shown: dict[str, list[str]] = {}
        for name, _kind, value in fields_of(page, page.elements):
            shown.setdefault(name, []).append(value)
        for name, field_kind, _value in form.fields:
            value = sent.get(name)
            if field_kind not in (
                "text",
                "textarea",
                "date",
                "datetime-local",
                "number",
                "search",
                "tel",
                "email",
            ):
                continue
            if not isinstance(value, str) or not value.strip():
                continue
            wanted = as_kept(value)
            # a reason chosen from a list comes back before what was typed beside it
            behind = name == "note" and bool(sent.get("usual_reason"))
            kept = (as_kept(one) for one in shown.get(name, ()))
            if not any(one == wanted or (behind and one.endswith(wanted)) for one in kept):
                self.note(
                    "lost what was typed", form, f"{what}: {name} {value[:30]!r} → {shown.get(name)!r:.80}"
                )


def as_kept(text: str) -> str:
    """Return a text as far as two must agree: browsers normalise ends of lines, surrogates become marks."""
    plain = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    # Werkzeug shows the bytes of what is no character as they would stand in an address.
    plain = re.sub("(%[0-9A-F]{2})+", "?", plain)
    return re.sub("[?\ufffd]+", "?", re.sub(r"\s+", " ", plain)).strip()


def only_attempts(changed: set[str]) -> bool:
    """Tell whether nothing but the record of a refused guarded act was written."""
    if not changed <= {"event", "event_chain"}:
        return False
    from app.core.timeline import Event  # optional

    latest = session.execute(select(Event.verb).order_by(Event.seq.desc()).limit(1)).scalar() or ""
    session.rollback()
    return latest.endswith(("refused", "attempt"))


def digest() -> dict[str, str]:
    """Return a digest of each table, by name."""
    found = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            found[table.name] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
    return found


def every_form(client: Client, accounts: dict[str, Any]) -> list[Form]:
    """Return the forms of all pages of these people, each kind once, and the forms strangers see."""
    found: dict[tuple[str, str, tuple[str, ...]], Form] = {}
    client.as_(None)
    for address in ("/login", "/verify"):
        client.get(address)
        for form in forms_on(client.page, "", address):
            found.setdefault(form.kind, form)
    for number, person in accounts.items():
        client.as_(person)
        client.browser.set_cookie("language", "zh")
        for visit in crawl(client, number, nullcontext_of_queries):
            if visit.response.mimetype == "text/html" and visit.response.status_code == 200:
                for form in forms_on(client.page, number, visit.address):
                    found.setdefault(form.kind, form)
    return list(found.values())


def nullcontext_of_queries() -> Any:
    """Stand in for the fixture ``queries`` where nobody counts."""
    return nullcontext([])
