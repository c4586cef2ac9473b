"""The workbench and what belongs to nobody else."""

from datetime import datetime, timedelta

import pytest

from app.core import backup, clock, notices, search, settings
from app.core.db import session
from app.core.tasks import Task
from app.core.uow import unit_of_work
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import QuotationRevision
from tests import factories, stories
from tests.features.inquiries.making import Staff, bring_to, customer, fire, inquiry


@pytest.fixture
def staff() -> Staff:
    return Staff()


def test_the_workbench_shows_what_waits_and_ones_own_documents(client, staff, at):
    at(2026, 11, 23, 9, 41)
    document = bring_to(staff, "reported")
    client.as_(staff.manager).get("/")
    assert client.page.heading == "马经理，早上好"
    assert "11月23日" in client.page.text
    assert client.page.all("a", href=f"/inquiries/{document.id}")
    assert "决定是否参与" in client.page.text
    client.as_(staff.owner).get("/")
    assert "我的单据" in client.page.text
    assert "已上报" in client.page.text


def test_who_has_nothing_to_do_is_told_so(client, staff):
    client.as_(staff.outsider).get("/")
    assert "没有要办的事" in client.page.text
    assert "我的单据" not in client.page.text


@pytest.mark.parametrize(
    ("part", "first", "absent"),
    [
        ("owner", "/inquiries/report", "/admin"),
        ("technician", "/bookings/new", "/customers/new"),
        ("administrator", "/bookings/new", "/inquiries/report"),
    ],
)
def test_the_large_actions_are_those_one_may_do(client, staff, part, first, absent):
    client.as_(staff.everybody()[part]).get("/")
    tiles = next(element for element in client.page.elements if element.attributes.get("class") == "tiles")
    links = [link.attributes["href"] for link in client.page.all("a") if _inside(link, tiles)]
    assert links[0] == first
    assert absent not in links
    assert len(links) <= 4
    for link in links:
        assert client.get(link).status_code == 200


def _inside(element, outer) -> bool:
    while element is not None and element is not outer:
        element = element.parent
    return element is outer


def test_the_administrator_sees_red_after_seven_days_without_a_backup(client, staff, at):
    at(2026, 11, 1, 9, 0)
    inquiry(staff.owner)
    backup.note_success()
    at(2026, 11, 8, 8, 0)
    client.as_(staff.administrator).get("/")
    assert "备份" not in client.page.text
    at(2026, 11, 8, 10, 0)
    client.get("/")
    assert "已经七天没有备份" in client.page.text
    client.as_(staff.owner).get("/")
    assert "备份" not in client.page.text


def test_the_workbench_costs_at_most_ten_queries_for_one_row_and_for_thirty(client, staff, queries):
    company = customer(staff.owner)
    counts = []
    for many in (1, 29):
        for _number in range(many):
            fire(inquiry(staff.owner, company), "report", staff.owner)
        for page in ("/", "/tasks", "/notices", "/today"):
            client.as_(staff.manager).get(page)
            with queries() as sent:
                assert client.get(page).status_code == 200
            asked = [statement for statement in sent if statement.startswith("SELECT")]
            assert len(asked) <= 10, (page, asked)
            counts.append((page, len(asked)))
    assert counts[:4] == counts[4:]


def test_the_list_of_tasks_is_searched_and_narrowed(client, staff):
    one, other = bring_to(staff, "reported"), inquiry(staff.owner, customer(staff.owner, "镇江绿源"))
    client.as_(staff.manager).get("/tasks?q=宏达")
    assert client.page.all("a", href=f"/inquiries/{one.id}")
    client.as_(staff.owner).get("/tasks")
    assert client.page.all("a", href=f"/inquiries/{other.id}")
    client.get("/tasks?kind=inquiry:decide")
    assert not client.page.all("a", href=f"/inquiries/{other.id}")
    assert "镇江绿源" in client.get("/tasks?format=csv").get_data(as_text=True)


def test_a_task_says_how_long_it_waits_and_that_it_is_late(client, staff, at):
    at(2026, 11, 23, 9, 0)
    bring_to(staff, "reported")
    at(2026, 11, 23, 14, 30)
    client.as_(staff.manager).get("/tasks")
    assert "5 小时" in client.page.text
    at(2026, 11, 26, 9, 0)
    client.as_(staff.manager).get("/tasks")
    assert "3 天" in client.page.text
    assert [span for span in client.page.all("span") if span.attributes.get("data-tone") == "bad"]


