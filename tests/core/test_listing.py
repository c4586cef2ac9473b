"""The one mechanism of lists, over the table of products."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Date, column, insert, or_, select, update

from app.core import clock, listing
from app.core.db import session
from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing, clean_words, matches_words, parse_day
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.products.models import Product

STATES = {"True": lazy("使用中"), "False": lazy("已停用")}


class ProductsHere(Listing):
    """Every kind of column and filter."""

    row_id = Product.id
    default_sort = "-code"
    searched = (Product.name, Product.code)
    columns = (
        Column("code", lazy("编码"), Product.code, "link", href=lambda row: f"/products/{row.row_id}"),
        Column("name", lazy("名称"), Product.name, title=lambda row: f"{row.name}!"),
        Column("price", lazy("标价"), Product.list_price, "money", total=True),
        Column("days", lazy("天数"), Product.lead_time_days, "number", sort_by=(Product.unit, Product.name)),
        Column("active", lazy("状态"), Product.active, "status", labels=STATES, tones={"True": "ok"}),
        Column("made", lazy("建立"), Product.created_at, "datetime"),
        Column("note", lazy("说明"), Product.spec, sortable=False, text=lambda row: f"({row.note})"),
        Column("rate", lazy("税率"), Product.tax_rate, tone=lambda row: "bad"),
        Column("brand", "", Product.brand, hidden=True, sortable=False),
    )
    filters = (
        Filter("unit", lazy("单位"), Product.unit, options=[("台", lazy("台")), ("件", "件")]),
        Filter("brand", lazy("品牌"), Product.brand, "text"),
        Filter("made", lazy("建立"), Product.created_at, "date_range"),
        Filter("id", lazy("谁"), Product.id, "person", options=[("1", "一"), ("2", "二")]),
        Filter(
            "cheap", lazy("便宜"), options=[("yes", "是")], condition=lambda value: Product.list_price < 5
        ),
    )


def make(count: int, **values: Any) -> None:
    with unit_of_work():
        rows = [
            {
                "code": f"P{number:06d}",
                "name": f"液压泵{number}",
                "unit": "台" if number % 2 else "件",
                "list_price": Decimal(number),
                "tax_rate": Decimal(13),
                "lead_time_days": number,
                "active": number % 3 > 0,
                "brand": "常林",
                "model": "",
                "spec": "规格",
                "version": 1,
                "created_at": clock.now(),
                "updated_at": clock.now(),
                **values,
            }
            for number in range(1, count + 1)
        ]
        for start in range(0, count, 500):
            session.execute(insert(Product), rows[start : start + 500])


def opened(base: Any = None, **arguments: str) -> ProductsHere:

    return ProductsHere(select(Product) if base is None else base, arguments, "/products")


def codes(shown: Listing) -> list[int]:
    return [int(row.code[1:]) for row in shown.rows]


def test_a_page_shows_the_first_rows_in_the_declared_order():
    make(70)
    shown = opened()
    assert codes(shown) == list(range(70, 40, -1))
    assert (shown.total, shown.page, shown.pages, shown.more) == (70, 1, 3, False)


def test_pages_together_hold_every_row_once():
    make(95)
    seen = [code for page in range(1, 5) for code in codes(opened(page=str(page)))]
    assert sorted(seen) == list(range(1, 96))


@pytest.mark.parametrize("sort", ["active", "-active", "rate", "-rate"])
def test_equal_rows_keep_one_order_over_the_pages(sort: str):
    make(65)
    seen = [code for page in (1, 2, 3) for code in codes(opened(page=str(page), sort=sort))]
    assert sorted(seen) == list(range(1, 66))


def test_several_expressions_sort_one_after_the_other():
    make(4)
    assert codes(opened(sort="days")) == [2, 4, 1, 3]


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1e9", "１", "99999999999"])
def test_a_page_that_is_no_number_is_the_first(page: str):
    make(40)
    assert opened(page=page).page == 1


def test_a_page_behind_the_last_is_the_last():
    make(40)
    assert opened(page="77").page == 2
    assert codes(opened(page="77")) == list(range(10, 0, -1))


@pytest.mark.parametrize(
    "arguments",
    [
        {"sort": "price_of_gold"},
        {"sort": "note"},
        {"sort": "brand"},
        {"sort": "--code"},
        {"unit": "吨"},
        {"id": "7"},
        {"made_from": "2026-02-30"},
        {"made_to": "0000-00-00"},
        {"made_from": "9999-12-31"},
        {"per_page": "7"},
        {"stranger": "1"},
        {"q": "\0 \ud800 \u202e"},
    ],
)
def test_what_a_list_does_not_know_is_ignored(arguments: dict[str, str]):
    make(3)
    assert codes(opened(**arguments)) == [3, 2, 1]


def test_each_word_searched_must_occur_somewhere():
    make(12)
    assert codes(opened(q="液压泵1 P00001")) == [12, 11, 10]
    assert codes(opened(q="泵1 齿轮")) == []


@pytest.mark.parametrize("query", ["%", "_", "\\", "/", "'"])
def test_signs_of_the_query_language_are_looked_for_as_they_are(query: str):
    make(3)
    assert codes(opened(q=query)) == []
    make(1, code="Q1", name=f"泵{query}泵")
    assert [row.code for row in opened(q=query).rows] == ["Q1"]


def test_filters_leave_out_what_does_not_fit():
    make(8)
    assert codes(opened(unit="台")) == [7, 5, 3, 1]
    assert codes(opened(id="2")) == [2]
    assert codes(opened(cheap="yes")) == [4, 3, 2, 1]
    assert codes(opened(brand="常")) == list(range(8, 0, -1))
    assert codes(opened(brand="临")) == []


def test_a_range_of_days_holds_both_ends_in_the_zone_of_the_company(at):
    at(2026, 11, 23, 0, 5)
    make(1)
    assert codes(opened(made_from="2026-11-23", made_to="2026-11-23")) == [1]
    assert codes(opened(made_to="2026-11-22")) == []
    assert codes(opened(made_from="2026-11-24")) == []


def test_a_range_over_calendar_dates_compares_dates():

    condition = listing._between(column("day", Date), date(2026, 1, 1), date(2026, 1, 2))
    assert str(condition) == "day >= :day_1 AND day <= :day_2"


def test_no_more_is_counted_than_the_limit_and_the_next_page_is_offered(monkeypatch):
    monkeypatch.setattr(listing, "COUNT_LIMIT", 60)
    make(100)
    shown = opened()
    assert (shown.total, shown.more, shown.pages, shown.totals) == (60, True, 2, None)
    assert (opened(page="2").pages, opened(page="3").pages) == (3, 4)
    last = opened(page="4")
    assert (codes(last), last.pages) == (list(range(10, 0, -1)), 4)


@pytest.mark.parametrize("limit", [20, 1_000])
def test_alternatives_give_the_same_rows_whether_or_not_the_planner_sees_them(limit, monkeypatch, queries):
    monkeypatch.setattr(listing, "COUNT_LIMIT", limit)
    make(60)
    either = select(Product).where(or_(Product.unit == "台", Product.lead_time_days > 50))
    shown = opened(either)
    with queries() as sent:
        assert codes(shown) == [60, 59, 58, 57, 56, 55, 54, 53, 52, 51, *range(49, 9, -2)][:30]
    assert ("coalesce" in sent[-1].lower()) is (limit == 20)


def test_sums_are_those_of_all_pages():
    make(40)
    assert opened().totals == {"price": "820.00"}
    assert opened(unit="台").totals == {"price": "400.00"}
    assert opened(q="没有").totals is None


def test_a_list_without_sums_has_none():
    make(1)
    shown = ProductsHere(opened().base, {}, "/", columns=ProductsHere.columns[:2], filters=())
    assert shown.totals is None
    assert shown.filters == []


def test_cells_say_what_stands_in_them(at):
    at(2026, 11, 23, 9, 41)
    make(1)
    shown = opened()
    [row] = shown.rows
    cells = {column.key: shown.cell(row, column) for column in shown.columns}
    assert (cells["code"].href, cells["code"].text) == (f"/products/{row.row_id}", "P000001")
    assert cells["name"].title == "液压泵1!"
    assert cells["price"].text == "1.00"
    assert (cells["active"].text, cells["active"].tone) == ("使用中", "ok")
    assert cells["made"].title == "2026-11-23 09:41:00"
    assert (cells["note"].text, cells["rate"].text, cells["rate"].tone) == ("(规格)", "13", "bad")
    assert "brand" not in cells
    assert row.brand == "常林"


def test_nothing_is_an_empty_cell():
    make(1, list_price=None)
    shown = opened()
    assert shown.cell(shown.rows[0], shown.columns[2]).text == ""


def test_paper_and_files_hold_full_dates_and_plain_values(at):
    at(2026, 11, 23, 9, 41)
    make(1)
    shown = opened()
    [row] = shown.rows
    columns = {column.key: column for column in shown.columns}
    assert shown.paper_text(row, columns["made"]) == "2026-11-23 09:41"
    assert shown.paper_text(row, columns["active"]) == "使用中"
    assert shown.plain(row, columns["price"]) == Decimal("1.0000")
    assert shown.plain(row, columns["active"]) == "使用中"
    assert shown.plain(row, columns["made"]) == clock.now()


def test_an_export_holds_all_pages_up_to_its_limit():
    make(80)
    assert len(list(opened(page="2", unit="台").all_rows())) == 40
    assert len(list(opened().all_rows(limit=7))) == 7


def test_addresses_keep_the_state_and_begin_anew_after_a_change():
    make(70)
    shown = opened(q="泵", unit="台", sort="name", page="2", per_page="60", made_from="2026-01-01")
    assert (
        shown.url(page=1) == "/products?q=%E6%B3%B5&unit=%E5%8F%B0&made_from=2026-01-01&sort=name&per_page=60"
    )
    assert "page=" not in shown.url(sort="-name").replace("per_page=", "")
    assert shown.export_url("csv").endswith("&format=csv")
    assert opened().url() == "/products"
    assert opened(sort="-code").url(page=None) == "/products"


def test_the_choices_in_force_are_told():
    shown = opened(q="泵", unit="台", made_from="2026-01-01", brand="常")
    assert shown.is_narrowed
    assert shown.chosen_filters() == [
        ("查找", "泵"),
        ("单位", "台"),
        ("品牌", "常"),
        ("建立", "2026-01-01 – "),
    ]
    assert not opened().is_narrowed
    assert opened().chosen_filters() == []


@pytest.mark.parametrize("count", [1, 30, 200])
def test_a_page_costs_two_queries_whatever_its_rows(count: int, queries):
    make(count)
    shown = opened(q="泵", unit="台")
    with queries() as sent:
        assert [shown.cell(row, column) for row in shown.rows for column in shown.columns]
        assert shown.total
        assert shown.pages
        assert shown.totals
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 2


class GatheredHere(ProductsHere):
    """The same list, as if each row summed up many."""

    rows_gathered = True


@pytest.mark.parametrize("count", [0, 1, 30, 31, 70])
@pytest.mark.parametrize("page", ["1", "2"])
def test_gathered_rows_on_one_page_are_their_own_count(count: int, page: str, queries):
    make(count)
    with unit_of_work():
        session.execute(update(Product).where(Product.id == 1).values(list_price=None))
    gathered, counted = (
        kind(select(Product), {"page": page}, "/products") for kind in (GatheredHere, ProductsHere)
    )
    with queries() as sent:
        found = (
            gathered.total,
            gathered.pages,
            gathered.page,
            gathered.more,
            gathered.totals,
            codes(gathered),
        )
    assert len(sent) == (1 if count <= 30 and page == "1" else 3 if page == "1" else 2)
    assert found == (counted.total, counted.pages, counted.page, counted.more, counted.totals, codes(counted))


def test_rows_are_counted_without_the_tables_that_only_name_them(queries):
    make(3)
    joined = select(Product).join(Event, Event.seq == Product.id, isouter=True)
    shown = ProductsHere(joined, {}, "/products", counted=select(Product))
    with queries() as sent:
        assert (shown.total, shown.totals["price"]) == (3, "6.00")
    assert "event" not in sent[0]
    narrowed = ProductsHere(joined, {"unit": "台"}, "/products", counted=select(Product))
    assert narrowed.total == 2


def test_a_format_registered_for_pages_leaves_paper_alone(monkeypatch):
    monkeypatch.setattr(listing, "_formats", dict(listing._formats))
    listing.register_format("money", lambda value: f"{value:.0f} 元")
    make(1)
    shown = opened()
    price = shown.columns[2]
    assert shown.cell(shown.rows[0], price).text == "1 元"
    assert shown.paper_text(shown.rows[0], price) == "1.00"


def test_typed_words_are_cut_to_what_makes_sense():
    assert clean_words("  a\tb\n c\0d ") == ["a", "b", "c", "d"]
    assert len(clean_words("a b c d e f g")) == listing.MOST_WORDS
    assert clean_words("长" * 500) == ["长" * listing.LONGEST_QUERY]
    assert str(matches_words("", [Product.name])) == "true"


def test_days_are_read_in_one_form_only():
    assert parse_day("2026-11-23") == date(2026, 11, 23)
    for text in ("2026-11-31", "20261123", "2026-11-23T00:00", "1800-01-01", "２０２６-11-23", ""):
        assert parse_day(text) is None
