"""Rules that are shipped as templates: a new installation takes one over as its own draft.

Each is a text file. Lines ``=key value`` are its head; ``#`` begins a chapter, ``@`` an article, ``%`` a clause in
brackets, and other lines go on with it, written as in the editor. Below stand the questions: ``? 第三条 …`` with its
options, ``+`` before the right one and ``-`` before the others. ``{company}`` is the company's own name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.permissions import Actor
from app.features.rules import actions, procedure, writing
from app.features.rules.actions import ClauseValues, VersionValues
from app.features.rules.editing import place_of
from app.features.rules.enums import NumberStyle
from app.features.rules.models import RuleVersion
from app.features.rules.outline import OutlineRow, citations, row_numbers

FOLDER = Path(__file__).parent / "data"
# In the order in which a department needs them: the rule above all others first.
KEYS = (
    "mechanism",
    "sales_workflow",
    "inquiry",
    "contracts",
    "returns",
    "vehicles",
    "expenses",
    "training",
)
MARKS = {
    "#": (1, NumberStyle.CHAPTER),
    "@": (2, NumberStyle.ARTICLE),
    "%": (3, NumberStyle.HAN_IN_BRACKETS),
}
NO_NAME = "本公司"


@dataclass(frozen=True)
class TemplateQuestion:
    """A question to the reader about one clause; ``answer`` is the place of the right option."""

    cited: str
    text: str
    options: tuple[str, ...]
    answer: int


@dataclass(frozen=True)
class RuleTemplate:
    """A template: its head, its clauses as (mark, text as in the editor), its questions."""

    key: str
    title: str
    category: str
    summary: str
    affects_staff: bool
    clauses: tuple[tuple[str, str], ...]
    questions: tuple[TemplateQuestion, ...]

    @property
    def rows(self) -> list[OutlineRow]:
        """The clauses as an outline; what links to others is plain text there."""
        found = []
        for mark, text in self.clauses:
            level, style = MARKS[mark]
            if mark == "#":
                found.append(OutlineRow(level, style, text))
            else:
                plain = text.replace("[[", "").replace("]]", "")
                found.append(OutlineRow(level, style, body=writing.read(plain, lambda _name: None)))
        return found

    @property
    def cited(self) -> list[str]:
        """How each clause is cited."""
        rows = self.rows
        named = zip(rows, row_numbers(rows), strict=True)
        return citations((row.level, row.style, number, row.title) for row, number in named)


def template(key: str, company: str = "") -> RuleTemplate:
    """Return a template in the name of a company; raises KeyError for an unknown one."""
    if key not in KEYS:
        raise KeyError(key)
    return read(key, text_of(key).replace("{company}", company.strip() or NO_NAME))


def all_templates(company: str = "") -> list[RuleTemplate]:
    """Return all templates in their order."""
    return [template(key, company) for key in KEYS]


@cache
def text_of(key: str) -> str:
    """Return the file of a template."""
    return (FOLDER / f"{key}.txt").read_text(encoding="utf-8")


def read(key: str, text: str) -> RuleTemplate:
    """Return what a file says."""
    head: dict[str, str] = {}
    clauses: list[list[str]] = []
    questions: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("="):
            name, _space, value = line[1:].partition(" ")
            head[name] = value
        elif line.startswith("?"):
            questions.append([line])
        elif questions:
            questions[-1].append(line)
        elif line[:1] in MARKS:
            clauses.append([line])
        else:
            clauses[-1].append(line)
    return RuleTemplate(
        key,
        head["title"],
        head["category"],
        head["summary"],
        "affects_staff" in head,
        tuple((lines[0][0], "\n".join([lines[0][1:].strip(), *lines[1:]])) for lines in clauses),
        tuple(read_question(lines) for lines in questions),
    )


def read_question(lines: Iterable[str]) -> TemplateQuestion:
    """Return a question from its lines."""
    first, *options = lines
    cited, _space, said = first[1:].strip().partition(" ")
    right = next(place for place, option in enumerate(options) if option.startswith("+"))
    return TemplateQuestion(cited, said, tuple(option[1:].strip() for option in options), right)


def start_rule_from(
    chosen: RuleTemplate, *, actor: Actor, values: VersionValues, with_questions: bool = True
) -> RuleVersion:
    """Begin a rule of the actor with what a template says, its links and its questions."""
    version = actions.start_rule(actor=actor, values=values)
    actions.take_outline(version, actor=actor, changed_from=None, rows=chosen.rows)
    for text, (_mark, written) in zip(list(version.clauses), chosen.clauses, strict=True):
        if "[[" in written:
            place = version.clauses[place_of(version, text.clause_id)]
            actions.write_clause(
                version,
                text.clause_id,
                actor=actor,
                revision=place.revision,
                values=ClauseValues("", written, place.level, place.style),
            )
    clauses = {text.cited: text.clause_id for text in version.clauses}
    for question in chosen.questions if with_questions else ():
        procedure.put_question(
            version,
            actor=actor,
            text=question.text,
            options=question.options,
            answer=question.answer,
            clause_id=clauses[question.cited],
        )
    return version


def values_of(chosen: RuleTemplate, department_id: int) -> VersionValues:
    """Return the head of the rule that a template becomes, for everybody until its owner narrows it."""
    return VersionValues(chosen.title, chosen.category, department_id, affects_staff=chosen.affects_staff)
