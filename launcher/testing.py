"""``manage.py test``: every check of the code, then the tests; with ``--all`` on both engines and in the browser."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from launcher import postgres
from launcher.console import tell
from launcher.environment import ROOT

# the rules of the business must be tested wholly: percent of lines and of branches
LEAST_COVERED = 95.0
CODE = ["app", "launcher", "config.py", "wsgi.py", "manage.py", "tests", "benchmarks", "proofs", "scripts"]
QUICK = "not browser and not postgres and not slow"
# what is run once more on PostgreSQL: all that could tell the engines apart
ANY_ENGINE = "not browser and not engine_free"
NO_TESTS_COLLECTED = 5


def run(*, everything: bool, arguments: list[str]) -> int:
    """Run the checks and the tests; return 0 where all are clean. Arguments go to pytest, which then runs alone."""
    started = time.monotonic()
    os.chdir(ROOT)
    os.environ["ZHANGCHENG_ENV"] = "testing"
    if arguments:
        return pytest_command(arguments, {})
    results = {name: call(name, command) for name, command in static_checks()}
    results |= with_every_engine() if everything else {"pytest": quick_tests()}
    return conclude(results, time.monotonic() - started)


def static_checks() -> list[tuple[str, list[str]]]:
    """Return the checks that only read the code, each with its command."""
    python = [sys.executable, "-m"]
    code = [name for name in CODE if (ROOT / name).exists()]
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return [
        ("ruff", [*python, "ruff", "check", "--quiet", *code]),
        ("format", [*python, "ruff", "format", "--check", "--quiet", *code]),
        ("mypy", [*python, "mypy"]),
        ("import-linter", [sys.executable, "-c", linter]),
        ("djlint", [*python, "djlint", "templates", "--lint", "--quiet"]),
    ]


def call(name: str, command: list[str], variables: dict[str, str] | None = None) -> int:
    """Run one check under its name and return its exit code."""
    print(f"== {name}", flush=True)
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **(variables or {})}, check=False).returncode


def quick_tests() -> int:
    """Run the tests that need neither browser nor PostgreSQL, with their coverage."""
    with tempfile.TemporaryDirectory() as work:
        report = Path(work) / "coverage.json"
        return pytest_command(["-n", "2", "--dist", "loadgroup", "-m", QUICK, *coverage_options(report)], {})


def with_every_engine() -> dict[str, int]:
    """Run every test on SQLite with its coverage, then on PostgreSQL those that ask it; skipping is failing."""
    parallel = ["-n", "2", "--dist", "loadgroup"]
    with tempfile.TemporaryDirectory() as work, postgres.server() as url:
        report = Path(work) / "coverage.json"
        variables = {"POSTGRES_TEST_URL": url, "ZHANGCHENG_NO_SKIP": "1"}
        results = {"pytest on SQLite": pytest_command([*parallel, *coverage_options(report)], variables)}
        results["coverage"] = judge_coverage(report)
        results["pytest on PostgreSQL"] = pytest_command(
            [*parallel, "-m", ANY_ENGINE], {**variables, "TEST_DATABASE_URL": url}
        )
    return results


def coverage_options(report: Path) -> list[str]:
    """Return pytest's options for a coverage report as JSON."""
    return ["--cov", "--cov-branch", "--cov-report=", f"--cov-report=json:{report}"]


def pytest_command(arguments: list[str], variables: dict[str, str]) -> int:
    """Run pytest and return its exit code."""
    return call("pytest " + " ".join(arguments), [sys.executable, "-m", "pytest", *arguments], variables)


def judge_coverage(report: Path) -> int:
    """Compare core, each flow.py and each actions.py with the threshold; print what falls short; return 0 or 1."""
    print("== coverage", flush=True)
    try:
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    except OSError:
        print("There is no coverage report.")
        return 1
    shortfalls = [*unmeasured(files), *coverage_shortfalls(files)]
    for shortfall in shortfalls:
        print(shortfall)
    return 1 if shortfalls else 0


def unmeasured(files: dict[str, Any]) -> list[str]:
    """Return a sentence for each judged file that no test so much as imported: the report does not name it."""
    known = {Path(name).as_posix() for name in files}
    there = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "app").rglob("*.py"))]
    judged = [
        name for name in there if name.startswith("app/core/") or name.endswith(("/flow.py", "/actions.py"))
    ]
    return [f"{name}: not measured" for name in judged if name not in known]


def coverage_shortfalls(files: dict[str, Any]) -> list[str]:
    """Return a sentence for each part below the threshold, in lines or in branches."""
    summaries = {Path(name).as_posix(): entry["summary"] for name, entry in files.items()}
    parts = {"app/core": [entry for name, entry in summaries.items() if name.startswith("app/core/")]}
    parts |= {
        name: [entry] for name, entry in summaries.items() if name.endswith(("/flow.py", "/actions.py"))
    }
    sentences = []
    for name, entries in parts.items():
        for what, covered, total in (
            ("lines", "covered_lines", "num_statements"),
            ("branches", "covered_branches", "num_branches"),
        ):
            possible = sum(entry[total] for entry in entries)
            percent = 100.0 * sum(entry[covered] for entry in entries) / possible if possible else 100.0
            if percent < LEAST_COVERED:
                sentences.append(f"{name}: {percent:.1f} % of {what}, at least {LEAST_COVERED:.0f} % are due")
    return sentences


def conclude(results: dict[str, int], seconds: float) -> int:
    """Print one line per check and return 0 where all are clean."""
    print(f"== {seconds:.0f} s", flush=True)
    for name, code in results.items():
        print(f"{'ok    ' if code == 0 else 'FAILED'}  {name}")
    failed = [name for name, code in results.items() if code]
    if failed:
        tell(f"未通过：{'、'.join(failed)}", f"Failed: {', '.join(failed)}")
        return 1
    tell("全部通过。", "Everything passed.")
    return 0
