"""The signing key of the installation: where it lies, what it is, and how it is replaced."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.core.permissions import Actor, require
from app.features.seals.enums import SealPerm
from app.features.seals.models import LegalEntity

if TYPE_CHECKING:
    from app.core.signing import DocumentSigner, SigningError

KEY = "signing_key"
MAX_PKCS12_BYTES = 256 * 1024

REASONS: dict[str, LazyText] = {
    "pkcs12-unreadable": lazy("打不开这个证书文件，请检查文件和它的口令"),
    "pkcs12-without-key": lazy("文件里没有私钥，请从证书工具重新导出含私钥的 .p12 文件"),
    "pkcs12-not-valid-now": lazy("证书尚未生效或已过期"),
    "pkcs12-weak-key": lazy("密钥强度不够，需要 RSA 2048 位以上或 ECDSA P-256 以上"),
}


# Why papers cannot be signed, for the person who wants to issue one.
UNUSABLE: dict[str, LazyText] = {
    "no-authority": lazy("密钥文件夹里缺少 signer.p12 或 authority.p12"),
    "secret-lost": lazy("密钥文件夹里缺少 secret.key"),
    "wrong-secret": lazy("secret.key 与密钥不匹配，或密钥文件已损坏"),
    "secret-too-short": lazy("ZHANGCHENG_KEY 太短"),
    "keys-unreadable": lazy("密钥文件读不出来"),
    "key-file-readable-by-others": lazy("secret.key 能被其他账户读取"),
}
# What to do about a file that is gone.
LOST: dict[str, LazyText] = {
    "secret.key": lazy(
        "缺少 keys/secret.key，签名密钥打不开，不能出具盖章文件。请从备份恢复这个文件；没有备份时，由有权的人在"
        "“印章 → 签名证书”换用自有证书。已出具的文件仍可核验"
    ),
    "signer.p12": lazy(
        "缺少 keys/signer.p12，不能出具盖章文件。请从备份恢复这个文件；没有备份时，由有权的人在"
        "“印章 → 签名证书”换用自有证书。已出具的文件仍可核验"
    ),
    "authority.p12": lazy(
        "缺少 keys/authority.p12，客户不能再下载公司证书。请从备份恢复这个文件。已出具的文件仍可核验"
    ),
    "certificates": lazy(
        "缺少 keys/certificates 里的证书，已出具的文件认不出来。请从备份恢复整个 keys 文件夹"
    ),
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


def check() -> list[str]:
    """Find what is missing or wrong with the keys of an installation that has a company; each with what to do."""
    from app.core import signing  # slow import

    if session.execute(select(LegalEntity.id).limit(1)).first() is None:
        return []
    missing = signing.missing_files(folder())
    if missing:
        return [str(LOST[name]) for name in missing]
    try:
        secret = signing.read_secret(folder())
        signing.load_signer(folder(), secret)
        signing.authority_certificate(folder(), secret)
    except signing.SigningError as error:
        return [
            _(
                "签名密钥不可用：%(reason)s。请从备份恢复整个 keys 文件夹，已出具的文件仍可核验",
                reason=unusable(error),
            )
        ]
    return []


def unusable(error: "SigningError") -> str:
    """Return why the keys cannot be used, in the reader's language."""
    return str(UNUSABLE.get(error.reason, error.reason))


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
        raise Conflict("seal:no-signing-key", reason=unusable(error)) from error


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
        raise Conflict("seal:no-signing-key", reason=unusable(error)) from error


def is_own(signer: "DocumentSigner") -> bool:
    """Tell whether our own authority made the certificate; without its file nothing can be said for it."""
    from cryptography import x509  # slow import

    try:
        authority = x509.load_pem_x509_certificate(authority_pem())
    except Conflict:
        return False
    return signer.certificate.issuer == authority.subject


def summary() -> KeySummary:
    """Return what the key page shows. Raises Conflict where there is no key."""
    current = signer()
    certificate = current.certificate
    return KeySummary(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint=paired(current.fingerprint),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        own=is_own(current),
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
        secret = signing.read_secret(folder(), replace_lost=True)
        new = signing.import_pkcs12(folder(), secret, content, passphrase)
    except signing.SigningError as error:
        raise Invalid(fields={"file": REASONS.get(error.reason, REASONS["pkcs12-unreadable"])}) from error
    fingerprint = paired(new.fingerprint)
    timeline.record(KEY, 1, "signing_key:replace", actor, data={"fingerprint": fingerprint})
    return fingerprint
