"""What the daily question tells the platform: permission, module, sentence, its place on the reader's own page."""

from typing import Any

from flask import url_for

from app.core import modules, sentences
from app.core.i18n import lazy
from app.core.permissions import Actor, Role, register_permissions
from app.features.daily_questions import queries
from app.features.daily_questions.enums import MODULE, DailyQuestionPerm
from app.features.rules import panels

register_permissions(
    DailyQuestionPerm,
    {
        DailyQuestionPerm.NAMES: (
            lazy("按姓名查看制度掌握情况"),
            {Role.MANAGER, Role.LEADER, Role.PEOPLE},
        ),
    },
)
modules.register(modules.Module(MODULE, lazy("每日一题"), parent="rules", order=40))
sentences.register({"daily_question:not-today": lazy("这道题不是您今天的题，或制度刚有改动；请刷新页面")})


def own_mastery(_page: object, actor: Actor) -> dict[str, Any] | None:
    """Return how far a reader knows the rules, for the own page of rules."""
    rows = queries.mastery_of(actor) if modules.is_on(MODULE) else []
    if not rows:
        return None
    return {"mastery": rows, "all_url": url_for("daily_questions.mastery")}


panels.register("daily_questions/mine_panel.html", own_mastery)
