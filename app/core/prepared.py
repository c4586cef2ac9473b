"""Statements that are sent again and again: compiled once, then sent with nothing but their values.

SQLAlchemy keeps what it compiled too, but finds it again by walking through the whole statement and looks at each
parameter anew, which for the statements of a page costs several times what the database takes to answer them. What is
prepared here is found by the statement itself, so a caller must keep it (``functools.cache``).
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Row, Select, SelectBase, func
from sqlalchemy.exc import DBAPIError

from app.core.db import session, writing

KEPT = 2_048
# A list is filled up to one of these lengths, so that a statement is prepared a few times and not for each length.
LENGTHS = (1, 4, 16, 64, 256)
NAMED = re.compile(r"%\((\w+)\)s")

# What PostgreSQL answers when one of these is selected: until the transaction ends or the other is selected it plans
# the statements it keeps once, for any values, or each time for those given. Planning takes longer than looking up a
# few rows; what is planned once must be written so that the same plan suits all values.
PLANNED_ONCE, PLANNED_EACH_TIME = (
    func.set_config("plan_cache_mode", mode, True) for mode in ("force_generic_plan", "auto")
)

Convert = Callable[[Any], Any]


class Asked(NamedTuple):
    """A value that is asked for whenever the statement is sent: where it stands, who says it, how it is written."""

    place: Any
    say: Callable[[dict[str, Any]], Any]
    write: Convert | None


class AskedMany(NamedTuple):
    """A list of values of a fixed length: under which name it is given, where each stands, how it is written."""

    name: str
    places: Sequence[Sequence[Any]]
    write: Convert | None


class Prepared:
    """A statement as the driver takes it, for one dialect."""

    def __init__(
        self,
        statement: SelectBase,
        dialect: Dialect,
        names: Iterable[str],
        lengths: Iterable[tuple[str, int]] = (),
    ) -> None:
        """Compile a SELECT whose caller gives values for ``names``, as many of them as ``lengths`` says of a list.

        ValueError where a list has no length.
        """
        compiled: Any = statement.compile(dialect=dialect)
        many = {name: [None] * length for name, length in lengths}
        state = compiled.construct_expanded_state({**dict.fromkeys(names), **many})
        writing: dict[str, Convert | None] = dict(state.processors)
        saying: dict[str, Callable[[dict[str, Any]], Any]] = {}
        for bind, name in compiled.bind_names.items():
            if name not in state.parameters:
                continue
            writing[name] = bind.type.dialect_impl(dialect).bind_processor(dialect)
            say = _say(bind)
            if say is not None:
                saying[name] = say
        lists = [bind for bind in compiled.bind_names if bind.expanding and _say(bind) is not None]
        boundless = [bind.key for bind in lists if bind.key not in many]
        if boundless:
            raise ValueError(f"{boundless} have as many values as are given: no text stays the same")
        self.dialect = dialect
        self.text: str = state.statement
        self.positional = state.positiontup is not None
        self.numbered = _numbered(self.text) if dialect.driver == "psycopg" else None
        places: list[tuple[Any, str]] = list(enumerate(state.positiontup or ()))
        if not self.positional:
            places = [(name, name) for name in state.parameters]
        self.fixed: Any = [None] * len(places) if self.positional else {}
        self.asked: list[Asked] = []
        self.asked_many: list[AskedMany] = []
        of_name: dict[str, list[Any]] = {}
        for place, name in places:
            of_name.setdefault(name, []).append(place)
        for bind in lists:
            write = bind.type.dialect_impl(dialect).bind_processor(dialect)
            expanded = state.parameter_expansion[compiled.bind_names[bind]]
            self.asked_many.append(AskedMany(bind.key, [of_name[name] for name in expanded], write))
        for place, name in places:
            write = writing.get(name)
            if name in saying:
                self.asked.append(Asked(place, saying[name], write))
            else:
                value = state.parameters[name]
                self.fixed[place] = write(value) if write else value
        columns = statement.selected_columns
        self.types = [column.type for column in columns]
        # a tuple with names that costs what a tuple costs; columns without a name are reached by their place
        self.make: Callable[[Iterable[Any]], Any] = _row_of(tuple(columns.keys()))
        self.reading: list[tuple[int, Convert]] | None = None

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        """Send the statement and return all of its rows, as tuples with names."""
        parameters: Any = self.fixed.copy()
        for place, say, write in self.asked:
            value = say(values)
            parameters[place] = value if write is None else write(value)
        for key, elements, write in self.asked_many:
            for places, value in zip(elements, values[key], strict=True):
                written = value if write is None else write(value)
                for place in places:
                    parameters[place] = written
        found, make = self._found(connection, tuple(parameters) if self.positional else parameters), self.make
        reading = self.reading
        if not reading:
            return [make(row) for row in found]
        rows = []
        for row in found:
            changed = list(row)
            for place, read in reading:
                changed[place] = read(changed[place])
            rows.append(make(changed))
        return rows

    def _found(self, connection: Connection, parameters: Any) -> Sequence[Any]:
        """Return the driver's own rows.

        Its cursor is asked directly, unless somebody listens to the statements: SQLAlchemy describes the columns of
        every result anew, which takes longer than reading a page's few rows. What goes wrong is told in its errors.
        """
        if connection.dispatch.before_cursor_execute:
            result = connection.exec_driver_sql(self.text, parameters)
            found = self._fetched(result.cursor)
            result.close()
            return found
        base = self.dialect.loaded_dbapi.Error
        cursor: Any
        if self.numbered is None:
            cursor, text = connection.connection.cursor(), self.text
        else:
            # its usual cursor reads a long text anew each time to find the names in it
            cursor = self.dialect.loaded_dbapi.RawCursor(connection.connection.driver_connection)
            text, names = self.numbered
            parameters = [parameters[name] for name in names]
        try:
            self.dialect.do_execute(cursor, text, parameters)
            return self._fetched(cursor)
        except base as problem:
            lost = self.dialect.is_disconnect(problem, connection.connection, cursor)
            if lost:
                connection.invalidate(problem)
            raise DBAPIError.instance(
                text, parameters, problem, base, connection_invalidated=lost, dialect=self.dialect
            ) from problem
        finally:
            cursor.close()

    def _fetched(self, cursor: Any) -> Sequence[Any]:
        if self.reading is None:
            self.reading = self._reading(cursor.description)
        rows: Sequence[Any] = cursor.fetchall()
        return rows

    def _reading(self, description: Any) -> list[tuple[int, Convert]]:
        found: list[tuple[int, Convert]] = []
        for place, kind in enumerate(self.types):
            read = kind.dialect_impl(self.dialect).result_processor(self.dialect, description[place][1])
            if read is not None:
                found.append((place, read))
        return found


def _numbered(text: str) -> tuple[str, list[str]]:
    """Return a text with numbers in the places of its names, and the names in the order of their numbers."""
    names = list(dict.fromkeys(NAMED.findall(text)))
    numbers = {name: f"${number}" for number, name in enumerate(names, 1)}
    return NAMED.sub(lambda found: numbers[found[1]], text).replace("%%", "%"), names


def _say(bind: Any) -> Callable[[dict[str, Any]], Any] | None:
    """Return who says the value of a parameter, None where it stands fast."""
    if bind.callable is not None:
        make = bind.callable
        return lambda values: make()
    if bind.required:
        key = bind.key
        return lambda values: values[key]
    return None


@lru_cache(KEPT)
def _row_of(names: tuple[str, ...]) -> Any:
    make_type: Any = namedtuple
    return make_type("Row", names, rename=True)._make


@lru_cache(KEPT)
def prepared(
    statement: SelectBase, dialect: Dialect, names: tuple[str, ...], lengths: tuple[tuple[str, int], ...] = ()
) -> Prepared:
    """Return a statement prepared for a dialect; the same one for the same statement and lengths of its lists."""
    return Prepared(statement, dialect, names, lengths)


def filled_up(values: Sequence[Any]) -> list[Any]:
    """Return the values of a list with the last one repeated up to one of few lengths; nothing is like no value."""
    length = next((step for step in LENGTHS if step >= len(values)), len(values))
    return [*values, *[values[-1] if values else None] * (length - len(values))]


def read(statement: SelectBase, values: dict[str, Any] | None = None) -> list[Any]:
    """Return the rows of a kept statement in the session's own transaction, as tuples with the names of its columns.

    ``values`` are those of its named parameters; parameters with a ``callable_`` are asked. A list is what a parameter
    of an IN is looked for among. Never for a statement made for one request: it would be compiled for nothing.
    """
    given = dict(values or {})
    lengths = []
    for name, value in given.items():
        if type(value) is list:
            given[name] = filled_up(value)
            lengths.append((name, len(given[name])))
    if writing.get() and session.autoflush:
        # what was changed so far is part of what a unit of work reads
        session.flush()
    connection = session.connection()
    return prepared(statement, connection.dialect, tuple(given), tuple(lengths)).rows(connection, given)


def read_once(statement: Select[Any], values: dict[str, Any] | None = None) -> Sequence[Row[Any]]:
    """Return the rows of any other SELECT of columns, past all that objects would need."""
    return session.connection().execute(statement, values).all()
