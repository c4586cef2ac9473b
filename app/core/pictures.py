"""Pictures people bring into texts: known by their content, bounded before anything unfolds them, set upright.

Only the head of a picture is read to measure it. Who draws it on paper asks ``for_paper``, which unfolds it as small
as paper needs.
"""

import io
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, BinaryIO

from app.core import files
from app.core.files import CheckedFile
from app.core.i18n import lazy

MOST_BYTES = 5 * 1024 * 1024
# What a telephone makes in one shot; more is no photo of a thing.
MOST_PHOTO_BYTES = 20 * 1024 * 1024
MOST_SIDE_OF_PHOTO = 2_400
# Brands of the ISO container by which telephones keep HEIC and HEIF.
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))
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


def read_photo(name: str, stream: BinaryIO) -> CheckedFile:
    """Read a photo somebody took, before any transaction, and make it anew: upright, no larger than a screen shows.

    Made anew it holds nothing but the picture: place, time and device that a telephone writes into it are gone.
    Raises Invalid at the field ``file`` that says what to send instead.
    """
    content = stream.read(MOST_PHOTO_BYTES + 1)
    if len(content) > MOST_PHOTO_BYTES:
        raise files.refuse(lazy("照片超过 20 MB，请用手机重拍或压缩后再上传"))
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise files.refuse(
            lazy("不能读取 HEIC 格式的照片，请在手机相机设置里选“兼容性最佳”，或转成 JPEG 再上传")
        )
    kind = next(
        (kind for magic, _ends, kind in files.SIGNATURES if kind in ENDINGS and content.startswith(magic)),
        None,
    )
    if kind is None:
        raise files.refuse(lazy("请上传 JPEG 或 PNG 照片"))
    made = _made_anew(content)
    if made is None:
        raise files.refuse(lazy("照片打不开，可能已损坏或尺寸过大，请重拍后再上传"))
    stem = files.safe_name(name).rpartition(".")[0] or "photo"
    return CheckedFile(f"{stem}.jpg", "image/jpeg", made)


def _made_anew(content: bytes) -> bytes | None:
    from PIL import Image, ImageOps  # slow import

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            # a JPEG is unfolded no larger than it is needed
            picture.draft("RGB", (MOST_SIDE_OF_PHOTO, MOST_SIDE_OF_PHOTO))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception:
        # As in measure(): errors of every kind.
        return None
    upright.thumbnail((MOST_SIDE_OF_PHOTO, MOST_SIDE_OF_PHOTO))
    stream = io.BytesIO()
    upright.save(stream, "JPEG", quality=_JPEG_QUALITY, exif=b"")
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
