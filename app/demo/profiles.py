"""What the people of the demo tell of themselves, to whom, and what they thank each other for: all invented."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.lunar import CalendarKind, YearlyDay, yearly_days_on
from app.core.permissions import SYSTEM
from app.demo.company import person
from app.demo.people import SALES
from app.demo.stage import Script, Stage
from app.features.people.models import Department
from app.features.profiles import actions, cards, thanks
from app.features.profiles.actions import ProfileValues
from app.features.profiles.enums import Audience, Occasion, ProfileField

BACK = 40
# Whose birthday comes in some days, whenever the demo is loaded.
SOON, DAYS_TO_COME = "w1", 2


def lunar(month: int, day: int) -> YearlyDay:
    """Return a lunar birthday."""
    return YearlyDay(CalendarKind.LUNAR, month, day)


def solar(month: int, day: int) -> YearlyDay:
    """Return a solar birthday."""
    return YearlyDay(CalendarKind.SOLAR, month, day)


@dataclass(frozen=True)
class Told:
    """What one person gave, and to whom each field is shown; ``sales`` means the whole department of sales."""

    staff_number: str
    joined_on: date
    birthday: YearlyDay | None = None
    about: str = ""
    skills: str = ""
    hobbies: str = ""
    mobile: str = ""
    shown: tuple[tuple[ProfileField, str], ...] = ()


B, A, P = ProfileField.BIRTHDAY, ProfileField.ANNIVERSARY, ProfileField.ABOUT
S, H, M = ProfileField.SKILLS, ProfileField.HOBBIES, ProfileField.MOBILE
COMPANY, MANAGER, ME, OWN_SALES = "company", "manager", "me", "sales"

PEOPLE = (
    Told(
        "l1",
        date(2012, 3, 1),
        about="有事直接敲门，周三下午都在。",
        hobbies="书法、太极",
        shown=((P, COMPANY), (H, COMPANY)),
    ),
    Told(
        "m1",
        date(2014, 7, 15),
        solar(3, 22),
        "干销售二十年，还是喜欢跑客户。",
        "大客户谈判、招投标",
        "钓鱼、象棋",
        shown=((B, OWN_SALES), (P, COMPANY), (S, COMPANY), (H, OWN_SALES), (A, COMPANY)),
    ),
    Told(
        "s1",
        date(2019, 9, 2),
        lunar(8, 15),
        "液压阀的事可以问我，回得快。",
        "液压阀选型、英语、标书排版",
        "羽毛球、烘焙",
        "139-0000-2001",
        ((B, OWN_SALES), (P, COMPANY), (S, COMPANY), (H, OWN_SALES), (M, MANAGER), (A, COMPANY)),
    ),
    Told(
        "s2",
        date(2017, 4, 10),
        lunar(12, 30),
        "皖北路熟，出车可以搭我。",
        "驾驶 B2、农机展会布展",
        "篮球、自驾",
        "139-0000-2002",
        ((B, COMPANY), (S, COMPANY), (H, COMPANY), (M, OWN_SALES)),
    ),
    Told(
        "t1",
        date(2015, 11, 2),
        solar(2, 29),
        "选型前先把工况说清楚。",
        "泵阀选型、CAD 制图、故障诊断",
        "无线电",
        shown=((S, COMPANY), (B, MANAGER)),
    ),
    Told(
        "p1", date(2016, 5, 9), lunar(6, 1), "", "外协比价、铸件验收", "养花", shown=((S, COMPANY), (H, ME))
    ),
    Told(
        "c1",
        date(2018, 2, 26),
        lunar(1, 9),
        "报价单找我盖章前先看交货期。",
        "Excel 函数、合同归档",
        "烘焙、羽毛球",
        shown=((B, OWN_SALES), (P, OWN_SALES), (S, COMPANY), (H, OWN_SALES)),
    ),
    Told("k1", date(2013, 8, 19), solar(10, 1), "", "档案管理", "", shown=((S, COMPANY),)),
    Told(
        "w1",
        date(2011, 6, 7),
        None,
        "发货急单请下午三点前说。",
        "叉车、库存盘点",
        "象棋",
        shown=((B, COMPANY), (P, COMPANY), (S, COMPANY), (H, COMPANY), (A, COMPANY)),
    ),
    Told("f1", date(2016, 1, 4), solar(12, 24), "", "成本核算", "瑜伽"),
    Told(
        "v1",
        date(2020, 3, 16),
        solar(7, 8),
        "",
        "车辆保养、路线规划",
        "摄影",
        shown=((S, COMPANY), (H, COMPANY)),
    ),
    Told(
        "d1", date(2021, 10, 11), lunar(9, 9), "", "驾驶 A1、简单修理", "", shown=((S, COMPANY), (A, COMPANY))
    ),
    Told(
        "a1", date(2019, 12, 2), solar(11, 11), "", "资产盘点、Excel", "追剧", shown=((S, COMPANY), (B, ME))
    ),
    Told(
        "h1",
        date(2017, 9, 1),
        lunar(4, 12),
        "培训想听什么，随时告诉我。",
        "面试、培训组织",
        "合唱、徒步",
        shown=((B, COMPANY), (P, COMPANY), (S, COMPANY), (H, COMPANY)),
    ),
)
# Author, person, line, whether the whole department of sales may read it; days before today.
THANKS = (
    ("s2", "s1", "谢谢文静周末帮我核对界首的标书，页码错了三处，都是她看出来的。", True, 33),
    ("m1", "s1", "安徽那单客户改了三次型号，文静每次当天就改好，辛苦了。", True, 21),
    ("c1", "s2", "上周下雨志远绕路把样品送回仓库，没耽误发货。", True, 12),
    ("s1", "t1", "李工连着两个晚上帮我算流量，客户说从没见过这么细的选型表。", False, 9),
    ("t1", "c1", "谢谢孙姐把历年图纸归到一处，现在找得到了。", True, 4),
)


def telling(stage: Stage) -> Script:
    """Each fills in the own page on a day of their own and decides who sees what."""
    for place, told in enumerate(PEOPLE):
        yield stage.timetable.moment(BACK - place, 12, 10 + place)
        actor = stage.actor(told.staff_number)
        actions.set_joined(person(told.staff_number), told.joined_on, actor=SYSTEM)
        soon = yearly_days_on(coming_day(stage))[0]
        birthday = soon if told.staff_number == SOON else told.birthday
        actions.edit(
            ProfileValues(birthday, None, told.about, told.skills, told.hobbies, told.mobile),
            version=None,
            actor=actor,
        )
        for field, audience in told.shown:
            actions.consent(field, chosen_audience(audience), actor=actor)


def chosen_audience(audience: str) -> str:
    """Return an audience as it is chosen on the page."""
    if audience != OWN_SALES:
        return audience
    number = session.execute(select(Department.id).where(Department.name == SALES)).scalar_one()
    return f"{Audience.DEPARTMENT}:{number}"


def thanking(stage: Stage) -> Script:
    """Colleagues thank each other now and then."""
    for author, thanked, line, in_department, back in THANKS:
        yield stage.timetable.moment(back, 17, 20)
        someone = person(thanked)
        choices = [code for code, _label in thanks.audience_choices(someone)]
        chosen = choices[-1] if in_department else thanks.TO_PERSON
        if in_department and chosen_audience(OWN_SALES) in choices:
            chosen = chosen_audience(OWN_SALES)
        thanks.give(someone, line, chosen, actor=stage.actor(author))


def coming_day(stage: Stage) -> date:
    """Return the day of the birthday that comes soon."""
    return stage.timetable.today + timedelta(days=DAYS_TO_COME)


def celebrating(stage: Stage) -> Script:
    """Colleagues sign a card for the head of the warehouse, unless a long holiday lies between."""
    yield stage.timetable.moment(1, 9, 20)
    if (coming_day(stage) - clock.today()).days >= cards.DAYS_AHEAD:
        return
    keeper = person(SOON).id
    for author, line in (
        ("s2", "马哥生日快乐，每次急单都靠您！"),
        ("c1", "祝马主管身体健康，仓库年年不丢件。"),
    ):
        actor = stage.actor(author)
        cards.sign(cards.open_card(keeper, Occasion.BIRTHDAY, actor=actor), line, actor=actor)


def stories(stage: Stage) -> list[Script]:
    """Return what the profiles tell."""
    return [telling(stage), thanking(stage), celebrating(stage)]
