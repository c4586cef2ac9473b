"""Reading and signing as a figure: it says what the rules themselves say of their readers, whatever happened."""

import random
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core import clock, indicators
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.rules import queries, reading
from app.features.rules.models import Rule
from tests import factories
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk

KEY = "rules-signed"


def sign(version_id: int, person: User) -> None:
    """Let a person read a version to its end and sign it."""
    actor = factories.actor(person)
    with unit_of_work():
        reading.note_opened(version_id, person.id)
        version = rulebook.load(version_id)
        reading.reach_end(version, actor=actor)
        reading.sign(version, actor=actor, answers={})


def figure() -> indicators.Figure:
    return indicators.measure([KEY], [indicators.this_month()])[KEY][0]


def told_by_the_rules() -> tuple[int, int]:
    """Signed and asked, summed over the newest version of each rule as its own page says it."""
    found = [
        queries.signed_counts(rule.newest)
        for rule in session.execute(select(Rule)).unique().scalars()
        if rule.newest is not None
    ]
    return sum(signed for signed, _of in found), sum(of for _signed, of in found)


def test_a_new_edition_asks_everybody_again_and_a_correction_nobody() -> None:
    desk = rulebook.desk()
    first = rulebook.published(desk)
    sign(first, desk.reader)
    assert (figure().kept, figure().due) == (1, 5)
    rulebook.revised(desk, first, material=False)
    assert (figure().kept, figure().due) == (1, 5)
    rulebook.revised(desk, first)
    assert (figure().kept, figure().due) == (0, 5)


def test_who_is_no_longer_concerned_counts_no_more() -> None:
    desk = rulebook.desk()
    version_id = rulebook.published(desk)
    with unit_of_work():
        session.get_one(User, desk.colleague.id).active = False
    with clock.frozen(clock.now() + timedelta(hours=1)):
        reading.keep_up({})
        assert (figure().kept, figure().due) == told_by_the_rules() == (0, 4)
    rulebook.step(desk, version_id, "void", "leader", "已不适用", void_on=clock.today(), aware=True)
    assert figure().due == 0


_desks: list[Desk] = []


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_the_figure_is_what_the_rules_say_and_its_exceptions_are_listed(seed: int) -> None:
    chance = random.Random(seed)
    session.rollback()
    if not session.execute(select(User.id)).first():
        _desks[:] = [rulebook.desk()]
    desk = _desks[0]
    people = [desk.manager, desk.leader, desk.reader, desk.colleague, desk.other]
    version_id = rulebook.published(desk, title=f"办法 {seed}")
    for _act in range(6):
        if chance.random() < 0.3:
            version_id = rulebook.revised(desk, version_id, material=chance.random() < 0.5)
            continue
        version = rulebook.load(version_id)
        person = session.get_one(User, chance.choice(people).id)
        if person.id in queries.unsigned_ids(version):
            sign(version_id, person)
    assert (figure().kept, figure().due) == told_by_the_rules()
    found = indicators.find(KEY)
    assert found is not None
    rows = select(func.count()).select_from(indicators.exceptions(found, indicators.this_month()).subquery())
    assert session.execute(rows).scalar_one() == figure().exceptions
