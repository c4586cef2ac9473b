"""Pictures in clauses: brought in the editor or with a Word file, seen where the text is, hidden in drafts."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from app.core import files, pictures
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile, StoredFile, check_upload
from app.core.pictures import Measured, PictureProblem
from app.core.uow import unit_of_work
from app.features.rules import actions, clause_pictures, compare, pdf, version_files, versions, writing
from app.features.rules.actions import ClauseValues
from app.features.rules.clause_text import (
    ClauseTextError,
    Picture,
    from_plain,
    pictures_of,
    to_plain,
    words_of,
)
from app.features.rules.enums import NumberStyle
from app.features.rules.models import RulePicture
from app.features.rules.word.parts import open_upload
from app.features.rules.word.reading import read_document
from tests.client import Client
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

PLACE = 1  # the first article of the tests' rule


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def image(
    kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", colour: Any = 90, **how: Any
) -> bytes:
    """Return a picture."""
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, kind, **how)
    return stream.getvalue()


def turned() -> bytes:
    """Return a photo that a telephone took upright and stored lying."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return image("JPEG", exif=exif)


def checked(content: bytes, name: str = "车位.png") -> CheckedFile:
    """Return an upload that passed the checks of every file."""
    return check_upload(name, io.BytesIO(content))


def put(desk: Desk, version_id: int, content: bytes, caption: str = "", text: str = "停在划线内。") -> int:
    """Write a clause with a picture; return the number of its file."""
    name = "车位.png" if content.startswith(b"\x89PNG") else "车位.jpg"
    picture = clause_pictures.check(checked(content, name), caption)
    with unit_of_work():
        version = rulebook.load(version_id)
        written = version.clauses[PLACE]
        actions.write_clause(
            version,
            written.clause_id,
            actor=desk.actor("manager"),
            revision=written.revision,
            values=ClauseValues("", text, 2, NumberStyle.ARTICLE),
            picture=picture,
        )
        return pictures_of(written.body)[-1].file


def with_picture(desk: Desk, caption: str = "停车位", content: bytes | None = None) -> tuple[int, int]:
    """Return a draft with a picture, and the number of its file."""
    version_id = rulebook.draft(desk)
    return version_id, put(desk, version_id, content or image(), caption)


# The house's own check


def test_a_picture_is_measured_as_people_see_it() -> None:
    assert pictures.measure(image()) == Measured("image/png", 40, 20)
    assert pictures.measure(turned()) == Measured("image/jpeg", 20, 40)
    assert pictures.measure(b"BM12") is PictureProblem.FORMAT
    assert pictures.measure(image()[:20]) is PictureProblem.FORMAT


def test_a_picture_is_bounded_before_it_is_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 799)
    assert pictures.measure(image()) is PictureProblem.SIZE
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    assert pictures.measure(image()) is PictureProblem.SIZE


@pytest.mark.parametrize(
    ("content", "size", "kind"),
    [
        (turned(), (20, 40), "JPEG"),
        (image(mode="RGBA", colour=(255, 0, 0, 128)), (40, 20), "PNG"),
        (image(mode="P"), (40, 20), "PNG"),
        (image(size=(3_200, 100)), (1_600, 50), "PNG"),
        (image("GIF", mode="P"), (40, 20), "PNG"),
    ],
)
def test_paper_takes_a_picture_upright_opaque_and_small(
    content: bytes, size: tuple[int, int], kind: str
) -> None:
    made = pictures.for_paper(content)
    assert made is not None
    assert made == pictures.for_paper(content)
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.size, picture.format, picture.mode) == (size, kind, "RGB")


def test_paper_takes_no_half_picture() -> None:
    assert pictures.for_paper(image(size=(400, 400), colour=7)[:150]) is None


@pytest.mark.parametrize(
    ("content", "name"),
    [(image("GIF", mode="P"), "a.gif"), (b"%PDF-1.7", "a.pdf"), (rulebook.PNG, "a.png"), (b"text", "a.txt")],
)
def test_what_is_no_sound_png_or_jpeg_is_refused_at_its_field(content: bytes, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        clause_pictures.check(checked(content, name))
    assert list(refused.value.fields) == ["picture"]


def test_a_picture_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 10)
    with pytest.raises(Invalid):
        clause_pictures.check(checked(image()))


