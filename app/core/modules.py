"""Modules: parts of the product that an installation switches on or off. Off leaves no trace but its data."""

from dataclasses import dataclass

from app.core import configuration, settings
from app.core.i18n import LazyText, lazy, lazy_in_context

ESSENTIAL = "essential"
STANDARD = "standard"
FULL = "full"
PRESETS: tuple[tuple[str, LazyText], ...] = (
    (ESSENTIAL, lazy("精简")),
    (STANDARD, lazy("标准")),
    (FULL, lazy_in_context("preset", "全部")),
)

settings.register(
    settings.Setting(
        "modules.preset", "choice", ESSENTIAL, lazy("功能组合"), section="modules", choices=PRESETS
    ),
    settings.Setting("modules.switches", "hidden", {}, lazy("单项开关"), section="modules"),
)


@dataclass(frozen=True)
class Module:
    """A switchable part: the smallest preset that includes it; ``parent`` names the module it is an option of.

    ``order`` is its place in the list of modules, among those of its parent.
    """

    key: str
    label: LazyText
    preset: str = ESSENTIAL
    parent: str | None = None
    order: int = 0


_registered: dict[str, Module] = {}
_documents: dict[str, str] = {}


def register(*modules: Module) -> None:
    """Add the modules of a feature."""
    for module in modules:
        _registered[module.key] = module


def registered() -> list[Module]:
    """Return all modules in their declared order, each option behind the module it belongs to."""
    return sorted(_registered.values(), key=_path)


def _path(module: Module) -> tuple[tuple[int, str], ...]:
    above = () if module.parent is None else _path(_registered[module.parent])
    return (*above, (module.order, module.key))


def own_documents(module: str, *doc_types: str) -> None:
    """Say that kinds of documents belong to a module: while it is off, nothing of them is shown anywhere."""
    _documents.update(dict.fromkeys(doc_types, module))


def shows(doc_type: str) -> bool:
    """Tell whether documents of a kind are shown: those of no module always are."""
    module = _documents.get(doc_type)
    return module is None or is_on(module)


def hidden_documents() -> list[str]:
    """Return the kinds of documents whose module is off."""
    return sorted(doc_type for doc_type in _documents if not shows(doc_type))


def is_on(key: str) -> bool:
    """Tell whether a module is on: its own switch where set, else the preset; an option needs its parent on."""
    # asked for some forty times a page
    return configuration.kept(("module", key), lambda: _is_on(_registered[key]))


def _is_on(module: Module) -> bool:
    if module.parent is not None and not is_on(module.parent):
        return False
    switches = settings.get("modules.switches")
    if module.key in switches:
        return bool(switches[module.key])
    order = [preset for preset, _label in PRESETS]
    return order.index(module.preset) <= order.index(settings.get("modules.preset"))
