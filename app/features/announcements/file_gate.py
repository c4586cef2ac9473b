"""Who may read the files of an announcement: its readers, and of a withdrawn one only who answers for it."""

from app.core.errors import NotVisible
from app.core.files import StoredFile
from app.core.permissions import Actor
from app.features.announcements import queries
from app.features.announcements.enums import AnnouncementStatus


def may_read_stored(actor: Actor, row: StoredFile) -> bool:
    """Tell whether an actor may read a file of an announcement."""
    try:
        found = queries.get_announcement(actor, row.doc_id)
    except NotVisible:
        return False
    return found.status != AnnouncementStatus.WITHDRAWN or queries.handles(actor, found)
