"""Figures in words, and as what stands below the clauses of a rule."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from flask import request, url_for

from app.core import indicators, modules
from app.core.i18n import current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.indicators import Figure, Indicator
from app.core.permissions import Actor
from app.features.rules.living import ClauseAct, ClauseNote
from app.features.rules.models import RuleVersion
from app.features.supervision import queries
from app.features.supervision.enums import FLOW_PREFIX
from app.web import flow_drawing

MODULE = "supervision"
# Lines of figures, by what they say: of most nothing changes from one page to the next.
KEPT_NOTES = 1_024


def text_of(figure: Figure) -> str:
    """Return a figure as people read it: 61/62, or that nothing was due."""
    return f"{figure.kept}/{figure.due}" if figure.due else _("本期暂无")


def tone_of(figure: Figure) -> str:
    """Return the tone of a figure: good where everything due was kept."""
    if not figure.due:
        return "neutral"
    return "ok" if not figure.exceptions else "warn"


def exceptions_text(figure: Figure) -> str:
    """Return how many exceptions a figure has, nothing where it has none."""
    if not figure.exceptions:
        return ""
    return ngettext("%(num)s 项例外", "%(num)s 项例外", figure.exceptions)


def notes(version: RuleVersion, clause_ids: Collection[int], actor: Actor) -> dict[int, Sequence[ClauseNote]]:
    """Return the figure or the drawing of each bound clause of a version."""
    if not modules.is_on(MODULE):
        return {}
    bound = queries.bindings(clause_ids)
    found = indicators.measure(bound.values(), [indicators.this_month()])
    # several clauses may be bound to the same figure
    figures = {target: note_of(target, measured[0]) for target, measured in found.items()}
    shown: dict[int, Sequence[ClauseNote]] = {}
    for clause_id, target in bound.items():
        note = figures.get(target) or drawing_of(clause_id, target)
        if note is not None:
            shown[clause_id] = [note]
    return shown


def note_of(key: str, figure: Figure) -> ClauseNote | None:
    """Return the line of an indicator; None where its module is off."""
    indicator = indicators.find(key)
    return None if indicator is None else _note(indicator, figure, current_locale(), request.script_root)


@lru_cache(KEPT_NOTES)
def _note(indicator: Indicator, figure: Figure, locale: str, root: str) -> ClauseNote:
    link = exceptions_text(figure)
    return ClauseNote(
        str(indicator.label),
        text_of(figure),
        tone_of(figure),
        queries.exceptions_address(indicator.key) if link else "",
        link,
    )


def drawing_of(clause_id: int, target: str) -> ClauseNote | None:
    """Return the drawing of the flow a clause is bound to; None where it is bound to none that is shown."""
    flow = queries.flows().get(target.removeprefix(FLOW_PREFIX)) if target.startswith(FLOW_PREFIX) else None
    if flow is None:
        return None
    return ClauseNote(
        _("%(kind)s的流程，由系统把关", kind=flow.label),
        drawing=flow_drawing.draw(flow, f"flow-{clause_id}"),
    )


def acts(version: RuleVersion, actor: Actor) -> Callable[[int], Sequence[ClauseAct]] | None:
    """Return the way to bind a clause, for those who may."""
    if not modules.is_on(MODULE) or not queries.may_bind(actor, version):
        return None
    return lambda clause_id: [ClauseAct(_("绑定执行指标"), url_for("supervision.bind", clause_id=clause_id))]
