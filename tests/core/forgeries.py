"""Forgeries of a signed paper. Each takes the signed bytes and gives what a forger would upload or hand on.

The tests run each against the upload check. All work on papers with uncompressed page contents.
"""

import io
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from app.core import signing
from tests.core import signed_papers

name = generic.pdf_name
FORGED = b"BT /F1 12 Tf 72 730 Td (Total: CNY 9,999.99) Tj ET"


def _dictionary(**entries) -> generic.DictionaryObject:
    return generic.DictionaryObject({name("/" + key): value for key, value in entries.items()})


def _numbers(*values) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(value) for value in values])


def _incremental(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _page(writer: IncrementalPdfFileWriter, index: int = 0):
    return writer.root["/Pages"]["/Kids"][index]


def _annotate(pdf: bytes, annotation: generic.DictionaryObject) -> bytes:
    def change(writer):
        page = _page(writer)
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(annotation)])
        writer.update_container(page)

    return _incremental(pdf, change)


def _appearance(writer_data: bytes = FORGED) -> generic.StreamObject:
    entries = _dictionary(Type=name("/XObject"), Subtype=name("/Form"), BBox=_numbers(0, 0, 300, 20))
    return generic.StreamObject(entries, stream_data=writer_data)


def amount_painted_over_by_more_page_content(pdf: bytes) -> bytes:
    def change(writer):
        writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=FORGED)))

    return _incremental(pdf, change)


def free_text_annotation(pdf: bytes) -> bytes:
    text = _dictionary(
        Type=name("/Annot"),
        Subtype=name("/FreeText"),
        Rect=_numbers(72, 725, 300, 745),
        Contents=generic.pdf_string("Total: CNY 9,999.99"),
        DA=generic.pdf_string("/Helv 12 Tf 0 g"),
    )
    return _annotate(pdf, text)


def stamp_annotation_with_appearance(pdf: bytes) -> bytes:
    def change(writer):
        look = writer.add_object(_appearance())
        stamp = _dictionary(
            Type=name("/Annot"),
            Subtype=name("/Stamp"),
            Rect=_numbers(72, 725, 300, 745),
            AP=_dictionary(N=look),
        )
        page = _page(writer)
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(stamp)])
        writer.update_container(page)

    return _incremental(pdf, change)


def form_field_over_the_amount(pdf: bytes) -> bytes:
    def change(writer):
        field = writer.add_object(
            _dictionary(
                Type=name("/Annot"),
                Subtype=name("/Widget"),
                FT=name("/Tx"),
                T=generic.pdf_string("total"),
                V=generic.pdf_string("9,999.99"),
                Rect=_numbers(72, 725, 300, 745),
            )
        )
        page = _page(writer)
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), field])
        writer.update_container(page)
        form = writer.root["/AcroForm"]
        form["/Fields"].append(field)
        writer.update_container(form["/Fields"])

    return _incremental(pdf, change)


def page_content_replaced(pdf: bytes) -> bytes:
    def change(writer):
        page = _page(writer)
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=FORGED))
        writer.update_container(page)

    return _incremental(pdf, change)


def cross_reference_rolled_back(pdf: bytes) -> bytes:
    """Only a new cross-reference section: it brings back the catalogue from before the signature."""
    unsigned = PdfReader(io.BytesIO(pdf[: pdf.index(b"%%EOF") + 6]))
    catalogue = unsigned.trailer.raw_get("/Root").idnum
    section = (
        f"xref\n{catalogue} 1\n{unsigned.xref[0][catalogue]:010d} 00000 n \n"
        f"trailer\n<< /Size {PdfReader(io.BytesIO(pdf)).trailer['/Size']} /Root {catalogue} 0 R"
        f" /Prev {_last_xref(pdf)} >>\nstartxref\n{len(pdf)}\n%%EOF\n"
    )
    return pdf + section.encode()


def hidden_content_brought_up(pdf: bytes) -> bytes:
    """The shadow attack's last step: an update that points the catalogue at other pages."""

    def change(writer):
        content = writer.add_object(generic.StreamObject(stream_data=FORGED))
        page = _dictionary(Type=name("/Page"), MediaBox=_numbers(0, 0, 595, 842), Contents=content)
        page_reference = writer.add_object(page)
        pages = _dictionary(
            Type=name("/Pages"), Count=generic.NumberObject(1), Kids=generic.ArrayObject([page_reference])
        )
        page["/Parent"] = pages_reference = writer.add_object(pages)
        writer.root["/Pages"] = pages_reference
        writer.update_root()

    return _incremental(pdf, change)


def information_replaced(pdf: bytes) -> bytes:
    def change(writer):
        writer.set_info(_dictionary(Title=generic.pdf_string("BJ-2026-9999")))

    return _incremental(pdf, change)


