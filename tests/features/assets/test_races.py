"""Who answers a hand-over in the same instant as another, from processes of their own: one of them, and once."""

import pytest
from sqlalchemy import func, select

from app.core.db import db, session
from app.core.files import files_for
from app.features.assets import invariant as custody_check
from app.features.assets.enums import HAND_OVER, SHEET, HandOverStatus
from app.features.assets.models import AssetCustody, HandOver
from tests.core.test_concurrency import environment, run  # noqa: F401 - a fixture
from tests.features.assets.desk import desk
from tests.features.assets.racing import answer

TABS = 4


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
