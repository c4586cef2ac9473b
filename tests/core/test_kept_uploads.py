"""Uploads that wait for a decision: each person's own, for a day, ten at most."""

import os
import time

import pytest

from app.core import kept_uploads
from app.core.errors import NotVisible
from app.core.files import CheckedFile
from app.core.permissions import Actor

FIRST, SECOND = Actor(id=1, name="甲"), Actor(id=12, name="乙")


@pytest.fixture
def folder(tmp_path):
    before = kept_uploads._folder[:]
    kept_uploads.use_folder(tmp_path / "uploads")
    yield tmp_path / "uploads"
    kept_uploads._folder[:] = before


def upload(content=b"a\nb\n\nc"):
    return CheckedFile("制度 1.docx", "application/x", content)


def test_what_was_kept_comes_back_whole_and_only_to_its_owner(folder):
    key = kept_uploads.keep(FIRST, upload())
    assert kept_uploads.fetch(FIRST, key) == upload()
    with pytest.raises(NotVisible):
        kept_uploads.fetch(SECOND, key)
    assert [path.stat().st_mode & 0o077 for path in folder.iterdir()] == [0]


@pytest.mark.parametrize("key", ["", "..", "x" * 42, "../" + "x" * 40, "x" * 43])
def test_unknown_keys_find_nothing(folder, key):
    folder.mkdir()
    with pytest.raises(NotVisible) as refusal:
        kept_uploads.fetch(FIRST, key)
    assert "一天" in refusal.value.sentence()


def test_old_ones_go_and_the_oldest_of_one_person_beyond_ten(folder):
    old, others = kept_uploads.keep(FIRST, upload()), kept_uploads.keep(SECOND, upload())
    past = time.time() - kept_uploads.KEPT_SECONDS - 5
    os.utime(folder / f"1-{old}", (past, past))
    keys = []
    for place in range(12):
        keys.append(kept_uploads.keep(FIRST, upload()))
        moment = time.time() - 100 + place
        os.utime(folder / f"1-{keys[-1]}", (moment, moment))
    left = {path.name for path in folder.iterdir()}
    assert left == {f"12-{others}", *(f"1-{key}" for key in keys[2:])}


def test_a_file_removed_by_another_process_is_no_matter(folder, monkeypatch):
    assert kept_uploads._age(folder / "gone") == float("inf")
