"""The style sheets and scripts: budgets, layers, colours in one place, contrast in both themes, old browsers."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
SHEETS = sorted((STATIC / "css").glob("*.css"))
TOKEN_FILES = {"tokens.css", "dark.css"}
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
RAW_BUDGET, COMPRESSED_BUDGET = 40 * 1024, 10 * 1024
# What one page may load: the script of every page and its islands, compressed, without htmx.
SCRIPT_BUDGET = 8 * 1024
# Reached as `ui.<name>` from everywhere, so that any page may name their islands.
COMPONENTS = ("_ui/fields.html", "_ui/macros.html")
LONGEST_SCRIPT = 100
LAYERS = "@layer reset, tokens, base, layout, components, features, utilities, print;"
# Unknown to Chromium 109 or Firefox ESR 115, or a colour that the contrast test could not compute.
TOO_NEW = (
    "color-mix(",
    "oklch(",
    "oklab(",
    "light-dark(",
    "@scope",
    "@starting-style",
    "text-wrap",
    "@property",
    "anchor(",
    "subgrid",
    "interpolate-size",
    "field-sizing",
)

TEXT_PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "link")
        for ground in ("paper", "card", "sunken", "hover")
    ),
    *((text, ground) for text in ("bad", "ok", "warn") for ground in ("card", "paper", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("ok", "warn", "bad", "info", "neutral")),
    *(("on-solid", ground) for ground in ("action", "action-hover", "seal", "seal-hover")),
    ("ink-soft", "bad-soft"),
    ("ink", "info-soft"),
    ("info", "card"),
]
EDGE_PAIRS = [("edge", "card"), ("bad", "card"), ("link", "card"), ("seal", "card"), ("action", "card")]


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def tokens(*names: str) -> dict[str, str]:
    """The tokens of these files, later ones over earlier ones."""
    found: dict[str, str] = {}
    for name in names:
        found |= dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", without_comments(STATIC / "css" / name)))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


THEMES = {"light": tokens("tokens.css"), "dark": tokens("tokens.css", "dark.css")}


def test_contrast_is_computed_as_the_guidelines_say() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_in_both_themes(theme: str) -> None:
    colours = THEMES[theme]
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in TEXT_PAIRS
        if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_fields_and_marks_are_visible_in_both_themes(theme: str) -> None:
    colours = THEMES[theme]
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in EDGE_PAIRS
        if contrast(colours[pair[0]], colours[pair[1]]) < 3
    }
    assert weak == {}


def test_the_dark_theme_changes_every_colour_and_adds_none() -> None:
    light, dark = tokens("tokens.css"), tokens("dark.css")
    colours = {name for name, value in light.items() if value.startswith("#")}
    assert {name for name, value in dark.items() if value.startswith("#")} == colours


def test_colours_are_written_in_token_files_only() -> None:
    found = {
        sheet.name: re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\brgba?\(|\bhsla?\(", without_comments(sheet))
        for sheet in SHEETS
        if sheet.name not in TOKEN_FILES
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_every_token_in_use_exists_and_every_token_is_in_use() -> None:
    everything = "".join(without_comments(sheet) for sheet in SHEETS)
    used = set(re.findall(r"var\(--([a-z0-9-]+)", everything))
    defined = set(re.findall(r"--([a-z0-9-]+):", everything))
    assert used == defined


def test_the_order_of_layers_stands_first_and_every_rule_stands_in_a_layer() -> None:
    assert without_comments(STATIC / "css" / "tokens.css").lstrip().startswith(LAYERS)
    known = {name.strip() for name in LAYERS.removeprefix("@layer").rstrip(";").split(",")}
    for sheet in SHEETS:
        outside = re.sub(r"@layer [^{};]*;", "", without_comments(sheet))
        for name, block in top_level_blocks(outside):
            assert name.startswith("@layer "), f"{sheet.name}: {name} stands outside the layers"
            assert name.removeprefix("@layer ").strip() in known, f"{sheet.name}: {name}"
            assert block


def top_level_blocks(text: str) -> list[tuple[str, str]]:
    """Each block at depth 0: what stands before its brace, and its content."""
    blocks, depth, start, head = [], 0, 0, ""
    for place, character in enumerate(text):
        if character == "{":
            if depth == 0:
                head, start = text[start:place].strip(), place + 1
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                blocks.append((head, text[start:place].strip()))
                start = place + 1
    assert depth == 0, "braces do not match"
    return blocks


def nested_rules(text: str) -> list[str]:
    """Selectors that stand inside another rule: nesting, which Chromium 109 does not know."""
    found = []
    for head, block in top_level_blocks(text):
        if head.startswith("@"):
            found += nested_rules(block) if "{" in block else []
        elif "{" in block:
            found.append(head)
    return found


def test_no_rule_is_nested_in_another() -> None:
    assert nested_rules(".a { .b { color: red; } } @media print { .c { color: red; } }") == [".a"]
    assert {sheet.name: nested for sheet in SHEETS if (nested := nested_rules(layered(sheet)))} == {}


def layered(sheet: Path) -> str:
    return re.sub(r"@layer [^{};]*;", "", without_comments(sheet))


def test_nothing_is_too_new_for_the_oldest_browser() -> None:
    found = [(sheet.name, word) for sheet in SHEETS for word in TOO_NEW if word in without_comments(sheet)]
    assert found == []


def test_important_is_used_by_the_reset_and_on_paper_only() -> None:
    for sheet in SHEETS:
        for head, block in top_level_blocks(layered(sheet)):
            if head.removeprefix("@layer ").strip() not in ("reset", "print"):
                assert "!important" not in block, f"{sheet.name}: {head}"


def test_the_style_sheets_keep_their_budget() -> None:
    content = [sheet.read_bytes() for sheet in SHEETS]
    assert sum(map(len, content)) <= RAW_BUDGET
    assert sum(len(gzip.compress(each, 9)) for each in content) <= COMPRESSED_BUDGET


def test_no_style_sheet_or_script_asks_another_site_or_a_font() -> None:
    for path in (*SHEETS, *SCRIPTS):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"https?://|@import|@font-face|url\(", text) == [], path.name


def test_the_upgrade_notice_is_hidden_from_browsers_that_need_none() -> None:
    sheet = without_comments(STATIC / "css" / "ui.css")
    assert "@supports not selector(:has(a)) { .old-browser { display: block;" in sheet
    assert re.search(r"\.old-browser \{ display: none;", sheet)


def test_movement_is_for_those_who_did_not_ask_for_less() -> None:
    sheet = without_comments(STATIC / "css" / "ui.css")
    outside = re.sub(
        r"@media \(prefers-reduced-motion: no-preference\) \{.*?\}\s*\}", "", sheet, flags=re.DOTALL
    )
    assert "transition" in sheet
    assert "transition" not in outside
    assert "animation" not in outside


def test_scripts_are_short() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SCRIPTS}
    assert {name: length for name, length in lengths.items() if length >= LONGEST_SCRIPT} == {}


def islands_by_template() -> dict[str, set[str]]:
    """The islands a page of each template can load: its own, and those of all templates it takes in."""
    sources = {
        path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
        for path in TEMPLATES.rglob("*.html")
    }
    # A template whose name is known only when the page is made (None) is one that Python names for it.
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    given = {name for name in sources if "/_" in name and f'"{name}"' in code}
    taken_in = {
        name: set(meta.find_referenced_templates(Environment().parse(source)))
        for name, source in sources.items()
    }

    def closure(name: str) -> set[str]:
        known, new = set(COMPONENTS), {name}
        while new:
            known |= new
            found = set().union(*(taken_in[each] for each in new))
            new = (found - {None} | (given if None in found else set())) - known
        return known

    named = {name: set(re.findall(r'data-island="(\w+)"', source)) for name, source in sources.items()}
    return {name: set().union(*(named[each] for each in closure(name))) for name in sources}


def test_the_heaviest_page_keeps_the_budget_of_scripts() -> None:
    sizes = {path.stem: len(gzip.compress(path.read_bytes(), 9)) for path in SCRIPTS}
    islands = islands_by_template()
    assert set().union(*islands.values()) == set(sizes) - {"app"}, "each script is an island of some page"
    loads = {name: sizes["app"] + sum(map(sizes.__getitem__, of)) for name, of in islands.items()}
    assert {name: load for name, load in loads.items() if load > SCRIPT_BUDGET} == {}


def test_scripts_write_no_markup_and_run_no_text() -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|setAttribute\(\"on|\.style\b"
    )
    assert {path.name: found for path in SCRIPTS if (found := re.findall(forbidden, path.read_text()))} == {}


def test_htmx_is_the_file_that_was_vendored() -> None:
    lines = (STATIC / "vendor" / "SHA256SUMS").read_text().split("\n")
    sums = dict(reversed(line.split("  ")) for line in lines if line)
    assert set(sums) == {path.name for path in (STATIC / "vendor").glob("*.js")}
    for name, digest in sums.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest
    assert "Zero-Clause BSD" in (STATIC / "vendor" / "LICENSE-htmx.txt").read_text()
    assert "MIT License" in (STATIC / "LICENSE-tabler-icons.txt").read_text()
