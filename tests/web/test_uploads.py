"""Uploads are read as what they are: photos made anew, other files as they came, words as no file at all."""

import io
from pathlib import Path

import pytest
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage, MultiDict

from app.core.errors import Invalid
from app.core.i18n import lazy
from app.web import forms, uploads
from tests.core.test_pictures import photo

ROOT = Path(__file__).resolve().parents[2]


class UploadForm(forms.BaseForm):
    class Meta:
        csrf = False

    file = FileField(lazy("附件"))
    photos = MultipleFileField(lazy("照片"))


def picture(name: str = "pump.png") -> FileStorage:
    return FileStorage(io.BytesIO(photo(kind="PNG")), name)


def test_words_in_the_place_of_a_file_are_no_file(app):
    with app.test_request_context("/"):
        form = UploadForm(MultiDict([("file", "words"), ("photos", "words")]))
        assert form.validate()
        assert form.file.data is None
        assert not form.photos.data


def test_no_form_takes_a_field_that_would_let_words_through():
    taking = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if any(
            line.startswith("from wtforms import") and "FileField" in line
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    ]
    assert taking == []


def test_photos_are_made_anew_and_not_too_many(app):
    (made,) = uploads.read_photos([picture()], 1)
    assert made.name.endswith(".jpg")
    assert uploads.read_photos(None, 1) == []
    with pytest.raises(Invalid) as refused:
        uploads.read_photos([picture(), picture()], 1)
    assert "1" in str(refused.value.fields["file"])


def test_of_files_only_photos_are_made_anew(app):
    assert uploads.read_photo_or_file(picture("Pump.PNG")).name.endswith(".jpg")
    text = uploads.read_photo_or_file(FileStorage(io.BytesIO("笔记".encode()), "notes.txt"))
    assert text.name == "notes.txt"
