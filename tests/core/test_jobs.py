from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock, jobs
from app.core.db import session
from app.core.jobs import Job
from app.core.uow import unit_of_work


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """A registry of its own with one kind of work, and what it was called with."""
    seen: list[dict] = []
    monkeypatch.setattr(jobs, "_kinds", {})
    jobs.register_job("test:note", seen.append)
    return seen


def ask(kind: str = "test:note", **values) -> None:
    with unit_of_work():
        jobs.enqueue(kind, **values)


def only_job() -> Job:
    session.rollback()
    return session.execute(select(Job)).scalar_one()


def test_job_runs_once_with_its_payload(calls):
    ask(payload={"number": 7})
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert calls == [{"number": 7}]
    assert only_job().finished_at is not None


def test_job_of_a_rolled_back_transaction_is_never_run(calls):
    def ask_and_fail() -> None:
        with unit_of_work():
            jobs.enqueue("test:note")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert jobs.run_due() == 0
    assert calls == []


def test_job_waits_for_its_time(calls):
    ask(run_at=clock.now() + timedelta(minutes=10))
    assert jobs.run_due() == 0
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert jobs.run_due() == 1
    assert len(calls) == 1


def test_two_requests_with_one_key_are_one_job(calls):
    ask(unique_key="same")
    ask(unique_key="same")
    assert jobs.run_due() == 1
    ask(unique_key="same")
    assert jobs.run_due() == 1
    assert len(calls) == 2


def test_unknown_kind_is_refused_when_asked_for(calls):
    with pytest.raises(KeyError), unit_of_work():
        jobs.enqueue("test:unknown")


def test_second_registration_of_a_name_is_refused(calls):
    with pytest.raises(ValueError, match="two jobs named test:note"):
        jobs.register_job("test:note", calls.append)
    assert [kind.kind for kind in jobs.registered_jobs()] == ["test:note"]


def test_claimed_job_is_not_given_to_a_second_worker(calls):
    ask()
    first = jobs.claim("one")
    assert first is not None
    assert jobs.claim("two") is None


def test_job_of_a_dead_worker_is_claimed_after_its_lease(calls):
    ask()
    first = jobs.claim("dead")
    with clock.frozen(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        second = jobs.claim("alive")
        assert second is not None
        assert second.attempts == 2
        # the dead one wakes up: its word no longer counts
        jobs.finish(first, "dead")
        jobs.give_back(first, "dead", "late")
        assert only_job().finished_at is None
        assert only_job().error == ""
        jobs.finish(second, "alive")
    assert only_job().finished_at is not None


def test_failed_job_is_tried_again_later_and_given_up_after_the_fifth_time(monkeypatch, caplog):
    monkeypatch.setattr(jobs, "_kinds", {})

    def fail(payload: dict) -> None:
        raise ZeroDivisionError("no good")

    jobs.register_job("test:fail", fail)
    ask("test:fail", unique_key="once")
    moment = clock.now()
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with clock.frozen(moment):
            assert jobs.run_due() == 1
            assert jobs.run_due() == 0
            assert only_job().attempts == attempt
        moment += timedelta(hours=4)
    row = only_job()
    assert row.failed_at is not None
    assert row.error == "ZeroDivisionError: no good"
    assert row.unique_key is None
    with clock.frozen(moment):
        assert jobs.run_due() == 0
    assert "job" in caplog.text


def test_failure_of_one_job_does_not_stop_the_next(calls, caplog):
    def fail(payload: dict) -> None:
        raise ZeroDivisionError

    jobs.register_job("test:fail", fail)
    ask("test:fail")
    ask(payload={"second": True})
    assert jobs.run_due() == 2
    assert calls == [{"second": True}]


def test_run_stops_at_its_limit(calls):
    for number in range(3):
        ask(payload={"number": number})
    assert jobs.run_due(limit=2) == 2
    assert calls == [{"number": 0}, {"number": 1}]


def test_recurring_job_runs_at_once_and_again_after_its_interval(calls):
    jobs.register_job("test:daily", calls.append, every=timedelta(days=1))
    moment = clock.now()
    with clock.frozen(moment):
        assert jobs.run_due() == 1
        assert jobs.run_due() == 0
    with clock.frozen(moment + timedelta(days=1, seconds=1)):
        assert jobs.run_due() == 1
    assert only_job().attempts == 0


def test_recurring_job_is_never_given_up(monkeypatch, caplog):
    monkeypatch.setattr(jobs, "_kinds", {})

    def fail(payload: dict) -> None:
        raise ZeroDivisionError

    jobs.register_job("test:daily", fail, every=timedelta(days=1))
    moment = clock.now()
    for _attempt in range(jobs.MAX_ATTEMPTS + 2):
        with clock.frozen(moment):
            assert jobs.run_due() == 1
        moment += timedelta(days=1)
    assert only_job().failed_at is None


def test_finished_jobs_are_forgotten_after_a_month_and_failed_ones_kept(calls):
    ask()
    ask()
    jobs.run_due(limit=1)
    with unit_of_work():
        failed = session.execute(select(Job).where(Job.finished_at.is_(None))).scalar_one()
        failed.failed_at = clock.now()
        number = failed.id
    jobs.forget_finished({})
    assert len(session.execute(select(Job.id)).all()) == 2
    with clock.frozen(clock.now() + jobs.KEPT + timedelta(seconds=1)):
        jobs.forget_finished({})
    assert session.execute(select(Job.id)).scalars().all() == [number]


def test_job_of_a_switched_off_kind_stays_in_its_row(calls, monkeypatch):
    ask()
    monkeypatch.setattr(jobs, "_kinds", {})
    assert jobs.run_due() == 0
    assert only_job().finished_at is None


def test_worker_runs_due_jobs_until_it_is_stopped(app: Flask, calls):
    ask(payload={"by": "thread"})
    worker = jobs.Worker("thread", app.app_context, pause=0.02)
    worker.start()
    for _round in range(500):
        if calls:
            break
        worker.join(0.02)
    worker.stop()
    assert calls == [{"by": "thread"}]
    assert not worker.is_alive()


def test_worker_outlives_a_database_that_is_away(app: Flask, calls, monkeypatch, caplog):
    worker = jobs.Worker("thread", app.app_context, pause=0.01)
    rounds = []

    def away(name: str) -> int:
        rounds.append(name)
        if len(rounds) == 2:
            worker._stopping.set()
        raise ConnectionError("away")

    monkeypatch.setattr(jobs, "run_due", away)
    worker.run()
    assert rounds == ["thread", "thread"]
    assert "could not look for jobs" in caplog.text


def test_stopping_a_worker_that_never_ran_returns_at_once(app: Flask):
    worker = jobs.Worker("thread", app.app_context)
    worker.stop()
    assert not worker.is_alive()
