"""What can be done to the outline of a draft: add, move, split, merge, shift by a level, write, delete.

Each function works on a version whose row is locked, keeps the identity of every clause that stays, and counts
all numbers anew.
"""

from collections.abc import Iterable

from app.core.db import session
from app.core.errors import Conflict
from app.features.rules import queries
from app.features.rules.clause_text import Body, Paragraph, Run, all_runs, linked_clauses, to_plain
from app.features.rules.enums import NumberStyle
from app.features.rules.models import ClauseText, RuleClause, RuleVersion
from app.features.rules.outline import DEEPEST, OutlineRow, citations, numbers

MOST_CLAUSES = 1_000
# Stands behind the name of a clause that is gone; no clause is called so.
LOST = "?"
# The style a clause gets at a level where none stands beside it yet.
USUAL_STYLES = (
    NumberStyle.CHAPTER,
    NumberStyle.ARTICLE,
    NumberStyle.HAN_IN_BRACKETS,
    NumberStyle.DECIMAL,
    NumberStyle.DECIMAL_IN_BRACKETS,
    NumberStyle.CIRCLED,
)


def renumber(version: RuleVersion) -> None:
    """Give every clause place, number and citation anew from the order they stand in."""
    rows = [(text.level, NumberStyle(text.style), text.start) for text in version.clauses]
    written = numbers(rows)
    cited = citations(
        (text.level, NumberStyle(text.style), number, text.title)
        for text, number in zip(version.clauses, written, strict=True)
    )
    for place, text in enumerate(version.clauses):
        text.position, text.number, text.cited = place, written[place], cited[place]


def new_clause(version: RuleVersion, row: OutlineRow) -> ClauseText:
    """Return a clause with an identity of its own, not yet put in its place."""
    if len(version.clauses) >= MOST_CLAUSES:
        raise Conflict("rule:too-many-clauses", most=MOST_CLAUSES)
    identity = RuleClause(rule_id=version.rule_id)
    session.add(identity)
    session.flush()
    return ClauseText(
        clause_id=identity.id,
        position=0,
        level=row.level,
        style=row.style,
        start=row.start,
        title=row.title,
        plain=to_plain(row.body),
        revision=1,
    )


def append_rows(version: RuleVersion, rows: Iterable[OutlineRow]) -> None:
    """Put rows of an outline behind the last clause, each with a new identity (imports, demo)."""
    for row in rows:
        version.clauses.append(new_clause(version, row))
    renumber(version)


def style_at(version: RuleVersion, place: int, level: int) -> NumberStyle:
    """Return the style of the nearest clause of a level before a place, else behind it, else the usual one."""
    before = reversed(version.clauses[:place])
    for text in (*before, *version.clauses[place:]):
        if text.level == level:
            return NumberStyle(text.style)
    return USUAL_STYLES[level - 1]


def subtree_end(version: RuleVersion, place: int) -> int:
    """Return the place behind a clause and all that stands below it."""
    level = version.clauses[place].level
    end = place + 1
    while end < len(version.clauses) and version.clauses[end].level > level:
        end += 1
    return end


def add(version: RuleVersion, place: int | None = None) -> ClauseText:
    """Add an empty clause: beside the one at a place and behind all below it, or as the first one."""
    if place is None or not version.clauses:
        text = new_clause(version, OutlineRow(1, style_at(version, 0, 1)))
        version.clauses.insert(0, text)
    else:
        level = version.clauses[place].level
        end = subtree_end(version, place)
        text = new_clause(version, OutlineRow(level, style_at(version, place + 1, level)))
        version.clauses.insert(end, text)
    renumber(version)
    return text


def add_below(version: RuleVersion, place: int) -> ClauseText:
    """Add an empty clause one level below the one at a place, as its first."""
    level = min(version.clauses[place].level + 1, DEEPEST)
    text = new_clause(version, OutlineRow(level, style_at(version, place + 1, level)))
    version.clauses.insert(place + 1, text)
    renumber(version)
    return text


def move(version: RuleVersion, place: int, *, up: bool) -> None:
    """Move a clause with all below it past its neighbour of the same level; nothing happens at the end."""
    level, end = version.clauses[place].level, subtree_end(version, place)
    if up:
        target = place - 1
        while target >= 0 and version.clauses[target].level > level:
            target -= 1
        if target < 0 or version.clauses[target].level < level:
            return
    else:
        if end >= len(version.clauses) or version.clauses[end].level < level:
            return
        target = place + subtree_end(version, end) - end
    block = version.clauses[place:end]
    rest = [text for text in version.clauses if text not in block]
    version.clauses[:] = rest[:target] + block + rest[target:]
    renumber(version)


