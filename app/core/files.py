"""Files attached to documents: stored by hash outside the web root, described by a row, never unlinked in a request."""

import hashlib
import io
import os
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Model, UTCDateTime, session
from app.core.errors import Invalid
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.core.prepared import read

MAX_BYTES = 50 * 1024 * 1024
MAX_ZIP_ENTRIES = 2_000
ZIP_ENTRY = b"PK\x01\x02"
MAX_ZIP_BYTES = 50 * 1024 * 1024
MAX_NAME = 120

# kind by content: leading bytes -> allowed extensions and the type under which the file is served
SIGNATURES: tuple[tuple[bytes, tuple[str, ...], str], ...] = (
    (b"%PDF-", ("pdf",), "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", ("png",), "image/png"),
    (b"\xff\xd8\xff", ("jpg", "jpeg"), "image/jpeg"),
    (b"GIF8", ("gif",), "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("doc", "xls", "ppt", "wps", "et"), "application/octet-stream"),
)
ZIP_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "ofd": "application/octet-stream",
}
TEXT_TYPES = {"txt": "text/plain", "csv": "text/csv"}


class StoredFile(Model):
    """A file of a document. The bytes lie at ``path_of``; deleting marks the row, a job removes bytes later."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_document", "doc_type", "doc_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(String(40), nullable=False, default="attachment")
    name: Mapped[str] = mapped_column(String(MAX_NAME), nullable=False)
    media_type: Mapped[str] = mapped_column(String(100), nullable=False)
    size: Mapped[int] = mapped_column(BigInteger, nullable=False)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    line_id: Mapped[int | None] = mapped_column(Integer)
    legal_hold: Mapped[bool] = mapped_column(nullable=False, default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


@dataclass(frozen=True)
class CheckedFile:
    """An upload that passed the checks: safe name, type found from the content, bytes."""

    name: str
    media_type: str
    content: bytes


_folder: list[Path] = []


def use_folder(folder: Path) -> None:
    """Set the folder of all stored files, at start."""
    _folder[:] = [folder]


def path_of(sha256: str) -> Path:
    """Return where the bytes of a hash lie."""
    return _folder[0] / sha256[:2] / sha256


def refuse(text: LazyText) -> Invalid:
    """Return the refusal of an upload, at the field ``file``."""
    return Invalid(fields={"file": text})


def safe_name(name: str) -> str:
    """Return a display name without folders, control or bidirectional characters; Chinese stays as typed."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        character
        for character in base
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        and character not in '<>:"|?*'
    ).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    if len(kept) > MAX_NAME and dot:
        kept = stem[: MAX_NAME - len(extension) - 1] + "." + extension
    return kept[:MAX_NAME] or "file"


