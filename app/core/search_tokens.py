"""The tokens of the search index: pairs of characters, so that Chinese words are found without a dictionary.

What is looked for is told in tokens as well, in the language of each engine's index.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.core.highlighting import folded
from app.core.search_index import name_of_run

# A part holds fewer tokens than PostgreSQL keeps positions; neighbouring parts of one long run overlap by the
# longest run that may be asked for, so that nothing is lost between them.
PART_TOKENS = 250
LONGEST_RUN = 60
MOST_RUNS = 5
# Longer texts are indexed up to here.
MOST_TEXT = 100_000


def runs(written: str) -> list[str]:
    """Return the runs of letters and digits of a text, folded."""
    return "".join(map(folded, written)).split()


@lru_cache(maxsize=50_000)
def token(characters: str) -> str:
    """Return a token of one or two characters in a-z and 0-9.

    No token begins another one but of the same start.
    """
    return "".join(f"{ord(character):05x}" for character in characters)


def tokens_of(run: str) -> list[str]:
    """Return the tokens of a run: each pair of neighbours, and the last character."""
    return [token(run[index : index + 2]) for index in range(len(run))]


def kind_token(doc_type: str) -> str:
    """Return the token that every part of a record of a kind holds; no text has such a one."""
    return f"kind{doc_type.replace('_', '')}"


def block_token(number: int) -> str:
    """Return the token that every part of the entries of a block holds on PostgreSQL; no text has such a one."""
    return f"block{number}"


def parts_of(written: str) -> Iterator[list[str]]:
    """Give the tokens of a text in parts short enough for the index."""
    part: list[str] = []
    for run in runs(written[:MOST_TEXT]):
        tokens = tokens_of(run)
        if part and len(part) + len(tokens) > PART_TOKENS:
            yield part
            part = []
        while len(tokens) > PART_TOKENS:
            yield tokens[:PART_TOKENS]
            tokens = tokens[PART_TOKENS - LONGEST_RUN :]
        part += tokens
    if part:
        yield part


def asked_runs(query: str) -> list[str]:
    """Return the runs of a typed query, at most MOST_RUNS of LONGEST_RUN characters."""
    return [run[:LONGEST_RUN] for run in runs(query[:1_000])][:MOST_RUNS]


# What is looked for


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the folded runs, among the entries of these blocks, or of all where none are given."""

    runs: Sequence[str]
    blocks: Sequence[int] = ()

    @property
    def first(self) -> "Wanted":
        """The first run alone."""
        return Wanted(self.runs[:1], self.blocks)


def values_of(wanted: Wanted, kinds: Mapping[str, Sequence[str]], *, postgresql: bool) -> dict[str, str]:
    """Return the values of the parameters of a search, for each name of parameters the kinds looked through."""
    blocks = [block_token(number) for number in wanted.blocks]
    values = {}
    for name, doc_types in kinds.items():
        tokens = [kind_token(doc_type) for doc_type in doc_types]
        for number, run in enumerate(wanted.runs):
            values[name_of_run(number, name)] = (
                _wanted_on_postgresql(run, tokens, blocks) if postgresql else _wanted_on_sqlite(run, tokens)
            )
    # a run holds letters and digits alone: nothing that LIKE would read as a sign
    return values | {"in_title": f"%{wanted.runs[0]}%"}


def _wanted_on_postgresql(run: str, kinds: Sequence[str], blocks: Sequence[str]) -> str:
    pairs = " <-> ".join(f"'{pair}'" for pair in _pairs(run)) or f"'{token(run)}':*"
    among = [" | ".join(f"'{item}'" for item in items) for items in (kinds, blocks) if items]
    return " & ".join(f"({item})" for item in (*among, pairs))


def _wanted_on_sqlite(run: str, kinds: Sequence[str]) -> str:
    pairs = f'"{" ".join(_pairs(run))}"' if len(run) > 1 else f'"{token(run)}" *'
    return f"({' OR '.join(kinds)}) AND {pairs}"


def _pairs(run: str) -> list[str]:
    return tokens_of(run)[:-1]
