"""Looks for the figures of 开标一览表 and 分项报价表 in the text of an uploaded bid.

The figures are those of the quotation's content (`snapshot.content`). A figure counts as found wherever it stands as a
number of its own, with or without thousands separators, broken over lines or not: which table it stands in, people see.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.core import money
from app.core.i18n import LazyText, lazy

TOTAL, CAPITAL, VALIDITY, LEAD_TIME = "total", "capital", "validity", "lead_time"
UNIT_PRICE, AMOUNT = "unit_price", "amount"
LABELS: dict[str, LazyText] = {
    TOTAL: lazy("含税合计"),
    CAPITAL: lazy("大写合计"),
    VALIDITY: lazy("有效期"),
    LEAD_TIME: lazy("交货期"),
    UNIT_PRICE: lazy("含税单价"),
    AMOUNT: lazy("含税金额"),
}
# Without these on paper a bid is thrown out: their absence is ticked by whoever approves.
DECISIVE = (TOTAL, CAPITAL)

# A number with or without separators; in the second reading it may be broken after a separator. Neither is a piece of
# a longer one: 1200 does not stand in 41200, nor 678 in 12345,678.
_BEFORE = r"(?<!\d)(?<!\d\.)(?<!\d,(?=\d{3}(?!\d)))"
_AFTER = r"(?!\d|\.\d|,\d{3}(?!\d))"
_NUMBER = re.compile(rf"{_BEFORE}(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?){_AFTER}")
_BROKEN_NUMBER = re.compile(
    rf"{_BEFORE}(?:\d{{1,3}}(?:\s*,\s*\d{{3}})+(?:\s*\.\s*\d+)?|\d+\s*\.\s*\d+){_AFTER}"
)
# What a bare whole number belongs to where it is no price: a model (HY-1200, M10x1200), a date, an ordinal, a per cent.
_NO_PRICE_BEFORE = re.compile(r"(?:[A-Za-z][-_/.]?|\d[-_/]|第[ \t]*)$")
_NO_PRICE_AFTER = re.compile(r"[-_/]\d|(?!RMB|CNY)[A-Za-z]|[ \t]*(?:[年月页%]|日(?!期))")
_CURRENCY = re.compile(r"(?:RMB|CNY)$")
_NEAR = 6
_SPACE = re.compile(r"\s+")
_DAYS = r"(?<!\d){days}个?(?:日历|自然|工作)?[天日]"
# How a day is written: 2026年1月5日, 2026-01-05, 2026.1.5, 2026/1/5.
_DAY = r"(?<!\d){0:04d}[年./-]0?{1}[月./-]0?{2}(?!\d)"


@dataclass(frozen=True)
class Finding:
    """Whether a figure stands in the bid. ``position`` is that of its line, empty for the opening table.

    ``page`` counts from 1, None where it was not found.
    """

    kind: str
    position: str
    shown: str
    page: int | None

    @property
    def label(self) -> str:
        """What the figure is, in the reader's language."""
        return str(LABELS[self.kind])


@dataclass(frozen=True)
class Comparison:
    """What was looked for and found. ``silent`` counts the pages without any text, scans as a rule."""

    opening: tuple[Finding, ...]
    lines: tuple[Finding, ...]
    pages: int
    silent: int

    @property
    def scan(self) -> bool:
        """Whether no page has any text, so that nothing can be compared."""
        return self.silent == self.pages

    @property
    def missing(self) -> list[Finding]:
        """The figures that were not found."""
        return [item for item in (*self.opening, *self.lines) if item.page is None]

    @property
    def doubt(self) -> str:
        """Why the approver must tick: the code of a sentence, empty where the total was found in both forms."""
        if self.scan:
            return "quotation:bid-scan"
        if any(item.page is None for item in self.opening if item.kind in DECISIVE):
            return "quotation:bid-total-missing"
        return ""


