import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.core import clock
from app.core.i18n import using_locale
from app.core.pdf.document import A4, MM, Document, DocumentFacts, Margins
from app.core.pdf.fonts import MissingGlyph
from app.features.quotations.pdf import (
    CopyMark,
    QuotationSnapshot,
    SealMark,
    missing_characters,
    page_count,
    render,
)
from app.features.seals.drawing import seal_operators, small_type
from tests.paper_tools import Picture, fonts_of, picture_of, run, saved, text_of
from tests.seal_reading import ALPHABET, SIDES, learned, read_along

FIXTURE = Path(__file__).parents[2] / "fixtures" / "quotation_snapshot.json"
ISSUED = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
CODE = "7K3M9QXZ4HTD2WPV8RNC5BJE"
COPY = CopyMark(number=1, of=2, code=CODE, issued_at=ISSUED)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_head_lines_totals_and_terms_come_in_this_order(full, mark, tmp_path):
    text = text_of(saved(tmp_path, render(full, copy=COPY, seal=mark)))
    company = full.company
    order = [company.name, company.credit_code, company.account, "报 价 单", full.customer.name]
    order += [
        "有效期至",
        "保密声明",
        "序号",
        "一、灌溉泵站液压系统",
        "不锈钢法兰球阀",
        "油温冷却器",
        "二、服务",
    ]
    order += [
        "含税合计",
        "人民币玖万贰仟伍佰零肆元贰角伍分",
        "折扣",
        "商务条款",
        "1. 价格",
        "8. 有效期",
        "报价效力",
    ]
    order += ["货款请汇入上列对公账户；本公司不授权业务人员收取现金或个人转账", "编制：", "报价单位（盖章）"]
    place = 0
    for words in order:
        found = text.find(words, place)
        assert found >= 0, words
        place = found


def test_every_figure_of_the_snapshot_is_on_the_paper(full, mark, tmp_path):
    text = text_of(saved(tmp_path, render(full, copy=COPY, seal=mark)))
    for line in full.lines:
        if line.kind != "group":
            row = next(row for row in text.splitlines() if f"{Decimal(line.amount):,.2f}" in row)
            assert f"{Decimal(line.unit_price):,.2f}"[:-1] in row
            assert f"{line.tax_rate}%" in row
            assert f" {line.lead_time_days}" in row
    totals = full.totals
    for amount in (totals.gross, totals.net, totals.tax, totals.discount):
        assert f"¥{Decimal(amount):,.2f}" in text
    for group in totals.groups:
        row = next(row for row in text.splitlines() if f"税率 {group.rate}%" in row)
        assert all(f"¥{Decimal(amount):,.2f}" in row for amount in (group.gross, group.net, group.tax))


def test_everything_the_formal_quotation_must_say_is_said(full, mark, tmp_path):
    text = text_of(saved(tmp_path, render(full, copy=COPY, seal=mark)))
    company, customer, contact = full.company, full.customer, full.contact
    expected = [company.address, company.phone, company.fax, company.email, company.bank]
    expected += [customer.attention, customer.phone, customer.address, full.inquiry_number, full.project]
    expected += [contact.name, contact.mobile, "BJ-2026-0012-R1", "2026年11月23日", "2026年12月23日"]
    expected += ["人民币（CNY）", full.confidentiality, full.effect, full.totals.freight, "选配项未计入合计"]
    expected += [term.text for term in full.terms] + ["审核：王建国", "可凭核验码或致电核验真伪"]
    words = squeezed(text)
    for sentence in expected:
        assert squeezed(sentence) in words, sentence


def test_the_foot_of_every_page_names_number_page_copy_code_and_content(full, mark, tmp_path):
    pages = text_of(saved(tmp_path, render(full, copy=COPY, seal=mark))).split("\f")[:-1]
    assert len(pages) == 2
    for place, page in enumerate(pages, 1):
        foot = page.strip().splitlines()[-2:]
        assert "BJ-2026-0012-R1" in foot[0]
        assert f"第 {place} 页，共 2 页" in foot[0]
        assert "第 1 份/共 2 份" in foot[0]
        assert "7K3M-9QXZ-4HTD-2WPV-8RNC-5BJE" in foot[1]
        assert full.content_hash[:8] in foot[1]


