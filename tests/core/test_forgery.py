import hashlib
import io
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from app.core import signing
from app.core.signing import Finding, SignatureState, Verdict
from proofs.every_byte import main, unnoticed_changes
from tests.core import forgeries
from tests.core.signed_papers import (
    DOCUMENT_ID,
    SECRET,
    Storage,
    make_authority,
    paper,
    pdfsig,
    signed_paper,
)

MEGABYTES = 1024 * 1024


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    make_authority(folder)
    return folder


@pytest.fixture(scope="module")
def signed(keys):
    return signed_paper(signing.load_signer(keys, SECRET))


@pytest.fixture(scope="module")
def trusted(keys):
    return signing.signing_certificates(keys)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_stored_copy_is_genuine(signed, trusted):
    finding = signing.inspect(signed, trusted, Storage(signed))
    assert finding == Finding(Verdict.GENUINE, "stored-copy", sha256(signed), sha256(signed))


def test_each_copy_of_several_is_genuine(keys, signed, trusted):
    second = signed_paper(signing.load_signer(keys, SECRET))
    storage = Storage(signed, second)
    assert signing.inspect(second, trusted, storage).verdict is Verdict.GENUINE
    assert signing.inspect(signed, trusted, storage).original_sha256 == sha256(signed)


@pytest.mark.parametrize("forge", forgeries.CONTINUATIONS, ids=lambda forge: forge.__name__)
def test_what_was_appended_is_told_as_altered_and_leads_to_the_original(forge, signed, trusted):
    forged = forge(signed)
    finding = signing.inspect(forged, trusted, Storage(signed))
    assert forged != signed
    assert finding == Finding(
        Verdict.ALTERED, "continues-stored-copy", sha256(forged), sha256(signed), DOCUMENT_ID
    )
    assert signing.verify_signature(forged, trusted) is not SignatureState.INTACT


@pytest.mark.parametrize("forge", forgeries.REWRITINGS.values(), ids=forgeries.REWRITINGS.keys())
def test_what_was_rewritten_is_told_as_altered_by_our_certificate(forge, signed, trusted):
    forged = forge(signed)
    finding = signing.inspect(forged, trusted, Storage(signed))
    assert (finding.verdict, finding.reason) == (Verdict.ALTERED, "our-certificate")
    assert finding.original_sha256 is None
    assert not finding.signature_intact
    assert signing.verify_signature(forged, trusted) is not SignatureState.INTACT


@pytest.mark.parametrize("forge", forgeries.UNSIGNED, ids=lambda forge: forge.__name__)
def test_what_lost_our_signature_is_told_as_altered_by_our_document_id(forge, signed, trusted):
    forged = forge(signed)
    finding = signing.inspect(forged, trusted, Storage(signed))
    assert finding == Finding(Verdict.ALTERED, "our-document-id", sha256(forged), None, DOCUMENT_ID)
    assert signing.verify_signature(forged, trusted) is not SignatureState.INTACT


@pytest.mark.parametrize("forge", forgeries.STRANGERS, ids=lambda forge: forge.__name__)
def test_what_has_nothing_of_ours_is_not_ours(forge, signed, trusted):
    forged = forge(signed)
    finding = signing.inspect(forged, trusted, Storage(signed))
    assert finding == Finding(Verdict.FOREIGN, "unknown", sha256(forged))
    assert signing.verify_signature(forged, trusted) is not SignatureState.INTACT


def test_the_forgeries_are_real_ones_and_show_what_the_forger_wanted(signed):
    forged = forgeries.page_content_replaced(signed)
    assert "9,999.99" in PdfReader(io.BytesIO(forged)).pages[0].extract_text()
    rolled_back = PdfReader(io.BytesIO(forgeries.cross_reference_rolled_back(signed)))
    assert "/AcroForm" in PdfReader(io.BytesIO(signed)).root_object
    assert "/AcroForm" not in rolled_back.root_object
    assert "1,234.50" in rolled_back.pages[0].extract_text()


