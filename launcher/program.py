"""The program's own command line: how the launcher calls it, on which data folder."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from launcher.console import tell
from launcher.environment import ROOT


def data_folder(options: argparse.Namespace) -> Path:
    """Return the data folder of a command: --data, else ZHANGCHENG_DATA, else ``instance``."""
    return Path(options.data or os.environ.get("ZHANGCHENG_DATA") or ROOT / "instance").resolve()


def variables_for(data: Path) -> dict[str, str]:
    """Return the environment in which the program finds its data folder and writes UTF-8."""
    return {**os.environ, "ZHANGCHENG_DATA": str(data), "PYTHONUTF8": "1", "FLASK_SKIP_DOTENV": "1"}


def flask_command(arguments: list[str]) -> list[str]:
    """Return the command line of the program's own commands."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def flask(arguments: list[str], variables: dict[str, str]) -> int:
    """Run a command of the program and return its exit code."""
    try:
        return subprocess.run(flask_command(arguments), cwd=ROOT, env=variables, check=False).returncode
    except KeyboardInterrupt:
        tell("已停止。", "Stopped.")
        return 0
