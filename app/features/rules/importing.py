"""Taking what a Word file says into a draft: its clauses, the file itself, its pictures."""

from app.core import files
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.rules import actions
from app.features.rules.actions import VersionValues
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RuleVersion
from app.features.rules.word.parts import PICTURE_ENDINGS
from app.features.rules.word.proposal import Proposal, picture_name

ORIGINAL_FILE = "original"


def brought_along(proposal: Proposal, original: CheckedFile) -> list[CheckedFile]:
    """Return the files a draft keeps of an import: the original, and its pictures by the names the text gives them."""
    pictures = [
        CheckedFile(
            f"{picture_name(number)}.{PICTURE_ENDINGS[picture.media_type]}",
            picture.media_type,
            picture.content,
        )
        for number, picture in enumerate(proposal.pictures, 1)
    ]
    return [original, *pictures]


def store(proposal: Proposal, original: CheckedFile) -> None:
    """Write the files of an import before the transaction that names them, which then has nothing slow to do."""
    for one in brought_along(proposal, original):
        files.save_bytes(one.content)


def start_rule_from(
    *, actor: Actor, values: VersionValues, proposal: Proposal, original: CheckedFile
) -> RuleVersion:
    """Begin a new rule with what a Word file says as its first draft."""
    version = actions.start_rule(actor=actor, values=values)
    take_document(version, actor=actor, changed_from=None, proposal=proposal, original=original)
    return version


def take_document(
    version: RuleVersion,
    *,
    actor: Actor,
    changed_from: int | None,
    proposal: Proposal,
    original: CheckedFile,
) -> None:
    """Put what a Word file says behind the clauses of a draft, and keep the file with it.

    Raises Invalid where everything was left out, and what `actions.take_outline` raises.
    """
    if not proposal.rows:
        raise Invalid(fields={"rows": lazy("所有段落都选了“不导入”，请至少保留一条")})
    actions.take_outline(version, actor=actor, changed_from=changed_from, rows=proposal.rows)
    for one in brought_along(proposal, original):
        files.attach(one, RULE_VERSION, version.id, actor, kind=ORIGINAL_FILE)
