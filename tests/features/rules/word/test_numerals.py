"""Numbers in every format of Word, and read back."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.capital_amount import capital_amount
from app.features.rules.outline import chinese_number
from app.features.rules.word.numerals import FORMATS, HAN_FORMATS, read_number, write_number

EXAMPLES = settings(max_examples=60, deadline=None)
UNIQUE = sorted(
    (HAN_FORMATS - {"japaneseCounting"}) | {"decimal", "decimalZero", "decimalFullWidth", "decimalHalfWidth"}
)


@EXAMPLES
@given(st.integers(1, 9_999), st.sampled_from(UNIQUE))
def test_what_was_written_is_read_back(number, number_format):
    assert read_number(write_number(number_format, number)) == number


@EXAMPLES
@given(st.integers(1, 9_999))
def test_numerals_agree_with_the_other_writers_of_the_house(number):
    assert write_number("chineseCountingThousand", number) == chinese_number(number)
    assert capital_amount(Decimal(number)) == write_number("chineseLegalSimplified", number) + "元整"


@EXAMPLES
@given(st.integers(-5, 200_000), st.sampled_from([*FORMATS, "hebrew1", ""]))
def test_every_format_writes_something_short(number, number_format):
    written = write_number(number_format, number)
    assert len(written) <= 120
    assert bool(written) == (number_format not in ("none", "bullet"))


@EXAMPLES
@given(st.text(max_size=6))
def test_any_text_is_a_number_within_limits_or_none(text):
    found = read_number(text)
    assert found is None or 1 <= found <= 9_999


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10), ("一十", 10), ("二十一", 21), ("两百", 200), ("一百零三", 103), ("一百〇三", 103),
        ("一○三", 103), ("百", 100),
        ("一二", 12), ("壹拾贰", 12), ("１２", 12), ("⑫", 12), ("㉑", 21), ("㊿", 50), ("一千零一十", 1010),
        ("", None), ("零", None), ("〇", None), ("0", None), ("10000", None), ("千万", None), ("²", None),
        ("一章", None),
    ],
)  # fmt: skip
def test_numerals_people_type(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("number_format", "number", "written"),
    [
        ("chineseCountingThousand", 10_000, "一万"),
        ("chineseCountingThousand", 10_012, "一万零一十二"),
        ("chineseCountingThousand", 12_345, "一万二千三百四十五"),
        ("japaneseCounting", 1_111, "千百十一"),
        ("lowerLetter", 781, "781"),
        ("upperRoman", 1_994, "MCMXCIV"),
        ("bullet", 3, ""),
        ("somethingNew", 3, "3"),
    ],
)
def test_formats_at_their_borders(number_format, number, written):
    assert write_number(number_format, number) == written
