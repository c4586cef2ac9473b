"""The library of cases of the demo: what colleagues learnt in half a year, told by themselves."""

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import session
from app.core.documents import Key
from app.demo.stage import Script, Stage
from app.features.cases import actions
from app.features.cases.actions import CaseValues
from app.features.cases.enums import MarkKind, Outcome
from app.features.cases.enums import Stage as At
from app.features.customers.models import Customer
from app.features.products.models import Product

# Whose cases the head of the sales department checks; those of others go to the leader.
SALESPEOPLE = ("s1", "s2")


@dataclass(frozen=True)
class Told:
    """A case as it is told: who wrote it how many working days ago, what it is tied to, how far it got."""

    back: int
    author: str
    title: str
    outcome: Outcome
    stage: At
    tags: str
    situation: str
    done: str
    result: str
    lesson: str
    figures: str = ""
    customer: str = ""
    products: tuple[str, ...] = ()
    anonymous: bool = False
    ends: str = "publish"
    useful: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    training: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()


CASES = (
    Told(
        104,
        "s1",
        "同排量换型，抢收前两天把泵送到田头",
        Outcome.WORKED,
        At.DELIVERY,
        "齿轮泵 换型 交货期 抢收",
        "6 月麦收，禾垦农机要 12 台 CBT-F532 齿轮泵，厂里排产要 30 天，客户的收割机停在地里等。",
        "当天上午请李工比对参数：CBT-F540 同为花键轴、同压力，排量大 8 mL/r，转速降到 1600 r/min 即可顶用。"
        "中午把转速和管径的改动写成一页纸发给客户的机修，下午电话讲了一遍；赵敏从常州调了 12 台现货。",
        "第 9 天送到田头，客户自己装了 4 台，我们的技术员装了 8 台，全部一次试车成功。客户当年又下了两单。",
        "缺货先问“有没有参数接得上的”，再问“什么时候到货”。换型必须写清改什么、不改什么，由技术部签字，不能口头答应。",
        "12 台，原交期 30 天，实际 9 天；差价 2,160 元由客户承担。",
        "禾垦农机",
        ("CB-008", "CB-009"),
        useful=("s2", "m1", "t1", "c1"),
        thanks=("s2",),
        training=("m1",),
        comments=(
            ("t1", "转速降低后流量要重新算，别忘了看马达最低转速。"),
            ("s2", "我把那一页纸做成了模板，放在报价附件里用。"),
        ),
    ),
    Told(
        97,
        "s2",
        "单价少写一位小数，险些按 48 元卖出 480 元的阀",
        Outcome.FAILED,
        At.QUOTATION,
        "报价差错 复核 换向阀",
        "给沂垦液压报 4WE6E 电磁换向阀 40 只，从旧表里复制单价时少了一位，报价单上成了 48.00 元。",
        "客户当天下午就回复“按此价下单”。我没有先去谈价，而是马上告诉王经理，带着采购成本当面向客户说明是笔误，"
        "并在当天书面作废原报价、出具修订版。",
        "客户同意按 465 元成交，但要求我们承担运费。公司少赚 1,400 元，我被记了一次差错。",
        "单价偏离价目表超过 30% 的，系统会标红，不能看见了还继续点。数字从表里来，不从旧单里抄。出了错先报告，再解释。",
        "40 只，差额原本 17,280 元，最后损失 1,400 元。",
        "沂垦液压",
        ("HF-009",),
        useful=("s1", "c1", "m1", "h1"),
        thanks=("c1",),
        training=("h1", "m1"),
        comments=(("c1", "内勤录入时也请先看标红，再打印。"),),
    ),
    Told(
        90,
        "s1",
        "农垦集采没有中标：分项价写得太整齐",
        Outcome.FAILED,
        At.TENDER,
        "招标 评分办法 分项报价",
        "海麓粮油集团集中采购液压件，三个包、综合评分，价格分 40。我们三个包总价都是第二低，一个也没中。",
        "开标后请对方采购中心讲评：我们的售后服务方案只有半页，没有写备件库和到场时间；分项价全是整数，被评委问“怎么算出来的”。",
        "售后一项我们得 9 分，中标的两家 17 和 18 分。总分差 5.2 分。",
        "先读评分办法再写标书：哪一项分多，就把哪一项写厚。分项价要能讲出来历。售后方案从现在起用部门的标准稿，按客户改地名和时间。",
        "三个包合计 86.4 万元；价格分差 1.1 分，服务分差 8 分。",
        "海麓粮油",
        ("YM-009", "HF-008"),
        useful=("s2", "m1"),
        training=("m1",),
    ),
    Told(
        83,
        "m1",
        "付款方式谈不拢，用分批交货换来三成预付",
        Outcome.WORKED,
        At.NEGOTIATION,
        "商务谈判 付款 分批交货",
        "垦沃工程要 60 只多路换向阀，坚持货到 60 天付款，超出公司的付款条件，刘总不同意。",
        "谈判前周文静查到对方每月只装 20 台车。第二轮我们提出按月交 20 只、每批款清后发下一批，预付 30%，单价不变。"
        "对方财务算过以后，资金占用反而少了。",
        "当场签字，三批货都按时付清。全程没有降一分钱。",
        "谈付款之前先弄清对方什么时候真正要用货。我们怕收不到款，他们怕压资金，分批是两家都要的东西。",
        "60 只，合同额 21.6 万元，预付 6.48 万元，逾期 0 天。",
        "垦沃工程",
        ("HF-006",),
        useful=("s1", "s2", "f1"),
        thanks=("s1",),
        comments=(("f1", "三批的付款日期我都核过，确实没有逾期。"),),
    ),
    Told(
        76,
        "t1",
        "马达反复漏油，问题在回油背压",
        Outcome.WORKED,
        At.SERVICE,
        "摆线马达 漏油 背压 现场",
        "穗禾打包的打捆机装 BMR-200 马达，三个月里漏油换了 5 台，客户要求退货。",
        "到现场在回油口接压力表，怠速 0.4 MPa，工作时到 2.1 MPa，远超轴封允许的 0.7 MPa。原因是回油滤芯从来没换过，"
        "加上回油管细了一号。换滤芯、加大管径、加接泄油管。",
        "之后 60 个工作日没有再漏。客户撤回退货要求，另订 8 台 BMS-250。",
        "马达漏油先量背压，再谈质量。客服出门必须带压力表。选型时把允许背压写进技术答复，客户才知道管路不能省。",
        "现场 3 小时；换下的 5 台马达检测后 4 台完好。",
        "穗禾打包",
        ("YM-006", "YM-010"),
        useful=("s1", "s2", "w1"),
        thanks=("s1", "m1"),
        training=("h1",),
        comments=(("w1", "仓库现在有两只压力表可以借，登记就行。"),),
    ),
    Told(
        69,
        "s2",
        "老客户突然比价：丢了一单，留住了一年",
        Outcome.PARTLY,
        At.INQUIRY,
        "比价 老客户 价格",
        "一家合作六年的客户把询价同时发给四家，我们报价比最低的高 11%，按惯例会直接降价去跟。",
        "先打电话问为什么比价，得知他们换了总经理，要看供应商的底。我没有降价，送去一份去年的供货记录：交货准时率、"
        "退换次数、应急调货四次，另报一个年度框架价。",
        "这一单给了别家，但三周后签了年度框架，价格比单笔低 4%。",
        "老客户比价多半不是为价格。先问清谁在看、看什么，再决定让不让。供货记录是最便宜的让步。",
        "丢单 3.1 万元，框架合同预计全年 28 万元。",
        "禾沃农机",
        anonymous=True,
        useful=("s1", "m1", "l1"),
        training=("m1",),
    ),
    Told(
        60,
        "p1",
        "两家供应商同时缺货，靠一张比价表找到第三家",
        Outcome.WORKED,
        At.DELIVERY,
        "采购 缺货 供应商 柱塞泵",
        "A10VSO45 柱塞泵的两家供应商 9 月同时停供，手上有三份已签合同共 7 台。",
        "从行情与交期里翻出一年前问过、价格高 6% 的一家，当天付定金锁 7 台，同时请李工确认接口尺寸；"
        "三位销售各自当天通知客户交期不变。",
        "7 台按原交期交齐，毛利少 2.3 个百分点，没有一家客户要求赔偿。",
        "没有成交的供应商报价也要留在系统里。缺货时第一个电话打给“价格高一点但有货”的，不要先打给最便宜的。",
        "多付 8,900 元；三份合同的违约金上限合计 46,000 元。",
        products=("ZB-002",),
        useful=("s1", "s2", "m1"),
        thanks=("s1", "s2"),
    ),
    Told(
        52,
        "s1",
        "没问电压，48 只电磁阀全部退回",
        Outcome.FAILED,
        At.INQUIRY,
        "询价 规格 电磁阀 退货",
        "江稔机电来电要 48 只 4WE6J 电磁阀，我按常用的 DC24V 报价发货，客户车上是 DC12V。",
        "发现后当天安排退回、补发，并把电磁阀必问的五项做成一张卡片：电压、通径、机能、接线、应急手动。",
        "货期拖了 11 天，往返运费 620 元公司承担，客户没有取消订单，但下一单给了别家。",
        "电话里听到“跟上次一样”，一定翻出上次的单子核对。五项没问全的，不要报价。",
        "48 只，往返 11 天。",
        "江稔机电",
        ("HF-010",),
        useful=("s2", "t1", "c1"),
        training=("t1",),
        comments=(("t1", "卡片已经放进技术答复的模板。"),),
    ),
    Told(
        43,
        "s2",
        "乡道塌方，借客户的三轮把货送过去",
        Outcome.WORKED,
        At.DELIVERY,
        "交货 应急 油缸",
        "给沃野麓合作社送 16 支提升油缸，雨后乡道塌方，货车到不了，第二天合作社要整地。",
        "在路口打电话请合作社开三轮来接，分四趟驳运；每支油缸的接头用干净布包好，现场清点签收，拍照发回。",
        "晚上 9 点全部到库，第二天整地没有耽误。",
        "出车前先问最后两公里的路。油缸驳运先保接头，再保外观。签收单随车带两份。",
        "16 支，驳运 2.5 小时。",
        "沃野麓合作社",
        ("YG-003",),
        useful=("s1", "v1", "w1"),
        thanks=("m1",),
    ),
    Told(
        33,
        "m1",
        "排灌站招标中标：多写了一页“停水怎么办”",
        Outcome.WORKED,
        At.TENDER,
        "招标 中标 排灌 服务方案",
        "荆畴排灌招标更换启闭机液压站，五家投标，我们的价格排第三。",
        "踏勘时陈志远听站长说最怕汛期停机。标书里加了一页《汛期停机应急》："
        "备用泵站存在站里、2 小时到场、值班电话写到人。"
        "演示时先讲这一页，再讲产品。",
        "综合分第一，高第二名 3.4 分。站长后来说，只有我们一家写了停水怎么办。",
        "标书写给最怕出事的那个人看。踏勘听到的一句话，比参数表多一倍分。",
        "中标价 31.8 万元，比最低价高 4.6%。",
        "荆畴排灌",
        ("ZB-003", "HF-013"),
        useful=("s1", "s2", "l1", "t1"),
        training=("h1", "l1"),
        comments=(("l1", "这一页以后每份标书都要有。"),),
    ),
    Told(
        16,
        "s1",
        "压力表量程选大了，客户以为泵没有压力",
        Outcome.PARTLY,
        At.SERVICE,
        "仪表 压力表 选型",
        "常熟一家客户反映新泵“压力起不来”，要求换泵。现场装的是 0–60 MPa 的表，系统只有 6 MPa，指针几乎不动。",
        "带一只 0–10 MPa 的耐震表去，换上后读数 6.2 MPa，一切正常。顺便教机修按工作压力的 1.5 到 2 倍选量程。",
        "泵没有换，客户道了歉；但我们配套发货时本该一起核对仪表，来回花了一天。",
        "配套供货要把泵、阀、表放在一起看。表的量程按工作压力的 1.5 到 2 倍。",
        "现场半天，换表 85 元。",
        "虞麓农机",
        ("CB-006",),
        ends="submit",
    ),
    Told(
        9,
        "s2",
        "客户说“再便宜五个点”，我问了三个问题",
        Outcome.WORKED,
        At.NEGOTIATION,
        "谈判 让价",
        "颍稔装备采购经理每次都要再降五个点，这次 20 套转向器也一样。",
        "没有还价，问了三个问题：跟谁比、比的是不是同一型号、什么时候定。",
        "对方拿出的是开芯有反应的型号，不是同一种。最后按原价成交。",
        "让价之前先把比较的东西弄成一样的。",
        customer="颍稔装备",
        products=("ZX-003",),
        ends="send_back",
    ),
)


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around cases."""
    return [told(stage, case) for case in CASES]


def told(stage: Stage, case: Told) -> Script:
    """A case is written, handed in, checked, and spoken of."""
    table = stage.timetable
    yield table.moment(case.back, 16, 50)
    author = stage.actor(case.author)
    row = actions.draft(actor=author, values=values_of(case), links=links_of(case))
    yield table.moment(case.back - 1, 9, 20)
    actions.fire(row, "submit", actor=author, version=None)
    if case.ends == "submit":
        return
    yield table.moment(case.back - 2, 10, 40)
    checker = stage.actor("m1" if case.author in SALESPEOPLE else "l1")
    note = "“问了三个问题”写得好，请补上成交的价格和数量" if case.ends == "send_back" else ""
    actions.fire(row, case.ends, actor=checker, version=None, note=note)
    for place, (kind, numbers) in enumerate(
        ((MarkKind.USEFUL, case.useful), (MarkKind.THANKS, case.thanks), (MarkKind.TRAINING, case.training))
    ):
        for number in numbers:
            yield table.moment(case.back - 4 - place, 12, 30)
            actions.mark(row, actor=stage.actor(number), kind=kind)
    for number, text in case.comments:
        yield table.moment(case.back - 7, 17, 5)
        actions.comment(row, actor=stage.actor(number), text=text)


def values_of(case: Told) -> CaseValues:
    """Return what a case says."""
    return CaseValues(
        title=case.title,
        outcome=case.outcome,
        stage=case.stage,
        situation=case.situation,
        done=case.done,
        result=case.result,
        lesson=case.lesson,
        figures=case.figures,
        tags=case.tags,
        anonymous=case.anonymous,
    )


def links_of(case: Told) -> list[Key]:
    """Return the customer and the products a case is tied to."""
    customers = session.execute(select(Customer.id).where(Customer.short_name == case.customer)).scalars()
    products = session.execute(
        select(Product.id).where(Product.code.in_(case.products)).order_by(Product.code)
    ).scalars()
    return [*(("customer", number) for number in customers), *(("product", number) for number in products)]
