"""Whoever waits for a pair finds it as the one before left it, with its new owner."""

import pytest

from app.core.db import db, session
from tests.core.test_concurrency import environment, run  # noqa: F401 - a fixture
from tests.features.mentoring import desk
from tests.features.mentoring.racing import take_over


@pytest.mark.slow
def test_a_lock_waits_and_finds_the_row_whose_joins_changed(environment: dict[str, str]) -> None:  # noqa: F811
    school = desk.school()
    desk.offered(school)
    session.remove()
    db.engine.dispose()
    assert sorted(run(take_over, environment, 2)) == ["", "s1"]
