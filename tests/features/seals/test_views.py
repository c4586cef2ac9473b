"""The pages of seals: for keeper, manager of seals, auditor, leader, administrator, and those without rights."""

import io

import pytest

from app.core.db import session
from app.core.permissions import Role
from app.features.seals import keys
from app.features.seals.models import LegalEntity, Seal
from tests import factories, stories
from tests.core.signed_papers import COMPANY
from tests.features.seals.test_actions import CODE, authorised, entity, seal, use
from tests.sending import sent

ENTITY = {"name": "江苏润禾机械配件有限公司", "credit_code": CODE.lower(), "phone": "0512-5550100"}


@pytest.fixture
def seal_manager():
    return factories.user(name="章管理", staff_number="sm1", roles=[Role.SEAL_MANAGER])


@pytest.fixture
def auditor():
    return factories.user(name="审计员", staff_number="sa1", roles=[Role.SEAL_AUDITOR])


@pytest.fixture
def key(app, tmp_path):
    """A signing key of this test's own."""
    before = keys.folder()
    keys.use_folder(tmp_path / "keys")
    stories.signing_keys(COMPANY)
    yield keys.folder()
    keys.use_folder(before)


def count_queries(client, address):
    client.get(address)
    with sent() as statements:
        assert client.get(address).status_code == 200
    return len(statements)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_for_the_leader(client, leader, seal_keeper, manager, key, language):
    seal_id = authorised(seal_keeper, leader)
    use(seal_keeper, seal_id, manager)
    client.as_(leader).post("/language", {"language": language})
    pages = ["/seals", f"/seals/{seal_id}", "/seals/uses", "/seals/entities/1", "/seals/entities/1/edit"]
    for address in [*pages, "/seals/entities/new", "/seals/key"]:
        assert client.get(address).status_code == 200, address
        assert client.page.one("html").attributes["lang"] == {"zh": "zh-Hans", "en": "en"}[language]


def test_pages_are_refused_without_the_right(client, salesperson, outsider, seal_keeper, key):
    seal_id = seal(seal_keeper)
    for person in (salesperson, outsider):
        client.as_(person)
        for address in ("/seals", "/seals/uses", "/seals/new", "/seals/entities/1", "/seals/key"):
            assert client.get(address).status_code == 403, address
        assert client.get(f"/seals/{seal_id}").status_code == 404
        assert client.get(f"/seals/{seal_id}/specimen.svg").status_code == 404
        assert client.get("/seals/key/authority.pem").status_code == 403


def test_strangers_are_sent_to_sign_in(client, seal_keeper):
    seal_id = seal(seal_keeper)
    for address in ("/seals", f"/seals/{seal_id}/specimen.svg", "/seals/uses", "/seals/key/authority.pem"):
        response = client.get(address)
        assert (response.status_code, response.location) == (303, f"/login?next={address}")


def test_acts_are_refused_to_every_role_but_the_right_one(client, seal_keeper, leader, seal_manager, auditor):
    seal_id = seal(seal_keeper)
    roles = [role for role in Role if role not in (Role.LEADER, Role.SEAL_MANAGER)]
    people = [
        factories.user(name="某人", staff_number=f"r{number}", roles=[role])
        for number, role in enumerate(roles)
    ]
    for person in people:
        client.as_(person)
        assert client.post(f"/seals/{seal_id}/authorise", {"version": 1, "confirmed": "y"}).status_code == 403
        assert client.post(f"/seals/{seal_id}/stop", {"version": 1, "reason": "x"}).status_code == 403
        assert client.post(f"/seals/{seal_id}/change-keeper", {"version": 1}).status_code == 403
        assert client.post("/seals/entities/new", ENTITY).status_code == 403
        assert client.post("/seals/key", {}).status_code == 403
    assert client.as_(leader).post(f"/seals/{seal_id}/stop", {"version": 1}).status_code == 403
    assert client.as_(seal_manager).post(f"/seals/{seal_id}/authorise", {"version": 1}).status_code == 403
    row = session.get(Seal, seal_id)
    assert (row.version, row.status, row.printing_authorised_at) == (1, "active", None)


