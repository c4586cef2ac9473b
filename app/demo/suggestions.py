"""Suggestions of the demo company: forty in all states, with votes and comments, an appeal, an unnamed one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.db import session
from app.demo.company import person
from app.demo.data_of_suggestions import IDEAS
from app.demo.idea import Idea
from app.demo.stage import Script, Stage
from app.demo.supervision import MECHANISM
from app.features.admin import actions as administration
from app.features.proposals import actions as proposals
from app.features.proposals.queries import clauses_on
from app.features.rules.models import Rule
from app.features.suggestions import actions, discussing, rewarding, rules_of, unnamed, upkeep
from app.features.suggestions.actions import SuggestionValues
from app.features.suggestions.enums import DISCUSSED
from app.features.suggestions.models import Suggestion

# Their head is the manager; what goes no further than its own department is answered by the leader for all others.
SALES = ("s1", "s2", "c1")
EARLY = ("submitted", "accepted", "returned", "redirected", "answered", "draft", "withdrawn")
REWARDED = "给油缸活塞杆做一套防锈包装"
SWITCHED_ON = ("scoring", "second_reviewer", "awards", "appeal", "effect_checks")
THEMES = (
    (100, "少跑一趟仓库", "领料、发样、退货，哪一步可以不用人跑？"),
    (45, "让客户少等一天", "从询价到报价、从合同到发货，哪里还能快？"),
    (4, "年底把账理清", "对账、开票、回款，哪些表可以少填一遍？"),
)
VOTERS = ("s1", "s2", "c1", "t1", "p1", "w1", "f1", "v1", "d1", "a1", "h1", "k1")
DRAFTED = "出差住宿先垫付太多，按城市给标准直接挂账"

COMMENTS = {
    "仓库门口放一台扫码枪": (("p1", "收货也能用，省得我再抄一遍。"), ("f1", "对账最需要这个。")),
    "出差住宿先垫付太多，按城市给标准直接挂账": (
        ("s2", "支持，上个月我垫了两千多。"),
        ("f1", "挂账要有对账单，每月五号前给我。"),
    ),
    "电话里把报价总价念错的，系统里标一下": (("t1", "大写能一眼看出来，建议标红。"),),
    "食堂晚饭延长到七点": (("h1", "我先问了承包商，人工每天加一百元。"),),
    "外协件到货先抽检两件": (("p1", "到货当天就要，能不能和外协厂说好？"),),
    "给客户的对账单每月五号自动发": (("f1", "先试十家，数对得上再放开。"),),
}


@dataclass(frozen=True)
class Act:
    """A step: who does it, so many working days after the one before, what it is given."""

    step: str
    who: str
    after: int = 1
    note: str = ""
    data: dict[str, Any] | None = None


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around suggestions."""
    ideas = [life(stage, idea, place) for place, idea in enumerate(IDEAS)]
    return [switching_on(stage), *themes(stage), *ideas, digests(stage), rewarded(stage), clause_draft(stage)]


def switching_on(stage: Stage) -> Script:
    """What is off at first is switched on, and personnel keeps the names."""
    yield stage.timetable.moment(stage.timetable.length - 5, 9, 10)
    typed: dict[str, Any] = {f"suggestions.{name}": True for name in SWITCHED_ON}
    typed["suggestions.keeper"] = str(person("h1").id)
    administration.change_settings(actor=stage.actor("admin"), typed=typed)


def themes(stage: Stage) -> list[Script]:
    """Personnel sets what is asked for."""

    def setting(back: int, title: str, hint: str) -> Script:
        yield stage.timetable.moment(back, 8, 50)
        actions.set_theme(actor=stage.actor("h1"), month=clock.today(), title=title, hint=hint)

    return [setting(*theme) for theme in THEMES]


