"""The templates: no code or style inside, the portable subset of htmx, blocks that can be rendered alone."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "templates"
TEMPLATES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
NAMES = [path.relative_to(FOLDER).as_posix() for path in TEMPLATES]

HTMX = {
    "hx-get",
    "hx-post",
    "hx-target",
    "hx-swap",
    "hx-trigger",
    "hx-push-url",
    "hx-indicator",
    "hx-include",
    "hx-select",
    "hx-swap-oob",
}
# A tag ends at the first > outside quotes and outside {{ … }} and {% … %}.
TAG = re.compile(
    r"<([a-z][a-z0-9-]*)((?:\{\{.*?\}\}|\{%.*?%\}|\"(?:\{\{.*?\}\}|\{%.*?%\}|[^\"])*\"|'[^']*'|[^>\"'])*)>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(
    r"(?<![\w-])((?:data-)?[a-z][a-z:-]*)=\"((?:\{\{.*?\}\}|\{%.*?%\}|[^\"])*)\"", re.DOTALL
)


@cache
def source(name: str) -> str:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def tags(name: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each tag of a template: name, its whole text, its attributes with double quotes."""
    for found in TAG.finditer(source(name)):
        yield found[1], found[2], dict(ATTRIBUTE.findall(found[2]))


@pytest.fixture(scope="module")
def environment(app: Flask) -> Environment:
    return app.jinja_env


def parsed(environment: Environment, name: str) -> nodes.Template:
    return environment.parse(source(name), name=name)


def test_every_template_is_named_html_so_that_it_is_escaped() -> None:
    assert [name for name in NAMES if not name.endswith(".html")] == []


