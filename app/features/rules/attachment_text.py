"""What attachments say, for the search: read once when they are brought, never in the way of keeping them.

A file that is huge, broken, locked or hostile is kept like any other; its words are then not found, and the page says
so.
"""

from dataclasses import dataclass

from app.core import files, spreadsheets
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.office_package import Package, PackageError
from app.core.pdf.uploads import read_texts
from app.core.search import storable
from app.core.search_tokens import MOST_TEXT
from app.features.rules.enums import TextReading
from app.features.rules.word.inline import plain_lines
from app.features.rules.word.parts import MOST_TEXT_BYTES

MOST_PAGES = 500
PLAIN_TYPES = frozenset(files.TEXT_TYPES.values())


@dataclass(frozen=True)
class ReadText:
    """What was read of a file, and how far."""

    reading: TextReading
    text: str = ""


UNREADABLE = ReadText(TextReading.UNREADABLE)


def read(checked: CheckedFile) -> ReadText:
    """Read the words of a checked file; takes up to a minute for a large PDF, so it runs before any transaction."""
    try:
        text = words_of(checked)
    except (Invalid, PackageError, RecursionError):
        return UNREADABLE
    if text is None:
        return UNREADABLE
    kept = storable(text.strip())
    if not kept:
        return ReadText(TextReading.NONE)
    return ReadText(TextReading.PARTLY if len(text) > MOST_TEXT else TextReading.WHOLE, kept)


def words_of(checked: CheckedFile) -> str | None:
    """Return what a file says, an empty text for kinds without words; None where it cannot be read.

    Raises Invalid or PackageError for a file its reader does not take.
    """
    if checked.media_type == files.ZIP_TYPES["docx"]:
        return words_of_docx(checked.content)
    if checked.media_type == files.ZIP_TYPES["xlsx"]:
        return spreadsheets.words_of_workbook(checked.content, MOST_TEXT + 1)
    if checked.media_type == "application/pdf":
        pages = read_texts(checked.content, most_pages=MOST_PAGES)
        return None if pages is None else "\n".join(page for page in pages if page)
    if checked.media_type in PLAIN_TYPES:
        return spreadsheets.decoded(checked.content)
    return ""


def words_of_docx(content: bytes) -> str | None:
    """Return what a .docx says, paragraph by paragraph; None where it is longer than anybody reads."""
    package = Package(content)
    main = package.main_part(otherwise="word/document.xml")
    if len(package.read(main)) > MOST_TEXT_BYTES:
        return None
    return "\n".join(plain_lines(package.xml(main)))
