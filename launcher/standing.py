"""How an installation stands: looked up without loading the program, so that an ordinary start is quick."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from launcher import folder
from launcher.console import Refusal
from launcher.environment import ROOT

REVISION = re.compile(r"^(down_)?revision(?::[^=]+)? = (.+)$", re.MULTILINE)
# a look over the whole file must not cost the start; `check` examines a file of any size
LARGEST_EXAMINED = 64 * 1024 * 1024


def standing(data: Path, variables: dict[str, str]) -> dict[str, Any] | None:
    """Return how an installation stands that needs no setting up, without loading the program; None if unsure.

    Raises Refusal where its database is damaged.
    """
    path, kind = data / "database.sqlite3", folder.kind(data)
    if variables.get("DATABASE_URL") or kind not in (folder.DEMO, folder.REAL) or not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path, timeout=20)) as database:
            if path.stat().st_size <= LARGEST_EXAMINED:
                answer = database.execute("PRAGMA quick_check").fetchone()[0]
                if answer != "ok":
                    raise damaged(path, answer)
            if database.execute("SELECT version_num FROM alembic_version").fetchall() != [
                (newest_migration(),)
            ]:
                return None
            ready = database.execute('SELECT 1 FROM "user" LIMIT 1').fetchone() is not None
    except sqlite3.OperationalError:
        # locked, read-only or half made: the program itself has the words for it
        return None
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error
    return {"demo": kind == folder.DEMO, "ready": ready}


def damaged(path: Path, detail: str) -> Refusal:
    """Return the sentence for a database that is damaged."""
    return Refusal(
        f"数据库文件 {path} 已损坏（{detail}），请用最近的备份恢复（manage.py restore）。",
        f"The database {path} is damaged ({detail}): restore the latest backup (manage.py restore).",
    )


def newest_migration() -> str | None:
    """Return the one migration that no other builds upon, None where that is not clear."""
    known: set[str] = set()
    built_upon: set[str] = set()
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        for down, value in REVISION.findall(path.read_text(encoding="utf-8")):
            (built_upon if down else known).add(value.strip().strip("\"'"))
    heads = known - built_upon
    return heads.pop() if len(heads) == 1 else None
