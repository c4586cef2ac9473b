"""Keys that are gone or cannot be opened: the examination names the file and the way out, issuing refuses in words."""

import io

import pytest

from app.core import checks, i18n, signing
from app.core.db import session
from app.core.permissions import Role
from app.features.people.models import User
from app.features.seals import keys
from tests import factories, stories
from tests.features.seals.test_views import key as key
from tests.features.seals.test_views import pkcs12

PASSPHRASE = "import-me"


@pytest.fixture
def desk(key) -> stories.Desk:
    return stories.desk()


def findings() -> list[str]:
    return [finding.sentence for finding in checks.run_all() if finding.check == "signing keys"]


def test_a_company_with_its_keys_has_no_finding(desk):
    assert findings() == []


def test_before_set_up_nothing_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(keys, "_folder", [tmp_path / "nothing"])
    assert findings() == []


@pytest.mark.parametrize("name", ["secret.key", "signer.p12", "authority.p12"])
def test_a_file_that_is_gone_is_named_with_the_way_out(desk, name):
    (keys.folder() / name).unlink()
    for language, way_out in ((i18n.CHINESE, "请从备份恢复"), (i18n.ENGLISH, "estore")):
        i18n.set_locale(language)
        (sentence,) = findings()
        assert f"keys/{name}" in sentence
        assert way_out in sentence
    assert not (keys.folder() / name).exists(), "looking made a new one"


def test_lost_certificates_are_found(desk):
    for file in (keys.folder() / "certificates").iterdir():
        file.unlink()
    (sentence,) = findings()
    assert "keys/certificates" in sentence


def test_a_secret_that_does_not_fit_is_found(desk):
    (keys.folder() / "secret.key").write_text("another secret of some length")
    (sentence,) = findings()
    assert "secret.key 与密钥不匹配" in sentence


@pytest.mark.parametrize("name", ["secret.key", "signer.p12"])
def test_issuing_without_the_key_is_refused_in_words_and_nothing_is_kept(client, desk, name):
    revision = desk.quotation("approved")
    address = f"/quotations/{revision.quotation_id}/r/1/issue"
    (keys.folder() / name).unlink()
    client.as_(session.get_one(User, desk.people.ids["keeper"])).get(address)
    fields = {**client.page.values(address), "copies": "2", "file_form": "electronic"}
    assert client.post(address, fields).status_code == 409
    assert "签名密钥不可用" in client.page.text
    assert name in client.page.text
    session.expire_all()
    assert revision.status == "approved"
    assert revision.issued_files == []


@pytest.mark.parametrize("name", ["secret.key", "signer.p12"])
def test_a_lost_key_is_replaced_by_one_of_ones_own_and_old_papers_stay_known(client, desk, name):
    known = set(keys.trusted_certificates())
    (keys.folder() / name).unlink()
    leader = factories.user(name="章管理", staff_number="sm2", roles=[Role.SEAL_MANAGER])
    response = client.as_(leader).submit(
        "/seals/key",
        {
            "file": (io.BytesIO(pkcs12()), "own.p12"),
            "passphrase": PASSPHRASE,
            "password": factories.PASSWORD,
        },
        content_type="multipart/form-data",
    )
    assert response.status_code == 303
    assert known < set(keys.trusted_certificates())
    assert keys.signer().fingerprint
    assert not keys.summary().own
    assert client.get("/seals/key").status_code == 200


def test_an_unreadable_key_is_a_refusal(desk, monkeypatch):
    (keys.folder() / "signer.p12").unlink()
    (keys.folder() / "signer.p12").mkdir()
    with pytest.raises(signing.SigningError) as refused:
        signing.load_signer(keys.folder(), signing.read_secret(keys.folder()))
    assert refused.value.reason == "keys-unreadable"
