"""Modules: presets and switches; an option needs its parent."""

import pytest

from app.core import documents, modules, settings
from app.core.i18n import lazy
from app.core.modules import ESSENTIAL, FULL, STANDARD, Module
from app.core.uow import unit_of_work


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(modules, "_registered", dict(modules._registered))
    modules.register(
        Module("t.base", lazy("基本")),
        Module("t.plans", lazy("计划"), STANDARD),
        Module("t.scores", lazy("评分"), FULL, parent="t.plans"),
    )


def configure(preset: str = ESSENTIAL, **switches: bool) -> None:
    with unit_of_work():
        settings.put("modules.preset", preset)
        settings.put("modules.switches", {f"t.{key}": value for key, value in switches.items()})


def on() -> set[str]:
    return {key for key in ("t.base", "t.plans", "t.scores") if modules.is_on(key)}


def test_a_new_installation_starts_small():
    assert on() == {"t.base"}


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (ESSENTIAL, {"t.base"}),
        (STANDARD, {"t.base", "t.plans"}),
        (FULL, {"t.base", "t.plans", "t.scores"}),
    ],
)
def test_a_preset_includes_the_smaller_ones(preset, expected):
    configure(preset)
    assert on() == expected


def test_a_switch_wins_over_the_preset():
    configure(ESSENTIAL, plans=True)
    assert on() == {"t.base", "t.plans"}
    configure(FULL, base=False)
    assert on() == {"t.plans", "t.scores"}


def test_an_option_is_off_without_its_parent():
    configure(FULL, plans=False, scores=True)
    assert on() == {"t.base"}


def test_unknown_modules_are_mistakes():
    with pytest.raises(KeyError):
        modules.is_on("t.unknown")


def test_registered_modules_are_listed_in_order():
    assert [module.key for module in modules.registered()][-3:] == ["t.base", "t.plans", "t.scores"]


def test_whatever_the_sales_desk_keeps_belongs_to_its_module():
    """A kind of document without a module shows on the workbench even where the desk is switched off."""
    desk = ("app.features.inquiries", "app.features.quotations", "app.features.seals")
    owned = {
        doc_type
        for doc_type, kind in documents._types.items()
        if getattr(kind.url, "__module__", "").startswith(desk)
    }
    assert owned
    assert owned <= set(modules._documents)
