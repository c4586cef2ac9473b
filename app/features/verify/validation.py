"""What a public address of the verification page may look like."""

import re

# Scheme, host, perhaps a port and a path; no query, no fragment, nothing a QR reader could stumble over.
_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]{0,100})?"
)


def is_public_address(text: str) -> bool:
    """Tell whether a text can stand in a QR code as the address before ``/verify/<code>``."""
    return _ADDRESS.fullmatch(text) is not None
