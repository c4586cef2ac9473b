"""Settings of the installation: registered with kind, default and label, stored as rows, read once per transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, session
from app.core.i18n import LazyText


class SettingRow(Model):
    """A setting that differs from its default."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON, nullable=True)


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
    """Return the stored values by key, read once per transaction."""
    values = session.info.get("settings")
    if values is None:
        values = {row.key: row.value for row in session.execute(select(SettingRow.key, SettingRow.value))}
        session.info["settings"] = values
    return dict(values)


def get(key: str) -> Any:
    """Return the value of a registered setting, its default where none is stored; KeyError for an unknown key."""
    setting = _registered[key]
    values = session.info.get("settings")
    if values is None:
        stored()
        values = session.info["settings"]
    return values.get(key, setting.default)


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
