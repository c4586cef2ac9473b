"""Posted forms, read at once: a form of two hundred lines brings three thousand fields."""

import re
from typing import IO, Any
from urllib.parse import unquote

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser

# What werkzeug does with bytes that are no text: they stay as they came.
UNREADABLE = "werkzeug.url_quote"

_escaped = re.compile("(?:%[0-9A-Fa-f]{2})+")


class FormReader(FormDataParser):
    """Reads an urlencoded form as werkzeug does, without a call for each name and each value that needs none."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, Any]"]:
        form: MultiDict[str, str] = self.cls()
        # past the class, which cannot be changed once it is made and would copy each list
        dict.update(form, fields_of(stream.read().decode()))
        return stream, form, self.cls()


class PostedRequest(Request):
    """A request whose form is read at once."""

    form_data_parser_class = FormReader


def fields_of(body: str) -> dict[str, list[str]]:
    """Return the values of an urlencoded form by name, in their order."""
    found: dict[str, list[str]] = {}
    # a plus that was typed is written %2B
    for pair in body.replace("+", " ").split("&"):
        if not pair:
            continue
        name, _sign, value = pair.partition("=")
        if "%" in name:
            name = unquote(name, errors=UNREADABLE)
        if "%" in value:
            value = _escaped.sub(_written, value)
        if name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    return found


def _written(escaped: "re.Match[str]") -> str:
    return bytes.fromhex(escaped[0].replace("%", "")).decode("utf-8", UNREADABLE)
