"""Parts of pages that are kept: within what memory, and told apart by language."""

from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.core import i18n
from app.core.i18n import lazy
from app.core.tasks import Task
from app.web import keeping
from app.web.forms import BaseForm, ChoiceField, DateField, LongTextField, TextField, UnitPriceField
from app.web.tokens import form_token


class Named(NamedTuple):
    """A tuple with names, which compares as the tuple."""

    text: str


@pytest.fixture(autouse=True)
def nothing_kept():
    keeping._kept.clear()


def counting(length):
    made = []

    def make(name):
        made.append(name)
        return name * length

    return make, made


def test_a_part_is_made_once_in_each_language():
    make, made = counting(1)
    for locale in ("zh", "en", "zh"):
        with i18n.using_locale(locale):
            assert keeping.once("part", make, "a") == "a"
    assert made == ["a", "a"]


def test_what_is_longer_than_a_long_quotation_is_made_every_time():
    make, made = counting(keeping.LONGEST + 1)
    for _time in range(2):
        keeping.once("part", make, "a")
    assert made == ["a", "a"]


def test_all_that_is_kept_stays_within_its_memory():
    make, made = counting(keeping.LONGEST)
    most = keeping.KEPT_CHARACTERS // keeping.LONGEST
    names = [chr(ord("a") + place) for place in range(most + 1)]
    for name in names:
        keeping.once("part", make, name)
        held = sum(map(len, keeping._kept._found.values()))
        assert held == keeping._kept.weight <= keeping.KEPT_CHARACTERS
    keeping.once("part", make, names[-1])
    assert made == names


def test_a_memory_holds_no_more_than_its_weight():
    memory = keeping.Memory(20)
    for place in range(30):
        memory.put(place, str(place), 2)
        assert memory.weight <= 20
        assert memory.get(place) == str(place)
    assert memory.get(0) is None
    memory.put("long", "x", 3)
    assert memory.get("long") is None


def test_what_says_its_identity_is_found_by_it():
    @dataclass(frozen=True)
    class Row:
        text: str
        identity: str | None = None

    make, made = counting(1)
    for row in (Row("a", "one"), Row("b", "one"), Row("a", "two"), Row("a"), Row("b"), Row("b")):
        keeping.once("part", lambda shown: make(shown.text), row)
    assert made == ["a", "a", "a", "b"]


def test_a_row_of_the_database_is_never_kept():
    make, made = counting(1)
    row = Task(kind="a")
    for text in ("a", "b"):
        row.kind = text
        for shown in (row, [row], {"row": row}):
            assert keeping.once("part", lambda given: make(row.kind), shown) == text
    assert made == list("aaabbb")


def test_values_that_compare_as_equal_are_told_apart():
    for values in (
        (1, True),
        (0, False, None),
        ("<b>", Markup("<b>")),
        (1, 1.0),
        (Decimal("1.0"), Decimal("1.00")),
    ):
        assert len({keeping.frozen([value]) for value in values}) == len(values)
    assert keeping.frozen(Named("a")) != keeping.frozen(("a",))
    row = namedtuple("Row", ["price"])
    assert keeping.frozen(row(Decimal("1.0"))) != keeping.frozen(row(Decimal("1.00")))


def test_a_kept_form_carries_the_tokens_of_whoever_is_shown_it(app):
    def make():
        return (
            f'<input type="hidden" name="csrf_token" value="{form_token()}">'
            f'<input type="hidden" name="form_token" value="{keeping.ONE_TIME_TOKEN}"><p>&amp;</p>'
        )

    shown = []
    for _visitor in range(2):
        with app.test_request_context("/"):
            text = keeping.once("form", make)
            assert f'value="{form_token()}"' in text
            assert text.endswith('"><p>&amp;</p>')
            shown.append(text)
    assert shown[0] != shown[1]
    assert all("\x01" not in text for text in shown)
    with app.test_request_context("/"):
        one, other = keeping.once("form", make), keeping.once("form", make)
        # the reader's token is one and the same, a form that creates something is a new one each time
        assert one.split(">")[0] == other.split(">")[0]
        assert one.split(">")[1] != other.split(">")[1]


def test_a_part_that_follows_from_more_than_its_arguments_is_found_out(monkeypatch):
    monkeypatch.setattr(keeping, "checked", True)
    makes = iter("aab")
    assert keeping.once("part", lambda: next(makes)) == "a"
    assert keeping.once("part", lambda: next(makes)) == "a"
    with pytest.raises(keeping.NotKept):
        keeping.once("part", lambda: next(makes))


