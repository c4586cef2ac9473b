"""Taking what a Word file says into a draft: its clauses, the file itself, its pictures."""

from collections.abc import Sequence
from dataclasses import replace

from app.core import files, pictures
from app.core.errors import Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.rules import actions, clause_pictures
from app.features.rules.actions import VersionValues
from app.features.rules.clause_pictures import NewPicture
from app.features.rules.clause_text import Picture
from app.features.rules.enums import RULE_VERSION
from app.features.rules.models import RuleVersion
from app.features.rules.outline import OutlineRow
from app.features.rules.word.proposal import Proposal, picture_name

ORIGINAL_FILE = "original"


def new_pictures(proposal: Proposal) -> list[NewPicture]:
    """Return the pictures of an import as a draft keeps them."""
    return [
        NewPicture(
            CheckedFile(
                f"{picture_name(number)}.{pictures.ENDINGS[picture.media_type]}",
                picture.media_type,
                picture.content,
            ),
            picture.width,
            picture.height,
        )
        for number, picture in enumerate(proposal.pictures, 1)
    ]


def store(proposal: Proposal, original: CheckedFile) -> None:
    """Write the files of an import before the transaction that names them, which then has nothing slow to do."""
    for one in (original, *(picture.file for picture in new_pictures(proposal))):
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
    actions.open_for_writing(version, actor, changed_from)
    stored = [clause_pictures.keep(version, picture, actor=actor) for picture in new_pictures(proposal)]
    rows = with_stored(proposal.rows, stored)
    actions.take_outline(version, actor=actor, changed_from=changed_from, rows=rows)
    files.attach(original, RULE_VERSION, version.id, actor, kind=ORIGINAL_FILE)


def with_stored(rows: Sequence[OutlineRow], stored: Sequence[Picture]) -> list[OutlineRow]:
    """Return rows whose pictures name the files they became, each by its place among the pictures."""
    return [
        replace(
            row,
            body=tuple(stored[block.file - 1] if isinstance(block, Picture) else block for block in row.body),
        )
        for row in rows
    ]