def page_added(pdf: bytes) -> bytes:
    def change(writer):
        content = writer.add_object(generic.StreamObject(stream_data=FORGED))
        page = _dictionary(Type=name("/Page"), MediaBox=_numbers(0, 0, 595, 842), Contents=content)
        page["/Parent"] = writer.root.raw_get("/Pages")
        pages = writer.root["/Pages"]
        pages["/Kids"].append(writer.add_object(page))
        pages["/Count"] = generic.NumberObject(3)
        writer.update_container(pages)

    return _incremental(pdf, change)


def page_removed(pdf: bytes) -> bytes:
    def change(writer):
        pages = writer.root["/Pages"]
        del pages["/Kids"][1]
        pages["/Count"] = generic.NumberObject(1)
        writer.update_container(pages)

    return _incremental(pdf, change)


def pages_reordered(pdf: bytes) -> bytes:
    def change(writer):
        writer.root["/Pages"]["/Kids"].reverse()
        writer.update_container(writer.root["/Pages"])

    return _incremental(pdf, change)


def page_cropped_to_hide_the_terms(pdf: bytes) -> bytes:
    def change(writer):
        page = _page(writer)
        page["/CropBox"] = _numbers(0, 740, 595, 842)
        writer.update_container(page)

    return _incremental(pdf, change)


def permissions_removed(pdf: bytes) -> bytes:
    def change(writer):
        del writer.root["/Perms"]
        writer.update_root()

    return _incremental(pdf, change)


def signature_field_removed(pdf: bytes) -> bytes:
    def change(writer):
        del writer.root["/AcroForm"], writer.root["/Perms"]
        writer.update_root()

    return _incremental(pdf, change)


def script_added(pdf: bytes) -> bytes:
    def change(writer):
        action = _dictionary(S=name("/JavaScript"), JS=generic.pdf_string("app.alert('9,999.99')"))
        writer.root["/OpenAction"] = writer.add_object(action)
        writer.update_root()

    return _incremental(pdf, change)


def font_replaced(pdf: bytes) -> bytes:
    """The same text, shown with other figures: the encoding of the font maps 1 to 9."""

    def change(writer):
        differences = generic.ArrayObject([generic.NumberObject(ord("1")), name("/nine")])
        font = _page(writer)["/Resources"]["/Font"]["/F1"]
        font["/Encoding"] = _dictionary(Type=name("/Encoding"), Differences=differences)
        writer.update_container(font)

    return _incremental(pdf, change)


def layer_that_hides_the_original(pdf: bytes) -> bytes:
    def change(writer):
        group = writer.add_object(_dictionary(Type=name("/OCG"), Name=generic.pdf_string("x")))
        groups = generic.ArrayObject([group])
        writer.root["/OCProperties"] = _dictionary(OCGs=groups, D=_dictionary(OFF=groups))
        writer.update_root()
        writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=FORGED)))

    return _incremental(pdf, change)


def signed_a_second_time_by_a_look_alike(pdf: bytes) -> bytes:
    """A second signature, by an authority of the same name, in an update of its own."""
    from pyhanko.sign.signers import cms_embedder
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    with tempfile.TemporaryDirectory() as folder:
        look_alike = signed_papers.make_authority(Path(folder))
    template = signing.cms.SignatureTemplate(look_alike.key, (look_alike.certificate, *look_alike.chain))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    output = io.BytesIO()
    steps = cms_embedder.PdfCMSEmbedder().write_cms("Second", writer)
    next(steps)
    steps.send(cms_embedder.SigObjSetup(SignatureObject(bytes_reserved=2 * template.longest)))
    digest, _ = steps.send(cms_embedder.SigIOSetup("sha256", output=output))
    digest.fill_with_cms(output, template.complete(digest.document_digest))
    return output.getvalue()


def byte_range_stretched_over_an_addition(pdf: bytes) -> bytes:
    """Something is appended, and the signature's range is edited so that it seems to cover it."""
    addition = b"% appended\n%%EOF\n"
    start = pdf.index(b"/ByteRange [") + len(b"/ByteRange [")
    end = pdf.index(b"]", start)
    first, length, resume, rest = pdf[start:end].split()
    stretched = b" ".join((first, length, resume, b"%d" % (int(rest) + len(addition))))
    edited = pdf[:start] + stretched + b"]" + pdf[end + 1 :]
    return edited[: len(pdf)] + addition


def one_digit_changed(pdf: bytes) -> bytes:
    assert b"1,234.50" in pdf
    return pdf.replace(b"1,234.50", b"1,834.50", 1)


def signature_value_emptied(pdf: bytes) -> bytes:
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[:start] + b"0" * (end - start) + pdf[end:]


def signature_put_around_another_amount(pdf: bytes) -> bytes:
    """A new paper with our old signature value in it."""
    with tempfile.TemporaryDirectory() as folder:
        other = signed_papers.signed_paper(signed_papers.make_authority(Path(folder)), amount="9,999.99")
    start, end = (pdf.index(b"/Contents <") + len(b"/Contents <"), pdf.index(b">", pdf.index(b"/Contents <")))
    other_start = other.index(b"/Contents <") + len(b"/Contents <")
    other_end = other.index(b">", other_start)
    value = pdf[start:end][: other_end - other_start].ljust(other_end - other_start, b"0")
    return other[:other_start] + value + other[other_end:]


