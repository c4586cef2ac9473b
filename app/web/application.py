"""The application itself: Flask, with addresses that are built once."""

from typing import Any

from flask import Flask, has_request_context, request

from app.web.posted import PostedRequest

KEPT_ADDRESSES = 4_096


class Application(Flask):
    """Flask, which remembers the addresses it built: a page asks for fifty, most of them the same ones again."""

    request_class = PostedRequest

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return the address of an endpoint on this site; see Flask.url_for."""
        special = _anchor or _method or _scheme or _external or endpoint.startswith(".")
        if special or not has_request_context():
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        key = (request.script_root, endpoint, *values.items())
        known: dict[tuple[Any, ...], str] = self.extensions.setdefault("addresses", {})
        try:
            found = known.get(key)
        except TypeError:
            # a value that is a list: rare, and built anew
            return super().url_for(endpoint, **values)
        if found is None:
            found = super().url_for(endpoint, **values)
            if len(known) >= KEPT_ADDRESSES:
                known.clear()
            known[key] = found
        return found
