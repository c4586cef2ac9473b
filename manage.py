#!/usr/bin/env python3
"""Start, test and look after an installation: ``python3 manage.py run``, ``python3 manage.py help``."""

# Only what the oldest Python understands may stand above the check of its version.
import sys

OLDEST = (3, 11)


def find_newer_python():
    """Return the path of an installed Python that is new enough, None where there is none."""
    import shutil  # optional

    for minor in range(14, OLDEST[1] - 1, -1):
        path = shutil.which("python3.%d" % minor)  # noqa: UP031 - must parse on an old Python
        if path:
            return path
    return None


def main():
    """Check the version of Python, then hand over to the launcher."""
    if sys.version_info < OLDEST:
        import subprocess  # optional

        newer = find_newer_python()
        if newer:
            sys.exit(subprocess.call([newer] + sys.argv))
        sys.exit(
            "章程 needs Python %d.%d or newer; this is %d.%d. 请先安装新版 Python: https://www.python.org/downloads/"  # noqa: UP031
            % (OLDEST + tuple(sys.version_info[:2]))
        )
    from launcher.main import main as launch  # slow import

    sys.exit(launch(sys.argv[1:]))


if __name__ == "__main__":
    main()
