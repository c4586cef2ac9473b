"""Three more rules of the demo company: the salesperson's work, contracts and vouchers, training and suggestions."""

from datetime import timedelta

from app.core import clock
from app.demo.rules import (
    EVERYBODY,
    begin,
    consulted,
    department,
    fire,
    rewrite,
    sign_in_turn,
)
from app.demo.stage import Script, Stage
from app.demo.supervision import clause, record
from app.demo.supervision import fire as fire_check
from app.features.rules import actions, procedure
from app.features.rules.actions import VersionValues

WORKFLOW, CONTRACTS = "销售人员工作流程", "合同与单据管理办法"


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around these rules."""
    return [
        workflow(stage),
        contracts(stage),
        training(stage),
        customer_table(stage),
        voucher(stage),
    ]


def workflow(stage: Stage) -> Script:
    """The salesperson's work: for the sales department and the leader; its second edition asks for shorter talks."""
    at = stage.timetable.moment
    yield at(106, 9, 10)
    version = begin(
        stage,
        "sales_workflow",
        for_everybody=False,
        departments=(department("销售部"),),
        roles=("leader",),
    )
    fire(stage, version, "submit", "m1")
    yield at(105, 16, 10)
    fire(stage, version, "approve", "l1", effective_on=clock.today() + timedelta(days=3), material=True)
    yield from sign_in_turn(stage, version, 103, ("m1", "s1", "s2", "c1", "l1"))
    yield at(52, 10, 5)
    second = actions.start_version(version.rule, actor=stage.actor("m1"))
    rewrite(stage, second, "第八条", "成交客户每季度至少一次", "成交客户每两个月至少一次")
    head = VersionValues(
        second.title,
        second.category,
        second.department_id,
        "成交客户的回访改为每两个月至少一次",
        for_everybody=False,
        departments=(department("销售部"),),
        roles=("leader",),
    )
    actions.change_head(second, actor=stage.actor("m1"), changed_from=second.version, values=head)
    fire(stage, second, "submit", "m1")
    yield at(51, 15, 0)
    fire(stage, second, "approve", "l1", effective_on=clock.today() + timedelta(days=4), material=True)
    yield from sign_in_turn(stage, second, 50, ("m1", "s1", "c1"))


def contracts(stage: Stage) -> Script:
    """Contracts and vouchers: everybody who touches them has signed; once corrected."""
    at = stage.timetable.moment
    yield at(98, 9, 15)
    version = begin(
        stage,
        "contracts",
        for_everybody=False,
        departments=(department("销售部"), department("财务部"), department("仓库")),
        roles=("leader", "seal_keeper"),
    )
    fire(stage, version, "submit", "m1")
    yield at(97, 10, 40)
    fire(stage, version, "return", "l1", "货款账户一条写明由财务部提供")
    yield at(96, 13, 40)
    rewrite(stage, version, "第十八条", "货款只汇入公司对公账户。", "货款只汇入财务部提供的公司对公账户。")
    fire(stage, version, "submit", "m1")
    yield at(95, 16, 20)
    fire(stage, version, "approve", "l1", effective_on=clock.today() + timedelta(days=7), material=True)
    yield from sign_in_turn(stage, version, 93, ("m1", "s1", "s2", "c1", "k1", "w1", "f1", "l1"))
    yield at(63, 11, 10)
    second = actions.start_version(version.rule, actor=stage.actor("m1"))
    rewrite(stage, second, "第十四条", "五个工作日内收回签收凭证", "五个工作日内收回签收凭证原件")
    fire(stage, second, "submit", "m1")
    yield at(62, 9, 40)
    fire(stage, second, "approve", "l1", effective_on=clock.today(), material=False)


def training(stage: Stage) -> Script:
    """Training and suggestions touch the staff's own interests: consultation, two records, then the approval."""
    at = stage.timetable.moment
    yield at(80, 9, 20)
    version = begin(stage, "training")
    fire(stage, version, "consult", "m1", comments_until=stage.timetable.day(74))
    yield at(78, 13, 50)
    said = procedure.comment(
        version,
        actor=stage.actor("s2"),
        text="外出走访赶不上每周学习，希望可以看录像补课。",
        clause_id=next(each.clause_id for each in version.clauses if each.cited == "第五条"),
    )
    yield at(73, 10, 15)
    procedure.answer_comment(
        version,
        said.id,
        actor=stage.actor("m1"),
        answer="adopted",
        reason="第五条已写明可以自学材料并答题补课。",
    )
    fire(stage, version, "end_comments", "m1")
    consulted(stage, version, present=14, result="逐条讨论，一致同意。")
    yield at(72, 9, 10)
    fire(stage, version, "submit", "m1")
    yield at(71, 16, 40)
    fire(stage, version, "approve", "l1", effective_on=clock.today() + timedelta(days=7), material=True)
    yield from sign_in_turn(stage, version, 69, (*EVERYBODY[:7], "h1", "l1"))


def customer_table(stage: Stage) -> Script:
    """The table of customers was filled in from memory; after guidance it is right."""
    at = stage.timetable.moment
    yield at(26, 16, 30)
    check = record(
        stage,
        "m1",
        "s2",
        clause(WORKFLOW, "第十条"),
        "deviating",
        "周六例会抽查客户统计表，三家客户的采购时间与拜访日志对不上。",
    )
    yield at(25, 9, 20)
    fire_check(stage, check, "explain", "s2", explanation="是凭印象填的，没有回头核对日志。")
    yield at(24, 10, 10)
    fire_check(
        stage,
        check,
        "guide",
        "m1",
        agreed="填表时打开当次日志对照，没有问到的写“未了解”。",
        look_again_on=clock.today() + timedelta(days=7),
    )
    yield at(17, 16, 40)
    fire_check(stage, check, "close", "m1", conclusion="复看五家客户，均与日志一致。")


def voucher(stage: Stage) -> Script:
    """All vouchers of a month were brought back in time: that is recorded too."""
    yield stage.timetable.moment(16, 15, 30)
    record(
        stage,
        "m1",
        "s1",
        clause(CONTRACTS, "第十四条"),
        "conforming",
        "抽查上月六份合同，签收凭证均在到货后五个工作日内收回归档。",
    )
