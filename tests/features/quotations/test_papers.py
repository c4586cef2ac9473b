"""The warehouse copy and the approval sheet: what they tell, what they keep back, who opens them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core.db import session
from app.core.uow import unit_of_work
from app.features.inquiries import actions as inquiry_actions
from app.features.people.models import User
from app.features.quotations import approval_sheet, issuing, warehouse_copy
from app.features.quotations.models import QuotationRevision
from tests import paper_tools, stories
from tests.client import Client

PRICE = "465.50"


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def sign_in(client: Client, desk: stories.Desk, name: str) -> Client:
    return client.as_(session.get_one(User, desk.people.ids[name]))


def text_of(folder: Path, paper: bytes) -> str:
    return paper_tools.text_of(paper_tools.saved(folder, paper))


def pages(folder: Path, paper: bytes) -> int:
    found = paper_tools.run("pdfinfo", paper_tools.saved(folder, paper))
    return int(next(line.split()[1] for line in found.splitlines() if line.startswith("Pages:")))


def sheet(desk: stories.Desk, revision: QuotationRevision, who: str) -> bytes:
    inquiry = revision.quotation.inquiry
    return approval_sheet.render(inquiry, desk.people.actor(who), "江苏测试液压有限公司")


# Warehouse copy


def test_warehouse_copy_has_the_lines_and_no_price(desk: stories.Desk, tmp_path: Path) -> None:
    revision = desk.quotation("issued", price=PRICE)
    text = text_of(tmp_path, warehouse_copy.render(revision))
    for word in ("仓库联", "液压件1", "HY-001-T", "需方仓库", revision.number, "不作报价凭证", "备货"):
        assert word in text, word
    for secret in (PRICE, "4,655", "含税", "单价", "¥", "税率", f"{revision.total:,.2f}"):
        assert secret not in text, secret


def test_warehouse_copy_is_drawn_from_the_frozen_snapshot(desk: stories.Desk) -> None:
    revision = desk.quotation("issued")
    before = warehouse_copy.render(revision)
    with unit_of_work():
        row = session.get_one(QuotationRevision, revision.id)
        row.lines[0].name = "改过的名称"
        row.lines[0].quantity = Decimal(99)
    assert warehouse_copy.render(session.get_one(QuotationRevision, revision.id)) == before


def test_who_opens_the_warehouse_copy_and_when(desk: stories.Desk, client: Client) -> None:
    revision = desk.quotation("issued")
    page = f"/quotations/{revision.quotation_id}/r/1"
    for name in ("salesperson", "manager", "leader", "back_office"):
        response = sign_in(client, desk, name).get(f"{page}/warehouse.pdf")
        assert (response.status_code, response.mimetype) == (200, "application/pdf"), name
        client.get(page)
        assert client.page.one("a", href=f"{page}/warehouse.pdf").text == "仓库联"
    for name, status in (("keeper", 403), ("outsider", 403), ("colleague", 404)):
        assert sign_in(client, desk, name).get(f"{page}/warehouse.pdf").status_code == status, name
    draft = desk.quotation("review")
    address = f"/quotations/{draft.quotation_id}/r/1"
    sign_in(client, desk, "manager").get(address)
    assert "仓库联" not in client.page.text
    assert client.get(f"{address}/warehouse.pdf").status_code == 403


# Approval sheet


def test_approval_sheet_tells_the_whole_way_on_one_page(desk: stories.Desk, tmp_path: Path) -> None:
    revision = desk.quotation("issued", price=PRICE)
    paper = sheet(desk, revision, "manager")
    assert pages(tmp_path, paper) == 1
    text = text_of(tmp_path, paper)
    inquiry = revision.quotation.inquiry
    for word in (
        "审批单",
        inquiry.number,
        "（工作时间）",
        "上报经理",
        "决定参与",
        "技术答复第 1 项",
        "380.50",
        "有效至",
        "李工",
        "赵采购",
        "审核通过",
        "马经理",
        revision.number,
        f"¥{revision.total:,.2f}",
        (revision.content_hash or "")[:8],
        "2 份",
        "电子件",
        "钱保管",
        "公司主管领导",
    ):
        assert word in text, word


def test_reader_of_lines_gets_a_sheet_of_those_lines_without_customer_price(
    desk: stories.Desk, tmp_path: Path
) -> None:
    revision = desk.quotation("issued", price=PRICE)
    technician = text_of(tmp_path, sheet(desk, revision, "technician"))
    assert "HY-001-T" in technician
    for secret in ("380.50", "液压件2", "含税合计", revision.number, "测试供应商", "采购答复第"):
        assert secret not in technician, secret
    buyer = text_of(tmp_path, sheet(desk, revision, "buyer"))
    assert "380.50" in buyer
    assert "含税合计" not in buyer


def test_long_inquiry_still_takes_one_page_and_says_what_is_left_out(
    desk: stories.Desk, tmp_path: Path
) -> None:
    revision = desk.quotation("issued", lines=60, price="10.00")
    people = desk.people
    for number in range(20):
        with unit_of_work():
            issuing.reprint(
                session.get_one(QuotationRevision, revision.id),
                actor=people.actor("back_office"),
                copy_number=1,
                reason=f"第 {number} 次：" + "客户财务、仓库、设备科各要一份存档" * 3,
            )
    paper = sheet(desk, revision, "leader")
    assert pages(tmp_path, paper) == 1
    text = text_of(tmp_path, paper)
    assert "项，见系统" in text
    assert "条记录，见系统" in text


def test_waiver_open_answer_and_rare_character_stand_on_the_sheet(desk: stories.Desk, tmp_path: Path) -> None:
    people = desk.people
    row = stories.decide(people, stories.report(people, stories.inquiry(people, desk.customer)), 2, 2)
    with unit_of_work():
        row.project = "𰻞𰻞面厂改造"
        inquiry_actions.waive(
            row,
            row.lines[0].id,
            actor=people.actor("manager"),
            version=row.version,
            subject="technical",
            reason="沿用旧型号",
        )
    text = text_of(tmp_path, approval_sheet.render(row, people.actor("salesperson"), "测试公司"))
    for word in ("免予答复：沿用旧型号", "待答复", "面厂改造"):
        assert word in text, word


def test_who_opens_the_sheet(desk: stories.Desk, client: Client) -> None:
    revision = desk.quotation("issued")
    inquiry = revision.quotation.inquiry
    address = f"/quotations/approval-sheet/{inquiry.id}.pdf"
    for name in ("salesperson", "manager", "leader", "back_office", "technician"):
        response: Any = sign_in(client, desk, name).get(address)
        assert (response.status_code, response.mimetype) == (200, "application/pdf"), name
        assert response.headers["Content-Disposition"].startswith("inline")
        client.get(f"/inquiries/{inquiry.id}")
        assert client.page.one("a", href=address).text == "审批单"
    for name in ("colleague", "outsider"):
        assert sign_in(client, desk, name).get(address).status_code == 404, name