def test_a_kept_card_of_the_workbench_follows_the_clock_the_language_and_the_reader(client, staff, at):
    at(2026, 11, 23, 9, 0)
    document = bring_to(staff, "reported")
    with unit_of_work():
        task = session.query(Task).filter(Task.closed_at.is_(None)).one()
        task.due_at = clock.from_local(datetime(2026, 11, 23, 17, 0))  # noqa: DTZ001 - a wall clock
    late = []
    for hour in (10, 18):
        at(2026, 11, 23, hour, 0)
        client.as_(staff.manager).get("/")
        late.append('class="row-aside" data-tone="bad"' in client.page.html)
        assert "今天 17:00 截止" in client.page.text
    assert late == [False, True]
    at(2026, 11, 24, 9, 0)
    client.as_(staff.manager).get("/")
    assert "已超 1 天" in client.page.text
    assert "到达 昨天 09:00" in client.page.text
    client.post("/language", {"language": "en"})
    client.get("/")
    assert "已超" not in client.page.text
    client.as_(staff.owner).get("/")
    assert not client.page.all("a", href=f"/inquiries/{document.id}/decide")


def test_a_reminder_offers_two_lines_without_price_and_customer(client, staff):
    document = bring_to(staff, "reported")
    client.as_(staff.owner).get(f"/remind/inquiry/{document.id}")
    text = "".join(client.page.one("textarea", id="reminder-text").parts)
    lines = text.split("\n")
    assert len(lines) == 2
    assert lines[0] == f"请办理：询价 {document.number}（已上报）"
    assert lines[1] == f"http://localhost/inquiries/{document.id}"
    assert document.customer.name not in text
    assert document.customer.short_name == "" or document.customer.short_name not in text
    assert "马经理" in client.page.text


def test_a_reminder_is_sent_once_a_day(client, staff):
    document = bring_to(staff, "reported")
    address = f"/remind/inquiry/{document.id}"
    client.as_(staff.owner)
    assert client.submit(address).status_code == 303
    client.get(address)
    assert client.post(address).status_code == 409
    assert "今天已经提醒过" in client.page.text
    assert client.post(address, htmx=True).status_code == 409
    assert client.response.headers["HX-Retarget"] == "#toasts"


def test_a_reminder_of_a_task_is_one_of_its_document(client, staff):
    bring_to(staff, "reported")
    client.as_(staff.owner)
    assert client.post("/tasks/999/remind").status_code == 404
    task = session.query(Task).filter(Task.closed_at.is_(None)).one()
    assert client.post(f"/tasks/{task.id}/remind").status_code == 303


