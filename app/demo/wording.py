"""What the people of the demo write: requests, questions, answers, reasons."""

from dataclasses import dataclass
from decimal import Decimal

from app.features.inquiries.enums import DeclineReason, InquiryChannel, LossCause, PriceSource, PurchaseKind


@dataclass(frozen=True)
class Special:
    """Something that is not in the price list: what the customer asks, what the departments answer.

    ``cost`` is what purchasing finds, in yuan per unit with tax; ``days`` the lead time.
    """

    name: str
    model: str
    spec: str
    unit: str
    quantity: int
    question: str
    answered_model: str
    parameters: str
    deviation: str
    kind: PurchaseKind
    material: str
    source: str
    cost: Decimal
    days: int


def special(*texts: str, quantity: int, kind: PurchaseKind, cost: str, days: int) -> Special:
    """Return a special part; the nine texts are those of Special in their order, quantity and cost apart."""
    name, model, spec, unit, question, answered_model, parameters, deviation, material, source = texts
    return Special(
        name,
        model,
        spec,
        unit,
        quantity,
        question,
        answered_model,
        parameters,
        deviation,
        kind,
        material,
        source,
        Decimal(cost),
        days,
    )


SPECIALS = (
    special(
        "非标提升油缸",
        "φ125/φ70×850",
        "两端耳环，镀铬杆，21 MPa",
        "支",
        "安装距 1180 mm 能否满足，耳环孔径是否可改 50 mm",
        "HSG125/70-850E",
        "安装距 1180 mm，耳环孔 φ50H9，试验压力 31.5 MPa",
        "无",
        "45# 珩磨管",
        "无锡钢联液压管业",
        quantity=6,
        kind=PurchaseKind.SUBCONTRACTING,
        cost="1860",
        days=25,
    ),
    special(
        "双作用折叠油缸",
        "φ80/φ50×620",
        "折叠割台用，带双向锁",
        "支",
        "双向锁装在缸上还是管路上",
        "HSG80/50-620-SO",
        "缸体集成双向锁，开启压力 4 MPa",
        "行程由 620 改为 625 mm",
        "45# 冷拔管",
        "盐城华正机加工",
        quantity=8,
        kind=PurchaseKind.SUBCONTRACTING,
        cost="865",
        days=20,
    ),
    special(
        "静液压变速泵总成",
        "HST-88",
        "水稻收割机行走驱动，带补油泵",
        "台",
        "与原机 88 泵安装法兰是否一致",
        "PVB-89H",
        "SAE B 两孔法兰，补油 12 mL/r，最高 35 MPa",
        "轴伸短 3 mm，配过渡套",
        "",
        "宁波力锐特液压",
        quantity=4,
        kind=PurchaseKind.BOUGHT_PART,
        cost="8120",
        days=30,
    ),
    special(
        "集成阀块",
        "按图 YK-0371",
        "6 联插装，含 DC24V 线圈",
        "套",
        "图纸公差能否保证，插装阀可否用国产",
        "YK-0371A",
        "6 联，额定 60 L/min，国产插装阀，线圈防护 IP65",
        "泄漏量 ≤ 0.3 mL/min",
        "2A12 铝",
        "昆山精德阀块",
        quantity=10,
        kind=PurchaseKind.SUBCONTRACTING,
        cost="1460",
        days=22,
    ),
    special(
        "打捆机液压密度控制阀",
        "MD-2",
        "方捆机密度调节，0–12 MPa",
        "只",
        "压力波动范围是多少",
        "MD-2B",
        "调压范围 1–12 MPa，波动 ±0.4 MPa",
        "无",
        "",
        "临沂安恒液压",
        quantity=12,
        kind=PurchaseKind.BOUGHT_PART,
        cost="286",
        days=15,
    ),
    special(
        "收割机拨禾轮马达",
        "BMR-250 加长轴",
        "轴伸加长 40 mm，反转",
        "台",
        "加长后径向载荷是否够",
        "BMR-250-L40",
        "轴伸 φ25×97，径向载荷 ≤ 1800 N",
        "无",
        "",
        "镇江力锐特",
        quantity=15,
        kind=PurchaseKind.BOUGHT_PART,
        cost="365",
        days=18,
    ),
    special(
        "闸门启闭油缸",
        "φ160/φ90×2400",
        "排灌站平面闸门，不锈钢杆",
        "支",
        "活塞杆材质、行程检测方式",
        "QHLY160/90-2400",
        "杆 2Cr13 镀铬，内置磁致伸缩位移传感器",
        "端盖改法兰连接",
        "27SiMn 管",
        "常州液压启闭机厂",
        quantity=2,
        kind=PurchaseKind.SUBCONTRACTING,
        cost="11800",
        days=45,
    ),
    special(
        "液压泵站",
        "11 kW 双泵",
        "压机用，含冷却、比例压力控制",
        "套",
        "比例阀控制精度和油温要求",
        "DY-11-160P",
        "比例溢流 0–20 MPa，风冷，油温 ≤ 60 ℃",
        "油箱 160 L 代 150 L",
        "",
        "本公司装配，比例阀由上海德固供",
        quantity=1,
        kind=PurchaseKind.BOUGHT_PART,
        cost="15600",
        days=28,
    ),
    special(
        "四轮驱动转向油缸",
        "双杆 φ70/φ38×280",
        "前桥配套，球头连接",
        "支",
        "球头规格与转角",
        "ZXG70/38-280Q",
        "M24×1.5 球头，最大转角 42°",
        "无",
        "40Cr 杆",
        "诸城金桥机械",
        quantity=40,
        kind=PurchaseKind.SUBCONTRACTING,
        cost="395",
        days=20,
    ),
    special(
        "耐高温胶管总成",
        "R12-19×3500",
        "烘干塔热风区，120 ℃",
        "根",
        "长期工作温度上限",
        "EN856-R12-19-3500",
        "长期 121 ℃，瞬时 135 ℃，护套阻燃",
        "无",
        "",
        "青岛北川橡塑",
        quantity=24,
        kind=PurchaseKind.BOUGHT_PART,
        cost="268",
        days=12,
    ),
)