def test_a_pdf_reader_alone_would_be_fooled(keys, signed, trusted, tmp_path):
    forged = forgeries.amount_painted_over_by_more_page_content(signed)
    answer = pdfsig(forged, signing.authority_certificate(keys, SECRET), tmp_path)
    assert "- Signature Validation: Signature is Valid." in answer
    assert signing.inspect(forged, trusted, Storage(signed)).verdict is Verdict.ALTERED


def test_every_byte_of_a_paper_changed_in_turn_is_noticed(signed, trusted):
    assert unnoticed_changes(signed, trusted, Storage(signed), (0x01,)) == []


def test_compressed_papers_are_protected_alike(keys, trusted):
    signed = signed_paper(signing.load_signer(keys, SECRET), compressed=True)
    forged = forgeries.amount_painted_over_by_more_page_content(signed)
    assert signing.inspect(signed, trusted, Storage(signed)).verdict is Verdict.GENUINE
    assert signing.inspect(forged, trusted, Storage(signed)).reason == "continues-stored-copy"


def test_the_proof_of_every_byte_reports_what_went_unnoticed(monkeypatch, capsys, signed, trusted):
    assert unnoticed_changes(signed[-60:], trusted, Storage(signed), (0x01,)) == list(range(60))
    monkeypatch.setattr("proofs.every_byte.PAGES", 1)
    monkeypatch.setattr("proofs.every_byte.MASKS", (0xFF,))
    assert main() == 0
    assert "0 unnoticed" in capsys.readouterr().out


def test_a_paper_signed_here_but_not_stored_says_that_its_signature_is_intact(signed, trusted):
    finding = signing.inspect(signed, trusted, Storage())
    assert finding == Finding(
        Verdict.ALTERED, "our-certificate", sha256(signed), None, DOCUMENT_ID, signature_intact=True
    )


def test_the_document_id_is_found_however_a_writer_spells_strings(trusted):
    mark = f"zhangcheng document {DOCUMENT_ID}"
    spellings = [
        mark.encode(),
        b"\xfe\xff" + mark.encode("utf-16-be"),
        b"\xff\xfe" + mark.encode("utf-16-le"),
        b"<" + mark.encode().hex().encode() + b">",
        b"<FEFF" + mark.encode("utf-16-be").hex().upper().encode() + b">",
        b"<" + b"\n".join(bytes([byte]).hex().encode() for byte in mark.encode()) + b">",
        b"".join(b"\\%03o" % byte for byte in mark.encode()),
        b"stream\r\n" + zlib.compress(mark.encode()) + b"\r\nendstream",
        b"stream\n" + zlib.compress(mark.encode("utf-16-be")),
    ]
    for spelling in spellings:
        finding = signing.inspect(b"%PDF-1.4\n(" + spelling + b")", trusted, Storage())
        assert (finding.reason, finding.document_id) == ("our-document-id", DOCUMENT_ID), spelling


def test_the_id_of_no_document_of_ours_means_nothing(trusted):
    other = b"%PDF-1.4 (zhangcheng document AAAAAAAAAAAAAAAA) (zhangcheng document short)"
    assert signing.inspect(other, trusted, Storage()) == Finding(Verdict.FOREIGN, "unknown", sha256(other))


def test_old_certificates_keep_telling_altered_papers(keys, signed, tmp_path):
    make_authority(tmp_path)
    both = (*signing.signing_certificates(tmp_path), *signing.signing_certificates(keys))
    digit_changed = forgeries.one_digit_changed(signed)
    assert signing.inspect(digit_changed, both, Storage(documents=())).reason == "our-certificate"
    assert signing.inspect(digit_changed, both[:1], Storage(documents=())).verdict is Verdict.FOREIGN


def test_nothing_and_too_much_are_not_looked_at(signed, trusted):
    storage = Storage(signed)
    assert signing.inspect(b"", trusted, storage) == Finding(Verdict.FOREIGN, "empty")
    assert signing.inspect(signed, trusted, storage, largest=len(signed) - 1) == Finding(
        Verdict.FOREIGN, "too-large"
    )
    assert storage.questions == 0


