"""Opening a Word file: what is no .docx is refused by a sentence that says what to do; then its parts are read."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

from app.core import files, pictures
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.i18n import LazyText, lazy
from app.core.office_package import (
    OLD_OFFICE,
    Package,
    PackageError,
    PackageProblem,
    Relationship,
    is_encrypted,
    is_old_word,
    parse,
)
from app.core.pictures import PictureProblem
from app.features.rules.word.markup import A, R, V, W
from app.features.rules.word.numbering import Numbering, read_numbering
from app.features.rules.word.remarks import Remark
from app.features.rules.word.styles import Styles

DOCX_TYPE = files.ZIP_TYPES["docx"]
MOST_BYTES = 20 * 1024 * 1024
# The text of some 2,000 pages, as Word writes it; pictures are counted by the archive's own limit.
MOST_TEXT_BYTES = 25 * 1024 * 1024
MOST_PICTURES = 200


@dataclass(frozen=True)
class Picture:
    """A picture of a file: a name to keep it under, its type by content, its bytes, its size in pixels, its part."""

    name: str
    media_type: str
    content: bytes
    width: int = 1
    height: int = 1
    part: str = ""


def refuse(sentence: LazyText) -> Invalid:
    """Return the refusal of a file, at the field ``file``."""
    return Invalid(fields={"file": sentence})


def open_upload(name: str, content: bytes) -> CheckedFile:
    """Check an upload that should be a .docx: its size, its kind by content, its archive by the directory.

    Raises Invalid with the sentence at the field ``file``.
    """
    if len(content) > MOST_BYTES:
        raise refuse(lazy("文件超过 20 MB。请在 Word 里压缩图片后另存，再重新上传"))
    if not content:
        raise refuse(lazy("文件是空的，请检查后重新选择"))
    if content.startswith(OLD_OFFICE):
        raise _old_container(content)
    if content.startswith(b"{\\rtf"):
        raise refuse(lazy("这是 .rtf 文件。请用 Word 或 WPS 打开，另存为 .docx 后再上传"))
    if re.match(
        rb"(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype|html|\?xml|w:)|mime-version)", content[:200], re.IGNORECASE
    ):
        raise refuse(lazy("这个文件其实是网页或 XML，不是 Word 文件。请用 Word 打开，另存为 .docx 后再上传"))
    if not content.startswith(b"PK\x03\x04"):
        raise refuse(lazy("这不是 Word 文件。请选择 .docx 文件；别的格式请先用 Word 或 WPS 另存为 .docx"))
    if name.rpartition(".")[2].lower() != "docx":
        raise refuse(lazy("请选择 .docx 文件；.doc、.wps、.docm 等请先用 Word 或 WPS 另存为 .docx"))
    return files.check_upload(name, io.BytesIO(content))


def _old_container(content: bytes) -> Invalid:
    """Return the refusal of what is wrapped in the container of old Office, whatever its name says."""
    if is_encrypted(content):
        return refuse(lazy("这个文件设了打开密码。请在 Word 或 WPS 里取消密码，保存后再上传"))
    if is_old_word(content):
        return refuse(
            lazy("这是旧的 .doc 或 .wps 格式，改扩展名没有用。请用 Word 或 WPS 打开，另存为 .docx 后再上传")
        )
    return refuse(lazy("这不是 Word 文件，而是旧格式的其他文件。请选择 .docx 文件"))


@dataclass
class WordFile:
    """The parts of a Word file that matter here, and what was met while reading them."""

    package: Package
    main: str
    body: Any
    relationships: dict[str, Relationship]
    styles: Styles
    numbering: Numbering
    footnotes: dict[str, Any]
    endnotes: dict[str, Any]
    remarks: dict[Remark, int] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)

    def note(self, remark: Remark, times: int = 1) -> None:
        """Remember that something was met."""
        self.remarks[remark] = self.remarks.get(remark, 0) + times

    def part_of(self, kind: str) -> str | None:
        """Return the name of the part of a kind, where there is one."""
        for one in self.relationships.values():
            if one.kind.endswith(f"/{kind}") and not one.outside and self.package.has(one.target):
                return one.target
        return None

    def picture(self, element: Any) -> Picture | Remark | None:
        """Return the picture a ``blip`` or ``imagedata`` shows, or why it is not taken; None where it shows none."""
        key = element.get(f"{R}embed") or element.get(f"{R}id") or element.get(f"{R}link")
        found = self.relationships.get(key or "")
        if found is None:
            return None
        if found.outside:
            return Remark.PICTURE_OUTSIDE
        if found.target in self.pictures:
            return self.pictures[found.target]
        if not self.package.has(found.target):
            return Remark.PICTURE_FORMAT
        content = self.package.read(found.target)
        if len(self.pictures) >= MOST_PICTURES:
            return Remark.PICTURE_SIZE
        measured = pictures.measure(content)
        if isinstance(measured, PictureProblem):
            return Remark.PICTURE_SIZE if measured is PictureProblem.SIZE else Remark.PICTURE_FORMAT
        name = f"image{len(self.pictures) + 1}.{pictures.ENDINGS[measured.media_type]}"
        self.pictures[found.target] = Picture(
            name, measured.media_type, content, measured.width, measured.height, found.target
        )
        return self.pictures[found.target]


def read_picture(checked: CheckedFile, part: str) -> Picture | None:
    """Return the picture in a part of a checked file, without reading its text; None where there is none."""
    try:
        content = Package(checked.content).read(part)
    except PackageError:
        return None
    measured = pictures.measure(content)
    if isinstance(measured, PictureProblem):
        return None
    return Picture(part, measured.media_type, content, measured.width, measured.height, part)


def read_parts(checked: CheckedFile) -> WordFile:
    """Open a checked file and read what its text is made of; raises Invalid for a damaged or unsafe one."""
    try:
        package = Package(checked.content)
        main = package.main_part(otherwise="word/document.xml")
        if not package.has(main) or not main.lower().endswith(".xml"):
            raise _other_file(package)
        return _read(package, main)
    except PackageError as error:
        if error.problem is PackageProblem.UNSAFE:
            raise refuse(lazy("这个文件的内部结构不安全，请用 Word 打开，另存为 .docx 后再上传")) from error
        raise refuse(lazy("文件已损坏，打不开，请用 Word 或 WPS 打开，另存为 .docx 后再上传")) from error


def _other_file(package: Package) -> Invalid:
    if package.has("xl/workbook.xml"):
        return refuse(lazy("这其实是 Excel 文件，只是改了扩展名。制度请用 .docx 文件上传"))
    if package.has("ppt/presentation.xml"):
        return refuse(lazy("这其实是 PPT 文件，只是改了扩展名。制度请用 .docx 文件上传"))
    return refuse(lazy("文件里没有 Word 的正文，请用 Word 或 WPS 打开，另存为 .docx 后再上传"))


def _read(package: Package, main: str) -> WordFile:
    content = package.read(main)
    if len(content) > MOST_TEXT_BYTES:
        raise too_long()
    root = parse(content, main)
    body = root.find(f"{W}body")
    if body is None:
        raise _other_file(package)
    file = WordFile(package, main, body, package.relationships(main), Styles(None), Numbering(), {}, {})
    file.styles = Styles(_optional(file, "styles"))
    file.numbering = read_numbering(_optional(file, "numbering"), file.styles.list_of_style)
    file.footnotes = _notes(_optional(file, "footnotes"), "footnote")
    file.endnotes = _notes(_optional(file, "endnotes"), "endnote")
    if (comments := file.part_of("comments")) is not None:
        count = len(list(package.xml(comments).iter(f"{W}comment")))
        if count:
            file.note(Remark.COMMENTS, count)
    return file


def too_long() -> Invalid:
    """Return the refusal of a file that is longer than a rule anybody reads."""
    return refuse(lazy("这份文件太长（超过约 500 页）。请按章或按制度拆成几份，分别上传"))


def _optional(file: WordFile, kind: str) -> Any:
    part = file.part_of(kind)
    return file.package.xml(part) if part is not None else None


def _notes(root: Any, name: str) -> dict[str, Any]:
    """Return foot or end notes by id, without the lines that part them from the text."""
    if root is None:
        return {}
    return {
        one.get(f"{W}id", ""): one
        for one in root.iterchildren(W + name)
        if one.get(f"{W}type") in (None, "normal")
    }


def blips(element: Any) -> list[Any]:
    """Return what shows a picture in a drawing, outside the text boxes it holds."""
    found = [*element.iter(f"{A}blip"), *element.iter(f"{V}imagedata")]
    return [one for one in found if not inside_box(one, element)]


def inside_box(one: Any, drawing: Any) -> bool:
    """Tell whether an element of a drawing stands in a text box of it."""
    for above in one.iterancestors():
        if above is drawing:
            return False
        if above.tag == f"{W}txbxContent":
            return True
    return False
