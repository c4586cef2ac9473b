"""What is done to the attachments of a draft: bring several at once, take one away."""

from collections.abc import Sequence

from app.core import files, timeline
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.rules import attachment_text
from app.features.rules.actions import open_for_writing
from app.features.rules.attachment_text import ReadText
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RuleAttachment, RuleVersion
from app.features.rules.version_files import ATTACHMENT_FILE

MOST_ATTACHMENTS = 20


def read_all(brought: Sequence[CheckedFile]) -> list[tuple[CheckedFile, ReadText]]:
    """Store checked files and read their words, before the transaction that names them."""
    if not brought:
        raise Invalid(fields={"file": lazy("请选择文件")})
    if len(brought) > MOST_ATTACHMENTS:
        raise Conflict("rule:too-many-attachments", most=MOST_ATTACHMENTS)
    for one in brought:
        files.save_bytes(one.content)
    return [(one, attachment_text.read(one)) for one in brought]


def add(version: RuleVersion, *, actor: Actor, brought: Sequence[tuple[CheckedFile, ReadText]]) -> None:
    """Attach files to a draft, each with what was read of it; they are found once the version is in force."""
    open_for_writing(version, actor)
    if len(version.attachments) + len(brought) > MOST_ATTACHMENTS:
        raise Conflict("rule:too-many-attachments", most=MOST_ATTACHMENTS)
    for checked, read in brought:
        row = files.attach(checked, RULE_VERSION, version.id, actor, kind=ATTACHMENT_FILE)
        version.attachments.append(RuleAttachment(stored_file=row, reading=str(read.reading), text=read.text))
    version.touch()
    session.flush()
    # The name of a file is a part of what a draft says: it stands among the changes, which few may read.
    names = "、".join(checked.name for checked, _read in brought)
    data = {"count": len(brought), "changes": [["attachment", "", names]]}
    timeline.record(RULE_VERSION, version.id, "rule_version:attach", actor, data=data)


def remove(version: RuleVersion, attachment_id: int, *, actor: Actor) -> None:
    """Take an attachment out of a draft; raises NotVisible where it has none of this number."""
    open_for_writing(version, actor)
    found = next((each for each in version.attachments if each.id == attachment_id), None)
    if found is None:
        raise NotVisible
    row = found.stored_file
    version.attachments.remove(found)
    files.mark_deleted(row)
    version.touch()
    session.flush()
    data = {"changes": [["attachment", row.name, ""]]}
    timeline.record(RULE_VERSION, version.id, "rule_version:detach", actor, data=data)
