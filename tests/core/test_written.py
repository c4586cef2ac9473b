"""Texts with characters nobody can see are refused at their field."""

import pytest

from app.core.errors import Invalid
from app.core.written import check_written, has_hidden_characters


@pytest.mark.parametrize("text", ["", "报价 12", "两行\r\n第二行\t完", "😀𠮷", "零宽\u200b"])
def test_what_people_write_is_let_through(text):
    assert not has_hidden_characters(text)
    check_written(text, "note")


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "a\u202eb", "a\ud800b", "a\uffffb", "\u2066x"])
def test_what_nobody_can_see_is_refused_at_its_field(text):
    assert has_hidden_characters(text)
    with pytest.raises(Invalid) as refused:
        check_written(text, "text")
    assert list(refused.value.fields) == ["text"]
