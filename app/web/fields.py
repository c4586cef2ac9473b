"""Fields of forms: they read what people in the office type and answer in sentences that name the field."""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from app.core import clock, money
from app.core.db import LARGEST_ID
from app.core.i18n import LazyText, lazy
from app.core.money import MoneyError
from app.core.written import has_hidden_characters
from app.web import dates, keeping

Label = LazyText | str

LINE_LENGTH = 200
TEXT_LENGTH = 5_000
# A field with more choices is written anew on each page.
KEPT_CHOICES = 30

# Marks that show nothing and only come along when text is copied.
_DROPPED = dict.fromkeys((0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))

FILL_IN = lazy("请填写%(label)s")
CHOOSE = lazy("请选择%(label)s")
DOUBLED = lazy("%(label)s出现了两次，请重新打开页面再填写")
CONTROL = lazy("%(label)s里有看不见的控制字符，请删除后重新输入")
TOO_LONG = lazy("%(label)s最多 %(most)s 个字，现在是 %(count)s 个")
NOT_IN_LIST = lazy("%(label)s不在可选范围内，请重新选择")
MONEY_SENTENCES = {
    "not-a-number": lazy("%(label)s应是数字，例如 1234.5"),
    "negative": lazy("%(label)s不能是负数"),
    "too-many-decimals": lazy("%(label)s最多 %(limit)s 位小数"),
    "too-large": lazy("%(label)s太大，最大 %(limit)s"),
    "rate-as-fraction": lazy("%(label)s请按百分数填写，例如 13 表示 13%%"),
}
NOT_A_DATE = lazy("%(label)s不是有效的日期，请按 2026-11-27 或 11-27 填写")
NOT_A_MOMENT = lazy("%(label)s不是有效的时间，请按 2026-11-27 14:30 填写")
OUT_OF_YEARS = lazy("%(label)s须在 2000 年到 2100 年之间")


def clean_text(text: str, *, many_lines: bool = False) -> str:
    """Return typed text in NFC, trimmed, without invisible marks; raises ValueError for characters nobody can see."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_DROPPED)
    if not many_lines:
        text = text.replace("\n", " ").replace("\t", " ")
    if has_hidden_characters(text):
        raise ValueError("control character")
    return text.strip()


def said_by(field: wtforms.Field) -> tuple[Any, ...]:
    """Return what a template asks of any field: its name, label and errors, and whether it is required."""
    label, errors = keeping.frozen(field.label.text), keeping.frozen(list(field.errors))
    return (field.id, field.name, label, errors, field.flags.required)


class TypedField(wtforms.Field):
    """A single line that is read by ``read``; what was typed is kept for showing it again.

    ``required`` may be changed by the form until ``validate``; ``flags.required`` marks the label.
    """

    widget = wtforms.widgets.TextInput()
    missing = FILL_IN
    many_lines = False
    shown_as = ""

    def __init__(
        self, label: Label = "", validators: Sequence[Any] = (), *, required: bool = False, **options: Any
    ):
        super().__init__(label, validators, **options)
        self.required = required
        self.typed = ""
        if required:
            self.flags.required = True
        if self.shown_as:
            self.type = self.shown_as

    def say(self, sentence: LazyText, **params: Any) -> str:
        """Return a sentence that names this field."""
        return sentence.filled(label=self.label.text, **params)

    def read(self, text: str) -> Any:
        """Return the value of a text that is not empty; raises ValueError with the sentence."""
        return text

    def write(self, value: Any) -> str:
        """Return the text of a stored value, as one would type it."""
        return str(value)

    def nothing(self) -> Any:
        """Return the value of an empty field."""
        return None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was posted."""
        texts = list(dict.fromkeys(value for value in valuelist if isinstance(value, str)))
        self.typed = texts[0] if texts else ""
        self.data = self.nothing()
        if len(texts) > 1:
            raise ValueError(self.say(DOUBLED))
        try:
            text = clean_text(self.typed, many_lines=self.many_lines)
        except ValueError as error:
            raise ValueError(self.say(CONTROL)) from error
        if text:
            self.data = self.read(text)

    def pre_validate(self, form: Any) -> None:
        """Ask for what is missing, unless something is wrong with it already."""
        if self.errors:
            raise StopValidation()
        if self.data in (None, ""):
            if self.required:
                raise StopValidation(self.say(self.missing))
            raise StopValidation()

    def _value(self) -> str:
        if self.raw_data is not None:
            return self.typed.encode("utf-8", "replace").decode()
        return "" if self.data is None else self.write(self.data)

    @property
    def said(self) -> Hashable:
        """All that a template asks of the field, see ``keeping.field``."""
        return (*said_by(self), self._value())

    @property
    def echo(self) -> str:
        """How a value was understood, where that differs from what was typed; empty otherwise."""
        if self.raw_data is None or self.data in (None, "") or self.errors:
            return ""
        text = self.write(self.data)
        return "" if text == self.typed.strip() else text


