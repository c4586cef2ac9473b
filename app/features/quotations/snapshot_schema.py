"""The frozen quotation: what approval stores and the paper is drawn from, never from live rows (rule R8).

Numbers are decimal strings ("1234.5", never floats), calendar dates are ISO strings, and the content hash is the
SHA-256 of the canonical JSON, so that a paper names exactly one content.
"""

import hashlib
import json
import types
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from app.core.canonical import canonical_json

SCHEMA = 1
"""Number of this layout; a later layout gets a new number and old snapshots keep being read by theirs."""

LineKind = Literal["item", "optional", "group"]


class SnapshotError(ValueError):
    """The text is no snapshot of this schema; the message names the place."""


@dataclass(frozen=True, slots=True)
class Company:
    """The legal entity that makes the offer, as it stood at approval."""

    name: str
    credit_code: str
    address: str
    phone: str
    bank: str
    account: str
    fax: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """To whom the offer is made."""

    name: str
    attention: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Our person for questions."""

    name: str
    mobile: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    ``item`` is summed, ``optional`` is priced and not summed, ``group`` is a heading that uses ``name`` only.
    ``unit_price`` and ``amount`` include tax; ``tax_rate`` is in per cent ("13"); ``lead_time_days`` counts days.
    """

    kind: LineKind
    name: str
    position: str = ""
    brand: str = ""
    model: str = ""
    technical: str = ""
    unit: str = ""
    quantity: str = ""
    unit_price: str = ""
    amount: str = ""
    tax_rate: str = ""
    lead_time_days: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The lines of one tax rate (in per cent) together; net + tax = gross."""

    rate: str
    gross: str
    net: str
    tax: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums; ``gross`` is the authority, ``capital`` is it in words with 人民币 before.

    ``discount`` is what was taken off, already contained in ``gross``; empty when there was none.
    """

    gross: str
    net: str
    tax: str
    capital: str
    groups: tuple[TaxGroup, ...]
    discount: str = ""
    freight: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One numbered term: its heading and its sentence."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Bid:
    """The bid made elsewhere that is issued in place of the paper drawn from this content."""

    sha256: str
    size: int
    pages: int


@dataclass(frozen=True, slots=True)
class Signer:
    """Who prepared or reviewed, and on which day in the company's zone."""

    name: str
    date: str


@dataclass(frozen=True, slots=True)
class QuotationSnapshot:
    """Everything the paper says about the offer itself; copy, code and seal belong to the single file."""

    schema: int
    template_version: int
    language: str
    number: str
    revision: int
    date: str
    valid_until: str
    currency: str
    company: Company
    customer: Customer
    contact: Contact
    lines: tuple[Line, ...]
    totals: Totals
    terms: tuple[Term, ...]
    effect: str
    prepared: Signer
    reviewed: tuple[Signer, ...]
    inquiry_number: str = ""
    project: str = ""
    confidentiality: str = ""
    legal_entity_id: int | None = None
    verification_address: str = ""
    bid: Bid | None = None

    @property
    def full_number(self) -> str:
        """Number with revision as it is printed: BJ-2026-0012-R1."""
        return f"{self.number}-R{self.revision}"

    def to_json(self) -> bytes:
        """Return the canonical JSON (RFC 8785) whose SHA-256 is the content hash."""
        return canonical_json(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the content as plain dicts; without a bid none is named, as it was before there were any."""
        content = asdict(self)
        if self.bid is None:
            del content["bid"]
        return content

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json()).hexdigest()


def load_snapshot(text: str | bytes) -> QuotationSnapshot:
    """Read a snapshot; raises SnapshotError for another schema, an unknown, missing or wrongly typed entry."""
    try:
        content = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except json.JSONDecodeError as error:
        raise SnapshotError(f"no JSON: {error}") from error
    return snapshot_from(content)


def snapshot_from(content: Any) -> QuotationSnapshot:
    """Build a snapshot from plain dicts and lists, checked like a loaded text."""
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise SnapshotError(f"not a quotation snapshot of schema {SCHEMA}")
    snapshot: QuotationSnapshot = _read(QuotationSnapshot, content, "snapshot")
    _check_values(snapshot)
    return snapshot


def _no_float(text: str) -> Any:
    raise SnapshotError(f"{text}: numbers are whole or decimal strings")


@cache
def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _read_record(kind, value, where)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise SnapshotError(f"{where}: a list is expected")
        return tuple(_read(get_args(kind)[0], item, f"{where}[{place}]") for place, item in enumerate(value))
    if origin is Literal:
        if value not in get_args(kind):
            raise SnapshotError(f"{where}: {value!r} is not one of {get_args(kind)}")
        return value
    if origin in (Union, types.UnionType):
        return None if value is None else _read(get_args(kind)[0], value, where)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise SnapshotError(f"{where}: {kind.__name__} is expected")
    return value


def _read_record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise SnapshotError(f"{where}: an object is expected")
    known = _types_of(kind)
    unknown = sorted(set(value) - set(known))
    if unknown:
        raise SnapshotError(f"{where}: unknown entry {unknown[0]}")
    try:
        return kind(**{name: _read(known[name], item, f"{where}.{name}") for name, item in value.items()})
    except TypeError as error:
        raise SnapshotError(f"{where}: {error}") from error


_DECIMALS = {"quantity", "unit_price", "amount", "tax_rate", "rate", "gross", "net", "tax", "discount"}
_DATES = {"date", "valid_until"}


def _check_values(record: Any, where: str = "snapshot") -> None:
    """Refuse decimals and dates that the paper could not print; an empty decimal means that there is none."""
    for field in fields(record):
        value = getattr(record, field.name)
        place = f"{where}.{field.name}"
        if is_dataclass(value):
            _check_values(value, place)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                _check_values(item, f"{place}[{index}]")
        elif field.name in _DECIMALS and value:
            _check_decimal(value, place)
        elif field.name in _DATES:
            try:
                date.fromisoformat(value)
            except ValueError as error:
                raise SnapshotError(f"{place}: {value!r} is no date") from error


def _check_decimal(value: str, where: str) -> None:
    try:
        finite = Decimal(value).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise SnapshotError(f"{where}: {value!r} is no finite decimal")
