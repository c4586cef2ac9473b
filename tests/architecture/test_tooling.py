"""What ruff, mypy and the import linter cannot say: lengths, places, reasons, and that no test is lost."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
INLINE_REASONS = ("# slow import", "# optional")
# core/db ends by a COMMIT what only read; writing it refuses
MAY_COMMIT = {"app/core/uow.py", "app/core/side_writes.py", "app/core/db.py"}
LOWER_PARTS = {"models", "queries", "enums", "actions"}
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked(*suffixes: str) -> list[Path]:
    """The project's own files: all that git does not ignore."""
    listed = subprocess.run(
        ["git", "-c", "core.quotePath=false", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if listed.returncode:
        # an unpacked archive has no history
        return [
            path for path in sorted(ROOT.rglob("*")) if path.suffix in suffixes and ".venv" not in path.parts
        ]
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def parsed(*folders: str) -> Iterator[tuple[str, ast.Module, str]]:
    """Each Python file below the folders: path, tree, text."""
    for path in tracked(".py"):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(folders):
            text = path.read_text(encoding="utf-8")
            yield name, ast.parse(text), text


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Each module that is imported anywhere in the tree, with the statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def test_no_module_takes_the_private_names_of_another():
    taken = [
        f"{name}: {node.module}.{alias.name}"
        for name, tree, _text in parsed("app/", "launcher/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.startswith("_") and alias.name != "_"
    ]
    assert taken == []


@pytest.mark.parametrize("suffix", [".py", ".html", ".css", ".js"])
def test_no_file_is_longer_than_500_lines(suffix):
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked(suffix)
        if "vendor" not in path.parts and "versions" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length >= LONGEST_FILE} == {}
    assert lengths


def test_no_function_is_longer_than_60_lines():
    too_long = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree, _text in parsed("app/", "launcher/", "tests/", "benchmarks/", "proofs/", "scripts/")
        for node in ast.walk(tree)
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno + 1 >= LONGEST_FUNCTION
    }
    assert too_long == {}


def test_only_the_unit_of_work_and_side_writes_commit():
    offenders = {
        f"{name}:{node.lineno}"
        for name, tree, _text in parsed("app/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and name not in MAY_COMMIT
    }
    assert offenders == set()


def test_inline_imports_give_their_reason():
    offenders = []
    for name, tree, text in parsed("app/", "launcher/", "manage.py", "config.py"):
        lines = text.splitlines()
        for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
            for statement, _module in imports(function):
                last = lines[(statement.end_lineno or statement.lineno) - 1]
                if not any(reason in last for reason in INLINE_REASONS):
                    offenders.append(f"{name}:{statement.lineno}")
    assert offenders == []


def test_a_feature_imports_of_others_only_what_is_offered():
    """models, queries, enums and actions of a lower feature; never its views, forms or flow."""
    offenders = set()
    for name, tree, _text in parsed("app/features/"):
        own = name.split("/")[2]
        for statement, module in imports(tree):
            parts = module.split(".")
            if parts[:2] != ["app", "features"] or len(parts) < 4 or parts[2] == own:
                continue
            if parts[3] in {"views", "forms", "flow"}:
                offenders.add(f"{name}:{statement.lineno} {module}")
    assert offenders == set()


def test_every_test_function_is_collected():
    """A function named test_… in another, after a second one of its name, or in a file pytest skips never runs."""
    lost = []
    for name, tree, _text in parsed("tests/"):
        top = [node for node in tree.body if isinstance(node, Function) and node.name.startswith("test_")]
        names = [node.name for node in top]
        lost += [f"{name}: {each} twice" for each in set(names) if names.count(each) > 1]
        lost += [f"{name}: {each}" for each in names if not Path(name).name.startswith("test_")]
        nested = {
            inner.name
            for outer in ast.walk(tree)
            if isinstance(outer, Function)
            for inner in ast.walk(outer)
            if isinstance(inner, Function) and inner is not outer and inner.name.startswith("test_")
        }
        lost += [f"{name}: {each} inside another function" for each in nested]
        lost += [
            f"{name}: class {node.name}"
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            and any(child.name.startswith("test_") for child in functions_of(node))
        ]
    assert lost == []


def functions_of(node: ast.ClassDef) -> list[Function]:
    return [child for child in node.body if isinstance(child, Function)]


def checking_functions() -> set[str]:
    """The names of all functions of the tests that assert, by themselves or through others they call."""
    called, checking = {}, {"raises", "fail"}
    for _name, tree, _text in parsed("tests/"):
        for node in ast.walk(tree):
            if isinstance(node, Function):
                if any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
                    checking.add(node.name)
                called.setdefault(node.name, set()).update(calls(node))
    while more := {name for name, names in called.items() if name not in checking and names & checking}:
        checking |= more
    return checking


def calls(node: ast.AST) -> set[str]:
    functions = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return {each.id if isinstance(each, ast.Name) else getattr(each, "attr", "") for each in functions}


def test_every_test_asserts_something():
    """A test without an assertion, its own or a helper's, fails only by accident; "must not raise" says so."""
    checking = checking_functions()
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree, text in parsed("tests/")
        for node in tree.body
        if isinstance(node, Function) and node.name.startswith("test_") and node.name not in checking
        if "must not raise" not in (ast.get_source_segment(text, node) or "")
    ]
    assert silent == []


def test_no_test_is_skipped_or_left_for_later():
    marks = re.compile(r"pytest\.(skip|mark\.skip|mark\.xfail|importorskip)|\bTODO\b|\bFIXME\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py", ".html", ".js", ".css")
        if path != Path(__file__) and "vendor" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_launcher_uses_nothing_but_the_standard_library_before_packages_are_installed():
    standard = sys.stdlib_module_names
    offenders = set()
    for name, tree, text in parsed("launcher/", "manage.py"):
        lines = text.splitlines()
        for statement, module in imports(tree):
            first = module.split(".")[0]
            later = "# slow import" in lines[(statement.end_lineno or statement.lineno) - 1]
            if first not in standard and first != "launcher" and not later:
                offenders.add(f"{name}:{statement.lineno} {module}")
    assert offenders == set()


def test_manage_can_be_read_by_an_old_python():
    """The sentence about the version must come, not a syntax error."""
    tree = ast.parse((ROOT / "manage.py").read_text(encoding="utf-8"), feature_version=(3, 4))
    newer = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)
        or (isinstance(node, Function) and node.returns is not None)
    ]
    assert newer == []


