"""Who answers a hand-over in the same instant as another, from processes of their own: one of them, and once."""

import pytest
from sqlalchemy import func, select

from app.core.db import db, session
from app.core.errors import Conflict
from app.core.files import files_for
from app.core.uow import unit_of_work
from app.features.assets import accepting, offering
from app.features.assets import invariant as custody_check
from app.features.assets.enums import HAND_OVER, SHEET, HandOverStatus
from app.features.assets.models import AssetCustody, HandOver
from tests import factories
from tests.core.test_concurrency import application, environment, run  # noqa: F401 - a fixture
from tests.features.assets.desk import desk

TABS = 4


def answer(environment: dict[str, str], number: int, barrier, results) -> None:  # noqa: F811 - what the fixture gives
    """Answer the only hand-over as its receiver does: two accept it in two tabs, two decline it."""
    with application(environment).app_context():
        hand_over = session.execute(select(HandOver)).unique().scalar_one()
        receiver, version = factories.actor(hand_over.receiver), hand_over.version
        prepared = accepting.prepare(hand_over)
        session.rollback()
        barrier.wait()
        try:
            with unit_of_work():
                row = session.get_one(HandOver, hand_over.id)
                if number % 2:
                    offering.fire(row, "decline", actor=receiver, version=version, note="不是我的")
                else:
                    accepting.accept(row, actor=receiver, version=version, prepared=prepared)
            said = row.status
        except Conflict as problem:
            said = problem.code
        session.remove()
        db.engine.dispose()
    results.put(said)


@pytest.mark.slow
def test_a_hand_over_is_answered_once_by_whoever_is_first(environment: dict[str, str]) -> None:  # noqa: F811
    house = desk()
    item = house.item()
    hand_over = house.offer([item], house.first)
    number = hand_over.id
    session.remove()
    db.engine.dispose()
    said = run(answer, environment, TABS)
    session.expire_all()
    answered = session.get_one(HandOver, number)
    done = [one for one in said if one in (HandOverStatus.ACCEPTED, HandOverStatus.DECLINED)]
    assert done == [answered.status]
    assert len(said) == TABS
    accepted = answered.status == HandOverStatus.ACCEPTED
    periods = session.execute(
        select(func.count()).select_from(AssetCustody).where(AssetCustody.item_id == item.id)
    ).scalar_one()
    assert periods == (2 if accepted else 1)
    assert len(files_for(HAND_OVER, number, SHEET)) == accepted
    assert custody_check.check() == []
