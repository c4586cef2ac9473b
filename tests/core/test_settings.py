"""Settings: registered with kind and default, stored as rows, read once per transaction."""

import pytest

from app.core import settings
from app.core.db import session
from app.core.i18n import lazy
from app.core.settings import Setting, SettingRow
from app.core.uow import unit_of_work

KEY = "tests.colour"


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(settings, "_registered", dict(settings._registered))
    settings.register(
        Setting(KEY, "text", "red", lazy("颜色")), Setting("tests.list", "hidden", [1, 2], lazy("表"))
    )


def put(key, value):
    with unit_of_work():
        settings.put(key, value)


def test_the_default_holds_until_something_is_stored():
    assert settings.get(KEY) == "red"
    assert settings.stored() == {}
    put(KEY, "blue")
    assert settings.get(KEY) == "blue"
    put(KEY, None)
    assert settings.get(KEY) is None


def test_values_of_any_plain_shape_come_back():
    put("tests.list", {"a": [1, "二", True]})
    assert settings.get("tests.list") == {"a": [1, "二", True]}


def test_unknown_keys_are_mistakes():
    with pytest.raises(KeyError):
        settings.get("tests.unknown")
    with pytest.raises(KeyError), unit_of_work():
        settings.put("tests.unknown", 1)


def test_a_page_reads_them_once(queries):
    session.rollback()
    session.info.clear()
    with queries() as sent:
        for _time in range(3):
            settings.get(KEY)
            settings.get("tests.list")
    assert len([statement for statement in sent if "FROM setting" in statement]) == 1, sent


def test_a_change_is_seen_at_once_inside_and_after_the_unit_of_work():
    assert settings.get(KEY) == "red"
    with unit_of_work():
        settings.put(KEY, "blue")
        assert settings.get(KEY) == "blue"
        settings.put(KEY, "green")
    assert settings.get(KEY) == "green"
    assert session.get(SettingRow, KEY).value == "green"


def test_what_is_handed_out_cannot_be_changed_from_outside():
    put(KEY, "blue")
    settings.stored()[KEY] = "forged"
    assert settings.get(KEY) == "blue"


def test_registration_keeps_the_order():
    keys = [setting.key for setting in settings.registered()]
    assert keys[-2:] == [KEY, "tests.list"]
