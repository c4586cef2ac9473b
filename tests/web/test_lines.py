"""Tables of lines inside a form: rows are read in order, kept by their cells, filled, refused and shown again."""

import re
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.i18n import lazy, using_locale
from app.web import forms
from app.web import lines as kept_lines
from app.web.lines import LineForm, Lines, rows_to_add


class Row(LineForm):
    presets = ("unit",)
    id = forms.VersionField()
    name = forms.TextField(lazy("名称"), required=True)
    quantity = forms.QuantityField(lazy("数量"), required=True)
    unit = forms.TextField(lazy("单位"), default="件")
    urgent = forms.CheckField(lazy("急"))
    kind = forms.ChoiceField(lazy("类别"), choices=[("a", "甲")])


def lines_of(values: dict[str, str], **options: object) -> Lines[Row]:
    return Lines(Row, MultiDict(values), **options)


def test_rows_are_read_in_order_and_empty_ones_do_not_count():
    lines = lines_of(
        {
            "line-2-name": "油缸",
            "line-2-quantity": "3",
            "line-0-name": "密封圈",
            "line-0-quantity": "1,000",
            "line-0-urgent": "y",
            "line-0-id": "7",
            "line-1-name": " ",
            "line-1-quantity": "",
            "line-1-unit": "件",
            "line-1-id": "8",
            "other": "x",
        }
    )
    assert lines.validate()
    assert [(row["name"], row["quantity"], row["urgent"]) for row in lines.data] == [
        ("密封圈", Decimal(1000), True),
        ("油缸", Decimal(3), False),
    ]


def test_a_wrong_cell_is_named_with_its_row():
    lines = lines_of(
        {"line-0-name": "油缸", "line-0-quantity": "1", "line-1-name": "泵", "line-1-quantity": "x"}
    )
    assert not lines.validate()
    assert lines.errors == {"line-1-quantity": ["数量应是数字，例如 1234.5"]}
    assert lines.problems == [{"text": "第 2 行：数量应是数字，例如 1234.5", "href": "#line-1-quantity"}]


def test_more_rows_than_allowed_are_refused_and_the_rest_is_kept():
    lines = lines_of({f"line-{row}-name": "泵" for row in range(203)})
    assert not lines.validate()
    assert lines.problems[0]["text"] == "最多 200 行，请分成几份"
    assert len(lines.rows) == 200


def test_the_table_shows_what_was_typed_and_empty_rows_behind():
    lines = lines_of({"line-0-name": "泵", "line-0-quantity": "x", "line-0-urgent": "y", "line-0-kind": "a"})
    shown = lines.shown(extra=2)
    assert [row["name"] for row in shown] == ["泵", "", ""]
    assert (shown[0]["quantity"], shown[0]["urgent"], shown[0]["kind"]) == ("x", "y", "a")
    assert (shown[1]["unit"], shown[1]["kind"]) == ("件", "")
    assert len(lines_of({}).shown()) == 3


def test_stored_rows_fill_the_table():
    lines = Lines(Row, stored=[{"name": "泵", "quantity": Decimal("2.000"), "id": 4}], prefix="item")
    assert lines.shown()[0] == {
        "id": "4",
        "name": "泵",
        "quantity": "2",
        "unit": "件",
        "urgent": "",
        "kind": "",
    }
    assert not lines.posted


def test_a_stored_row_may_be_an_object():
    class Stored:
        name = "泵"
        quantity = Decimal(2)

    assert Lines(Row, stored=[Stored()]).shown()[0]["name"] == "泵"


TYPED = st.sampled_from(["", " ", "泵", "１，０００", "x", "-1", "a", "y", "a\u0007b", "７", "长" * 300])
CELLS = st.lists(st.tuples(st.sampled_from([*Row()._fields, "zz"]), TYPED), max_size=8)


@settings(max_examples=40)
@given(st.lists(CELLS, max_size=4))
def test_rows_read_by_one_form_are_as_if_each_had_its_own(rows):
    """Whether a row was read before, and which one was read before it, must not show."""
    lines = Lines(Row)
    for cells in rows:
        own = Row(MultiDict([*cells, ("posted", "1")]))
        valid = own.validate()
        for read in (lines._typed_row(cells), lines._typed_row(cells)):
            assert read.values == own.data
            assert bool(read.wrong) is not valid
            assert {name: list(said) for name, said in read.wrong.items()} == own.errors
            assert read.texts["name"] == own.name._value()
        assert lines._stored_row({}).texts["name"] == ""


NAMES = st.sampled_from(
    [
        "line-0-name",
        "line-0-id",
        "line-1-name",
        "line-1-unit",
        "line-3-quantity",
        "line-3-kind",
        "line-x-name",
    ]
    + ["line-1-urgent", "line-02-name", "items-0-name", "line-0-name-x", "line-0-zz", "other"]
)


