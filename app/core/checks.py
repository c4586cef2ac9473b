"""The examination of an installation: each part registers what it can prove, ``check`` asks them all."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from app.core import documents, files, timeline, workflow
from app.core.db import db, session
from app.core.files import StoredFile
from app.core.i18n import gettext as _
from app.core.tasks import Task, lags, matches


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: which check found it, and a sentence for the administrator."""

    check: str
    sentence: str


_checks: dict[str, Callable[[], list[str]]] = {}


def register_check(name: str, function: Callable[[], list[str]]) -> None:
    """Add a check: it only reads, and returns a sentence for each thing that is wrong.

    Raises ValueError for a second check of that name.
    """
    if name in _checks:
        raise ValueError(f"two checks named {name}")
    _checks[name] = function


def names() -> list[str]:
    """Return the names of all checks in order of registration."""
    return list(_checks)


def run_all() -> list[Finding]:
    """Run every check and return all findings; a check that breaks is itself a finding."""
    findings = []
    for name, function in _checks.items():
        try:
            sentences = function()
        except Exception as error:
            sentences = [_("检查本身出错：%(what)s", what=f"{type(error).__name__}: {error}")]
        finally:
            session.rollback()
        findings += [Finding(name, sentence) for sentence in sentences]
    return findings


def check_database() -> list[str]:
    """Let SQLite examine its file; PostgreSQL keeps checksums of its own."""
    if db.engine.dialect.name != "sqlite":
        return []
    answers = session.execute(text("PRAGMA integrity_check")).scalars().all()
    return [_("数据库文件有损坏：%(what)s", what=answer) for answer in answers if answer != "ok"]


def check_foreign_keys() -> list[str]:
    """Find rows that refer to nothing (PostgreSQL never admits one)."""
    if db.engine.dialect.name != "sqlite":
        return []
    rows = session.execute(text("PRAGMA foreign_key_check")).all()
    return [
        _(
            "表 %(table)s 第 %(row)s 行指向表 %(other)s 中不存在的行",
            table=row[0],
            row=row[1],
            other=row[2],
        )
        for row in rows
    ]


def check_stored_files() -> list[str]:
    """Find stored files that are missing or whose bytes are not those that were stored."""
    sentences = []
    rows = session.execute(select(StoredFile.id, StoredFile.name, StoredFile.sha256).order_by(StoredFile.id))
    for number, name, expected in rows:
        path = files.path_of(expected)
        if not path.is_file():
            sentences.append(_("文件 %(number)s（%(name)s）不见了", number=number, name=name))
        elif sha256_of(path) != expected:
            sentences.append(_("文件 %(number)s（%(name)s）存入后被改过", number=number, name=name))
    return sentences


def check_tasks() -> list[str]:
    """Find documents whose open tasks are not those that their state implies."""
    sentences = []
    for doc_type, flow in workflow.flows().items():
        if not documents.is_registered(doc_type) or documents.document_type(doc_type).model is None:
            continue
        model = documents.document_type(doc_type).model
        opened: dict[int, list[Task]] = {}
        statement = select(Task).where(Task.doc_type == doc_type, Task.closed_at.is_(None)).order_by(Task.id)
        for task in session.execute(statement).scalars():
            opened.setdefault(task.doc_id, []).append(task)
        busy = [state.code for state in flow.states if state.tasks]
        for document in session.execute(select(model).where(model.status.in_(busy))).unique().scalars():
            sentences += _differences(flow, document, opened.pop(document.id, []))
        sentences += [
            _(
                "%(name)s 还有待办 %(kind)s，但它的状态不需要办任何事",
                name=f"{doc_type} {doc_id}",
                kind=task.kind,
            )
            for doc_id, tasks in opened.items()
            for task in tasks
        ]
    return sentences


def _differences(flow: workflow.Flow, document: workflow.Document, opened: list[Task]) -> list[str]:
    wanted = flow.wanted_tasks(document)
    name = f"{flow.doc_type} {document.id}"
    superfluous = [
        task for task in opened if not lags(task.kind) and not any(matches(task, want) for want in wanted)
    ]
    missing = [
        want for want in wanted if not lags(want.kind) and not any(matches(task, want) for task in opened)
    ]
    return [
        _("%(name)s 有待办 %(kind)s，但它的状态不需要", name=name, kind=task.kind) for task in superfluous
    ] + [_("%(name)s 缺少它的状态应有的待办 %(kind)s", name=name, kind=want.kind) for want in missing]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


register_check("database", check_database)
register_check("foreign keys", check_foreign_keys)
register_check("event chain", timeline.verify_chain)
register_check("stored files", check_stored_files)
register_check("tasks", check_tasks)
