"""Every refusal and failure is a page or a toast with its status and a sentence, never a trace."""

import logging

import pytest
from sqlalchemy import func, select

from app.core import side_writes
from app.core.db import session
from app.core.settings import SettingRow
from app.core.side_writes import SideWrite
from app.web import errors
from tests.web.edge import PROBLEMS

STATUSES = {
    "denied": (403, "只能修改本人的账号"),
    "hidden": (404, "没有找到这个页面或单据"),
    "conflict": (409, "刚刚有人同时改动了"),
    "stale": (409, "周文静 在 11-23 09:41 改过"),
    "invalid": (422, "有内容需要修改"),
    "throttled": (429, "请在 2 分钟 后再试"),
    "full": (503, "清理磁盘空间"),
    "readonly": (503, "检查数据文件夹的权限"),
    "locked": (503, "过一会儿再提交"),
    "away": (503, "数据库连接不上"),
    "race": (409, "刚刚有人同时改动了"),
    "no-space": (503, "清理磁盘空间"),
    "read-only-disk": (503, "检查数据文件夹的权限"),
    "lost-file": (500, "请求编号"),
    "bug": (500, "请求编号"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_refusal_is_a_page_with_its_status_and_sentence(browser, name):
    status, sentence = STATUSES[name]
    response = browser.get(f"/refuse/{name}")
    assert response.status_code == status
    assert sentence in browser.page.text
    assert browser.page.one("p", class_="error-sentence", role="alert").text
    assert "Traceback" not in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize("name", PROBLEMS)
def test_htmx_gets_the_refusal_as_a_toast(browser, name):
    status, _sentence = STATUSES[name]
    response = browser.get(f"/refuse/{name}", htmx=True)
    assert response.status_code == status
    assert response.headers["HX-Retarget"] == "#toasts"
    assert "<html" not in response.text
    assert 'role="alert"' in response.text


def test_a_failure_names_the_request_by_which_the_log_finds_it(browser, caplog):
    with caplog.at_level(logging.ERROR):
        response = browser.get("/refuse/bug")
    number = response.headers["X-Request-ID"]
    assert number in browser.page.text
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_stale_tells_what_changed(browser):
    browser.get("/refuse/stale")
    assert "单价: 1 → 2" in browser.page.text


def test_throttled_says_when_to_come_back(browser):
    assert browser.get("/refuse/throttled").headers["Retry-After"] == "90"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_server_error_reads_nothing_from_the_database(edge, browser, language, monkeypatch):
    browser.browser.set_cookie("language", language)

    def away(*_args):
        raise AssertionError("asked the database")

    monkeypatch.setattr("app.features.people.signin.signed_in", away)
    assert browser.get("/refuse/away").status_code == 503
    assert browser.page.one("html").attributes["lang"] == {"zh": "zh-Hans", "en": "en"}[language]


def test_unknown_address_is_not_found(browser):
    assert browser.get("/no-such-page").status_code == 404
    assert browser.page.heading == "没有找到"


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648"])
def test_an_id_no_database_could_hold_is_not_found(browser, number):
    assert browser.get(f"/people/{number}").status_code == 404


def test_the_wrong_method_names_the_right_ones(browser):
    response = browser.get("/echo")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_a_form_without_its_token_is_told_to_reload(browser):
    assert browser.post("/echo", {"a": "1"}, token=False).status_code == 400
    assert "页面已过期" in browser.page.text


def test_a_body_beyond_the_limit_is_refused_in_words(edge, browser):
    edge.config["MAX_CONTENT_LENGTH"] = 1000
    assert browser.post("/echo", {"a": "x" * 2000}).status_code == 413
    assert "50 MB" in browser.page.text


def test_a_text_of_one_megabyte_reaches_its_view(browser):
    assert browser.post("/echo", {"a": "文" * 350_000}).status_code == 200


def test_a_long_table_posted_urlencoded_passes(browser):
    fields = {f"line-{row}-c{column}": "12" for row in range(200) for column in range(12)}
    response = browser.post("/echo", fields)
    assert response.status_code == 200
    assert response.text.startswith("2401 ")


def test_writing_on_get_is_a_fault_and_saves_nothing(edge, browser):
    assert browser.get("/write-on-get").status_code == 500
    with edge.app_context():
        assert session.execute(select(func.count()).select_from(SettingRow)).scalar_one() == 0


def test_a_refusal_inside_the_unit_of_work_saves_nothing(edge, browser):
    assert browser.post("/write-and-fail").status_code == 409
    with edge.app_context():
        assert session.execute(select(func.count()).select_from(SettingRow)).scalar_one() == 0


def test_what_must_survive_a_refusal_is_written_after_it(edge, browser, monkeypatch):
    def watch(_problem):
        errors.queue_refused_attempt(lambda: session.add(SettingRow(key="attempt", value=1)))

    monkeypatch.setattr(errors, "_watchers", [watch])
    assert browser.post("/write-and-fail").status_code == 409
    with edge.app_context():
        assert session.execute(select(SettingRow.key)).scalars().all() == ["attempt"]


def test_a_failing_side_write_spoils_neither_answer_nor_later_requests(edge, browser, monkeypatch, caplog):
    def watch(_problem):
        side_writes.after_request(SideWrite.REFUSED_ATTEMPT, lambda: 1 / 0)

    monkeypatch.setattr(errors, "_watchers", [watch])
    assert browser.get("/refuse/denied").status_code == 403
    assert "side writes" in caplog.text
    monkeypatch.setattr(errors, "_watchers", [])
    assert browser.get("/login").status_code == 200


class PostgresError(Exception):
    def __init__(self, sqlstate):
        super().__init__("message of the server")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", errors.DISK_FULL),
        ("25006", errors.READ_ONLY),
        ("55P03", errors.BUSY),
        ("57014", errors.BUSY),
        ("57P01", errors.AWAY),
        ("08006", errors.AWAY),
        ("22P02", None),
    ],
)
def test_states_of_postgresql_are_understood(state, sentence):
    error = errors.OperationalError("SELECT", {}, PostgresError(state))
    found = errors.database_sentence(error)
    assert (str(found) if found else None) == (str(sentence) if sentence else None)


def test_a_database_error_of_the_program_is_a_failure(browser, monkeypatch):
    monkeypatch.setitem(PROBLEMS, "program", lambda: errors.DBAPIError("SELECT", {}, PostgresError("42P01")))
    assert browser.get("/refuse/program").status_code == 500


def test_a_value_that_no_column_holds_is_refused_with_a_sentence(browser, monkeypatch):
    monkeypatch.setitem(PROBLEMS, "value", lambda: errors.DataError("SELECT", {}, PostgresError("22003")))
    answer = browser.get("/refuse/value")
    assert answer.status_code == 422
    assert str(errors.UNSTORABLE) in answer.get_data(as_text=True)
