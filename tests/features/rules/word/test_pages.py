"""Importing a Word file as a manager does it: upload, preview, correction, draft; and the way back to Word."""

import io
import re

import pytest
from sqlalchemy import func, select

from app.core.db import session
from app.core.files import StoredFile, files_for, read_bytes
from app.core.permissions import Role
from app.features.rules.clause_text import pictures_of
from app.features.rules.models import ClauseText, Rule, RuleVersion
from app.features.rules.word.parts import open_upload
from app.features.rules.word.reading import read_document
from tests import factories
from tests.features.rules import rulebook
from tests.imports import post_file
from tests.web.hostile import MISSING, SURROGATE, VALUES
from tests.word_files import PNG, abstract, docx, level, num, p

NUMBERING = (
    abstract(
        0,
        level(0, "chineseCountingThousand", "第%1章"),
        level(1, "chineseCountingThousand", "第%2条", restart=0),
        level(2, "chineseCounting", "（%3）"),
    )
    + abstract(1, level(0, "lowerLetter", "%1)"))
    + num(1, 0)
    + num(2, 1)
)
CELL = "<w:tc><w:tcPr/><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
ROWS = (("项目", "标准"), ("住宿", "300"))
LINES = (f"<w:tr>{CELL.format(left)}{CELL.format(right)}</w:tr>" for left, right in ROWS)
TABLE = f"<w:tbl>{''.join(LINES)}</w:tbl>"
RULE = docx(
    p("费用管理办法", more='<w:jc w:val="center"/>'),
    p("总则", at=(1, 0)),
    p("出差须经审批。", at=(1, 1)),
    p("部门经理；", at=(1, 2)),
    p("分管领导。", at=(1, 2)),
    p("标准见表。", at=(1, 1)),
    TABLE,
    p('<w:r><w:drawing><a:blip r:embed="p1"/></w:drawing></w:r>'),
    p("附则", at=(1, 0)),
    p("本办法由财务解释。", at=(1, 1)),
    p("小点", at=(2, 0)),
    numbering=NUMBERING,
    links=[("p1", "image", "media/image1.png")],
    media={"word/media/image1.png": PNG},
)


@pytest.fixture
def desk(at):
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def upload(client, address="/rules/import", content=RULE, name="费用管理办法.docx"):
    """Upload a file and open its preview; return the address of the preview."""
    response = post_file(client, address, name, content)
    assert response.status_code == 303, client.page.errors()
    assert client.get(response.location).status_code == 200
    return response.location


def press(client, address, do, **fields):
    return client.post(address, {**client.page.values(address), "do": do, **fields})


def saved(desk):
    return {"category": "finance", "department_id": str(desk.department.id)}


def count(model):
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_word_file_becomes_a_draft_with_its_numbers_and_the_original(client, desk):
    address = upload(client.as_(desk.manager))
    assert "还没有保存任何内容" in client.page.text
    for words in ("第一章", "第三条", "（二）", "并入第二条", "这种编号系统里没有"):
        assert words in client.page.text
    assert (count(Rule), count(StoredFile)) == (0, 0)
    response = press(client, address, "save", **saved(desk))
    assert response.status_code == 303, client.page.errors()
    [version] = session.execute(select(RuleVersion)).scalars()
    assert (version.title, version.status) == ("费用管理办法", "draft")
    assert [(text.number, text.level, text.title) for text in version.clauses] == [
        ("第一章", 1, "总则"),
        ("第一条", 2, ""),
        ("（一）", 3, ""),
        ("（二）", 3, ""),
        ("第二条", 2, ""),
        ("第二章", 1, "附则"),
        ("第三条", 2, ""),
    ]
    picture, original = files_for("rule_version", version.id)
    assert (original.name, read_bytes(original)) == ("费用管理办法.docx", RULE)
    assert (picture.name, read_bytes(picture)) == ("图1.png", PNG)
    client.get(response.location)
    for words in ("费用管理办法.docx", "住宿", "a) 小点"):
        assert words in client.page.text
    [shown] = [block for text in version.clauses for block in pictures_of(text.body)]
    assert (shown.file, shown.sha256) == (picture.id, picture.sha256)
    assert f'src="/files/{picture.id}"' in client.page.html


def test_the_pictures_of_a_file_are_seen_before_it_is_saved_by_whoever_brought_it(client, desk):
    upload(client.as_(desk.manager))
    [source] = re.findall(r'<img src="([^"]+)"', client.page.html)
    assert re.search('alt="第 . 段的图片"', client.page.html)
    response = client.get(source)
    assert (response.status_code, response.mimetype, response.get_data()) == (200, "image/png", PNG)
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    assert (count(Rule), count(StoredFile)) == (0, 0)
    # neither what is no picture of the file, nor what is no part of it, nor another kept file
    for part in ("word/document.xml", "word/media/image2.png", "../secret"):
        assert client.get(source.replace("word/media/image1.png", part)).status_code == 404
    assert client.get("/rules/import/unknown/pictures/word/media/image1.png").status_code == 404
    assert client.as_(desk.leader).get(source).status_code in (403, 404)
    assert client.as_(desk.reader).get(source).status_code == 403
    other = factories.user("陈经理", "m2", desk.department, [Role.MANAGER])
    assert client.as_(other).get(source).status_code == 404


