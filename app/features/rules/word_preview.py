"""What the preview of an import shows: each paragraph of the file beside the clause it becomes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.features.rules.enums import STYLE_LABELS
from app.features.rules.outline import DEEPEST
from app.features.rules.presentation import ShownBlock, ShownClause, ShownPicture, shown_blocks
from app.features.rules.word.parts import Picture
from app.features.rules.word.proposal import JOIN, SKIP, Choice, Proposal
from app.features.rules.word.reading import ImportedDocument, ImportedRow
from app.features.rules.word.remarks import REMARK_LABELS

PictureAddress = Callable[[Picture], str]

CHOICE_LABELS: dict[str, LazyText] = {
    **{str(code): label for code, label in STYLE_LABELS.items()},
    JOIN: lazy("并入上一条"),
    SKIP: lazy("不导入"),
}


@dataclass(frozen=True)
class PreviewRow:
    """A paragraph of the file as it stands there (``clause``), and what becomes of it."""

    place: int
    clause: ShownClause
    style: str
    level: int
    number: str
    becomes: str
    remarks: tuple[str, ...]

    @property
    def name(self) -> str:
        """How the row is called where its selectors are read out."""
        return self.clause.cited


def context(
    document: ImportedDocument,
    choices: Sequence[Choice],
    proposal: Proposal,
    file_name: str,
    picture_address: PictureAddress,
) -> dict[str, Any]:
    """Return what the page of a preview shows besides its form."""
    rows = [
        _row(place, row, choice, proposal, picture_address)
        for place, (row, choice) in enumerate(zip(document.rows, choices, strict=True))
    ]
    return {
        "rows": rows,
        "styles": [(str(code), str(label)) for code, label in CHOICE_LABELS.items()],
        "levels": [(level, _("第 %(level)s 级", level=level)) for level in range(1, DEEPEST + 1)],
        "facts": (
            file_name,
            _("共 %(count)s 段", count=len(rows)),
            _("将成为 %(count)s 条", count=len(proposal.rows)),
            _("还没有保存任何内容"),
        ),
        "remarks": [
            _("%(what)s（%(count)s 处）", what=REMARK_LABELS[remark], count=count)
            for remark, count in sorted(document.remarks.items())
        ],
        "edges": [
            *((_("页眉"), text, True) for text in document.headers),
            *((_("页脚"), text, True) for text in document.footers),
        ],
    }


def _row(
    place: int, row: ImportedRow, choice: Choice, proposal: Proposal, picture_address: PictureAddress
) -> PreviewRow:
    clause = proposal.clause_of.get(place)
    number = proposal.numbers[clause] if clause is not None else ""
    shown = ShownClause(
        clause_id=place,
        number=row.printed,
        cited=_("第 %(place)s 段", place=place + 1),
        title="",
        level=1,
        is_heading=False,
        blocks=(*shown_blocks(row.body, None), *(_shown(each, picture_address) for each in row.pictures)),
    )
    return PreviewRow(
        place,
        shown,
        choice.style,
        choice.level,
        number if choice.is_clause else "",
        _becomes(choice, number),
        tuple(str(REMARK_LABELS[remark]) for remark in row.remarks),
    )


def _shown(picture: Picture, picture_address: PictureAddress) -> ShownBlock:
    """Return a picture of the file as the page shows it, from the upload that is kept for the preview."""
    shown = ShownPicture(picture_address(picture), picture.width, picture.height, "", 0)
    return ShownBlock("picture", picture=shown)


def _becomes(choice: Choice, number: str) -> str:
    """Return in words what becomes of a row."""
    if choice.style == SKIP:
        return _("不导入")
    if choice.style == JOIN:
        return _("并入%(number)s", number=number) if number else _("并入上一条")
    return number or _("不编号")
