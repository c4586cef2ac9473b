"""The libraries that draw and sign papers: large, slow to load, and needed with the first paper only."""

from importlib import import_module

LIBRARIES = (
    "app.core.pdf.drawing",
    "app.core.pdf.overlay",
    "app.core.signing",
    "asn1crypto.tsp",
    "pyhanko.pdf_utils.incremental_writer",
    "pyhanko.sign.signers.cms_embedder",
    "pyhanko.sign.signers.pdf_byterange",
)


def load() -> None:
    """Load them now. Processes forked afterwards share them, where each would else hold some 25 MB of its own."""
    for name in LIBRARIES:
        import_module(name)
