import gzip
import os
from pathlib import Path

import pytest
from flask import Flask, Response, render_template_string

from app.web import static

SHEET = "css/ui.css"


@pytest.fixture
def browser(app: Flask):
    return app.test_client()


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return render_template_string("{{ static_url(name) }}", name=name)


def test_address_carries_the_hash_of_the_content(app):
    files = static.StaticFiles(Path(app.static_folder))
    assert address(app, SHEET) == f"/static/{SHEET}?v={files.fingerprint(SHEET)}"


def test_address_of_a_missing_file_carries_none(app):
    assert address(app, "css/none.css") == "/static/css/none.css"


def test_file_under_its_hash_is_kept_for_a_year(app, browser):
    answer = browser.get(address(app, SHEET))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.data == (Path(app.static_folder) / SHEET).read_bytes()


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
def test_file_under_another_hash_is_asked_for_again(browser, query):
    answer = browser.get(f"/static/{SHEET}{query}")
    assert answer.headers["Cache-Control"] == "public, no-cache"


def test_file_is_compressed_for_a_browser_that_takes_it(app, browser):
    answer = browser.get(address(app, SHEET), headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == (Path(app.static_folder) / SHEET).read_bytes()
    plain = browser.get(address(app, SHEET), headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in plain.headers


def test_known_file_is_not_sent_again(app, browser):
    first = browser.get(f"/static/{SHEET}")
    again = browser.get(f"/static/{SHEET}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize(
    "name", ["none.css", "../config.py", "%2e%2e/config.py", "css", "css/", "..%5cconfig.py"]
)
def test_nothing_else_is_served(browser, name):
    assert browser.get(f"/static/{name}").status_code in {404, 308}


def test_large_file_is_streamed(app, browser, tmp_path, monkeypatch):
    (tmp_path / "large.bin").write_bytes(b"x" * (static.LARGEST_KEPT + 1))
    monkeypatch.setitem(app.extensions, "static_files", static.StaticFiles(tmp_path))
    answer = browser.get("/static/large.bin")
    assert len(answer.data) == static.LARGEST_KEPT + 1
    answer.close()


def test_scripts_share_one_hash_that_any_of_them_changes(tmp_path):
    (tmp_path / "js" / "islands").mkdir(parents=True)
    (tmp_path / "js" / "app.js").write_text("one")
    (tmp_path / "js" / "islands" / "lines.js").write_text("two")
    files = static.StaticFiles(tmp_path)
    before = files.fingerprint("js/app.js")
    assert files.fingerprint("js/islands/lines.js") == before
    (tmp_path / "js" / "islands" / "lines.js").write_text("three")
    assert static.StaticFiles(tmp_path).fingerprint("js/app.js") != before


def test_changed_file_is_read_again_in_development(tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    files = static.StaticFiles(tmp_path)
    before = files.fingerprint("a.css", fresh=True)
    (tmp_path / "a.css").write_text("b { color: red }")
    os.utime(tmp_path / "a.css", (1, 1))
    assert files.fingerprint("a.css", fresh=True) != before
    assert files.get("../a.css", fresh=True) is None
    assert files.get("gone.css", fresh=True) is None


def test_page_is_compressed_and_says_so(browser):
    plain = browser.get("/verify")
    answer = browser.get("/verify", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 2
    assert gzip.decompress(answer.data).startswith(b"<!doctype html>")
    assert "Content-Encoding" not in plain.headers


def test_small_answers_and_other_types_pass_as_they_are(app):
    with app.test_request_context(headers={"Accept-Encoding": "gzip"}):
        for response in (
            Response("short", mimetype="text/html"),
            Response("x" * 5_000, mimetype="application/pdf"),
            Response(iter(["x" * 5_000]), mimetype="text/html"),
        ):
            assert "Content-Encoding" not in static.compress_page(response).headers
