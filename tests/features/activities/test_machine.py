"""Enrolments in any order keep to what two plain lists of them say."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from tests.features.activities.machine import Walk


def test_no_walk_seats_too_many_or_leaves_the_first_who_waits_standing(
    app: Flask, at: Callable[..., datetime]
) -> None:
    at(2026, 11, 23, 9)
    run_state_machine_as_test(
        Walk,
        settings=hypothesis_settings(
            max_examples=8,
            # the same walks each time: they are known to fill the places and to free one
            derandomize=True,
            database=None,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Walk.moved > 0
