"""Who may read the files of a version.

Attachments are a part of what it says, so whoever sees the version may. Papers of the procedure and signed sheets name
people, so few may.
"""

from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.core.files import StoredFile
from app.core.permissions import Actor
from app.features.rules import queries
from app.features.rules.evidence import EVIDENCE_FILE
from app.features.rules.models import RuleEvidence, RuleSignature, RuleVersion
from app.features.rules.reading import SHEET_FILE
from app.features.rules.version_files import ATTACHMENT_FILE, PICTURE_FILE, shown_pictures


def may_read_stored(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of a version: who handles it, who reads it, whom a paper is about."""
    version = session.get(RuleVersion, row.doc_id)
    if version is None:
        return False
    if queries.may_handle(actor, version):
        return True
    if row.kind == ATTACHMENT_FILE:
        return queries.may_see(actor, version)
    if row.kind == PICTURE_FILE:
        # One that was brought and taken out again before the approval was never said to anybody.
        return queries.may_see(actor, version) and row.id in shown_pictures(version.id)
    table: Any = {SHEET_FILE: RuleSignature, EVIDENCE_FILE: RuleEvidence}.get(row.kind)
    if table is None:
        return False
    own = select(table.id).where(table.stored_file_id == row.id, table.user_id == actor.id)
    return session.execute(own).first() is not None