@given(st.binary(max_size=2000), st.integers(min_value=0), st.integers(min_value=0, max_value=200))
@settings(max_examples=300, deadline=None)
def test_garbage_within_a_signed_paper_raises_nothing_and_is_never_genuine(garbage, position, dropped):
    signed, trusted, storage = test_garbage_within_a_signed_paper_raises_nothing_and_is_never_genuine.paper
    start = position % len(signed)
    broken = signed[:start] + garbage + signed[start + dropped :]
    finding = signing.inspect(broken, trusted, storage)
    assert (finding.verdict is Verdict.GENUINE) == (broken == signed)
    assert (signing.verify_signature(broken, trusted) is SignatureState.INTACT) <= (
        broken.startswith(signed[:20]) and len(broken) == len(signed)
    )


@pytest.fixture(autouse=True, scope="module")
def _paper_for_garbage(signed, trusted):
    # hypothesis calls a function many times within one test and takes no fixtures of a module's scope.
    test = test_garbage_within_a_signed_paper_raises_nothing_and_is_never_genuine
    test.paper = (signed, trusted, Storage(signed))


def hostile_files(signed):
    bomb = zlib.compress(b"\0" * (200 * MEGABYTES), 9)
    byte_range = b"/ByteRange [0 9 %d 1]" % (20 * MEGABYTES - 1)
    nested = b"%PDF-1.4 /Contents <" + b"30803080" * 20_000 + b">"
    return {
        "a bomb": b"%PDF-1.4\nstream\n" + bomb + b"\nendstream",
        "many bombs": (b"stream\n" + bomb + b"\nendstream\n") * 40,
        "many ends of file": b"%%EOF\n" * (3 * MEGABYTES),
        "many streams": b"stream\nendstream\n" * MEGABYTES,
        "streams without end": b"stream\n" * (2 * MEGABYTES),
        "many strings": b"<" * (19 * MEGABYTES),
        "one long string": b"<" + b"ab" * (9 * MEGABYTES),
        "blank strings": b"<" + b" " * (19 * MEGABYTES),
        "many escapes": b"\\101" * (4 * MEGABYTES),
        "zeros": b"\0" * (19 * MEGABYTES),
        "many ranges": (byte_range * (20 * MEGABYTES // len(byte_range)))[: 20 * MEGABYTES],
        "half a range": b"/ByteRange [0" + b" " * (19 * MEGABYTES),
        "many ids": b"".join(b"zhangcheng document %010d " % number for number in range(300_000)),
        "deeply nested": nested + b"/ByteRange [0 19 %d 0]" % len(nested),
        "our paper and much more": signed + b"x" * (19 * MEGABYTES),
    }


def test_hostile_files_cost_bounded_time_and_few_questions(signed, trusted):
    for title, content in hostile_files(signed).items():
        storage = Storage(signed)
        started = time.process_time()
        finding = signing.inspect(content, trusted, storage)
        signing.verify_signature(content, trusted)
        assert time.process_time() - started < 3, title
        assert finding.verdict is not Verdict.GENUINE, title
        assert storage.questions < 150, title


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"00",
        b"zz",
        b"3000",
        b"30820fff",
        b"30803080" * 2000,
        b"3006060100a0000000",
        b"308006092a864886f70d010702a080308002010131000000000000",
    ],
)
def test_a_senseless_signature_value_is_not_intact(value, trusted):
    head = b"%PDF-1.4 /Contents "
    body = head + b"<" + value + b">"
    tail = b"/ByteRange [0 %d %d 99]" % (len(head), len(body))
    content = body + tail.ljust(99)
    state = signing.verify_signature(content, trusted)
    assert state is (SignatureState.ABSENT if value in (b"", b"zz") else SignatureState.BROKEN)


def test_an_unsigned_paper_of_ours_with_our_certificate_nowhere_is_not_ours(trusted):
    assert signing.inspect(paper(), trusted, Storage()).verdict is Verdict.FOREIGN