class TextField(TypedField):
    """One line of text; an empty one is ``""``."""

    def __init__(
        self, label: Label = "", validators: Sequence[Any] = (), *, longest: int = LINE_LENGTH, **options: Any
    ):
        super().__init__(label, validators, **options)
        self.longest = longest

    def nothing(self) -> str:
        """Return an empty text."""
        return ""

    def read(self, text: str) -> str:
        """Return the text unless it is too long."""
        if len(text) > self.longest:
            raise ValueError(self.say(TOO_LONG, most=self.longest, count=len(text)))
        return text

    @property
    def echo(self) -> str:
        """Text is understood as it is."""
        return ""


class LongTextField(TextField):
    """Several lines of text."""

    widget = wtforms.widgets.TextArea()
    many_lines = True
    shown_as = "TextAreaField"

    def __init__(
        self, label: Label = "", validators: Sequence[Any] = (), *, longest: int = TEXT_LENGTH, **options: Any
    ):
        super().__init__(label, validators, longest=longest, **options)


class PasswordField(wtforms.Field):
    """A password: never shown again, never trimmed."""

    widget = wtforms.widgets.PasswordInput(hide_value=True)

    def __init__(
        self, label: Label = "", validators: Sequence[Any] = (), *, required: bool = True, **options: Any
    ):
        super().__init__(label, validators, **options)
        self.required = required
        if required:
            self.flags.required = True

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the password as it was typed."""
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""

    def pre_validate(self, form: Any) -> None:
        """Ask for a password that is missing."""
        if not self.data:
            raise StopValidation(FILL_IN.filled(label=self.label.text) if self.required else None)

    def _value(self) -> str:
        return ""


class FigureField(TypedField):
    """A figure read by one of the parsers of ``app.core.money``; ``sentences`` says by reason why one was refused."""

    sentences = MONEY_SENTENCES

    def parse(self, text: str) -> Decimal:
        """Return the figure; raises MoneyError."""
        raise NotImplementedError

    def read(self, text: str) -> Decimal:
        """Return the figure or raise ValueError with the sentence."""
        try:
            return self.parse(text)
        except MoneyError as error:
            reason = error.reason if error.reason in self.sentences else "not-a-number"
            limit = f"{error.limit:,}" if isinstance(error.limit, Decimal) else error.limit
            raise ValueError(self.say(self.sentences[reason], limit=limit)) from error


class AmountField(FigureField):
    """An amount in yuan, to 0.01."""

    shown_as = "MoneyField"

    def __init__(self, *args: Any, allow_negative: bool = False, **options: Any):
        super().__init__(*args, **options)
        self.allow_negative = allow_negative

    def parse(self, text: str) -> Decimal:
        """Return the amount."""
        return money.parse_amount(text, allow_negative=self.allow_negative)

    def write(self, value: Decimal) -> str:
        """Return the amount with thousands commas."""
        return money.format_amount(value)


class UnitPriceField(FigureField):
    """A price per unit in yuan, to 0.0001."""

    shown_as = "MoneyField"

    def parse(self, text: str) -> Decimal:
        """Return the price."""
        return money.parse_unit_price(text)

    def write(self, value: Decimal) -> str:
        """Return the price with two to four decimals."""
        return money.format_unit_price(value)


class QuantityField(FigureField):
    """A quantity, to 0.001."""

    def parse(self, text: str) -> Decimal:
        """Return the quantity."""
        return money.parse_quantity(text)

    def write(self, value: Decimal) -> str:
        """Return the quantity without needless zeros."""
        return money.format_quantity(value)


class PercentField(FigureField):
    """Percent points, 13 for 13 %."""

    sentences = {**MONEY_SENTENCES, "not-a-number": lazy("%(label)s应是百分数，例如 13 或 13%%")}

    def parse(self, text: str) -> Decimal:
        """Return the percent points."""
        return money.parse_percent(text)

    def write(self, value: Decimal) -> str:
        """Return the percent points without needless zeros and without sign."""
        return f"{value.normalize():f}"


class TaxRateField(PercentField):
    """A tax rate in percent points; 0.13 is refused, somebody meant 13."""

    def parse(self, text: str) -> Decimal:
        """Return the tax rate."""
        return money.parse_tax_rate(text)


# What people write behind a number of days; the longer first.
DAYS = ("天", "日", "days", "day")


class WholeNumberField(TypedField):
    """A whole number between two bounds. One of ``units`` may be typed behind it, as in 12天."""

    def __init__(
        self,
        *args: Any,
        least: int = 0,
        most: int = 1_000_000,
        units: tuple[str, ...] = (),
        **options: Any,
    ):
        super().__init__(*args, **options)
        self.least, self.most, self.units = least, most, units

    def read(self, text: str) -> int:
        """Return the number or raise ValueError with the bounds."""
        # Full-width digits are taken; ² and its like are numbers too, but nobody means them.
        digits = (
            ""
            if any(unicodedata.category(mark) == "No" for mark in text)
            else unicodedata.normalize("NFKC", text)
        )
        unit = next((unit for unit in self.units if digits.endswith(unit)), "")
        digits = digits.removesuffix(unit).rstrip()
        whole = digits.isascii() and digits.removeprefix("-").isdigit() and len(digits) < 12
        if not whole or not self.least <= int(digits) <= self.most:
            sentence = lazy("%(label)s应是 %(least)s 到 %(most)s 之间的整数")
            raise ValueError(self.say(sentence, least=self.least, most=self.most))
        return int(digits)


class DateField(TypedField):
    """A calendar date as people type it: 2026-11-27, 11-27, 11月27日, 明天."""

    def read(self, text: str) -> date:
        """Return the date or raise ValueError with the sentence."""
        try:
            return dates.read_date(text)
        except dates.OutOfYears as error:
            raise ValueError(self.say(OUT_OF_YEARS)) from error
        except ValueError as error:
            raise ValueError(self.say(NOT_A_DATE)) from error

    def write(self, value: date) -> str:
        """Return the date as 2026-11-27."""
        return value.isoformat()


class DateTimeField(TypedField):
    """A moment typed in the company's zone, given as aware UTC: 2026-11-27 14:30, 明天 9:00, 9:00.

    ``end_of_day``: a date without a time means the end of that day (rule R11), else its beginning.
    """

    def __init__(self, *args: Any, end_of_day: bool = False, **options: Any):
        super().__init__(*args, **options)
        self.end_of_day = end_of_day

    def read(self, text: str) -> datetime:
        """Return the moment or raise ValueError with the sentence."""
        try:
            return dates.read_moment(text, end_of_day=self.end_of_day)
        except dates.OutOfYears as error:
            raise ValueError(self.say(OUT_OF_YEARS)) from error
        except ValueError as error:
            raise ValueError(self.say(NOT_A_MOMENT)) from error

    def write(self, value: datetime) -> str:
        """Return the moment in the company's zone, 2026-11-27 14:30."""
        return clock.to_local(value).strftime("%Y-%m-%d %H:%M")


