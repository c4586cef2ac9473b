"""Pictures people bring into texts: known by their content, bounded before anything unfolds them, set upright.

Only the head of a picture is read to measure it. Who draws it on paper asks ``for_paper``, which unfolds it as small
as paper needs.
"""

import io
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from app.core import files

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
# Some 250 points an inch over the width of a page.
MOST_SIDE_ON_PAPER = 1_600
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
_JPEG_QUALITY = 88
_ORIENTATION = 0x0112


class PictureProblem(Enum):
    """Why a picture is not taken: another format or damaged, or too large to be unfolded."""

    FORMAT = auto()
    SIZE = auto()


@dataclass(frozen=True)
class Measured:
    """The type of a picture by its content, and its size in pixels as people see it."""

    media_type: str
    width: int
    height: int


def measure(content: bytes) -> Measured | PictureProblem:
    """Return type and size of a picture by its content, or why it is not taken."""
    from PIL import Image  # slow import

    media_type = next(
        (kind for magic, _ends, kind in files.SIGNATURES if kind in ENDINGS and content.startswith(magic)),
        None,
    )
    if media_type is None:
        return PictureProblem.FORMAT
    if len(content) > MOST_BYTES:
        return PictureProblem.SIZE
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            turned = picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return PictureProblem.SIZE
    except Exception:
        # The library meets a damaged picture with errors of every kind.
        return PictureProblem.FORMAT
    if width * height > MOST_PIXELS:
        return PictureProblem.SIZE
    return Measured(media_type, height, width) if turned else Measured(media_type, width, height)


def is_whole(content: bytes) -> bool:
    """Tell whether all of a measured picture can be unfolded."""
    return _unfolded(content) is not None


def for_paper(content: bytes) -> bytes | None:
    """Return a measured picture as paper takes it: upright, without transparency, no larger than it is printed.

    None where it cannot be unfolded. A photo stays a JPEG, anything else becomes a PNG.
    """
    from PIL import Image, ImageOps  # slow import

    picture = _unfolded(content)
    if picture is None:
        return None
    photo = picture.format == "JPEG"
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((MOST_SIDE_ON_PAPER, MOST_SIDE_ON_PAPER))
    if upright.mode not in ("L", "RGB"):
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, (255, 255, 255))
        upright.paste(layer, mask=layer.getchannel("A"))
    stream = io.BytesIO()
    upright.save(stream, "JPEG" if photo else "PNG", **({"quality": _JPEG_QUALITY} if photo else {}))
    return stream.getvalue()


def _unfolded(content: bytes) -> Any:
    from PIL import Image  # slow import

    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except Exception:
        # As above; a picture that ends too early is met only here.
        return None
    return picture