def shift(version: RuleVersion, place: int, by: int) -> None:
    """Put a clause with all below it a level deeper or higher; the styles follow the level."""
    block = version.clauses[place : subtree_end(version, place)]
    if any(not 1 <= text.level + by <= DEEPEST for text in block):
        return
    for offset, text in enumerate(block):
        text.level += by
        others = version.clauses[: place + offset]
        text.style = next(
            (each.style for each in reversed(others) if each.level == text.level),
            str(USUAL_STYLES[text.level - 1]),
        )
    renumber(version)


def merge_up(version: RuleVersion, place: int) -> ClauseText:
    """Put a clause's text behind that of the clause before it; links to it lead there from now on."""
    if place == 0:
        raise Conflict("rule:nothing-before")
    into, gone = version.clauses[place - 1], version.clauses[place]
    heading: Body = (Paragraph((Run(gone.title, bold=True),)),) if gone.title else ()
    into.plain = to_plain((*into.body, *heading, *gone.body))
    into.revision += 1
    lead_elsewhere(version, gone.clause_id, into.clause_id)
    version.clauses.remove(gone)
    renumber(version)
    return into


def lead_elsewhere(version: RuleVersion, old: int, new: int) -> None:
    """Let the links of a version to one clause lead to another."""
    for text in version.clauses:
        if old in linked_clauses(text.body):
            text.plain = redirected(text.plain, old, new)
            text.revision += 1


def redirected(plain: object, old: int, new: int) -> list[dict[str, object]]:
    """Return a stored body whose links to one clause lead to another."""

    def walk(value: object) -> object:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, dict):
            return {
                key: new if key == "clause" and item == old else walk(item) for key, item in value.items()
            }
        return value

    return walk(plain)  # type: ignore[return-value]


def split(version: RuleVersion, place: int, bodies: list[Body]) -> None:
    """Cut a clause into several of its level; the first keeps the identity."""
    text = version.clauses[place]
    text.plain, text.revision = to_plain(bodies[0]), text.revision + 1
    for offset, body in enumerate(bodies[1:], 1):
        row = OutlineRow(text.level, NumberStyle(text.style), body=body)
        version.clauses.insert(place + offset, new_clause(version, row))
    renumber(version)


def remove(version: RuleVersion, place: int) -> None:
    """Delete a clause; raises Conflict where others link to it, naming the first. What stood below it stays."""
    gone = version.clauses[place]
    linking = next(
        (
            text
            for text in version.clauses
            if text is not gone and gone.clause_id in linked_clauses(text.body)
        ),
        None,
    )
    if linking is not None:
        raise Conflict("rule:linked", clause=gone.cited, by=linking.cited)
    version.clauses.remove(gone)
    renumber(version)


def copy_clauses(source: RuleVersion, target: RuleVersion) -> None:
    """Give a new version the clauses of another, each with the identity it has there."""
    for text in source.clauses:
        target.clauses.append(
            ClauseText(
                clause_id=text.clause_id,
                position=text.position,
                level=text.level,
                style=text.style,
                start=text.start,
                title=text.title,
                plain=text.plain,
                revision=1,
            )
        )
    renumber(target)


def place_of(version: RuleVersion, clause_id: int) -> int:
    """Return the place of a clause; raises Conflict where somebody deleted it meanwhile."""
    for place, text in enumerate(version.clauses):
        if text.clause_id == clause_id:
            return place
    raise Conflict("rule:clause-gone")


def resolver(version: RuleVersion) -> "Resolver":
    """Return what gives the clause that a written link names."""
    return Resolver(version)


class Resolver:
    """Gives the identity of a clause by its written name: of this version, or of another rule in force by number."""

    def __init__(self, version: RuleVersion) -> None:
        self.own = {text.cited: text.clause_id for text in reversed(version.clauses)}

    def __call__(self, name: str) -> int | None:
        """Return the clause of a name, None where there is none."""
        if name in self.own:
            return self.own[name]
        number, _space, cited = name.partition(" ")
        return queries.clause_by_name(number.strip(), cited.strip()) if cited.strip() else None


def link_names(version: RuleVersion) -> dict[int, str]:
    """Return how each linked clause is written in a text field of this version.

    One that stands nowhere any more is marked: its old number may be that of another clause by now, and whoever saves
    the text must say what is meant instead.
    """
    names = queries.clause_numbers(version)
    written = {
        run.clause: run.text
        for text in version.clauses
        for run in all_runs(text.body)
        if run.clause is not None and run.clause not in names
    }
    lost = {clause: f"{name}{LOST}" for clause, name in written.items()}
    return lost | names | queries.written_names(written)
