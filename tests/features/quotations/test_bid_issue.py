"""A bid as it is issued: seal, split seal and marks on the upload, signed, counted, verified, stamped by hand."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.core import files, settings, signing
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.uow import unit_of_work
from app.core.verification_code import grouped
from app.features.people.models import User
from app.features.quotations import actions, issuing
from app.features.quotations.bid.placement import Placement
from app.features.quotations.models import QuotationRevision
from app.features.quotations.sealing import sealable
from app.features.seals import keys
from app.features.seals.queries import uses_of
from app.features.verify import queries as verification
from app.features.verify.queries import StoredCopies
from tests import bids, stories
from tests.core.signed_papers import pdfsig
from tests.paper_tools import picture_of, run, saved, text_of

PUBLIC_URL = "https://quotes.example.com"
# Seconds that drawing on and signing a copy of 300 pages may take on a busy machine of the suite.
SLOWEST = 30.0


@pytest.fixture
def desk() -> stories.Desk:
    made = stories.desk()
    with unit_of_work():
        settings.put("verification.public_url", PUBLIC_URL)
    return made


def approved(desk: stories.Desk, content: bytes | None = None, pages: int = 3) -> QuotationRevision:
    revision = bids.tender(desk, desk.quotation("draft"))
    said = "\n".join(bids.lines_of(revision))
    texts = [said, *["技术方案"] * (pages - 1)]
    made = (
        bids.pdf(*[[f"bid page {number}"] for number in range(1, pages + 1)]) if content is None else content
    )
    bids.put(desk, revision, bids.read(*texts, content=made))
    stories.step(desk.people, revision, "submit", "salesperson")
    return stories.approve(desk.people, revision)


def issue(desk: stories.Desk, revision: QuotationRevision, form: str = "electronic", **values: Any) -> bytes:
    """Issue a bid and return its first copy."""
    actor = desk.people.actor("keeper")
    placement = values.pop("placement", None)
    prepared = issuing.prepare(
        revision, actor=actor, seal=desk.seal, copies=values.pop("copies", 1), form=form, placement=placement
    )
    stories.step(desk.people, revision, "issue", "keeper", data={"prepared": prepared})
    return issuing.stored_bytes(revision.issued_files[0])


def red_at(path: Path, page: int, box: tuple[int, int, int, int]) -> int:
    """Count red points in a box (x, y, width, height, in millimetres from the top left) of a page at 50 dpi."""
    at = tuple(round(value / 25.4 * 50) for value in box)
    picture = picture_of(path, page=page, resolution=50, box=at)
    found = 0
    for y in range(picture.height):
        for x in range(picture.width):
            red, green, blue = picture.at(x, y)
            found += red > 150 and green < 140 and blue < 140
    return found


# A4: the seal's corner, and the right edge in the middle
CORNER, EDGE = (145, 222, 50, 50), (190, 120, 20, 57)


def test_issued_bid_begins_with_the_reviewed_bytes_and_other_programs_find_it_sound(desk, tmp_path):
    revision = approved(desk)
    uploaded = files.read_bytes(revision.bid.stored)
    content = issue(desk, revision, copies=2)
    assert content.startswith(uploaded)
    path = saved(tmp_path, content)
    answer = pdfsig(content, keys.authority_pem(), tmp_path)
    assert answer.count("Signature #") == 1
    assert "- Signature Validation: Signature is Valid." in answer
    assert "- Total document signed" in answer
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    first, second = revision.issued_files
    assert (first.pages, first.copies, second.copy_number) == (3, 2, 2)
    assert first.stored_file_id != second.stored_file_id
    assert session.get_one(files.StoredFile, first.stored_file_id).name.startswith("投标文件-")
    text = text_of(path)
    assert text.count(grouped(first.code)) == 2
    assert f"{revision.number}" in text
    assert "第 1 份/共 2 份" in text
    assert "bid page 2" in PdfReader(path).pages[1].extract_text()


def test_seal_stands_on_the_last_page_and_the_split_seal_on_each(desk, tmp_path):
    path = saved(tmp_path, issue(desk, approved(desk)))
    assert red_at(path, 3, CORNER) > 300
    assert red_at(path, 1, CORNER) == 0
    for page in (1, 2, 3):
        assert red_at(path, page, EDGE) > 50, page
    (use,) = uses_of("quotation", 1)
    assert use.impressions == 2


def test_pages_and_corner_are_chosen_and_the_split_seal_can_be_left_out(desk, tmp_path):
    revision = approved(desk)
    path = saved(tmp_path, issue(desk, revision, placement=Placement("1，2-2", "top_left", split=False)))
    for page, wanted in ((1, True), (2, True), (3, False)):
        assert (red_at(path, page, (15, 25, 50, 50)) > 300) is wanted, page
        assert red_at(path, page, EDGE) == 0
    (use,) = uses_of("quotation", revision.id)
    assert use.impressions == 2


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_seal_stands_upright_at_its_place_on_turned_and_moved_pages(desk, tmp_path, turned):
    content = bids.pdf(["a"], ["b"], turned=turned)
    path = saved(tmp_path, issue(desk, approved(desk, content, pages=2)))
    assert red_at(path, 2, CORNER) > 300
    assert red_at(path, 1, EDGE) > 50
    assert grouped(issuing_code()) in text_of(path)


def issuing_code() -> str:
    return session.get_one(QuotationRevision, 1).issued_files[0].code


def test_page_whose_own_scale_is_left_open_does_not_carry_the_seal_away(desk, tmp_path):
    stream = b"<< /Length 25 >>\nstream\n.24 0 0 -.24 0 842 cm 1 g\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [10 20 605 862] /Contents [4 0 R] >>"
    content = bids.raw(b"<< /Type /Catalog /Pages 2 0 R >>", bids.PAGES, page, stream)
    path = saved(tmp_path, issue(desk, approved(desk, content, pages=1)))
    assert red_at(path, 1, CORNER) > 300
    assert "No syntax" in run("qpdf", "--check", path)
    assert red_at(path, 1, EDGE) == 0


@pytest.mark.parametrize(
    "content",
    [
        bids.hybrid(),
        bids.raw(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            bids.PAGES,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ),
    ],
    ids=["as Word saves it", "blank page without contents"],
)
def test_unusual_files_are_sealed_and_signed(desk, tmp_path, content):
    made = issue(desk, approved(desk, content, pages=1))
    path = saved(tmp_path, made)
    assert red_at(path, 1, CORNER) > 300
    assert "Signature is Valid" in pdfsig(made, keys.authority_pem(), tmp_path)


def test_code_on_the_bid_leads_to_the_public_page(desk, tmp_path):
    path = saved(tmp_path, issue(desk, approved(desk)))
    picture_of(path, page=1, resolution=300)
    read = run("zbarimg", "-q", "--raw", path.with_suffix(".ppm")).strip()
    assert read == f"{PUBLIC_URL}/verify/{issuing_code()}"


def test_bid_without_a_public_address_carries_code_and_telephone(desk, tmp_path):
    with unit_of_work():
        settings.put("verification.public_url", "")
    text = text_of(saved(tmp_path, issue(desk, approved(desk))))
    assert "核验电话" in text
    assert grouped(issuing_code()) in text


def test_verification_tells_the_issued_bid_from_a_changed_one_and_from_an_older_revision(desk):
    revision = approved(desk)
    content = issue(desk, revision)
    trusted, stored = keys.trusted_certificates(), StoredCopies()
    assert signing.inspect(content, trusted, stored).verdict is signing.Verdict.GENUINE
    changed = content.replace(b"/Count 3", b"/Count 2", 1)
    assert signing.inspect(changed, trusted, stored).verdict is signing.Verdict.ALTERED
    uploaded = files.read_bytes(revision.bid.stored)
    assert signing.inspect(uploaded, trusted, stored).verdict is signing.Verdict.FOREIGN
    with unit_of_work():
        fresh = actions.revise(
            revision, actor=desk.people.actor("salesperson"), version=None, reason="补充资料"
        )
    bids.put(desk, fresh)
    stories.step(desk.people, fresh, "submit", "salesperson")
    stories.approve(desk.people, fresh)
    issue(desk, fresh)
    assert session.get_one(QuotationRevision, revision.id).status == "superseded"
    paper = verification.paper_by_code(issuing_code())
    assert paper.standing == "superseded"


def test_300_pages_are_sealed_in_a_reasonable_time(desk, tmp_path):
    content = bids.pdf(*[[f"page {number} " + "x" * 60] * 40 for number in range(1, 301)])
    revision = approved(desk, content, pages=300)
    begun = time.perf_counter()
    made = issue(desk, revision)
    assert time.perf_counter() - begun < SLOWEST
    assert len(PdfReader(saved(tmp_path, made)).pages) == 300
    (use,) = uses_of("quotation", revision.id)
    assert use.impressions == 1 + 22
    # the marks are small beside what they are drawn on
    assert len(made) - len(content) < 1024 * 1024


def test_bid_that_is_not_the_reviewed_one_any_more_is_not_issued(desk):
    revision = approved(desk)
    files.path_of(revision.bid.stored.sha256).write_bytes(b"%PDF-1.4 something else")
    with pytest.raises(Conflict) as found:
        issue(desk, revision)
    assert found.value.code == "quotation:bid-lost"


def test_page_numbers_are_read_as_people_write_them():
    read = Placement("1, 3、5-7 9至10；12").numbers(12)
    assert read == [1, 3, 5, 6, 7, 9, 10, 12]
    assert Placement(" ").numbers(300) == [300]
    for wrong in ("0", "13", "3-1", "a", "1-", "-2", "99999", "1.5"):
        with pytest.raises(Invalid):
            Placement(wrong).numbers(12)


def test_wet_seal_is_asked_for_with_the_pages_and_copies_of_the_bid(desk):
    revision = approved(desk)
    content = issue(desk, revision, form="paper", copies=4)
    assert content.startswith(files.read_bytes(revision.bid.stored))
    found = sealable(revision.id)
    assert (found.paper_kind, found.pages, found.copies, found.approved) == ("bid", 3, 4, True)
    assert uses_of("quotation", revision.id)[0].impressions == 0


def test_keeper_chooses_place_and_split_seal_over_http(client, desk):
    revision = approved(desk)
    client.as_(session.get_one(User, desk.people.ids["keeper"]))
    address = f"/quotations/{revision.quotation_id}/r/{revision.revision}/issue"
    client.get(address)
    values = client.page.values(address)
    assert values["corner"] == "bottom_right"
    wrong = {**values, "file_form": "electronic", "seal_pages": "7"}
    assert client.post(address, data=wrong).status_code == 422
    assert "1 到 3 之间" in client.page.text
    assert client.page.values(address)["seal_pages"] == "7"
    assert client.post(address, data={**wrong, "seal_pages": "1,3"}).status_code == 303
    row = session.get_one(QuotationRevision, revision.id)
    assert row.status == "issued"
    assert uses_of("quotation", row.id)[0].impressions in (2, 3)
    opened = client.get(f"/quotations/{row.quotation_id}/r/{row.revision}/copies/1.pdf")
    assert opened.data.startswith(files.read_bytes(row.bid.stored))


def test_further_copies_of_a_bid_are_marked_so(desk, tmp_path):
    revision = approved(desk)
    issue(desk, revision)
    people = desk.people
    stories.step(people, revision, "ask_extra", "back_office", note="另要一份", data={"copies": 1})
    stories.step(people, revision, "consent_extra", "manager")
    actor = people.actor("keeper")
    prepared = issuing.prepare_extra(revision, actor=actor, seal=desk.seal, form="electronic")
    stories.step(people, revision, "issue_extra", "keeper", data={"prepared": prepared})
    text = text_of(saved(tmp_path, issuing.stored_bytes(revision.issued_files[1])))
    assert "（增印）" in text
    assert replace(prepared, extra=False) != prepared
