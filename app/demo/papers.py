"""Papers that customers of the demo send: requests and confirmations, drawn as plain PDF files."""

import io
from collections.abc import Sequence

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
