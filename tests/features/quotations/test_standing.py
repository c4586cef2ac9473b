"""At every instant and in every state, page, list, search, workbench and /verify tell the same of a quotation."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, documents
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import presentation
from app.features.quotations.flow import FLOW
from app.features.quotations.listing import QuotationList
from app.features.quotations.models import EXPIRED, QuotationRevision
from app.features.verify.enums import Standing
from app.features.verify.queries import standing_of
from tests import stories
from tests.client import Client

STATES = [str(state.code) for state in FLOW.states]


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def told(status: str, past: bool) -> str:
    """The oracle: only an issued offer expires."""
    return EXPIRED if status == "issued" and past else status


def standing(status: str, past: bool) -> Standing:
    """The oracle of a paper's standing."""
    fixed = {"void": Standing.VOID, "superseded": Standing.SUPERSEDED, "accepted": Standing.CURRENT}
    if status in fixed:
        return fixed[status]
    return Standing.EXPIRED if past and status in ("issued", "lost", "accept_claimed") else Standing.CURRENT


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    status=st.sampled_from(STATES),
    days=st.integers(-3, 3),
    at=st.times(min_value=time(0, 0), max_value=time(23, 59, 59)),
)
def test_every_view_tells_the_same_of_any_state_at_any_time(
    desk: stories.Desk, status: str, days: int, at: time
) -> None:
    session.rollback()
    revision = session.execute(select(QuotationRevision).limit(1)).unique().scalar_one_or_none()
    revision = revision or desk.quotation("issued", lines=1)
    last_day = clock.to_local(datetime.fromisoformat("2026-12-10T04:00:00+00:00")).date()
    with unit_of_work():
        revision.status, revision.valid_until = status, last_day
    # a moment of the company's clock: the last minute of the last day is not yet past
    moment = clock.from_local(datetime.combine(last_day + timedelta(days=days), at))
    wanted = told(status, days > 0)
    actor = desk.people.actor("salesperson")
    with clock.frozen(moment):
        session.expire_all()
        assert (revision.shown_status, revision.expired) == (wanted, wanted == EXPIRED)
        label = presentation.shown_state(revision)[0]
        assert label == ("已过有效期" if wanted == EXPIRED else str(FLOW.state(status).label))
        listed = QuotationList(actor, {}, "/quotations")
        (row,) = listed.rows
        status_column = next(column for column in listed.columns if column.key == "status")
        assert listed.cell(row, status_column).text == label
        for code, _label in QuotationList.filters[0].options:
            found = QuotationList(actor, {"status": code}, "/quotations").total
            assert found == (code == wanted), code
        assert documents.states([("quotation", revision.id)])[("quotation", revision.id)].label == label
        assert standing_of(revision) == standing(status, days > 0)


def test_the_pages_turn_at_midnight_of_the_company(client: Client, desk: stories.Desk, at: Any) -> None:
    revision = desk.quotation("issued", lines=1)
    with unit_of_work():
        revision.valid_until = datetime.fromisoformat("2026-12-10").date()
    code = revision.issued_files[0].code
    pages = ("/", f"/quotations/{revision.quotation_id}", "/quotations?q=BJ", f"/search?q={revision.number}")
    for moment, expired in (((2026, 12, 10, 23, 59), False), ((2026, 12, 11, 0, 0), True)):
        at(*moment)
        client.as_(session.get_one(User, desk.people.ids["salesperson"]))
        for page in pages:
            client.get(page)
            marks = [span.text for span in client.page.all("span", class_="status")]
            assert ("已过有效期" in marks) == expired, (page, marks)
            assert ("已出具" in marks) != expired, (page, marks)
        client.get(f"/verify/{code}")
        assert ("已过有效期" in client.page.text) == expired
