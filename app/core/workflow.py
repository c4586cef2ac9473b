"""The life of a document as one table: states, and steps with who, when ready, what happens and whom to tell.

From it come guards, buttons, timeline, tasks, notices and the flow chart, so that none of them can be out of date.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select

from app.core import clock, tasks, timeline
from app.core.db import VersionedMixin, session
from app.core.errors import Conflict, Denied, Invalid, Problem, Stale
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor, Person, directory, grant_for, names_of, permission_info
from app.core.tasks import WantedTask

Document = Any  # a model with DocumentMixin and, where departments matter, department_id


@dataclass(frozen=True)
class Authority:
    """By what right an actor does a step: the role, and the person they stand in for."""

    role: str
    on_behalf_of: tuple[int, str] | None = None


@dataclass(frozen=True)
class Who:
    """A predicate over people: ``test`` returns an Authority or None, ``ask`` says whom to ask instead."""

    test: Callable[[Document, Actor], Authority | None]
    ask: Callable[[Document], str]
    permissions: frozenset[str] = frozenset()
    people: Callable[[Document], list[int]] = lambda document: []


Ready = Callable[[Document, Actor, Mapping[str, Any]], Problem | None]
Effect = Callable[[Document, Actor, Mapping[str, Any]], Mapping[str, Any] | None]
Tell = Callable[[Document], Iterable[int | None]]


@dataclass(frozen=True)
class State:
    """A state: its label, its tone (neutral, info, warn, ok, bad), the tasks it opens."""

    code: str
    label: LazyText
    tone: str = "neutral"
    tasks: Callable[[Document], Iterable[WantedTask]] | None = None
    terminal: bool = False
    milestone: bool = False


@dataclass(frozen=True)
class Step:
    """A row of the table. ``kind`` is primary, plain or danger; ``form`` names fields the step asks for.

    ``usual_reasons`` are offered for choosing where the step needs a reason; it may always be typed instead. A step
    that is ``offered_when_ready`` is not shown with its reason where it is not ready: nobody waits for it there.
    ``ready`` is asked for the button and when the step is done; ``check`` only when it is done, of what the form gave.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    allowed: Who
    label: LazyText
    ready: Ready | None = None
    check: Ready | None = None
    reason: bool = False
    usual_reasons: tuple[LazyText, ...] = ()
    effect: Effect | None = None
    tell: Tell | None = None
    choose: Callable[[Document, Actor, Mapping[str, Any]], str] | None = None
    kind: str = "plain"
    form: str | None = None
    fields: frozenset[str] = frozenset()
    sentence: LazyText | None = None
    hidden: bool = False
    offered_when_ready: bool = False


@dataclass(frozen=True)
class StepView:
    """A step as the page shows it: enabled, or disabled with its reason."""

    name: str
    label: LazyText
    kind: str
    reason: bool
    form: str | None
    blocked: str | None = None
    targets: tuple[str, ...] = ()
    on_behalf_of: str = ""
    usual_reasons: tuple[LazyText, ...] = ()


def step(name: str, sources: str, targets: str, allowed: Who, label: LazyText, **options: Any) -> Step:
    """Return one row of the table; sources and targets are state codes separated by spaces.

    ``choose`` decides between several targets; see Step for the other options.
    """
    return Step(name, tuple(sources.split()), tuple(targets.split()), allowed, label, **options)


