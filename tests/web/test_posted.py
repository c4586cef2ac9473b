"""Posted forms read at once: what comes out is what werkzeug itself reads."""

from io import BytesIO

from flask import Flask, request
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser

from app.web.lines import cells_by_row
from app.web.posted import FormReader, PostedForm, PostedRequest

PIECES = st.sampled_from(
    [
        "a",
        "line-0-name",
        "=",
        "&",
        "+",
        "%",
        "%20",
        "%2B",
        "%e4%b8%ad",
        "%E4%B8",
        "%ff",
        "%g1",
        "%4",
        "中",
        "\x00",
        ";",
    ]
)
BODIES = st.one_of(
    st.lists(PIECES, max_size=14).map(lambda parts: "".join(parts).encode()), st.binary(max_size=12)
)


def read_by(reader: type[FormDataParser], body: bytes) -> "MultiDict[str, str]":
    parser = reader(cls=ImmutableMultiDict)
    _stream, form, files = parser.parse(BytesIO(body), "application/x-www-form-urlencoded", len(body), {})
    assert not files
    return form


@settings(max_examples=200)
@given(BODIES)
@example(b"a=1&b=2&a=3&&=&c")
@example(b"\xff=1")
def test_a_form_is_read_as_werkzeug_reads_it(body: bytes) -> None:
    forms = []
    for reader in (FormDataParser, FormReader):
        forms.append(read_by(reader, body))
    asked, read = forms
    assert isinstance(read, type(asked))
    assert list(asked.items(multi=True)) == list(read.items(multi=True))
    assert [*asked.lists()] == [*read.lists()]


ROW_FIELDS = st.sampled_from(
    [
        "line-0-name",
        "line-0-id",
        "line-1-name",
        "line-00-name",
        "line-12-a_b",
        "other-1-x",
        "x",
        "line-1-",
        "line%2D0-name",
        "line-0-na%6De",
        "line-0-na+me",
        "line-12345-name",
        "line-1-" + "a" * 90,
        "-1-name",
        "line-1",
    ]
)
ROW_BODIES = st.lists(
    st.tuples(
        ROW_FIELDS, st.sampled_from(["", "=", "=1", "=%E4%B8%AD", "=a+b", "=line-0-name", "=2&", "=&&"])
    ),
    max_size=12,
).map(lambda pairs: "&".join(name + value for name, value in pairs).encode())


@settings(max_examples=200)
@given(ROW_BODIES)
@example(b"line-0-name=1&line-1-name=2&line-0-id=3")
@example(b"line-0-name=1&line-0-name=2&line-1-name=2&line-00-name=4")
@example(b"line-0-name=1&x=2&line-1-name=2&line-1-name=&line%2D1-name=4")
def test_rows_of_a_form_are_those_that_stand_in_it(body: bytes) -> None:
    """Read twice, the second time from memory: fields as werkzeug reads them, rows as found field by field."""
    for _time in range(2):
        read = read_by(FormReader, body)
        asked = read_by(FormDataParser, body)
        assert list(asked.items(multi=True)) == list(read.items(multi=True))
        for prefix in ("line", "other"):
            cells = cells_by_row(read, prefix)
            wanted = cells_by_row(asked, prefix)
            assert {number: list(row) for number, row in cells.items()} == wanted


def test_rows_come_from_memory_unless_they_stand_apart() -> None:
    whole = read_by(FormReader, b"a=1&line-0-name=1&line-0-id=2&line-1-name=3&b=2")
    assert isinstance(whole, PostedForm)
    assert whole.rows == {"line": {0: [("name", "1"), ("id", "2")], 1: [("name", "3")]}}
    apart = read_by(FormReader, b"line-0-name=1&line-1-name=3&line-0-id=2")
    assert isinstance(apart, PostedForm)
    assert apart.rows is None
    again = read_by(FormReader, b"line-0-name=1&line-1-name=2&line-0-name=3")
    assert again.getlist("line-0-name") == ["1", "3"]


def test_the_application_reads_its_forms_so(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"name": ["泵 & 阀", "50 %+"], "empty": ""}):
        assert isinstance(request._get_current_object(), PostedRequest)  # type: ignore[attr-defined]
        assert request.form.getlist("name") == ["泵 & 阀", "50 %+"]
        assert request.form["empty"] == ""
