"""The official file as it leaves the program: read by other tools, altered by forgers, compared with the rows."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from app.core import money, settings, signing
from app.core.db import session
from app.core.uow import unit_of_work
from app.core.verification_code import grouped
from app.features.quotations import issuing
from app.features.quotations.models import QuotationRevision
from app.features.seals import keys
from app.features.verify.queries import StoredCopies
from proofs.issued_paper import unnoticed_positions
from tests import stories
from tests.core import forgeries
from tests.core.signed_papers import pdfsig
from tests.paper_tools import fonts_of, picture_of, run, saved, text_of

PUBLIC_URL = "https://quotes.example.com"
LINES = 24
# Those that need nothing of the paper but its pages; the others replace a text that only the small papers carry.
FORGERIES = tuple(forge for forge in forgeries.CONTINUATIONS if forge is not forgeries.font_replaced)
EVERY = 397


@dataclass(frozen=True)
class Issued:
    """A copy as issued, with the row it was made of and its file."""

    revision: QuotationRevision
    content: bytes
    path: Path
    code: str


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """The first of two copies of a sealed quotation of two pages or more."""
    desk = stories.desk()
    with unit_of_work():
        settings.put("verification.public_url", PUBLIC_URL)
    revision = desk.quotation("issued", lines=LINES, price="165.5")
    first = revision.issued_files[0]
    content = issuing.stored_bytes(first)
    return Issued(revision, content, saved(tmp_path, content, "issued.pdf"), first.code)


def test_other_programs_find_the_file_sound_and_its_signature_valid(issued, tmp_path):
    answer = pdfsig(issued.content, keys.authority_pem(), tmp_path)
    assert answer.count("Signature #") == 1
    assert "- Signature Validation: Signature is Valid." in answer
    assert "- Total document signed" in answer
    assert "- Certificate Validation: Certificate is Trusted." in answer
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", issued.path)
    fonts = fonts_of(issued.path)
    assert fonts
    # from the end: object and generation, unicode, subset, embedded
    assert {row[-5] for row in fonts} == {"yes"}
    images = run("pdfimages", "-list", issued.path).splitlines()[2:]
    assert images == []


def test_code_on_paper_leads_to_the_public_page_at_150_dpi(issued):
    picture_of(issued.path, page=issued.revision.issued_files[0].pages, resolution=150)
    read = run("zbarimg", "-q", "--raw", issued.path.with_suffix(".ppm")).strip()
    assert read.startswith(f"{PUBLIC_URL}/verify/")
    assert read.rsplit("/", 1)[1].replace("-", "") == issued.code
    assert grouped(issued.code) in text_of(issued.path)


def test_amounts_on_paper_are_those_of_the_database(issued):
    text = text_of(issued.path)
    revision = session.get_one(QuotationRevision, issued.revision.id)
    assert len(revision.lines) == LINES
    amounts = [line.amount for line in revision.lines]
    shown = money.format_amount(amounts[0])
    assert all(amount == amounts[0] for amount in amounts)
    # once for each line of the table; the head of a column or a total never equals it
    assert text.count(shown) >= LINES
    assert revision.total == sum(amounts, Decimal(0))
    assert money.format_amount(revision.total) in text
    totals = revision.snapshot["totals"]
    for name in ("gross", "net", "tax"):
        assert money.format_amount(Decimal(totals[name])) in text, name
    assert Decimal(totals["net"]) + Decimal(totals["tax"]) == revision.total
    assert totals["capital"] in "".join(text.split())
    places = [text.index(word) for word in (revision.number, "含税合计", "商务条款")]
    assert places == sorted(places)


def test_twenty_forgeries_of_an_issued_file_are_told_as_altered(issued):
    trusted, stored = keys.trusted_certificates(), StoredCopies()
    assert len(FORGERIES) >= 20
    assert signing.inspect(issued.content, trusted, stored).verdict is signing.Verdict.GENUINE
    for forge in FORGERIES:
        forged = forge(issued.content)
        assert forged != issued.content, forge.__name__
        finding = signing.inspect(forged, trusted, stored)
        assert finding.verdict is signing.Verdict.ALTERED, forge.__name__
        state = signing.verify_signature(forged, trusted)
        assert state is not signing.SignatureState.INTACT, forge.__name__


def test_changed_bytes_of_an_issued_file_are_told_as_altered(issued):
    """Some of them, spread over the file; the proof changes every one."""
    positions = range(0, len(issued.content), EVERY)
    unnoticed = unnoticed_positions(issued.content, keys.trusted_certificates(), StoredCopies(), positions)
    assert unnoticed == []
