"""What a process of its own does in a race for a hand-over."""

from sqlalchemy import select

from app.core.db import db, session
from app.core.errors import Conflict
from app.core.uow import unit_of_work
from app.features.assets import accepting, offering
from app.features.assets.models import HandOver
from tests import factories
from tests.core.test_concurrency import application


def answer(environment: dict[str, str], number: int, barrier, results) -> None:
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
