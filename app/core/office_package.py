"""Opening Office files people upload (.xlsx, .docx): what may be hostile in the archive and its XML, met once for all.

An Office file is an archive of XML parts. How much it unpacks to is limited by ``files.check_archive``; here is the
rest: XML that declares entities of its own is refused unread, and what is parsed never reaches the network or a file.
"""

import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum, auto
from posixpath import dirname, join, normpath
from typing import Any

# What old Office writes, and what Office and WPS wrap an encrypted file in.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SCANNED_BYTES = 1024 * 1024
XML_ENDINGS = (".xml", ".rels")
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
OFFICE_DOCUMENT = "/officeDocument"

# A damaged archive fails in whichever of these its unpacking happened to be.
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


class PackageProblem(Enum):
    """Why a package cannot be read."""

    DAMAGED = auto()
    UNSAFE = auto()
    MISSING = auto()


class PackageError(Exception):
    """A package or a part of it cannot be read. Who reads it says so in the words of its kind of file."""

    def __init__(self, problem: PackageProblem, part: str = "") -> None:
        super().__init__(f"{problem.name.lower()}: {part}" if part else problem.name.lower())
        self.problem = problem
        self.part = part


def is_encrypted(content: bytes) -> bool:
    """Tell whether an old container (see OLD_OFFICE) holds a new file that was locked with a password."""
    return content.startswith(OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in content


def is_old_word(content: bytes) -> bool:
    """Tell whether an old container holds a text of Word or WPS, whatever its name says."""
    return content.startswith(OLD_OFFICE) and "WordDocument".encode("utf-16-le") in content


def refuse_declarations(content: bytes) -> None:
    """Raise PackageError where XML declares entities of its own: a few lines of them unfold to gigabytes.

    Every part that ends like XML is looked through, in pieces, before anything parses it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.filename.lower().endswith(XML_ENDINGS) and _declares(archive, entry):
                    raise PackageError(PackageProblem.UNSAFE, entry.filename)
    except _ARCHIVE_ERRORS as error:
        raise PackageError(PackageProblem.DAMAGED) from error


def _declares(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part declares a document type or entities, or hides in an encoding nobody else writes."""
    rest = b""
    with archive.open(entry) as stream:
        while piece := stream.read(SCANNED_BYTES):
            if b"<!DOCTYPE" in rest + piece or b"<!ENTITY" in rest + piece or b"\0" in piece:
                return True
            rest = piece[-16:]
    return False


@dataclass(frozen=True)
class Relationship:
    """Where a part points to: another part by its name, or an address outside, which nobody here ever follows."""

    kind: str
    target: str
    outside: bool


class Package:
    """The parts of an Office file. Only what passed ``files.check_archive`` may come here."""

    def __init__(self, content: bytes) -> None:
        refuse_declarations(content)
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        # Names of parts are compared without case (ECMA-376 part 2); some writers begin them with a slash.
        self._names = {_key(name): name for name in self._archive.namelist()}

    def has(self, part: str) -> bool:
        """Tell whether a part is there."""
        return _key(part) in self._names

    def read(self, part: str) -> bytes:
        """Return the bytes of a part; raises PackageError where it is missing or damaged."""
        name = self._names.get(_key(part))
        if name is None:
            raise PackageError(PackageProblem.MISSING, part)
        try:
            return self._archive.read(name)
        except _ARCHIVE_ERRORS as error:
            raise PackageError(PackageProblem.DAMAGED, part) from error

    def xml(self, part: str) -> Any:
        """Return the root element of a part; raises PackageError where it is missing or no XML."""
        return parse(self.read(part), part)

    def main_part(self, otherwise: str) -> str:
        """Return the name of the part the file begins with."""
        for one in self.relationships("").values():
            if one.kind.endswith(OFFICE_DOCUMENT) and not one.outside:
                return one.target
        return otherwise

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Return where a part points to, by the id it uses; the whole file's for an empty name.

        A file without them has none: what they would lead to is then missing, and its reader says so.
        """
        folder, _, name = part.rpartition("/")
        place = join(folder, "_rels", f"{name}.rels")
        if not self.has(place):
            return {}
        found = {}
        for one in self.xml(place).iter(RELATIONSHIP):
            outside = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            if not outside:
                target = normpath(join("/" + dirname(part), target)).lstrip("/")
            found[one.get("Id", "")] = Relationship(one.get("Type", ""), target, outside)
        return found


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def parse(content: bytes, part: str = "") -> Any:
    """Return the root element of XML that declares nothing; raises PackageError for what is no XML.

    Entities are not unfolded, no document type is loaded, nothing is fetched, and depth and length are the parser's
    own (256 levels, 10 MB in one text).
    """
    from lxml import etree  # slow import

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(transitional(content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackageError(PackageProblem.DAMAGED, part) from error


_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = {
    b"wordprocessingml": b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
    b"spreadsheetml": b"http://schemas.openxmlformats.org/spreadsheetml/2006/",
    b"drawingml": b"http://schemas.openxmlformats.org/drawingml/2006/",
    b"officeDocument": b"http://schemas.openxmlformats.org/officeDocument/2006/",
}


def transitional(content: bytes) -> bytes:
    """Return XML with the names of the strict variant, which Office writes on request, as those of the usual one."""
    if b"purl.oclc.org" not in content:
        return content
    return _STRICT.sub(
        lambda found: _TRANSITIONAL.get(found[1], found[0][: -len(found[2])]) + found[2], content
    )