def test_an_additional_copy_is_marked(short, tmp_path):
    paper = render(short, copy=replace(COPY, number=3, extra=True), seal=None)
    assert "第 3 份/共 2 份（增印）" in text_of(saved(tmp_path, paper))
    assert "增印" not in text_of(saved(tmp_path, render(short, copy=COPY, seal=None)))


def test_the_file_is_sound_small_and_has_all_fonts_embedded_and_no_picture(short, mark, tmp_path):
    paper = render(short, copy=COPY, seal=mark)
    path = saved(tmp_path, paper)
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", path)
    assert [row[:3] for row in fonts_of(path)] == [["yes", "yes", "yes"]] * 2
    assert len(run("pdfimages", "-list", path).splitlines()) == 2
    assert page_count(paper) == 1
    assert len(paper) <= 95_000


def test_page_count_tells_the_pages(full, short, mark):
    assert page_count(render(full, copy=COPY, seal=mark)) == 2
    assert page_count(render(short, copy=COPY, seal=None)) == 1


def test_the_head_of_the_table_is_repeated_over_two_hundred_lines(full, mark, tmp_path):
    items = [line for line in full.lines if line.kind == "item"]
    lines = tuple(
        replace(items[place % len(items)], position="", remark=f"批次{place + 1}") for place in range(200)
    )
    pages = text_of(saved(tmp_path, render(replace(full, lines=lines), copy=COPY, seal=mark))).split("\f")[
        :-1
    ]
    words = squeezed("".join(pages))
    assert all(f"批次{place}" in words for place in range(1, 201))
    tables = [page for page in pages if "批次" in page]
    assert len(tables) >= 6
    assert all("型号规格/技术参数" in page for page in tables)


def test_signature_and_what_it_confirms_share_a_page(full, mark, tmp_path):
    items = [line for line in full.lines if line.kind == "item"]
    for count in range(4, 13):
        lines = tuple(items[place % len(items)] for place in range(count))
        pages = text_of(saved(tmp_path, render(replace(full, lines=lines), copy=COPY, seal=mark))).split(
            "\f"
        )[:-1]
        assert "报价效力" in pages[-1]
        assert "报价单位（盖章）" in pages[-1]


# The seal ---------------------------------------------------------------------------------------------------------


def is_red(picture: Picture, x: int, y: int) -> bool:
    red, green, blue = picture.at(x, y)
    return red > 150 and green < 120 and blue < 120


def red_points(picture: Picture) -> set[tuple[int, int]]:
    return {(x, y) for y in range(picture.height) for x in range(picture.width) if is_red(picture, x, y)}


def test_the_seal_on_the_paper_measures_42_mm(short, mark, tmp_path):
    points = red_points(picture_of(saved(tmp_path, render(short, copy=COPY, seal=mark)), resolution=254))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    assert (max(xs) - min(xs) + 1) / 10 == pytest.approx(42, abs=0.2)
    assert (max(ys) - min(ys) + 1) / 10 == pytest.approx(42, abs=0.2)


def test_text_under_the_seal_stays_black(short, mark, tmp_path):
    """Ink is mixed, not covered: the company's name can be read through the seal."""
    sealed = picture_of(saved(tmp_path, render(short, copy=COPY, seal=mark)), resolution=100)
    empty = picture_of(saved(tmp_path, render(short, copy=COPY, seal=None)), resolution=100)
    dark = [(x, y) for y in range(empty.height) for x in range(empty.width) if max(empty.at(x, y)) < 60]
    assert len(dark) > 500
    assert all(max(sealed.at(x, y)) < 90 for x, y in dark)


def test_the_paper_for_the_wet_seal_is_the_same_page_with_the_place_empty(short, mark, tmp_path):
    sealed, empty = render(short, copy=COPY, seal=mark), render(short, copy=COPY, seal=None)
    path = saved(tmp_path, empty)
    assert text_of(path) == text_of(saved(tmp_path, sealed, "sealed.pdf"))
    assert red_points(picture_of(path, resolution=60)) == set()


