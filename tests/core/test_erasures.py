"""Erasures outlive a restore: the list beside the backups brings them along, other installations leave it alone."""

from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.core import backup, erasures, timeline
from app.core.db import session
from app.core.erasures import Erasure
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work


@pytest.fixture
def erased(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was erased, in order."""
    found: list[int] = []
    monkeypatch.setattr(erasures, "_kinds", {})
    erasures.register("test", found.append)
    with unit_of_work():
        timeline.record("test", 1, "list:export", SYSTEM)
    return found


def erase(subject: int) -> None:
    with unit_of_work():
        erasures.note("test", subject)


def restored(data: Path, backups: Path) -> int:
    """Restore a backup from before: bring the list along, forget the rows, start."""
    with unit_of_work():
        session.execute(delete(Erasure))
    data.mkdir(exist_ok=True)
    assert erasures.bring_along(backups / "zhangcheng.zip", data)
    return erasures.apply_pending(data)


def test_what_was_erased_after_a_backup_is_erased_again(tmp_path: Path, erased: list[int]) -> None:
    backups, data = tmp_path / "backups", tmp_path / "data"
    erase(7)
    erasures.write_beside_backups(backups)
    erase(8)
    erasures.write_beside_backups(backups)
    erasures.write_beside_backups(backups)
    assert len((backups / erasures.LIST_NAME).read_text().splitlines()) == 2
    assert restored(data, backups) == 2
    assert erased == [7, 8]
    assert len(session.execute(select(Erasure.token)).all()) == 2
    assert erasures.apply_pending(data) == 0


def test_what_the_backup_knows_is_not_erased_twice(tmp_path: Path, erased: list[int]) -> None:
    erase(7)
    erasures.write_beside_backups(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    assert erasures.bring_along(tmp_path / "zhangcheng.zip", data)
    assert erasures.apply_pending(data) == 0
    assert erased == []


def test_other_installations_and_broken_lines_are_left_alone(tmp_path: Path, erased: list[int]) -> None:
    erase(7)
    erasures.write_beside_backups(tmp_path)
    path = tmp_path / erasures.LIST_NAME
    other = path.read_text().replace(erasures.installation(), "f" * 64)
    path.write_text(other + '{"installation": "' + erasures.installation()[:9])
    assert restored(tmp_path / "data", tmp_path) == 0
    assert erased == []


def test_a_folder_that_cannot_be_written_to_stops_nobody(tmp_path: Path, erased: list[int]) -> None:
    erase(7)
    (tmp_path / "file").write_text("")
    erasures.write_beside_backups(tmp_path / "file" / "backups")
    assert not erasures.bring_along(tmp_path / "file" / "backups" / "x.zip", tmp_path)


def test_a_backup_writes_the_list_beside_itself(tmp_path: Path, erased: list[int], app) -> None:
    erase(7)
    backup.create(tmp_path / "one.zip", Path(app.config["DATA_DIR"]), app.config["SQLALCHEMY_DATABASE_URI"])
    assert (tmp_path / erasures.LIST_NAME).is_file()


def test_an_unknown_kind_and_a_second_one_are_refused(erased: list[int]) -> None:
    with pytest.raises(ValueError, match="two erasures"):
        erasures.register("test", erased.append)
    with pytest.raises(KeyError), unit_of_work():
        erasures.note("other", 1)
