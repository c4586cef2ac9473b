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


def test_registered_modules_are_listed_as_declared_with_their_options_behind_them(monkeypatch):
    monkeypatch.setattr(modules, "_registered", {})
    modules.register(
        Module("late", lazy("后"), order=20),
        Module("second", lazy("二"), parent="early", order=2),
        Module("first", lazy("一"), parent="early", order=1),
        Module("of-late", lazy("后项"), parent="late"),
        Module("early", lazy("先"), order=10),
        Module("below", lazy("下"), parent="second"),
    )
    keys = [module.key for module in modules.registered()]
    assert keys == ["early", "first", "second", "below", "late", "of-late"]


def test_places_of_the_products_own_modules_are_declared_and_differ():
    places = [
        (module.parent, module.order) for module in modules.registered() if not module.key.startswith("t.")
    ]
    assert len(places) == len(set(places))
    assert all(order > 0 for _parent, order in places)


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
