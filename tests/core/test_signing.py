import io
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from app.core import clock, signing
from app.core.signing import SignatureState, SigningError
from tests.core.signed_papers import (
    COMPANY,
    DOCUMENT_ID,
    SECRET,
    SIGNING_TIME,
    make_authority,
    paper,
    pdfsig,
    run,
    signed_paper,
)

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    make_authority(folder)
    return folder


@pytest.fixture(scope="module")
def signer(keys):
    return signing.load_signer(keys, SECRET)


@pytest.fixture(scope="module")
def signed(signer):
    return signed_paper(signer)


def reason_of(call, *arguments, **options):
    with pytest.raises(SigningError) as caught:
        call(*arguments, **options)
    return caught.value.reason


def commercial_store(
    key, *, passphrase=b"from the shop", start=NOW - timedelta(days=9), days=365, with_issuer=True
):
    """Make a PKCS#12 file as a commercial authority delivers it."""
    issuer_key = ec.generate_private_key(ec.SECP384R1())

    def certificate(name, public_key, issuer):
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
            .sign(issuer_key, hashes.SHA256())
        )

    issuer = certificate("Shop CA", issuer_key.public_key(), "Shop CA")
    own = certificate("江苏丰泽", key.public_key(), "Shop CA")
    chain = [issuer] if with_issuer else None
    encryption = serialization.BestAvailableEncryption(passphrase)
    content = pkcs12.serialize_key_and_certificates(b"x", key, own, chain, encryption)
    return content, issuer.public_bytes(serialization.Encoding.PEM)


def test_a_pdf_reader_finds_the_signature_valid_and_the_whole_document_signed(keys, signed, tmp_path):
    answer = pdfsig(signed, signing.authority_certificate(keys, SECRET), tmp_path)
    assert answer.count("Signature #") == 1
    assert "- Signature Validation: Signature is Valid." in answer
    assert "- Total document signed" in answer
    assert "- Certificate Validation: Certificate is Trusted." in answer
    assert "- Signature Type: ETSI.CAdES.detached" in answer
    assert f"- Signer Certificate Common Name: {COMPANY}（内部签名）" in answer


def test_a_pdf_reader_does_not_trust_a_look_alike_authority(keys, tmp_path):
    (tmp_path / "store").mkdir()
    look_alike = signed_paper(make_authority(tmp_path / "look-alike"))
    answer = pdfsig(look_alike, signing.authority_certificate(keys, SECRET), tmp_path / "store")
    assert "Certificate is Trusted" not in answer


