"""Bookings in any order keep to what a naive model of them says; the long walk is proofs/bookings.py."""

from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from tests.features.bookings.machine import Walk


def test_no_walk_gives_a_car_twice_or_breaks_its_mileage(app: Any) -> None:
    run_state_machine_as_test(
        Walk,
        settings=hypothesis_settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert Walk.steps > 50
    assert 0 < Walk.refused < Walk.steps
