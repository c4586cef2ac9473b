"""``manage.py prove``: run every proof and benchmark and keep what they print as figures."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from launcher.console import Refusal, tell
from launcher.environment import ROOT

FOLDERS = ("proofs", "benchmarks")
FIGURES = "figures"


def programs() -> list[Path]:
    """Return the proofs and benchmarks: modules with a function ``main``."""
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*.py")):
            if not path.name.startswith("_") and "\ndef main(" in path.read_text(encoding="utf-8"):
                found.append(path)
    return found


def run(names: list[str]) -> int:
    """Run the named programs (all without a name) and return 0 where each of them held. Raises Refusal."""
    chosen = [path for path in programs() if not names or path.stem in names]
    unknown = set(names) - {path.stem for path in chosen}
    if unknown or not chosen:
        known = ", ".join(path.stem for path in programs())
        raise Refusal(
            f"没有 {'、'.join(unknown)}；现有：{known}", f"No {', '.join(unknown)}; known are: {known}"
        )
    failed = [path.stem for path in chosen if not prove(path)]
    if failed:
        tell(f"未成立：{'、'.join(failed)}", f"Not proved: {', '.join(failed)}")
        return 1
    tell(
        f"{len(chosen)} 项全部成立，数据见各目录的 figures/。",
        f"All {len(chosen)} hold; figures/ has the numbers.",
    )
    return 0


def prove(path: Path) -> bool:
    """Run one program, show and keep what it prints, and tell whether it held."""
    module = f"{path.parent.name}.{path.stem}"
    print(f"== {module}", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    lines = []
    with process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    held = process.returncode == 0
    target = path.parent / FIGURES / f"{path.stem}.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text(heading(time.monotonic() - started, held=held) + "".join(lines), encoding="utf-8")
    return held


def heading(seconds: float, *, held: bool) -> str:
    """Return the first lines of a figure: on what kind of computer, how long, with what result."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    result = "held" if held else "FAILED"
    return f"{system}, Python {platform.python_version()}; {seconds:.0f} s; {result}\n\n"