def test_the_tag_reader_sees_what_it_should() -> None:
    text = '<a class="{{ "x" if a > b }}" href="{{ u }}"{% if c > 1 %} hx-get="{{ u }}"{% endif %} onclick="x()">'
    (tag,) = TAG.finditer(text)
    assert tag[0] == text
    assert dict(ATTRIBUTE.findall(tag[2])) == {
        "class": '{{ "x" if a > b }}',
        "href": "{{ u }}",
        "hx-get": "{{ u }}",
        "onclick": "x()",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_template_holds_no_style_no_code_and_trusts_no_text(name: str) -> None:
    text = source(name)
    assert not re.search(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false", text)
    assert "<style" not in text
    assert "javascript:" not in text.lower()
    for tag, whole, attributes in tags(name):
        assert "style" not in attributes, whole
        assert [each for each in attributes if re.match(r"on[a-z]+$|hx-on|data-hx-", each)] == [], whole
        assert tag != "script" or "src" in attributes, whole
    assert re.findall(r"<script[^>]*>\s*[^<\s]", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_htmx_is_written_in_the_subset_that_both_of_its_lines_understand(name: str) -> None:
    for tag, whole, attributes in tags(name):
        used = set(re.findall(r"(?<![\w-])hx-[a-z:-]+", whole))
        assert used <= HTMX, f"{sorted(used - HTMX)} in <{tag}{whole}>"
        assert attributes.get("hx-swap-oob", "true") == "true", whole
        assert "[" not in attributes.get("hx-trigger", ""), f"a trigger filter in {whole}"
        assert "js:" not in whole
        if used & {"hx-get", "hx-post"}:
            assert {"hx-target", "hx-swap"} <= used, f"nothing is inherited: {whole}"
        if tag == "a" and "hx-get" in attributes:
            assert attributes["hx-get"] == attributes.get("href"), (
                f"without scripts it goes elsewhere: {whole}"
            )
        if "hx-post" in attributes and tag != "form":
            # what a form says so far may be sent to be computed, its token included; nothing else posts
            assert attributes.get("hx-include", "").startswith("#"), f"only a form posts: {whole}"
        elif "hx-post" in attributes:
            assert attributes["hx-post"] == attributes.get("action"), whole
            assert attributes.get("method") == "post", whole


@pytest.mark.parametrize("name", NAMES)
def test_every_form_says_where_it_goes_and_carries_the_token_when_it_posts(name: str) -> None:
    for form in re.findall(r"<form\b.*?</form>", source(name), re.DOTALL):
        head = next(TAG.finditer(form))
        attributes = dict(ATTRIBUTE.findall(head[2]))
        assert attributes.get("action"), head[0]
        assert attributes.get("method") in ("get", "post"), head[0]
        if attributes["method"] == "post":
            assert "ui.csrf()" in form or "csrf_token" in form, head[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_child_template_sets_and_imports_nothing_outside_its_blocks(
    name: str, environment: Environment
) -> None:
    tree = parsed(environment, name)
    assert not list(tree.find_all((nodes.Import, nodes.FromImport))), "macros are reached as ui.<name>"
    if tree.find(nodes.Extends) is None:
        return
    for node in tree.body:
        if isinstance(node, nodes.Output):
            assert all(isinstance(each, nodes.TemplateData) and not each.data.strip() for each in node.nodes)
        else:
            assert isinstance(node, nodes.Extends | nodes.Block), f"line {node.lineno}"


@pytest.mark.parametrize("name", NAMES)
def test_no_block_stands_in_a_loop_or_a_macro(name: str, environment: Environment) -> None:
    tree = parsed(environment, name)
    for around in tree.find_all((nodes.For, nodes.Macro)):
        blocks = [block.name for block in around.find_all(nodes.Block)]
        assert blocks == [], "rendered alone it would not know the row"


def blocks_of(environment: Environment, name: str) -> set[str]:
    """The blocks of a template and of all it extends."""
    tree = parsed(environment, name)
    found = {block.name for block in tree.find_all(nodes.Block)}
    parent = tree.find(nodes.Extends)
    if parent is not None and isinstance(parent.template, nodes.Const):
        found |= blocks_of(environment, parent.template.value)
    return found


def page_calls() -> Iterator[tuple[str, str, list[str]]]:
    """Each call of fragments.page and its kin with constant names: where, template, blocks."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if called not in ("page", "render_block", "only_also", "render_template"):
                continue
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if not texts or not isinstance(texts[0], str) or not texts[0].endswith(".html"):
                continue
            named = {word.arg: word.value for word in node.keywords}
            blocks = [text for text in texts[1:] if isinstance(text, str)]
            for word in ("fragment", "also", "block"):
                if word in named:
                    blocks += [
                        each.value
                        for each in ast.walk(named[word])
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    ]
            yield f"{path.relative_to(ROOT)}:{node.lineno}", texts[0], blocks


def test_views_name_templates_and_blocks_that_exist(environment: Environment) -> None:
    calls = list(page_calls())
    assert len(calls) > 10, "the reader finds the calls"
    for where, template, blocks in calls:
        assert template in NAMES, f"{where}: {template}"
        missing = set(blocks) - blocks_of(environment, template)
        assert missing == set(), f"{where}: {template} has no block {missing}"


def test_extended_and_included_templates_exist(environment: Environment) -> None:
    for name in NAMES:
        for node in parsed(environment, name).find_all((nodes.Extends, nodes.Include)):
            if isinstance(node.template, nodes.Const):
                assert node.template.value in NAMES, f"{name} names {node.template.value}"


def test_templates_use_macros_and_filters_that_exist(app: Flask) -> None:
    with app.test_request_context("/"):
        macros = app.jinja_env.globals["ui"]
        for name in NAMES:
            for macro in set(re.findall(r"\bui\.([a-z_]+)\(", source(name))):
                assert callable(getattr(macros, macro)), f"{name}: ui.{macro}"
    for name in NAMES:
        app.jinja_env.compile(source(name), name=name)


def test_only_fragments_names_the_headers_of_htmx() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "app").rglob("*.py"))
        if re.search(r"[\"']HX-", path.read_text(encoding="utf-8"))
    ]
    assert found == ["app/web/fragments.py"]


def used_icons() -> set[str]:
    """The icons that templates, navigation and Python-made rows name."""
    python = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "app").rglob("*.py")))
    markup = "\n".join(source(name) for name in NAMES)
    known = sprite_icons()
    quoted = set(re.findall(r"[\"']([a-z][a-z0-9-]*)[\"']", python + markup))
    return quoted & known


def sprite_icons() -> set[str]:
    return set(
        re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / "static" / "icons.svg").read_text(encoding="utf-8"))
    )


def test_every_icon_named_stands_in_the_sprite() -> None:
    wanted: set[str] = set()
    for name in NAMES:
        wanted |= set(re.findall(r"\b(?:icon\(|icon_name=|\"icon\": )\"([^\"]+)\"", source(name)))
    for path in sorted((ROOT / "app").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        wanted |= set(re.findall(r"\bicon(?:_name)?=\"([^\"]+)\"", text))
        wanted |= set(re.findall(r"NavItem\(\s*\"[^\"]+\",\s*lazy\([^)]*\),\s*\"([^\"]+)\"", text))
    assert wanted - sprite_icons() == set()


def test_the_sprite_holds_only_icons_in_use() -> None:
    assert sprite_icons() - used_icons() == set()
