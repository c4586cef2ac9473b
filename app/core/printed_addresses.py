"""What an address may look like that stands in a printed QR code, before the path of what it leads to."""

import re

# Scheme, host, perhaps a port and a path; no query, no fragment, nothing a QR reader could stumble over.
_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]{0,100})?"
)


def is_printable_address(text: str) -> bool:
    """Tell whether a text can stand in a QR code as the address before ``/verify/<code>`` and the like."""
    return _ADDRESS.fullmatch(text) is not None
