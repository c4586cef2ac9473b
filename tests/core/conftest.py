"""The table of letters, and a letter to work with."""

from collections.abc import Callable, Iterator

import pytest

from app.core.db import db, session
from app.core.uow import unit_of_work
from app.features.people.models import User
from tests.core.letters import FLOW, Letter


@pytest.fixture
def write_letter() -> Iterator[Callable[..., Letter]]:
    """Make letters; their table exists for this test only."""
    Letter.__table__.create(db.engine)

    def write(
        owner: User, status: str = "draft", body: str = "正文", department_id: int | None = None
    ) -> Letter:
        with unit_of_work():
            letter = Letter(
                status=status,
                owner_id=owner.id,
                body=body,
                department_id=owner.department_id if department_id is None else department_id,
            )
            session.add(letter)
            session.flush()
            FLOW.sync_tasks(letter)
        return letter

    yield write
    session.rollback()
    Letter.__table__.drop(db.engine)
