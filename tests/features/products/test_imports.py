"""Importing the price list: what is recognised, what is named, what is saved, what is taken back."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core import clock, import_work, imports, jobs, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, NotVisible, Stale
from app.core.files import files_for
from app.core.import_records import ImportBatch, ImportRow
from app.core.jobs import Job
from app.core.notices import unread_count
from app.core.uow import unit_of_work
from app.features.products import actions, queries
from app.features.products.actions import ProductValues
from app.features.products.imports import KIND
from app.features.products.models import Product
from tests import factories
from tests.imports import act, choose, counted, digest, faults, outcomes, rows_of, run_imports, upload
from tests.tables import csv_of

HEAD = ("产品编码", "品名", "型号", "单位", "税率", "标价（含税，元）", "底价", "交期（天）")
GOOD = ("CB-1", "齿轮泵", "HG500", "台", "13", 480, 400, 7)


def make(person, **values) -> Product:
    with unit_of_work():
        known = {"code": "CB-1", "name": "齿轮泵", "unit": "台", "list_price": Decimal(480), **values}
        return actions.create_product(actor=factories.actor(person), values=ProductValues(**known))


def product(code: str) -> Product:
    return session.execute(select(Product).where(Product.code == code)).scalar_one()


def test_nothing_is_saved_before_it_is_confirmed(manager):
    before = digest()
    batch = upload(KIND, manager, HEAD, GOOD)
    assert outcomes(batch) == ["new"]
    assert digest() == before
    run_imports()
    assert digest() == before


def test_columns_are_known_by_their_heads_in_either_language(manager):
    batch = upload(KIND, manager, HEAD, GOOD)
    assert batch.mapping == {
        "code": 0, "name": 1, "model": 2, "unit": 3, "tax_rate": 4, "list_price": 5, "floor_price": 6,
        "lead_time_days": 7,
    }  # fmt: skip
    english = upload(KIND, manager, ("SKU", "Product name", "UoM", "List price"), ("A", "Pump", "pcs", 5))
    assert english.mapping == {"code": 0, "name": 1, "unit": 2, "list_price": 3}


def test_a_confirmed_table_becomes_products_with_their_record(manager, salesperson):
    batch = act(imports.confirm, KIND, upload(KIND, manager, HEAD, GOOD), manager)
    assert (batch.status, counted(batch)) == ("done", (1, 0, 0, 0))
    made = product("CB-1")
    assert (made.list_price, made.floor_price, made.tax_rate, made.lead_time_days) == (480, 400, 13, 7)
    events = timeline.events_for("product", made.id)
    assert [event.verb for event in events] == ["product:import"]
    assert events[0].actor_id == manager.id
    assert [item.code for item in queries.options(factories.actor(salesperson), "clb")] == ["CB-1"]
    assert unread_count(manager.id) == 1
    assert [event.verb for event in timeline.events_for("product-import", batch.id)] == [
        "import:finish",
        "import:confirm",
    ]
    assert rows_of(batch)[0].cells == []


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("list_price", "1,234.50", Decimal("1234.50")),
        ("list_price", "￥480", Decimal(480)),
        ("list_price", "４８０．５", Decimal("480.5")),
        ("list_price", "1.2万", Decimal(12_000)),
        ("list_price", 0.30000000000000004, Decimal("0.3")),
        ("tax_rate", "12％", Decimal(12)),
        ("tax_rate", "１３%", Decimal(13)),
        ("lead_time_days", "１５", 15),
        ("lead_time_days", 15.0, 15),
        ("name", "  泵\n 大 ", "泵 大"),
    ],
)
def test_figures_are_read_as_people_type_them(manager, column, value, kept):
    keys = ("code", "name", "unit", column) if column != "name" else ("code", "name", "unit")
    row = ("A1", value if column == "name" else "泵", "台", value)[: len(keys)]
    act(imports.confirm, KIND, upload(KIND, manager, keys, row), manager)
    assert getattr(product("A1"), column) == kept


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({0: ""}, "code", "请填写产品编码"),
        ({0: "长" * 41}, "code", "40"),
        ({1: ""}, "name", "新产品须填写产品名称"),
        ({3: None}, "unit", "新产品须填写单位"),
        ({4: "0.13"}, "tax_rate", "百分数"),
        ({4: 0.13}, "tax_rate", "百分数"),
        ({4: "十三"}, "tax_rate", "百分数"),
        ({5: "面议"}, "list_price", "数字"),
        ({5: -1}, "list_price", "负数"),
        ({5: "1.23456"}, "list_price", "4"),
        ({5: 1e14}, "list_price", "太大"),
        ({5: "=A1*2"}, "list_price", "公式"),
        ({6: 481}, "floor_price", "底价不能高于标价"),
        ({7: "两周"}, "lead_time_days", "整数"),
        ({7: 3.5}, "lead_time_days", "整数"),
        ({7: "²"}, "lead_time_days", "整数"),
    ],
)
def test_three_wrong_lines_are_named_and_the_rest_stays(manager, changed, field, sentence):
    wrong = [changed.get(place, value) for place, value in enumerate(("W-1", *GOOD[1:]))]
    batch = upload(KIND, manager, HEAD, GOOD, wrong, ("CB-2", *GOOD[1:]))
    assert outcomes(batch) == ["new", "faulty", "new"]
    ((number, key, text),) = faults(batch)
    assert (number, key) == (3, field)
    assert sentence in text
    batch = act(imports.confirm, KIND, batch, manager)
    assert counted(batch) == (2, 0, 0, 1)
    assert rows_of(batch)[1].cells[1] == (wrong[1] or "")
    assert session.execute(select(func.count()).select_from(Product)).scalar_one() == 2


def test_a_code_that_stands_twice_in_the_table_is_named_with_the_first_row(manager):
    batch = upload(KIND, manager, HEAD, GOOD, GOOD)
    assert faults(batch) == [(3, "code", "编码与第 2 行相同")]


def test_a_product_that_is_there_is_skipped_or_changed_as_one_chooses(manager):
    make(manager, floor_price=Decimal(400), tax_rate=Decimal(9), spec="50 升")
    table = (HEAD, ("CB-1", "齿轮泵", "", "", None, "500", "", ""), ("CB-2", *GOOD[1:]))
    batch = upload(KIND, manager, *table)
    assert outcomes(batch) == ["changed", "new"]
    assert rows_of(batch)[0].changes == [["标价（含税）", "480", "500"]]
    assert counted(act(imports.confirm, KIND, batch, manager)) == (1, 0, 1, 0)
    assert product("CB-1").list_price == 480
    batch = choose(KIND, upload(KIND, manager, *table), manager, update_existing=True)
    assert outcomes(batch) == ["changed", "same"]
    assert counted(act(imports.confirm, KIND, batch, manager)) == (0, 1, 1, 0)
    changed = product("CB-1")
    # What is empty in the table stays as it is.
    assert (changed.list_price, changed.floor_price, changed.tax_rate, changed.spec) == (500, 400, 9, "50 升")
    (change,) = queries.price_changes(
        factories.actor(manager), timeline.events_for("product", changed.id)[:1]
    )
    assert (change.field, change.old, change.new, change.person) == ("list_price", 480, 500, "马经理")


def test_a_column_may_be_given_by_hand(manager):
    batch = upload(KIND, manager, ("编码", "甲", "乙"), ("A1", "泵", "台"))
    assert batch.mapping == {"code": 0}
    assert {key for _row, key, _text in faults(batch)} == {"name", "unit"}
    batch = choose(KIND, batch, manager, mapping={"code": 0, "name": 1, "unit": 2, "nothing": 1, "spec": 99})
    assert outcomes(batch) == ["new"]
    assert batch.mapping == {"code": 0, "name": 1, "unit": 2}


def test_without_the_column_that_tells_products_apart_nothing_is_imported(manager):
    batch = upload(KIND, manager, ("品名", "单位"), ("泵", "台"))
    with pytest.raises(Conflict) as refused:
        act(imports.confirm, KIND, batch, manager)
    assert "产品编码" in refused.value.sentence()


def test_where_nothing_would_be_saved_the_refusal_says_so(manager):
    make(manager)
    batch = upload(KIND, manager, HEAD, ("CB-1", "齿轮泵", "", "", "", "480", "", ""))
    with pytest.raises(Conflict) as refused:
        act(imports.confirm, KIND, batch, manager)
    assert refused.value.code == "import:nothing"


def test_who_may_not_see_the_floor_imports_none(back_office, manager):
    batch = upload(KIND, back_office, HEAD, GOOD)
    assert "floor_price" not in batch.mapping
    act(imports.confirm, KIND, batch, back_office)
    assert product("CB-1").floor_price is None
    make(manager, code="CB-9", floor_price=Decimal(470))
    batch = upload(KIND, back_office, HEAD, ("CB-9", "", "", "", "", "460", "1", ""))
    assert faults(batch) == [(2, "list_price", "底价不能高于标价")]


def test_who_does_not_keep_the_list_imports_nothing(salesperson, manager):
    with pytest.raises(Denied):
        upload(KIND, salesperson, HEAD, GOOD)
    batch = upload(KIND, manager, HEAD, GOOD)
    for action in (imports.confirm, imports.discard, imports.undo):
        with pytest.raises(Denied):
            act(action, KIND, batch, salesperson)


def test_nobody_confirms_the_preview_of_another(manager, back_office, leader):
    batch = upload(KIND, manager, HEAD, GOOD)
    with pytest.raises(NotVisible):
        act(imports.confirm, KIND, batch, back_office)
    # Prices of others are seen by those who see floor prices only.
    assert imports.get(KIND, factories.actor(leader), batch.id).id == batch.id
    with pytest.raises(NotVisible):
        imports.get(KIND, factories.actor(back_office), batch.id)


def test_after_undoing_the_tables_are_as_they_were(manager):
    make(manager, code="OLD")
    before = digest()
    rows = [(f"P-{number}", f"泵{number}", "", "台", 13, number, "", "") for number in range(1, 450)]
    batch = act(imports.confirm, KIND, upload(KIND, manager, HEAD, *rows), manager)
    assert counted(batch) == (449, 0, 0, 0)
    assert digest() != before
    batch = act(imports.undo, KIND, batch, manager)
    assert (batch.status, batch.removed_rows) == ("undone", 449)
    assert digest() == before
    assert set(outcomes(batch)) == {"removed"}


def test_what_somebody_touched_since_stays_and_is_named(manager, back_office):
    make(manager, code="OLD")
    rows = [(f"P-{number}", "泵", "", "台", 13, 5, "", "") for number in range(3)]
    rows.append(("OLD", "旧", "", "", "", "", "", ""))
    batch = choose(KIND, upload(KIND, manager, HEAD, *rows), manager, update_existing=True)
    batch = act(imports.confirm, KIND, batch, manager)
    with unit_of_work():
        row = product("P-1")
        actions.set_product_active(row, actor=factories.actor(back_office), version=None, active=False)
    batch = act(imports.undo, KIND, batch, manager)
    assert outcomes(batch) == ["removed", "kept", "removed", "kept"]
    assert [row.note for row in rows_of(batch)][1::2] == ["导入后有人改过", "是更新，不是新增，保持现状"]
    assert {row.code for row in session.execute(select(Product)).scalars()} == {"OLD", "P-1"}
    assert product("OLD").name == "旧"


def test_a_removed_product_hands_its_id_to_no_other(manager):
    batch = act(imports.confirm, KIND, upload(KIND, manager, HEAD, GOOD), manager)
    gone = product("CB-1").id
    act(imports.undo, KIND, batch, manager)
    assert make(manager, code="NEW").id > gone


def test_what_is_under_way_or_over_is_not_done_again(manager):
    batch = act(imports.confirm, KIND, upload(KIND, manager, HEAD, GOOD), manager)
    for action in (imports.confirm, imports.discard):
        with pytest.raises(Conflict):
            act(action, KIND, batch, manager)
    with pytest.raises(Conflict):
        choose(KIND, batch, manager, update_existing=True)
    act(imports.undo, KIND, batch, manager)
    with pytest.raises(Conflict):
        act(imports.undo, KIND, batch, manager)
    import_work.run({"batch": batch.id})
    import_work.run({"batch": 99})
    assert session.execute(select(func.count()).select_from(Product)).scalar_one() == 0


def confirm_version(batch, person, version):
    with unit_of_work():
        row = session.get_one(ImportBatch, batch.id)
        imports.confirm(KIND, row, actor=factories.actor(person), version=version)


def test_a_stale_page_confirms_nothing(manager):
    batch = upload(KIND, manager, HEAD, GOOD)
    choose(KIND, batch, manager, update_existing=True)
    with pytest.raises(Stale):
        confirm_version(batch, manager, 1)


def test_a_discarded_preview_leaves_neither_rows_nor_file(manager):
    batch = act(imports.discard, KIND, upload(KIND, manager, HEAD, GOOD), manager)
    assert batch.status == "discarded"
    assert rows_of(batch) == []
    assert files_for("product-import", batch.id) == []


def test_a_preview_nobody_comes_back_to_is_forgotten_after_a_week(manager):
    old = upload(KIND, manager, HEAD, GOOD)
    with clock.frozen(clock.now() + imports.DRAFTS_KEPT / 2):
        young = upload(KIND, manager, HEAD, GOOD)
    with clock.frozen(clock.now() + imports.DRAFTS_KEPT * 1.1):
        import_work.forget_previews({})
    assert session.get_one(ImportBatch, old.id).status == "discarded"
    assert session.get_one(ImportBatch, young.id).status == "preview"


def test_a_job_that_died_goes_on_where_it_stopped(manager):
    rows = [(f"P-{number}", "泵", "", "台", 13, 5, "", "") for number in range(250)]
    batch = upload(KIND, manager, HEAD, *rows)
    with unit_of_work():
        row = session.get_one(ImportBatch, batch.id)
        imports.confirm(KIND, row, actor=factories.actor(manager), version=None)
    assert import_work.save_rows(KIND, batch.id, 0, factories.actor(manager), import_work.PIECE)
    # The same piece again, by a worker that does not know: nothing happens twice.
    assert not import_work.save_rows(KIND, batch.id, 0, factories.actor(manager), import_work.PIECE)
    jobs.run_due()
    session.rollback()
    assert counted(session.get_one(ImportBatch, batch.id)) == (250, 0, 0, 0)
    assert session.execute(select(func.count()).select_from(Product)).scalar_one() == 250


def test_a_row_that_spoils_a_piece_is_named_alone(manager, monkeypatch):
    save = KIND.save

    def fail_at_one(plans, actor):
        if any(plan.texts["code"] == "P-1" for plan in plans):
            raise Conflict("core:race")
        save(plans, actor)

    monkeypatch.setitem(imports._kinds, "product", KIND.__class__(**{**vars(KIND), "save": fail_at_one}))
    rows = [(f"P-{number}", "泵", "", "台", 13, 5, "", "") for number in range(3)]
    batch = act(imports.confirm, KIND, upload(KIND, manager, HEAD, *rows), manager)
    assert (batch.status, counted(batch)) == ("done", (2, 0, 0, 1))
    assert outcomes(batch) == ["new", "faulty", "new"]


def test_who_lost_the_right_meanwhile_saves_nothing(manager):
    batch = upload(KIND, manager, HEAD, GOOD)
    with unit_of_work():
        row = session.get_one(ImportBatch, batch.id)
        imports.confirm(KIND, row, actor=factories.actor(manager), version=None)
        manager.active = False
    jobs.run_due()
    session.rollback()
    assert session.execute(select(func.count()).select_from(Product)).scalar_one() == 0
    assert session.get_one(ImportBatch, batch.id).status == "done"


def test_a_second_request_makes_no_second_job(manager):
    batch = upload(KIND, manager, HEAD, GOOD)
    with unit_of_work():
        row = session.get_one(ImportBatch, batch.id)
        imports.confirm(KIND, row, actor=factories.actor(manager), version=None)
        jobs.enqueue(imports.JOB, {"batch": batch.id}, unique_key=f"import:{batch.id}")
    statement = select(func.count()).select_from(Job).where(Job.kind == imports.JOB)
    assert session.execute(statement).scalar_one() == 1


def test_a_table_of_the_office_in_gb18030_is_read(manager):
    content = csv_of(HEAD, ("CB-1", "齿轮泵", "", "台", "13%", "480", "", ""), encoding="gb18030")
    batch = upload(KIND, manager, name="价格.csv", content=content)
    assert outcomes(batch) == ["new"]


def test_the_number_of_queries_does_not_grow_with_the_rows(manager, queries):
    counts = []
    jobs.run_due()
    for number in (2, 60):
        rows = [(f"Q{number}-{row}", "泵", "", "台", 13, 5, "", "") for row in range(number)]
        batch = upload(KIND, manager, HEAD, *rows)
        with queries() as sent:
            act(imports.confirm, KIND, batch, manager)
        counts.append(len([statement for statement in sent if statement.startswith("SELECT")]))
    assert counts[1] <= counts[0]
    assert session.execute(select(func.count()).select_from(ImportRow)).scalar_one() == 62
