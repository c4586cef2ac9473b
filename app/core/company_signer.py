"""The company's signing key, for features that issue signed papers: the feature that keeps it registers it here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.signing import DocumentSigner

_signers: "list[Callable[[], DocumentSigner]]" = []


def use_signer(provider: "Callable[[], DocumentSigner]") -> None:
    """Set what gives the company's signing key, at start."""
    _signers[:] = [provider]


def signer() -> "DocumentSigner":
    """Return the company's signing key; raises Conflict where there is none that can be used."""
    return _signers[0]()