# In the text


def test_a_picture_is_written_and_read_as_a_line_of_its_own() -> None:
    picture = Picture(17, "a" * 64, 4, 2, "停车位")
    typed = f"前。\n{writing.compose_picture(picture)}\n后。"
    body = writing.read(typed, lambda _name: None, {17: Picture(17, "a" * 64, 4, 2)})
    assert body[1] == picture
    assert writing.compose(body, {}) == typed
    assert from_plain(to_plain(body)) == body
    assert words_of(body) == "前。\n［图：停车位］\n后。"
    # Inside a line it is what was typed, nothing else.
    assert pictures_of(writing.read("见 ![a](17) 图", lambda _name: None, {17: picture})) == []


@pytest.mark.parametrize("line", ["![a](99)", "![](0)", f"![{'长' * 121}](17)"])
def test_a_line_names_no_picture_of_another_version(line: str) -> None:
    with pytest.raises(Invalid):
        writing.read(line, lambda _name: None, {17: Picture(17, "a" * 64, 4, 2)})


@pytest.mark.parametrize(
    "changed",
    [{"file": 0}, {"file": True}, {"sha256": "a"}, {"caption": "长" * 121}, {"width": "4"}, {"height": None}],
)
def test_a_stored_picture_is_whole(changed: dict[str, Any]) -> None:
    plain = to_plain((Picture(17, "a" * 64, 4, 2),))
    with pytest.raises(ClauseTextError):
        from_plain([{**plain[0], **changed}])


def test_a_picture_is_part_of_the_hash_and_of_the_comparison(desk: Desk) -> None:
    version_id, _number = with_picture(desk)
    before = versions.hash_of(rulebook.load(version_id))
    rulebook.approve(desk, version_id)
    new = rulebook.begun_again(desk, version_id)
    old, copy = rulebook.load(version_id), rulebook.load(new)
    assert {each.state for each in compare.of_versions(old, copy)} == {"same"}
    put(desk, new, image(colour=200), "停车位")
    version = rulebook.load(new)
    assert versions.hash_of(version) != before
    assert [each.state for each in compare.of_versions(rulebook.load(version_id), version)][
        PLACE
    ] == "changed"


def test_a_revision_has_pictures_of_its_own(desk: Desk) -> None:
    version_id, number = with_picture(desk)
    put(desk, version_id, image(colour=1), text=f"![停车位]({number})")
    rulebook.approve(desk, version_id)
    new = rulebook.begun_again(desk, version_id)
    version = rulebook.load(new)
    shown = pictures_of(version.clauses[PLACE].body)
    assert {picture.file for picture in shown} == {row.stored_file_id for row in version.pictures}
    assert number not in {picture.file for picture in shown}
    assert [picture.caption for picture in shown] == ["停车位", ""]
    assert all(session.get_one(StoredFile, picture.file).doc_id == new for picture in shown)
    # Whoever types the number of another version's picture gets none.
    with pytest.raises(Invalid):
        put(desk, new, image(), text=f"![x]({number})")


def test_there_is_a_limit_of_pictures(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clause_pictures, "MOST_PICTURES", 1)
    version_id, _number = with_picture(desk)
    with pytest.raises(Conflict, match="too-many-pictures"):
        put(desk, version_id, image())


def test_shown_pictures_are_held_for_good_once_approved(desk: Desk) -> None:
    version_id, number = with_picture(desk)
    dropped = put(desk, version_id, image(colour=1), text="没有图了。")
    put(desk, version_id, image(colour=2), text=f"![停车位]({number})")
    rulebook.approve(desk, version_id)
    assert session.get_one(StoredFile, number).legal_hold
    assert not session.get_one(StoredFile, dropped).legal_hold


# On paper and in Word


def test_papers_draw_pictures_and_say_where_one_is_lost(desk: Desk) -> None:
    version_id, _number = with_picture(desk, content=image("JPEG", size=(900, 2_000)))
    rulebook.approve(desk, version_id)
    version = rulebook.load(version_id)
    pages = PdfReader(io.BytesIO(pdf.text_paper(version, "公司"))).pages
    assert sum(len(page.images) for page in pages) == 1
    assert "停车位" in "".join(page.extract_text() for page in pages)
    files.path_of(pictures_of(version.clauses[PLACE].body)[0].sha256).unlink()
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(pdf.text_paper(version, "公司"))).pages
    )
    assert "图片读不出" in text


