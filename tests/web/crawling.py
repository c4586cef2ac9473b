"""Follows every link a person sees, and reads what comes for characters that have no business on an English page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.client import Client
from tests.markup import Markup

# Han characters, and the marks that belong to Chinese text only; the wide space that indents a tree is no mark.
CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# The switch between the languages names both of them.
ALLOWED = "中文 / English"
# The first character of a number plate is Chinese by law, in every language.
PLATE = re.compile("苏[A-Z][A-Z0-9]{5}")
READ_ATTRIBUTES = ("title", "alt", "placeholder", "value", "aria-label", "label", "content")


def has_chinese(text: str) -> bool:
    """Tell whether a text holds Chinese besides the name of the language and number plates."""
    return CHINESE.search(PLATE.sub("", text.replace(ALLOWED, ""))) is not None


class ForeignText(Markup):
    """Collects Chinese text and attributes that stand in no element marked as Chinese."""

    def __init__(self, html: str) -> None:
        self.languages: list[tuple[str, str]] = []
        self.found: list[str] = []
        self.read(html)

    @property
    def language(self) -> str:
        return self.languages[-1][1] if self.languages else ""

    def judge(self, text: str, where: str, language: str) -> None:
        if not language.startswith("zh") and has_chinese(text):
            self.found.append(f"{where}: {' '.join(text.split())[:80]}")

    def start(self, tag: str, attributes: dict[str, str], closed: bool) -> None:
        language = attributes.get("lang", self.language)
        for name, value in attributes.items():
            if name in READ_ATTRIBUTES or name.startswith("data-"):
                self.judge(value, f"<{tag} {name}>", language)
        if not closed:
            self.languages.append((tag, language))

    def end(self, tag: str) -> None:
        if any(open_tag == tag for open_tag, _language in self.languages):
            while self.languages.pop()[0] != tag:
                pass

    def data(self, text: str) -> None:
        self.judge(text, f"<{self.languages[-1][0]}>" if self.languages else "text", self.language)


def chinese_in(response: TestResponse) -> list[str]:
    """Return what is Chinese in an answer meant for a reader of English: pages, tables, names of downloads."""
    if response.mimetype == "application/pdf":
        # A paper is Chinese by decision, and so is its name.
        return []
    named = unquote(response.headers.get("Content-Disposition", ""))
    found = [f"name of the download: {named}"] if has_chinese(named) else []
    if response.mimetype == "text/html":
        return found + ForeignText(response.get_data(as_text=True)).found
    if response.mimetype == "text/csv":
        return found + [text for text in response.get_data(as_text=True).splitlines() if has_chinese(text)]
    if response.mimetype.endswith("spreadsheetml.sheet"):
        sheets = load_workbook(BytesIO(response.get_data())).worksheets
        cells = [
            str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell
        ]
        return found + [text for text in [*cells, *(sheet.title for sheet in sheets)] if has_chinese(text)]
    return found


# How often a page may ask the database, however many rows it shows.
MOST_QUERIES = 10
# The search is a form, not a link.
STARTS = ("/", "/search?q=pump")


@dataclass
class Visit:
    """One answer on the way: whose, where, linked from where, what came, and what was asked of the database."""

    account: str
    address: str
    linked_from: str
    response: TestResponse
    statements: list[str]

    def __str__(self) -> str:
        return f"{self.account} {self.address} (from {self.linked_from}): {self.response.status_code}"


def kind_of(address: str) -> tuple[str, tuple[str, ...]]:
    """Return what makes an address new: its path, and which questions it asks, not what it asks."""
    parts = urlsplit(address)
    return parts.path, tuple(
        sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    )


def crawl(client: Client, account: str, queries: Any) -> Iterator[Visit]:
    """Yield every answer behind the links that lead from the workbench, as the person signed in gets it."""
    waiting, known = [(address, "") for address in STARTS], set()
    while waiting:
        address, linked_from = waiting.pop(0)
        if kind_of(address) in known:
            continue
        known.add(kind_of(address))
        with queries() as sent:
            response = client.get(address)
        if len(sent) > MOST_QUERIES and response.mimetype == "text/html":
            # The first page that needs the configuration reads what the process keeps of it for all pages to
            # come; which page that is depends on the tests that ran before in this process.
            with queries() as sent:
                response = client.get(address)
        yield Visit(account, address, linked_from, response, sent)
        if response.status_code in (301, 302, 303):
            waiting.append((response.headers["Location"], address))
        elif response.mimetype == "text/html":
            waiting += [(link, address) for link in links(client)]


def links(client: Client) -> Iterator[str]:
    """Yield the addresses of this site on the page at hand; of one list's many views each sort once."""
    for link in client.page.all("a"):
        address = link.attributes.get("href", "")
        parts = urlsplit(address)
        if not address.startswith("/") or parts.path.startswith("/static/"):
            continue
        yield parts.path + (f"?{parts.query}" if parts.query else "")
