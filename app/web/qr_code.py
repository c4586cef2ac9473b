"""A QR code as a picture inside a page: an SVG without style, which the policy of the site lets through."""

from markupsafe import Markup, escape

from app.core.pdf.qr import modules_of


def qr_svg(text: str, label: str) -> Markup:
    """Return the code of a text as an SVG element with a quiet zone, described by ``label``."""
    size, runs = modules_of(text)
    path = "".join(f"M{column + 4} {row + 4}h{length}v1h-{length}z" for row, column, length in runs)
    side = size + 8
    return Markup(  # noqa: S704 - numbers and an escaped label only
        f'<svg role="img" aria-label="{escape(label)}" width="480" height="480" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"></rect>'
        f'<path d="{path}" fill="#000"></path></svg>'
    )
