"""The pages of suggestions over HTTP: who opens what, writing, similar ones, votes, comments, steps, lists, figures."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.core import clock, growth, topics
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.suggestions import queries as read
from app.features.suggestions import unnamed
from app.features.suggestions.models import Suggestion, SuggestionTheme
from tests.client import Client
from tests.features.checks import desk as checks_desk
from tests.features.rules import rulebook
from tests.features.suggestions import desk
from tests.features.suggestions.desk import Office

Queries = Callable[[], AbstractContextManager[list[str]]]
FORM = "/suggestions/new"


@pytest.fixture
def office() -> Office:
    return desk.office()


def sign_in(client: Client, office: Office, who: str) -> Client:
    return client.as_(office.user(who))


def token(client: Client) -> dict[str, str]:
    return {"csrf_token": client.page.all("input", name="csrf_token")[0].attributes["value"]}


def test_one_box_is_enough_and_it_is_sent_once(client: Client, office: Office) -> None:
    sign_in(client, office, "author").get("/suggestions")
    assert client.page.all("a", href=FORM)
    client.get(FORM)
    assert "一句话也行" in client.page.text
    values = client.page.values(FORM)
    assert client.post(FORM, {**values, "title": " "}).status_code == 422
    assert client.post(FORM, {**values, "title": "长" * 201}).status_code == 422
    first = client.post(FORM, {**values, "title": "在库房门口放一台扫码枪"})
    assert first.status_code == 303
    assert client.post(FORM, {**values, "title": "别的"}).headers["Location"] == first.headers["Location"]
    assert session.query(Suggestion).count() == 1
    client.get(first.headers["Location"])
    said = ("JY-", "受理剩余 2 个工作日 · 王建国", "在库房门口放一台扫码枪", "陈志远", "待受理")
    assert [text for text in said if text not in client.page.text] == []


def test_photos_and_files_go_along(client: Client, office: Office) -> None:
    sign_in(client, office, "author").get(FORM)
    values = {**client.page.values(FORM), "title": "扫码枪"}
    lying = client.post(FORM, {**values, "file": (io.BytesIO(b"no picture"), "a.png")})
    assert lying.status_code == 422
    assert "扫码枪" in client.page.one("input", name="title").attributes["value"]
    sent = client.post(FORM, {**values, "file": (io.BytesIO(b"%PDF-1.4 x"), "报价.pdf")})
    page = sent.headers["Location"]
    client.get(page)
    assert "报价.pdf" in client.page.text
    files = f"{page}/files"
    assert client.post(files, client.page.values(files)).status_code == 422
    client.get(page)
    more = {**client.page.values(files), "file": (io.BytesIO(b"%PDF-1.4 y"), "图.pdf")}
    assert client.post(files, more).status_code == 303
    sign_in(client, office, "colleague").get(FORM)
    theirs = {**token(client), "file": (io.BytesIO(b"%PDF-1.4 z"), "z.pdf")}
    assert client.post(files, theirs).status_code == 403


def test_similar_ones_appear_as_one_types_and_without_scripts(client: Client, office: Office) -> None:
    desk.sent(office, who="colleague", title="库房门口放扫码枪")
    desk.sent(office, who="colleague", title="食堂晚饭延长")
    sign_in(client, office, "author").get("/suggestions/similar?title=给库房买扫码枪", htmx=True)
    assert "库房门口放扫码枪" in client.page.text
    assert "食堂" not in client.page.text
    for typed in ("", "x", "%", "🙂🙂", "'; DROP TABLE", "长" * 5_000):
        assert client.get("/suggestions/similar", query_string={"title": typed}).status_code == 200
    client.get(FORM)
    client.post(FORM, {**client.page.values(FORM), "title": "库房扫码枪", "department_id": "999"})
    assert "库房门口放扫码枪" in client.page.text


def test_a_draft_is_the_authors_alone(client: Client, office: Office) -> None:
    sign_in(client, office, "author").get(FORM)
    kept = client.post(FORM, {**client.page.values(FORM), "title": "草稿一条", "keep": "1"})
    page = kept.headers["Location"]
    sign_in(client, office, "manager")
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/edit").status_code == 404
    sign_in(client, office, "author").get(f"{page}/edit")
    values = client.page.values(f"{page}/edit")
    assert client.post(f"{page}/edit", {**values, "title": "改过的一条"}).status_code == 303
    assert client.post(f"{page}/edit", {**values, "title": "又改"}).status_code == 409
    client.get(page)
    assert client.post(f"{page}/submit", client.page.values(f"{page}/submit")).status_code == 303
    assert client.get(f"{page}/edit").status_code == 409
    assert sign_in(client, office, "manager").get(page).status_code == 200


def test_a_vote_is_ones_own_whatever_a_script_sends(client: Client, office: Office) -> None:
    number = desk.sent(office)
    page = f"/suggestions/{number}"
    sign_in(client, office, "colleague").get(page)
    vote = f"{page}/vote"
    values = client.page.values(vote)
    others = {"user_id": str(office.people["manager"]), "actor": "manager", "person": "1"}
    assert client.post(vote, {**values, **others}).status_code == 303
    assert list(read.supporters(number)) == [office.people["colleague"]]
    again = client.post(vote, values)
    assert again.status_code == 409
    assert "每人一票" in client.page.text
    client.get(page)
    assert client.post(f"{page}/unvote", client.page.values(f"{page}/unvote")).status_code == 303
    desk.fire(office, number, "withdraw", "author", note="不提了")
    sign_in(client, office, "manager")
    assert client.get(page).status_code == 404
    assert client.post(vote, token_of(client, office)).status_code == 404


def token_of(client: Client, office: Office) -> dict[str, str]:
    client.get(FORM)
    return token(client)


def test_votes_after_the_end_are_refused_with_a_sentence(client: Client, office: Office) -> None:
    number = desk.in_review(office)
    desk.fire(office, number, "decline", "manager", note="没有预算")
    sign_in(client, office, "colleague").get(f"/suggestions/{number}")
    assert not client.page.all("form", action=f"/suggestions/{number}/vote")
    sent = client.post(f"/suggestions/{number}/vote", token_of(client, office))
    assert sent.status_code == 409
    assert (
        client.post(f"/suggestions/{number}/comments", {**token_of(client, office), "text": "好"}).status_code
        == 409
    )
    assert read.vote_count(number) == 0


def test_comments_show_scripts_as_text(client: Client, office: Office) -> None:
    number = desk.sent(office, title="<script>alert(1)</script>")
    page, form = f"/suggestions/{number}", f"/suggestions/{number}/comments"
    sign_in(client, office, "colleague").get(page)
    attack = "<img src=x onerror=alert(1)><div hx-get=/x hx-trigger=load>"
    assert client.post(form, {**client.page.values(form), "text": attack}).status_code == 303
    client.get(page)
    assert attack in client.page.text
    assert not client.page.all("img", src="x")
    assert all("alert(1)" not in each.text for each in client.page.all("script"))
    for bad in (" ", "长" * 1_001, "a\x00b"):
        client.get(page)
        assert client.post(form, {**client.page.values(form), "text": bad}).status_code == 422


def test_each_role_opens_what_is_theirs(client: Client, office: Office) -> None:
    number = desk.sent(office)
    desk.fire(office, number, "accept", "manager")
    open_to_all = ["", "/new", "/unnamed", "/receipt", "/board", "/themes", "/similar", f"/{number}"]
    handlers = ["/desk", "/figures"]
    for who in office.people:
        sign_in(client, office, who)
        handles = who in ("manager", "leader", "personnel")
        for way in open_to_all:
            assert client.get(f"/suggestions{way}").status_code == 200, (who, way)
        for way in handlers:
            assert client.get(f"/suggestions{way}").status_code == (200 if handles else 403), (who, way)
        assert client.get("/suggestions/themes/new").status_code == (200 if handles else 403), who
        reviews = who in ("manager", "leader")
        assert client.get(f"/suggestions/{number}/begin_review").status_code == (200 if reviews else 403), who
        assert client.get(f"/suggestions/{number}/nothing").status_code == 404
        assert client.get("/suggestions/999").status_code == 404
        assert client.get(f"/suggestions/{number}/adopt").status_code == (409 if reviews else 403), who


def test_steps_are_done_by_their_forms_and_refused_with_what_was_typed(
    client: Client, office: Office
) -> None:
    number = desk.sent(office)
    page = f"/suggestions/{number}"
    sign_in(client, office, "manager").get(page)
    values = client.page.values(f"{page}/accept")
    assert client.post(f"{page}/accept", values).status_code == 303
    stale = client.post(f"{page}/return", {**values, "note": "请补充"})
    assert stale.status_code == 409
    form = f"{page}/begin_review"
    client.get(form)
    bad = client.post(form, {**client.page.values(form), "cost": "很多"})
    assert bad.status_code == 422
    assert "很多" in client.page.html
    client.get(form)
    assert client.post(form, {**client.page.values(form), "cost": "1,200"}).status_code == 303
    desk.put(scoring=True)
    form = f"{page}/score"
    client.get(form)
    wrong = client.post(
        form, {**client.page.values(form), "points_0": "31", "points_1": "1", "points_2": "1"}
    )
    assert wrong.status_code == 422
    client.get(form)
    points = {"points_0": "30", "points_1": "35", "points_2": "25", "text": "可行"}
    assert client.post(form, {**client.page.values(form), **points}).status_code == 303
    client.get(page)
    assert "90（可行性 30" in client.page.text
    form = f"{page}/adopt"
    client.get(form)
    assert client.post(form, {**client.page.values(form), "answer": ""}).status_code == 422
    client.get(form)
    assert client.post(form, {**client.page.values(form), "answer": "同意"}).status_code == 303
    form = f"{page}/implement"
    client.get(form)
    soon = clock.today() + timedelta(days=9)
    given = {
        **client.page.values(form),
        "implementer_id": str(office.people["colleague"]),
        "due_on": soon.isoformat(),
        "plan": f"{soon:%Y-%m-%d} 装好",
    }
    assert client.post(form, {**given, "plan": "尽快"}).status_code == 422
    assert client.post(form, given).status_code == 303
    sign_in(client, office, "colleague").get(page)
    (done,) = [
        each for each in client.page.all("form") if "/milestones/" in each.attributes.get("action", "")
    ]
    address = done.attributes["action"]
    assert client.post(address, client.page.values(address)).status_code == 303
    client.get(page)
    assert "已完成" in client.page.text


def test_the_refusal_is_read_and_appealed_once(client: Client, office: Office) -> None:
    desk.put(appeal=True)
    number = desk.in_review(office)
    page = f"/suggestions/{number}"
    sign_in(client, office, "manager").get(page)
    decline = f"{page}/decline"
    assert client.post(decline, {**client.page.values(decline), "note": ""}).status_code == 422
    client.get(page)
    assert client.post(decline, {**client.page.values(decline), "note": "没有预算"}).status_code == 303
    sign_in(client, office, "author").get(page)
    assert "没有预算" in client.page.text
    confirm = f"{page}/confirm"
    assert client.post(confirm, client.page.values(confirm)).status_code == 303
    client.get(f"{page}/appeal")
    values = {**client.page.values(f"{page}/appeal"), "appeal": "只要三百元"}
    assert client.post(f"{page}/appeal", values).status_code == 303
    desk.fire(office, number, "decline", "leader", note="明年再看")
    client.get(page)
    assert "只要三百元" in client.page.text
    late = client.get(f"{page}/appeal")
    assert late.status_code == 200
    refused = client.post(f"{page}/appeal", {**client.page.values(f"{page}/appeal"), "appeal": "再来"})
    assert refused.status_code == 409
    assert "已经申诉过一次" in client.page.text


def test_the_desk_has_the_overdue_first(client: Client, office: Office) -> None:
    with clock.frozen(clock.now() - timedelta(days=20)):
        desk.sent(office, title="旧的一条")
    desk.sent(office, title="新的一条")
    back = desk.sent(office, title="退回的一条")
    desk.fire(office, back, "return", "manager", note="请补充")
    sign_in(client, office, "manager").get("/suggestions/desk")
    text = client.page.text
    assert text.index("旧的一条") < text.index("新的一条") < text.index("退回的一条")
    assert "受理超期" in text
    assert "时限暂停" in text


def test_lists_filter_search_export_and_print(client: Client, office: Office) -> None:
    desk.sent(office, title="扫码枪")
    desk.sent(office, who="colleague", title="晚饭延长", method="")
    with unit_of_work():
        unnamed.send_unnamed(
            values=desk.values(title="洗手间换灯", method="", department_id=office.department)
        )
    sign_in(client, office, "author")
    for query, there in (
        ("?q=扫码", ["扫码枪"]), ("?mine=yes", ["扫码枪"]), ("?status=review", []),
        (f"?department={office.department}&mine=open", ["扫码枪", "晚饭延长", "洗手间换灯"]),
    ):  # fmt: skip
        client.get(f"/suggestions{query}")
        assert [each for each in ("扫码枪", "晚饭延长", "洗手间换灯") if each in client.page.text] == there, (
            query
        )
    table = client.get("/suggestions?format=csv").get_data(as_text=True)
    assert "未署名的同事" in table
    for address in ("/suggestions/board?format=print", "/suggestions?format=xlsx", "/suggestions/themes"):
        assert client.get(address).status_code == 200
    client.get("/suggestions/board?format=print")
    assert "公示人" in client.page.text


def test_figures_count_by_month_and_department(client: Client, office: Office) -> None:
    desk.done(office)
    number = desk.in_review(office, who="colleague", title="别的")
    desk.fire(office, number, "decline", "manager", note="没有预算")
    sign_in(client, office, "manager").get("/suggestions/figures")
    # three of the department's own: two of them took part; of two answered one was adopted, and that one is done
    for said in ("66%", "50%", "100%", "0.0"):
        assert said in client.page.text, said
    assert client.page.all("svg", role="img")
    assert client.get("/suggestions/figures?format=csv").status_code == 200


def test_a_theme_is_set_once_a_month_and_stands_above_the_list(client: Client, office: Office) -> None:
    form = "/suggestions/themes/new"
    sign_in(client, office, "personnel").get(form)
    values = {**client.page.values(form), "month": clock.today().isoformat(), "title": "少跑一趟仓库"}
    assert client.post(form, values).status_code == 303
    client.get(form)
    second = {**client.page.values(form), "month": clock.today().isoformat(), "title": "别的"}
    assert client.post(form, second).status_code == 422
    theme = session.query(SuggestionTheme).one()
    sign_in(client, office, "author").get(FORM)
    sent = client.post(FORM, {**client.page.values(FORM), "title": "领料上门", "theme_id": str(theme.id)})
    client.get(sent.headers["Location"])
    assert "少跑一趟仓库" in client.page.text
    client.get(f"/suggestions?theme={theme.id}")
    assert "领料上门" in client.page.text
    assert "本月主题：少跑一趟仓库" in client.page.text


def test_a_clause_draft_says_where_it_comes_from(client: Client, office: Office) -> None:
    rules = rulebook.desk()
    clause = checks_desk.clause(rulebook.published(rules))
    number = desk.in_review(office)
    desk.fire(office, number, "adopt", "manager", **desk.ANSWER)
    form = f"/suggestions/{number}/clause"
    assert sign_in(client, office, "author").get(form).status_code == 403
    client.as_(rules.manager).get(form)
    assert client.post(form, {**client.page.values(form), "clause_id": ""}).status_code == 422
    client.get(form)
    sent = client.post(form, {**client.page.values(form), "clause_id": str(clause)})
    assert sent.status_code == 303
    client.get(sent.headers["Location"])
    assert f"源自建议 {desk.load(number).number}" in client.page.text
    client.get(f"/suggestions/{number}")
    assert "查看条款草稿" in client.page.text


def test_other_features_find_topics_growth_and_the_search(client: Client, office: Office) -> None:
    number = desk.done(office, title="独一无二的扫码枪")
    reader = office.actor("stranger")
    (source,) = [each for each in topics.registered() if each.key == "suggestions"]
    offered = source.read(reader, clock.now() - timedelta(days=1), 5)
    assert [topic.doc_id for topic in offered] == [number]
    (known,) = [each for each in growth.registered() if each.key == "suggestions"]
    count, entries = known.read(reader, office.people["author"], 3)
    assert (count, [entry.url for entry in entries]) == (1, [f"/suggestions/{number}"])
    assert known.read(reader, office.people["colleague"], 3) == (0, [])
    sign_in(client, office, "stranger").get("/search?q=独一无二")
    assert "独一无二的扫码枪" in client.page.text


def test_pages_ask_as_often_for_thirty_rows_as_for_one(
    client: Client, office: Office, queries: Queries
) -> None:
    number = desk.done(office)
    desk.sent(office)
    sign_in(client, office, "manager")
    pages = [
        "/suggestions", "/suggestions/desk", "/suggestions/board", "/suggestions/figures",
        "/suggestions/themes", f"/suggestions/{number}", "/suggestions/similar?title=扫码枪",
    ]  # fmt: skip

    def counted() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with queries() as sent:
                client.get(page)
            found.append(len(sent))
        return found

    first = counted()
    for place in range(29):
        desk.sent(office, who=("author", "colleague", "stranger")[place % 3], title=f"扫码枪 {place}")
    assert counted() == first
