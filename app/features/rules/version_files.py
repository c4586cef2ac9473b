"""The files that are part of what a version says: its attachments, and the pictures in its clauses.

Each version has rows of its own for them, so that whoever may see the version may see its files, and a revision takes
them over without giving away anything of the draft it grows from.
"""

from app.core import files
from app.core.permissions import Actor
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RuleAttachment, RuleVersion

ATTACHMENT_FILE = "attachment"


def carry_over(source: RuleVersion, target: RuleVersion, actor: Actor) -> None:
    """Give a new version the attachments of the one it begins from; the bytes are stored once."""
    for each in source.attachments:
        row = files.attach_stored(each.stored_file, RULE_VERSION, target.id, actor, kind=ATTACHMENT_FILE)
        target.attachments.append(RuleAttachment(stored_file=row, reading=each.reading, text=each.text))


def hold(version: RuleVersion) -> None:
    """Keep the files of an approved version for good: readers sign for them with its text."""
    for each in version.attachments:
        each.stored_file.legal_hold = True
