"""What must survive a refusal: a closed list, each in a short transaction of its own."""

import pytest

from app.core import side_writes
from app.core.db import session
from app.core.settings import SettingRow
from app.core.side_writes import SideWrite


def write(key: str):
    return lambda: session.add(SettingRow(key=key, value=1))


def test_queued_writes_run_once_and_in_order():
    done = []
    side_writes.after_request(SideWrite.THROTTLE, lambda: done.append(1))
    side_writes.after_request(SideWrite.SESSION_SEEN, lambda: done.append(2))
    side_writes.after_request(SideWrite.REFUSED_ATTEMPT, write("x"))
    assert side_writes.run_pending() == 3
    assert side_writes.run_pending() == 0
    assert done == [1, 2]
    session.rollback()
    assert session.get(SettingRow, "x") is not None


def test_nothing_is_written_before_they_run():
    side_writes.after_request(SideWrite.THROTTLE, write("x"))
    assert session.get(SettingRow, "x") is None
    side_writes.pending().clear()


def test_only_the_closed_list_may_be_written_so():
    with pytest.raises(ValueError, match="anything"):
        side_writes.after_request("anything", write("x"))
    assert {kind.value for kind in SideWrite} == {
        "refused_attempt",
        "throttle",
        "session_seen",
        "recently_seen",
        "rule_first_view",
        "export",
        "sealed_paper",
        "restricted_view",
        "erasure_list",
    }


def test_one_that_fails_does_not_come_back():
    side_writes.after_request(SideWrite.THROTTLE, write("x"))
    side_writes.after_request(SideWrite.THROTTLE, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        side_writes.run_pending()
    assert side_writes.pending() == []
    assert session.get(SettingRow, "x") is None
