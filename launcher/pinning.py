"""``manage.py pin``: write requirements.txt and requirements-dev.txt from their .in files, with hashes."""

import os
import subprocess
import sys

from launcher.environment import ROOT

OPTIONS = [
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    # where the packages came from is the business of each installation, not of the repository
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
]


def run() -> int:
    """Pin the newest versions that fit together; the tests decide afterwards whether they stay."""
    variables = {**os.environ, "CUSTOM_COMPILE_COMMAND": "python3 manage.py pin"}
    for name in ("requirements", "requirements-dev"):
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, "-o", f"{name}.txt", f"{name}.in"]
        done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
        if done.returncode:
            return done.returncode
    return 0
