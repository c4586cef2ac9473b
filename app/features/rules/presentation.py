"""What the pages of rules show, made ready so that templates decide nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import url_for

from app.core import documents
from app.core.i18n import gettext as _
from app.core.i18n import listed
from app.features.rules import queries, versions
from app.features.rules.clause_text import Body, ItemList, Paragraph, Picture, Runs
from app.features.rules.enums import (
    CATEGORY_LABELS,
    READING_LABELS,
    STANDING_LABELS,
    STANDING_TONES,
    NumberStyle,
    RuleCategory,
    Standing,
    TextReading,
    VersionStatus,
)
from app.features.rules.flow import FLOW
from app.features.rules.models import ClauseText, RuleAttachment, RuleVersion
from app.web import filters
from app.web.documents import address_of


@dataclass(frozen=True)
class Piece:
    """A run as a page shows it; ``dead`` is a link whose clause stands nowhere any more.

    ``link`` is the name of the clause a link leads to, where it is being written.
    """

    text: str
    bold: bool = False
    href: str = ""
    dead: bool = False
    link: str = ""


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class ShownBlock:
    """A block as a page shows it: ``lines`` of a paragraph or list, ``rows`` of a table with (line, columns, rows)."""

    kind: str
    lines: tuple[Line, ...] = ()
    ordered: bool = False
    rows: tuple[tuple[tuple[Line, int, int], ...], ...] = ()
    heads: int = 0
    picture: "ShownPicture | None" = None


@dataclass(frozen=True)
class ShownPicture:
    """A picture as a page shows it."""

    href: str
    width: int
    height: int
    caption: str
    file: int


@dataclass(frozen=True)
class ShownClause:
    """A clause as a page shows it."""

    clause_id: int
    number: str
    cited: str
    title: str
    level: int
    is_heading: bool
    blocks: tuple[ShownBlock, ...]

    @property
    def anchor(self) -> str:
        """The place of the clause on its page."""
        return f"clause-{self.clause_id}"


class Linking(Protocol):
    """Makes pieces of the links of a text."""

    def piece(self, text: str, clause: int) -> Piece:
        """Return the link to a clause."""
        ...


class Links:
    """Where the links of a version lead: clauses of its own on the page, those of other rules in force elsewhere."""

    def __init__(self, version: RuleVersion, elsewhere: Mapping[int, queries.ClausePlace]) -> None:
        self.own = queries.clause_numbers(version)
        self.elsewhere = elsewhere

    def piece(self, text: str, clause: int) -> Piece:
        """Return the link to a clause."""
        if clause in self.own:
            return Piece(self.own[clause], href=f"#clause-{clause}")
        place = self.elsewhere.get(clause)
        if place is None:
            return Piece(_("%(name)s（该条已不存在）", name=text), dead=True)
        return Piece(place.cited, href=f"{url_for('rules.show_rule', rule_id=place.rule_id)}#clause-{clause}")


def reading_note(attachment: RuleAttachment) -> str:
    """Return what is said of an attachment whose words are not all found, an empty text for the others."""
    label = READING_LABELS.get(TextReading(attachment.reading))
    return "" if label is None else str(label)


def shown_line(runs: Runs, links: Linking | None) -> Line:
    """Return runs as a page shows them; without ``links`` all of them are text."""
    return tuple(
        Piece(run.text, run.bold)
        if run.clause is None or links is None
        else links.piece(run.text, run.clause)
        for run in runs
    )


def shown_blocks(body: Body, links: Linking | None) -> tuple[ShownBlock, ...]:
    """Return a body as a page shows it."""
    found = []
    for block in body:
        if isinstance(block, Paragraph):
            found.append(ShownBlock("paragraph", (shown_line(block.runs, links),)))
        elif isinstance(block, ItemList):
            lines = tuple(shown_line(item, links) for item in block.items)
            found.append(ShownBlock("list", lines, ordered=block.ordered))
        elif isinstance(block, Picture):
            shown = ShownPicture(address_of(block.file), block.width, block.height, block.caption, block.file)
            found.append(ShownBlock("picture", picture=shown))
        else:
            rows = tuple(
                tuple((shown_line(cell.runs, links), cell.columns, cell.rows) for cell in row)
                for row in block.rows
            )
            found.append(ShownBlock("table", rows=rows, heads=block.heads))
    return tuple(found)


def shown_clause(text: ClauseText, links: Links) -> ShownClause:
    """Return a clause as a page shows it."""
    return ShownClause(
        text.clause_id,
        text.number,
        text.cited,
        text.title,
        text.level,
        text.style in (NumberStyle.CHAPTER, NumberStyle.SECTION),
        shown_blocks(text.body, links),
    )


def shown_clauses(version: RuleVersion) -> list[ShownClause]:
    """Return the clauses of a version as a page shows them."""
    outside = (clause for _cited, _written, clause in versions.links_outside(version))
    links = Links(version, queries.places_in_force(outside))
    return [shown_clause(text, links) for text in version.clauses]


def contents(clauses: Sequence[ShownClause]) -> list[ShownClause]:
    """Return the headings of a text: chapters and sections, else the clauses that have a heading."""
    return [clause for clause in clauses if clause.is_heading] or [
        clause for clause in clauses if clause.title
    ]


def state_of(version: RuleVersion) -> tuple[str, str]:
    """Return state and tone of a version as readers are told: how it stands today, else where its work is."""
    found = version.standing
    if found is not None:
        return str(STANDING_LABELS[found]), STANDING_TONES[found]
    state = FLOW.state(version.status)
    return str(state.label), state.tone


def facts_line(version: RuleVersion) -> list[str]:
    """Return the line of facts below the title."""
    facts = [version.rule.number, str(versions.label(version))]
    if version.effective_on is not None:
        facts.append(_("%(day)s起施行", day=filters.date_text(version.effective_on)))
    if version.void_on is not None:
        facts.append(_("%(day)s起废止", day=filters.date_text(version.void_on)))
    facts.append(_("归口：%(department)s", department=version.department.name))
    return facts


def head_facts(version: RuleVersion) -> list[tuple[Any, ...]]:
    """Return what stands beside the text: category, scope, who answers for it, who approved."""
    scope = queries.scope_words(version)
    facts: list[tuple[Any, ...]] = [
        (_("类别"), CATEGORY_LABELS[RuleCategory(version.category)]),
        (_("适用范围"), listed(scope) if scope else _("全体人员")),
        (_("负责人"), version.rule.owner.name),
        (_("起草人"), version.owner.name),
    ]
    if version.approved_by is not None and version.approved_at is not None:
        facts.append((_("批准人"), f"{version.approved_by.name} {filters.date_text(version.approved_at)}"))
    if version.rule.review_on is not None:
        facts.append((_("复审日期"), filters.date_text(version.rule.review_on)))
    if version.affects_staff:
        facts.append((_("劳动者切身利益"), _("涉及，须经民主程序")))
    if version.content_hash:
        facts.append((_("全文摘要"), version.content_hash[:16]))
    if version.summary:
        facts.append((_("修订说明"), version.summary, True))
    if version.origin_type is not None and version.origin_id is not None:
        facts.append((_("来源"), origin_words(version.origin_type, version.origin_id), True))
    return facts


def origin_words(doc_type: str, doc_id: int) -> str:
    """Return of which document a version was begun: its kind and number."""
    known = documents.states([(doc_type, doc_id)]).get((doc_type, doc_id))
    kind = documents.document_type(doc_type).label if documents.is_registered(doc_type) else doc_type
    return _("源自%(kind)s %(number)s", kind=kind, number=known.number if known is not None else "")


def banner(version: RuleVersion) -> dict[str, str] | None:
    """Return what an old, coming or unfinished version says at its top, with the way to what is in force."""
    current, standing = version.rule.in_force, version.standing
    if standing == Standing.IN_FORCE:
        return None
    url = url_for("rules.show_rule", rule_id=version.rule_id) if current is not None else ""
    known = (
        _("现行的是%(label)s", label=versions.label(current))
        if current is not None
        else _("目前没有现行版本")
    )
    if standing == Standing.SUPERSEDED:
        return {"tone": "warn", "title": _("这是旧版"), "text": known, "url": url}
    if standing == Standing.VOID:
        return {"tone": "bad", "title": _("这份制度已废止"), "text": known, "url": url}
    if standing == Standing.PENDING:
        day = filters.date_text(version.effective_on)
        return {"tone": "info", "title": _("%(day)s起施行", day=day), "text": known, "url": url}
    if version.status == VersionStatus.CONSULTATION and version.comments_until is not None:
        title = _("草案，正在征求意见，%(day)s截止", day=filters.date_text(version.comments_until))
    else:
        title = _("草案，尚未施行")
    return {"tone": "info", "title": title, "text": known if current else "", "url": url}


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the list."""
    return [(_("规章制度"), url_for("rules.index"))]


def trail_to(version: RuleVersion) -> list[tuple[str, str]]:
    """Return the trail of every page below a version."""
    return [*trail(), (version.title, url_for("rules.show_version", version_id=version.id))]
