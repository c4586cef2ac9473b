import pytest

from app.core import verification_code


def test_a_code_carries_at_least_a_hundred_bits_and_is_never_the_same_twice():
    codes = {verification_code.new_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert verification_code.BITS >= 100
    assert {len(code) for code in codes} == {24}
    assert set("".join(codes)) == set(verification_code.ALPHABET)


def test_a_printed_code_reads_back_to_its_stored_form():
    code = verification_code.new_code()
    assert verification_code.grouped("0123456789ABCDEFGHJKMNPQ") == "0123-4567-89AB-CDEF-GHJK-MNPQ"
    assert verification_code.normalise(verification_code.grouped(code)) == code


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89ab-cdef-ghjk-mnpq",
        " o123 4567 89AB CDEF GHJK MNPQ\n",
        "Oi23456789abcdefghjkmnpq",
        "ol23-4567-89AB-CDEF-GHJK-MNPQ",
        "０１２３－４５６７－８９ＡＢ－ＣＤＥＦ－ＧＨＪＫ－ＭＮＰＱ",
        "0123–4567—89AB·CDEF.GHJK_MNPQ",
    ],
)
def test_the_ways_people_type_a_code_are_accepted(typed):
    assert verification_code.normalise(typed) == "0123456789ABCDEFGHJKMNPQ"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "0123",
        "U123456789ABCDEFGHJKMNPQ",
        "0123456789ABCDEFGHJKMNPQ0",
        "\x00" * 24,
        "中" * 24,
        "0" * 1_000_000,
    ],
)
def test_what_cannot_be_a_code_is_told_apart(typed):
    assert verification_code.normalise(typed) is None
