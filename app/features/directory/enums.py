"""Codes of the directory and the organisation chart, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

MODULE = "directory"
POSITION = "position"
PLAN = "structure_plan"


class DirectoryPerm(StrEnum):
    """The rights around directory and structure; reading both is ``people:view``."""

    EXPORT = "directory:export"
    STRUCTURE = "directory:structure"
    ADOPT = "directory:adopt"


class HolderKind(StrEnum):
    """As what a person belongs to a position."""

    HOLDER = "holder"
    DEPUTY = "deputy"
    SUCCESSOR = "successor"


class PlanStatus(StrEnum):
    """The states of a planned structure."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ADOPTED = "adopted"
    DROPPED = "dropped"


class Change(StrEnum):
    """How a position differs between two structures."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


HOLDER_LABELS = {
    HolderKind.HOLDER: lazy("任职人"),
    HolderKind.DEPUTY: lazy("代理人"),
    HolderKind.SUCCESSOR: lazy("后备人选"),
}
CHANGE_LABELS = {
    Change.ADDED: lazy("新增"),
    Change.REMOVED: lazy("撤销"),
    Change.CHANGED: lazy("调整"),
}
CHANGE_TONES = {Change.ADDED: "ok", Change.REMOVED: "bad", Change.CHANGED: "info"}
