"""The pages of imports over HTTP, for both kinds and each role."""

import io
import re

import pytest
from openpyxl import load_workbook

from app.core import clock, jobs, spreadsheets
from app.core.db import session
from app.core.import_records import ImportBatch
from app.core.permissions import Role
from app.features.customers.models import Customer
from app.features.products.models import Product
from tests import factories
from tests.imports import post_file
from tests.tables import bomb, csv_of, xlsx

PRODUCTS = (
    ("产品编码", "品名", "单位", "标价"),
    ("A1", "液压泵", "台", 480),
    ("A2", "", "台", "面议"),
    ("A3", "阀", "件", 5),
)
CUSTOMERS = (("客户名称", "电话"), ("江苏大地农机有限公司", "025-88881234"), ("", "x"), ("镇江宏达", ""))


def uploaded(client, feature: str = "products", table=PRODUCTS, name: str = "2026 价目.xlsx") -> str:
    """Upload a table and return the address of its preview."""
    response = post_file(client, f"/{feature}/imports/new", name, xlsx(*table))
    assert response.status_code == 303, client.page.errors()
    client.get(response.location)
    return response.location


def press(client, address: str, fields=None):
    """Press the button of the page's form with this action."""
    return client.post(address, {**client.page.values(address), **(fields or {})})


@pytest.mark.parametrize(
    ("feature", "table", "model"), [("products", PRODUCTS, Product), ("customers", CUSTOMERS, Customer)]
)
def test_a_table_goes_from_the_file_to_the_records_and_back(client, manager, feature, table, model):
    address = uploaded(client.as_(manager), feature, table)
    assert client.page.heading.startswith("2026 价目.xlsx")
    assert "还没有保存任何内容" in client.page.text
    assert "导入 2 行" in client.page.text
    assert session.query(model).count() == 0
    assert press(client, f"{address}/confirm").status_code == 303
    client.get(address)
    assert "正在导入" in client.page.text
    assert client.get(f"{address}/progress", htmx=True).status_code == 200
    assert "已处理 0 行，共 3 行" in client.page.text
    assert client.get(f"{address}/progress").status_code == 303
    jobs.run_due()
    answer = client.get(f"{address}/progress", htmx=True)
    assert answer.headers["HX-Redirect"] == address
    client.get(address)
    assert "已导入" in client.page.text
    assert session.query(model).count() == 2
    client.get("/notices")
    assert "导入完成：新增 2 行，更新 0 行，跳过 0 行，有错误 1 行" in client.page.text
    client.get(f"/{feature}/imports")
    assert "2026 价目.xlsx" in client.page.text
    client.get(f"{address}/undo")
    assert press(client, f"{address}/undo").status_code == 303
    jobs.run_due()
    client.get(address)
    assert "已撤销" in client.page.text
    assert session.query(model).count() == 0


def test_faults_stand_at_their_cells_and_leave_as_a_file_to_mend(client, manager):
    address = uploaded(client.as_(manager))
    cell = next(one for one in client.page.all("td", data_label="标价（含税）") if "面议" in one.text)
    assert "应是数字" in cell.text
    client.get(f"{address}?show=faulty")
    assert "面议" in client.page.text
    assert "液压泵" not in client.page.text
    client.get(address)
    press(client, f"{address}/confirm")
    jobs.run_due()
    client.get(f"{address}?show=new")
    assert [head.text for head in client.page.all("th")] == ["行", "结果"]  # what stood there was let go
    client.get(f"{address}?show=faulty")
    assert "标价（含税）" in [head.text for head in client.page.all("th")]
    answer = client.get(f"{address}/faults")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    rows = list(load_workbook(io.BytesIO(answer.get_data())).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("产品编码", "品名", "单位", "标价", "错误说明")
    assert rows[1][:4] == ("A2", None, "台", "面议")
    assert rows[1][4].startswith("第 3 行：")
    mended = spreadsheets.read_table(spreadsheets.open_upload("a.xlsx", answer.get_data()), {"产品编码"})
    assert len(mended.rows) == 1


def test_columns_and_duplicates_are_chosen_on_the_page(client, manager):
    address = uploaded(
        client.as_(manager), table=(("编码", "甲", "乙"), ("A1", "泵", "台"), ("A1", "泵", "台"))
    )
    chosen = {"column-name": "1", "column-unit": "2", "column-spec": "77", "existing": "update"}
    assert press(client, f"{address}/mapping", chosen).status_code == 303
    client.get(address)
    batch = session.get_one(ImportBatch, 1)
    assert (batch.mapping, batch.update_existing) == ({"code": 0, "name": 1, "unit": 2}, True)
    assert "编码与第 2 行相同" in client.page.text
    assert client.page.one("input", name="existing", value="update").attributes.get("checked") is not None


def test_a_missing_column_is_asked_for_and_nothing_else_happens(client, manager):
    address = uploaded(client.as_(manager), table=(("甲", "乙"), ("A1", "泵")))
    assert "没有认出这些列：产品编码" in client.page.text
    assert press(client, f"{address}/confirm").status_code == 409
    assert "产品编码" in client.page.text


def test_a_stale_page_is_refused_with_the_page_as_it_is_now(client, manager):
    address = uploaded(client.as_(manager))
    fields = client.page.values(f"{address}/confirm")
    press(client, f"{address}/mapping", {"existing": "update"})
    assert client.post(f"{address}/confirm", fields).status_code == 409
    assert client.post(f"{address}/mapping", fields).status_code == 409
    assert session.query(Product).count() == 0


def test_a_preview_is_given_up(client, manager):
    address = uploaded(client.as_(manager))
    assert press(client, f"{address}/discard").status_code == 303
    client.get(address)
    assert "已放弃" in client.page.text
    assert client.get(f"{address}/undo").status_code == 409


def test_the_same_upload_sent_twice_is_one_import(client, manager):
    client.as_(manager).get("/products/imports/new")
    fields = client.page.values("/products/imports/new")
    answers = [
        client.post(
            "/products/imports/new",
            {**fields, "file": (io.BytesIO(xlsx(*PRODUCTS)), "a.xlsx")},
            content_type="multipart/form-data",
        ).location
        for _twice in range(2)
    ]
    assert answers[0] == answers[1]
    assert session.query(ImportBatch).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "空"),
        ("a.exe", b"MZ" + b"x" * 90, ".xlsx 或 .csv"),
        ("a.xlsx", bomb(), "过大"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "旧的 .xls"),
        ("a.csv", csv_of(("编码", "名称")), "只有表头"),
        ("", b"x", "请选择要导入的文件"),
    ],
)
def test_what_cannot_be_read_is_refused_on_the_page(client, manager, name, content, sentence):
    assert post_file(client.as_(manager), "/products/imports/new", name, content).status_code == 422
    assert [text for text in client.page.errors() if sentence in text]
    assert session.query(ImportBatch).count() == 0


