"""How the workbench greets: by full name, those who lead by surname and title, by the time of day."""

import re
from datetime import datetime

from app.core import clock, workdays
from app.core.i18n import CHINESE, current_locale
from app.core.i18n import gettext as _
from app.core.permissions import Actor, Role

COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离"
        "长孙宇文司徒鲜于司空闾丘子车亓官司寇令狐拓跋",
    )
)
# Names people are entered under that already are an address, like 刘总.
TITLES = ("总", "工", "经理", "主任", "师傅")


def surname(name: str) -> str:
    """Return the surname of a Chinese name; the whole of any other."""
    if len(name) < 2 or not "\u4e00" <= name[0] <= "\u9fff":
        return name
    return name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]


def addressed(actor: Actor) -> str:
    """Return how an actor is addressed: 周文静, 王经理, 刘总; in English by the full name."""
    roles = {grant.role for grant in actor.grants if grant.on_behalf_of is None}
    if actor.name.endswith(TITLES) or current_locale() != CHINESE:
        return actor.name
    if Role.LEADER in roles:
        return _("%(surname)s总", surname=surname(actor.name))
    if Role.MANAGER in roles:
        return _("%(surname)s经理", surname=surname(actor.name))
    return actor.name


def greeting(actor: Actor, moment: datetime) -> str:
    """Return the greeting of an actor at an aware moment."""
    name, hour = addressed(actor), clock.to_local(moment).hour
    if 5 <= hour < 11:
        return _("%(name)s，早上好", name=name)
    if 11 <= hour < 13:
        return _("%(name)s，中午好", name=name)
    if 13 <= hour < 18:
        return _("%(name)s，下午好", name=name)
    return _("%(name)s，晚上好", name=name)


def day_facts(moment: datetime) -> list[str]:
    """Return what there is to say of the day beside its date: a day off, or a Saturday worked."""
    day = clock.to_local(moment).date()
    if not workdays.is_working_day(day):
        return [_("今天休息")]
    return [_("今天上班")] if day.weekday() >= workdays.SATURDAY else []
