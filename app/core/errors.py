"""Refusals: each has a code, its parameters, an HTTP status and a sentence that says how to mend it."""

from collections.abc import Mapping
from typing import Any

from app.core import sentences
from app.core.i18n import LazyText, lazy

sentences.register(
    {
        "core:denied": lazy("您没有“%(what)s”的权限，请联系%(who)s"),
        "core:not-visible": lazy("没有找到这个页面或单据，或您无权查看"),
        "core:stale": lazy("%(who)s 在 %(when)s 改过这份单据，请核对后再提交一次"),
        "core:race": lazy("刚刚有人同时改动了同一内容，请重新打开页面后再试一次"),
        "core:invalid": lazy("有内容需要修改，请看各项下的说明"),
        "core:throttled": lazy("尝试次数过多，请在 %(wait)s 后再试"),
        "core:reason-missing": lazy("请写明原因，对方才知道怎样修改"),
        "core:wrong-state": lazy("当前状态是“%(state)s”，不能“%(step)s”，请刷新页面查看最新状态"),
    }
)


class Problem(Exception):
    """A refusal that is shown to the person.

    ``code`` names the registered sentence and ``params`` fill it; ``status`` is the HTTP status it travels under.
    """

    status = 400

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def sentence(self) -> str:
        """Return the refusal in the current language."""
        return sentences.say(self.code, **self.params)


class Denied(Problem):
    """The person may not do this (403)."""

    status = 403


class NotVisible(Problem):
    """Nothing here that this person may see (404); never tells which of the two it is."""

    status = 404

    def __init__(self, code: str = "core:not-visible", **params: Any) -> None:
        super().__init__(code, **params)


class Conflict(Problem):
    """The state of the document does not allow this now (409)."""

    status = 409


class Stale(Conflict):
    """The form was made from an older version of the document (409); ``changes`` tell what changed since."""

    def __init__(self, who: str, when: str, changes: tuple[str, ...] = ()) -> None:
        super().__init__("core:stale", who=who, when=when)
        self.changes = changes


class Invalid(Problem):
    """What was typed cannot be accepted (422); ``fields`` gives the sentence for each field by its name."""

    status = 422

    def __init__(
        self,
        code: str = "core:invalid",
        *,
        fields: Mapping[str, "LazyText | str"] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code, **params)
        self.fields: dict[str, LazyText | str] = dict(fields or {})


class Throttled(Problem):
    """Too many attempts (429); ``seconds`` until the next one is accepted."""

    status = 429

    def __init__(self, seconds: int, wait: str) -> None:
        super().__init__("core:throttled", wait=wait)
        self.seconds = seconds
