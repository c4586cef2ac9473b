"""Who may read the files of a version: papers of the procedure and signed sheets name people, so few may."""

from sqlalchemy import select

from app.core.db import session
from app.core.files import StoredFile
from app.core.permissions import Actor
from app.features.rules import queries
from app.features.rules.models import RuleSignature, RuleVersion
from app.features.rules.reading import SHEET_FILE


def may_read_stored(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of a version: who handles it, and who signed on that sheet."""
    version = session.get(RuleVersion, row.doc_id)
    if version is None:
        return False
    if queries.may_handle(actor, version):
        return True
    own = select(RuleSignature.id).where(
        RuleSignature.stored_file_id == row.id, RuleSignature.user_id == actor.id
    )
    return row.kind == SHEET_FILE and session.execute(own).first() is not None
