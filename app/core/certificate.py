"""HTTPS inside the office: an authority of this installation and a certificate for the server's names.

The authority's certificate is given to the other computers once; after that their browsers trust the server.
It is no more than a local one: outside the office a public certificate belongs on the proxy.
"""

import contextlib
import ipaddress
import os
import re
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core import clock
from app.core.i18n import gettext as _

AUTHORITY_YEARS = 10
# browsers refuse server certificates that are valid for longer
SERVER_DAYS = 397
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9-]{1,63})*\Z")

AUTHORITY_CERTIFICATE = "ca.crt"
AUTHORITY_KEY = "ca-key.pem"
SERVER_CERTIFICATE = "server.pem"
SERVER_KEY = "server-key.pem"


class CertificateError(ValueError):
    """A certificate cannot be made for what was asked; the message says why."""


def own_names() -> list[str]:
    """Return the names and addresses by which this computer is usually reached."""
    name = socket.gethostname()
    names = ["localhost", "127.0.0.1", "::1", name]
    with contextlib.suppress(OSError):
        names += [str(information[4][0]) for information in socket.getaddrinfo(name, None)]
    return list(dict.fromkeys(each for each in names if each and "%" not in each and is_usable(each)))


def is_usable(name: str) -> bool:
    """Tell whether a text is a host name or an address that a certificate can carry."""
    try:
        general_name(name)
    except CertificateError:
        return False
    return True


def general_name(name: str) -> x509.GeneralName:
    """Return a host name or address as certificates write it; raises CertificateError for anything else."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    if not HOST_NAME.match(name):
        raise CertificateError(_("%(name)s 既不是主机名也不是地址", name=name))
    return x509.DNSName(name.lower())


def make(folder: Path, names: Iterable[str]) -> list[str]:
    """Make the server's certificate in ``folder`` for its own and the given names.

    Returns the names. The authority is made once and stays at a renewal, so the other computers need nothing new.
    Raises CertificateError for a name that is none.
    """
    every = list(dict.fromkeys([*names, *own_names()]))
    entries = [general_name(name) for name in every]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / AUTHORITY_KEY).exists():
        _make_authority(folder)
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY_CERTIFICATE).read_bytes())
    authority_key = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise CertificateError(_("%(path)s 不是本系统的密钥", path=folder / AUTHORITY_KEY))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(every[0], authority.subject, key, timedelta(days=SERVER_DAYS))
        .add_extension(x509.SubjectAlternativeName(entries), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(
        serialization.Encoding.PEM
    )
    _write(folder / SERVER_KEY, _private(key))
    _write(folder / SERVER_CERTIFICATE, chain)
    return every


def _make_authority(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    title = f"Zhangcheng {socket.gethostname()}"[:64]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    certificate = (
        _builder(title, subject, key, timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / AUTHORITY_CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
    # the key comes last: it marks an authority that is complete
    _write(folder / AUTHORITY_KEY, _private(key))


def _builder(
    title: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lifetime: timedelta
) -> x509.CertificateBuilder:
    # a wrong clock on another computer does no harm
    start = clock.now() - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title[:64])]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + lifetime)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.replace(temporary, path)
