"""The signing key of the installation: where it lies, what it is, and how it is replaced."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.core import timeline
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, require
from app.features.seals.enums import SealPerm

if TYPE_CHECKING:
    from app.core.signing import DocumentSigner

KEY = "signing_key"
MAX_PKCS12_BYTES = 256 * 1024

REASONS: dict[str, LazyText] = {
    "pkcs12-unreadable": lazy("打不开这个证书文件，请检查文件和它的口令"),
    "pkcs12-without-key": lazy("文件里没有私钥，请从证书工具重新导出含私钥的 .p12 文件"),
    "pkcs12-not-valid-now": lazy("证书尚未生效或已过期"),
    "pkcs12-weak-key": lazy("密钥强度不够，需要 RSA 2048 位以上或 ECDSA P-256 以上"),
}


@dataclass(frozen=True)
class KeySummary:
    """What people need to know of the certificate that signs papers; ``own`` is False after a replacement.

    ``fingerprint`` is the SHA-256 in upper-case pairs; times are aware UTC; ``known`` counts the
    certificates by which papers are recognised, the replaced ones too.
    """

    subject: str
    issuer: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime
    own: bool
    known: int


_folder: list[Path] = []


def use_folder(folder: Path) -> None:
    """Set the folder of the keys, at start."""
    _folder[:] = [folder]


def folder() -> Path:
    """Return the folder of the keys."""
    return _folder[0]


def exists() -> bool:
    """Tell whether the signing key was made."""
    from app.core import signing  # slow import

    return signing.has_authority(folder())


def create(company_name: str) -> None:
    """Make the installation's own authority and signing key, once; nothing happens where they exist."""
    from app.core import signing  # slow import

    if not signing.has_authority(folder()):
        signing.create_authority(folder(), company_name, signing.read_secret(folder()))


def signer() -> "DocumentSigner":
    """Return the key that signs papers. Raises Conflict where it is missing or cannot be opened."""
    from app.core import signing  # slow import

    try:
        return signing.load_signer(folder(), signing.read_secret(folder()))
    except signing.SigningError as error:
        raise Conflict("seal:no-signing-key", reason=error.reason) from error


def trusted_certificates() -> tuple[bytes, ...]:
    """Return the DER certificates by which our papers are recognised, replaced ones included."""
    from app.core import signing  # slow import

    return signing.signing_certificates(folder())


def authority_pem() -> bytes:
    """Return the certificate of our own authority in PEM. Raises Conflict where there is none."""
    from app.core import signing  # slow import

    try:
        return signing.authority_certificate(folder(), signing.read_secret(folder()))
    except signing.SigningError as error:
        raise Conflict("seal:no-signing-key", reason=error.reason) from error


def summary() -> KeySummary:
    """Return what the key page shows. Raises Conflict where there is no key."""
    from cryptography import x509  # slow import

    current = signer()
    certificate = current.certificate
    authority = x509.load_pem_x509_certificate(authority_pem())
    return KeySummary(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint=paired(current.fingerprint),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        own=certificate.issuer == authority.subject,
        known=len(trusted_certificates()),
    )


def paired(fingerprint: str) -> str:
    """Return a hexadecimal fingerprint in upper-case pairs, as certificate viewers show it."""
    text = fingerprint.upper()
    return ":".join(text[start : start + 2] for start in range(0, len(text), 2))


def replace(*, actor: Actor, content: bytes, passphrase: str) -> str:
    """Replace the signing key by that of a PKCS#12 file and return its fingerprint, in the open unit of work.

    The certificates used so far keep verifying. The caller has asked for the password again. Raises Denied,
    or Invalid at the field ``file`` with what is wrong with the file.
    """
    from app.core import signing  # slow import

    require(actor, SealPerm.REPLACE_KEY)
    if not content or len(content) > MAX_PKCS12_BYTES:
        raise Invalid(fields={"file": REASONS["pkcs12-unreadable"]})
    try:
        new = signing.import_pkcs12(folder(), signing.read_secret(folder()), content, passphrase)
    except signing.SigningError as error:
        raise Invalid(fields={"file": REASONS.get(error.reason, REASONS["pkcs12-unreadable"])}) from error
    fingerprint = paired(new.fingerprint)
    timeline.record(KEY, 1, "signing_key:replace", actor, data={"fingerprint": fingerprint})
    return fingerprint
