"""Keys and certificates: the company's own authority, made at set-up, kept in one folder.

`authority.p12`   the authority's key and certificate
`signer.p12`      the key that signs papers, its certificate and chain; replaced as one file
`certificates/`   every certificate that ever signed a paper, so that old papers keep being recognised
`secret.key`      only where the environment gives no `ZHANGCHENG_KEY`

Both PKCS#12 files are encrypted under a key derived from the secret, which never lies in the database.
"""

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core import clock
from app.core.signing.cms import SignatureTemplate, SigningKey
from app.core.signing.errors import SigningError

SECRET_VARIABLE = "ZHANGCHENG_KEY"  # noqa: S105 - the name of a variable
SHORTEST_SECRET = 16
AUTHORITY_YEARS = 30
SIGNER_YEARS = 15

_SECRET_FILE = "secret.key"  # noqa: S105 - the name of a file
_AUTHORITY_FILE = "authority.p12"
_SIGNER_FILE = "signer.p12"
_CERTIFICATE_FOLDER = "certificates"
# RFC 9336, "document signing"; readers look for it, the mail usage is what NSS (pdfsig) looks for.
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_LONGEST_COMMON_NAME = 64
_LONGEST_ORGANIZATION = 64


@dataclass(eq=False)
class DocumentSigner:
    """A loaded signing key with its certificate (and chain), ready to sign many papers.

    `fingerprint` is the SHA-256 of the certificate in hexadecimal, `valid_until` an aware UTC time.
    """

    key: SigningKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    template: SignatureTemplate | None = field(default=None, init=False, repr=False)

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def valid_until(self) -> datetime:
        return self.certificate.not_valid_after_utc


def read_secret(
    folder: Path, environment: Mapping[str, str] | None = None, *, replace_lost: bool = False
) -> bytes:
    """Give the secret that protects the keys: `ZHANGCHENG_KEY`, or else the key file in `folder`.

    The key file is made at the first call, readable by its owner only; one that others can read is refused
    (`SigningError`), because then the keys are no secret any more. Windows keeps such rights differently:
    there the folder's own rights count. A file that is gone while it protects keys is not made anew
    (`secret-lost`) unless `replace_lost`: only a key that comes from outside can be kept under a new one.
    """
    text = (os.environ if environment is None else environment).get(SECRET_VARIABLE, "").strip()
    if not text:
        file = folder / _SECRET_FILE
        if not (file.exists() or replace_lost) and protects_keys(folder):
            raise SigningError("secret-lost", str(file))
        try:
            text = _read_or_make_secret_file(file)
        except (OSError, ValueError) as error:
            raise SigningError("keys-unreadable", str(error)) from error
    if len(text) < SHORTEST_SECRET:
        raise SigningError("secret-too-short", f"at least {SHORTEST_SECRET} characters")
    return text.encode()


def has_authority(folder: Path) -> bool:
    """Tell whether `create_authority` was done in this folder."""
    return (folder / _AUTHORITY_FILE).exists() and (folder / _SIGNER_FILE).exists()


def protects_keys(folder: Path) -> bool:
    """Tell whether a key lies in this folder that only its secret opens."""
    return (folder / _AUTHORITY_FILE).exists() or (folder / _SIGNER_FILE).exists()


def missing_files(folder: Path, environment: Mapping[str, str] | None = None) -> list[str]:
    """Name the files of the keys that should lie in this folder and do not, once `create_authority` was done."""
    needed = [_AUTHORITY_FILE, _SIGNER_FILE]
    if not (os.environ if environment is None else environment).get(SECRET_VARIABLE, "").strip():
        needed.insert(0, _SECRET_FILE)
    missing = [name for name in needed if not (folder / name).is_file()]
    return missing if any((folder / _CERTIFICATE_FOLDER).glob("*.pem")) else [*missing, _CERTIFICATE_FOLDER]


def create_authority(
    folder: Path, company_name: str, secret: bytes, *, valid_from: datetime | None = None
) -> None:
    """Make the company's own authority and its signing key (ECDSA P-256) in `folder`, once.

    Certificates are valid from the day before `valid_from` (default now), so that a wrong clock on another
    PC does no harm. Raises `SigningError("authority-exists")` rather than replace keys.
    """
    if (folder / _AUTHORITY_FILE).exists():
        raise SigningError("authority-exists", str(folder))
    start = (valid_from or clock.now()) - timedelta(days=1)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    signer_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority_certificate(company_name, authority_key, start)
    signer = _signer_certificate(company_name, signer_key, authority, authority_key, start)
    _make_private_folder(folder)
    # The authority's file comes last: it marks a set-up that is complete.
    _install_signer(folder, secret, signer_key, signer, (authority,))
    _write_private(folder / _AUTHORITY_FILE, _protected(secret, authority_key, authority, ()))


def load_signer(folder: Path, secret: bytes) -> DocumentSigner:
    """Load the signing key; kept in memory until the file changes.

    Raises `SigningError`: `no-authority` before set-up, `wrong-secret` when the secret does not open it,
    `keys-unreadable` where the file may not be read.
    """
    file = folder / _SIGNER_FILE
    try:
        state = file.stat()
        return _load_signer(file, state.st_mtime_ns, state.st_ino, secret)
    except FileNotFoundError as error:
        raise SigningError("no-authority", str(folder)) from error
    except OSError as error:
        raise SigningError("keys-unreadable", str(error)) from error