def test_no_file_at_all_is_asked_for(client, manager):
    client.as_(manager).get("/products/imports/new")
    assert press(client, "/products/imports/new").status_code == 422


def test_the_file_to_fill_in_knows_who_may_see_the_floor(client, manager, back_office):
    for person, floor in ((manager, True), (back_office, False)):
        content = client.as_(person).get("/products/imports/template").get_data()
        heads = [cell.value for cell in next(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows())]
        assert heads[0] == "产品编码*"
        assert ("底价（含税）" in heads) is floor


@pytest.mark.parametrize("address", ["", "/new", "/template", "/1", "/1/progress", "/1/undo", "/1/faults"])
def test_who_does_not_keep_the_list_opens_no_import(client, manager, salesperson, address):
    uploaded(client.as_(manager))
    assert client.as_(salesperson).get(f"/products/imports{address}").status_code == 403


@pytest.mark.parametrize("address", ["/1/mapping", "/1/confirm", "/1/discard", "/1/undo"])
def test_who_does_not_keep_the_list_posts_nothing(client, manager, salesperson, address):
    uploaded(client.as_(manager))
    assert client.as_(salesperson).post(f"/products/imports{address}").status_code == 403


def test_the_import_of_another_is_not_there(client, salesperson, sales_department):
    uploaded(client.as_(salesperson), "customers", CUSTOMERS)
    client.as_(factories.user(name="同事", department=sales_department, roles=[Role.SALESPERSON]))
    for address in ("", "/progress", "/undo", "/faults"):
        assert client.get(f"/customers/imports/1{address}").status_code == 404
    for address in ("/mapping", "/confirm", "/discard", "/undo"):
        assert client.post(f"/customers/imports/1{address}").status_code == 404
    assert client.get("/customers/imports").status_code == 200
    assert "价目" not in client.page.text
    assert client.get("/files/1").status_code == 404


def test_a_manager_looks_at_the_import_of_a_salesperson_without_confirming_it(client, salesperson, manager):
    uploaded(client.as_(salesperson), "customers", CUSTOMERS)
    client.as_(manager).get("/customers/imports/1")
    assert "江苏大地农机" in client.page.text
    assert not client.page.all("form", action="/customers/imports/1/confirm")
    fields = {"version": "1"}
    assert client.post("/customers/imports/1/confirm", fields).status_code == 404


def test_the_file_itself_is_kept_for_who_may_see_the_import(client, manager):
    address = uploaded(client.as_(manager))
    press(client, f"{address}/confirm")
    jobs.run_due()
    client.get(address)
    link = next(one for one in client.page.all("a") if one.attributes["href"].startswith("/files/"))
    assert client.get(link.attributes["href"]).get_data()[:2] == b"PK"


def test_many_rows_are_shown_by_pages_with_the_same_queries(client, manager, queries):
    counts = []
    for number in (3, 120):
        table = (("编码", "名称", "单位"), *((f"{number}-{row}", "泵", "台") for row in range(number)))
        address = uploaded(client.as_(manager), table=table)
        with queries() as sent:
            client.get(f"{address}?page=99&show=new")
        counts.append(len([statement for statement in sent if statement.startswith("SELECT")]))
    assert "第 3 页，共 3 页" in client.page.text
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("state", ["preview", "done", "undone"])
def test_the_pages_speak_english_to_who_reads_english(client, sales_department, at, state):
    at(2026, 11, 23, 9, 41)
    reader = factories.user(name="Wang", roles=[Role.MANAGER], department=sales_department, locale="en")
    client.as_(reader)
    table = (
        ("Product code", "Product name", "Unit", "List price"),
        ("A1", "Pump", "pcs", 5),
        ("A2", "", "", "x"),
    )
    address = post_file(client, "/products/imports/new", "prices.xlsx", xlsx(*table)).location
    for step in {"preview": (), "done": ("confirm",), "undone": ("confirm", "undo")}[state]:
        client.get(f"{address}/undo" if step == "undo" else address)
        press(client, f"{address}/{step}")
        jobs.run_due()
    client.get(address)
    assert "should be a number" in client.page.text or "must be a number" in client.page.text, (
        client.page.text
    )
    assert re.findall("[\u4e00-\u9fff]+", client.page.one("main").text) == []


def test_the_clock_of_a_batch_is_the_companys(client, manager, at):
    at(2026, 11, 23, 9, 41)
    uploaded(client.as_(manager))
    assert session.get_one(ImportBatch, 1).created_at == clock.now()
