"""An installation as its owner has it: started, served, stopped, backed up."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from launcher import postgres

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_installation_starts_serves_and_stops_cleanly(tmp_path):
    """From an empty folder to the first page and SIGTERM, twice; how long it takes is measured in benchmarks/."""
    port = postgres.free_port()
    command = [
        sys.executable,
        "manage.py",
        "run",
        "--empty",
        "--port",
        str(port),
        "--data",
        str(tmp_path / "data"),
    ]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("ZHANGCHENG", "DATABASE"))
    }
    for _start in range(2):
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
        )
        with process:
            for line in process.stdout:
                if f"http://127.0.0.1:{port}/" in line:
                    break
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/verify") as answer:
                assert answer.status == 200
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
        assert process.returncode == 0
        assert "Stopped." in rest
    names = {path.name.split("-")[0] for path in (tmp_path / "data").iterdir()}
    assert names == {"database.sqlite3", "files", "keys"}
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", str(tmp_path / "copy.zip"), "--data", str(tmp_path / "data")],
        cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = json.loads(zipfile.ZipFile(tmp_path / "copy.zip").read("manifest.json"))
    assert manifest["tables"]["alembic_version"] == 1
