"""The signature value itself: a CMS SignedData as PAdES asks for, one per paper.

Of everything in it only the digest and the signature change from paper to paper. So asn1crypto builds one
per key, and each paper's is put together from its parts: 0.1 ms instead of the 14 ms pyHanko takes.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_SEQUENCE = 0x30
_SET = 0x31
_OCTET_STRING = 0x04
_ATTRIBUTES = 0xA0
_EXPLICIT_ZERO = 0xA0
_DIGEST_BYTES = 32
_STAND_IN = b"\xa5" * _DIGEST_BYTES


class SignatureTemplate:
    """The unchanging parts of the signatures of one key; `complete` makes a paper's signature.

    ``certificates`` are the key's own and those above it, in this order.
    """

    def __init__(self, key: SigningKey, certificates: Sequence[x509.Certificate]) -> None:
        from asn1crypto import algos, cms, tsp  # slow import
        from asn1crypto.x509 import Certificate  # slow import

        encoded = [certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates]
        certificate = Certificate.load(encoded[0])
        self._key = key
        self._set_attributes(cms, tsp, encoded[0])
        digest_algorithm = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
        signature_name = "sha256_ecdsa" if isinstance(key, ec.EllipticCurvePrivateKey) else "sha256_rsa"
        self._signature_algorithm = algos.SignedDigestAlgorithm({"algorithm": signature_name}).dump()
        identifier = cms.IssuerAndSerialNumber(
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        )
        self._signer_head = cms.CMSVersion("v1").dump() + identifier.dump() + digest_algorithm
        self._content_type = cms.ContentType("signed_data").dump()
        self._signed_data_head = (
            cms.CMSVersion("v1").dump()
            + _der(_SET, digest_algorithm)
            + _der(_SEQUENCE, cms.ContentType("data").dump())
            + _der(_EXPLICIT_ZERO, *sorted(encoded))
        )
        key_bytes = (key.key_size + 7) // 8
        # An ECDSA signature is a little longer than two numbers of the key's size.
        longest_signature = b"\0" * (2 * key_bytes + 16)
        self.longest = len(self._assembled(_STAND_IN, longest_signature))

    def complete(self, digest: bytes) -> bytes:
        """Sign a paper's SHA-256 digest; give the DER of at most `longest` bytes."""
        attributes = self._attributes.replace(_STAND_IN, digest)
        # RFC 5652 5.4: what is signed is the attributes as a SET, not with their context tag.
        signed = _der(_SET, attributes)
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            signature = self._key.sign(signed, ec.ECDSA(hashes.SHA256()))
        else:
            signature = self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return self._assembled(digest, signature)

    def _set_attributes(self, cms: Any, tsp: Any, certificate: bytes) -> None:
        signing_certificate = tsp.SigningCertificateV2(
            {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})]}
        )
        # PAdES: the time of signing stands in the PDF's dictionary and not here.
        attributes = [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [_STAND_IN]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [signing_certificate]}),
        ]
        # The members of a DER SET stand in the order of their encodings.
        self._attributes = b"".join(sorted(attribute.dump() for attribute in attributes))

    def _assembled(self, digest: bytes, signature: bytes) -> bytes:
        signer_info = _der(
            _SEQUENCE,
            self._signer_head,
            _der(_ATTRIBUTES, self._attributes.replace(_STAND_IN, digest)),
            self._signature_algorithm,
            _der(_OCTET_STRING, signature),
        )
        signed_data = _der(_SEQUENCE, self._signed_data_head, _der(_SET, signer_info))
        return _der(_SEQUENCE, self._content_type, _der(_EXPLICIT_ZERO, signed_data))


def _der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    length_bytes = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length_bytes))) + length_bytes + content
