"""How figures, dates and times are written for people: the Jinja filters, in the reader's language.

Money is Decimal in yuan, times are aware UTC and shown in the company's zone, the full stamp on hover.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask
from markupsafe import Markup

from app.core import capital_amount as capitals
from app.core import clock, money
from app.core.i18n import CHINESE, current_locale, lazy, ngettext
from app.core.i18n import gettext as _

NOTHING = "—"
ENGLISH_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = (lazy("周一"), lazy("周二"), lazy("周三"), lazy("周四"), lazy("周五"), lazy("周六"), lazy("周日"))
NEAR_DAYS = 6
AVATAR_TONES = ("info", "ok", "warn", "neutral")


def money_text(value: Decimal | None) -> str:
    """Return yuan with sign and separators, ¥1,234.50; nothing is a dash."""
    return NOTHING if value is None else f"¥{money.format_amount(value)}"


def amount_text(value: Decimal | None) -> str:
    """Return yuan without the sign, for columns whose head names the currency."""
    return NOTHING if value is None else money.format_amount(value)


def unit_price_text(value: Decimal | None) -> str:
    """Return a unit price in yuan with two to four decimals."""
    return NOTHING if value is None else money.format_unit_price(value)


def quantity_text(value: Decimal | None) -> str:
    """Return a quantity without needless zeros."""
    return NOTHING if value is None else money.format_quantity(value)


def percent_text(value: Decimal | None) -> str:
    """Return percent points, 13%."""
    return NOTHING if value is None else money.format_percent(value)


def hours_text(value: Decimal | None) -> str:
    """Return a duration in hours as people say it, to the minute: 1 小时 25 分, 40 分; nothing is a dash."""
    if value is None:
        return NOTHING
    hours, minutes = divmod(int((value * 60).to_integral_value(ROUND_HALF_UP)), 60)
    if hours and minutes:
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    if hours:
        return ngettext("%(num)s 小时", "%(num)s 小时", hours)
    return _("%(minutes)s 分", minutes=minutes) if minutes or not value else _("不到 1 分")


def cny_upper(value: Decimal) -> str:
    """Return yuan in capital characters with their prefix, as papers of the company carry them."""
    return f"人民币{capitals.capital_amount(value)}"


def weekday(day: date) -> str:
    """Return the day of the week."""
    return str(WEEKDAYS[day.weekday()])


def date_text(value: date | datetime | None) -> str:
    """Return a calendar date as people say it, 11月23日; the year only where it is not this one."""
    if value is None:
        return NOTHING
    day = clock.to_local(value).date() if isinstance(value, datetime) else value
    this_year = day.year == clock.today().year
    if current_locale() == CHINESE:
        return f"{day.month}月{day.day}日" if this_year else f"{day.year}年{day.month}月{day.day}日"
    month = ENGLISH_MONTHS[day.month - 1]
    return f"{day.day} {month}" if this_year else f"{day.day} {month} {day.year}"


def weekday_text(day: date) -> str:
    """Return a date with its day of the week, in the order of the language: 11月23日 周一, Mon 23 Nov."""
    return _("%(date)s %(weekday)s", date=date_text(day), weekday=weekday(day))


def stamp_text(value: datetime) -> str:
    """Return the full stamp in the company's zone, 2026-11-23 09:41:05."""
    return clock.to_local(value).strftime("%Y-%m-%d %H:%M:%S")


def moment_text(value: datetime) -> str:
    """Return a moment as people say it: 今天 09:41, 昨天 17:20, 11月20日; with the hour while it lies ahead."""
    local = clock.to_local(value)
    distance = (clock.today() - local.date()).days
    at = local.strftime("%H:%M")
    if distance == 0:
        return _("今天 %(time)s", time=at)
    if distance == 1:
        return _("昨天 %(time)s", time=at)
    if distance == -1:
        return _("明天 %(time)s", time=at)
    if distance <= NEAR_DAYS:
        return f"{date_text(value)} {at}"
    return date_text(value)


def due_text(value: date | datetime) -> str:
    """Return a deadline as people say it: 今天截止, 周五截止, 已超 2 天."""
    day = clock.to_local(value).date() if isinstance(value, datetime) else value
    left = (day - clock.today()).days
    if left < 0:
        return ngettext("已超 %(num)s 天", "已超 %(num)s 天", -left)
    if left == 0:
        if isinstance(value, datetime):
            return _("今天 %(time)s 截止", time=clock.to_local(value).strftime("%H:%M"))
        return _("今天截止")
    if left == 1:
        return _("明天截止")
    said = weekday(day) if left <= NEAR_DAYS else date_text(day)
    return _("%(day)s截止", day=said)


def when(value: datetime | date | None) -> Markup | str:
    """Return a time element: as people say it, the full stamp on hover."""
    return _time_element(value, moment_text)


def on_day(value: datetime | date | None) -> Markup | str:
    """Return a time element with the calendar date only."""
    return _time_element(value, date_text)


def due(value: datetime | date | None) -> Markup | str:
    """Return a time element for a deadline."""
    return _time_element(value, due_text)


def _time_element(value: datetime | date | None, say: Any) -> Markup | str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        machine, full = value.isoformat(timespec="seconds"), stamp_text(value)
    else:
        machine = full = value.isoformat()
        say = due_text if say is due_text else date_text
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, full, say(value))


def file_size(size: int) -> str:
    """Return a number of bytes as 512 B, 34 KB or 1.2 MB."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def initial(name: object) -> str:
    """Return the character an avatar shows: the first of a name."""
    return str(name).strip()[:1].upper() or "?"


def avatar_tone(name: object) -> str:
    """Return the tone of a person's avatar, always the same for the same name; red is kept for what is refused."""
    return AVATAR_TONES[sum(ord(character) for character in str(name)) % len(AVATAR_TONES)]


FILTERS = {
    "money": money_text,
    "amount": amount_text,
    "unit_price": unit_price_text,
    "quantity": quantity_text,
    "percent": percent_text,
    "hours": hours_text,
    "cny_upper": cny_upper,
    "date": date_text,
    "weekday": weekday,
    "stamp": stamp_text,
    "moment": moment_text,
    "when": when,
    "on_day": on_day,
    "due": due,
    "file_size": file_size,
    "initial": initial,
    "avatar_tone": avatar_tone,
}


def install(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update(FILTERS)
