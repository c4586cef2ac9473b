"""Over thirty files, honest and hostile, of customers and products: refused whole, or imported, undone, no trace."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.core import imports
from app.core.db import Model, session
from app.core.errors import Conflict, Invalid
from app.core.imports import ImportKind
from app.core.spreadsheets import MOST_ROWS
from app.core.uow import unit_of_work
from app.features.customers import actions as customer_actions
from app.features.customers.actions import CustomerValues
from app.features.customers.imports import KIND as CUSTOMERS
from app.features.people.models import User
from app.features.products import actions as product_actions
from app.features.products.actions import ProductValues
from app.features.products.imports import KIND as PRODUCTS
from tests import factories
from tests.imports import act, counted, outcomes, upload
from tests.tables import bomb, changed_part, csv_of, xlsx

SHEET = "xl/worksheets/sheet1.xml"
HEADS = {"customer": ("客户全称", "地址", "备注"), "product": ("产品编码", "名称", "单位")}
ENGLISH = {"customer": ("Customer name", "Address", "Notes"), "product": ("SKU", "Product name", "UoM")}
# The record of what was done, which an undoing adds to and never takes away; a number once given names no other.
RECORD = {
    "event",
    "event_chain",
    "import_batch",
    "import_row",
    "job",
    "notice",
    "sequence",
    "stored_file",
}

Maker = Callable[[str], bytes]


def row(kind: str, number: int = 1) -> tuple[Any, ...]:
    if kind == "customer":
        return (f"第{number}家农机合作社", f"开发区 {number} 号", "")
    return (f"P-{number}", f"齿轮泵 {number}", "台")


def rows(kind: str, count: int = 2) -> list[tuple[Any, ...]]:
    return [row(kind, number) for number in range(1, count + 1)]


def whole(kind: str, *more: tuple[Any, ...]) -> bytes:
    return xlsx(HEADS[kind], *rows(kind), *more)


def with_first(kind: str, value: Any) -> tuple[Any, ...]:
    """A row whose second column holds a value; the first tells it from others."""
    return (row(kind, 9)[0], value, row(kind, 9)[2])


# name of the file, what makes it, how many rows are new and how many faulty
TAKEN: dict[str, tuple[str, Maker, int, int]] = {
    "plain": ("表.xlsx", whole, 2, 0),
    "two hundred and fifty rows": ("表.xlsx", lambda kind: xlsx(HEADS[kind], *rows(kind, 250)), 250, 0),
    "utf-8": ("表.csv", lambda kind: csv_of(HEADS[kind], *rows(kind)), 2, 0),
    "utf-8 with a mark": (
        "表.csv",
        lambda kind: csv_of(HEADS[kind], *rows(kind), encoding="utf-8-sig"),
        2,
        0,
    ),
    "gb18030": ("表.csv", lambda kind: csv_of(HEADS[kind], *rows(kind), encoding="gb18030"), 2, 0),
    "utf-16": ("表.csv", lambda kind: csv_of(HEADS[kind], *rows(kind), encoding="utf-16"), 2, 0),
    "tabs": ("表.txt", lambda kind: csv_of(HEADS[kind], *rows(kind), delimiter="\t"), 2, 0),
    "semicolons": ("表.csv", lambda kind: csv_of(HEADS[kind], *rows(kind), delimiter=";"), 2, 0),
    "full-width commas": ("表.csv", lambda kind: csv_of(HEADS[kind], *rows(kind), delimiter="，"), 2, 0),
    "line breaks in quotes": (
        "表.csv",
        lambda kind: (",".join(HEADS[kind]) + f'\n{row(kind)[0]},"两\n行","{row(kind)[2]}"\n').encode(),
        1,
        0,
    ),
    "ragged rows": (
        "表.csv",
        lambda kind: csv_of(HEADS[kind], (*row(kind), "", "", ""), (*row(kind, 2), "多出的")),
        2,
        0,
    ),
    "titles above the head": (
        "表.xlsx",
        lambda kind: xlsx(("2026 年一览表",), (), ("制表：", "王"), HEADS[kind], *rows(kind)),
        2,
        0,
    ),
    "a merged title": (
        "表.xlsx",
        lambda kind: xlsx(("一览表", None, None), HEADS[kind], *rows(kind), merged=("A1:C1",)),
        2,
        0,
    ),
    "empty columns and rows": (
        "表.xlsx",
        lambda kind: xlsx(
            (*HEADS[kind], None, None), *rows(kind), (), (None, None, None), (" ", "\u3000", "")
        ),
        2,
        0,
    ),
    "unknown columns": (
        "表.xlsx",
        lambda kind: xlsx((*HEADS[kind], "颜色", "日期"), (*row(kind), "红", datetime(2026, 1, 2))),  # noqa: DTZ001
        1,
        0,
    ),
    "dates as numbers": ("表.xlsx", lambda kind: xlsx((*HEADS[kind], "建档日"), (*row(kind), 46023)), 1, 0),
    "English heads": ("table.xlsx", lambda kind: xlsx(ENGLISH[kind], *rows(kind)), 2, 0),
    "spaces that nobody sees": (
        "表.xlsx",
        lambda kind: xlsx(HEADS[kind], (f"\u200b {row(kind)[0]}\u3000", *row(kind)[1:])),
        1,
        0,
    ),
    "a formula with its result": (
        "表.xlsx",
        lambda kind: changed_part(
            xlsx(HEADS[kind], row(kind), with_first(kind, "=1+1")),
            SHEET,
            b"<f>1+1</f><v></v>",
            b"<f>1+1</f><v>2</v>",
        ),
        2,
        0,
    ),
    "a formula without a result": ("表.xlsx", lambda kind: whole(kind, with_first(kind, "=B2*2")), 2, 1),
    "an error of a formula": (
        "表.xlsx",
        lambda kind: changed_part(
            whole(kind, with_first(kind, 77)),
            SHEET,
            b'<c r="B4" t="n"><v>77</v>',
            b'<c r="B4" t="e"><v>#N/A</v>',
        ),
        2,
        1,
    ),
    "the same row twice": ("表.xlsx", lambda kind: whole(kind, row(kind)), 2, 1),
    "a row without what tells it apart": ("表.xlsx", lambda kind: whole(kind, ("", *row(kind)[1:])), 2, 1),
    "a cell of nine thousand characters": (
        "表.xlsx",
        lambda kind: whole(kind, with_first(kind, "长" * 9_000)),
        2,
        1,
    ),
    "markup": (
        "表.xlsx",
        lambda kind: whole(kind, with_first(kind, "<script>alert(1)</script>{{ 7*7 }}")),
        3,
        0,
    ),
    "a command for the spreadsheet": (
        "表.csv",
        lambda kind: csv_of(HEADS[kind], row(kind), with_first(kind, "'=cmd|' /C calc'!A0")),
        2,
        0,
    ),
    "words of the query language": (
        "表.xlsx",
        lambda kind: whole(kind, with_first(kind, "'; DROP TABLE customer; --")),
        3,
        0,
    ),
    "rare characters": ("表.xlsx", lambda kind: whole(kind, with_first(kind, "𠮷野 \U0002a6a5 🚜")), 3, 0),
}

REFUSED: dict[str, tuple[str, Maker]] = {
    "nothing": ("表.xlsx", lambda _kind: b""),
    "a PDF called a workbook": ("表.xlsx", lambda _kind: b"%PDF-1.4\n%%EOF"),
    "a picture called a table": ("表.csv", lambda _kind: b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "the old kind of workbook": ("表.xls", lambda _kind: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)),
    "a workbook with a password": (
        "表.xlsx",
        lambda _kind: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
    ),
    "half of a workbook": ("表.xlsx", lambda kind: whole(kind)[:1_500]),
    "an archive that unpacks to very much": ("表.xlsx", lambda _kind: bomb()),
    "entities that grow": (
        "表.xlsx",
        lambda kind: changed_part(
            whole(kind),
            SHEET,
            b"<worksheet",
            b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><worksheet',
        ),
    ),
    "a head alone": ("表.xlsx", lambda kind: xlsx(HEADS[kind])),
    "more rows than there may be": (
        "表.csv",
        lambda kind: csv_of(HEADS[kind], *rows(kind, MOST_ROWS + 1)),
    ),
}


@pytest.fixture(params=["customer", "product"])
def kind(request: pytest.FixtureRequest) -> ImportKind:
    return {"customer": CUSTOMERS, "product": PRODUCTS}[request.param]


@pytest.fixture
def person(manager: User) -> User:
    """Who imports, with a customer and a product that were there before."""
    actor = factories.actor(manager)
    with unit_of_work():
        customer_actions.create_customer(
            actor=actor, values=CustomerValues(name="江苏大地机械有限公司", contact_name="吴采购")
        )
        product_actions.create_product(actor=actor, values=ProductValues(code="OLD", name="旧泵", unit="台"))
    return manager


def all_tables() -> dict[str, str]:
    """A hash of what each table of the database holds, whatever its rows' order."""
    session.rollback()
    found = {}
    for name, table in Model.metadata.tables.items():
        texts = sorted(json.dumps([str(value) for value in row]) for row in session.execute(select(table)))
        found[name] = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return found


