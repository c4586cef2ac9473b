"""Posted forms read at once: what comes out is what werkzeug itself reads."""

from io import BytesIO

from flask import Flask, request
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.formparser import FormDataParser

from app.web.posted import FormReader, PostedRequest

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


@settings(max_examples=200)
@given(BODIES)
@example(b"a=1&b=2&a=3&&=&c")
@example(b"\xff=1")
def test_a_form_is_read_as_werkzeug_reads_it(body: bytes) -> None:
    forms = []
    for reader in (FormDataParser, FormReader):
        parser = reader(cls=ImmutableMultiDict)
        _stream, form, files = parser.parse(BytesIO(body), "application/x-www-form-urlencoded", len(body), {})
        assert not files
        forms.append(form)
    asked, read = forms
    assert type(asked) is type(read)
    assert list(asked.items(multi=True)) == list(read.items(multi=True))
    assert [*asked.lists()] == [*read.lists()]


def test_the_application_reads_its_forms_so(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"name": ["泵 & 阀", "50 %+"], "empty": ""}):
        assert isinstance(request._get_current_object(), PostedRequest)  # type: ignore[attr-defined]
        assert request.form.getlist("name") == ["泵 & 阀", "50 %+"]
        assert request.form["empty"] == ""
