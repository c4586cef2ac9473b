"""Numbers before paragraphs are those Word prints: 43 files by what is special in them, seven saved by LibreOffice."""

from pathlib import Path

import pytest

from app.features.rules.word.blocks import BlockReader, TextBlock
from app.features.rules.word.parts import open_upload, read_parts
from tests.word_catalogue import EXAMPLES
from tests.word_files import abstract, docx, level, num, p

SAVED = Path(__file__).resolve().parents[3] / "fixtures" / "word"


def printed(content: bytes) -> list[tuple[str, str]]:
    blocks = BlockReader(read_parts(open_upload("制度.docx", content))).read()
    texts = [block for block in blocks if isinstance(block, TextBlock) and block.lines]
    return [(block.label.text if block.label else "", block.text) for block in texts]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_numbers_are_those_that_are_printed(name):
    example = EXAMPLES[name]()
    assert printed(example.content) == example.printed


def test_catalogue_has_at_least_thirty_files():
    assert len({EXAMPLES[name]().content for name in EXAMPLES}) == len(EXAMPLES) > 30


@pytest.mark.parametrize("path", sorted(SAVED.glob("*.docx")), ids=lambda path: path.stem)
def test_numbers_survive_being_saved_by_libreoffice(path):
    assert printed(path.read_bytes()) == EXAMPLES[path.stem]().printed


def test_there_are_files_saved_by_libreoffice():
    assert len(list(SAVED.glob("*.docx"))) == 7


def test_wrong_values_in_numbering_count_as_none():
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="99"/><w:lvl w:ilvl="x"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="abc"/><w:numFmt/><w:lvlRestart w:val="-4"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="77"/></w:num><w:num/>'
    )
    assert printed(docx(p("A", at=(1, 0)), p("B", at=(1, 99)), numbering=numbering)) == [
        ("0.", "A"),
        ("1.", "B"),
    ]


def test_pattern_longer_than_any_number_is_cut():
    numbering = abstract(0, level(0, "lowerLetter", "%1" * 5_000, start=700)) + num(1, 0)
    [(number, _text)] = printed(docx(p("A", at=(1, 0)), numbering=numbering))
    assert len(number) < 2_000


def test_new_format_stands_in_an_alternative():
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="4"/><mc:AlternateContent>'
        '<mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002"/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="upperRoman"/></mc:Fallback></mc:AlternateContent>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    ) + num(1, 0)
    assert printed(docx(p("A", at=(1, 0)), numbering=numbering)) == [("IV.", "A")]


def test_lost_list_style_is_found_by_its_name():
    numbering = abstract(0, level(0, "decimal", "%1."), own="Gone") + abstract(1, link="Gone") + num(1, 1)
    assert printed(docx(p("A", at=(1, 0)), numbering=numbering)) == [("1.", "A")]
