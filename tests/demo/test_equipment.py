"""The equipment of the demo: a name on everything but one, hand-overs in every state, its papers."""

from sqlalchemy import func, select

from app.core import indicators
from app.core.db import session
from app.features.assets import invariant
from app.features.assets.enums import HandOverKind, HandOverStatus, ItemStatus
from app.features.assets.indicators import CONFIRMED_IN_TIME, ITEMS_HAVE_SOMEBODY
from app.features.assets.models import AssetItem, HandOver
from app.features.people.models import User


def test_one_item_alone_has_nobody_who_works_here() -> None:
    period = indicators.this_month()
    figure = indicators.measure([ITEMS_HAVE_SOMEBODY], [period])[ITEMS_HAVE_SOMEBODY][0]
    in_use = session.execute(
        select(func.count()).select_from(AssetItem).where(AssetItem.status != ItemStatus.SCRAPPED)
    ).scalar_one()
    assert in_use > 50
    assert (figure.kept, figure.due) == (in_use - 1, in_use)
    left = session.execute(
        select(User.name).join(AssetItem, AssetItem.keeper_id == User.id).where(~User.active)
    ).scalars()
    assert list(left) == ["范建军"]
    assert invariant.check() == []


def test_hand_overs_are_there_in_every_state_and_of_every_kind() -> None:
    states = set(session.execute(select(HandOver.status).distinct()).scalars())
    kinds = set(session.execute(select(HandOver.kind).distinct()).scalars())
    assert states == set(HandOverStatus)
    assert kinds == set(HandOverKind)
    accepted = session.query(HandOver).filter_by(status=HandOverStatus.ACCEPTED).all()
    assert all(row.sheet_file_id and row.rule_version_id for row in accepted)
    assert any(row.on_keepers_screen and row.witness_id for row in accepted)


def test_most_hand_overs_were_confirmed_in_time() -> None:
    period = indicators.hull(indicators.last_weeks(12))
    figure = indicators.measure([CONFIRMED_IN_TIME], [period])[CONFIRMED_IN_TIME][0]
    assert figure.exceptions == 1
    assert figure.due > 3
