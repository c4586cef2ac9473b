import contextlib
import socket
import ssl
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from app.core import certificate, clock


def handshake(folder: Path, name: str) -> str:
    """Connect over loopback as a browser would, trusting the authority alone, and return the TLS version."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder / "server.pem", folder / "server-key.pem")
    client_side = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    one, other = socket.socketpair()

    def serve() -> None:
        with one, contextlib.suppress(ssl.SSLError):
            server_side.wrap_socket(one, server_side=True).close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with other, client_side.wrap_socket(other, server_hostname=name) as secured:
            return str(secured.version())
    finally:
        thread.join()


def test_browser_that_trusts_the_authority_accepts_the_server_under_its_names(tmp_path):
    names = certificate.make(tmp_path, ["portal", "192.168.1.5"])
    assert names[:2] == ["portal", "192.168.1.5"]
    assert "127.0.0.1" in names
    assert handshake(tmp_path, "portal") == "TLSv1.3"
    assert handshake(tmp_path, "192.168.1.5") == "TLSv1.3"


def test_browser_refuses_the_server_under_another_name(tmp_path):
    certificate.make(tmp_path, ["portal"])
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, "another")


def test_renewal_keeps_the_authority(tmp_path):
    certificate.make(tmp_path, ["portal"])
    before = (tmp_path / "ca.crt").read_bytes()
    first = (tmp_path / "server.pem").read_bytes()
    certificate.make(tmp_path, ["portal"])
    assert (tmp_path / "ca.crt").read_bytes() == before
    assert (tmp_path / "server.pem").read_bytes() != first


def test_certificate_is_valid_for_as_long_as_browsers_allow(tmp_path):
    certificate.make(tmp_path, [])
    server = x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())
    assert server.not_valid_after_utc - server.not_valid_before_utc == timedelta(days=397)
    assert server.not_valid_before_utc < clock.now()


def test_keys_are_readable_by_the_owner_only(tmp_path):
    certificate.make(tmp_path / "https", [])
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "https").iterdir()}
    assert modes == {"ca.crt": 0o600, "ca-key.pem": 0o600, "server.pem": 0o600, "server-key.pem": 0o600}


@pytest.mark.parametrize("name", ["", "a b", "-x", "http://portal", "x" * 300, "中文", "portal/"])
def test_text_that_is_no_host_name_is_refused(tmp_path, name):
    with pytest.raises(certificate.CertificateError, match="既不是主机名也不是地址"):
        certificate.make(tmp_path, [name])
    assert list(tmp_path.iterdir()) == []


def test_key_of_another_kind_is_refused(tmp_path):
    certificate.make(tmp_path, [])
    key = ed25519.Ed25519PrivateKey.generate()
    (tmp_path / "ca-key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(certificate.CertificateError, match="不是本系统的密钥"):
        certificate.make(tmp_path, [])


def test_own_names_survive_a_name_that_does_not_resolve(monkeypatch):
    def unknown(*_: object) -> list[object]:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(socket, "gethostname", lambda: "portal_1")
    assert certificate.own_names() == ["localhost", "127.0.0.1", "::1"]
