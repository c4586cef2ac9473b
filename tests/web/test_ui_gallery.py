"""The gallery shows every component, and what holds of each page of the site holds of it too."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from wtforms import Form, SelectField, StringField
from wtforms.fields import SelectChoice

import config
from app.core import clock, i18n
from app.web import components, filters, gallery, nav, ready_bytes
from app.web.gallery import sample_listing
from app.web.guard import policy_of
from tests.client import Client

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "_ui"
ADDRESSES = ["/_ui", *(f"/_ui/{name}" for name in gallery.PAGES)]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", i18n.LOCALES)
def test_each_page_of_the_gallery_is_a_sound_page(client: Client, address: str, language: str) -> None:
    client.browser.set_cookie("language", language)
    assert client.get(address).status_code == 200


def test_the_gallery_shows_every_component(app: Flask) -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    for name in ("macros.html", "fields.html"):
        for macro in re.findall(r"{% macro ([a-z][a-z_]*)\(", (TEMPLATES / name).read_text(encoding="utf-8")):
            assert re.search(rf"\bui\.{macro}\(|[^_.a-z]{macro}\(", shown.replace(f"macro {macro}(", "")), (
                macro
            )


def test_production_serves_no_gallery() -> None:
    assert config.Production.DEBUG is False
    assert config.Production.TESTING is False


@pytest.mark.parametrize(
    ("cookie", "linked", "scheme"),
    [
        ("", 'dark.css?v=[0-9a-f]+" media="\\(prefers-color-scheme: dark\\)"', "light dark"),
        ("auto", 'dark.css?v=[0-9a-f]+" media="\\(prefers-color-scheme: dark\\)"', "light dark"),
        ("dark", 'dark.css?v=[0-9a-f]+" media="all"', "dark"),
        ("light", None, "light"),
        ("<script>", 'media="\\(prefers-color-scheme: dark\\)"', "light dark"),
    ],
)
def test_the_server_chooses_the_theme(client: Client, cookie: str, linked: str | None, scheme: str) -> None:
    if cookie:
        client.browser.set_cookie("theme", cookie)
    client.get("/_ui/login")
    html = client.page.html
    if linked is None:
        assert "dark.css" not in html
    else:
        assert re.search(linked.replace("?v", "\\?v"), html)
    assert f'<meta name="color-scheme" content="{scheme}">' in html


def test_the_frame_is_what_a_screen_reader_needs(client: Client) -> None:
    client.get("/_ui/login")
    page = client.page
    assert page.one("html").attributes["lang"] == "zh-Hans"
    assert page.all("a")[0].attributes == {"class": "skip", "href": "#main"}
    assert page.one("div", id="toasts").attributes["aria-live"] == "polite"
    assert page.one("meta", name="renderer").attributes["content"] == "webkit"
    assert page.one("meta", name="htmx-config").attributes["content"] == (
        '{"includeIndicatorCSS":false,"noSwap":[204,304,502,503,504]}'
    )


def test_a_first_page_asks_for_few_files(client: Client) -> None:
    client.get("/_ui/login")
    page = client.page
    files = {link.attributes["href"] for link in page.all("link") if link.attributes["rel"] != "manifest"}
    files |= {script.attributes["src"] for script in page.all("script")}
    files |= {image.attributes["src"] for image in page.all("img")}
    files |= {use.attributes["href"].split("#")[0] for use in page.all("use")}
    assert len(files) + 1 <= 8, files


class SmallForm(Form):
    name = StringField("客户")
    kind = SelectField("类别", choices=[SelectChoice(str(n), f"第 {n} 类") for n in range(60)])


def rendered(app: Flask, source: str, **context: object) -> str:
    with app.test_request_context("/"):
        return ready_bytes.sent(app.jinja_env.from_string(source).render(**context)).decode()


def test_a_field_always_says_its_label_hint_and_error(app: Flask) -> None:
    form = SmallForm(data={"name": '"><b>'})
    form.name.errors = ["请填写客户"]
    html = rendered(app, '{{ ui.field(form.name, hint="全称", required=true) }}', form=form)
    assert (
        '<label class="label" for="name">客户 <span class="required" aria-hidden="true">*</span></label>'
        in html
    )
    assert 'value="&#34;&gt;&lt;b&gt;" aria-describedby="name-hint name-error" aria-invalid="true"' in html
    assert 'aria-required="true"' in html
    assert 'autocomplete="off"' in html
    assert '<p class="hint" id="name-hint">全称</p>' in html
    assert '<p class="error" id="name-error">' in html


def test_a_field_without_fault_claims_none(app: Flask) -> None:
    html = rendered(app, "{{ ui.field(form.name) }}", form=SmallForm())
    assert "aria-" not in html


def test_a_password_is_never_written_back(app: Flask) -> None:
    html = rendered(
        app, '{{ ui.field(form.name, type="password") }}', form=SmallForm(data={"name": "geheim"})
    )
    assert "geheim" not in html
    assert "value=" not in html


def test_many_choices_can_be_searched(app: Flask) -> None:
    form = SmallForm(data={"kind": "7"})
    html = rendered(app, "{{ ui.select(form.kind) }}", form=form)
    assert 'data-island="searchable_select"' in html
    assert html.count(" selected") == 1
    form.kind.choices = form.kind.choices[:50]
    assert "data-island" not in rendered(app, "{{ ui.select(form.kind) }}", form=form)


def test_lines_are_plain_fields_that_keep_what_was_typed(app: Flask) -> None:
    columns = [
        {"name": "name", "label": "产品", "required": True},
        {"name": "quantity", "label": "数量", "kind": "number"},
        {"name": "unit", "label": "单位", "kind": "select", "options": [("台", "台"), ("套", "套")]},
    ]
    rows = [
        {"id": 7, "name": "<泵>", "quantity": "两台", "unit": "套"},
        {"name": "", "quantity": None, "unit": ""},
    ]
    html = rendered(
        app,
        '{% include "_ui/lines.html" %}',
        table={
            "columns": columns,
            "rows": rows,
            "errors": {"line-0-quantity": "请填写数字"},
            "hidden_names": ("id",),
        },
    )
    assert '<input type="hidden" name="line-0-id" value="7">' in html
    assert 'name="line-0-name" value="&lt;泵&gt;"' in html
    assert 'name="line-0-quantity" value="两台"' in html
    assert 'aria-invalid="true" aria-describedby="line-0-quantity-error"' in html
    assert '<option value="套" selected>' in html
    assert 'name="line-1-quantity" aria-label' in html
    assert 'name="line-1-id"' not in html
    assert '<button type="submit" class="btn" name="add_rows" value="10" formnovalidate>' in html


def test_navigation_has_known_sections_only() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        nav.register_nav(nav.NavItem("x", i18n.lazy("某页"), "home", "x.index", section="nowhere"))


def test_every_entry_of_the_navigation_opens_a_page_with_a_policy(app: Flask) -> None:
    for item in nav.registered_nav():
        assert policy_of(app.view_functions[item.endpoint]) is not None


def test_dates_read_as_people_say_them(at) -> None:
    now = at(2026, 11, 23, 9, 41)
    assert filters.moment_text(now) == "今天 09:41"
    assert filters.date_text(date(2026, 11, 23)) == "11月23日"
    assert filters.weekday_text(date(2026, 11, 23)) == "11月23日 周一"
    assert filters.date_text(date(2027, 1, 2)) == "2027年1月2日"
    assert filters.due_text(date(2026, 11, 27)) == "周五截止"
    assert filters.due_text(date(2026, 12, 27)) == "12月27日截止"
    assert filters.due_text(date(2026, 11, 21)) == "已超 2 天"
    assert filters.due_text(now) == "今天 09:41 截止"
    assert filters.due_text(date(2026, 11, 24)) == "明天截止"
    yesterday = clock.from_local(clock.to_local(now).replace(tzinfo=None, day=22))
    assert filters.moment_text(yesterday) == "昨天 09:41"
    assert filters.moment_text(now - timedelta(days=20)) == "11月3日"
    assert filters.moment_text(now + timedelta(days=20)) == "12月13日 09:41"  # an opening one must not miss
    assert filters.when(now) == (
        '<time datetime="2026-11-23T01:41:00+00:00" title="2026-11-23 09:41:00">今天 09:41</time>'
    )
    with i18n.using_locale("en"):
        assert filters.date_text(date(2026, 11, 23)) == "23 Nov"
        assert filters.weekday_text(date(2026, 11, 23)) == "Mon 23 Nov"
        assert filters.date_text(date(2025, 11, 23)) == "23 Nov 2025"


def test_figures_are_written_with_separators_and_the_sign_once() -> None:
    assert filters.money_text(Decimal(38920)) == "¥38,920.00"
    assert filters.amount_text(Decimal("38920.5")) == "38,920.50"
    assert filters.money_text(None) == "—"
    assert filters.unit_price_text(Decimal("0.0375")) == "0.0375"
    assert filters.quantity_text(Decimal("2.500")) == "2.5"
    assert filters.cny_upper(Decimal(38920)) == "人民币叁万捌仟玖佰贰拾元整"
    assert [filters.file_size(size) for size in (512, 34_000, 1_284_113)] == ["512 B", "33 KB", "1.2 MB"]
    assert filters.initial(" 周文静") == "周"


class OneRow:
    """A list of one row whose every cell holds markup."""

    columns = tuple(
        SimpleNamespace(key=kind, label="<i>", kind=kind, sortable=False, align="", below="")
        for kind in ("text", "link", "status", "person", "money")
    )
    rows = (1,)
    rows_keep = False

    def cell(self, row: int, column: SimpleNamespace) -> SimpleNamespace:
        href = '/x?a="<b>' if column.kind == "link" else None
        return SimpleNamespace(text="<b>&", href=href, tone='"<b>', title='"<b>')


def test_rows_made_in_python_escape_what_they_show(app: Flask) -> None:
    with app.test_request_context("/"):
        html = components.table_rows(OneRow())
    assert "<b>" not in html
    assert "<i>" not in html
    assert '"<' not in html.replace('"><', "")
    assert html.count("&lt;b&gt;&amp;") == 5
    assert '<td data-label="&lt;i&gt;" data-kind="money" class="figures">' in html


def test_short_cells_stay_on_one_line(app: Flask) -> None:
    listing = sample_listing()
    with app.test_request_context("/"):
        html = components.table_rows(listing)
    assert (
        '<td data-label="编号" data-kind="link" class="nowrap"><a href="/_ui/document">BJ-2026-0117</a></td>'
        in html
    )
    assert '<td data-label="客户" data-kind="text"><span>镇江宏达农机有限公司</span>' in html


def test_second_lines_are_labelled_and_left_out_where_nothing_is_to_be_said(app: Flask) -> None:
    listing = sample_listing()
    with app.test_request_context("/"):
        html = components.table_rows(listing)
        head = app.jinja_env.globals["ui"].table_head(listing)  # type: ignore[attr-defined]
    assert "<small>项目 油泵总成</small></td>" in html
    assert html.count("<small>") == sum(1 for row in listing.rows if row["project"]["text"])
    assert head.count("<th ") == len(listing.columns) - 1
    assert "客户" in head
    assert "项目" in head


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [
        (None, "—", "—"),
        ("0", "0 分", "0 min"),
        ("0.004", "不到 1 分", "under 1 min"),
        ("0.5", "30 分", "30 min"),
        ("0.999", "1 小时", "1 hour"),
        ("1.42", "1 小时 25 分", "1 h 25 min"),
        ("26", "26 小时", "26 hours"),
    ],
)
def test_hours_are_said_as_people_say_them(app: Flask, hours: str | None, chinese: str, english: str) -> None:
    value = None if hours is None else Decimal(hours)
    with i18n.using_locale("zh"):
        assert filters.hours_text(value) == chinese
    with i18n.using_locale("en"):
        assert filters.hours_text(value) == english


def test_the_navigation_escapes_and_marks_the_present_entry(app: Flask) -> None:
    entries = (
        nav.Entry("a", "<甲>", "甲", "home", "/a", 0, True, 0),
        nav.Entry("b", "乙", "乙", "inbox", "/b", 120, False, 0),
    )
    with app.test_request_context("/"):
        html = components.nav_sections([nav.Section("work", "<节>", entries)], "项待处理")
    assert '<p class="nav-title">&lt;节&gt;</p>' in html
    assert html.count('aria-current="page"') == 1
    assert '<li><a href="/a" aria-current="page">' in html
    assert "<span>&lt;甲&gt;</span></a>" in html
    assert '99+<span class="visually-hidden"> 项待处理</span>' in html


def test_an_icon_is_decoration_unless_it_has_a_label(app: Flask) -> None:
    with app.test_request_context("/"):
        assert 'aria-hidden="true"' in components.icon("home")
        assert 'role="img" aria-label="&lt;首页&gt;"' in components.icon("home", "<首页>")