Choices = Iterable[tuple[Any, Any]] | Callable[[], Iterable[tuple[Any, Any]]]


class _Choosing(wtforms.Field):
    """What fields with choices share. ``choices`` may be set until the form is validated."""

    def __init__(
        self,
        label: Label = "",
        validators: Sequence[Any] = (),
        *,
        choices: Choices = (),
        coerce: Callable[[Any], Any] = str,
        required: bool = False,
        blank: Label | None = None,
        **options: Any,
    ):
        super().__init__(label, validators, **options)
        self.coerce, self.required, self.blank = coerce, required, blank
        self.choices = choices
        if required:
            self.flags.required = True

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """The choices as (posted value, label)."""
        return self._choices

    @choices.setter
    def choices(self, given: Choices) -> None:
        found = [(str(value), text) for value, text in (given() if callable(given) else given)]
        self._choices = found if self.blank is None else [("", self.blank), *found]

    def iter_choices(self) -> Iterator[tuple[str, Any, bool, dict[str, Any]]]:
        """Yield (value, label, selected, attributes)."""
        chosen = {str(value) for value in self._chosen()} or {""}
        for value, text in self._choices:
            yield value, text, value in chosen, {}

    @property
    def said(self) -> Hashable:
        """All that a template asks of the field, see ``keeping.field``; nothing where that is a long list."""
        if len(self._choices) > KEPT_CHOICES:
            return None
        lang = (self.render_kw or {}).get("lang")
        return (*said_by(self), lang, keeping.frozen(self._choices), frozenset(map(str, self._chosen())))

    def has_groups(self) -> bool:
        """No groups."""
        return False

    def _chosen(self) -> list[Any]:
        raise NotImplementedError

    def _read(self, texts: Iterable[Any]) -> list[Any]:
        try:
            read = [self.coerce(text) for text in texts if text]
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(NOT_IN_LIST.filled(label=self.label.text)) from error
        # An id that no column holds must not reach a condition, where PostgreSQL would fail on it.
        if any(isinstance(value, int) and not 0 <= value <= LARGEST_ID for value in read):
            raise ValueError(NOT_IN_LIST.filled(label=self.label.text))
        return read

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not among the choices, ask for what is missing."""
        if self.errors:
            raise StopValidation()
        chosen = self._chosen()
        if not chosen:
            raise StopValidation(CHOOSE.filled(label=self.label.text) if self.required else None)
        known = {value for value, _text in self._choices}
        if any(str(value) not in known for value in chosen):
            raise StopValidation(NOT_IN_LIST.filled(label=self.label.text))


class ChoiceField(_Choosing):
    """One of several choices, given as (value, label) or by a function called when the form is made.

    ``coerce`` turns the posted text into the value (``int`` for ids). An empty choice ``blank`` stands first; chosen,
    the value is None.
    """

    def __init__(
        self, label: Label = "", validators: Sequence[Any] = (), *, blank: Label | None = "—", **options: Any
    ):
        super().__init__(label, validators, blank=blank, **options)
        self.type = "SelectField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the choice; what cannot be one is refused."""
        texts = list(dict.fromkeys(valuelist))
        self.data = None
        if len(texts) > 1:
            raise ValueError(DOUBLED.filled(label=self.label.text))
        self.data = next(iter(self._read(texts)), None)

    def _chosen(self) -> list[Any]:
        return [] if self.data is None or self.data == "" else [self.data]


class RadioField(ChoiceField):
    """One of a few choices, all visible."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **{"blank": None, **options})
        self.type = "RadioField"


class MultipleField(_Choosing):
    """Several of a few choices; the value is a list."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.type = "SelectMultipleField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the choices; what cannot be one is refused."""
        self.data = []
        self.data = self._read(dict.fromkeys(valuelist))

    def _chosen(self) -> list[Any]:
        return list(self.data or ())


class CheckField(wtforms.BooleanField):
    """A tick."""

    def __init__(self, label: Label = "", validators: Sequence[Any] = (), **options: Any):
        super().__init__(label, validators, **options)
        self.type = "BooleanField"
