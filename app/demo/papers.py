"""Papers that come from outside the system in the demo: letters of customers, a bid; drawn as plain PDF files."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from app.core import clock
from app.core.files import CheckedFile, check_upload


def paper(file_name: str, title: str, company: str, paragraphs: Sequence[str]) -> CheckedFile:
    """Return a letter of a customer as an upload that passed the checks."""
    from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style  # slow import

    heading, body = Style("bold", 17, 26), Style("regular", 11, 19)
    moment = clock.to_local(clock.now())
    document = Document(
        DocumentFacts(title=title, author=company, subject=title, created=moment),
        Margins(24 * MM, 26 * MM, 24 * MM, 24 * MM),
    )
    document.page.text_centred(document.width / 2, document.y + 20, title, heading)
    document.y += 52
    for paragraph in paragraphs:
        for line in body.lines(paragraph, document.body_width):
            document.need(body.leading)
            document.page.text(document.left, document.y + body.size, line, body)
            document.y += body.leading
        document.y += 6
    document.need(4 * body.leading)
    document.y += 2 * body.leading
    for line in (company, f"{moment.year}年{moment.month}月{moment.day}日"):
        document.page.text_right(document.right, document.y, line, body)
        document.y += body.leading
    return check_upload(file_name, io.BytesIO(document.to_bytes()))


def request(company: str, lines: Sequence[str]) -> CheckedFile:
    """Return a customer's letter of inquiry."""
    opening = (
        "江苏沃垦液压农机配件有限公司：我单位拟采购下列配件，请贵公司报价，并注明交货期、付款方式和质保期。"
    )
    numbered = [f"{place}. {line}" for place, line in enumerate(lines, 1)]
    return paper("询价函.pdf", "询价函", company, [opening, *numbered, "以上价格请含税、含运费。"])


def acceptance(company: str, number: str, total: str) -> CheckedFile:
    """Return a customer's written acceptance of a quotation."""
    text = f"贵公司报价单 {number}（含税合计 {total} 元）我单位已收悉，同意按该报价单所列价格、交货期和付款方式执行。"
    return paper(f"{number}-客户确认.pdf", "报价确认函", company, [text, "请按此安排备货，合同另行签订。"])


def proof(company: str, item: str) -> CheckedFile:
    """Return the paper put beside an item of a tender's checklist."""
    return paper("投标清单附件.pdf", "投标清单附件", company, [f"{item}。", "原件存投标文件袋。"])


def correction(company: str, project: str) -> CheckedFile:
    """Return the notice by which a tender is put off."""
    text = f"{project}：因潜在投标人较少，投标文件递交截止时间和开标时间顺延，开标地点不变，其余内容不变。"
    return paper("更正公告.pdf", "更正公告（第 1 号）", company, [text, "特此公告。"])


PROMISES = (
    "一、我方已详细审阅招标文件，包括更正公告，愿按其中的全部要求投标。",
    "二、所供产品为全新合格产品，质保期内因质量问题造成的损坏，我方负责免费更换。",
    "三、接到故障通知后 24 小时内答复，需要到场的，省内 48 小时内到达。",
    "四、我方与招标人及其他投标人之间没有影响公平竞争的关系。",
)
DEVIATIONS = ("商务条款：无偏离。", "技术条款：无偏离；型号、规格见分项报价表。")


def bid(content: Mapping[str, Any]) -> CheckedFile:
    """Return a bid of five pages, with the tables of the quotation's content in it, as people put it together."""
    from app.core.pdf import blocks  # slow import
    from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style  # slow import
    from app.features.quotations.bid import tables  # slow import

    company, moment = content["company"]["name"], clock.to_local(clock.now())
    document = Document(
        DocumentFacts(title="投标文件", author=company, subject=content["project"], created=moment),
        Margins(20 * MM, 22 * MM, 20 * MM, 22 * MM),
    )
    heading, body = Style("bold", 26, 40), Style("regular", 11, 20)
    cover = ("投标文件", "", content["project"], "", f"投标人：{company}", f"{moment.year}年{moment.month}月")
    document.y += 60 * MM
    for place, line in enumerate(cover):
        style = heading if place == 0 else Style("regular", 15, 30)
        document.page.text_centred(document.width / 2, document.y, line, style)
        document.y += style.leading
    pages = (("投标函", PROMISES), (tables.OPENING, ()), (tables.ITEMISED, ()), ("偏离表", DEVIATIONS))
    for name, paragraphs in pages:
        document.new_page()
        blocks.title(document, tables.TITLES.get(name, name))
        for paragraph in paragraphs:
            for line in body.lines(paragraph, document.body_width):
                document.page.text(document.left, document.y + body.size, line, body)
                document.y += body.leading
        if name == tables.OPENING:
            tables.draw_opening(document, content)
        if name == tables.ITEMISED:
            tables.draw_itemised(document, content)
        tables.draw_signers(document, company)
    return check_upload("投标文件.pdf", io.BytesIO(document.to_bytes()))