def life(stage: Stage, idea: Idea, place: int) -> Script:
    """One suggestion, from the one sentence to where it stands today."""
    back = idea.back
    yield stage.timetable.moment(back, 9 + place % 7, (place * 7) % 60)
    ident = send(stage, idea)
    if idea.votes:
        yield stage.timetable.moment(back, 17, (place * 3) % 60)
        discuss(stage, ident, idea, place)
    for act in way(idea):
        back -= act.after
        yield stage.timetable.moment(back, 10 + place % 6, (place * 11) % 60)
        perform(stage, ident, act)


def send(stage: Stage, idea: Idea) -> int:
    """Write a suggestion as its author would."""
    own = idea.author in SALES or idea.ends in EARLY
    sales = None if own else person("m1").department_id
    values = SuggestionValues(idea.title, idea.situation, idea.method, idea.effect, sales)
    if idea.author == "":
        return unnamed.send_unnamed(values=values)[0].id
    if idea.author.startswith("keeper:"):
        return unnamed.send_to_keeper(actor=stage.actor(idea.author[7:]), values=values).id
    if idea.ends == "draft":
        return actions.draft(actor=stage.actor(idea.author), values=values).id
    return actions.send(actor=stage.actor(idea.author), values=values).id


def discuss(stage: Stage, ident: int, idea: Idea, place: int) -> None:
    """Colleagues support it and say something."""
    row = session.get_one(Suggestion, ident)
    if row.status not in DISCUSSED:
        return
    for turn in range(idea.votes):
        who = VOTERS[(place + turn * 5) % len(VOTERS)]
        if person(who).id != row.owner_id and who != idea.author:
            discussing.vote(row, actor=stage.actor(who))
    for who, text in COMMENTS.get(idea.title, ()):
        discussing.comment(row, actor=stage.actor(who), text=text)


def head(idea: Idea) -> str:
    """Return who answers for the department of the author."""
    if idea.author == "m1" or (idea.author not in SALES and idea.ends in EARLY):
        return "l1"
    return "m1"


def way(idea: Idea) -> Iterator[Act]:
    """Yield the steps that lead to where it stands."""
    who, ends = head(idea), idea.ends
    if ends in ("draft", "submitted"):
        return
    if ends == "withdrawn":
        yield Act("withdraw", idea.author, 1, "和上个月那条重复了")
        return
    if ends == "returned":
        yield Act("return", who, 1, "请写清楚谁来做、要花多少钱")
        return
    if ends in ("redirected", "answered"):
        yield Act("redirect", who, 1)
        if ends == "answered":
            yield Act("answer", who, 2, data={"answer": idea.answer})
        return
    if ends == "duplicate":
        yield Act("merge", who, 1, data={"number": f"JY-{idea.answer}"})
        return
    yield Act("accept", who, 1)
    if ends == "accepted":
        return
    cost = {"cost": idea.cost, "benefit_estimated": idea.benefit}
    yield Act("begin_review", who, 1, data=cost)
    if ends == "review":
        return
    yield from decided(idea, who)


def decided(idea: Idea, who: str) -> Iterator[Act]:
    """Yield the review, the decision and what follows."""
    ends = idea.ends
    if ends == "declined":
        yield Act("decline", who, 2, idea.answer)
        yield Act("confirm", idea.author, 1)
        return
    if ends == "appealed":
        yield Act("decline", who, 2, idea.answer)
        yield Act("appeal", idea.author, 1, data={"appeal": idea.appeal})
        yield Act("decline", "l1", 4, "看了申诉。费用不大，但现用系统年底要换，换好以后再做，免得做两遍。")
        return
    if ends == "parked":
        yield Act("park", who, 2, data={"condition": idea.answer, "until": 60})
        return
    if ends == "company_review":
        yield Act("escalate", who, 1)
        return
    for reviewer in ("m1", "l1"):
        yield Act("score", reviewer, 1, data={"points": points(idea)})
    if ends == "trial":
        yield Act("try", who, 1, data={"answer": idea.answer, "until": 20})
        return
    yield Act("adopt", who, 1, data={"answer": idea.answer})
    if ends != "adopted":
        yield from carried_out(idea, who)


