"""Pictures brought into the clauses of a draft: checked before the lock, kept as files of the version."""

from dataclasses import dataclass

from app.core import files, pictures
from app.core.errors import Conflict, Invalid
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.core.pictures import Measured, PictureProblem
from app.features.rules.clause_text import Picture
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RulePicture, RuleVersion
from app.features.rules.version_files import PICTURE_FILE

MOST_PICTURES = 300
TAKEN_TYPES = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True)
class NewPicture:
    """A picture that passed the checks, with its size in pixels and what is said below it."""

    file: CheckedFile
    width: int
    height: int
    caption: str = ""


def check(checked: CheckedFile, caption: str = "") -> NewPicture:
    """Return an upload as a picture; raises Invalid at the field ``picture`` for one that is not taken.

    It is unfolded once, so that no page and no paper meets a damaged one later.
    """
    if checked.media_type not in TAKEN_TYPES:
        raise refuse(lazy("请选择 PNG 或 JPEG 图片；别的格式请先另存为 PNG"))
    measured = pictures.measure(checked.content)
    if measured is PictureProblem.SIZE:
        raise refuse(lazy("图片太大，最大 5 MB、4000 万像素，请缩小后再上传"))
    if not isinstance(measured, Measured) or not pictures.is_whole(checked.content):
        raise refuse(lazy("图片已损坏，打不开，请重新保存后再上传"))
    files.save_bytes(checked.content)
    return NewPicture(checked, measured.width, measured.height, caption.strip())


def refuse(sentence: LazyText | str) -> Invalid:
    """Return the refusal of a picture, at its field."""
    return Invalid(fields={"picture": sentence})


def keep(version: RuleVersion, picture: NewPicture, *, actor: Actor) -> Picture:
    """Keep a checked picture with a draft whose row is locked, and return it as the text of a clause names it."""
    if len(version.pictures) >= MOST_PICTURES:
        raise Conflict("rule:too-many-pictures", most=MOST_PICTURES)
    row = files.attach(picture.file, RULE_VERSION, version.id, actor, kind=PICTURE_FILE)
    version.pictures.append(RulePicture(stored_file=row, width=picture.width, height=picture.height))
    return Picture(row.id, row.sha256, picture.width, picture.height, picture.caption)
