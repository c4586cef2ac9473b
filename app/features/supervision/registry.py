"""What supervision tells the platform: permissions, its module, the verb of binding, its place on rules' pages."""

from app.core import modules, timeline
from app.core.i18n import lazy
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.rules import living
from app.features.supervision import figures, queries
from app.features.supervision.enums import SupervisionPerm

register_permissions(
    SupervisionPerm,
    {
        SupervisionPerm.BOARD: (
            lazy("查看执行看板和本部门的例外名单"),
            {Role.MANAGER, Role.LEADER, Role.PEOPLE},
        ),
        SupervisionPerm.ALL: (lazy("查看全公司的例外名单"), {Role.LEADER, Role.PEOPLE}),
    },
)
modules.register(modules.Module(figures.MODULE, lazy("执行看板"), parent="rules", order=10))
timeline.register_verbs(
    Verb("rule_version:bind", lazy("绑定执行指标：%(clause)s"), frozenset({"clause"})),
)
timeline.register_field_labels({"rule_version.binding": lazy("执行指标")})


def target_text(target: str) -> str:
    """Return a recorded target in words; its key where it is no longer known."""
    return str(queries.targets().get(target, target))


timeline.register_value_texts({"rule_version.binding": target_text})
living.register_notes(figures.notes)
living.register_acts(figures.acts)