def carried_out(idea: Idea, who: str) -> Iterator[Act]:
    """Yield the work and its end."""
    yield Act("implement", who, 1, data={"implementer": idea.doer, "due_on": 14, "plan": idea.plan})
    if idea.ends == "implementing":
        return
    yield Act("deliver", idea.doer, 6, data={"result": idea.result})
    if idea.ends == "verifying":
        return
    verified = {"verified_text": idea.verified, "benefit_verified": idea.benefit}
    yield Act("verify", who, 2, data=verified)


def points(idea: Idea) -> dict[str, int]:
    """Return points by the sheet, the same for the same suggestion."""
    base = len(idea.title) % 6
    return {"可行性": 22 + base, "效果": 28 + base, "创新": 18 + base}


def perform(stage: Stage, ident: int, act: Act) -> None:
    """Do a step as one of the people."""
    given = dict(act.data or {})
    for name in ("until", "due_on"):
        if name in given:
            given[name] = clock.today() + timedelta(days=given[name])
    if "implementer" in given:
        given["implementer_id"] = person(given.pop("implementer")).id
        lines = str(given["plan"]).split("；")
        days = (clock.today() + timedelta(days=4 * place) for place in range(1, len(lines) + 1))
        given["plan"] = "\n".join(f"{day:%Y-%m-%d} {line}" for day, line in zip(days, lines, strict=True))
    row = session.get_one(Suggestion, ident)
    if act.step == "deliver":
        for milestone in row.milestones:
            actions.finish_milestone(row, milestone.id, actor=stage.actor(act.who), version=None)
    if "number" in given:
        given["number"] = target_number(given["number"])
    author = act.who.removeprefix("keeper:")
    unnamed.fire(row, act.step, actor=stage.actor(author), version=None, note=act.note, data=given)


def target_number(named: str) -> str:
    """Return the number of the suggestion a title names."""
    title = named.removeprefix("JY-")
    row = session.query(Suggestion).filter(Suggestion.title == title).one()
    return str(row.number)


def digests(stage: Stage) -> Script:
    """Once a week the authors hear in one notice what was said."""
    for back in range(stage.timetable.length - 6, 0, -5):
        yield stage.timetable.moment(back, 17, 50)
        upkeep.digest_now()


def rewarded(stage: Stage) -> Script:
    """The first one that was carried out is rewarded by its tier, through a proposal."""
    yield stage.timetable.moment(80, 10, 20)
    row = session.query(Suggestion).filter(Suggestion.title == REWARDED).one()
    tier = rules_of.tier_for(row.total)
    made = rewarding.propose_reward(
        row,
        actor=stage.actor("m1"),
        version=None,
        clause_id=clauses_on(clock.today(), MECHANISM)[0].clause_id,
        measure="合理化建议奖，例会通报表扬。",
        amount=tier.amount if tier is not None else None,
    )
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("submit", "m1", {}),
        ("decide", "l1", {"decision": "agreed", "text": "省了返修，也省了客户的麻烦。"}),
        ("acknowledge", "s2", {}),
        ("serve", "h1", {}),
        ("execute", "f1", {"execution": "随本月工资单列发放，凭证已存档。"}),
        ("close", "h1", {}),
    )
    for place, (step, who, data) in enumerate(steps):
        yield stage.timetable.moment(79 - place, 11, 10)
        proposals.fire(made, step, actor=stage.actor(who), version=None, data=data)


def clause_draft(stage: Stage) -> Script:
    """One that was adopted becomes a draft of the rule it is about."""
    yield stage.timetable.moment(1, 17, 40)
    row = session.query(Suggestion).filter(Suggestion.title == DRAFTED).one()
    for place in (*clauses_on(clock.today(), "费用"), *clauses_on(clock.today())):
        if session.get_one(Rule, place.rule_id).working is None:
            actions.draft_clause(row, actor=stage.actor("m1"), clause_id=place.clause_id)
            return
