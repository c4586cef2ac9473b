"""Search over what a reader may see, on the engine the tests run on: SQLite, or PostgreSQL by TEST_DATABASE_URL."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import Select, func, select, text

from app.core import modules, search, search_index
from app.core.db import session
from app.core.highlighting import highlight, snippet
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.search import Past, SearchSource, find, put
from app.core.search_index import SearchEntry
from app.core.search_tokens import MOST_RUNS, asked_runs, runs
from app.core.uow import unit_of_work

READER = Actor(1, "周文静")
ALPHABET = "液压泵江苏大地农机厂aBZ019０Ａ -/.()（）𠮷é\u0301"
WORDS = st.text(alphabet=ALPHABET, max_size=14)
# Whether the kind is the same for all readers, and whether PostgreSQL looks among the newest entries first.
WAYS = [
    pytest.param((False, False), id="for the reader"),
    pytest.param((True, False), id="the same for all"),
    pytest.param((False, True), id="the newest sections first"),
]


def ids_up_to(limit: int) -> Select[int]:
    return select(SearchEntry.doc_id).where(SearchEntry.doc_id <= limit)


@pytest.fixture(autouse=True, params=WAYS)
def only_our_source(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """One kind of record, of which the reader may see those numbered up to 50."""
    same_for_all, by_sections = request.param
    monkeypatch.setattr(search, "_sources", {})
    search.register_source(
        SearchSource(
            "thing",
            lazy("东西"),
            lambda actor: ids_up_to(50),
            lambda number: f"/things/{number}",
            same_for_all=same_for_all,
        )
    )
    if by_sections:
        monkeypatch.setattr(search, "SECTIONS", (2, 4))
        monkeypatch.setattr(search, "LOOKED_THROUGH", 0)
        monkeypatch.setattr(search_index, "LONG", 4)
        monkeypatch.setattr(search_index, "NEAREST_OF_NEWEST", (2, 2))
        monkeypatch.setattr(search_index, "NEAREST_OF_BEST", (4, 4))


def index(*titles: str, first: int = 1) -> None:
    with unit_of_work():
        for number, title in enumerate(titles, first):
            put("thing", number, title)


def found(query: str, limit: int = 50) -> list[int]:
    return [hit.doc_id for group in find(READER, query, limit) for hit in group.hits]


@pytest.mark.parametrize(
    "query", ["液压", "压泵", "泵", "液压泵", "HG500", "hg5", "500", "５００", "液压 常林", "G500液"]
)
def test_any_part_of_a_run_is_found(query: str):
    index("常林HG500液压泵", "别的东西")
    assert found(query) == [1]


@pytest.mark.parametrize(
    "query",
    ["液泵", "泵压", "常林 齿轮", "hg600", "'", '"', "%", "_", "*", "", " ", "OR", "NEAR(", "\0", "a" * 200],
)
def test_what_is_not_there_or_is_no_word_finds_nothing(query: str):
    index("常林液压泵HG500")
    assert found(query) == []


def test_what_is_typed_never_reaches_the_query_language():
    index("常林液压泵", "或 OR 非 NOT")
    assert found('液压" OR "非') == []
    assert found("非* AND (not)") == []
    assert found("not OR 非") == [2]


def test_words_of_title_and_text_count_together():
    with unit_of_work():
        put("thing", 1, "XJ-2026-0001 大地农机", "第一行\n液压缸 HSG80")
    assert found("大地 液压缸") == [1]


def test_a_run_is_not_found_across_two_lines():
    with unit_of_work():
        put("thing", 1, "标题", "液\n压")
    assert found("液压") == []


def test_what_the_reader_may_not_see_is_not_found_and_takes_no_place():
    index(*["液压泵"] * 40, first=51)
    index("液压泵", first=7)
    assert found("液压", limit=1) == [7]


def test_a_title_comes_before_a_text_and_the_new_before_the_old():
    with unit_of_work():
        put("thing", 1, "液压泵")
        put("thing", 2, "液压缸")
        put("thing", 3, "别的", "液压")
    assert found("液压") == [2, 1, 3]


def test_the_newest_come_first_where_that_is_wanted():
    index("液压泵", "别的", "液压泵站")
    with unit_of_work():
        put("thing", 2, "别的", text="液压泵")
    ids = [hit.doc_id for group in find(READER, "液压泵", 50, newest_first=True) for hit in group.hits]
    assert ids == [3, 2, 1]


@pytest.mark.parametrize("every", [1, 3, 20])
@pytest.mark.parametrize("limit", [1, 4])
def test_as_many_of_the_newest_as_are_wanted_are_found_wherever_they_stand(
    monkeypatch: pytest.MonkeyPatch, every: int, limit: int
):
    monkeypatch.setattr(search, "CANDIDATES", 4)
    holding = list(range(70, 0, -every))
    in_title = {number for number in holding if number % 2}
    with unit_of_work():
        for number in range(1, 71):
            word = "液压泵" if number in holding else "齿轮"
            put("thing", number, *((word, "") if number in in_title else ("别的", word)))
    # those above fifty may not be seen
    seen = [number for number in holding if number <= 50]
    best = sorted(seen[: max(4, 2 * (limit + 1))], key=lambda number: (number not in in_title, -number))
    for newest_first, expected in ((True, seen), (False, best)):
        [group] = find(READER, "液压", limit, newest_first=newest_first)
        assert [hit.doc_id for hit in group.hits] == expected[:limit]
        assert group.more is (len(expected) > limit)


def test_a_few_long_records_do_not_hide_the_others():
    index("液压泵", "液压泵站")
    with unit_of_work():
        put("thing", 3, "厂", text="液压泵 " * 20_000)
    for newest_first in (False, True):
        [group] = find(READER, "液压泵", 2, newest_first=newest_first)
        assert len(group.hits) == 2
        assert group.more
        assert len(find(READER, "液压泵", 5, newest_first=newest_first)[0].hits) == 3


def test_more_than_asked_for_is_told():
    index(*["液压泵"] * 4)
    [group] = find(READER, "液压", 3)
    assert (len(group.hits), group.more) == (3, True)
    [group] = find(READER, "液压", 4)
    assert (len(group.hits), group.more) == (4, False)


def test_what_no_longer_holds_is_found_and_marked_only_where_it_is_asked_for():
    asked: list[list[int]] = []

    def marks(ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        asked.append(list(ids))
        return {number: ("旧" if number > 50 else "新", "状态", "neutral") for number in ids}

    search.register_source(
        SearchSource(
            "thing",
            lazy("东西"),
            lambda actor: ids_up_to(50),
            lambda number: f"/things/{number}",
            past=Past(lambda actor: ids_up_to(60), marks),
        )
    )
    index(*["液压泵"] * 13, first=49)
    for newest_first in (False, True):
        [group] = find(READER, "液压", 50, newest_first=newest_first)
        assert [(hit.doc_id, hit.mark) for hit in group.hits] == [(50, None), (49, None)]
        assert asked == []
        [group] = find(READER, "液压", 50, newest_first=newest_first, past=True)
        assert [hit.doc_id for hit in group.hits] == list(range(60, 48, -1))
        assert [hit.mark[0] for hit in group.hits if hit.mark] == ["旧"] * 10 + ["新"] * 2
        assert len(asked) == 1
        asked.clear()


def test_a_kind_without_a_past_is_found_as_ever():
    index("液压泵", "液压泵", first=50)
    [group] = find(READER, "液压", 50, past=True)
    assert [(hit.doc_id, hit.mark) for hit in group.hits] == [(50, None)]


def test_one_kind_alone_can_be_asked_for():
    search.register_source(
        SearchSource(
            "other", lazy("其他"), lambda actor: ids_up_to(50), lambda number: f"/others/{number}", order=1
        )
    )
    with unit_of_work():
        put("thing", 1, "液压泵")
        put("other", 1, "液压泵")
    assert [group.source.doc_type for group in find(READER, "液压")] == ["other", "thing"]
    assert [group.source.doc_type for group in find(READER, "液压", only="thing")] == ["thing"]


def test_only_kinds_the_index_holds_anything_of_are_asked_for_the_reader(
    queries: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search, "LOOKED_THROUGH", 100)
    asked: list[str] = []

    def visible(kind: str) -> Callable[[Actor], Select[int]]:
        def of(actor: Actor) -> Select[int]:
            asked.append(f"{kind} {actor.name}")
            return ids_up_to(50)

        return of

    index("液压泵")
    open_to_all = replace(search._sources["thing"], visible=visible("thing"), same_for_all=True)
    search.register_source(
        open_to_all,
        *(SearchSource(kind, lazy("东西"), visible(kind), str, order=200) for kind in ("person", "place")),
    )
    with unit_of_work():
        put("person", 7, "液压")
        put("person", 77, "压缩")
        put("place", 8, "别的")
    found("液压")
    asked.clear()
    with queries() as one:
        assert found("压泵") == [1]
    with queries() as two:
        assert found("液压") == [1, 7]
    looked = [[sent for sent in answer if "search_part" in sent] for answer in (one, two)]
    assert list(map(len, looked)) == [1, 2]
    # what is the same for all was made once; what nobody could find is not asked for
    assert asked == ["person 周文静"]
    assert found("压缩") == []


def test_a_kind_whose_module_is_off_is_not_found():
    modules.register(modules.Module("search-test", lazy("测试"), modules.FULL))
    modules.own_documents("search-test", "thing")
    try:
        index("液压泵")
        assert found("液压") == []
    finally:
        modules._registered.pop("search-test")
        modules._documents.pop("thing")


def test_indexing_again_replaces_what_stood_there():
    index("液压泵")
    index("齿轮箱")
    assert found("液压") == []
    assert found("齿轮") == [1]


def test_indexing_the_same_again_writes_nothing(queries):
    index("液压泵")
    with unit_of_work(), queries() as sent:
        put("thing", 1, "液压泵")
    assert not [statement for statement in sent if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_removed_record_is_gone_with_its_index():
    index("液压泵")
    with unit_of_work():
        search.remove("thing", 1)
        search.remove("thing", 2)
    assert found("液压") == []
    assert session.execute(select(func.count()).select_from(SearchEntry)).scalar_one() == 0
    assert session.execute(text("SELECT count(*) FROM search_part")).scalar_one() == 0


@pytest.mark.parametrize("length", [249, 250, 251, 400, 5_000])
def test_the_end_of_a_very_long_run_is_found(length: int):
    with unit_of_work():
        put("thing", 1, "标题", "泵" * length + "液压缸体")
    assert found("泵液压缸体") == [1]
    assert found("泵" * 60 + "液") == [1]


def test_a_token_may_come_more_often_than_postgresql_counts():
    with unit_of_work():
        put("thing", 1, "标题", "\n".join(["000 型号"] * 400) + "\n末尾00型")
    assert found("末尾00") == [1]


def test_a_megabyte_of_text_is_cut_and_still_found_by_its_beginning():
    with unit_of_work():
        put("thing", 1, "标题", "开头" + "长" * 1_000_000)
    assert found("开头") == [1]


def test_characters_no_database_keeps_are_left_out():
    with unit_of_work():
        put("thing", 1, "液\0压\ud800泵", "a\0b")
    assert found("液压泵") == [1]


def test_many_words_are_cut_to_a_few():
    assert asked_runs("一 二 三 四 五 六 七") == ["一", "二", "三", "四", "五"]
    assert asked_runs("长" * 100) == ["长" * 60]


@rules(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(WORDS, min_size=1, max_size=4))
def test_the_same_is_found_as_by_looking_for_each_run_in_each_run(
    titles: list[str], queries_asked: list[str]
):
    with unit_of_work():
        for number in range(1, 7):
            search.remove("thing", number)
        for number, title in enumerate(titles, 1):
            put("thing", number, title)
    for query in queries_asked:
        asked = runs(query)[:MOST_RUNS]
        expected = {
            number
            for number, title in enumerate(titles, 1)
            if asked and all(any(run in held for held in runs(title)) for run in asked)
        }
        assert set(found(query)) == expected


def test_what_was_asked_for_is_marked():
    assert highlight("常林 HG500 液压泵", ["hg5", "液压"]) == (
        ("常林 ", False),
        ("HG5", True),
        ("00 ", False),
        ("液压", True),
        ("泵", False),
    )


def test_marking_keeps_a_text_whole_where_characters_grow():
    pieces = highlight("ﬁlter Ａ１", ["fi", "a1"])
    assert "".join(piece for piece, _hit in pieces) == "ﬁlter Ａ１"
    assert pieces[0] == ("ﬁ", True)


def test_a_snippet_shows_the_line_around_what_was_asked_for():
    written = "第一行\n" + "前" * 60 + "液压" + "后" * 90 + "\n第三行"
    pieces = snippet(written, ["液压"])
    shown = "".join(piece for piece, _hit in pieces)
    assert ("液压", True) in pieces
    assert shown.startswith("…前")
    assert shown.endswith("后…")
    assert "行" not in shown


def test_a_short_line_is_shown_whole():
    assert snippet("一\n液压泵\n三", ["压"]) == (("液", False), ("压", True), ("泵", False))
    assert snippet("一二三", ["四"]) == ()


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_kind_is_found_behind_hundreds_of_another(newest_first: bool):
    for doc_type in ("letter", "paper"):
        search.register_source(
            SearchSource(doc_type, lazy("别的"), lambda actor: ids_up_to(10_000), lambda number: f"/{number}")
        )
    with unit_of_work():
        put("letter", 1, "液压泵")
        put("letter", 2, "齿轮")
        search.put_many("paper", [search.Record(number, "液压泵") for number in range(1, 260)])
        put("thing", 3, "液压泵站")
    groups = find(READER, "液压", 2, newest_first=newest_first)
    assert {group.source.doc_type: [hit.doc_id for hit in group.hits] for group in groups} == {
        "letter": [1],
        "paper": [259, 258],
        "thing": [3],
    }
    assert {group.source.doc_type for group in find(READER, "齿轮", 2, newest_first=newest_first)} == {
        "letter"
    }
