"""The settings of suggestions: days, authority, who keeps names, and what is off at first."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core import settings
from app.core.i18n import LazyText, lazy
from app.features.suggestions.enums import MODULE, Stage

DAYS = {
    Stage.ACCEPT: "suggestions.accept_days",
    Stage.DEPARTMENT: "suggestions.department_days",
    Stage.COMPANY: "suggestions.company_days",
    Stage.ANSWER: "suggestions.department_days",
}
LIMIT = "suggestions.department_limit"
KEEPER = "suggestions.keeper"
UNNAMED = "suggestions.unnamed"
SCORING = "suggestions.scoring"
SHEET = "suggestions.sheet"
SECOND_REVIEWER = "suggestions.second_reviewer"
AWARDS = "suggestions.awards"
TIERS = "suggestions.tiers"
APPEAL = "suggestions.appeal"
EFFECT_CHECKS = "suggestions.effect_checks"
MOST_DAYS = 250
FULL_MARKS = 100

_SHEET_LINE = re.compile(r"(\S{1,20})\s+([1-9][0-9]?|100)")
_TIER_LINE = re.compile(r"([0-9]{1,3})\s+(\S{1,20})\s+([0-9]{1,7})")


@dataclass(frozen=True)
class Criterion:
    """A line of the score sheet: what is judged, and its most points."""

    name: str
    most: int


@dataclass(frozen=True)
class Tier:
    """An award tier: from how many points on, its name, its amount in yuan."""

    least: int
    name: str
    amount: Decimal


def read_sheet(text: str) -> list[Criterion]:
    """Read a score sheet, a line each such as 可行性 30; ValueError where it is none of 100 points."""
    found = [_SHEET_LINE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    lines = [Criterion(match[1], int(match[2])) for match in found if match is not None]
    distinct = len({line.name for line in lines}) == len(found)
    if not distinct or sum(line.most for line in lines) != FULL_MARKS:
        raise ValueError(text)
    return lines


def read_tiers(text: str) -> list[Tier]:
    """Read award tiers, a line each such as 90 一等奖 500, the highest first; ValueError where they are none."""
    found = [_TIER_LINE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    tiers = [Tier(int(match[1]), match[2], Decimal(match[3])) for match in found if match is not None]
    if not tiers or len({tier.least for tier in tiers}) != len(found):
        raise ValueError(text)
    return sorted(tiers, key=lambda tier: -tier.least)


def refuse_days(value: object) -> LazyText | None:
    """Refuse a number of working days that nobody can mean."""
    fits = isinstance(value, int) and 1 <= value <= MOST_DAYS
    return None if fits else lazy("请填写 1 到 %(most)s 之间的天数", most=MOST_DAYS)


def refuse_sheet(value: Any) -> LazyText | None:
    """Refuse a score sheet that cannot be read."""
    try:
        read_sheet(str(value))
    except ValueError:
        return lazy("请每行写一项和它的满分，例如“可行性 30”，各项不同名，合计 100 分")
    return None


def refuse_tiers(value: Any) -> LazyText | None:
    """Refuse award tiers that cannot be read."""
    try:
        read_tiers(str(value))
    except ValueError:
        return lazy("请每行写起点分、等级和金额，例如“90 一等奖 500”")
    return None


def _setting(key: str, kind: str, default: Any, label: LazyText, **options: Any) -> settings.Setting:
    return settings.Setting(key, kind, default, label, section="team", module=MODULE, **options)


settings.register(
    _setting(DAYS[Stage.ACCEPT], "number", 2, lazy("建议受理时限（工作日）"), check=refuse_days),
    _setting(DAYS[Stage.DEPARTMENT], "number", 5, lazy("建议部门评审时限（工作日）"), check=refuse_days),
    _setting(DAYS[Stage.COMPANY], "number", 15, lazy("建议公司评审时限（工作日）"), check=refuse_days),
    _setting(
        LIMIT,
        "amount",
        "5000",
        lazy("部门可以采纳的建议，投入不超过（元）"),
        hint=lazy("超过的须上报公司评审"),
    ),
    _setting(UNNAMED, "boolean", True, lazy("可以不署名提建议，凭回执码看答复")),
    _setting(
        KEEPER,
        "person",
        None,
        lazy("建议署名保管人"),
        hint=lazy("填了以后，可以提只有保管人知道姓名的建议"),
    ),
    _setting(SCORING, "boolean", False, lazy("建议按评分表打分")),
    _setting(
        SHEET,
        "long_text",
        "可行性 30\n效果 40\n创新 30",
        lazy("建议评分表"),
        hint=lazy("每行一项和满分，合计 100 分"),
        check=refuse_sheet,
    ),
    _setting(SECOND_REVIEWER, "boolean", False, lazy("建议须两人打分才能采纳")),
    _setting(AWARDS, "boolean", False, lazy("建议实施后按等级提出奖励")),
    _setting(
        TIERS,
        "long_text",
        "90 一等奖 500\n75 二等奖 200\n60 三等奖 100",
        lazy("建议奖励等级"),
        hint=lazy("每行写起点分、等级和金额（元）"),
        check=refuse_tiers,
    ),
    _setting(APPEAL, "boolean", False, lazy("对不采纳可以申诉一次")),
    _setting(EFFECT_CHECKS, "boolean", False, lazy("实施后 3 个月和 12 个月复查效果")),
)


def days_for(stage: Stage) -> int:
    """Return how many working days a stage may take."""
    return int(settings.get(DAYS[stage]))


def is_on(key: str) -> bool:
    """Tell whether something that is off at first was switched on."""
    return bool(settings.get(key))


def keeper_id() -> int | None:
    """Return who keeps the names of suggestions that are not signed for colleagues; None where nobody does."""
    person: int | None = settings.get(KEEPER)
    return person


def department_limit() -> Decimal:
    """Return up to what cost the department itself may adopt, in yuan."""
    return Decimal(str(settings.get(LIMIT)))


def sheet() -> list[Criterion]:
    """Return the lines of the score sheet."""
    return read_sheet(str(settings.get(SHEET)))


def tier_for(total: int | None) -> Tier | None:
    """Return the award tier of a total; None where awards are off or it reaches none."""
    if total is None or not is_on(AWARDS):
        return None
    return next((tier for tier in read_tiers(str(settings.get(TIERS))) if total >= tier.least), None)