@settings(max_examples=60)
@given(st.lists(st.tuples(NAMES, TYPED), max_size=12))
def test_a_posted_table_is_the_rows_that_forms_of_their_own_would_read(posted):
    typed = {}
    for name, value in MultiDict(posted).items(multi=True):
        found = re.fullmatch(r"line-(\d{1,4})-([a-z_0-9]+)", name)
        if found:
            typed.setdefault(int(found[1]), []).append((found[2], value))
    wanted, wrong = [], {}
    for _index, cells in sorted(typed.items()):
        if not any(value.strip() for name, value in cells if name not in ("id", "unit")):
            continue
        own = Row(MultiDict([*cells, ("posted", "1")]))
        own.validate()
        wrong |= {f"line-{len(wanted)}-{name}": [*map(str, said)] for name, said in own.errors.items()}
        wanted.append(own)
    for _turn in range(2):
        lines = Lines(Row, MultiDict(posted))
        assert lines.validate() is not bool(wrong)
        assert lines.data == [own.data for own in wanted]
        assert lines.errors == wrong
        assert [row["quantity"] for row in lines.shown(empty=0)] == [own.quantity._value() for own in wanted]


class Told(NamedTuple):
    id: int | None
    name: str
    quantity: Decimal | None
    unit: str
    urgent: bool
    kind: str | None


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(
            Told,
            id=st.sampled_from([None, 1, 7]),
            name=TYPED,
            quantity=st.sampled_from([None, Decimal(1), Decimal("1.0"), Decimal("1.000"), Decimal("0.25")]),
            unit=TYPED,
            urgent=st.booleans(),
            kind=st.sampled_from([None, "", "a", "zz"]),
        ),
        max_size=4,
    )
)
def test_a_stored_table_is_the_same_however_its_rows_come(rows):
    own = [Row(None, row) for row in rows]
    for stored in (rows, [row._asdict() for row in rows], rows):
        lines = Lines(Row, stored=stored)
        assert lines.data == [form.data for form in own]
        assert [row["quantity"] for row in lines.shown(empty=0)] == [form.quantity._value() for form in own]
        assert [row["kind"] for row in lines.shown(empty=0)] == [row.kind or "" for row in rows]


def test_what_is_made_of_a_row_is_made_once_and_not_of_a_filled_one():
    made = []

    def name_of(values):
        made.append(values["name"])
        return values["name"]

    for _turn in range(2):
        lines = lines_of({"line-0-name": "一台独一无二的泵", "line-0-quantity": "1"})
        assert [row.once(name_of) for row in lines.rows] == ["一台独一无二的泵"]
    assert made == ["一台独一无二的泵"]
    lines.fill(0, {"name": "阀"})
    assert lines.rows[0].once(name_of) == "阀"


def test_a_kept_row_speaks_the_language_of_its_reader():
    values = {"line-0-name": "泵", "line-0-quantity": "x"}
    said = {}
    for locale in ("zh", "en", "zh"):
        with using_locale(locale):
            lines = lines_of(values)
            assert not lines.validate()
            said.setdefault(locale, []).append(lines.errors["line-0-quantity"])
    assert said["zh"][0] == said["zh"][1] != said["en"][0]


def test_numbers_that_are_equal_are_shown_as_they_are_stored():
    class Percent(LineForm):
        rate = forms.TextField(lazy("折扣"))

    shown = [
        Lines(Percent, stored=[{"rate": value}]).shown()[0]["rate"] for value in (1, True, Decimal("1.0"))
    ]
    assert shown == ["1", "True", "1.0"]


def test_what_is_long_or_does_not_last_is_read_and_not_kept(monkeypatch):
    monkeypatch.setattr(kept_lines, "_rows_kept", {})
    long = {f"line-0-{name}": "长" * 1_500 for name in ("name", "unit")}
    assert lines_of(long).shown()[0]["unit"] == "长" * 1_500
    assert Lines(Row, stored=[{"name": bytearray(b"x")}]).shown()[0]["name"] == str(bytearray(b"x"))
    assert lines_of({"line-0-name": "泵", "line-0-" + "z" * 100: "x"}).data[0]["name"] == "泵"
    assert [key[2] for key in kept_lines._rows_kept if key[1] == "typed"] == [(("name", "泵"),)]


def test_no_more_rows_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(kept_lines, "_rows_kept", {})
    monkeypatch.setattr(kept_lines, "KEPT_ROWS", 3)
    lines = lines_of({f"line-{row}-name": f"泵{row}" for row in range(8)})
    assert [row["name"] for row in lines.data] == [f"泵{row}" for row in range(8)]
    assert len(kept_lines._rows_kept) <= 3


def test_a_row_is_filled_without_touching_the_one_that_is_kept():
    values = {"line-0-name": "泵", "line-0-quantity": "x", "line-0-unit": "台"}
    lines, others = lines_of(values), lines_of(values)
    lines.fill(0, {"quantity": Decimal(1_000), "kind": "a"})
    assert (lines.shown()[0]["quantity"], lines.shown()[0]["kind"]) == ("1,000", "a")
    assert lines.data[0]["quantity"] == Decimal(1_000)
    assert lines.validate()
    assert others.shown()[0]["quantity"] == "x"
    assert not others.validate()


def test_the_rules_may_refuse_one_cell():
    lines = lines_of({"line-0-name": "泵", "line-0-quantity": "1"})
    assert lines.validate()
    lines.refuse(0, "quantity", lazy("库存不足"))
    assert lines.errors == {"line-0-quantity": ["库存不足"]}


@pytest.mark.parametrize(
    ("typed", "rows"), [("10", 10), ("", 0), ("x", 0), ("-5", 0), ("999", 50), ("1" * 400, 0), ("²", 0)]
)
def test_the_button_for_more_rows_says_how_many(typed, rows):
    assert rows_to_add(MultiDict({"add_rows": typed})) == rows
