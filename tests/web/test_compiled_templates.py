"""Compiled templates are kept, made again where anything they follow from changed, and nobody needs them kept."""

import sys
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment

from app.web import compiled_templates


@pytest.fixture(autouse=True)
def _python_keeps_compiled_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def environment(folder: Path, text: str = "{{ 'a' | mark }}", mark: object = str.upper) -> Environment:
    """An environment with one template and one filter, as a process of its own has it."""
    made = Environment(loader=DictLoader({"page.html": text}), autoescape=True)
    made.filters["mark"] = mark
    compiled_templates.keep(made, folder)
    return made


def compilations(made: Environment, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Render the page and return what had to be compiled for it."""
    seen: list[str] = []
    compile_source = Environment.compile

    def watched(self: Environment, source: str, *arguments: object, **options: object) -> object:
        seen.append(source)
        return compile_source(self, source, *arguments, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", watched)
        assert made.get_template("page.html").render()
    return seen


def test_a_second_process_compiles_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compilations(environment(tmp_path), monkeypatch) == ["{{ 'a' | mark }}"]
    second = environment(tmp_path)
    assert compilations(second, monkeypatch) == []
    assert second.get_template("page.html").render() == "A"


def test_a_changed_text_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilations(environment(tmp_path), monkeypatch)
    assert compilations(environment(tmp_path, "other"), monkeypatch) == ["other"]


def test_a_filter_of_another_text_makes_templates_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what a filter makes of a constant stands in the compiled template
    module = tmp_path / "our_filters.py"
    kept = tmp_path / "kept"
    for word in ("one", "two"):
        module.write_text(f"def mark(text):\n    return '{word}'\n", encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        sys.modules.pop("our_filters", None)
        (tmp_path / "__pycache__" / f"our_filters.{sys.implementation.cache_tag}.pyc").unlink(missing_ok=True)
        made = environment(kept, mark=__import__("our_filters").mark)
        assert len(compilations(made, monkeypatch)) == 1
        assert made.get_template("page.html").render() == word
    sys.modules.pop("our_filters", None)


def test_a_damaged_file_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilations(environment(tmp_path), monkeypatch)
    [kept] = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-7])
    assert len(compilations(environment(tmp_path), monkeypatch)) == 1
    assert compilations(environment(tmp_path), monkeypatch) == []


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    for _process in range(2):
        assert len(compilations(environment(tmp_path / "file" / "below"), monkeypatch)) == 1


def test_nothing_is_kept_where_python_keeps_no_compiled_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert environment(tmp_path).bytecode_cache is None


def test_the_application_keeps_its_own(app: Flask) -> None:
    kept = isinstance(app.jinja_env.bytecode_cache, compiled_templates.KeptTemplates)
    assert kept is not bool(sys.flags.dont_write_bytecode)
