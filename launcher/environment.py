"""The virtual environment ``.venv``: made once, filled with the pinned packages, entered by every command."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from launcher.console import Refusal, tell

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"


def environment_folder() -> Path:
    """Return the folder of the virtual environment."""
    return ROOT / ".venv"


def environment_python() -> Path:
    """Return the Python of the virtual environment."""
    folder = environment_folder()
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def inside_environment() -> bool:
    """Tell whether this very process runs in the virtual environment."""
    return Path(sys.prefix).resolve() == environment_folder().resolve()


def fingerprint(*names: str) -> str:
    """Return the hash that tells a finished installation: the pinned files and the Python version."""
    digest = hashlib.sha256(f"{sys.version_info[0]}.{sys.version_info[1]}".encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def marker(name: str) -> Path:
    """Return the file that remembers which state of a requirements file is installed."""
    return environment_folder() / f".installed-{name}"


def is_installed(name: str) -> bool:
    """Tell whether the packages of a requirements file are installed as pinned now."""
    try:
        return marker(name).read_text(encoding="ascii") == fingerprint(name)
    except OSError:
        return False


def make_environment() -> None:
    """Create ``.venv``. Raises Refusal with what to install where the system's Python cannot."""
    tell("正在建立运行环境 .venv（只需一次）…", "Setting up .venv (once) …")
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(environment_folder())], capture_output=True, text=True, check=False
    )
    if done.returncode:
        detail = (done.stderr or done.stdout).strip()
        raise Refusal(
            "无法建立运行环境。Debian、Ubuntu 请先执行：apt install python3-venv\n" + detail,
            "The virtual environment cannot be made. On Debian or Ubuntu first: apt install python3-venv\n"
            + detail,
        )


def install_command(name: str) -> list[str]:
    """Return the pip command for a requirements file; a bundle brings its packages in ``wheels``."""
    command = [str(environment_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps"]
    wheels = ROOT / "wheels"
    if wheels.is_dir():
        command += ["--no-index", "--find-links", str(wheels)]
    return [*command, "-r", str(ROOT / name)]


def install(name: str) -> None:
    """Install the pinned packages of a requirements file and remember it. Raises Refusal where that fails."""
    tell(f"正在安装所需软件包（{name}，只需一次，约一两分钟）…", f"Installing packages ({name}, once) …")
    done = subprocess.run(install_command(name), cwd=ROOT, check=False)
    if done.returncode:
        raise Refusal(
            "软件包安装失败。无法上网时，请在能上网的电脑上执行 manage.py bundle；"
            "访问较慢时，可用环境变量 PIP_INDEX_URL 指定镜像。",
            "The packages could not be installed. Without internet use a bundle (manage.py bundle on a"
            " computer that has it); with a slow connection name a mirror in PIP_INDEX_URL.",
        )
    marker(name).write_text(fingerprint(name), encoding="ascii")


def enter(arguments: list[str], *, development: bool = False) -> None:
    """Make sure that this process runs in the virtual environment with the pinned packages.

    Returns in the right process; anywhere else it starts the same command there and ends with its result.
    """
    # without compiled modules each process of each start would compile the whole program again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if not environment_python().exists():
        make_environment()
    for name in (RUNTIME, DEVELOPMENT) if development else (RUNTIME,):
        if not is_installed(name):
            install(name)
    if inside_environment():
        return
    command = [str(environment_python()), str(ROOT / "manage.py"), *arguments]
    if os.name == "nt":
        # Windows has no exec that keeps the console: wait for the child and pass its result on.
        try:
            sys.exit(subprocess.call(command))
        except KeyboardInterrupt:
            sys.exit(0)
    os.execv(command[0], command)  # noqa: S606 - our own path, no shell
