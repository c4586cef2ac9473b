from datetime import UTC, datetime

from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph
from app.core.pdf.document import Document, DocumentFacts, Margins
from tests.paper_tools import picture_of, run, saved, text_of


def new() -> Document:
    return Document(
        DocumentFacts("单", "沃野", "", datetime(2026, 11, 23, tzinfo=UTC)), Margins(40, 40, 40, 60)
    )


def finished(document: Document, tmp_path) -> list[str]:
    path = saved(tmp_path, document.to_bytes())
    run("qpdf", "--check", path)
    return text_of(path).split("\f")[:-1]


def test_a_paper_of_another_feature_uses_letterhead_title_facts_and_foot(tmp_path):
    document = new()
    blocks.running_head(document, "沃野　交接单", "JJ-2026-0001")
    blocks.page_foot(
        document, Foot("编号 JJ-2026-0001", "第 1 份/共 1 份", "核验码 1234", "内容摘要 abcd1234")
    )
    parts = ("地址：" + "盐城市青年东路" * 12, "电话：0515-8800 0000")
    blocks.letterhead(document, Letterhead("江苏沃野农机液压有限公司" * 4, (parts,)))
    blocks.title(document, "设备交接单")
    facts = [
        Fact("交出人", "周文静"),
        Fact("接收人", "陈志远"),
        Fact("日期", "2026年11月23日"),
        Fact("说明", "附件齐全", wide=True),
        Fact("地点", "仓库"),
    ]
    blocks.facts_grid(document, facts)
    document.new_page()
    first, second = finished(document, tmp_path)
    for word in ("设 备 交 接 单", "交出人", "陈志远", "附件齐全", "仓库", "第 1 页，共 2 页", "核验码 1234"):
        assert word in first
    for word in ("沃野", "JJ-2026-0001", "第 2 页，共 2 页", "内容摘要 abcd1234"):
        assert word in second


def test_facts_may_end_with_a_wide_one(tmp_path):
    document = new()
    blocks.facts_grid(document, [Fact("甲", "一"), Fact("乙", "二"), Fact("说明", "三" * 200, wide=True)])
    (text,) = finished(document, tmp_path)
    assert "".join(text.split()).count("三") == 200


def test_a_paragraph_goes_on_over_the_page_with_its_mark_once(tmp_path):
    document = new()
    document.y = document.bottom - 30
    blocks.draw_paragraph(
        document, Paragraph("验收合格满十二个月后无息付清。" * 12, "12.", "付款方式："), indent=20
    )
    first, second = finished(document, tmp_path)
    assert "12." in first
    assert "付款方式：" in first
    assert "12." not in second
    assert "".join((first + second).split()).count("无息付清。") == 12


def test_a_bold_beginning_longer_than_a_line_is_broken(tmp_path):
    document = new()
    blocks.draw_paragraph(document, Paragraph("正文。", lead="很长的标题" * 30 + "："))
    (text,) = finished(document, tmp_path)
    assert "".join(text.split()) == "很长的标题" * 30 + "：正文。"


def test_a_watermark_is_pale_and_on_every_page(tmp_path):
    document = new()
    blocks.watermark(document, "未审核")
    document.new_page()
    path = saved(tmp_path, document.to_bytes())
    for page in (1, 2):
        picture = picture_of(path, page=page, resolution=40)
        inks = {min(picture.pixels[place : place + 3]) for place in range(0, len(picture.pixels), 3)}
        assert 210 < min(inks) < 240
