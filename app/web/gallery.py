"""The gallery /_ui: every component with sample content, served in development and tests only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, flash
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.web import fragments, guard

CUSTOMERS = [SelectChoice(str(number), f"镇江宏达农机有限公司 {number:02}") for number in range(1, 61)]

CHANNELS = (("phone", "电话"), ("visit", "拜访"), ("letter", "来函"))
PAGES = {
    "home": "周文静，早上好",
    "list": "报价",
    "document": "BJ-2026-0117",
    "form": "登记询价",
    "login": "登录",
    "print": "报价明细",
    "error": "没有权限",
}


class SampleForm(Form):
    """One field of each kind, some with errors."""

    customer = SelectField(lazy("客户"), choices=[SelectChoice("", _("请选择")), *CUSTOMERS])
    contact = StringField(lazy("联系人"), [validators.InputRequired(lazy("请填写联系人"))])
    channel = RadioField(
        lazy("来源"), choices=[SelectChoice(key, label) for key, label in CHANNELS], default="phone"
    )
    deadline = DateField(lazy("答复期限"), [validators.Optional()])
    budget = StringField(lazy("预算"), [validators.Optional()])
    rate = SelectField(lazy("税率"), choices=[SelectChoice("13", "13%"), SelectChoice("9", "9%")])
    note = TextAreaField(lazy("说明"))
    urgent = BooleanField(lazy("客户今天要答复"))
    letter = FileField(lazy("客户来函"))


@dataclass
class SampleListing:
    """A list as the templates see one, with ten rows of sample quotations."""

    columns: tuple[Any, ...] = ()
    rows: list[dict[str, Any]] = field(default_factory=list)
    filters: tuple[Any, ...] = ()
    query: str = ""
    sort: tuple[str, bool] | None = ("created", True)
    page: int = 2
    pages: int = 9
    per_page: int = 30
    rows_keep: bool = False
    total: int = 257
    totals: dict[str, str] | None = None

    def cell(self, row: dict[str, Any], column: Any) -> SimpleNamespace:
        """Return one cell: text, href, tone, title."""
        return SimpleNamespace(**{"text": "", "href": "", "tone": "", "title": "", **row[column.key]})

    def url(self, **changes: Any) -> str:
        """Return the address of this list with some of its state changed."""
        return "/_ui?" + "&".join(f"{key}={value}" for key, value in changes.items())

    def export_url(self, kind: str) -> str:
        """Return the address of the export."""
        return f"/_ui?format={kind}"


def _column(
    key: str, label: str, kind: str = "text", sortable: bool = False, below: str = ""
) -> SimpleNamespace:
    return SimpleNamespace(key=key, label=label, kind=kind, sortable=sortable, align="", below=below)


def sample_listing() -> SampleListing:
    """Return the sample list."""
    states = (
        ("待经理审核", "warn"),
        ("已通过", "ok"),
        ("退回修改", "bad"),
        ("草稿", "neutral"),
        ("谈判中", "info"),
    )
    people = ("周文静", "陈志远", "王建国", "李工", "赵敏")
    firms = (
        "镇江宏达农机有限公司",
        "江苏沃野农业机械股份有限公司",
        "绿源合作社",
        "常州恒力液压件厂",
        "扬州润丰农场",
    )
    rows = [
        {
            "number": {"text": f"BJ-2026-{117 - index:04}", "href": "/_ui/document"},
            "customer": {"text": firms[index % 5]},
            "project": {"text": ("油泵总成", "液压缸", "")[index % 3]},
            "status": {"text": states[index % 5][0], "tone": states[index % 5][1]},
            "owner": {"text": people[index % 5]},
            "total": {"text": f"{38920 + index * 1713:,}.00"},
            "created": {"text": f"11月{22 - index}日", "title": f"2026-11-{22 - index} 09:41:05"},
        }
        for index in range(10)
    ]
    columns = (
        _column("number", "编号", "link", True),
        _column("customer", "客户", sortable=True),
        _column("project", "项目", below="customer"),
        _column("status", "状态", "status", True),
        _column("owner", "销售员", "person"),
        _column("total", "金额（元）", "money", True),
        _column("created", "登记日期", "date", True),
    )
    filters = (
        SimpleNamespace(
            key="status",
            label="状态",
            kind="choice",
            options=[(str(n), label) for n, (label, _t) in enumerate(states)],
            value="",
        ),
        SimpleNamespace(
            key="owner", label="销售员", kind="person", options=[(name, name) for name in people], value=""
        ),
        SimpleNamespace(key="created", label="登记日期", kind="date_range", options=[], value=None),
    )
    return SampleListing(columns, rows, filters, totals={"total": "466,235.00"})


def sample_stations(now: datetime) -> list[SimpleNamespace]:
    """Return a step line with all kinds of stations."""
    return [
        SimpleNamespace(label="询价登记", state="done", who="周文静", at=now - timedelta(days=5), note=""),
        SimpleNamespace(label="决定参与", state="done", who="王建国", at=now - timedelta(days=5), note=""),
        SimpleNamespace(label="技术、采购意见", state="done", who="", at=now - timedelta(days=3), note=""),
        SimpleNamespace(label="编制报价", state="done", who="周文静", at=now - timedelta(days=1), note=""),
        SimpleNamespace(label="经理审核", state="current", who="王建国", at=None, note=""),
        SimpleNamespace(label="打印盖章", state="next", who="", at=None, note=""),
        SimpleNamespace(label="商务谈判", state="next", who="", at=None, note=""),
    ]


def sample_steps() -> list[SimpleNamespace]:
    """Return steps of all kinds, one of them blocked."""
    return [
        SimpleNamespace(
            name="return", label="退回", kind="danger", reason=True, form=None, blocked=None, on_behalf_of=""
        ),
        SimpleNamespace(
            name="approve",
            label="审核通过",
            kind="primary",
            reason=False,
            form=None,
            blocked=None,
            on_behalf_of="",
        ),
        SimpleNamespace(
            name="issue",
            label="出具",
            kind="plain",
            reason=False,
            form=None,
            blocked="第 3 项缺采购答复",
            on_behalf_of="",
        ),
    ]


def sample_lines() -> list[tuple[Any, ...]]:
    """Return the lines of a document."""
    return [
        ("齿轮泵", "CBN-E316", Decimal(20), "台", Decimal("486.00"), Decimal("9720.00"), "10 天"),
        (
            "多路换向阀",
            "ZD-L15F-2OT",
            Decimal(12),
            "套",
            Decimal("1280.00"),
            Decimal("15360.00"),
            "15 天",
        ),
        (
            "液压油缸",
            "HSG-63/35×400",
            Decimal(16),
            "支",
            Decimal("865.00"),
            Decimal("13840.00"),
            "25 天",
        ),
    ]


def sample_document() -> dict[str, Any]:
    """Return what a document page is given."""
    now = clock.now()
    return {
        "heading": "BJ-2026-0117",
        "trail": [("报价", "/_ui/list"), ("镇江宏达农机有限公司", "/_ui")],
        "state": "待经理审核",
        "tone": "warn",
        "head_note": "第 2 版",
        "facts": ["周文静", "交货期 25 天", "有效期至 12月23日", "王经理须在 2 个工作日内答复"],
        "steps": sample_steps(),
        "action": "/_ui",
        "version": 3,
        "stations": sample_stations(now),
        "events": sample_events(),
        "files": [
            SimpleNamespace(
                name="宏达农机询价函.pdf",
                url="/_ui",
                size=284_113,
                by="周文静",
                at=now - timedelta(days=5),
                remove_url="",
            ),
            SimpleNamespace(
                name="HSG-63 图纸.png",
                url="/_ui",
                size=1_284_113,
                by="李工",
                at=now - timedelta(days=3),
                remove_url="/_ui",
            ),
        ],
        "file_upload": "/_ui",
        "comments": [
            SimpleNamespace(
                person="王建国", at=now - timedelta(hours=3), text="第 3 项请再与采购核对一次原材料价格。"
            )
        ],
        "comment_url": "/_ui",
        "document_lines": sample_lines(),
        "document_total": Decimal("38920.00"),
    }


def sample_events() -> list[SimpleNamespace]:
    """Return a record of events, newest first."""
    now = clock.now()

    def event(person: str, sentence: str, ago: timedelta, **more: Any) -> SimpleNamespace:
        facts = {"reason": "", "changes": [], "on_behalf_of": "", "tone": "info", **more}
        return SimpleNamespace(person=person, sentence=sentence, at=now - ago, **facts)

    return [
        event("周文静", "提交审核第 2 版", timedelta(minutes=20), changes=[("3 · 交货期", "20 天", "25 天")]),
        event(
            "王建国",
            "退回修改",
            timedelta(days=1),
            reason="第 3 项交货期请与采购核对，改为 25 天。",
            tone="bad",
        ),
        event(
            "赵敏", "答复第 3 项", timedelta(days=3), reason="45# 钢管 5,320 元/吨，交货期 20 天", tone="ok"
        ),
        event("李工", "确认第 1、2 项型号", timedelta(days=4), tone="ok"),
        event("陈志远", "决定参与报价", timedelta(days=5), on_behalf_of="王建国"),
    ]


def sample_context() -> dict[str, Any]:
    """Return what the gallery itself is given."""
    form = SampleForm(
        data={
            "contact": "",
            "budget": "1.2万",
            "rate": "13",
            "deadline": None,
            "note": "客户要求分两批交货。",
            "channel": "phone",
        }
    )
    form.contact.errors = [_("请填写联系人")]
    columns = [
        {"name": "name", "label": "产品", "required": True, "size": "l"},
        {"name": "model", "label": "型号", "size": "m"},
        {"name": "quantity", "label": "数量", "kind": "number", "required": True, "size": "xs"},
        {
            "name": "unit",
            "label": "单位",
            "kind": "select",
            "options": [("台", "台"), ("套", "套"), ("支", "支")],
            "size": "xs",
        },
        {"name": "price", "label": "单价（元）", "kind": "money", "size": "s"},
    ]
    rows = [
        {"id": 1, "name": "齿轮泵", "model": "CBN-E316", "quantity": "20", "unit": "台", "price": "486.00"},
        {
            "id": 2,
            "name": "多路换向阀",
            "model": "ZD-L15F-2OT",
            "quantity": "-12",
            "unit": "套",
            "price": "1,280.00",
        },
        {"name": "", "model": "", "quantity": "", "unit": "台", "price": ""},
    ]
    return {
        "form": form,
        "today": clock.today(),
        "moment": clock.now(),
        "line_columns": columns,
        "line_rows": rows,
        "line_errors": {"line-1-quantity": "数量要大于 0"},
    }


@guard.public
def show(page: str = "gallery") -> Response:
    """Show the gallery or one of its pages: home, list, document, form, login, print."""
    context = {**sample_context(), **sample_document(), "listing": sample_listing()}
    if page == "gallery":
        flash("报价 BJ-2026-0117 已提交，等王经理审核", "ok")
    if page != "document":
        context |= {
            "heading": PAGES.get(page, "组件一览"),
            "trail": [],
            "facts": [],
            "code": 403,
            "sentence": "您没有“审核报价”的权限，请联系王建国",
            "stations": sample_document()["stations"],
        }
    return fragments.page(f"_ui/gallery_{page}.html" if page != "gallery" else "_ui/gallery.html", **context)


def register(app: Flask) -> None:
    """Serve the gallery."""
    app.add_url_rule("/_ui", "ui_gallery", show, methods=["GET"])
    for name in PAGES:
        app.add_url_rule(f"/_ui/{name}", f"ui_gallery_{name}", show, methods=["GET"], defaults={"page": name})