def test_the_leader_registers_a_company_once_however_often_the_form_is_sent(client, leader):
    client.as_(leader).get("/seals/entities/new")
    values = {**client.page.values("/seals/entities/new"), **ENTITY}
    first = client.post("/seals/entities/new", values)
    second = client.post("/seals/entities/new", values)
    assert [first.status_code, second.status_code] == [303, 303], client.page.text
    assert first.location == second.location
    assert [row.credit_code for row in session.query(LegalEntity)] == [CODE]


def test_a_mistyped_credit_code_comes_back_to_its_field_with_what_was_typed(client, leader):
    client.as_(leader)
    response = client.submit("/seals/entities/new", {**ENTITY, "credit_code": "91320500MA1DEMX00E"})
    assert response.status_code == 422
    assert any("统一社会信用代码不对" in error for error in client.page.errors())
    assert client.page.one("input", name="name").attributes["value"] == ENTITY["name"]


def test_a_stale_form_of_a_company_says_what_changed(client, leader):
    made = entity()
    client.as_(leader).get(f"/seals/entities/{made}/edit")
    values = client.page.values(f"/seals/entities/{made}/edit")
    assert client.post(f"/seals/entities/{made}/edit", {**values, "phone": "1"}).status_code == 303
    response = client.post(f"/seals/entities/{made}/edit", {**values, "phone": "2"})
    assert response.status_code == 409
    assert "电话" in client.page.text
    assert session.get(LegalEntity, made).phone == "1"


def test_the_manager_of_seals_registers_a_seal_and_hands_it_on(client, seal_manager, seal_keeper, outsider):
    entity()
    client.as_(seal_manager)
    response = client.submit(
        "/seals/new",
        {
            "kind": "quotation",
            "seal_form": "drawn",
            "keeper_id": seal_keeper.id,
            "filed_number": "3205001234567",
        },
    )
    assert response.status_code == 303
    row = session.query(Seal).one()
    assert (row.purpose, row.diameter, row.filed_number) == ("报价专用章", 42, "3205001234567")
    response = client.submit(
        f"/seals/{row.id}/change-keeper", {"keeper_id": outsider.id}, page=f"/seals/{row.id}"
    )
    assert response.status_code == 303
    session.expire_all()
    assert session.get(Seal, row.id).keeper_id == outsider.id
    assert client.as_(outsider).get(f"/seals/{row.id}").status_code == 200


@pytest.mark.parametrize("kind", ["company", "contract", "finance", "invoice", "legal_representative"])
def test_a_form_that_asks_for_a_drawn_company_seal_is_refused_at_the_field(
    client, seal_manager, seal_keeper, kind
):
    entity()
    client.as_(seal_manager)
    response = client.submit("/seals/new", {"kind": kind, "seal_form": "drawn", "keeper_id": seal_keeper.id})
    assert response.status_code == 422
    assert any("只登记实物" in error for error in client.page.errors())
    assert session.query(Seal).count() == 0


def test_the_leader_authorises_printing_only_with_the_tick(client, leader, seal_keeper):
    seal_id = seal(seal_keeper)
    client.as_(leader).get(f"/seals/{seal_id}")
    assert "还没有授权系统打印" in client.page.text
    assert client.post(f"/seals/{seal_id}/authorise", {"version": 1}).status_code == 422
    assert client.post(f"/seals/{seal_id}/authorise", {"version": 9, "confirmed": "y"}).status_code == 409
    assert client.post(f"/seals/{seal_id}/authorise", {"version": 1, "confirmed": "y"}).status_code == 303
    assert session.get(Seal, seal_id).printing_authorised_by_id == leader.id
    assert client.post(f"/seals/{seal_id}/authorise", {"version": 2, "confirmed": "y"}).status_code == 409