def changed(before: dict[str, str]) -> set[str]:
    return {name for name, value in all_tables().items() if value != before[name]}


def test_there_are_at_least_thirty_files_of_which_a_third_is_refused() -> None:
    assert len(TAKEN) + len(REFUSED) >= 30
    assert len(REFUSED) >= 10


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_imported_and_undone_leaves_every_table_as_it_was(
    kind: ImportKind, person: User, case: str
) -> None:
    name, make, new, faulty = TAKEN[case]
    before = all_tables()

    batch = upload(kind, person, name=name, content=make(kind.code))

    found = outcomes(batch)
    assert (found.count("new"), found.count("faulty")) == (new, faulty)
    assert changed(before) <= RECORD, "the preview saved something"
    batch = act(imports.confirm, kind, batch, person)
    assert counted(batch) == (new, 0, 0, faulty)
    assert {kind.code, "search_entry"} <= changed(before)
    batch = act(imports.undo, kind, batch, person)
    assert (batch.status, batch.removed_rows) == ("undone", new)
    assert changed(before) <= RECORD


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_so_and_saves_nothing(kind: ImportKind, person: User, case: str) -> None:
    name, make = REFUSED[case]
    before = all_tables()
    with pytest.raises(Invalid) as refused:
        upload(kind, person, name=name, content=make(kind.code))
    (sentence,) = refused.value.fields.values()
    assert len(str(sentence)) >= 6
    assert changed(before) == set()


def test_a_table_without_a_head_one_knows_is_previewed_and_saves_nothing(
    kind: ImportKind, person: User
) -> None:
    before = all_tables()
    batch = upload(kind, person, ("甲", "乙"), ("1", "2"))
    assert batch.mapping == {}
    with pytest.raises((Conflict, Invalid)):
        act(imports.confirm, kind, batch, person)
    assert changed(before) <= RECORD
