"""Old Word files (.doc, .wps) made into .docx by LibreOffice, where it is on the server.

What people upload may be made to attack the program that opens it. So it runs as a process of its own, over a folder of
its own that goes afterwards, with a profile that runs no macros and follows no links, and is ended with all it started
when its time is up.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

PROGRAM = "soffice"
SECONDS = 45.0
# Keys and passwords of the server are no business of a program that opens what people upload.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "PATHEXT")

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">\
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">\
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def is_available() -> bool:
    """Tell whether this server can make .docx of old files."""
    return shutil.which(PROGRAM) is not None


def to_docx(content: bytes, ending: str) -> bytes | None:
    """Return an old Word file as .docx, None where there is no converter, or it failed or took too long.

    ``ending`` is that of the file's name and must be known to the caller: it becomes a part of a command.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="convert-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, profile = folder / f"source.{ending}", folder / "profile"
        source.write_bytes(content)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            "docx",
            "--outdir",
            str(folder),
            str(source),
        ]
        made = folder / "source.docx"
        return made.read_bytes() if _ran(command, folder) and made.is_file() else None


def _ran(command: list[str], folder: Path) -> bool:
    """Run the converter to its end; tell whether it came to one in time. Its home is the folder that goes."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder)}
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with everything it started; LibreOffice is a small program that starts the large one."""
    if hasattr(os, "killpg"):
        # Its group bears its number, and lasts as long as anything in it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