def stay(document: Document, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose the present state, for a step that does something and moves the document nowhere."""
    return document.status


@dataclass(frozen=True)
class Flow:
    """The table of one kind of document. Construction refuses unknown states and states that cannot be reached."""

    doc_type: str
    initial: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    label: LazyText
    by_code: Mapping[str, State] = field(init=False)

    def __post_init__(self) -> None:
        """Validate the table and register its verbs."""
        object.__setattr__(self, "by_code", {state.code: state for state in self.states})
        for item in self.steps:
            for code in (*item.sources, *item.targets):
                if code not in self.by_code:
                    raise ValueError(f"{self.doc_type}:{item.name} names an unknown state {code}")
            if len(item.targets) > 1 and item.choose is None:
                raise ValueError(f"{self.doc_type}:{item.name} must choose between its targets")
            timeline.register_verbs(
                timeline.Verb(
                    f"{self.doc_type}:{item.name}",
                    item.sentence or item.label.in_context(timeline.EVENT),
                    item.fields,
                    tone="bad" if item.kind == "danger" else "info",
                )
            )
        lost = set(self.by_code) - reachable_from(self.initial, self.steps)
        if lost:
            raise ValueError(f"{self.doc_type}: {sorted(lost)} cannot be reached")
        stuck = {state.code for state in self.states if not state.terminal} - {
            code for item in self.steps for code in item.sources
        }
        if stuck:
            raise ValueError(f"{self.doc_type}: {sorted(stuck)} cannot be left")
        _flows[self.doc_type] = self

    def state(self, code: str) -> State:
        """Return a state by its code."""
        return self.by_code[code]

    def step(self, name: str) -> Step:
        """Return a step by its name; KeyError for an unknown one."""
        return (
            next(item for item in self.steps if item.name == name) if self.has_step(name) else _missing(name)
        )

    def has_step(self, name: str) -> bool:
        """Tell whether the table has a step of this name."""
        return any(item.name == name for item in self.steps)

    def wanted_tasks(self, document: Document) -> list[WantedTask]:
        """Return the tasks the document's state implies."""
        state = self.by_code[document.status]
        return list(state.tasks(document)) if state.tasks else []

    def sync_tasks(self, document: Document) -> None:
        """Make the open tasks equal to those the state implies, in the open unit of work."""
        tasks.sync(self.doc_type, document.id, self.wanted_tasks(document))

    def open_steps(self, document: Document, actor: Actor) -> list[StepView]:
        """Return the steps the actor may do in this state; those not ready carry their reason."""
        views = []
        for item in self.steps:
            if item.hidden or document.status not in item.sources:
                continue
            authority = item.allowed.test(document, actor)
            if authority is None:
                continue
            problem = item.ready(document, actor, {}) if item.ready else None
            if item.form is not None and isinstance(problem, Invalid):
                # What is missing can be typed in the form the step asks for.
                problem = None
            if problem is not None and item.offered_when_ready:
                continue
            views.append(
                StepView(
                    item.name,
                    item.label,
                    item.kind,
                    item.reason,
                    item.form,
                    problem.sentence() if problem else None,
                    item.targets,
                    authority.on_behalf_of[1] if authority.on_behalf_of else "",
                    item.usual_reasons,
                )
            )
        return views

    def fire(
        self,
        document: Document,
        name: str,
        actor: Actor,
        *,
        version: int | None,
        note: str = "",
        data: Mapping[str, Any] | None = None,
        quiet: bool = False,
    ) -> None:
        """Do a step inside the open unit of work: check, change the state, run the effect, record, tell.

        ``version`` is the one the form was made from (None: a caller that just loaded the document itself); ``quiet``
        tells nobody, where a later step of the same act does. Raises in this order: Denied 403, Stale 409, Conflict
        409 (wrong state, or not ready), Invalid 422 (no reason given).
        """
        lock(document)
        item = self.step(name)
        values = dict(data or {})
        authority = self._check(item, document, actor, version, note.strip(), values)
        target = item.choose(document, actor, values) if item.choose else item.targets[0]
        if target not in item.targets:
            raise ValueError(f"{self.doc_type}:{name} chose {target}, which it does not declare")
        source, document.status = document.status, target
        document.touch()
        extra = item.effect(document, actor, {**values, "note": note.strip()}) if item.effect else None
        session.flush()
        self.sync_tasks(document)
        timeline.record(
            self.doc_type,
            document.id,
            f"{self.doc_type}:{name}",
            actor,
            data=extra,
            tell=[person for person in item.tell(document) if person is not None]
            if item.tell and not quiet
            else (),
            reason=note.strip(),
            role=authority.role,
            on_behalf_of=authority.on_behalf_of,
            from_status=source,
            to_status=target,
            content_hash=getattr(document, "content_hash", None),
        )

    def check_possible(
        self, document: Document, name: str, actor: Actor, version: int | None = None
    ) -> Authority:
        """Return by what right an actor may do a step now, before the input of its form is even read.

        Raises in the order of fire(): Denied, Stale (where ``version`` is given), Conflict in a wrong state.
        """
        item = self.step(name)
        authority = item.allowed.test(document, actor)
        if authority is None:
            raise Denied("core:denied", what=item.label, who=item.allowed.ask(document))
        check_version(self.doc_type, document, version)
        if document.status not in item.sources:
            raise Conflict("core:wrong-state", state=self.state(document.status).label, step=item.label)
        return authority

    def _check(
        self,
        item: Step,
        document: Document,
        actor: Actor,
        version: int | None,
        note: str,
        values: Mapping[str, Any],
    ) -> Authority:
        authority = self.check_possible(document, item.name, actor, version)
        for asked in (item.ready, item.check):
            problem = asked(document, actor, values) if asked else None
            if problem is not None:
                raise problem
        if item.reason and not note:
            raise Invalid("core:reason-missing", fields={"note": lazy("请写明原因，对方才知道怎样修改")})
        return authority


def reachable_from(initial: str, steps: Iterable[Step]) -> set[str]:
    """Return the states a document can get into, from its first on."""
    reachable: set[str] = set()
    waiting = [initial]
    while waiting:
        code = waiting.pop()
        if code not in reachable:
            reachable.add(code)
            waiting += [target for item in steps if code in item.sources for target in item.targets]
    return reachable


_flows: dict[str, Flow] = {}


def _missing(name: str) -> Step:
    raise KeyError(name)


def flows() -> Mapping[str, Flow]:
    """Return every flow by its doc_type."""
    return _flows


def lock(document: VersionedMixin) -> None:
    """Read the row again under a lock, so that nothing decided here can have changed (a row lock on PostgreSQL)."""
    session.flush()
    lock_row(document)
    session.refresh(document)


def lock_row(document: VersionedMixin) -> None:
    """Take the lock of a row alone, and wait for it.

    PostgreSQL reads a row again that it waited for, but not what is joined to it: a statement that locks and joins
    gives back no row, or none of what was joined, where the one before changed what it is joined by.
    """
    table = type(document)
    identity: Any = inspect(document).identity
    session.execute(select(table.id).where(table.id == identity[0]).with_for_update()).all()


def check_version(doc_type: str, document: Document, version: int | None) -> None:
    """Raise Stale where a form was made from an older version, naming who changed the document and when."""
    if version is None or version == document.version:
        return
    lines = timeline.folded(timeline.events_for(doc_type, document.id))[:1]
    who = timeline.who_acted(lines[0].event) if lines else str(timeline.SYSTEM_NAME)
    when = clock.to_local(document.updated_at).strftime("%m-%d %H:%M")
    told = timeline.describe_change_rows(doc_type, lines[0].changes) if lines else []
    changes = tuple(f"{label}: {old} → {new}" for label, old, new in told)
    raise Stale(who=who, when=when, changes=changes)


def may(
    permission: str, *, own: bool = True, apart: Callable[[Document], frozenset[int]] | None = None
) -> Who:
    """Whoever holds the permission in the document's department; ``own=False`` excludes the owner's own document.

    ``apart(document)`` names instead those whose hand must not be in it. They are refused, and so is whoever stands in
    for one of them (rule R4: no self-approval, and a delegation cannot reach back).
    """

    def excluded(document: Document) -> frozenset[int]:
        if apart is not None:
            return apart(document)
        return frozenset() if own else frozenset({document.owner_id})

    def test(document: Document, actor: Actor) -> Authority | None:
        grant = grant_for(actor, permission, getattr(document, "department_id", None), excluded(document))
        if grant is None:
            return None
        on_behalf = (grant.on_behalf_of, grant.on_behalf_of_name) if grant.on_behalf_of is not None else None
        return Authority(str(grant.role), on_behalf)

    def holders(document: Document) -> list[Person]:
        department_id = getattr(document, "department_id", None)
        return directory().holders(str(permission), department_id, excluded(document))

    return Who(
        test,
        lambda document: names_of(holders(document)),
        frozenset({str(permission)}),
        lambda document: [person.id for person in holders(document)],
    )


def named_in_settings(role: str, person: Callable[[Document], int | None], ask: LazyText) -> Who:
    """The one person whom a setting names for this document; ``ask`` says whom to ask to name one."""
    return Who(
        lambda document, actor: (
            Authority(role) if actor.id is not None and actor.id == person(document) else None
        ),
        lambda document: str(ask),
        people=lambda document: [named for named in [person(document)] if named],
    )


def owner_of(document: Document, actor: Actor) -> Authority | None:
    """Return the owner's authority over their own document."""
    return Authority("owner") if actor.id is not None and actor.id == document.owner_id else None


def _owner_name(document: Document) -> str:
    person = directory().people([document.owner_id]).get(document.owner_id)
    return person.name if person else ""


mine = Who(owner_of, _owner_name, people=lambda document: [document.owner_id])


def in_name_of_owner(document: Document, actor: Actor) -> Authority | None:
    """Return the system's authority to carry out in the owner's name what the owner proposed beforehand."""
    if not actor.is_system:
        return None
    return Authority("system", (document.owner_id, _owner_name(document)))


# The owner, or the system that carries out a proposal of the owner: the record then says 「系统自动（代 张三）」.
mine_or_proposed = Who(
    lambda document, actor: owner_of(document, actor) or in_name_of_owner(document, actor),
    mine.ask,
    people=mine.people,
)
system_only = Who(
    lambda document, actor: Authority("system") if actor.is_system else None,
    lambda document: str(timeline.SYSTEM_NAME),
)


def any_of(*choices: Who) -> Who:
    """Whoever one of the predicates accepts, the first that does."""
    return Who(
        lambda document, actor: next(
            (found for choice in choices if (found := choice.test(document, actor)) is not None), None
        ),
        # Whom to ask: the first of the choices that anybody answers to.
        lambda document: next((choice for choice in choices if choice.people(document)), choices[0]).ask(
            document
        ),
        frozenset().union(*(choice.permissions for choice in choices)),
        lambda document: list(
            dict.fromkeys(person for choice in choices for person in choice.people(document))
        ),
    )


def when(condition: Callable[[Document], bool], who: Who) -> Who:
    """The predicate, only where a condition on the document holds."""

    def test(document: Document, actor: Actor) -> Authority | None:
        # The person first: that is known already, while a condition may ask the database.
        authority = who.test(document, actor)
        return authority if authority is not None and condition(document) else None

    return Who(
        test,
        who.ask,
        who.permissions,
        lambda document: who.people(document) if condition(document) else [],
    )


def permission_labels(who: Who) -> list[LazyText]:
    """Return the labels of the permissions a step names (for the chart and the documentation)."""
    return [permission_info(code).label for code in sorted(who.permissions)]


def to_mermaid(flow: Flow) -> str:
    """Return the table as a Mermaid state diagram for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.initial}"]
    for item in flow.steps:
        for source in item.sources:
            lines += [f"    {source} --> {target}: {item.label}" for target in item.targets]
    lines += [f"    {state.code} --> [*]" for state in flow.states if state.terminal]
    lines += [f"    {state.code}: {state.label}" for state in flow.states]
    return "\n".join(lines)