def test_choices_are_numbered_anew_and_saved(client, desk):
    address = upload(client.as_(desk.manager))
    chosen = {"style-1": "skip", "style-9": "circled", "level-9": "3"}
    assert press(client, address, "renumber", **chosen).status_code == 200
    assert "不导入" in client.page.text
    assert "①" in client.page.text
    assert count(Rule) == 0
    assert press(client, address, "save", **saved(desk)).status_code == 303
    texts = session.execute(select(ClauseText).order_by(ClauseText.position)).scalars().all()
    assert [text.number for text in texts] == [
        "第一章",
        "（一）",
        "（二）",
        "第二条",
        "第二章",
        "第三条",
        "①",
    ]
    assert texts[3].start == 2


def test_what_was_chosen_and_typed_survives_a_refusal(client, desk):
    address = upload(client.as_(desk.manager))
    response = press(client, address, "save", title="", **{"style-2": "han"})
    assert response.status_code == 422
    assert "请填写制度名称" in client.page.text or client.page.errors()
    assert client.page.values(address)["style-2"] == "han"
    everything_left_out = {f"style-{place}": "skip" for place in range(10)}
    assert press(client, address, "save", title="甲", **saved(desk), **everything_left_out).status_code == 422
    assert "请至少保留一条" in client.page.text
    assert count(Rule) == 0


def test_double_click_begins_one_rule(client, desk):
    address = upload(client.as_(desk.manager))
    fields = {**client.page.values(address), "do": "save", **saved(desk)}
    first, second = client.post(address, fields), client.post(address, fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(Rule) == 1


def test_clauses_come_behind_those_of_a_draft_and_a_stale_one_is_said(client, desk):
    version_id = rulebook.draft(desk)
    address = upload(client.as_(desk.manager), f"/rules/versions/{version_id}/import")
    assert "制度名称" not in client.page.text
    assert "第三章" in client.page.text
    old = client.page.values(address)
    assert press(client, address, "save").status_code == 303
    numbers = [text.number for text in rulebook.load(version_id).clauses]
    assert numbers[len(rulebook.ROWS) :] == [
        "第三章",
        "第四条",
        "（一）",
        "（二）",
        "第五条",
        "第四章",
        "第六条",
    ]
    assert client.post(address, {**old, "do": "save"}).status_code == 409
    assert len(rulebook.load(version_id).clauses) == len(rulebook.ROWS) + 7


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", RULE[:500]])
def test_wrong_file_is_refused_at_the_field(client, desk, content):
    response = post_file(client.as_(desk.manager), "/rules/import", "制度.docx", content)
    assert response.status_code == 422
    assert client.page.errors()


def test_no_file_is_said(client, desk):
    client.as_(desk.manager).get("/rules/import")
    assert client.post("/rules/import", client.page.values("/rules/import")).status_code == 422
    assert "请选择 Word 文件" in client.page.text


def test_who_may_import(client, desk):
    address = upload(client.as_(desk.manager))
    version_id = rulebook.draft(desk)
    for person in (desk.reader, desk.leader, desk.other):
        client.as_(person)
        for page in ("/rules/import", address, f"/rules/versions/{version_id}/import"):
            assert client.get(page).status_code in (403, 404)
    published = rulebook.published(desk)
    client.as_(desk.manager)
    assert client.get(f"/rules/versions/{published}/import").status_code == 409
    assert client.get("/rules/import/" + "x" * 43).status_code == 404
    assert client.get("/rules/import/..%2f..%2fetc").status_code == 404


def test_upload_of_another_person_is_not_found(client, desk):
    address = upload(client.as_(desk.manager))
    other = factories.user("李经理", "m2", desk.department, [Role.MANAGER])
    assert client.as_(other).get(address).status_code == 404


def test_import_speaks_english(client, desk):
    client.as_(desk.manager)
    client.browser.set_cookie("language", "en")
    address = upload(client)
    for words in ("Import preview", "nothing is saved yet", "Join above"):
        assert words in client.page.text
    assert "编号样式" not in client.page.text
    assert client.get(address).status_code == 200


def test_version_goes_back_to_word_with_real_numbering(client, desk):
    version_id = rulebook.published(desk)
    response = client.as_(desk.reader).get(f"/rules/versions/{version_id}/word")
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    document = read_document(open_upload("a.docx", response.data))
    assert document.title == "车辆管理办法"
    assert [row.printed for row in document.rows] == ["第一章", "第一条", "第二条", "第二章", "第三条"]
    assert client.as_(desk.reader).get(f"/rules/versions/{rulebook.draft(desk)}/word").status_code == 404
    assert io.BytesIO(response.data).read(2) == b"PK"


@pytest.mark.parametrize("label", sorted(VALUES))
def test_hostile_choices_are_those_of_the_file(client, desk, label):
    """Selectors take what they offer; anything else leaves a row as the file suggests, and nothing is saved."""
    address = upload(client.as_(desk.manager))
    fields = {**client.page.values(address), "do": "save", "title": ""}
    for name in ("style-0", "level-0", "style-99999"):
        fields[name] = VALUES[label]
    fields = {
        name: value for name, value in fields.items() if value is not MISSING and value is not SURROGATE
    }
    assert client.post(address, fields).status_code == 422
    assert client.page.values(address)["style-0"] == "chapter"
    assert count(Rule) == 0


def test_queries_of_a_preview_do_not_grow_with_its_rows(client, desk, queries):
    counted = []
    for lines in (1, 60):
        content = docx(*(p(f"{place + 1}. 甲。") for place in range(lines)))
        address = upload(client.as_(desk.manager), content=content)
        with queries() as seen:
            client.get(address)
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 10