def test_the_split_seal_rejoins_exactly_from_the_right_edges_of_all_pages(full, mark, tmp_path):
    path = saved(tmp_path, render(full, copy=COPY, seal=mark))
    ring = small_type(full.full_number, 1, 2, CODE)
    whole = picture_of(seal_alone(tmp_path, mark, ring), resolution=254)
    # At 254 dots an inch a millimetre is ten dots: the slices of 21 mm begin on whole dots.
    halves = [picture_of(path, page=page, resolution=254) for page in (1, 2)]
    wrong = counted = 0
    for y in range(1485 - 212, 1485 + 212):
        for x in range(420):
            red = is_red(whole, 1050 - 210 + x, y)
            half = halves[x // 210]
            here = half.at(2100 - 210 + x % 210, y)
            if max(here) < 110:
                continue  # print of the page lies under the seal here
            counted += 1
            wrong += is_red(half, 2100 - 210 + x % 210, y) != red
    assert counted > 150_000
    assert wrong < counted * 0.004


def test_a_single_page_has_no_split_seal(short, mark, tmp_path):
    points = red_points(picture_of(saved(tmp_path, render(short, copy=COPY, seal=mark)), resolution=72))
    assert max(x for x, _ in points) < 590 - 13 * MM


def test_the_split_seal_keeps_away_from_the_seal_of_the_signature(full, mark, tmp_path):
    items = [line for line in full.lines if line.kind == "item"]
    for count in (9, 15, 17, 19, 21):
        lines = tuple(items[place % len(items)] for place in range(count))
        paper = render(replace(full, lines=lines), copy=COPY, seal=mark)
        last = picture_of(saved(tmp_path, paper), page=page_count(paper), resolution=50)
        rows = [y for y in range(last.height) if any(is_red(last, x, y) for x in range(last.width))]
        assert len(rows) >= 2 * 80, count


def seal_alone(tmp_path: Path, mark: SealMark, ring_text: str) -> Path:
    """The seal in the middle of an empty A4 page."""
    blank = Document(DocumentFacts("", "", "", ISSUED), Margins(0, 0, 0, 0), A4)
    box = (-mark.width / 2, -mark.height / 2, mark.width / 2, mark.height / 2)
    form = blank.add_form(box, seal_operators(mark, ring_text))
    blank.page.place(form, 105 * MM, 148.5 * MM, blend="Ink")
    return saved(tmp_path, blank.to_bytes(), "blank.pdf")


def seal_of_the_signature(path: Path, page: int) -> tuple[Picture, tuple[float, float]]:
    """The seal at 600 dpi and its middle there; the slice of the split seal at the edge is left out."""
    rough = [
        (x, y) for x, y in red_points(picture_of(path, page=page, resolution=100)) if x < 187 / 25.4 * 100
    ]
    left, top = (min(values) * 6 - 30 for values in zip(*rough, strict=True))
    picture = picture_of(path, page=page, resolution=600, box=(left, top, 1060, 1060))
    fine = red_points(picture)
    xs, ys = [x for x, _ in fine], [y for _, y in fine]
    return picture, ((min(xs) + max(xs) + 1) / 2, (min(ys) + max(ys) + 1) / 2)


@pytest.mark.parametrize(
    ("number", "code"), [("BJ-2026-0012", CODE), ("BJ-2026-10457", "000000000000000068S5Z2B8")]
)
@pytest.mark.parametrize("long_name", [False, True])
def test_both_lines_of_small_type_can_be_read_on_the_paper_at_600_dpi(
    full, short, mark, tmp_path, number, code, long_name
):
    """The seal lies on the end of the name and of the date, but no print goes through its small type."""
    paper = replace(full if number == "BJ-2026-0012" else short, number=number, revision=12)
    if long_name:
        paper = replace(paper, company=replace(paper.company, name="江苏沃野农机液压有限公司" * 3))
    middle = (105 / 25.4 * 600, 148.5 / 25.4 * 600)
    alphabet = picture_of(seal_alone(tmp_path, mark, ALPHABET), resolution=600)
    letters = learned(alphabet, middle, mark)
    made = render(paper, copy=replace(COPY, code=code), seal=mark)
    picture, centre = seal_of_the_signature(saved(tmp_path, made), page_count(made))
    written = small_type(paper.full_number, 1, 2, code)
    assert [read_along(picture, centre, mark, written, side, letters) for side in SIDES] == [written] * 2


def test_the_seal_lies_on_the_end_of_the_name_and_of_the_date(short, mark, tmp_path):
    """骑年压月: a seal beside the words could have been cut from another paper."""
    path = saved(tmp_path, render(short, copy=COPY, seal=mark))
    points = red_points(picture_of(path, resolution=72))
    words = run("pdftotext", "-bbox", path, "-")
    for word in ("江苏沃野农机液压有限公司", "日期：2026年11月23日"):
        *_, found = re.finditer(
            rf'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">{word}<', words
        )
        left, top, right, bottom = map(float, found.groups())
        assert any(left < x < right and top < y < bottom for x, y in points), word


def test_the_ring_names_copy_and_document(short, mark):
    one = render(short, copy=COPY, seal=mark)
    two = render(short, copy=replace(COPY, number=2), seal=mark)
    assert one != two
    assert seal_operators(mark, small_type(short.full_number, 1, 2, CODE)) != seal_operators(
        mark, small_type(short.full_number, 2, 2, CODE)
    )


# Verification ---------------------------------------------------------------------------------------------------


def decoded(path: Path) -> str:
    picture_of(path, page=page_count(path.read_bytes()), resolution=150)
    return run("zbarimg", "-q", "--raw", path.with_suffix(".ppm")).strip()


def test_the_qr_code_is_read_from_a_rendering_at_150_dpi(full, mark, tmp_path):
    path = saved(tmp_path, render(full, copy=COPY, seal=mark))
    assert decoded(path) == f"https://verify.woye.example.com/verify/{CODE}"
    text = squeezed(text_of(path))
    assert "微信若提示“未知网站”" in text
    assert "https://verify.woye.example.com/verify输入核验码" in text


def test_an_address_of_the_copy_goes_before_the_frozen_one(short, tmp_path):
    url = f"https://other.example.com/v/{CODE}"
    assert decoded(saved(tmp_path, render(short, copy=replace(COPY, url=url), seal=None))) == url


def test_without_an_address_there_is_no_qr_code_but_code_and_telephone(short, tmp_path):
    path = saved(tmp_path, render(replace(short, verification_address=""), copy=COPY, seal=None))
    text = text_of(path)
    assert "微信" not in text
    assert "核验电话 0515-8800 0000" in text
    assert text.count("7K3M-9QXZ-4HTD-2WPV-8RNC-5BJE") == 2
    with pytest.raises(AssertionError):
        decoded(path)


# Characters -------------------------------------------------------------------------------------------------------


def with_model(snapshot: QuotationSnapshot, model: str) -> QuotationSnapshot:
    return replace(snapshot, lines=(replace(snapshot.lines[0], model=model), *snapshot.lines[1:]))


def test_missing_characters_are_found_with_their_place(short):
    snapshot = replace(with_model(short, "DN80😀"), project="泵站🚀")
    with using_locale("zh"):
        found = missing_characters(snapshot)
    assert [(item.character, item.path) for item in found] == [("😀", "lines[0].model"), ("🚀", "project")]
    assert found[0].field == "第 1 项 型号规格"
    assert missing_characters(short) == []


def test_places_in_lists_and_records_are_named(full):
    snapshot = replace(
        full,
        customer=replace(full.customer, name="甲😀"),
        terms=(replace(full.terms[0], text="乙😀"), *full.terms[1:]),
    )
    with using_locale("zh"):
        assert [item.field for item in missing_characters(snapshot)] == ["客户 名称", "条款 1 内容"]


def test_a_paper_with_a_missing_character_is_refused(short, mark):
    with pytest.raises(MissingGlyph) as caught:
        render(with_model(short, "甲\u202e"), copy=COPY, seal=mark)
    assert caught.value.character == "\u202e"
    assert caught.value.field


def test_a_rare_character_is_printed_from_the_fallback(short, mark, tmp_path):
    path = saved(tmp_path, render(with_model(short, "𠮷野 DN80"), copy=COPY, seal=mark))
    assert "𠮷野 DN80" in text_of(path)
    assert [row[:3] for row in fonts_of(path)] == [["yes", "yes", "yes"]] * 3


def test_line_ends_and_tabs_of_a_browser_are_printed_as_lines_and_blanks(short, tmp_path):
    path = saved(tmp_path, render(with_model(short, "第一行\r\n第二行\t完"), copy=COPY, seal=None))
    assert "第二行 完" in text_of(path)


def test_a_very_long_text_is_printed_in_full(short, mark, tmp_path):
    long = "".join(f"第{place}条参数说明，" for place in range(900))
    path = saved(tmp_path, render(with_model(short, long), copy=COPY, seal=mark))
    words = squeezed(text_of(path))
    run("qpdf", "--check", path)
    assert "第899条" in words


# Variants -----------------------------------------------------------------------------------------------------------


def test_optional_entries_may_be_empty(short, tmp_path):
    line = replace(short.lines[0], brand="", technical="", lead_time_days=0)
    bare = replace(
        short,
        lines=(
            line,
            replace(line, model="", lead_time_days=None, tax_rate="", unit_price="", amount="", quantity=""),
        ),
        totals=replace(
            short.totals, discount="0.00", freight="", groups=short.totals.groups[:1], capital="壹元整"
        ),
        terms=(),
        company=replace(short.company, fax="", email=""),
    )
    text = text_of(saved(tmp_path, render(bare, copy=COPY, seal=None)))
    assert "现货" in text
    assert "大写：人民币壹元整" in text
    for absent in ("折扣", "运费", "商务条款", "传真"):
        assert absent not in text
    assert "税额 ¥10,303.13（税率 13%）" in text


def test_another_currency_has_its_own_sign_and_words(short, tmp_path):
    dollars = replace(short, currency="USD", totals=replace(short.totals, capital="USD ONE"))
    text = text_of(saved(tmp_path, render(dollars, copy=COPY, seal=None)))
    assert "美元（USD）" in text
    assert "$92,504.25" in text
    assert "大写：USD ONE" in text
    kroner = text_of(saved(tmp_path, render(replace(short, currency="NOK"), copy=COPY, seal=None)))
    assert "NOK（NOK）" in kroner


def test_more_than_nine_terms_and_a_second_reviewer(short, tmp_path):
    many = replace(
        short, terms=short.terms * 3, reviewed=(*short.reviewed, replace(short.reviewed[0], name="刘总"))
    )
    text = text_of(saved(tmp_path, render(many, copy=COPY, seal=None)))
    assert "15." in text
    assert "审核：刘总" in text


def test_the_day_of_issue_is_the_companys_day(short, tmp_path):
    late = replace(COPY, issued_at=datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    assert clock.to_local(late.issued_at).day == 24
    assert "日期：2026年11月24日" in text_of(saved(tmp_path, render(short, copy=late, seal=None)))


_SCRIPT = """
import hashlib, sys
from datetime import UTC, datetime
from app.features.quotations.pdf import CopyMark, SealMark, load_snapshot, render
snapshot = load_snapshot(open(sys.argv[1], "rb").read())
copy = CopyMark(number=1, of=2, code=sys.argv[2], issued_at=datetime(2026, 11, 23, 6, 30, tzinfo=UTC))
seal = SealMark(snapshot.company.name, "报价专用章", "3209010012345")
print(hashlib.sha256(render(snapshot, copy=copy, seal=seal)).hexdigest())
"""


def test_two_processes_with_other_zone_hash_seed_and_locale_give_the_same_bytes(full, mark):
    digests = {hashlib.sha256(render(full, copy=COPY, seal=mark)).hexdigest()}
    for zone, seed, locale in (("America/New_York", "1", "C"), ("Asia/Tokyo", "4242", "zh_CN.UTF-8")):
        environment = {
            **os.environ,
            "TZ": zone,
            "PYTHONHASHSEED": seed,
            "LC_ALL": locale,
            "LANG": locale,
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(FIXTURE.parents[2]),
        }
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, str(FIXTURE), CODE],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout.strip())
    assert len(digests) == 1
