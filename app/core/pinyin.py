"""Pinyin of Chinese text, so that "yyb" and "yeyabeng" find 液压泵.

One character, one reading: the readings of whole phrases would cost 50 MB in every process and a millisecond a name.
Characters that names of companies and places read in a second way are given with both.
"""

import os
from functools import lru_cache
from itertools import groupby

# The reading meant in most names first, the other one second.
READ_TWICE = {
    "长": ("chang", "zhang"),
    "重": ("zhong", "chong"),
    "厦": ("xia", "sha"),
    "行": ("hang", "xing"),
    "乐": ("le", "yue"),
    "曾": ("zeng", "ceng"),
    "单": ("dan", "shan"),
    "六": ("liu", "lu"),
    "朝": ("chao", "zhao"),
    "盛": ("sheng", "cheng"),
    "传": ("chuan", "zhuan"),
    "调": ("tiao", "diao"),
    "会": ("hui", "kuai"),
    "解": ("jie", "xie"),
    "仇": ("qiu", "chou"),
    "区": ("qu", "ou"),
    "角": ("jiao", "jue"),
    "车": ("che", "ju"),
    "厂": ("chang", "an"),
}
LONGEST_TEXT = 200


def is_han(character: str) -> bool:
    """Tell whether a character is Chinese."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


@lru_cache(8_192)
def readings(character: str) -> tuple[str, str]:
    """Return the usual reading of a Chinese character in plain letters (ü is v), and the second one of names."""
    if character in READ_TWICE:
        return READ_TWICE[character]
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin  # slow import

    found = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return (found[0], found[0]) if found else ("", "")


def keys(text: str) -> str:
    """Return what a text may be called by when it is typed in letters: of each Chinese run all syllables and initials.

    "液压泵 HG" gives "yeyabeng yyb"; nothing for a text without Chinese characters.
    """
    found: list[str] = []
    for han, run in groupby(text[:LONGEST_TEXT], is_han):
        if not han:
            continue
        syllables = [readings(character) for character in run]
        for choice in (0, 1):
            spoken = [reading[choice] for reading in syllables if reading[choice]]
            found += ["".join(spoken), "".join(one[0] for one in spoken)]
    return " ".join(dict.fromkeys(filter(None, found)))
