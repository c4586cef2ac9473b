"""Write docs/flows/*.md from the tables of the documents' lives, so that the charts are never out of date.

python scripts/draw_flows.py
"""

import os
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "flows"


def chart(flow: object) -> str:
    """Return the page of one flow: the chart and the table of its steps."""
    from app.core.workflow import permission_labels, to_mermaid  # slow import

    lines = [f"# {flow.label}", "", "```mermaid", to_mermaid(flow), "```", ""]  # type: ignore[attr-defined]
    lines += ["| step | from | to | permission | reason |", "|---|---|---|---|---|"]
    for step in flow.steps:  # type: ignore[attr-defined]
        who = "、".join(str(label) for label in permission_labels(step.allowed)) or "—"
        road = f"{', '.join(step.sources)} | {', '.join(step.targets)}"
        lines.append(f"| {step.label} | {road} | {who} | {'yes' if step.reason else ''} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Return the page of every flow of a feature by file name."""
    from app.core.workflow import flows  # slow import

    return {
        f"{doc_type}.md": chart(flow)
        for doc_type, flow in sorted(flows().items())
        if any(module.startswith("app.features.") for module in modules_of(flow))
    }


def modules_of(flow: object) -> set[str]:
    """Return the modules whose functions a flow's table uses."""
    functions = [
        function
        for step in flow.steps  # type: ignore[attr-defined]
        for function in (step.ready, step.check, step.effect, step.tell)
        if function is not None
    ]
    return {function.__module__ for function in functions}


def main() -> None:
    """Load the application over an empty folder and write the pages."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("ZHANGCHENG_DATA", folder)
        os.environ.setdefault("ZHANGCHENG_ENV", "development")
        from app import create_app  # slow import

        with create_app().app_context():
            FOLDER.mkdir(parents=True, exist_ok=True)
            for name, text in pages().items():
                (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
