"""The clauses that are kept worst, for the workbench of those who see the board: the same figures in the same order."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select

from app.core import indicators, modules
from app.core.permissions import Actor, can
from app.core.prepared import read
from app.features.rules.models import ClauseText, Rule, RuleVersion
from app.features.rules.queries import citation
from app.features.supervision import figures, queries
from app.features.supervision.enums import SupervisionPerm
from app.features.supervision.models import ClauseBinding

SHOWN = 3


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
    """Return the clauses with the worst share of this month, by two statements; by none where nothing is bound.

    Empty for who does not see the board, and where everything due was kept.
    """
    if not modules.is_on(figures.MODULE) or not can(actor, SupervisionPerm.BOARD) or not queries.any_bound():
        return []
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
