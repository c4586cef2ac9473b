"""The files that are part of what a version says: its attachments, and the pictures in its clauses.

Each version has rows of its own for them, so that whoever may see the version may see its files, and a revision takes
them over without giving away anything of the draft it grows from.
"""

from dataclasses import replace

from sqlalchemy import Text, cast, select

from app.core import files
from app.core.db import session
from app.core.permissions import Actor
from app.features.rules.clause_text import Body, Picture, from_plain, pictures_of, to_plain
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import ClauseText, RuleAttachment, RulePicture, RuleVersion

ATTACHMENT_FILE = "attachment"
PICTURE_FILE = "picture"


def carry_over(source: RuleVersion, target: RuleVersion, actor: Actor) -> None:
    """Give a new version the attachments and pictures of the one it begins from; the bytes are stored once."""
    for each in source.attachments:
        row = files.attach_stored(each.stored_file, RULE_VERSION, target.id, actor, kind=ATTACHMENT_FILE)
        target.attachments.append(RuleAttachment(stored_file=row, reading=each.reading, text=each.text))
    shown = {picture.file for text in source.clauses for picture in pictures_of(text.body)}
    new: dict[int, int] = {}
    for picture in source.pictures:
        if picture.stored_file_id in shown:
            row = files.attach_stored(picture.stored_file, RULE_VERSION, target.id, actor, kind=PICTURE_FILE)
            target.pictures.append(RulePicture(stored_file=row, width=picture.width, height=picture.height))
            new[picture.stored_file_id] = row.id
    for text in target.clauses if new else ():
        if pictures_of(text.body):
            text.plain = to_plain(with_files(text.body, new))


def with_files(body: Body, new: dict[int, int]) -> Body:
    """Return a body whose pictures name other files, each by the number it had."""
    return tuple(
        replace(block, file=new[block.file]) if isinstance(block, Picture) and block.file in new else block
        for block in body
    )


def hold(version: RuleVersion) -> None:
    """Keep the files of an approved version for good: readers sign for them with its text."""
    shown = {picture.file for text in version.clauses for picture in pictures_of(text.body)}
    kept = [each.stored_file for each in version.attachments]
    kept += [each.stored_file for each in version.pictures if each.stored_file_id in shown]
    for row in kept:
        row.legal_hold = True


def pictures_by_number(version: RuleVersion) -> dict[int, Picture]:
    """Return the pictures that were brought for a version, by the number its text names them by."""
    return {
        row.stored_file_id: Picture(row.stored_file_id, row.stored_file.sha256, row.width, row.height)
        for row in version.pictures
    }


def shown_pictures(version_id: int) -> set[int]:
    """Return the numbers of the pictures that stand in the text of a version."""
    stored = select(ClauseText.plain).where(
        ClauseText.version_id == version_id, cast(ClauseText.plain, Text).contains('"picture"')
    )
    return {
        picture.file
        for plain in session.execute(stored).scalars()
        for picture in pictures_of(from_plain(plain))
    }


def picture_bytes(picture: Picture) -> bytes | None:
    """Return the bytes of a picture, None where the folder lost them."""
    try:
        return files.path_of(picture.sha256).read_bytes()
    except FileNotFoundError:
        return None
