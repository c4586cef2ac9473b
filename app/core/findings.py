"""What the system itself finds against a rule, told in the transaction in which it happened.

A feature registers kinds of finding, each bound to the indicator whose exception it is, and reports one where it
happens; whoever keeps findings listens. Neither knows the other.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.i18n import LazyText


@dataclass(frozen=True)
class FindingKind:
    """A kind of finding: the indicator whose exception it is, its sentence with the ``%(document)s`` it is about."""

    code: str
    indicator: str
    sentence: LazyText


@dataclass(frozen=True)
class Finding:
    """Something that happened against a rule: at which document, by whom.

    ``occurrence`` tells it apart from others of its kind at the same document: what is reported twice is kept once.
    """

    kind: str
    doc_type: str
    doc_id: int
    number: str
    person_id: int
    department_id: int
    occurrence: str = ""

    @property
    def key(self) -> str:
        """The key under which it is kept once."""
        return ":".join((self.kind, self.doc_type, str(self.doc_id), str(self.person_id), self.occurrence))


_kinds: dict[str, FindingKind] = {}
_listeners: list[Callable[[Finding], object]] = []


def register_kinds(*kinds: FindingKind) -> None:
    """Add the kinds of finding of a feature."""
    for kind in kinds:
        _kinds[kind.code] = kind


def kind(code: str) -> FindingKind:
    """Return a registered kind; KeyError for an unknown one."""
    return _kinds[code]


def on_found(listener: Callable[[Finding], object]) -> None:
    """Register what happens with a finding, in the transaction of what was found."""
    if listener not in _listeners:
        _listeners.append(listener)


def report(finding: Finding) -> None:
    """Tell a finding to whoever keeps them, inside the open unit of work; KeyError for an unknown kind."""
    _kinds[finding.kind]
    for listener in _listeners:
        listener(finding)


def describe(code: str, document: str) -> str:
    """Return what was found as a sentence in the current language."""
    return _kinds[code].sentence.filled(document=document)
