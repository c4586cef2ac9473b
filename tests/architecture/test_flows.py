"""The charts in the documentation are those of the tables."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_charts_are_those_of_the_tables() -> None:
    spec = importlib.util.spec_from_file_location("draw_flows", ROOT / "scripts" / "draw_flows.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages = module.pages()
    assert {"inquiry.md", "quotation.md"} <= set(pages)
    for name, text in pages.items():
        assert (ROOT / "docs" / "flows" / name).read_text(encoding="utf-8") == text, (
            "run scripts/draw_flows.py"
        )
