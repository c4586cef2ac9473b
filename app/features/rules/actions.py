"""What is done to rules besides the steps of a version: begin, write, comment and answer, keep records, hand on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Stale
from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.core.numbering import next_number
from app.core.permissions import Actor, Role, directory, require
from app.core.timeline import diff
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.people.audience import department_names
from app.features.people.models import User
from app.features.rules import clause_pictures, editing, indexing, queries, version_files, writing
from app.features.rules.clause_pictures import NewPicture
from app.features.rules.clause_text import Body, to_plain, words_of
from app.features.rules.enums import (
    RULE_VERSION,
    NumberStyle,
    RuleCategory,
    RulePerm,
    VersionStatus,
)
from app.features.rules.flow import FLOW, drafter
from app.features.rules.models import (
    ClauseText,
    Rule,
    RuleQuestion,
    RuleScope,
    RuleVersion,
)
from app.features.rules.outline import OutlineRow

AROUND = 8
# Autosaves keep both texts whole up to this length.
MOST_WHOLE = 1_000


@dataclass(frozen=True)
class VersionValues:
    """The head of a version as it is typed; ``departments`` and ``roles`` count where it is not for everybody."""

    title: str
    category: str
    department_id: int
    summary: str = ""
    for_everybody: bool = True
    departments: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    affects_staff: bool = False


def check_values(values: VersionValues) -> None:
    """Raise Invalid at the fields for a head that says too little."""
    faults: dict[str, LazyText | str] = {}
    if not values.title.strip():
        faults["title"] = lazy("请填写制度名称")
    if values.category not in set(RuleCategory):
        faults["category"] = lazy("请选择类别")
    if not values.for_everybody and not values.departments and not values.roles:
        faults["departments"] = lazy("请选择适用的部门或岗位，或改为全体人员")
    if faults:
        raise Invalid(fields=faults)
    for name in ("title", "summary"):
        check_written(getattr(values, name), name)


def write_head(version: RuleVersion, values: VersionValues) -> None:
    """Put the typed head into a version."""
    version.title, version.category = values.title.strip(), values.category
    version.department_id, version.summary = values.department_id, values.summary.strip()
    version.for_everybody, version.affects_staff = values.for_everybody, values.affects_staff
    version.scopes[:] = (
        []
        if values.for_everybody
        else [
            *(RuleScope(department_id=department) for department in values.departments),
            *(RuleScope(role=str(Role(role))) for role in values.roles),
        ]
    )


def start_rule(*, actor: Actor, values: VersionValues) -> RuleVersion:
    """Begin a new rule with an empty draft; it gets its number at once."""
    require(actor, RulePerm.DRAFT, values.department_id)
    check_values(values)
    owner = session.get_one(User, actor.id)
    rule = Rule(owner=owner, number=next_number("rule", "RUL"))
    session.add(rule)
    version = RuleVersion(
        rule=rule, sequence=1, owner_id=owner.id, status=FLOW.initial, department_id=values.department_id
    )
    write_head(version, values)
    session.add(version)
    session.flush()
    indexing.put_title(version)
    timeline.record(RULE_VERSION, version.id, "rule_version:begin", actor, to_status=version.status)
    return version


def start_version(rule: Rule, *, actor: Actor, origin: tuple[str, int] | None = None) -> RuleVersion:
    """Begin a draft from the newest published version of a rule, every clause with the identity it has there.

    ``origin`` names the document it comes of, by kind and id, which its page then tells. Raises Conflict where one is
    being worked on already.
    """
    lock(rule)
    source = rule.newest or max(rule.published, key=lambda version: version.sequence, default=None)
    if source is None:
        raise Conflict("rule:nothing-published")
    require(actor, RulePerm.DRAFT, source.department_id)
    if rule.working is not None:
        raise Conflict("rule:in-work", who=rule.working.owner.name)
    version = RuleVersion(
        rule=rule,
        sequence=max(each.sequence for each in rule.versions) + 1,
        owner_id=actor.id,
        status=FLOW.initial,
        title=source.title,
        category=source.category,
        department_id=source.department_id,
        for_everybody=source.for_everybody,
        affects_staff=source.affects_staff,
        origin_type=origin[0] if origin is not None else None,
        origin_id=origin[1] if origin is not None else None,
        scopes=[RuleScope(department_id=each.department_id, role=each.role) for each in source.scopes],
    )
    session.add(version)
    editing.copy_clauses(source, version)
    for question in source.questions:
        version.questions.append(
            RuleQuestion(
                position=question.position,
                clause_id=question.clause_id,
                text=question.text,
                options=question.options,
                answer=question.answer,
            )
        )
    session.flush()
    version_files.carry_over(source, version, actor)
    indexing.put_title(version)
    timeline.record(RULE_VERSION, version.id, "rule_version:begin", actor, to_status=version.status)
    return version


def check_drafter(version: RuleVersion, actor: Actor) -> None:
    """Raise Denied for whoever does not work on a version."""
    if drafter.test(version, actor) is None:
        raise Denied("core:denied", what=lazy("修改草稿"), who=drafter.ask(version))


def check_editable(version: RuleVersion, actor: Actor) -> None:
    """Raise Denied for whoever does not work on a version, Conflict where it is no draft."""
    check_drafter(version, actor)
    if version.status != VersionStatus.DRAFT:
        raise Conflict("rule:not-editable", state=FLOW.state(version.status).label)


def open_for_writing(version: RuleVersion, actor: Actor, changed_from: int | None = None) -> None:
    """Lock a version and check that the actor may write in it; ``changed_from`` is the version of the form."""
    lock(version)
    check_drafter(version, actor)
    check_version(RULE_VERSION, version, changed_from)
    check_editable(version, actor)


def change_head(version: RuleVersion, *, actor: Actor, changed_from: int, values: VersionValues) -> None:
    """Change title, category, department, scope or the staff-interest mark of a draft."""
    open_for_writing(version, actor, changed_from)
    check_values(values)
    before = head_facts(version)
    write_head(version, values)
    session.flush()
    version.touch()
    changes = diff(before, head_facts(version))
    if changes:
        timeline.record(RULE_VERSION, version.id, "rule_version:change", actor, data={"changes": changes})
    indexing.put_title(version)


def head_facts(version: RuleVersion) -> dict[str, str]:
    """Return the head of a version as its changes are recorded."""
    names = department_names()
    return {
        "title": version.title,
        "category": version.category,
        "department": names.get(version.department_id, ""),
        "summary": version.summary,
        "scope": "、".join(queries.scope_words(version)),
        "affects_staff": "✓" if version.affects_staff else "",
    }


# Clauses


def arrange(
    version: RuleVersion,
    *,
    actor: Actor,
    changed_from: int | None,
    act: Callable[[RuleVersion], ClauseText | None],
) -> ClauseText | None:
    """Change the outline of a draft by one of the functions of `editing`; return the clause to be written next."""
    open_for_writing(version, actor, changed_from)
    touched = act(version)
    version.touch()
    session.flush()
    timeline.record(RULE_VERSION, version.id, "rule_version:arrange", actor)
    return touched


def take_outline(
    version: RuleVersion, *, actor: Actor, changed_from: int | None, rows: Sequence[OutlineRow]
) -> None:
    """Put rows of an outline behind the clauses of a draft, each with a new identity (a text brought along)."""
    open_for_writing(version, actor, changed_from)
    editing.append_rows(version, rows)
    version.touch()
    session.flush()
    timeline.record(RULE_VERSION, version.id, "rule_version:take-outline", actor, data={"count": len(rows)})


@dataclass(frozen=True)
class ClauseValues:
    """A clause as it is typed: heading, text, depth, style of number, where its count begins."""

    title: str
    text: str
    level: int
    style: str
    start: int | None = None


def write_clause(
    version: RuleVersion,
    clause_id: int,
    *,
    actor: Actor,
    revision: int,
    values: ClauseValues,
    picture: NewPicture | None = None,
    autosave: bool = False,
) -> ClauseText:
    """Write a clause of a draft. A line ``===`` cuts it: what stands behind becomes a clause of its own.

    A ``picture`` comes to its end. ``autosave`` tells that nobody pressed a button: then nothing is cut, and what did
    not change leaves no event. Somebody else's change of another clause does not matter; of this one it raises Stale
    with both texts.
    """
    open_for_writing(version, actor)
    place = editing.place_of(version, clause_id)
    text = version.clauses[place]
    names = editing.link_names(version)
    present = words_of(text.body, names)
    if revision != text.revision:
        raise changed_meanwhile(version, text, present, values.text)
    bodies = typed_bodies(version, values)
    if autosave and len(bodies) > 1:
        raise Conflict("rule:cut-waits")
    if autosave and stands_already(text, values, bodies[0]):
        return text
    if picture is not None:
        bodies[-1] = (*bodies[-1], clause_pictures.keep(version, picture, actor=actor))
    said = "\n".join(words_of(body, names) for body in bodies)
    before = f"{text.title}\n{present}".strip()
    text.title, text.level, text.style, text.start = (
        values.title.strip(),
        values.level,
        str(NumberStyle(values.style)),
        values.start,
    )
    editing.split(version, place, bodies)
    version.touch()
    session.flush()
    after = f"{text.title}\n{said}".strip()
    record_writing(version, text, before, after, actor, autosave=autosave)
    return text


def typed_bodies(version: RuleVersion, values: ClauseValues) -> list[Body]:
    """Return the bodies a typed clause makes, one for each part it is cut into; raises Invalid at its field."""
    check_written(values.title, "title")
    check_written(values.text, "text")
    resolve, pictures = editing.resolver(version), version_files.pictures_by_number(version)
    return [writing.read(part, resolve, pictures) for part in cut(values.text)]


def stands_already(text: ClauseText, values: ClauseValues, body: Body) -> bool:
    """Tell whether a clause says already what was typed."""
    stored = (text.title, text.level, text.style, text.start, text.plain)
    return stored == (values.title.strip(), values.level, values.style, values.start, to_plain(body))


def record_writing(
    version: RuleVersion, text: ClauseText, before: str, after: str, actor: Actor, *, autosave: bool
) -> None:
    """Record that a clause was written, with the piece that changed, in plain words.

    Autosaves fold into one line that tells what all of them changed together, clause by clause: so each holds the
    whole of a text that is not too long, and names the clause beside it.
    """
    if not autosave:
        data = {"clause": text.cited, "changes": changed_piece(before, after)}
        timeline.record(RULE_VERSION, version.id, "rule_version:write", actor, data=data)
        return
    whole = max(len(before), len(after)) <= MOST_WHOLE
    pieces = [["text", before, after]] if whole and before != after else changed_piece(before, after)
    changes = [[f"{text.cited}/{name}", *values] for name, *values in pieces]
    timeline.record(RULE_VERSION, version.id, "rule_version:autosave", actor, data={"changes": changes})


def changed_piece(before: str, after: str) -> list[list[str]]:
    """Return where two texts differ, with a little of what stands around it, as the changes of an event."""
    if before == after:
        return []
    start = alike(before, after)
    end = alike(before[start:][::-1], after[start:][::-1])
    begin, left = max(start - AROUND, 0), max(end - AROUND, 0)
    shown = [text[begin : len(text) - left] for text in (before, after)]
    return [["text", *(f"{'…' if begin else ''}{piece}{'…' if left else ''}" for piece in shown)]]


def alike(one: str, other: str) -> int:
    """Return with how many characters two texts begin alike."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def cut(text: str) -> list[str]:
    """Return the parts of a typed text between lines of ``===``, at least one."""
    parts: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() == writing.CUT:
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def changed_meanwhile(version: RuleVersion, text: ClauseText, present: str, typed: str) -> Stale:
    """Return the refusal that shows what somebody else made of a clause, and where that differs from what was typed."""
    event = next(
        (
            each
            for each in timeline.events_for(RULE_VERSION, version.id)
            if each.verb.startswith("rule_version:")
        ),
        None,
    )
    who = timeline.who_acted(event) if event is not None else str(timeline.SYSTEM_NAME)
    when = clock.to_local(version.updated_at).strftime("%m-%d %H:%M")
    said = "\n".join(part for part in (text.title, present) if part)
    differing = changed_piece(present, "\n".join(writing.words(part) for part in cut(typed)))
    difference = [
        _("不同之处：现在是“%(present)s”，您填写的是“%(typed)s”", present=theirs, typed=own)
        for _name, theirs, own in differing
    ]
    return Stale(who=who, when=when, changes=(f"{text.cited}：{said}", *difference))


