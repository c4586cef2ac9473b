"""Reading Word files made in code, for the tests of what comes out."""

from typing import Any

from app.features.rules.clause_text import words_of
from app.features.rules.word.parts import open_upload
from app.features.rules.word.reading import ImportedDocument, read_document
from tests.word_files import docx, p


def read(*body: str, **parts: Any) -> ImportedDocument:
    """Return what a file of these paragraphs is read as."""
    return read_document(open_upload("制度.docx", docx(*body, **parts)))


def text_of(document: ImportedDocument) -> str:
    """Return the text of all rows, a line each."""
    return "\n".join(words_of(row.body) for row in document.rows)


def cell(text: str = "", more: str = "") -> str:
    """Return a cell of a table; text that is markup stands in it as it is."""
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"
