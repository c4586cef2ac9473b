"""``manage.py bundle``: program and packages in one archive, for a computer without internet.

It is unpacked there and started as ever; ``manage.py`` finds the ``wheels`` folder and installs from it.
"""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from launcher.console import Refusal, tell
from launcher.environment import ROOT, RUNTIME

LEFT_OUT = {
    ".git", ".venv", "instance", "backups", "wheels", "build", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".hypothesis", ".import_linter_cache",
}  # fmt: skip
TOP = "zhangcheng"


def run(options: argparse.Namespace) -> int:
    """Download the pinned packages for the target and write the archive. Raises Refusal where pip cannot."""
    version = options.python or f"{sys.version_info[0]}.{sys.version_info[1]}"
    target = (options.file or Path("build") / f"zhangcheng-python{version}.zip").absolute()
    if target.exists():
        raise Refusal(f"{target} 已存在，请另取一个名字。", f"{target} exists already; name another file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        wheels = Path(work) / "wheels"
        command = download_command(wheels, options.platform or [], version if options.python else None)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise Refusal("软件包下载失败，见上。", "The packages could not be downloaded, see above.")
        count = write(target, wheels)
    size = target.stat().st_size / 1_000_000
    tell(
        f"{target}：{count} 个文件，{size:.0f} MB，适用于 Python {version}。在目标电脑解压后执行 manage.py run。",
        f"{target}: {count} files, {size:.0f} MB, for Python {version}. Unpack it there and start manage.py run.",
    )
    return 0


def download_command(wheels: Path, platforms: list[str], version: str | None) -> list[str]:
    """Return the pip command: for this computer, or for the named platforms and version of Python."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(wheels)]
    for platform in platforms:
        command += ["--platform", platform]
    if version:
        command += ["--python-version", version]
    return [*command, "-r", str(ROOT / RUNTIME)]


def sources(root: Path) -> list[Path]:
    """Return the files of the program, without data, caches and environments."""
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not LEFT_OUT.intersection(path.relative_to(root).parts)
        and path.suffix != ".pyc"
    ]


def write(target: Path, wheels: Path) -> int:
    """Write the archive and return how many files it holds."""
    unfinished = target.with_name(target.name + ".part")
    count = 0
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
        for path in sources(ROOT):
            if path not in (target, unfinished):
                packed.write(path, f"{TOP}/{path.relative_to(ROOT).as_posix()}")
                count += 1
        for path in sorted(wheels.iterdir()):
            packed.write(path, f"{TOP}/wheels/{path.name}", zipfile.ZIP_STORED)
            count += 1
    unfinished.replace(target)
    return count
