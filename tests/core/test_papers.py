"""The libraries of papers can be loaded before the first paper, all of them."""

import subprocess
import sys

from app.core import papers
from launcher.environment import ROOT

LARGE = ("pyhanko", "pyhanko_certvalidator", "asn1crypto", "reportlab", "PIL", "aiohttp")
SIGN_ONE = f"""
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core import papers

papers.load()
before = set(sys.modules)
from tests.core import signed_papers

with TemporaryDirectory() as name:
    assert signed_papers.signed_paper(signed_papers.make_authority(Path(name)))
print([name for name in set(sys.modules) - before if name.split(".")[0] in {LARGE}])
"""


def test_after_loading_them_a_paper_loads_none_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGN_ONE], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"


def test_they_are_there_after_loading() -> None:
    papers.load()
    assert set(papers.LIBRARIES) <= set(sys.modules)
