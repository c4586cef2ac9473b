"""How Chinese is typed in letters."""

import pytest

from app.core import pinyin


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("液压泵", "yeyabeng yyb"),
        ("液压泵 HG500", "yeyabeng yyb"),
        ("绿女", "lvnv ln"),
        ("长江", "changjiang cj zhangjiang zj"),
        ("重庆", "zhongqing zq chongqing cq"),
        ("泵A阀", "beng b fa f"),
        ("HG500", ""),
        ("", ""),
        ("〇", ""),
    ],
)
def test_a_text_is_found_by_its_syllables_and_their_initials(text, keys):
    assert pinyin.keys(text) == keys


def test_a_character_without_a_reading_is_left_out():
    unread = "\U0002ffff"
    assert pinyin.readings(unread) == ("", "")
    assert pinyin.keys(f"泵{unread}") == "beng b"