@pytest.mark.parametrize("part", ["outsider", "colleague", "technician"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_document_cannot_be_reminded_of(client, staff, part, method):
    document = bring_to(staff, "reported")
    client.as_(staff.everybody()[part])
    assert getattr(client, method)(f"/remind/inquiry/{document.id}").status_code == 404
    assert getattr(client, method)("/remind/ghost/1").status_code == 404


def test_a_document_that_waits_for_others_offers_the_reminder(client, staff):
    document = bring_to(staff, "reported")
    client.as_(staff.owner).get(f"/inquiries/{document.id}")
    assert client.page.all("a", href=f"/remind/inquiry/{document.id}")
    own = inquiry(staff.owner, customer(staff.owner))
    client.get(f"/inquiries/{own.id}")
    assert not client.page.all("a", href=f"/remind/inquiry/{own.id}")


def test_a_quotation_under_review_offers_the_reminder_without_its_price(client):
    people = stories.cast()
    stories.company()
    row = stories.decide(
        people, stories.report(people, stories.inquiry(people, stories.customer(people))), 0, 0
    )
    revision = stories.fill(people, stories.draft(people, row))
    page, reminder = f"/quotations/{revision.quotation_id}", f"/remind/quotation/{revision.id}"
    client.as_(people.salesperson).get(f"{page}/r/1")
    assert not client.page.all("a", href=reminder)
    stories.step(people, revision, "submit", "salesperson")
    client.get(f"{page}/r/1")
    assert client.page.all("a", href=reminder)
    client.get(reminder)
    text = "".join(client.page.one("textarea", id="reminder-text").parts)
    assert text.startswith(f"请办理：报价 {revision.number}")
    assert "465" not in text
    assert "宁夏" not in text


def test_a_notice_is_read_by_opening_it(client, staff):
    document = bring_to(staff, "reported")
    client.as_(staff.manager).get("/notices")
    assert "孙晓：" in client.page.text
    assert client.post("/notices/1/open").location.endswith(f"/inquiries/{document.id}")
    assert notices.unread_count(staff.manager.id) == 0
    client.get("/notices?state=unread")
    assert "没有符合条件的记录" in client.page.text
    client.get("/notices?state=read")
    assert document.number in client.page.text


def test_a_notice_of_a_substitute_says_for_whom_and_leaves_as_a_file(client, staff):
    substitute = factories.user(name="代班")
    factories.delegation(staff.manager, substitute)
    document = bring_to(staff, "reported")
    fire(document, "decline", substitute, data={"decline_reason": "scope"})
    client.as_(staff.owner).get("/notices")
    assert "代班（代马经理）：" in client.page.text
    assert "代班（代马经理）：" in client.get("/notices?format=csv").get_data(as_text=True)


def test_a_foreign_notice_is_not_there(client, staff):
    bring_to(staff, "reported")
    assert client.as_(staff.owner).post("/notices/1/open").status_code == 404
    assert notices.unread_count(staff.manager.id) == 1


def test_all_notices_are_read_at_once(client, staff):
    bring_to(staff, "reported")
    client.as_(staff.manager)
    assert client.submit("/notices/read", page="/notices").status_code == 303
    assert notices.unread_count(staff.manager.id) == 0
    client.get("/notices")
    assert not [form for form in client.page.all("form") if form.attributes["action"] == "/notices/read"]


def test_the_bell_answers_only_when_its_number_changed(client, staff):
    client.as_(staff.manager)
    assert client.get("/notices/count?shown=0", htmx=True).status_code == 204
    bring_to(staff, "reported")
    response = client.get("/notices/count?shown=0", htmx=True)
    assert response.status_code == 200
    assert client.page.one("span", id="bell-count").text.startswith("1")
    assert client.get("/notices/count?shown=1", htmx=True).status_code == 204


def test_search_groups_what_the_reader_may_see_and_offers_the_first(client, staff):
    document = bring_to(staff, "reported")
    client.as_(staff.owner).get("/search?q=宏达")
    titles = [heading.text for heading in client.page.all("h2")]
    assert titles[:2] == ["客户", "询价"]
    first = [link for link in client.page.all("a") if "autofocus" in link.attributes]
    assert [link.attributes["href"] for link in first] == ["/customers/1"]
    assert client.page.all("mark")[0].text == "宏达"
    assert client.page.all("a", href=f"/inquiries/{document.id}")
    client.as_(staff.colleague).get("/search?q=宏达")
    assert "没有找到" in client.page.text


def test_search_answers_htmx_with_its_results(client, staff):
    bring_to(staff, "reported")
    client.as_(staff.owner).get("/search?q=宏达", htmx=True)
    assert "<html" not in client.page.html
    assert "客户" in client.page.text


def test_search_puts_titles_or_the_newest_first(client, staff):
    bring_to(staff, "reported")
    client.as_(staff.owner).get("/search?q=宏达")
    newest = next(link for link in client.page.all("a") if link.text == "最新的在前")
    assert client.get(newest.attributes["href"]).status_code == 200
    assert [link.text for link in client.page.all("a") if link.text == "标题含有的在前"]


@pytest.mark.parametrize("query", ["%", "'\"*", "\0", "<script>", "x" * 5_000, "（", "OR OR"])
def test_search_takes_whatever_is_typed(client, staff, query):
    assert client.as_(staff.owner).get("/search", query_string={"q": query}).status_code == 200
    assert "<script>" not in client.page.html


def test_more_of_one_kind_is_one_link_away(client, staff):
    for number in range(7):
        customer(staff.owner, f"宏达{number}")
    client.as_(staff.owner).get("/search?q=宏达")
    assert (
        len([link for link in client.page.all("a") if link.attributes["href"].startswith("/customers/")]) == 5
    )
    more = next(link for link in client.page.all("a") if "kind=customer" in link.attributes["href"])
    client.get(more.attributes["href"])
    assert (
        len([link for link in client.page.all("a") if link.attributes["href"].startswith("/customers/")]) == 7
    )
    client.get("/search?q=宏达&kind=ghost")
    assert client.page.all("h2")


def test_search_costs_two_queries_of_its_own_at_most(staff, queries):
    bring_to(staff, "reported")
    reader = factories.actor(staff.owner)
    settings.get("modules.preset")
    with queries() as sent:
        assert search.find(reader, "宏达 液压") == []
        assert search.find(reader, "宏达")
        assert search.find(reader, "什么也没有") == []
    # two for each that the index knows, one for what it does not
    assert len([statement for statement in sent if "search_part" in statement]) == 2 + 2 + 1


def test_the_sheet_of_the_day_names_what_waits_and_what_expires(client, at):
    at(2026, 11, 23, 9, 0)
    people = stories.cast()
    stories.company()
    row = stories.report(people, stories.inquiry(people, stories.customer(people)))
    revision = stories.draft(people, stories.decide(people, row, 0, 0))
    with unit_of_work():
        kept = session.get_one(QuotationRevision, revision.id)
        kept.status, kept.number = QuotationStatus.ISSUED, "BJ-2026-0001"
        kept.issued_at = clock.now() - timedelta(days=5)
        kept.valid_until = clock.today() + timedelta(days=3)
    client.as_(people.salesperson).get("/today")
    assert client.page.heading == "今日一页"
    assert "BJ-2026-0001" in client.page.text
    assert "三天以上未跟进的报价" in client.page.text
    client.get("/")
    assert "1 份已出具的报价将在 7 天内到期" in client.page.text
    client.as_(people.technician).get("/today")
    assert "BJ-2026-0001" not in client.page.text


@pytest.mark.parametrize("page", ["/", "/tasks", "/notices", "/search", "/today"])
def test_strangers_are_sent_to_sign_in(client, page):
    response = client.get(page)
    assert response.status_code == 303
    assert response.location.startswith("/login")
