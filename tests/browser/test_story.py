"""The story of the department by hand in the browser: a telephone call becomes a sealed paper that proves itself."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Visits
from tests.browser.story import CUSTOMER, LETTER, Story, Words
from tests.paper_tools import run, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def tell(story: Story, visits: Visits, folder: Path) -> list[Path]:
    """Let everybody do their part; return the issued papers."""
    letter = folder / "客户来函.pdf"
    letter.write_bytes(LETTER)
    salesperson, manager = visits.open("s1"), visits.open("m1")
    story.register(salesperson, letter)
    story.decide(manager)
    story.answer_technical(visits.open("t1"))
    story.answer_purchasing(visits.open("p1"))
    story.quote(salesperson)
    story.preview(salesperson)
    story.try_paper(salesperson)
    story.submit(salesperson)
    story.return_it(manager)
    story.mend(salesperson)
    story.approve(manager)
    keeper = visits.open("k1")
    story.issue(keeper)
    return story.papers(keeper, folder)


def check_paper(site: str, papers: list[Path], folder: Path, amount: str) -> str:
    """Read the paper, follow its QR code; return the code printed on it."""
    texts = [re.sub(r"\s", "", text_of(paper)) for paper in papers]
    for number, text in enumerate(texts, 1):
        assert f"第{number}份/共{len(papers)}份" in text
        assert CUSTOMER in text
        assert amount in text
    image = folder / "page"
    run("pdftoppm", "-r", "150", "-singlefile", papers[0], image)
    address = run("zbarimg", "-q", "--raw", image.with_suffix(".ppm")).strip()
    code = address.rsplit("/", 1)[1]
    assert code.replace("-", "") in texts[0].replace("-", "")
    assert address == f"{site}/verify/{code}"
    return code


def verify(
    story: Story, stranger: Page, papers: list[Path], folder: Path, amount: str, approver: str
) -> None:
    """A stranger checks code and file, and finds a single changed byte."""
    code = check_paper(story.site, papers, folder, amount)
    story.enter_code(stranger, code)
    result = stranger.locator("#verify-result")
    expect(result).to_contain_text(CUSTOMER)
    expect(result).to_contain_text(amount)
    expect(result).to_contain_text(approver)
    story.hand_in(stranger, papers[1])
    story.verdict_is(stranger, "genuine")
    expect(result).to_contain_text(amount)
    changed = bytearray(papers[1].read_bytes())
    place = len(changed) // 2
    changed[place] ^= 1
    altered = folder / "altered.pdf"
    altered.write_bytes(changed)
    story.hand_in(stranger, altered)
    story.verdict_is(stranger, "altered")


def test_the_story_in_chinese_on_a_wide_screen(visits: Visits, tmp_path: Path) -> None:
    story = Story(visits.site, Words("zh"))
    papers = tell(story, visits, tmp_path)
    verify(story, visits.open(address="/verify"), papers, tmp_path, "10,495.00", "王经理")


def test_the_story_in_english_on_a_phone(visits: Visits, tmp_path: Path) -> None:
    visits.prefer(language="en", width=NARROW)
    story = Story(visits.site, Words("en"), lines=2)
    papers = tell(story, visits, tmp_path)
    verify(story, visits.open(address="/verify"), papers, tmp_path, "9,775.00", "Manager 王")


def test_the_story_wholly_without_scripts(visits: Visits, tmp_path: Path) -> None:
    visits.prefer(width=WIDE, java_script_enabled=False)
    story = Story(visits.site, Words("zh"), scripts=False)
    papers = tell(story, visits, tmp_path)
    verify(story, visits.open(address="/verify"), papers, tmp_path, "10,495.00", "王经理")
