"""Breaks text into lines by Chinese typesetting rules (GB/T 15834, CLREQ 禁则处理).

No closing mark begins a line, no opening mark ends one, and numbers, models and units stay whole unless one alone is
longer than the line. ReportLab's own ``wordWrap='CJK'`` breaks these rules at a fifth of its line ends.
"""

import re
from functools import lru_cache

from app.core.pdf.fonts import Typeface, typeface

CLOSING_MARKS = frozenset("，。、；：？！）】》〉」』〕］｝”’…—·～％‰℃°′″,.;:?!)]}%")
OPENING_MARKS = frozenset("（【《〈「『〔［｛“‘([{￥¥$＄€£")

_SPACES = frozenset(" \u3000")
_OPEN, _CLOSE, _SPACE, _WORD, _HAN = "OPEN", "CLOSE", "SPACE", "WORD", "HAN"
_HAN_CHARACTER = re.compile(
    "[\u2e80-\u30ff\u3100-\u312f\u31a0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]"
)
# What follows a number and is read together with it: 30天, 7日, 12个月, 3台.
_COUNTED = frozenset("天日月年周时分秒元角万亿个台套件只支根米吨克升桶箱片块面副组页份次级号期项条‰")
_UNIT = re.compile(r"(?:[A-Za-zµμΩ°℃%‰][A-Za-z0-9·²³/%]{0,5})(?![A-Za-z])")
# GB/T 12221, ISO 9001: the number of a standard stays with its body.
_STANDARD = re.compile(
    r"(?<![A-Za-z])(?:GB|JB|HG|NB|NY|QC|SY|YB|DL|SH|TSG|ISO|IEC|DIN|EN|API|ASTM|ANSI|JIS)(?:/[TZ])?$"
)
# Where a model that is longer than the line is best cut: behind its own joints.
_JOINTS = frozenset("-/,.;:×*=+~_&|\\")
_COMPARISONS = frozenset("≥≤><=≈±~-−")


@lru_cache(maxsize=4096)
def break_lines(text: str, face_name: str, size: float, width: float) -> tuple[str, ...]:
    """Return the lines of a text set in a typeface at ``size`` points within ``width`` points.

    Line ends in the text are kept; spaces at line ends are dropped; an empty text is one empty line. A line is wider
    than ``width`` only when a single character is. Raises MissingGlyph.
    """
    face = typeface(face_name)
    if "\n" not in text and face.width(text, size) <= width:
        return (text.strip(" "),)
    limit = width * 1000 / size
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_break_paragraph(paragraph, face, limit))
    return tuple(lines)


def _break_paragraph(text: str, face: Typeface, limit: float) -> list[str]:
    advances = face.advances
    lines: list[str] = []
    line, line_width = "", 0.0
    for piece in pieces(text):
        solid = piece.rstrip(" \u3000")
        solid_width = sum(map(advances.__getitem__, solid))
        if line and line_width + solid_width > limit:
            lines.append(line)
            line, line_width = "", 0.0
        rest = piece
        if solid_width > limit:
            *full, rest = _cut(solid, advances, limit)
            lines.extend(full)
        line += rest
        line_width += sum(map(advances.__getitem__, rest))
    lines.append(line)
    return [line.strip(" \u3000") for line in lines]


def pieces(text: str) -> list[str]:
    """Split a line of text into the parts between which a line may end; joined they are the text again."""
    classes = _classify(text)
    result = []
    start = 0
    for place in range(1, len(text)):
        if _may_break(text, classes, place):
            result.append(text[start:place])
            start = place
    result.append(text[start:])
    return result


def _classify(text: str) -> list[str]:
    classes = [_class_of(character) for character in text]
    for place, character in enumerate(text):
        before = classes[place - 1] if place else _SPACE
        after = classes[place + 1] if place + 1 < len(text) else _SPACE
        joins_words = before == _WORD and after == _WORD
        if (
            (character in ".(·" and joins_words)
            or (character in "%‰℃°′″" and before == _WORD)
            or (character in ",:" and joins_words and text[place - 1].isdigit() and text[place + 1].isdigit())
        ):
            classes[place] = _WORD
        elif character in _JOINTS and before == _HAN == after:
            classes[place] = _CLOSE
    return classes


def _class_of(character: str) -> str:
    if character in _SPACES:
        return _SPACE
    if character in CLOSING_MARKS:
        return _CLOSE
    if character in OPENING_MARKS:
        return _OPEN
    return _HAN if _HAN_CHARACTER.match(character) else _WORD


def _may_break(text: str, classes: list[str], place: int) -> bool:
    here, before = classes[place], classes[place - 1]
    if here in (_SPACE, _CLOSE) or before == _OPEN:
        return False
    if before == _SPACE:
        return _may_break_after_space(text, classes, place)
    if before == _WORD:
        if here == _WORD:
            return False
        return not (text[place - 1].isdigit() and text[place] in _COUNTED)
    return not (text[place - 1] == "第" and text[place].isdigit())


def _may_break_after_space(text: str, classes: list[str], place: int) -> bool:
    last = place - 1
    while last >= 0 and classes[last] == _SPACE:
        last -= 1
    if last < 0:
        return False
    if classes[last] == _OPEN:
        return False
    if text[last] in _COMPARISONS and text[place].isdigit():
        return False
    if text[place].isdigit() and _STANDARD.search(text, 0, last + 1):
        return False
    number_with_unit = text[last].isdigit() and classes[place] == _WORD and _UNIT.match(text, place)
    return not number_with_unit


def _cut(piece: str, advances: dict[str, int], limit: float) -> list[str]:
    """Cut a part that is longer than the line; behind a joint when one lies in the second half of the line."""
    parts = []
    while piece:
        width, count = 0.0, 0
        while count < len(piece) and (count == 0 or width + advances[piece[count]] <= limit):
            width += advances[piece[count]]
            count += 1
        if count < len(piece):
            count = _better_cut(piece, count)
        parts.append(piece[:count])
        piece = piece[count:]
    return parts


def _better_cut(piece: str, count: int) -> int:
    for place in range(count, count // 2, -1):
        if piece[place - 1] in _JOINTS and piece[place] not in CLOSING_MARKS:
            return place
    for place in range(count, 0, -1):
        if piece[place] not in CLOSING_MARKS and piece[place - 1] not in OPENING_MARKS:
            return place
    return count
