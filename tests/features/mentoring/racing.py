"""What a process of its own does in a race for a pair."""

import time

from sqlalchemy import select

from app.core import workflow
from app.core.db import db, session
from app.core.uow import unit_of_work
from app.features.mentoring.models import MentorPair
from tests.core.test_concurrency import application

HEAD_START, HELD = 0.3, 0.9


def take_over(environment: dict[str, str], number: int, barrier, results) -> None:
    """Give the only pair to its mentor, holding its lock for a while; or come behind and say whose it is then."""
    with application(environment).app_context():
        pair = session.execute(select(MentorPair)).unique().scalar_one()
        barrier.wait()
        time.sleep(HEAD_START * number)
        with unit_of_work():
            workflow.lock(pair)
            if number == 0:
                pair.owner_id = pair.mentor_id
                session.flush()
                time.sleep(HELD)
            said = pair.owner.staff_number if number else ""
        session.remove()
        db.engine.dispose()
    results.put(said)