# Who supplies the products, by the first two letters of their codes.
SUPPLIERS = {
    **dict.fromkeys(("CB", "YB", "ZB", "YM"), "宁波力锐特液压"),
    **dict.fromkeys(("HF", "YX", "DC"), "上海德固液压件"),
    **dict.fromkeys(("MF", "LX"), "廊坊耐嘉密封件"),
    **dict.fromkeys(("LH", "TL", "SG", "GD", "BJ"), "潍坊穗丰农机配件"),
    "JG": "青岛北川橡塑",
    "YG": "无锡钢联液压管业",
    "YY": "南京德固润滑油",
    "ZX": "临沂安恒液压",
}
QUESTIONS = ("近期成本是否有变化", "有无现货", "能否缩短交货期", "同型号替代件价格")
CHANNEL_WORDS = {
    InquiryChannel.PHONE: "{contact}来电",
    InquiryChannel.WECHAT: "{contact}微信发来清单",
    InquiryChannel.EMAIL: "{contact}发来邮件，附清单",
    InquiryChannel.VISIT: "上门拜访{contact}",
    InquiryChannel.LETTER: "{contact}来函",
    InquiryChannel.PLATFORM: "招标平台公告，联系人{contact}",
}
PURPOSES = ("库存补货", "新机配套试装", "售后更换", "年度检修", "新上生产线配套", "替换原进口件")
# What the season adds, by month.
SEASONS = {
    **dict.fromkeys((3, 4), "春耕备件"),
    **dict.fromkeys((5, 6), "夏收抢修备件"),
    **dict.fromkeys((8, 9, 10), "秋收检修备件"),
    **dict.fromkeys((11, 12, 1, 2), "冬季整机大修"),
}
PROJECTS = ("粮食烘干改造", "农机检修基地", "泵站更新改造", "高标准农田二期", "打捆机新品试制", "设备大修")
DECLINES = (
    (DeclineReason.SCOPE, "要的是整机发动机，不在我们经营范围，已告诉客户"),
    (DeclineReason.CAPACITY, "要求三天内到货 400 支，现有产能和库存都来不及"),
    (DeclineReason.PRICE, "对方给的目标价低于我们的进价，没有谈的余地"),
    (DeclineReason.CREDIT, "前两批货款还差 8.6 万未付，先清账再谈"),
    (DeclineReason.TERMS, "要求垫资并扣 20% 质保金三年，条件不可接受"),
    (DeclineReason.OTHER, "只是比价凑三家，客户已经内定供应商"),
)
RETURNED_INQUIRY = "数量和安装尺寸没有写清，请与客户核对后再报"
RETURNED_QUOTATION = (
    "交货期与采购答复不一致，请核对",
    "第一项价格偏高，参照上次成交价再压一点",
    "请补充技术偏离说明",
    "付款方式请改回公司标准条款",
)
RETURNED_BY_LEADER = (
    "金额较大，质保条款写细一些，再报",
    "交货期太紧，和采购再落实一次",
)
REJECTED = "客户已改用别家方案，这份不再报出"
WAIVED = "客户现场已确认沿用原型号，不再需要答复"
WITHDRAWN = ("客户推迟采购，项目暂停", "采购未能落实货源，放弃这一单", "毛利不足，放弃")
CANCELLED = (
    "客户资金未到位，取消采购",
    "客户自己修好了，不需要了",
    "招标流标，客户通知取消",
    "客户并单采购，取消本次询价",
)
REOPENED = "客户改了付款条件，重新参与"
LOSSES = (
    (LossCause.PRICE, "价格高出约 6%", "临沂某液压件厂", "0.94"),
    (LossCause.LEAD_TIME, "交货期比对方长十天", "潍坊某农机配件公司", "0.99"),
    (LossCause.BRAND, "客户指定原厂品牌", "原厂服务站", "1.12"),
    (LossCause.ACCESS, "客户改为年度集中采购，未入围", "", ""),
    (LossCause.SERVICE, "售后响应距离较远，客户选了本地供应商", "本地供应商", "0.97"),
    (LossCause.TERMS, "对方接受货到 90 天付款", "济宁某机械公司", "1.01"),
)
PRICE_SOURCES = (
    (PriceSource.CUSTOMER, ""),
    (PriceSource.OPENING, ""),
    (PriceSource.OTHER, "客户网站公布的中标结果"),
)
REVISED = (
    "客户还价，数量增加后让利",
    "客户要求延长有效期",
    "客户更改型号，按新型号重报",
    "客户要求分两批交货",
)
REPRINTED = ("客户财务要一份归档", "客户把原件弄丢，要求补一份")
DELIVERED = (
    "微信发给{contact}，已确认收到",
    "快递寄出，已签收",
    "上门递交{contact}",
    "邮件发送，已读回执",
    "平台上传",
)
ACCEPTED = "客户确认按此报价执行"
LATE = "客户付款流程延误，价格未变，同意按原报价执行"
FLOOR_REASON = "年度框架客户，年用量大，参照协议价"
OTHER_PAYMENT = "验收合格后 15 日内付 95%，余 5% 质保金满一年后 7 日内付清"

CHECKED = "已对照招标文件核对"
