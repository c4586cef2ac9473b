"""Does a file carry an untouched signature of ours over all its bytes, by our own reading of it?

A PDF reader answers a weaker question: `pdfsig` says "Signature is Valid" of a file to which a forged amount
was appended. Here a signature counts only if it covers the whole file but its own value.
"""

import enum
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

_BYTE_RANGE = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}0\s{1,8}([0-9]{1,10})\s{1,8}([0-9]{1,10})\s{1,8}([0-9]{1,10})\s{0,80}\]"
)
_SIGNATURE_VALUE = re.compile(rb"<([0-9A-Fa-f]+)>")
_LONGEST_SIGNATURE_VALUE = 200_000
_MOST_SIGNATURES = 16


class SignatureState(enum.StrEnum):
    """What `verify_signature` found."""

    INTACT = "intact"
    """One of our certificates signed every byte of this file, and none was changed since."""
    BROKEN = "broken"
    """A signature claims to cover the whole file, but is not ours, or not of these bytes."""
    ABSENT = "absent"
    """No signature covers the whole file."""


def verify_signature(pdf: bytes, trusted: Sequence[bytes]) -> SignatureState:
    """Tell whether one of the `trusted` certificates (DER) signed all of `pdf`; never raises for bad content.

    Validity dates are not looked at: a paper stays signed after its certificate ran out.
    """
    state = SignatureState.ABSENT
    for number, match in enumerate(_BYTE_RANGE.finditer(pdf)):
        if number >= _MOST_SIGNATURES:
            break
        start, resume, rest = (int(group) for group in match.groups())
        if resume + rest != len(pdf) or not 0 < start < resume <= start + _LONGEST_SIGNATURE_VALUE:
            continue
        value = _SIGNATURE_VALUE.fullmatch(pdf, start, resume)
        if value is None:
            continue
        state = SignatureState.BROKEN
        if _signed_by_one_of(trusted, value[1], pdf, start, resume):
            return SignatureState.INTACT
    return state


def _signed_by_one_of(trusted: Sequence[bytes], value: bytes, pdf: bytes, start: int, resume: int) -> bool:
    from asn1crypto import cms  # slow import

    try:
        content = cms.ContentInfo.load(bytes.fromhex(value.decode("ascii")))
        length = len(content.dump())
        if value[2 * length :].strip(b"0"):
            return False
        (signer,) = content["content"]["signer_infos"]
        digest_name = signer["digest_algorithm"]["algorithm"].native
        if digest_name not in ("sha256", "sha384", "sha512"):
            return False
        digest = hashlib.new(digest_name, pdf[:start])
        digest.update(pdf[resume:])
        if _signed_attribute(signer, "message_digest") != digest.digest():
            return False
        # RFC 5652 5.4: what is signed is the attributes as a SET, not with their context tag.
        signed = b"\x31" + signer["signed_attrs"].dump()[1:]
        signature = signer["signature"].native
        return any(_signs(certificate, digest_name, signature, signed) for certificate in trusted)
    except Exception:
        # The parser meets whatever a stranger uploaded; it raises most kinds of error there are.
        return False


def _signed_attribute(signer: Any, name: str) -> Any:
    (values,) = [item["values"] for item in signer["signed_attrs"] if item["type"].native == name]
    (value,) = values.native
    return value


def _signs(certificate: bytes, digest_name: str, signature: bytes, signed: bytes) -> bool:
    key = x509.load_der_x509_certificate(certificate).public_key()
    digest = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[digest_name]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        else:
            return False
    except InvalidSignature:
        return False
    return True
