"""The check of an uploaded file: genuine, altered, or not ours.

genuine   its SHA-256 is that of a stored copy;
altered   not that, but a stored copy stands at its beginning, or it carries one of our certificates, or the
          id of one of our documents;
foreign   none of these.

Only the first is a matter of security, and it is one comparison of hashes. The marks behind "altered" serve
an honest reader who was handed a changed file: whoever strips every mark gets "not ours", never "genuine".
Uploads are hostile: nothing here parses PDF, every pass is linear and bounded, nothing raises for content.
"""

import enum
import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from app.core.signing.signature import DOCUMENT_ID, DOCUMENT_MARK
from app.core.signing.verification import SignatureState, verify_signature

LARGEST_UPLOAD = 20 * 1024 * 1024

_END_OF_FILE = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]{40,}+)")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_MARK = re.compile(re.escape(DOCUMENT_MARK).encode() + rb"(" + DOCUMENT_ID.pattern.encode() + rb")")
_MOST_REVISIONS = 32
_MOST_DOCUMENT_IDS = 8
_MOST_STREAMS = 4000
_MOST_ESCAPES = 100_000
_MOST_INFLATED = 32 * 1024 * 1024


class Verdict(enum.StrEnum):
    """The three answers of the upload check."""

    GENUINE = "genuine"
    ALTERED = "altered"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer about one uploaded file.

    `reason`: genuine `stored-copy`; altered `continues-stored-copy`, `our-certificate`, `our-document-id`;
    foreign `unknown`, `empty`, `too-large`. `sha256` is that of the upload (empty when too large).
    `original_sha256` names the stored copy at its beginning, `document_id` the known document whose id it
    carries: either leads to what the original says. `signature_intact`: our signature covers the whole file,
    so an "altered" file was signed here but is not among the stored copies (a restored older backup).
    """

    verdict: Verdict
    reason: str
    sha256: str = ""
    original_sha256: str | None = None
    document_id: str | None = None
    signature_intact: bool = False


class StoredCopies(Protocol):
    """What the check asks about stored papers; both are looked up by an index, at most a few dozen times."""

    def is_stored(self, sha256: str) -> bool:
        """Tell whether a stored copy has this SHA-256 (lower-case hexadecimal)."""
        ...

    def knows_document(self, document_id: str) -> bool:
        """Tell whether a paper was issued with this document id."""
        ...


def inspect(
    pdf: bytes, trusted: Sequence[bytes], stored: StoredCopies, *, largest: int = LARGEST_UPLOAD
) -> Finding:
    """Judge an uploaded file; `trusted` are the DER certificates of `signing_certificates`.

    Any bytes are taken and none raise; more than `largest` bytes are foreign (`too-large`) without a look.
    """
    if not pdf:
        return Finding(Verdict.FOREIGN, "empty")
    if len(pdf) > largest:
        return Finding(Verdict.FOREIGN, "too-large")
    sha256 = hashlib.sha256(pdf).hexdigest()
    if stored.is_stored(sha256):
        return Finding(Verdict.GENUINE, "stored-copy", sha256, original_sha256=sha256)
    original = _stored_beginning(pdf, stored)
    carries_certificate, document_id = _marks(pdf, trusted, stored)
    if original:
        reason = "continues-stored-copy"
    elif carries_certificate:
        reason = "our-certificate"
    elif document_id:
        reason = "our-document-id"
    else:
        return Finding(Verdict.FOREIGN, "unknown", sha256)
    intact = carries_certificate and verify_signature(pdf, trusted) is SignatureState.INTACT
    return Finding(Verdict.ALTERED, reason, sha256, original, document_id, intact)


def _stored_beginning(pdf: bytes, stored: StoredCopies) -> str | None:
    # A PDF ends with %%EOF, so a stored copy can only end there: hash up to each of the first few of them.
    digest = hashlib.sha256()
    hashed = 0
    for number, match in enumerate(_END_OF_FILE.finditer(pdf)):
        if number >= _MOST_REVISIONS:
            break
        for end in range(match.start() + len(b"%%EOF"), match.end() + 1):
            digest.update(pdf[hashed:end])
            hashed = end
            candidate = digest.hexdigest()
            if end < len(pdf) and stored.is_stored(candidate):
                return candidate
    return None


def _marks(pdf: bytes, trusted: Sequence[bytes], stored: StoredCopies) -> tuple[bool, str | None]:
    keys = _public_keys(trusted)
    carries_certificate = False
    known_id: str | None = None
    asked: set[str] = set()
    for view in _views(pdf):
        carries_certificate = carries_certificate or any(key in view for key in keys)
        known_id = known_id or _known_document_id(view, stored, asked)
        if carries_certificate and known_id:
            break
    return carries_certificate, known_id


def _known_document_id(view: bytes, stored: StoredCopies, asked: set[str]) -> str | None:
    for match in _MARK.finditer(view):
        document_id = match[1].decode("ascii")
        if len(asked) >= _MOST_DOCUMENT_IDS:
            return None
        if document_id not in asked:
            asked.add(document_id)
            if stored.knows_document(document_id):
                return document_id
    return None


def _public_keys(trusted: Sequence[bytes]) -> list[bytes]:
    # The key inside the certificate: it is found even when another byte of the certificate was changed.
    return [
        x509.load_der_x509_certificate(certificate)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        for certificate in trusted
    ]


def _views(pdf: bytes) -> Iterator[bytes]:
    yield from _shallow_views(pdf)
    for content in _inflated_streams(pdf):
        yield from _shallow_views(content)


def _shallow_views(content: bytes) -> Iterator[bytes]:
    yield content
    if b"\0" in content or b"\\" in content:
        # Text in UTF-16 or with escaped characters, as some writers store every string.
        unescaped = _OCTAL.sub(lambda match: bytes((int(match[1], 8),)), content, count=_MOST_ESCAPES)
        yield unescaped.replace(b"\0", b"")
    digits = (b"".join(match[1].split()) for match in _HEXADECIMAL.finditer(content))
    decoded = b"".join(bytes.fromhex(item[: len(item) & ~1].decode("ascii")) for item in digits)
    if decoded:
        yield decoded
        yield decoded.replace(b"\0", b"")


def _inflated_streams(pdf: bytes) -> Iterator[bytes]:
    position = 0
    allowance = _MOST_INFLATED
    for _ in range(_MOST_STREAMS):
        start = pdf.find(b"stream", position)
        if start < 0 or allowance <= 0:
            return
        start += len(b"stream")
        while pdf[start : start + 1] in (b"\r", b"\n"):
            start += 1
        end = pdf.find(b"endstream", start)
        if end < 0:
            end = len(pdf)
        position = end + len(b"endstream")
        try:
            content = zlib.decompressobj().decompress(pdf[start:end], allowance)
        except zlib.error:
            continue
        allowance -= len(content)
        yield content
