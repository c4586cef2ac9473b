"""Photos people take: made anew without what telephones write into them, or refused by a sentence that helps."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.core import pictures
from app.core.errors import Invalid

ORIENTATION = 0x0112


def photo(size: tuple[int, int] = (80, 40), kind: str = "JPEG", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (10, 90, 160)).save(stream, kind, **options)
    return stream.getvalue()


def said(content: bytes, name: str = "a.jpg") -> str:
    with pytest.raises(Invalid) as refused:
        pictures.read_photo(name, io.BytesIO(content))
    return str(refused.value.fields["file"])


def test_place_time_and_device_are_gone_and_the_photo_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[ORIENTATION] = "Telephone", 6
    exif.get_ifd(0x8825)[1] = "N"
    kept = pictures.read_photo("现场.JPG", io.BytesIO(photo(exif=exif)))
    assert (kept.name, kept.media_type) == ("现场.jpg", "image/jpeg")
    assert b"Telephone" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as made:
        assert len(made.getexif()) == 0
        assert made.size == (40, 80)


def test_large_photos_become_as_large_as_a_screen_shows() -> None:
    kept = pictures.read_photo("a.jpg", io.BytesIO(photo((6_000, 4_000))))
    with Image.open(io.BytesIO(kept.content)) as made:
        assert max(made.size) == pictures.MOST_SIDE_OF_PHOTO


def test_what_cannot_be_taken_is_refused_by_a_sentence() -> None:
    assert "20 MB" in said(b"\xff\xd8\xff" + b"0" * (40 * 1024 * 1024))
    assert "HEIC" in said(b"\x00\x00\x00\x18ftypheic" + b"0" * 64, "a.heic")
    assert "HEIC" in said(b"\x00\x00\x00\x18ftypmif1" + b"0" * 64)
    assert "JPEG" in said(b"%PDF-1.4")
    assert "JPEG" in said(b"")
    assert "打不开" in said(photo()[:200])


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8"]), st.binary(max_size=400))
def test_no_bytes_make_it_fail(head: bytes, tail: bytes) -> None:
    assert said(head + tail)
