"""Settings of the installation: registered with kind, default and label, stored as rows, kept until they change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import configuration
from app.core.db import Model, session, writing
from app.core.i18n import LazyText


class SettingRow(Model):
    """A setting that differs from its default."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON, nullable=True)


configuration.watch(SettingRow.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Setting:
    """A registered setting.

    ``kind`` is text, long_text, number, amount (a decimal kept as text), boolean, choice, choices or hidden;
    ``choices`` gives value and label of a choice; ``check`` returns a sentence for a value that cannot be accepted.
    """

    key: str
    kind: str
    default: Any
    label: LazyText
    section: str = "general"
    hint: LazyText | None = None
    choices: tuple[tuple[str, LazyText], ...] = ()
    module: str | None = None
    check: Callable[[Any], LazyText | None] | None = None


_registered: dict[str, Setting] = {}


def register(*settings: Setting) -> None:
    """Add settings of a feature."""
    for setting in settings:
        _registered[setting.key] = setting


def registered() -> list[Setting]:
    """Return all settings in order of registration."""
    return list(_registered.values())


def stored() -> dict[str, Any]:
    """Return the stored values by key."""
    return dict(_values())


def _values() -> dict[str, Any]:
    if not writing.get():
        return configuration.kept("settings", _read)
    values: dict[str, Any] | None = session.info.get("settings")
    if values is None:
        values = session.info["settings"] = _read()
    return values


def _read() -> dict[str, Any]:
    return {row.key: row.value for row in session.execute(select(SettingRow.key, SettingRow.value))}


def get(key: str) -> Any:
    """Return the value of a registered setting, its default where none is stored; KeyError for an unknown key."""
    setting = _registered[key]
    return _values().get(key, setting.default)


def put(key: str, value: Any) -> None:
    """Store a setting inside the open unit of work; KeyError for an unknown key."""
    _registered[key]
    row = session.get(SettingRow, key)
    if row is None:
        session.add(SettingRow(key=key, value=value))
    else:
        row.value = value
    session.flush()
    session.info.pop("settings", None)
