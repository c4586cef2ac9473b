"""Reporting, answering and review before printing: each figure equals the list of its exceptions, whatever happened."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core import clock, indicators
from app.core.db import session
from app.core.indicators import Period
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.figures import actions
from app.features.figures.models import FigureFact
from app.features.quotations import actions as quotations
from app.features.quotations import queries
from app.features.quotations.models import IssuedFile, QuotationRevision
from app.features.supervision.lists import ExceptionList
from tests import stories
from tests.features.figures import lives, test_actions

KEYS = (
    "reviewed-before-printing",
    "inquiries-reported-in-time",
    "technical-answers-in-time",
    "purchasing-answers-in-time",
    "approvals-not-waiting",
    "rules-signed",
)


@pytest.fixture(scope="module")
def no_files() -> pytest.MonkeyPatch:
    patch = pytest.MonkeyPatch()
    patch.setattr(queries, "files_for", lambda *_: [object()])
    yield patch
    patch.undo()


def listed(key: str, period: Period) -> int:
    """How many rows the list of exceptions shows to who may see all."""
    indicator = indicators.find(key)
    assert indicator is not None
    first, after = period.days
    asked = {"day_from": first.isoformat(), "day_to": (after - timedelta(days=1)).isoformat()}
    return ExceptionList(indicator, SYSTEM, asked, "/").total


def agree() -> None:
    """Compare every figure of the month and of twelve weeks with its list."""
    periods = [indicators.this_month(), *indicators.last_weeks()]
    figures = indicators.measure(KEYS, periods)
    assert set(figures) == set(KEYS)
    for key, found in figures.items():
        for period, figure in zip(periods, found, strict=True):
            assert figure.exceptions == listed(key, period), (key, period)


@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_every_figure_has_as_many_exceptions_as_its_list_after_random_lives(
    no_files: object, seed: int
) -> None:
    chance = random.Random(seed)
    session.rollback()
    with clock.frozen(clock.now() - timedelta(days=40)):
        desk = test_actions.random_desk(chance)
        numbers = [test_actions.tell(desk, chance) for _inquiry in range(2)]
    for days in (38, 20, 3):
        with clock.frozen(clock.now() - timedelta(days=days, hours=chance.randrange(24))):
            for number in numbers:
                lives.live(desk, chance, number, 9)
            refused = session.execute(select(QuotationRevision.id).limit(1)).scalar()
            if refused is not None and chance.random() < 0.7:
                with unit_of_work():
                    quotations.record_refused_paper(refused, desk.people.actor("salesperson"))
    agree()
    facts = select(func.count()).where(FigureFact.kind == "reported", FigureFact.late == 1)
    whole = Period(clock.now() - timedelta(days=400), clock.now() + timedelta(days=2))
    assert listed("inquiries-reported-in-time", whole) == session.execute(facts).scalar_one()


def test_an_issued_file_is_kept_and_a_refused_attempt_is_the_exception() -> None:
    desk = stories.desk()
    desk.quotation("issued")
    draft = desk.quotation("draft")
    found = indicators.find("reviewed-before-printing")
    assert found is not None
    copies = session.execute(select(func.count()).select_from(IssuedFile)).scalar_one()
    assert found.compute(indicators.this_month()) == indicators.Figure(copies, copies)
    with unit_of_work():
        quotations.record_refused_paper(draft.id, desk.people.actor("salesperson"))
    assert found.compute(indicators.this_month()).exceptions == 1
    row = session.execute(indicators.exceptions(found, indicators.this_month())).one()
    assert (row.doc_type, row.doc_id, row.person_id) == (
        "quotation",
        draft.id,
        desk.people.ids["salesperson"],
    )
    actions.recount({})
    agree()
