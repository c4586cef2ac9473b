"""Signed papers: our own certificate authority, the signature, and the check of an uploaded file.

This is the company's internal digital signature. It is no third-party 电子印章, and no wording may call it
one. What makes a paper genuine is that its bytes are those of a stored copy; the signature lets a PDF reader
see for itself that nothing was changed, and lets us recognise our own paper after somebody changed it.
"""

from app.core.signing.authority import (
    DocumentSigner,
    authority_certificate,
    create_authority,
    has_authority,
    import_pkcs12,
    load_signer,
    missing_files,
    read_secret,
    signing_certificates,
)
from app.core.signing.errors import SigningError
from app.core.signing.inspection import Finding, StoredCopies, Verdict, inspect
from app.core.signing.signature import sign
from app.core.signing.verification import SignatureState, verify_signature

__all__ = [
    "DocumentSigner",
    "Finding",
    "SignatureState",
    "SigningError",
    "StoredCopies",
    "Verdict",
    "authority_certificate",
    "create_authority",
    "has_authority",
    "import_pkcs12",
    "inspect",
    "load_signer",
    "missing_files",
    "read_secret",
    "sign",
    "signing_certificates",
    "verify_signature",
]