LIST = '{% macro entry(item) %}<li>{{ item }} {{ _("单位") }}</li>{% endmacro %}'


@pytest.fixture
def listed(app, monkeypatch):
    """A template whose macro is called for each of many items, and what is kept of it."""
    loader = DictLoader({"list.html": LIST})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([loader, app.jinja_env.loader]))
    keeping._items.clear()
    with app.test_request_context():
        yield keeping._items._found
    keeping._items.clear()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.sampled_from(["a", "<b>", 1, True, Decimal("1.0"), Decimal(1), Markup("<b>")])))
def test_items_kept_one_by_one_are_those_made_anew(app, listed, items):
    for locale in i18n.LOCALES:
        with i18n.using_locale(locale):
            entry = app.jinja_env.get_template("list.html").module.entry
            assert keeping.each("list.html", "entry", items) == "".join(str(entry(item)) for item in items)


def test_an_item_is_made_once_and_one_that_would_be_made_otherwise_is_told(listed, monkeypatch):
    assert keeping.each("list.html", "entry", ["a", "a", "b"]).count("<li>") == 3
    assert len(listed) == 2
    for key in listed:
        listed[key] = "something else"
    monkeypatch.setattr(keeping, "checked", True)
    with pytest.raises(keeping.NotKept):
        keeping.each("list.html", "entry", ["a"])


def test_what_lasts_stands_for_itself_and_for_nothing_else():
    first, second = keeping.Lasting(), keeping.Lasting()
    assert keeping.frozen([first]) == keeping.frozen([first]) != keeping.frozen([second])


class Asking(BaseForm):
    """A form with a field of each kind whose macro is kept."""

    text = TextField("名称 <b>", longest=5, required=True)
    note = LongTextField(lazy("备注"))
    price = UnitPriceField(lazy("含税单价"))
    day = DateField(lazy("有效期至"))
    term = ChoiceField(
        lazy("付款方式"), choices=[("a", lazy("明细")), ("b", "<b>")], render_kw={"lang": "zh-Hans"}
    )
    many = ChoiceField("很多", choices=[(str(place), str(place)) for place in range(40)])


TYPED = st.sampled_from(["", "a", "<b>", "1", "1.50", "11-27", "b", "39", "\x01token\x01", "太长太长太长"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("text", "note", "price", "day", "term", "many"), TYPED)
    ),
    stored=st.sampled_from([None, "a", "b"]),
    checked=st.booleans(),
    options=st.sampled_from(
        [{}, {"hint": "<i>"}, {"hint": Markup("<i>")}, {"optional": True}, {"required": True}]
    ),
    locale=st.sampled_from(i18n.LOCALES),
)
def test_a_kept_field_is_what_its_macro_makes_of_it(app, typed, stored, checked, options, locale):
    macros = app.jinja_env.get_template("_ui/fields.html").module
    with app.test_request_context(), i18n.using_locale(locale):
        form = Asking(MultiDict(typed) if typed else None, term=stored, text=stored)
        if checked:
            form.validate()
        for name, macro in {"text": "field", "note": "textarea", "price": "field", "day": "date"}.items():
            kept = getattr(app.jinja_env.globals["ui"], macro)(form[name], **options)
            assert kept == getattr(macros, macro)(form[name], **options)
        for name in ("term", "many"):
            assert app.jinja_env.globals["ui"].select(form[name], **options) == macros.select(
                form[name], **options
            )


def test_a_field_that_says_the_same_is_written_once_and_one_with_many_choices_each_time(app):
    made = []

    def macro(asked, **options):
        made.append(asked.name)
        return asked.name

    with app.test_request_context():
        keeping._fields.clear()
        for text in ("a", "a", "b"):
            form = Asking(text=text)
            keeping.field("field", macro, form.text)
            keeping.field("select", macro, form.many)
            keeping.field("field", macro, form.note, hint=object())
    assert (made.count("text"), made.count("many"), made.count("note")) == (2, 3, 3)


def test_a_field_that_would_be_written_otherwise_is_told(app, monkeypatch):
    monkeypatch.setattr(keeping, "checked", True)
    with app.test_request_context():
        keeping.field("field", lambda asked: "one", Asking().text)
        with pytest.raises(keeping.NotKept):
            keeping.field("field", lambda asked: "other", Asking().text)
        keeping._fields.clear()
