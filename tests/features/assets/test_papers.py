"""Papers of equipment: labels are read by a telephone and true to size, sheets say who took what."""

import itertools
from pathlib import Path

import pytest

from app.core import settings
from app.core.db import session
from app.core.errors import Conflict
from app.core.files import StoredFile, read_bytes
from app.core.uow import unit_of_work
from app.features.assets import labels, queries, sheets
from app.features.assets.labels import Label
from tests.features.assets.desk import Desk, desk, load
from tests.paper_tools import picture_of, run, saved, text_of

ADDRESS = "http://zhangcheng.local"
COMPANY = "江苏沃垦农业机械有限公司"
MM = 72 / 25.4


@pytest.fixture
def named() -> Desk:
    house = desk()
    with unit_of_work():
        settings.put(labels.ADDRESS, ADDRESS)
    return house


def rows(count: int) -> list[Label]:
    return [
        Label(f"ABCD{n:06d}", f"SB-2026-{n:04d}", "松下 PT-BX431C 液晶投影仪（会议室）", "华东一组")
        for n in range(count)
    ]


def size_of(path: Path) -> tuple[float, float]:
    line = next(line for line in run("pdfinfo", path).splitlines() if line.startswith("Page size"))
    width, height = line.split(":")[1].split("pts")[0].split("x")
    return float(width) / MM, float(height) / MM


def decoded(path: Path, page: int = 1, resolution: int = 200) -> list[str]:
    picture_of(path, page=page, resolution=resolution)
    return run("zbarimg", "-q", "--raw", path.with_suffix(".ppm")).split()


def test_single_label_is_forty_by_thirty_millimetres_and_read_as_printed(named: Desk, tmp_path: Path) -> None:
    path = saved(tmp_path, labels.singles(rows(2), COMPANY))
    assert size_of(path) == pytest.approx((40, 30), abs=0.1)
    # as a label printer prints: 203 dots an inch
    assert decoded(path, resolution=203) == [f"{ADDRESS}/assets/scan/ABCD000000"]
    said = text_of(path)
    for word in ("SB-2026-0001", "华东一组", COMPANY):
        assert word in said


def test_sheet_of_twenty_four_begins_at_any_place(named: Desk, tmp_path: Path) -> None:
    path = saved(tmp_path, labels.sheet(rows(24), COMPANY, start=23))
    assert size_of(path) == pytest.approx((210, 297), abs=0.1)
    first, second = decoded(path, 1), decoded(path, 2)
    assert len(first) == 2
    assert len(second) == 22
    assert {*first, *second} == {f"{ADDRESS}/assets/scan/{row.code}" for row in rows(24)}


def test_labels_stand_where_the_sheet_is_cut(named: Desk, tmp_path: Path) -> None:
    path = saved(tmp_path, labels.sheet(rows(24), COMPANY))
    boxes = run("pdftotext", "-bbox", path, "-")
    numbers = [line for line in boxes.splitlines() if "SB-2026-" in line]
    assert len(numbers) == 24
    left = sorted({round(float(line.split('xMin="')[1].split('"')[0]) / MM) for line in numbers})
    assert [other - one for one, other in itertools.pairwise(left)] == [70, 70]
    top = sorted({round(float(line.split('yMin="')[1].split('"')[0]) / MM) for line in numbers})
    assert [other - one for one, other in itertools.pairwise(top)] == [37] * 7


def test_without_an_address_no_label_is_printed() -> None:
    desk()
    with pytest.raises(Conflict):
        labels.singles(rows(1), COMPANY)


def test_sheet_names_both_what_goes_along_and_in_which_condition(tmp_path: Path) -> None:
    house = desk()
    done = house.accept(house.offer([house.item("投影仪", serial_number="SN-77")], house.first))
    content = read_bytes(session.get_one(StoredFile, done.sheet_file_id))
    said = text_of(saved(tmp_path, content))
    for word in (str(done.number), "何静", "周文静", "电源线、遥控器", "完好", "SN-77", "自该时刻起"):
        assert word in said


def test_list_of_a_person_and_the_blank_form(tmp_path: Path) -> None:
    house = desk()
    items = [house.item(f"设备{place}", house.first) for place in range(40)]
    periods = queries.open_custody_of(item.id for item in items)
    held = [(item, periods[item.id]) for item in items]
    said = text_of(saved(tmp_path, sheets.person_list(house.first, held, COMPANY, "销售部")))
    assert "第 1 页，共 2 页" in said
    assert all(str(item.number) in said for item in items)
    assert "签字" in text_of(saved(tmp_path, sheets.blank_sheet(COMPANY)))
    offered = house.offer(items[:1], house.second, house.first)
    assert "接收人（签字）" in text_of(saved(tmp_path, sheets.sheet(load(offered), None, COMPANY)))
