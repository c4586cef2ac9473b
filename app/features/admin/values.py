"""Values of settings: read from what was typed, and shown in words."""

from typing import Any

from app.core import money, settings
from app.core.i18n import LazyText, lazy, listed
from app.core.i18n import gettext as _
from app.core.permissions import directory
from app.core.settings import Setting

LONGEST_TEXT = 500
LONGEST_LONG_TEXT = 5_000
LARGEST_NUMBER = 1_000_000


def setting_or_none(key: str) -> Setting | None:
    """Return a registered setting, None for one that no version of the program knows any more."""
    return next((setting for setting in settings.registered() if setting.key == key), None)


def shown(setting: Setting, value: Any) -> str:
    """Return a value of a setting in words of the reader's language; nothing is a dash."""
    if setting.kind == "boolean":
        return _("是") if value else _("否")
    if value in (None, "", []):
        return "—"
    if setting.kind == "choice":
        labels = dict(setting.choices)
        return str(labels[value]) if value in labels else str(value)
    if setting.kind == "choices":
        return listed(label for code, label in setting.choices if code in value)
    if setting.kind == "person":
        person = directory().people([int(value)]).get(int(value))
        return person.name if person else str(value)
    return str(value)


def read(setting: Setting, typed: Any) -> tuple[Any, LazyText | str | None]:
    """Return the value of a setting as typed and what is wrong with it, None where it can be stored.

    ``typed`` is a text, a bool for a boolean, a list of texts for choices.
    """
    value, problem = _read_kind(setting, typed)
    if problem is None and setting.check is not None:
        problem = setting.check(value)
    return value, problem


def _read_kind(setting: Setting, typed: Any) -> tuple[Any, LazyText | str | None]:
    if setting.kind == "boolean":
        return bool(typed), None
    if setting.kind == "choices":
        known = {code for code, _label in setting.choices}
        chosen = [code for code in typed if code in known]
        return chosen, None
    text = str(typed or "").strip()
    if setting.kind == "number":
        return _read_number(text)
    if setting.kind == "amount":
        return _read_amount(text)
    if setting.kind == "choice":
        known = {code for code, _label in setting.choices}
        return (text, None) if text in known or text == setting.default else (text, lazy("请从列表中选择"))
    if setting.kind == "person":
        return _read_person(text)
    limit = LONGEST_LONG_TEXT if setting.kind == "long_text" else LONGEST_TEXT
    return (text, None) if len(text) <= limit else (text, lazy("最多 %(most)s 个字", most=limit))


def _read_number(text: str) -> tuple[Any, LazyText | None]:
    try:
        value = money.parse_quantity(text)
    except money.MoneyError:
        return text, lazy("请填写整数")
    if value != value.to_integral_value() or not 0 <= value <= LARGEST_NUMBER:
        return text, lazy("请填写 0 到 1000000 之间的整数")
    return int(value), None


def _read_amount(text: str) -> tuple[Any, LazyText | None]:
    try:
        value = money.parse_amount(text)
    except money.MoneyError:
        return text, lazy("请填写金额，例如 200000")
    if value < 0:
        return text, lazy("金额不能小于 0")
    return f"{value:.2f}".removesuffix(".00"), None


def _read_person(text: str) -> tuple[Any, LazyText | None]:
    if not text:
        return None, None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return text, lazy("请从列表中选择")
    person = directory().people([int(text)]).get(int(text))
    if person is None or not person.active:
        return text, lazy("请选择在职人员")
    return person.id, None
