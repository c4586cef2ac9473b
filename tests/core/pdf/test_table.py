from datetime import UTC, datetime

from app.core.pdf.document import Document, DocumentFacts, Margins, Style
from app.core.pdf.table import Column, Part, Row, Table
from tests.paper_tools import run, saved, text_of

CELL = Style("regular", 9, 12)
HEAD = Style("bold", 9, 12)
COLUMNS = (Column("序号", "centre"), Column("名称", weight=2), Column("金额\n(元)", "right", maximum=60))


def new() -> Document:
    return Document(
        DocumentFacts("表", "沃野", "", datetime(2026, 11, 23, tzinfo=UTC)), Margins(40, 40, 40, 40)
    )


def row(position: int, name: str = "液压油缸", amount: str = "1,234.50") -> Row:
    return Row(((Part(str(position), CELL),), (Part(name, CELL),), (Part(amount, CELL),)))


def pages(document: Document, tmp_path) -> list[str]:
    path = saved(tmp_path, document.to_bytes())
    run("qpdf", "--check", path)
    return text_of(path).split("\f")[:-1]


def test_the_head_stands_on_every_page_and_no_row_is_lost(tmp_path):
    document = new()
    Table(COLUMNS, HEAD).draw(document, [row(place) for place in range(1, 121)])
    texts = pages(document, tmp_path)
    assert len(texts) >= 3
    assert all("序号" in text and "(元)" in text for text in texts)
    positions = [int(line.split()[0]) for text in texts for line in text.splitlines() if "液压油缸" in line]
    assert positions == list(range(1, 121))


def test_the_last_row_goes_along_with_what_must_follow_it(tmp_path):
    document = new()
    rows = [row(place) for place in range(1, 38)]
    Table(COLUMNS, HEAD).draw(document, rows)
    assert len(document.pages) == 1
    document = new()
    Table(COLUMNS, HEAD).draw(document, rows, keep_with_last=200)
    first, second = pages(document, tmp_path)
    assert "37" not in first
    assert "37" in second


def test_a_heading_is_never_the_last_of_a_page(tmp_path):
    for count in range(34, 42):
        document = new()
        rows = [row(place) for place in range(1, count)]
        Table(COLUMNS, HEAD).draw(document, [*rows, Row(heading=Part("二、服务", HEAD)), row(99, "最后一行")])
        page = next(text for text in pages(document, tmp_path) if "二、服务" in text)
        assert "最后一行" in page, count


def test_a_heading_longer_than_the_table_is_broken(tmp_path):
    document = new()
    Table(COLUMNS, HEAD).draw(document, [Row(heading=Part("灌溉泵站液压系统" * 12, HEAD)), row(1)])
    (text,) = pages(document, tmp_path)
    assert "".join(text.split()).count("灌溉泵站液压系统") >= 11


def test_a_row_higher_than_the_page_goes_on_over_the_page(tmp_path):
    document = new()
    long = "".join(f"第{place}段技术参数说明；" for place in range(700))
    Table(COLUMNS, HEAD).draw(document, [row(1), row(2, long), row(3)])
    texts = pages(document, tmp_path)
    assert len(texts) >= 3
    words = "".join("".join(texts).split())
    assert all(f"第{place}段" in words for place in range(0, 700, 50))
    assert all(max(page.splitlines(), key=len) for page in texts)


def test_a_long_row_that_begins_at_the_very_end_of_a_page_begins_on_the_next(tmp_path):
    document = new()
    document.y = document.bottom - 52
    long = "".join(f"第{place}段技术参数说明；" for place in range(300))
    Table(COLUMNS, HEAD).draw(document, [row(1), row(2, long)])
    assert "第0段" in "".join("".join(pages(document, tmp_path)).split())


def test_figures_wider_than_their_column_are_condensed_and_never_broken(tmp_path):
    document = new()
    figure = "999,999,999,999.9999"
    Table(COLUMNS, HEAD).draw(document, [row(1, amount=figure)])
    (text,) = pages(document, tmp_path)
    assert figure in text


def test_columns_fill_the_body_and_share_the_rest_by_weight():
    document = new()
    table = Table((*COLUMNS, Column("备注", weight=1)), HEAD)
    table.draw(document, [])
    assert abs(sum(table._widths) - document.body_width) < 1e-6
    assert abs(table._widths[1] - 2 * table._widths[3]) < 1e-6