class Pages:
    """The text of a bid, read once: its numbers by page, and each page without any space."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        plain = [unicodedata.normalize("NFKC", text or "") for text in texts]
        self.squeezed = [_SPACE.sub("", text).replace("圆", "元") for text in plain]
        self.without_commas = [text.replace(",", "") for text in self.squeezed]
        self.silent = sum(not text for text in self.squeezed)
        self.numbers: dict[str, list[int]] = {}
        for page, text in enumerate(plain, 1):
            for number in {*whole_numbers(text), *_BROKEN_NUMBER.findall(text)}:
                self.numbers.setdefault(plain_number(_SPACE.sub("", number)), []).append(page)

    def with_number(self, value: Decimal) -> list[int]:
        """Return the pages on which a number stands; where none has it as a whole, digits set apart are joined."""
        found = self.numbers.get(plain_number(f"{value:f}"), [])
        if found:
            return sorted(set(found))
        return self.matching(rf"(?<![\d.]){re.escape(f'{value:.2f}')}(?!\d)", self.without_commas)

    def matching(self, pattern: str, texts: Sequence[str] | None = None) -> list[int]:
        """Return the pages whose text without spaces matches a pattern."""
        wanted = re.compile(pattern)
        pages = enumerate(self.squeezed if texts is None else texts, 1)
        return [page for page, text in pages if wanted.search(text)]


def whole_numbers(text: str) -> Iterator[str]:
    """Yield the numbers of a text that may be prices: of those without decimals only what stands by itself."""
    for match in _NUMBER.finditer(text):
        if match[0].isdecimal() and not stands_alone(text, match.start(), match.end()):
            continue
        yield match[0]


def stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether the digits between two places belong to no model, date, ordinal or per cent."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    part = _NO_PRICE_BEFORE.search(before) and not _CURRENCY.search(before)
    return not part and not _NO_PRICE_AFTER.match(after)


def plain_number(text: str) -> str:
    """Return a number without separators and needless zeros, as numbers are compared."""
    whole, dot, decimals = text.replace(",", "").partition(".")
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    return f"{whole}.{decimals}" if dot and decimals else whole


@lru_cache(maxsize=4)
def pages_of(texts: str) -> Pages:
    """Return the pages of a bid from the texts as they are kept; the same few bids are looked at again and again."""
    return Pages(json.loads(texts))


def compare(content: Mapping[str, Any], texts: str) -> Comparison:
    """Look for the figures of a quotation's content in the texts of a bid (JSON, one entry a page)."""
    pages = pages_of(texts)
    totals = content["totals"]
    gross = Decimal(totals["gross"])
    capital = totals["capital"].removeprefix("人民币")
    opening = [
        Finding(TOTAL, "", money.format_amount(gross), first(pages.with_number(gross))),
        Finding(CAPITAL, "", capital, first(pages.matching(capital_pattern(capital)))),
        validity_finding(content, pages),
        lead_time_finding(content, pages),
    ]
    return Comparison(
        tuple(item for item in opening if item is not None),
        tuple(item for line in content["lines"] for item in line_findings(line, pages)),
        len(pages.squeezed),
        pages.silent,
    )


def first(pages: Sequence[int]) -> int | None:
    """Return the first page, None where there is none."""
    return pages[0] if pages else None


def capital_pattern(capital: str) -> str:
    """Return what matches an amount in words: 圆 for 元 is read already, 正 for 整 is the same word."""
    return re.escape(capital.replace("圆", "元")).replace("整", "[整正]")


def validity_finding(content: Mapping[str, Any], pages: Pages) -> Finding | None:
    """Look for the last day of the offer, however it is written."""
    if not content["valid_until"]:
        return None
    day = date.fromisoformat(content["valid_until"])
    found = pages.matching(_DAY.format(day.year, day.month, day.day))
    return Finding(VALIDITY, "", day.isoformat(), first(found))


def lead_time_finding(content: Mapping[str, Any], pages: Pages) -> Finding | None:
    """Look for the longest lead time of the items, in days."""
    days = longest_lead_time(content)
    if not days:
        return None
    return Finding(LEAD_TIME, "", str(days), first(pages.matching(_DAYS.format(days=days))))


def longest_lead_time(content: Mapping[str, Any]) -> int:
    """Return the longest lead time of the items in days, 0 where all are in stock."""
    items = [line for line in content["lines"] if line["kind"] == "item"]
    return max((line["lead_time_days"] or 0 for line in items), default=0)


def line_findings(line: Mapping[str, Any], pages: Pages) -> list[Finding]:
    """Look for unit price and amount of a line, best on the same page."""
    if line["kind"] == "group" or not line["unit_price"] or not line["amount"]:
        return []
    price, amount = Decimal(line["unit_price"]), Decimal(line["amount"])
    of_price, of_amount = pages.with_number(price), pages.with_number(amount)
    shared = sorted(set(of_price) & set(of_amount))
    position = str(line["position"])
    return [
        Finding(UNIT_PRICE, position, money.format_unit_price(price), first(shared or of_price)),
        Finding(AMOUNT, position, money.format_amount(amount), first(shared or of_amount)),
    ]