def test_a_picture_goes_to_word_and_comes_back(client: Client, desk: Desk) -> None:
    content = image("JPEG", size=(300, 200))
    version_id, number = with_picture(desk, '停车"位"<1>', content)
    put(desk, version_id, image(), text=f"![停车]({number})\n![又一次]({number})")
    client.as_(desk.manager)
    word = client.get(f"/rules/versions/{version_id}/word").data
    document = read_document(open_upload("a.docx", word))
    assert [picture.content for picture in document.pictures] == [content, image()]
    assert sum(len(row.pictures) for row in document.rows) == 3
    files.path_of(session.get_one(StoredFile, number).sha256).unlink()
    word = client.get(f"/rules/versions/{version_id}/word").data
    document = read_document(open_upload("a.docx", word))
    assert [picture.content for picture in document.pictures] == [image()]


# Over HTTP


def send(client: Client, version_id: int, **changed: Any) -> Any:
    """Post the form of the first article."""
    clause = rulebook.load(version_id).clauses[PLACE].clause_id
    edit = f"/rules/versions/{version_id}/edit?clause={clause}"
    address = f"/rules/versions/{version_id}/clauses/{clause}"
    client.get(edit)
    form = {**client.page.values(address), **changed}
    return client.post(address, form, content_type="multipart/form-data")


def test_a_picture_is_brought_with_the_form_of_its_clause(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    answer = send(
        client, version_id, text="停在线内。", caption="停车位", picture=(io.BytesIO(image()), "车位.png")
    )
    clause = rulebook.load(version_id).clauses[PLACE].clause_id
    assert answer.headers["Location"].endswith(f"/edit?clause={clause}#clause-{clause}")
    (kept,) = rulebook.load(version_id).pictures
    number = kept.stored_file_id
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert f"停在线内。\n![停车位]({number})" in page
    for address in (f"/rules/versions/{version_id}", f"/rules/versions/{version_id}/print"):
        page = client.get(address).get_data(as_text=True)
        assert f'<img src="/files/{number}" width="40" height="20" alt="停车位"' in page
    assert client.get(f"/files/{number}").data == image()


def test_a_bad_picture_is_refused_with_what_was_typed(client: Client, desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    client.as_(desk.manager)
    for content, name in ((b"GIF89a" + b"0" * 30, "a.gif"), (b"MZ", "a.exe"), (rulebook.PNG, "a.png")):
        answer = send(client, version_id, text="写了很久的正文", picture=(io.BytesIO(content), name))
        assert answer.status_code == 422
        assert "写了很久的正文" in client.page.html
    assert rulebook.load(version_id).pictures == []
    assert words_of(rulebook.load(version_id).clauses[PLACE].body) == "车辆由专人负责。"


def test_pictures_of_a_draft_are_at_no_address_for_readers(client: Client, desk: Desk) -> None:
    version_id, number = with_picture(desk)
    dropped = put(desk, version_id, image(colour=1), text="没有图了。")
    put(desk, version_id, image(colour=2), text=f"![停车位]({number})")
    for who in ("reader", "other"):
        assert client.as_(getattr(desk, who)).get(f"/files/{number}").status_code == 404
    rulebook.approve(desk, version_id)
    client.as_(desk.reader)
    assert client.get(f"/files/{number}").data == image()
    # What was taken out before the approval was never said to anybody.
    assert client.get(f"/files/{dropped}").status_code == 404
    assert client.as_(desk.manager).get(f"/files/{dropped}").status_code == 200
    # The next draft's pictures are its own.
    new = rulebook.begun_again(desk, version_id)
    own = min(version_files.shown_pictures(new))
    assert client.as_(desk.reader).get(f"/files/{own}").status_code == 404
    assert session.get_one(RulePicture, rulebook.load(new).pictures[0].id).version_id == new


def test_a_clause_without_words_for_its_picture_names_itself(client: Client, desk: Desk) -> None:
    version_id, number = with_picture(desk, caption="")
    page = client.as_(desk.manager).get(f"/rules/versions/{version_id}").get_data(as_text=True)
    assert f'<img src="/files/{number}" width="40" height="20" alt="第一条的图片"' in page
