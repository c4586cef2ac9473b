"""Files for the browser: fingerprinted by content, compressed beforehand, kept by the browser for a year.

``/static/css/ui.css?v=<hash>`` never changes its meaning, so it is asked for once. Every address made by
``url_for("static", …)`` or ``static_url(…)`` carries the hash. All scripts share one, because a script finds
its islands beside itself under the hash of its own address.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, send_from_directory, url_for

from app.web import guard

FINGERPRINT_LENGTH = 12
SCRIPTS = "js/"
COMPRESSED_SUFFIXES = frozenset({".css", ".js", ".svg", ".webmanifest", ".json", ".txt"})
# larger files are streamed from the disk, where the system keeps them in its own cache
LARGEST_KEPT = 512 * 1024
LEAST_COMPRESSED_PAGE = 1_000
PAGE_LEVEL = 4
FOREVER = "public, max-age=31536000, immutable"
REVALIDATED = "public, no-cache"


@dataclass(frozen=True)
class StaticFile:
    """A file as it is served: bytes (None for a large one), compressed bytes, hash, type, time of change."""

    content: bytes | None
    compressed: bytes | None
    digest: bytes
    media_type: str
    changed: float


class StaticFiles:
    """The files of the static folder, read when the program starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, StaticFile] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file():
                self.files[path.relative_to(folder).as_posix()] = read(path)
        self._scripts: str | None = None

    def get(self, name: str, *, fresh: bool = False) -> StaticFile | None:
        """Return a file by its path below the folder; ``fresh`` looks whether it changed (development)."""
        known = self.files.get(name)
        if not fresh:
            return known
        path = self.folder / name
        if ".." in Path(name).parts or not path.is_file():
            return None
        if known is None or known.changed != path.stat().st_mtime:
            known = self.files[name] = read(path)
            self._scripts = None
        return known

    def fingerprint(self, name: str, *, fresh: bool = False) -> str | None:
        """Return the hash in the address of a file, None where there is no such file."""
        known = self.get(name, fresh=fresh)
        if known is None:
            return None
        if not name.startswith(SCRIPTS):
            return known.digest.hex()[:FINGERPRINT_LENGTH]
        if self._scripts is None:
            digests = [self.files[each].digest for each in sorted(self.files) if each.startswith(SCRIPTS)]
            self._scripts = hashlib.sha256(b"".join(digests)).hexdigest()[:FINGERPRINT_LENGTH]
        return self._scripts


def read(path: Path) -> StaticFile:
    """Read a file, hash it and compress it where that pays."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).digest()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        # the Windows registry may say something else, and a browser refuses a script of the wrong type
        media_type = "text/javascript"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    changed = path.stat().st_mtime
    if len(content) > LARGEST_KEPT:
        return StaticFile(None, None, digest, media_type, changed)
    compressed = gzip.compress(content, 9, mtime=0) if path.suffix in COMPRESSED_SUFFIXES else None
    if compressed is not None and len(compressed) >= len(content):
        compressed = None
    return StaticFile(content, compressed, digest, media_type, changed)


def static_url(name: str) -> str:
    """Return the fingerprinted address of a file below ``static/``."""
    return url_for("static", filename=name)


def add_fingerprint(endpoint: str, values: dict[str, object]) -> None:
    """Add the hash to each address of a static file (Flask's ``url_defaults``)."""
    if endpoint == "static" and "v" not in values:
        name = str(values.get("filename"))
        values["v"] = files_of(current_app).fingerprint(name, fresh=current_app.debug)


def files_of(app: Flask) -> StaticFiles:
    """Return the static files of an application."""
    files: StaticFiles = app.extensions["static_files"]
    return files


@guard.public
def serve(filename: str) -> Response:
    """Serve a file: compressed where the browser takes that, for a year where its hash is asked for."""
    files = files_of(current_app)
    known = files.get(filename, fresh=current_app.debug)
    if known is None:
        abort(404)
    if known.content is None:
        response = send_from_directory(files.folder, filename, conditional=True)
    elif known.compressed is not None and accepts_gzip():
        response = Response(known.compressed)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(known.content)
    response.headers["Content-Type"] = known.media_type
    current = request.args.get("v") == files.fingerprint(filename)
    response.headers["Cache-Control"] = FOREVER if current else REVALIDATED
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(known.digest.hex()[:FINGERPRINT_LENGTH], weak=True)
    response.make_conditional(request)
    return response


def accepts_gzip() -> bool:
    """Tell whether the browser takes gzip."""
    return bool(request.accept_encodings["gzip"])


def compress_page(response: Response) -> Response:
    """Compress a page on its way out; small ones, streams and what is compressed already pass as they are."""
    if (
        response.mimetype != "text/html"
        or response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or not accepts_gzip()
    ):
        return response
    content = response.get_data()
    if len(content) < LEAST_COMPRESSED_PAGE:
        return response
    response.set_data(gzip.compress(content, PAGE_LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def install(app: Flask) -> None:
    """Serve ``static/`` in place of Flask's own view and compress the pages."""
    folder = Path(app.static_folder or Path(app.root_path) / "static")
    app.extensions["static_files"] = StaticFiles(folder)
    app.view_functions["static"] = serve
    app.url_defaults(add_fingerprint)
    app.jinja_env.globals["static_url"] = static_url
    app.after_request(compress_page)