def test_a_seal_is_stopped_with_a_reason(client, seal_manager, seal_keeper):
    seal_id = seal(seal_keeper)
    client.as_(seal_manager)
    assert client.post(f"/seals/{seal_id}/stop", {"version": 1, "reason": ""}).status_code == 422
    assert client.post(f"/seals/{seal_id}/stop", {"version": 1, "reason": "磨损"}).status_code == 303
    assert session.get(Seal, seal_id).status == "stopped"
    client.get(f"/seals/{seal_id}")
    assert "已停用" in client.page.heading
    assert "磨损" in client.page.text


def test_the_only_seal_anybody_gets_without_a_document_is_crossed(client, seal_keeper):
    from app.features.seals.drawing import seal_svg
    from app.features.seals.marks import mark_of

    seal_id = seal(seal_keeper)
    response = client.as_(seal_keeper).get(f"/seals/{seal_id}/specimen.svg")
    assert response.mimetype == "image/svg+xml"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    row = session.get(Seal, seal_id)
    assert response.get_data(as_text=True) == seal_svg(mark_of(row, specimen=True))
    assert response.get_data(as_text=True) != seal_svg(mark_of(row))
    addresses = {rule.rule for rule in client.app.url_map.iter_rules() if rule.endpoint.startswith("seals.")}
    assert {address for address in addresses if "svg" in address or "png" in address or "pdf" in address} == {
        "/seals/<int:seal_id>/specimen.svg"
    }


def test_a_wet_seal_has_no_picture(client, leader, seal_keeper):
    seal_id = seal(seal_keeper, kind="company", form="wet")
    assert client.as_(leader).get(f"/seals/{seal_id}/specimen.svg").status_code == 404
    client.get(f"/seals/{seal_id}")
    assert client.page.all("img", class_="seal-specimen") == []


def test_the_register_shows_all_to_the_auditor_and_the_own_uses_to_a_keeper(
    client, leader, seal_keeper, back_office, auditor, manager
):
    seal_id = authorised(outsider_keeper := factories.user(name="王保管", staff_number="k9"), leader)
    use(seal_keeper, seal_id, manager, number="BJ-2026-0001")
    use(back_office, seal_id, manager, number="BJ-2026-0002", doc_id=8)
    for person, seen in (
        (auditor, {"BJ-2026-0001", "BJ-2026-0002"}),
        (leader, {"BJ-2026-0001", "BJ-2026-0002"}),
        (outsider_keeper, {"BJ-2026-0001", "BJ-2026-0002"}),
        (seal_keeper, {"BJ-2026-0001"}),
        (back_office, {"BJ-2026-0002"}),
    ):
        client.as_(person).get("/seals/uses")
        found = {number for number in ("BJ-2026-0001", "BJ-2026-0002") if number in client.page.text}
        assert found == seen, person.name
        export = client.get("/seals/uses?format=csv").get_data(as_text=True)
        assert {number for number in ("BJ-2026-0001", "BJ-2026-0002") if number in export} == seen


def test_the_register_folds_what_is_less_asked_for_and_files_keep_every_column(
    client, leader, seal_keeper, auditor, manager
):
    use(seal_keeper, authorised(seal_keeper, leader), manager, number="BJ-2026-0001")
    client.as_(auditor).get("/seals/uses")
    heads = [head.text for head in client.page.all("th")]
    assert len(heads) == 8
    assert f"审批人 {manager.name}" in client.page.text
    assert all(
        client.page.one("a", id=f"sort-{key}") for key in ("used_by", "approved_by", "purpose", "form")
    )
    export = client.get("/seals/uses?format=csv").get_data(as_text=True)
    assert len(export.splitlines()[0].split(",")) == 13
    assert client.get("/seals/uses?sort=approved_by").status_code == 200


def test_the_register_is_filtered_by_seal_and_searched_by_number(
    client, leader, seal_keeper, auditor, manager
):
    seal_id = authorised(seal_keeper, leader)
    other = seal(seal_keeper, session.get(Seal, seal_id).legal_entity_id, kind="bid")
    use(seal_keeper, seal_id, manager, number="BJ-2026-0001")
    client.as_(auditor).get(f"/seals/uses?seal={seal_id}&q=0001")
    assert "BJ-2026-0001" in client.page.text
    assert client.page.one("select", name="seal")
    client.get(f"/seals/uses?seal={other}")
    assert "BJ-2026-0001" not in client.page.text
    client.get("/seals/uses?q=0009")
    assert "BJ-2026-0001" not in client.page.text