def signed_anew_by_a_look_alike(pdf: bytes) -> bytes:
    """The same paper with another amount, the same document id, signed by an authority of the same name."""
    with tempfile.TemporaryDirectory() as folder:
        return signed_papers.signed_paper(signed_papers.make_authority(Path(folder)), amount="9,999.99")


def junk_behind(pdf: bytes) -> bytes:
    return pdf + b"junk" * 100


def one_byte_behind(pdf: bytes) -> bytes:
    return pdf + b"\n"


def junk_in_front(pdf: bytes) -> bytes:
    return b"junk\n" + pdf


def cut_off(pdf: bytes) -> bytes:
    return pdf[:-300]


def last_byte_cut_off(pdf: bytes) -> bytes:
    return pdf[:-1]


def two_in_one(pdf: bytes) -> bytes:
    return pdf + pdf


def put_into_an_archive_stream(pdf: bytes) -> bytes:
    packed = zlib.compress(pdf)
    return b"%%PDF-1.4\n1 0 obj\n<< /Length %d >>\nstream\n%b\nendstream\n" % (len(packed), packed)


def _rewritten(*arguments: str) -> Callable[[bytes], bytes]:
    def rewrite(pdf: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "in.pdf"), Path(folder, "out.pdf")
            source.write_bytes(pdf)
            signed_papers.run("qpdf", source, *arguments, target)
            return target.read_bytes()

    return rewrite


def merged_with_another(pdf: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, other, target = (Path(folder, file) for file in ("in.pdf", "other.pdf", "out.pdf"))
        source.write_bytes(pdf)
        other.write_bytes(signed_papers.paper(amount="9,999.99"))
        signed_papers.run("qpdf", source, "--pages", source, other, "--", target)
        return target.read_bytes()


def saved_by_another_program(pdf: bytes) -> bytes:
    output = io.BytesIO()
    PdfWriter(clone_from=io.BytesIO(pdf)).write(output)
    return output.getvalue()


def amount_changed_and_saved_by_another_program(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    content = writer.pages[0].get_contents()
    content.set_data(content.get_data().replace(b"1,234.50", b"9,999.99"))
    writer.pages[0].replace_contents(content)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def printed_into_a_new_file(pdf: bytes) -> bytes:
    """Printed to PDF: it looks alike, and nothing of the old file is left."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.pdf")
        source.write_bytes(pdf)
        subprocess.run(["pdftocairo", "-pdf", source, target], check=True, timeout=60)
        return target.read_bytes()


def drawn_anew(pdf: bytes) -> bytes:
    return signed_papers.paper(amount="9,999.99")


def signed_anew_under_another_id(pdf: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return signed_papers.signed_paper(signed_papers.make_authority(Path(folder)), "SOMEBODYELSE0001")


def _last_xref(pdf: bytes) -> int:
    return int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])


# The stored copy stands untouched at the beginning, whatever a PDF reader may then show.
CONTINUATIONS = (
    amount_painted_over_by_more_page_content,
    free_text_annotation,
    stamp_annotation_with_appearance,
    form_field_over_the_amount,
    page_content_replaced,
    cross_reference_rolled_back,
    hidden_content_brought_up,
    information_replaced,
    page_added,
    page_removed,
    pages_reordered,
    page_cropped_to_hide_the_terms,
    permissions_removed,
    signature_field_removed,
    script_added,
    font_replaced,
    layer_that_hides_the_original,
    signed_a_second_time_by_a_look_alike,
    junk_behind,
    one_byte_behind,
    two_in_one,
)

# Bytes of the original were changed, but our certificate is still in the file.
REWRITINGS = {
    "one digit changed": one_digit_changed,
    "byte range stretched over an addition": byte_range_stretched_over_an_addition,
    "signature put around another amount": signature_put_around_another_amount,
    "junk in front": junk_in_front,
    "cut off": cut_off,
    "last byte cut off": last_byte_cut_off,
    "put into an archive stream": put_into_an_archive_stream,
    "saved by qpdf": _rewritten(),
    "linearized": _rewritten("--linearize"),
    "taken apart for an editor": _rewritten("--qdf", "--object-streams=disable"),
    "packed into object streams": _rewritten("--object-streams=generate", "--recompress-flate"),
    "encrypted": _rewritten("--encrypt", "", "owner", "256", "--"),
    "first page only": _rewritten("--pages", ".", "1", "--"),
    "merged with another": merged_with_another,
    "saved by another program": saved_by_another_program,
    "amount changed and saved by another program": amount_changed_and_saved_by_another_program,
}

# Our certificate is gone; the document id gives it away.
UNSIGNED = (signature_value_emptied, signed_anew_by_a_look_alike)

# Nothing of ours is left in the file.
STRANGERS = (printed_into_a_new_file, drawn_anew, signed_anew_under_another_id)
