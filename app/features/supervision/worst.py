"""The clauses that are kept worst, for the workbench of those who see the board: the same figures in the same order."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select

from app.core import clock, configuration, indicators, modules, timeline
from app.core.i18n import current_locale
from app.core.permissions import Actor, can
from app.core.prepared import read
from app.features.rules.models import ClauseText, Rule, RuleVersion
from app.features.rules.queries import citation
from app.features.supervision import figures, queries
from app.features.supervision.enums import SupervisionPerm
from app.features.supervision.models import ClauseBinding
from app.web.keeping import Memory

SHOWN = 3
KEPT = 100


@dataclass(frozen=True)
class WorstClause:
    """A clause with exceptions this month: how it is cited, its figure with its tone, the ways to both."""

    cited: str
    url: str
    figure: str
    tone: str
    exceptions: str
    exceptions_url: str


@cache
def places_of_bound() -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the bound clauses in force with their places; made once, every workbench sends it."""
    return queries.bound_clauses().with_only_columns(
        ClauseBinding.id,
        ClauseBinding.target,
        ClauseBinding.clause_id,
        ClauseText.cited,
        RuleVersion.title,
        Rule.id.label("rule_id"),
    )


def worst_clauses(actor: Actor) -> list[WorstClause]:
    """Return the clauses with the worst share of this month; by no statement where nothing is bound.

    Empty for who does not see the board, and where everything due was kept. The figures are counted once a minute at
    most, and again as soon as anything happens: every change of state leaves an event.
    """
    if not modules.is_on(figures.MODULE) or not can(actor, SupervisionPerm.BOARD) or not queries.any_bound():
        return []
    minute = clock.now().replace(second=0, microsecond=0)
    key = (timeline.head(), minute, configuration.stamp(), current_locale())
    found = _kept.get(key)
    if found is None:
        found = _counted()
        _kept.put(key, found, 1)
    return found


_kept: Memory[list[WorstClause]] = Memory(KEPT, 1)


def _counted() -> list[WorstClause]:
    rows = read(places_of_bound())
    measured = indicators.measure({row.target for row in rows}, [indicators.this_month()])
    kept_badly = [
        (measured[row.target][0], row)
        for row in rows
        if row.target in measured and measured[row.target][0].exceptions
    ]
    kept_badly.sort(key=lambda pair: (pair[0].per_mille, -pair[0].exceptions, pair[1].id))
    return [
        WorstClause(
            citation(row.title, row.cited),
            f"/rules/{row.rule_id}#clause-{row.clause_id}",
            figures.text_of(figure),
            figures.tone_of(figure),
            figures.exceptions_text(figure),
            queries.exceptions_address(row.target),
        )
        for figure, row in kept_badly[:SHOWN]
    ]