def test_pyhanko_validates_it_as_a_certification_that_allows_no_changes(keys, signed):
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = list(load_certs_from_pemder_data(signing.authority_certificate(keys, SECRET)))
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=SIGNING_TIME)
    (embedded,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    status = validate_pdf_signature(embedded, context)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.docmdp_ok
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.docmdp_level is MDPPerm.NO_CHANGES
    assert embedded.sig_object["/Reason"] == "报价单 BJ-2026-0012"
    assert embedded.self_reported_timestamp == SIGNING_TIME


def test_the_file_stays_a_sound_pdf_with_the_unsigned_one_at_its_beginning(signed, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(signed)
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", tmp_path / "paper.pdf")
    assert signed.startswith(paper())
    assert signed.endswith(b"%%EOF\n")
    assert len(signed) - len(paper()) < 6_000


def test_the_same_paper_gives_the_same_bytes_but_the_signature_value(signer, signed):
    again = signed_paper(signer)
    value = re.compile(rb"/Contents <[0-9A-F]+>")
    assert again != signed
    assert value.sub(b"", again) == value.sub(b"", signed)


def test_time_zone_hash_seed_and_locale_of_the_process_leave_no_trace(keys, signed):
    program = (
        "import sys; from pathlib import Path; from app.core import signing;"
        "from tests.core.signed_papers import SECRET, signed_paper;"
        "sys.stdout.buffer.write(signed_paper(signing.load_signer(Path(sys.argv[1]), SECRET)))"
    )
    surroundings = {"TZ": "America/Lima", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        [sys.executable, "-c", program, str(keys)],
        env=os.environ | surroundings,
        capture_output=True,
        check=True,
    ).stdout
    value = re.compile(rb"/Contents <[0-9A-F]+>")
    assert value.sub(b"", other) == value.sub(b"", signed)


def test_our_own_check_finds_the_signature_intact(keys, signed):
    assert signing.verify_signature(signed, signing.signing_certificates(keys)) is SignatureState.INTACT


def test_an_unsigned_paper_has_no_signature_and_a_strangers_is_broken(keys, signed, tmp_path):
    make_authority(tmp_path)
    assert signing.verify_signature(paper(), signing.signing_certificates(keys)) is SignatureState.ABSENT
    assert signing.verify_signature(signed, signing.signing_certificates(tmp_path)) is SignatureState.BROKEN
    assert signing.verify_signature(signed, []) is SignatureState.BROKEN


def test_a_paper_without_information_dictionary_is_signed_too(keys, signer):
    bare = paper().replace(b"/Info ", b"/Nofo ")
    signed = signing.sign(bare, signer, reason="x", signing_time=SIGNING_TIME, document_id=DOCUMENT_ID)
    again = signing.sign(bare, signer, reason="x", signing_time=SIGNING_TIME, document_id=DOCUMENT_ID)
    assert signing.verify_signature(signed, signing.signing_certificates(keys)) is SignatureState.INTACT
    value = re.compile(rb"/Contents <[0-9A-F]+>")
    assert value.sub(b"", again) == value.sub(b"", signed)


def test_a_paper_without_file_identifier_gets_a_repeatable_one(signer):
    bare = re.sub(rb"/ID\s*\[.*?\]", b"", paper(), flags=re.DOTALL)
    signed = [
        signing.sign(bare, signer, reason="x", signing_time=SIGNING_TIME, document_id=DOCUMENT_ID)
        for _ in range(2)
    ]
    value = re.compile(rb"/Contents <[0-9A-F]+>")
    assert value.sub(b"", signed[0]) == value.sub(b"", signed[1])


@pytest.mark.parametrize("content", [b"", b"no pdf", paper()[:700], b"%PDF-1.4\n%%EOF\n"])
def test_what_is_no_pdf_is_not_signed(signer, content):
    assert (
        reason_of(
            signing.sign, content, signer, reason="x", signing_time=SIGNING_TIME, document_id=DOCUMENT_ID
        )
        == "cannot-be-signed"
    )


def test_a_signed_paper_is_not_signed_again(signer, signed):
    assert (
        reason_of(signing.sign, signed, signer, reason="x", signing_time=NOW, document_id=DOCUMENT_ID)
        == "cannot-be-signed"
    )


def test_a_naive_time_or_an_unfit_document_id_is_refused(signer):
    naive = SIGNING_TIME.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        signing.sign(paper(), signer, reason="x", signing_time=naive, document_id=DOCUMENT_ID)
    for unfit in ("", "short", "with space", "x" * 65, "编号编号编号编号"):
        with pytest.raises(ValueError, match="document id"):
            signing.sign(paper(), signer, reason="x", signing_time=NOW, document_id=unfit)


def test_the_authority_is_made_once(keys):
    assert signing.has_authority(keys)
    assert reason_of(signing.create_authority, keys, COMPANY, SECRET) == "authority-exists"


def test_before_set_up_there_is_nothing_to_sign_with(tmp_path):
    assert not signing.has_authority(tmp_path)
    assert signing.signing_certificates(tmp_path) == ()
    assert reason_of(signing.load_signer, tmp_path, SECRET) == "no-authority"
    assert reason_of(signing.authority_certificate, tmp_path, SECRET) == "no-authority"


def test_a_wrong_secret_opens_nothing(keys):
    assert reason_of(signing.load_signer, keys, b"another secret, long enough") == "wrong-secret"
    assert reason_of(signing.authority_certificate, keys, b"another secret, long enough") == "wrong-secret"


def test_the_key_is_loaded_once(keys):
    assert signing.load_signer(keys, SECRET) is signing.load_signer(keys, SECRET)


def test_the_signer_tells_its_certificate_and_its_end_and_hides_its_key(signer):
    certificate = x509.load_der_x509_certificate(signer.certificate.public_bytes(serialization.Encoding.DER))
    assert signer.fingerprint == certificate.fingerprint(hashes.SHA256()).hex()
    assert signer.valid_until == certificate.not_valid_after_utc
    assert signer.valid_until > datetime(2040, 1, 1, tzinfo=UTC)
    assert "key" not in repr(signer).lower().replace("certificate", "")
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    assert certificate.public_key().curve.name == "secp256r1"


def test_certificates_begin_the_day_before_the_clock_of_the_installation(tmp_path):
    with clock.frozen(NOW):
        signing.create_authority(tmp_path, COMPANY, SECRET)
    assert signing.load_signer(tmp_path, SECRET).certificate.not_valid_before_utc == NOW - timedelta(days=1)


def test_a_company_name_longer_than_a_certificate_allows_is_cut(tmp_path):
    signer = make_authority(tmp_path, "江" * 100)
    subject = signer.certificate.subject
    (name,) = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    (organization,) = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert name.value == "江" * 15 + "（内部签名）"
    assert organization.value == "江" * 64


def test_keys_lie_encrypted_and_for_their_owner_only(keys):
    for name in ("authority.p12", "signer.p12"):
        file = keys / name
        assert file.stat().st_mode & 0o077 == 0
        with pytest.raises(ValueError, match=r"(?i)password|mac|decrypt"):
            pkcs12.load_pkcs12(file.read_bytes(), None)
        with pytest.raises(ValueError, match=r"(?i)password|mac|decrypt"):
            pkcs12.load_pkcs12(file.read_bytes(), SECRET)
    assert sorted(entry.name for entry in keys.iterdir()) == ["authority.p12", "certificates", "signer.p12"]


def test_a_secret_from_the_environment_makes_no_file(tmp_path):
    assert (
        signing.read_secret(tmp_path, {"ZHANGCHENG_KEY": " from the environment "}) == b"from the environment"
    )
    assert list(tmp_path.iterdir()) == []
    assert reason_of(signing.read_secret, tmp_path, {"ZHANGCHENG_KEY": "short"}) == "secret-too-short"


def test_the_environment_of_the_process_is_the_default(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHANGCHENG_KEY", "from this very process")
    assert signing.read_secret(tmp_path) == b"from this very process"


def test_without_environment_a_key_file_is_made_once_for_its_owner_only(tmp_path):
    folder = tmp_path / "keys"
    secret = signing.read_secret(folder, {})
    assert len(secret) == 64
    assert signing.read_secret(folder, {}) == secret
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in folder.iterdir()] == ["secret.key"]


def test_a_key_file_made_by_another_process_at_the_same_moment_is_kept(tmp_path, monkeypatch):
    (tmp_path / "secret.key").write_text("made by the other process")
    (tmp_path / "secret.key").chmod(0o600)
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert signing.read_secret(tmp_path, {}) == b"made by the other process"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_file_is_made_on_a_file_system_without_links(tmp_path, monkeypatch):
    def no_links(self, target):
        raise OSError("links are not supported here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    secret = signing.read_secret(tmp_path, {})
    assert signing.read_secret(tmp_path, {}) == secret
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_file_others_can_read_is_refused(tmp_path):
    signing.read_secret(tmp_path, {})
    (tmp_path / "secret.key").chmod(0o640)
    assert reason_of(signing.read_secret, tmp_path, {}) == "key-file-readable-by-others"


@pytest.mark.parametrize(
    "make_key",
    [
        lambda: rsa.generate_private_key(65537, 2048),
        lambda: ec.generate_private_key(ec.SECP521R1()),
        lambda: ec.generate_private_key(ec.SECP256R1()),
    ],
    ids=["RSA 2048", "P-521", "P-256"],
)
def test_a_pkcs12_file_replaces_the_key_and_old_papers_keep_verifying(make_key, tmp_path):
    keys = tmp_path / "keys"
    before = signed_paper(make_authority(keys))
    content, issuer = commercial_store(make_key())
    with clock.frozen(NOW):
        replaced = signing.import_pkcs12(keys, SECRET, content, "from the shop")
    after = signed_paper(signing.load_signer(keys, SECRET))
    trusted = signing.signing_certificates(keys)
    assert signing.load_signer(keys, SECRET) is replaced
    assert len(trusted) == 2
    assert signing.verify_signature(before, trusted) is SignatureState.INTACT
    assert signing.verify_signature(after, trusted) is SignatureState.INTACT
    assert signing.verify_signature(after, [replaced.certificate.public_bytes(serialization.Encoding.DER)])
    (tmp_path / "store").mkdir()
    answer = pdfsig(after, issuer, tmp_path / "store")
    assert "- Signature Validation: Signature is Valid." in answer
    assert "- Total document signed" in answer


def test_a_pkcs12_file_without_its_chain_is_taken(tmp_path):
    make_authority(tmp_path)
    content, _ = commercial_store(ec.generate_private_key(ec.SECP256R1()), with_issuer=False)
    with clock.frozen(NOW):
        assert signing.import_pkcs12(tmp_path, SECRET, content, "from the shop").chain == ()


def test_an_unfit_pkcs12_file_changes_nothing(tmp_path):
    signer = make_authority(tmp_path)
    good = ec.generate_private_key(ec.SECP256R1())
    passphrase = serialization.BestAvailableEncryption(b"from the shop")
    certificate = pkcs12.load_pkcs12(commercial_store(good)[0], b"from the shop").cert.certificate
    without_key = pkcs12.serialize_key_and_certificates(None, None, certificate, None, passphrase)
    unfit = {
        "pkcs12-unreadable": [b"", b"garbage", commercial_store(good, passphrase=b"other")[0]],
        "pkcs12-without-key": [without_key],
        "pkcs12-not-valid-now": [
            commercial_store(good, days=5)[0],
            commercial_store(good, start=NOW + timedelta(days=1))[0],
        ],
        "pkcs12-weak-key": [
            commercial_store(rsa.generate_private_key(65537, 1024))[0],
            commercial_store(ec.generate_private_key(ec.SECP224R1()))[0],
            commercial_store(dsa.generate_private_key(2048))[0],
            commercial_store(ed25519.Ed25519PrivateKey.generate())[0],
        ],
    }
    with clock.frozen(NOW):
        for reason, files in unfit.items():
            for content in files:
                assert reason_of(signing.import_pkcs12, tmp_path, SECRET, content, "from the shop") == reason
    assert signing.load_signer(tmp_path, SECRET) is signer
    assert len(signing.signing_certificates(tmp_path)) == 1


def test_a_certificate_of_another_key_is_refused(tmp_path, monkeypatch):
    # The library writes no such file, other programs may.
    key, stranger = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    right = pkcs12.load_pkcs12(commercial_store(key)[0], b"from the shop")
    mismatched = pkcs12.PKCS12KeyAndCertificates(stranger, right.cert, [])
    monkeypatch.setattr(pkcs12, "load_pkcs12", lambda content, passphrase: mismatched)
    with clock.frozen(NOW):
        assert reason_of(signing.import_pkcs12, tmp_path, SECRET, b"", "") == "pkcs12-without-key"
    assert list(tmp_path.iterdir()) == []


def test_importing_the_package_does_not_load_the_slow_libraries():
    program = "import sys, app.core.signing; print('pyhanko' in sys.modules, 'asn1crypto' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
