"""The table a benchmark prints and keeps beside itself."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Row:
    """One figure with its target (empty where it only informs) and whether it was met."""

    name: str
    target: str
    figure: str
    held: bool


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table of Markdown."""
    lines = ["| what | target | measured | |", "|---|---|---|---|"]
    for row in rows:
        mark = "" if not row.target else "met" if row.held else "**missed**"
        lines.append(f"| {row.name} | {row.target} | {row.figure} | {mark} |")
    return "\n".join(lines)


def write(name: str, title: str, method: str, rows: Sequence[Row], folder: Path = FOLDER) -> int:
    """Print the table, write it to NAME.md, and return 1 where a target was missed, else 0."""
    shown = table(rows)
    busy = f"load of the machine {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(shown)
    (folder / f"{name}.md").write_text(
        f"# {title}\n\nMade by `python -m {folder.name}.{name}`: {method}\n{system}; {busy}.\n\n{shown}\n",
        encoding="utf-8",
    )
    return 0 if all(row.held for row in rows) else 1
