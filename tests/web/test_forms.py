"""Fields read what people type and answer in sentences; forms are versioned and submitted once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.core import once as once_core
from app.core.db import session
from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import lazy, using_locale
from app.core.once import FormToken
from app.core.settings import SettingRow
from app.core.uow import unit_of_work
from app.web import dates, fields, forms


class AnyForm(forms.BaseForm):
    class Meta:
        csrf = False

    name = forms.TextField(lazy("名称"), required=True, longest=10)
    story = forms.LongTextField(lazy("说明"), longest=20)
    amount = forms.AmountField(lazy("金额"))
    price = forms.UnitPriceField(lazy("单价"))
    quantity = forms.QuantityField(lazy("数量"))
    percent = forms.PercentField(lazy("折扣"))
    rate = forms.TaxRateField(lazy("税率"))
    count = forms.WholeNumberField(lazy("份数"), least=1, most=20)
    lead = forms.WholeNumberField(lazy("天数"), least=0, most=99, units=forms.DAYS)
    day = forms.DateField(lazy("交货期"))
    moment = forms.DateTimeField(lazy("截止时间"), end_of_day=True)
    kind = forms.ChoiceField(lazy("类别"), choices=[("a", "甲"), ("b", "乙")])
    owner = forms.ChoiceField(lazy("负责人"), coerce=int, choices=lambda: [(1, "张三"), (2, "李四")])
    size = forms.RadioField(lazy("大小"), choices=[("s", "小")])
    colours = forms.MultipleField(lazy("颜色"), choices=[("r", "红"), ("g", "绿")])
    ready = forms.CheckField(lazy("就绪"))


def form_of(**values: object) -> AnyForm:
    posted = MultiDict(
        {"name": "名", **{key: value for key, value in values.items() if not isinstance(value, list)}}
    )
    for key, value in values.items():
        if isinstance(value, list):
            posted.poplist(key)
            for item in value:
                posted.add(key, item)
    form = AnyForm(posted)
    form.validate()
    return form


@pytest.fixture(autouse=True)
def request_context(app, at):
    at(2026, 11, 23, 9, 41)
    with app.test_request_context("/"):
        yield


def test_an_empty_form_asks_for_what_is_required_and_nothing_else():
    form = AnyForm(MultiDict({"other": "1"}))
    assert not form.validate()
    assert form.errors == {"name": ["请填写名称"]}
    assert (form.story.data, form.amount.data, form.kind.data, form.ready.data) == ("", None, None, False)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", "  张三 ", "张三"),
        ("name", "a\tb\nc", "a b c"),
        ("name", "e\u0301", "é"),
        ("name", "零\u200b宽", "零宽"),
        ("story", "一\r\n二\t三", "一\n二\t三"),
        ("amount", "1.2万", Decimal("12000.00")),
        ("amount", "１，２３４．５０", Decimal("1234.50")),
        ("price", "0.0375", Decimal("0.0375")),
        ("quantity", "1,200.5", Decimal("1200.5")),
        ("percent", "12.5%", Decimal("12.5")),
        ("rate", "13", Decimal(13)),
        ("count", "１２", 12),
        ("lead", "１２ 天", 12),
        ("lead", "7days", 7),
        ("lead", "7", 7),
        ("day", "2026-11-27", date(2026, 11, 27)),
        ("day", "2026/1/5", date(2026, 1, 5)),
        ("day", "2026年11月27日", date(2026, 11, 27)),
        ("day", "20261127", date(2026, 11, 27)),
        ("day", "11-27", date(2026, 11, 27)),
        ("day", "11月27日", date(2026, 11, 27)),
        ("day", "1-5", date(2027, 1, 5)),
        ("day", "今天", date(2026, 11, 23)),
        ("day", "明天", date(2026, 11, 24)),
        ("day", "大后天", date(2026, 11, 26)),
        ("day", "Yesterday", date(2026, 11, 22)),
        ("moment", "2026-11-27 14:30", datetime(2026, 11, 27, 6, 30, tzinfo=UTC)),
        ("moment", "2026-11-27T14:30", datetime(2026, 11, 27, 6, 30, tzinfo=UTC)),
        ("moment", "明天 9：00", datetime(2026, 11, 24, 1, 0, tzinfo=UTC)),
        ("moment", "17:00", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("moment", "11-27 下午3点半", datetime(2026, 11, 27, 7, 30, tzinfo=UTC)),
        ("moment", "11-27", datetime(2026, 11, 27, 15, 59, tzinfo=UTC)),
        ("kind", "b", "b"),
        ("owner", "2", 2),
        ("size", "s", "s"),
        ("ready", "y", True),
    ],
)
def test_what_people_type_is_understood(field, typed, value):
    form = form_of(**{field: typed})
    assert form.errors == {}
    assert form[field].data == value


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "请填写名称"),
        ("name", " \u200b ", "请填写名称"),
        ("name", "a\x00b", "名称里有看不见的控制字符"),
        ("name", "a\x1bb", "名称里有看不见的控制字符"),
        ("name", "a\u202eb", "名称里有看不见的控制字符"),
        ("name", "a\u2066b", "名称里有看不见的控制字符"),
        ("name", "a\ud800b", "名称里有看不见的控制字符"),
        ("name", "a\uffffb", "名称里有看不见的控制字符"),
        ("name", "长" * 11, "名称最多 10 个字，现在是 11 个"),
        ("story", "长" * 1_000_000, "说明最多 20 个字，现在是 1000000 个"),
        ("amount", "-1", "金额不能是负数"),
        ("amount", "NaN", "金额应是数字"),
        ("amount", "1e400", "金额应是数字"),
        ("amount", "1.123456789", "金额最多 2 位小数"),
        ("amount", "9" * 30, "金额太大"),
        ("amount", "9" * 5000, "金额太大"),
        ("amount", "１_0", "金额应是数字"),
        ("price", "0.00001", "单价最多 4 位小数"),
        ("quantity", "¥3", "数量应是数字"),
        ("percent", "101", "折扣太大，最大 100"),
        ("rate", "十三", "税率应是百分数，例如 13 或 13%"),
        ("rate", "0.13", "税率请按百分数填写，例如 13 表示 13%"),
        ("count", "21", "份数应是 1 到 20 之间的整数"),
        ("count", "1.5", "份数应是 1 到 20 之间的整数"),
        ("count", "²", "份数应是 1 到 20 之间的整数"),
        ("count", "9" * 5000, "份数应是 1 到 20 之间的整数"),
        ("day", "0000-00-00", "交货期不是有效的日期"),
        ("day", "2026-02-30", "交货期不是有效的日期"),
        ("day", "02-30", "交货期不是有效的日期"),
        ("day", "9999-12-31", "交货期须在 2000 年到 2100 年之间"),
        ("day", "1999-12-31", "交货期须在 2000 年到 2100 年之间"),
        ("day", "soon", "交货期不是有效的日期"),
        ("day", "٢٠٢٦-١١-٢٧", "交货期不是有效的日期"),
        ("day", "1" * 100, "交货期不是有效的日期"),
        ("moment", "2026-11-27 25:00", "截止时间不是有效的时间"),
        ("moment", "9:00 tomorrow", "截止时间不是有效的时间"),
        ("moment", "2150-01-01 9:00", "截止时间须在 2000 年到 2100 年之间"),
        ("kind", "c", "类别不在可选范围内"),
        ("kind", "x" * 300, "类别不在可选范围内"),
        ("owner", "9" * 5000, "负责人不在可选范围内"),
        ("owner", "3", "负责人不在可选范围内"),
        ("owner", "x", "负责人不在可选范围内"),
        ("colours", ["r", "x"], "颜色不在可选范围内"),
        ("name", ["甲", "乙"], "名称出现了两次"),
        ("kind", ["a", "b"], "类别出现了两次"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(field, typed, message):
    form = form_of(**{field: typed})
    assert list(form.errors) == [field]
    assert len(form.errors[field]) == 1
    assert form.errors[field][0].startswith(message)


def test_the_same_value_twice_is_taken_once():
    assert form_of(name=["甲", "甲"]).name.data == "甲"


def test_what_was_typed_is_shown_again_as_it_was():
    form = form_of(amount="1.2", day="32-13", name="x" * 11)
    assert (form.amount._value(), form.day._value(), form.name._value()) == ("1.2", "32-13", "x" * 11)
    assert form_of(name="a\ud800").name._value() == "a?"


def test_stored_values_are_written_as_one_would_type_them():
    form = AnyForm(
        formdata=None,
        data={
            "amount": Decimal("1234.5"),
            "price": Decimal("0.0375"),
            "quantity": Decimal("3.000"),
            "percent": Decimal("12.50"),
            "day": date(2026, 11, 27),
            "moment": datetime(2026, 11, 27, 6, 30, tzinfo=UTC),
            "owner": 2,
            "count": 3,
        },
    )
    written = [
        form[name]._value()
        for name in ("amount", "price", "quantity", "percent", "day", "moment", "count", "name")
    ]
    assert written == ["1,234.50", "0.0375", "3", "12.5", "2026-11-27", "2026-11-27 14:30", "3", ""]
    assert [choice[:3] for choice in form.owner.iter_choices()] == [
        ("", "—", False),
        ("1", "张三", False),
        ("2", "李四", True),
    ]


def test_a_field_echoes_how_it_was_understood():
    form = form_of(amount="1.2万", day="明天", quantity="3", name="名")
    assert (form.amount.echo, form.day.echo, form.quantity.echo, form.name.echo) == (
        "12,000.00",
        "2026-11-24",
        "",
        "",
    )
    assert AnyForm(formdata=None).amount.echo == ""


def test_required_choices_are_asked_for():
    class Choosing(AnyForm):
        kind = forms.ChoiceField(lazy("类别"), choices=[("a", "甲")], required=True)
        colours = forms.MultipleField(lazy("颜色"), choices=[("r", "红")], required=True)

    form = Choosing(MultiDict({"name": "名", "kind": ""}))
    assert not form.validate()
    assert form.errors == {"kind": ["请选择类别"], "colours": ["请选择颜色"]}


def test_messages_speak_the_readers_language():
    with using_locale("en"):
        assert str(fields.FILL_IN.filled(label="x")) != ""


def test_passwords_are_neither_trimmed_nor_shown():
    class Secret(AnyForm):
        password = forms.PasswordField(lazy("密码"))

    form = Secret(MultiDict({"name": "名", "password": " p w "}))
    assert form.validate()
    assert (form.password.data, form.password._value()) == (" p w ", "")
    empty = Secret(MultiDict({"name": "名"}))
    assert not empty.validate()
    assert empty.errors == {"password": ["请填写密码"]}


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_written_date_reads_as_itself(day):
    assert dates.read_date(day.isoformat()) == day
    assert dates.read_date(f"{day.year}年{day.month}月{day.day}日") == day


@given(st.text(max_size=50))
def test_no_text_breaks_a_field(text):
    form = form_of(
        **dict.fromkeys(("name", "story", "amount", "price", "count", "day", "moment", "kind", "owner"), text)
    )
    assert isinstance(form.name._value(), str)


@given(st.integers(1, 12), st.integers(1, 31))
def test_a_day_without_year_is_the_nearest(month, day):
    try:
        found = dates.read_date(f"{month}-{day}")
    except ValueError:
        assert month == 2 or day == 31
        return
    assert (found.month, found.day) == (month, day)
    assert abs((found - date(2026, 11, 23)).days) <= 366


class Versioned(AnyForm):
    version = forms.VersionField()


@pytest.mark.parametrize(
    ("typed", "version"),
    [("3", 3), ("", -1), ("x", -1), ("-1", -1), ("9" * 30, -1), ("9999999999", 2**31 - 1)],
)
def test_an_unreadable_version_counts_as_old(typed, version):
    assert Versioned(MultiDict({"name": "名", "version": typed})).version.data == version


def test_a_refusal_comes_back_to_its_field_and_the_rest_above_the_form():
    form = form_of()
    status = form.refuse(Invalid(fields={"name": lazy("名称不合适"), "elsewhere": "别处"}))
    assert status == 422
    assert form.errors["name"] == ["名称不合适"]
    assert form.form_errors == ["别处"]


def test_a_stale_form_shows_what_changed_and_may_be_sent_again():
    form = Versioned(MultiDict({"name": "名", "version": "3"}))
    assert form.refuse(Stale("周文静", "09:41", ("单价: 1 → 2",)), version=5) == 409
    assert form.form_errors == ["周文静 在 09:41 改过这份单据，请核对后再提交一次", "单价: 1 → 2"]
    assert form.version._value() == "5"


class Creating(AnyForm):
    form_token = forms.TokenField()


def test_a_creation_form_carries_a_new_token_each_time():
    assert Creating(formdata=None).form_token._value() != Creating(formdata=None).form_token._value()


def test_a_form_creates_once_and_later_submissions_get_the_first_address():
    form = Creating(MultiDict({"name": "名", "form_token": "t-1"}))
    made = []

    def make() -> str:
        made.append(1)
        session.add(SettingRow(key=f"k{len(made)}", value=1))
        return "/made/1"

    for _attempt in range(2):
        with unit_of_work():
            assert forms.once(form, make) == "/made/1"
    assert made == [1]
    assert session.execute(select(func.count()).select_from(SettingRow)).scalar_one() == 1


def test_a_failed_creation_leaves_its_token_unused():
    form = Creating(MultiDict({"name": "名", "form_token": "t-1"}))

    def fail() -> str:
        raise Invalid(fields={"name": "x"})

    with pytest.raises(Invalid), unit_of_work():
        forms.once(form, fail)
    with unit_of_work():
        assert forms.once(form, lambda: "/made/1") == "/made/1"


@pytest.mark.parametrize("token", ["", "x" * 65])
def test_a_form_without_its_token_is_refused(token):
    with pytest.raises(Conflict) as refusal, unit_of_work():
        forms.once(Creating(MultiDict({"name": "名", "form_token": token})), lambda: "/")
    assert "这张表单已失效" in refusal.value.sentence()


def test_the_token_of_another_person_tells_nothing(salesperson, manager):
    with unit_of_work():
        once_core.create_once("t", salesperson.id, lambda: "/secret")
    with pytest.raises(Conflict), unit_of_work():
        once_core.create_once("t", manager.id, lambda: "/other")


def test_old_tokens_are_swept(at, salesperson):
    with unit_of_work():
        once_core.create_once("old", salesperson.id, lambda: "/1")
    at(2027, 1, 23, 9)
    with unit_of_work():
        once_core.create_once("new", salesperson.id, lambda: "/2")
    assert session.execute(select(FormToken.token)).scalars().all() == ["new"]


def test_an_id_that_no_column_holds_is_not_among_the_choices():
    form = form_of(owner=str(2**31))
    assert (form.owner.data, form.owner.errors) == (None, ["负责人不在可选范围内，请重新选择"])
