"""What the workbench tells the platform: the verb of a reminder, its sentences."""

from app.core import sentences, timeline
from app.core.i18n import lazy, lazy_in_context

timeline.register_verbs(timeline.Verb("home:remind", lazy_in_context("event", "催办"), tone="warn"))
sentences.register(
    {
        "home:nothing-waits": lazy("这份单据现在不等任何人办理，不需要催办"),
        "home:already-reminded": lazy("今天已经提醒过，每人每天只提醒一次；急事请直接联系"),
        "home:nobody-to-remind": lazy("现在没有别人可以办理这件事，请联系系统管理员检查人员与角色"),
    }
)