def test_queries_stay_constant_in_rows(client, leader, seal_keeper, auditor, manager):
    seal_id = authorised(seal_keeper, leader)
    use(seal_keeper, seal_id, manager)
    client.as_(auditor)
    first = {
        address: count_queries(client, address) for address in ("/seals", "/seals/uses", f"/seals/{seal_id}")
    }
    for number in range(30):
        use(seal_keeper, seal_id, manager, number=f"BJ-2026-1{number:03}", doc_id=number + 10)
    for number in (1, 2, 3):
        seal(seal_keeper, session.get(Seal, seal_id).legal_entity_id, purpose=f"报价专用章（{number}）")
    for address, before in first.items():
        assert count_queries(client, address) == before
        assert before <= 10


def test_the_key_page_names_the_certificate_and_hands_it_out(client, administrator, key):
    client.as_(administrator).get("/seals/key")
    assert "不是第三方电子印章" in client.page.text
    assert keys.summary().fingerprint in client.page.text
    assert keys.summary().own
    response = client.get("/seals/key/authority.pem")
    assert response.get_data().startswith(b"-----BEGIN CERTIFICATE-----")
    assert "attachment" in response.headers["Content-Disposition"]
    assert client.page.all("form", action="/seals/key") == []


def test_a_missing_key_is_said_with_what_to_do(client, leader, app, tmp_path):
    before = keys.folder()
    keys.use_folder(tmp_path / "nothing")
    try:
        assert client.as_(leader).get("/seals/key").status_code == 200
        assert "签名密钥不可用" in client.page.text
        assert client.get("/seals/key/authority.pem").status_code == 409
    finally:
        keys.use_folder(before)


def pkcs12(passphrase=b"import-me", days=30):
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12 as p12
    from cryptography.x509.oid import NameOID

    from app.core import clock

    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Commercial Signer")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(7)
        .not_valid_before(clock.now() - timedelta(days=60))
        .not_valid_after(clock.now() + timedelta(days=days))
        .sign(own, hashes.SHA256())
    )
    return p12.serialize_key_and_certificates(
        b"x", own, certificate, None, serialization.BestAvailableEncryption(passphrase)
    )


def replace(client, content, passphrase="import-me", password=factories.PASSWORD):
    return client.post(
        "/seals/key",
        {"file": (io.BytesIO(content), "signer.p12"), "passphrase": passphrase, "password": password},
        content_type="multipart/form-data",
    )


def test_a_pkcs12_file_replaces_the_key_with_the_password_again_and_old_papers_stay_known(
    client, leader, key
):
    before = keys.trusted_certificates()
    client.as_(leader)
    assert replace(client, pkcs12(), password="wrong").status_code == 422
    assert keys.trusted_certificates() == before
    assert replace(client, pkcs12()).status_code == 303
    client.get("/seals/key")
    assert "Commercial Signer" in client.page.text
    assert not keys.summary().own
    assert keys.summary().fingerprint in client.page.text
    assert set(before) < set(keys.trusted_certificates())


@pytest.mark.parametrize(
    ("content", "passphrase", "sentence"),
    [
        (b"", "import-me", "打不开"),
        (b"not a key", "import-me", "打不开"),
        (b"x" * 300_000, "import-me", "打不开"),
        (pkcs12(), "wrong", "打不开"),
        (pkcs12(days=-1), "import-me", "尚未生效或已过期"),
    ],
)
def test_a_file_that_cannot_sign_is_refused_with_the_reason(
    client, leader, key, content, passphrase, sentence
):
    fingerprint = keys.summary().fingerprint
    assert replace(client.as_(leader), content, passphrase).status_code == 422
    assert any(sentence in error for error in client.page.errors())
    assert keys.summary().fingerprint == fingerprint
