"""Objects of the tables out of prepared statements, for pages that read much and write nothing.

SQLAlchemy's own loading sets itself up anew for every statement and looks at each column of each table again, which
for a page of one document costs more than all the rest of its reading. Here a statement names the columns of several
tables side by side, is sent as ``core/prepared.py`` sends it, and its rows become objects of the session by the steps
of SQLAlchemy's own loader: a column that was left out, or another table, is read when it is asked for. An object the
session knows already stays the same one, with what was changed in it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, SelectBase, inspect
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from app.core.db import Model, session
from app.core.prepared import read

# The key of the tables that are read so.
KEY = "id"


class Part:
    """The columns of one table within the rows of a statement; ``leave`` or ``only`` narrow them down.

    ``alias`` is what the statement calls the table, where it is in it more than once. Raises ValueError for a table
    whose key is not ``id`` alone.
    """

    def __init__(
        self,
        kind: type[Model],
        *,
        leave: Sequence[InstrumentedAttribute[Any]] = (),
        only: Sequence[InstrumentedAttribute[Any]] = (),
        alias: Any = None,
    ) -> None:
        self.kind = kind
        self.source: Any = alias if alias is not None else kind
        self.manager = inspect(kind).class_manager
        left, wanted = {item.key for item in leave}, {item.key for item in only}
        deferred = {item.key for item in inspect(kind).column_attrs if item.deferred}
        every = [item.key for item in inspect(kind).column_attrs if item.key not in deferred]
        names = [name for name in every if name not in left]
        if wanted:
            names = [name for name in names if name in wanted or name == KEY]
        self.names = tuple(names)
        self.left = frozenset(every) - frozenset(names)
        self.place_of_key = names.index(KEY)

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """The columns to select."""
        return [getattr(self.source, name) for name in self.names]

    def made(self, values: Sequence[Any]) -> Any:
        """Return the object of the session with these values, None for the nothing of an outer join."""
        identity = values[self.place_of_key]
        if identity is None:
            return None
        current, key = session(), (self.kind, (identity,), None)
        known = current.identity_map.get(key)
        if known is not None:
            # what a new transaction made doubtful is known again; what was changed in it stays
            doubtful = inspect(known).expired_attributes.intersection(self.names)
            for name in doubtful:
                set_committed_value(known, name, values[self.names.index(name)])
            return known
        row = self.manager.new_instance()
        state = instance_state(row)
        state.dict.update(zip(self.names, values, strict=True))
        state.key, state.session_id = key, current.hash_key
        state.expired_attributes.update(self.left)
        current.identity_map.add(state)
        return row


def columns(parts: Sequence[Part]) -> list[ColumnElement[Any]]:
    """Return the columns of several parts in the order in which ``read_objects`` takes them apart."""
    return [column for part in parts for column in part.columns]


def read_objects(
    parts: Sequence[Part], statement: SelectBase, values: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Return for each row of a kept statement of ``columns(parts)`` its objects, a tuple in the order of the parts."""
    found = []
    for row in read(statement, values):
        begun, objects = 0, []
        for part in parts:
            ended = begun + len(part.names)
            objects.append(part.made(row[begun:ended]))
            begun = ended
        found.append(tuple(objects))
    return found
