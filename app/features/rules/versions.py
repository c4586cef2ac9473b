"""What a version is called, what it says as one content, and what still hinders its approval."""

import re
from collections.abc import Container, Iterable
from typing import Any

from app.core.canonical import content_hash
from app.core.errors import Conflict, Problem
from app.core.i18n import LazyText, lazy, listed
from app.features.rules import queries
from app.features.rules.clause_text import all_runs, words_of
from app.features.rules.enums import RECORD_LABELS, RecordKind
from app.features.rules.models import RuleVersion

# Words of rules that touch the staff's own interests, as 劳动合同法第四条 lists them.
STAFF_WORDS = re.compile(
    "工资|薪酬|报酬|奖金|提成|扣发|工作时间|加班|休息|休假|请假|考勤|劳动安全|社会保险|保险|福利|培训|劳动纪律|"
    "纪律|处分|处罚|罚款|奖惩|定额|考核|解除劳动合同|辞退|试用期"
)


def label(version: RuleVersion) -> LazyText:
    """Return how a version is called: 第 4 版, 第 4 版（第 1 次更正）, or 草案 before its approval."""
    return label_of(version.edition, version.correction)


def label_of(edition: int | None, correction: int) -> LazyText:
    """Return how a version of an edition is called, with which correction of it it is; None is a draft."""
    if edition is None:
        return lazy("草案")
    if correction:
        return lazy("第 %(edition)s 版（第 %(correction)s 次更正）", edition=edition, correction=correction)
    return lazy("第 %(edition)s 版", edition=edition)


def full_words(version: RuleVersion) -> str:
    """Return title and whole text of a version as plain words."""
    names = queries.clause_numbers(version)
    lines = [version.title]
    for text in version.clauses:
        lines.append(" ".join(part for part in (text.number, text.title) if part))
        lines.append(words_of(text.body, names))
    return "\n".join(line for line in lines if line)


def suggests_staff_interest(version: RuleVersion) -> list[str]:
    """Return the words of a version by which it seems to touch the staff's own interests."""
    return list(dict.fromkeys(STAFF_WORDS.findall(full_words(version))))


def content(version: RuleVersion) -> dict[str, Any]:
    """Return what a version says as plain values; its canonical hash is what readers sign.

    Attachments are named where there are any, so that versions without keep the hash they were signed under.
    """
    attachments = [
        {"name": each.stored_file.name, "sha256": each.stored_file.sha256} for each in version.attachments
    ]
    return ({"attachments": attachments} if attachments else {}) | {
        "number": version.rule.number,
        "title": version.title,
        "edition": version.edition,
        "correction": version.correction,
        "clauses": [
            {
                "clause": text.clause_id,
                "level": text.level,
                "style": text.style,
                "number": text.number,
                "title": text.title,
                "body": text.plain,
            }
            for text in version.clauses
        ],
    }


def hash_of(version: RuleVersion) -> str:
    """Return the SHA-256 of what a version says."""
    return content_hash(content(version))


def missing_procedure(version: RuleVersion) -> Problem | None:
    """Return what of the procedure for the staff's own interests is still missing, named (劳动合同法第四条)."""
    if not version.affects_staff:
        return None
    if version.consulted_at is None:
        return Conflict("rule:not-consulted")
    known = {record.kind for record in version.records}
    missing = next((kind for kind in RecordKind if kind not in known), None)
    return Conflict("rule:record-missing", record=RECORD_LABELS[missing]) if missing is not None else None


OutsideLink = tuple[str, str, int]


def links_outside(version: RuleVersion) -> list[OutsideLink]:
    """Return the links to clauses that do not stand in a version: who links, what was written, the clause."""
    own = {text.clause_id for text in version.clauses}
    return [
        (text.cited, run.text, run.clause)
        for text in version.clauses
        for run in all_runs(text.body)
        if run.clause is not None and run.clause not in own
    ]


def dead_among(links: Iterable[OutsideLink], alive: Container[int]) -> list[str]:
    """Return those of some links whose clause is not among those that stand in any rule in force, in words."""
    return [f"{cited} → {written}" for cited, written, clause in links if clause not in alive]


def dead_links(version: RuleVersion) -> list[str]:
    """Return the links to clauses that stand neither here nor in any rule in force: who links, and what was written."""
    links = links_outside(version)
    return dead_among(links, queries.places_in_force(clause for _cited, _written, clause in links))


def unfinished(version: RuleVersion) -> Problem | None:
    """Return why a version cannot be decided on yet; None where nothing is missing."""
    if not any(text.title or text.plain for text in version.clauses):
        return Conflict("rule:empty")
    dead = dead_links(version)
    if dead:
        return Conflict("rule:dead-link", links=listed(dead))
    open_comments = sum(comment.answer is None for comment in version.comments)
    if open_comments:
        return Conflict("rule:comments-open", count=open_comments)
    return missing_procedure(version)
