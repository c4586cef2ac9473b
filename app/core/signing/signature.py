"""The signature: PAdES by pyHanko, certifying the paper with DocMDP "no changes allowed"."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.core.signing.authority import DocumentSigner
from app.core.signing.cms import SignatureTemplate
from app.core.signing.errors import SigningError

DOCUMENT_MARK = "zhangcheng document "
DOCUMENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
FIELD_NAME = "CompanySignature"


def sign(
    pdf: bytes,
    signer: DocumentSigner,
    *,
    reason: str,
    signing_time: datetime,
    document_id: str,
    draw: Callable[[Any], None] | None = None,
) -> bytes:
    """Give `pdf` with a certifying signature appended; no network is used.

    `draw` may first put something on its pages with pyHanko's writer: it becomes part of what is appended.

    `signing_time` is aware and stands in the file, as does `document_id` (8 to 64 letters, digits or `-`,
    best unguessable: the check recognises an altered paper by it). For the same arguments all bytes but the
    signature value are the same. Raises `SigningError("cannot-be-signed")` for what is no PDF or is signed
    already, and `ValueError` for an unfit time or document id.
    """
    if signing_time.utcoffset() is None:
        raise ValueError("the signing time needs a zone")
    if DOCUMENT_ID.fullmatch(document_id) is None:
        raise ValueError("a document id has 8 to 64 letters, digits or '-'")
    from pyhanko.pdf_utils.misc import PdfError  # slow import
    from pyhanko.sign.general import SigningError as PdfSigningError  # slow import

    template = _template(signer)
    mark = DOCUMENT_MARK + document_id
    try:
        writer = _writer(pdf, signing_time, mark)
        if draw is not None:
            draw(writer)
        digest, output = _with_room_for_signature(writer, template.longest, reason, signing_time, mark)
    except (PdfError, PdfSigningError, ValueError, KeyError, TypeError, IndexError) as error:
        raise SigningError("cannot-be-signed", str(error)) from error
    digest.fill_with_cms(output, template.complete(digest.document_digest))
    return output.getvalue()


def _template(signer: DocumentSigner) -> SignatureTemplate:
    if signer.template is None:
        # Two threads may both make one; they are alike.
        signer.template = SignatureTemplate(signer.key, (signer.certificate, *signer.chain))
    return signer.template


def _writer(pdf: bytes, signing_time: datetime, mark: str) -> Any:
    from pyhanko.pdf_utils import generic  # slow import
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # slow import
    from pyhanko.sign.signers.constants import ESIC_EXTENSION_1  # slow import

    class Writer(IncrementalPdfFileWriter):
        # pyHanko would put the clock of this machine and random bytes into the file.
        def _update_meta(self) -> None:
            information = generic.DictionaryObject() if self._info is None else self._info.get_object()
            information["/ModDate"] = generic.pdf_date(signing_time)
            information["/ZhangchengDocument"] = generic.TextStringObject(mark)
            if self._info is None:
                self.set_info(self.add_object(information))
            else:
                self.mark_update(self._info)

    writer = Writer(io.BytesIO(pdf))
    writer.register_extension(ESIC_EXTENSION_1)
    revision = hashlib.sha256(pdf + mark.encode()).digest()[:16]
    first_id = writer._document_id[0] if "/ID" in writer.prev.trailer else revision
    writer._document_id = generic.ArrayObject(
        [generic.ByteStringObject(first_id), generic.ByteStringObject(revision)]
    )
    return writer


def _with_room_for_signature(
    writer: Any, room: int, reason: str, signing_time: datetime, mark: str
) -> tuple[Any, io.BytesIO]:
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter  # slow import
    from pyhanko.sign.signers import cms_embedder  # slow import
    from pyhanko.sign.signers.pdf_byterange import SignatureObject  # slow import

    output = io.BytesIO()
    steps = cms_embedder.PdfCMSEmbedder().write_cms(FIELD_NAME, writer)
    next(steps)
    dictionary = SignatureObject(
        timestamp=signing_time,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        contact_info=mark,
        # In hexadecimal digits.
        bytes_reserved=2 * room,
    )
    no_changes = cms_embedder.SigMDPSetup("sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    steps.send(cms_embedder.SigObjSetup(dictionary, no_changes))
    digest, _ = steps.send(cms_embedder.SigIOSetup("sha256", output=output))
    return digest, output