def pins(*names: str) -> dict[str, Requirement]:
    """The pinned packages of requirements files, by canonical name."""
    found = {}
    for name in names:
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            if line and not line.startswith((" ", "#")):
                requirement = Requirement(line.split(" --hash")[0].strip())
                found[canonicalize_name(requirement.name)] = requirement
    return found


@pytest.mark.parametrize("names", [("requirements.txt",), ("requirements.txt", "requirements-dev.txt")])
def test_pinned_packages_are_complete_on_every_system(names):
    """pip refuses an unpinned package under --require-hashes, and Windows asks for some that Linux never does."""
    pinned = pins(*names)
    missing = set()
    for name, pin in pinned.items():
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            assert pin.marker is not None, f"{name} is pinned but not installed"
            continue
        for system in SYSTEMS:
            for python in PYTHONS:
                facts = {
                    **system,
                    "python_version": python,
                    "python_full_version": f"{python}.0",
                    "extra": "",
                }
                for text in required:
                    requirement = Requirement(text)
                    wanted = requirement.marker is None or requirement.marker.evaluate(facts)
                    if wanted and canonicalize_name(requirement.name) not in pinned:
                        missing.add(f"{name} needs {requirement.name} on {system['sys_platform']} {python}")
    assert missing == set()


def test_pinned_files_name_no_index_and_carry_hashes():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(r"https?://|file:/|^--", text, re.MULTILINE) is None
        packages = re.findall(r"^[A-Za-z].*$", text, re.MULTILINE)
        assert [line for line in packages if "==" not in line or not line.endswith("\\")] == []
        assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(packages) > 30


def test_windows_batch_file_keeps_its_line_endings_and_calls_the_launcher():
    content = (ROOT / "启动.bat").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > 20
    assert "manage.py run" in content.decode("utf-8")
    assert content.splitlines()[1] == b"chcp 65001 >nul"


def test_licence_of_every_package_and_vendored_file_is_listed():
    text = (ROOT / "THIRD-PARTY-LICENSES.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ([a-z0-9-]+) \| [A-Z0]", text, re.MULTILINE))
    assert set(pins("requirements.txt")) == listed
    named = [ROOT / path for path in re.findall(r"`([^`]*LICENSE[^`]*)`", text)]
    assert [path for path in named if not path.is_file()] == []