# The rule itself


def change_care(rule: Rule, *, actor: Actor, version: int, owner_id: int, review_on: date | None) -> None:
    """Change who answers for a rule and when it is looked at again."""
    lock(rule)
    newest = rule.newest or rule.versions[-1]
    require(actor, RulePerm.DRAFT, newest.department_id)
    check_version(RULE_VERSION, rule, version)
    person = session.execute(select(User).where(User.id == owner_id, User.active)).scalar_one_or_none()
    faults: dict[str, LazyText | str] = {}
    if person is None:
        faults["owner_id"] = lazy("请选择在职人员")
    if review_on is not None and review_on <= clock.today():
        faults["review_on"] = lazy("复审日期须晚于今天")
    if person is None or faults:
        raise Invalid(fields=faults)
    names = directory().people([rule.owner_id])
    before = {"owner": names[rule.owner_id].name, "review_on": rule.review_on}
    rule.owner, rule.review_on = person, review_on
    session.flush()
    for each in rule.versions:
        if each.status == VersionStatus.APPROVED:
            FLOW.sync_tasks(each)
    changes = diff(before, {"owner": person.name, "review_on": review_on})
    if changes:
        timeline.record(
            RULE_VERSION, newest.id, "rule_version:care", actor, data={"changes": changes}, tell=[owner_id]
        )