def check_upload(name: str, stream: BinaryIO) -> CheckedFile:
    """Read and check an upload before any transaction: size, name, type by content, archives by their directory.

    Raises Invalid with the sentence at the field ``file``.
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise refuse(lazy("文件超过 50 MB，请压缩或拆分后再上传"))
    if not content:
        raise refuse(lazy("文件是空的，请检查后重新选择"))
    display = safe_name(name)
    extension = display.rpartition(".")[2].lower()
    return CheckedFile(display, media_type_of(content, extension), content)


def media_type_of(content: bytes, extension: str) -> str:
    """Return the media type found in the content; raises Invalid where it is not allowed or the name lies."""
    lying = refuse(lazy("文件内容与扩展名不符，请用原来的程序另存后再上传"))
    for magic, extensions, media_type in SIGNATURES:
        if content.startswith(magic):
            if extension not in extensions:
                raise lying
            return media_type
    if content[:12][4:] == b"ftypheic" or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        if extension not in ("heic", "webp"):
            raise lying
        return f"image/{extension}"
    if content.startswith(b"PK\x03\x04"):
        if extension not in ZIP_TYPES:
            raise lying
        check_archive(content)
        return ZIP_TYPES[extension]
    if extension in TEXT_TYPES and b"\0" not in content:
        return TEXT_TYPES[extension]
    raise refuse(lazy("不接受这种文件。可以上传 PDF、图片、Word、Excel、PPT、文本和 ZIP"))


def check_archive(content: bytes) -> None:
    """Refuse a damaged archive or one that unpacks to too much; only its directory is read."""
    too_much = refuse(lazy("压缩文件解开后过大，请拆分后再上传"))
    # Counted before the directory is read: a million entries would already take half a gigabyte.
    if content.count(ZIP_ENTRY) > MAX_ZIP_ENTRIES:
        raise too_much
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse(lazy("文件已损坏，打不开，请重新保存后再上传")) from error
    if sum(entry.file_size for entry in entries) > MAX_ZIP_BYTES:
        raise too_much


def save_bytes(content: bytes) -> str:
    """Write bytes under their SHA-256 (temporary file, fsync, rename) and return the hash. May run outside a lock."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(digest)
    if target.exists() and target.stat().st_size == len(content):
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        # A full disk leaves no half file behind.
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def attach(
    checked: CheckedFile,
    doc_type: str,
    doc_id: int,
    actor: Actor,
    *,
    kind: str = "attachment",
    line_id: int | None = None,
    legal_hold: bool = False,
) -> StoredFile:
    """Store a checked file and add its row in the open unit of work; ``line_id`` ties it to one line."""
    return _add_row(
        actor,
        doc_type=doc_type,
        doc_id=doc_id,
        kind=kind,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.content),
        sha256=save_bytes(checked.content),
        line_id=line_id,
        legal_hold=legal_hold,
    )


def attach_stored(row: StoredFile, doc_type: str, doc_id: int, actor: Actor, *, kind: str) -> StoredFile:
    """Add a row for bytes that are stored already, so that another document has them too, under the same name."""
    stored = {name: getattr(row, name) for name in ("name", "media_type", "size", "sha256")}
    return _add_row(actor, doc_type=doc_type, doc_id=doc_id, kind=kind, **stored)


def _add_row(actor: Actor, **values: Any) -> StoredFile:
    row = StoredFile(uploaded_by_id=actor.id, uploaded_at=clock.now(), **values)
    session.add(row)
    session.flush()
    return row


def files_for(doc_type: str, doc_id: int, kind: str | None = None) -> list[StoredFile]:
    """Return the files of a document that are not deleted, oldest first."""
    place: dict[str, Any] = {"of_type": doc_type, "of_document": doc_id} | ({"of_kind": kind} if kind else {})
    return list(session.execute(files_statement(of_one_kind=kind is not None), place).scalars())


def listed(doc_type: str, doc_id: int, kind: str) -> list[Any]:
    """Return the files of one kind as rows of the table, for a page that only lists them."""
    return read(_listing(), {"of_type": doc_type, "of_document": doc_id, "of_kind": kind})


@cache
def _listing() -> Select[*tuple[Any, ...]]:
    return files_statement(of_one_kind=True).with_only_columns(*StoredFile.__table__.columns)


@cache
def files_statement(*, of_one_kind: bool) -> Select[StoredFile]:
    """Return the SELECT of the files of a document (``of_type``, ``of_document``); every document's page sends it."""
    statement = select(StoredFile).where(
        StoredFile.doc_type == bindparam("of_type"),
        StoredFile.doc_id == bindparam("of_document", type_=Integer),
        StoredFile.deleted_at.is_(None),
    )
    if of_one_kind:
        statement = statement.where(StoredFile.kind == bindparam("of_kind"))
    return statement.order_by(StoredFile.id)


def read_bytes(row: StoredFile) -> bytes:
    """Return the bytes of a stored file; raises FileNotFoundError where the folder lost them."""
    return path_of(row.sha256).read_bytes()


def mark_deleted(row: StoredFile) -> None:
    """Mark a file as deleted in the open unit of work; one under legal hold raises Invalid."""
    if row.legal_hold:
        raise refuse(lazy("正式件须长期保存，不能删除"))
    row.deleted_at = clock.now()
    session.flush()