def import_pkcs12(folder: Path, secret: bytes, content: bytes, passphrase: str) -> DocumentSigner:
    """Replace the signing key by the one in a PKCS#12 file (for example from a commercial authority).

    The certificates used so far stay known, so papers they signed keep being recognised. Raises
    `SigningError`: `pkcs12-unreadable` (no such file, or the passphrase is wrong), `pkcs12-without-key`,
    `pkcs12-not-valid-now`, `pkcs12-weak-key` (taken are ECDSA P-256 to P-521 and RSA from 2048 bits).
    """
    try:
        store = pkcs12.load_pkcs12(content, passphrase.encode())
    except (ValueError, TypeError) as error:
        raise SigningError("pkcs12-unreadable", str(error)) from error
    if store.key is None or store.cert is None:
        raise SigningError("pkcs12-without-key")
    certificate = store.cert.certificate
    key = _strong_key(store.key)
    if certificate.public_key() != key.public_key():
        raise SigningError("pkcs12-without-key", "key and certificate do not belong together")
    if not certificate.not_valid_before_utc <= clock.now() < certificate.not_valid_after_utc:
        raise SigningError("pkcs12-not-valid-now", f"until {certificate.not_valid_after_utc}")
    chain = tuple(additional.certificate for additional in store.additional_certs)
    _make_private_folder(folder)
    _install_signer(folder, secret, key, certificate, chain)
    return load_signer(folder, secret)


def signing_certificates(folder: Path) -> tuple[bytes, ...]:
    """Give the DER of every certificate that ever signed papers here; empty before set-up."""
    files = sorted((folder / _CERTIFICATE_FOLDER).glob("*.pem"))
    return tuple(
        x509.load_pem_x509_certificate(file.read_bytes()).public_bytes(serialization.Encoding.DER)
        for file in files
    )


def authority_certificate(folder: Path, secret: bytes) -> bytes:
    """Give our authority's certificate in PEM, to be handed to customers and PDF readers."""
    try:
        content = (folder / _AUTHORITY_FILE).read_bytes()
    except FileNotFoundError as error:
        raise SigningError("no-authority", str(folder)) from error
    except OSError as error:
        raise SigningError("keys-unreadable", str(error)) from error
    _, certificate, _ = _opened(content, secret)
    return certificate.public_bytes(serialization.Encoding.PEM)


def _read_or_make_secret_file(file: Path) -> str:
    with contextlib.suppress(FileExistsError):
        if not file.exists():
            _make_private_folder(file.parent)
            _write_private(file, secrets.token_hex(32).encode(), replace=False)
    if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningError("key-file-readable-by-others", str(file))
    return file.read_text(encoding="ascii").strip()


def _make_private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write_private(file: Path, content: bytes, *, replace: bool = True) -> None:
    # Complete or not at all: two processes may start at once, and power may fail.
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            temporary.replace(file)
        else:
            _link_or_rename(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def _link_or_rename(temporary: Path, file: Path) -> None:
    try:
        file.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links, as on some network drives and sticks.
        temporary.rename(file)


def _install_signer(
    folder: Path,
    secret: bytes,
    key: SigningKey,
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
) -> None:
    # The certificate is known before its key can sign anything.
    known = folder / _CERTIFICATE_FOLDER
    _make_private_folder(known)
    name = certificate.fingerprint(hashes.SHA256()).hex() + ".pem"
    _write_private(known / name, certificate.public_bytes(serialization.Encoding.PEM))
    _write_private(folder / _SIGNER_FILE, _protected(secret, key, certificate, chain))


@lru_cache(maxsize=8)
def _load_signer(file: Path, _modified: int, _inode: int, secret: bytes) -> DocumentSigner:
    key, certificate, chain = _opened(file.read_bytes(), secret)
    return DocumentSigner(key, certificate, chain)


@lru_cache(maxsize=8)
def _passphrase(secret: bytes) -> bytes:
    # A person may have chosen the secret, so it is stretched; each file adds a random salt of its own.
    derived = hashlib.scrypt(secret, salt=b"zhangcheng signing keys", n=2**15, r=8, p=1, maxmem=2**26)
    return derived.hex().encode()


def _protected(
    secret: bytes, key: SigningKey, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]
) -> bytes:
    encryption = serialization.BestAvailableEncryption(_passphrase(secret))
    return pkcs12.serialize_key_and_certificates(b"zhangcheng", key, certificate, chain, encryption)


def _opened(
    content: bytes, secret: bytes
) -> tuple[SigningKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    try:
        store = pkcs12.load_pkcs12(content, _passphrase(secret))
    except ValueError as error:
        raise SigningError("wrong-secret", str(error)) from error
    if store.key is None or store.cert is None:
        raise SigningError("no-authority", "the key file holds no key")
    chain = tuple(additional.certificate for additional in store.additional_certs)
    return _strong_key(store.key), store.cert.certificate, chain


def _strong_key(key: object) -> SigningKey:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name.startswith("secp"):
        if key.key_size >= 256:
            return key
    elif isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return key
    raise SigningError("pkcs12-weak-key", type(key).__name__)


def _name(company_name: str, role: str) -> x509.Name:
    # The library counts the limit in bytes; the whole name stands in the organization.
    room = _LONGEST_COMMON_NAME - len(role.encode())
    short_name = company_name.encode()[:room].decode(errors="ignore")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, company_name[:_LONGEST_ORGANIZATION]),
            x509.NameAttribute(NameOID.COMMON_NAME, short_name + role),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, start: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years + years // 4))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_certificate(
    company_name: str, key: ec.EllipticCurvePrivateKey, start: datetime
) -> x509.Certificate:
    name = _name(company_name, "（内部根证书）")
    return (
        _builder(name, name, key.public_key(), start, AUTHORITY_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _signer_certificate(
    company_name: str,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    start: datetime,
) -> x509.Certificate:
    usages = [_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    name = _name(company_name, "（内部签名）")
    return (
        _builder(name, authority.subject, key.public_key(), start, SIGNER_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
