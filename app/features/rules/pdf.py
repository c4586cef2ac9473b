"""The papers of rules: the text of a version, the sheet people sign by hand, the proof of reading.

They are Chinese papers. What the fonts lack is replaced: a paper of rules refuses nobody.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core import clock, pictures
from app.core.db import session
from app.core.files import StoredFile
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph, baseline
from app.core.pdf.document import MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.core.pdf.table import Column, Part, Row, Table
from app.features.acknowledgements import wording
from app.features.rules import letters, queries, version_files, versions
from app.features.rules.clause_text import ItemList, Picture, Runs
from app.features.rules.clause_text import Paragraph as TextParagraph
from app.features.rules.clause_text import Table as TextTable
from app.features.rules.enums import (
    BY_OWN_ACCOUNT,
    CATEGORY_LABELS,
    RECORD_LABELS,
    WAY_LABELS,
    NumberStyle,
    RecordKind,
    RuleCategory,
    SignatureWay,
)
from app.features.rules.letters import Letters
from app.features.rules.models import ClauseText, RuleSignature, RuleVersion

# A pixel of a picture as screens show it; more of a page than this would leave no room for what explains it.
POINTS_A_PIXEL = 0.75
MOST_OF_PAGE = 0.7
NO_THIRD_PARTY = "本证明由用人单位系统生成，未经第三方存证。"
LETTER_MISSING = "待补确认书"

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 10.2, 16.6)
_BOLD = Style("bold", 10.2, 16.6)
_CHAPTER = Style("bold", 12.4, 22)
_CELL = Style("regular", 8.6, 12)
_HEAD = Style("bold", 8.6, 12)
_SOFT = Style("regular", 8, 11.6, SOFT_INK)


def stamp(moment: datetime | None) -> str:
    """Return a moment in the company's zone, an empty text for none."""
    return "" if moment is None else clock.to_local(moment).strftime("%Y-%m-%d %H:%M:%S")


def begin(version: RuleVersion, company: str, heading: str, kind: str) -> Document:
    """Return a paper with letterhead, title and foot; the time in it is that of the approval, so it stays the same."""
    document = Document(
        DocumentFacts(
            printable(f"{version.title} {kind}"), printable(company), version.rule.number, clock.now()
        ),
        _MARGINS,
    )
    label = str(versions.label(version))
    digest = f"全文摘要 {version.content_hash[:16]}" if version.content_hash else "草案，未经批准"
    printed = clock.to_local(clock.now()).strftime("%Y-%m-%d %H:%M")
    blocks.page_foot(
        document,
        Foot(printable(f"{version.rule.number} {label}"), digest, printable(kind), f"打印时间 {printed}"),
    )
    blocks.running_head(document, printable(version.title), label)
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, printable(heading))
    return document


def text_paper(version: RuleVersion, company: str) -> bytes:
    """Return the text of a version as PDF; a draft is marked across every page."""
    with using_locale(CHINESE):
        document = begin(version, company, version.title, "规章制度")
        blocks.facts_grid(document, head(version))
        if not version.is_published:
            blocks.watermark(document, "草案")
        draw_text(document, version)
        return document.to_bytes()


def head(version: RuleVersion) -> list[Fact]:
    """Return the head of the text."""
    scope = "、".join(queries.scope_words(version)) or "全体人员"
    return [
        Fact("编号", version.rule.number),
        Fact("版次", str(versions.label(version))),
        Fact("类别", str(CATEGORY_LABELS[RuleCategory(version.category)])),
        Fact("归口部门", printable(version.department.name)),
        Fact("施行日期", version.effective_on.isoformat() if version.effective_on else "未定"),
        Fact("批准人", printable(version.approved_by.name) if version.approved_by else "未批准"),
        Fact("适用范围", printable(scope), wide=True),
    ]


def draw_text(document: Document, version: RuleVersion) -> None:
    """Draw all clauses from the cursor on."""
    outside = queries.written_names({c for text in version.clauses for c in queries.linked_of(text)})
    names = outside | queries.clause_numbers(version)
    document.y += 4 * MM
    for text in version.clauses:
        draw_clause(document, text, names)
    draw_attachments(document, version)


def draw_attachments(document: Document, version: RuleVersion) -> None:
    """Name the attachments with their SHA-256, by which a file is known to be the one that was signed for."""
    if not version.attachments:
        return
    section(document, "附件")
    columns = (
        Column("序号", "centre", minimum=10 * MM, maximum=12 * MM),
        Column("文件", weight=2),
        Column("SHA-256", weight=3),
    )
    rows = [
        Row(
            tuple(
                (Part(text, _CELL),)
                for text in (str(place), printable(each.stored_file.name), each.stored_file.sha256)
            )
        )
        for place, each in enumerate(version.attachments, 1)
    ]
    Table(columns, _HEAD).draw(document, rows)


def draw_clause(document: Document, text: ClauseText, names: dict[int, str]) -> None:
    """Draw one clause: its number, its heading, its blocks, indented by its depth."""
    indent = max(text.level - 2, 0) * 7 * MM
    if text.style in (NumberStyle.CHAPTER, NumberStyle.SECTION):
        document.need(2 * _CHAPTER.leading + _BODY.leading)
        document.y += 2.4 * MM
        heading = printable(f"{text.number}　{text.title}")
        document.page.text_centred(
            document.width / 2, document.y + baseline(_CHAPTER), heading, _CHAPTER, room=document.body_width
        )
        document.y += _CHAPTER.leading
        lead = ""
    else:
        lead = printable("　".join(part for part in (text.number, text.title) if part))
        lead = f"{lead}　" if lead else ""
    for block in text.body:
        if isinstance(block, TextParagraph):
            line = printable(runs_text(block.runs, names))
            blocks.draw_paragraph(document, Paragraph(line, lead=lead), indent=indent, style=_BODY)
            lead = ""
        elif isinstance(block, ItemList):
            for place, item in enumerate(block.items, 1):
                mark = f"{place}) " if block.ordered else "· "
                line = printable(f"{mark}{runs_text(item, names)}")
                blocks.draw_paragraph(document, Paragraph(line), indent=indent + 7 * MM, style=_BODY)
        else:
            if lead:
                blocks.draw_paragraph(document, Paragraph("", lead=lead), indent=indent, style=_BODY)
                lead = ""
            if isinstance(block, Picture):
                draw_picture(document, block, indent)
            else:
                draw_table(document, block, names)
    if lead:
        blocks.draw_paragraph(document, Paragraph("", lead=lead), indent=indent, style=_BODY)
    document.y += 1.2 * MM


def draw_picture(document: Document, picture: Picture, indent: float) -> None:
    """Draw a picture no larger than the page and no sharper than it is, with its caption below."""
    content = version_files.picture_bytes(picture)
    paper = pictures.for_paper(content) if content is not None else None
    if paper is None:
        blocks.draw_paragraph(
            document, Paragraph(printable(f"{picture.words}（图片读不出）")), indent=indent, style=_BODY
        )
        return
    room = document.body_width - indent
    most = (document.bottom - document.top) * MOST_OF_PAGE
    scale = min(POINTS_A_PIXEL, room / picture.width, most / picture.height)
    width, height = picture.width * scale, picture.height * scale
    document.need(height + (_SOFT.leading if picture.caption else 0) + 2 * MM)
    document.y += 1 * MM
    document.page.picture(paper, document.left + indent, document.y, width, height)
    document.y += height + 1 * MM
    if picture.caption:
        blocks.draw_paragraph(document, Paragraph(printable(picture.caption)), indent=indent, style=_SOFT)


def runs_text(runs: Runs, names: dict[int, str]) -> str:
    """Return runs as one line of text, links by the present name of their clause."""
    return "".join(run.text if run.clause is None else names.get(run.clause, run.text) for run in runs)


def draw_table(document: Document, table: TextTable, names: dict[int, str]) -> None:
    """Draw a table inside the text; merged cells are written once, where they begin."""
    width = max((sum(cell.columns for cell in row) for row in table.rows), default=0)
    if not width:
        return
    grid: list[list[str]] = [[""] * width for _row in table.rows]
    taken: set[tuple[int, int]] = set()
    for top, row in enumerate(table.rows):
        left = 0
        for cell in row:
            while (top, left) in taken:
                left += 1
            if left < width:
                grid[top][left] = printable(runs_text(cell.runs, names))
            taken |= {(y, x) for y in range(top, top + cell.rows) for x in range(left, left + cell.columns)}
            left += cell.columns
    head_row = grid[0] if table.heads else [""] * width
    columns = [Column(title, weight=1) for title in head_row]
    rows = [Row(tuple((Part(text, _CELL),) for text in line)) for line in grid[1 if table.heads else 0 :]]
    document.y += 1 * MM
    Table(columns, _HEAD).draw(document, rows)
    document.y += 2 * MM


def sheet_paper(version: RuleVersion, company: str, people: Sequence[tuple[str, str, str]]) -> bytes:
    """Return the sheet on which people sign by hand; ``people`` are (name, staff number, department)."""
    with using_locale(CHINESE):
        document = begin(version, company, "规章制度阅读签字表", "签字表")
        blocks.facts_grid(
            document,
            [
                Fact("制度名称", printable(version.title), wide=True),
                Fact("编号", version.rule.number),
                Fact("版次", str(versions.label(version))),
                Fact("施行日期", version.effective_on.isoformat() if version.effective_on else ""),
                Fact("全文摘要", str(version.content_hash)[:16]),
            ],
        )
        document.y += 3 * MM
        said = f"本人已阅读并理解《{version.title}》{versions.label(version)}全文，知悉须遵照执行。"
        blocks.draw_paragraph(document, Paragraph(printable(said)), style=_BOLD)
        document.y += 2 * MM
        columns = (
            Column("序号", "centre", minimum=10 * MM, maximum=12 * MM),
            Column("姓名", weight=1.4),
            Column("工号", weight=1),
            Column("部门", weight=1.8),
            Column("本人签字", weight=2),
            Column("日期", weight=1.4),
        )
        tall = Style("regular", 9.4, 24)
        rows = [
            Row(
                tuple(
                    (Part(printable(part), tall),) for part in (str(place), name, number, department, "", "")
                )
            )
            for place, (name, number, department) in enumerate(people, 1)
        ]
        Table(columns, _HEAD).draw(document, rows)
        return document.to_bytes()


def evidence_paper(
    version: RuleVersion, company: str, signatures: Sequence[RuleSignature], code: str, filed: Letters
) -> bytes:
    """Return the proof of reading: who signed what when and how, the procedure, and the whole text with its hash."""
    with using_locale(CHINESE):
        document = begin(version, company, "规章制度阅读签认证明", "阅读证明")
        blocks.facts_grid(
            document,
            [
                Fact("制度名称", printable(version.title), wide=True),
                *head(version)[:6],
                Fact("批准时间", stamp(version.approved_at)),
                Fact("签认人数", str(len(signatures))),
                Fact("全文 SHA-256", str(version.content_hash), wide=True),
                Fact("核验码", code, wide=True),
            ],
        )
        draw_procedure(document, version)
        draw_signatures(document, signatures, filed)
        draw_sheets(document, signatures)
        draw_letters(document, signatures, filed)
        section(document, "说明")
        blocks.draw_paragraph(document, Paragraph(NO_THIRD_PARTY), style=_BODY)
        section(document, f"附：{version.title}全文")
        draw_text(document, version)
        return document.to_bytes()


def section(document: Document, heading: str) -> None:
    """Write the heading of a part."""
    document.y += 4 * MM
    document.need(_CHAPTER.leading + _BODY.leading)
    document.page.text(document.left, document.y + baseline(_BOLD), printable(heading), _BOLD)
    document.y += _BOLD.leading + 2


def draw_procedure(document: Document, version: RuleVersion) -> None:
    """Tell the procedure before approval: the consultation with its comments, the two records."""
    lines = []
    if version.consulted_at is not None:
        answered = sum(comment.answer is not None for comment in version.comments)
        lines.append(
            f"公开征求意见至 {version.comments_until}，收到意见 {len(version.comments)} 条，均已答复（{answered} 条）。"
        )
    for record in version.records:
        label = RECORD_LABELS[RecordKind(record.kind)]
        lines.append(
            f"{record.held_on.isoformat()} {label}。参加：{record.participants}。结果：{record.result}"
        )
    if not lines:
        return
    section(document, "制定程序")
    for line in lines:
        blocks.draw_paragraph(document, Paragraph(printable(" ".join(line.split()))), style=_BODY)


def draw_signatures(document: Document, signatures: Sequence[RuleSignature], filed: Letters) -> None:
    """Draw who signed: the wording first, then a row for each person with every time that was kept."""
    section(document, "阅读与签认")
    for said in dict.fromkeys(signature.wording for signature in signatures):
        blocks.draw_paragraph(document, Paragraph(printable(said)), style=_BODY)
    document.y += 2 * MM
    columns = (
        Column("姓名", weight=1),
        Column("工号", weight=0.8),
        Column("部门", weight=1.2),
        Column("方式", weight=1.2),
        Column("打开 / 读完", weight=2),
        Column("签认时间", weight=1.6),
        Column("网络地址", weight=1.2),
        Column("答题", weight=1.1),
    )
    rows = [
        Row(tuple((Part(printable(text), _CELL),) for text in signature_cells(signature, filed)))
        for signature in signatures
    ]
    Table(columns, _HEAD).draw(document, rows)


def draw_sheets(document: Document, signatures: Sequence[RuleSignature]) -> None:
    """Name the scans of the sheets people signed by hand, with their SHA-256, and who stands on each."""
    names: dict[int, list[str]] = {}
    for signature in signatures:
        if signature.stored_file_id is not None:
            names.setdefault(signature.stored_file_id, []).append(signature.name)
    scans = session.execute(select(StoredFile).where(StoredFile.id.in_(names)).order_by(StoredFile.id))
    rows = [
        Row(tuple((Part(printable(text), _CELL),) for text in sheet_cells(scan, names[scan.id])))
        for scan in (scans.scalars() if names else ())
    ]
    if rows:
        document.need(4 * _CHAPTER.leading)
        section(document, "纸质签字表")
        columns = (
            Column("签字人", weight=1.6),
            Column("存入时间", weight=1.2),
            Column("扫描件 SHA-256", weight=2.6),
        )
        Table(columns, _HEAD).draw(document, rows)


def sheet_cells(scan: StoredFile, names: Sequence[str]) -> tuple[str, ...]:
    """Return the row of one scanned sheet."""
    half = len(scan.sha256) // 2
    return "、".join(names), stamp(scan.uploaded_at), f"{scan.sha256[:half]}\n{scan.sha256[half:]}"


def draw_letters(document: Document, signatures: Sequence[RuleSignature], filed: Letters) -> None:
    """Tell of the letters on account use and delivery of those who signed: the day, text, scan, what is missing.

    A proof about one person holds the text of the letter as well.
    """
    if not filed and not any(letters.waits(signature, filed) for signature in signatures):
        return
    document.need(4 * _CHAPTER.leading)
    section(document, wording.TITLE)
    columns = (
        Column("姓名", weight=0.9),
        Column("工号", weight=0.7),
        Column("签署日期", weight=1),
        Column("归档时间", weight=1.2),
        Column("本次签认作数自", weight=1.2),
        Column("扫描件 SHA-256", weight=2.6),
    )
    told = (signature for signature in signatures if signature.way in BY_OWN_ACCOUNT)
    rows = [
        Row(tuple((Part(printable(text), _CELL),) for text in letter_cells(signature, filed)))
        for signature in told
    ]
    Table(columns, _HEAD).draw(document, rows)
    document.y += 2 * MM
    for version in sorted({letter.text_version for letter in filed.values()}):
        digest = next(letter.text_hash for letter in filed.values() if letter.text_version == version)
        blocks.draw_paragraph(
            document, Paragraph(f"确认书文本第 {version} 版，SHA-256 {digest}"), style=_SOFT
        )
        for paragraph in wording.paragraphs(version) if len(signatures) == 1 else ():
            blocks.draw_paragraph(document, Paragraph(printable(paragraph)), style=_CELL)


def letter_cells(signature: RuleSignature, filed: Letters) -> tuple[str, ...]:
    """Return the row of the letter of one who signed by account; without it the signature counts as read."""
    letter, day = filed.get(signature.user_id), letters.counts_from(signature, filed)
    if letter is None or day is None:
        return (signature.name, signature.staff_number, LETTER_MISSING, "—", "作为“已阅”", "—")
    half = len(letter.scan_hash) // 2
    return (
        signature.name,
        signature.staff_number,
        letter.signed_on.isoformat(),
        stamp(letter.filed_at),
        day.isoformat(),
        f"{letter.scan_hash[:half]}\n{letter.scan_hash[half:]}",
    )


def signature_cells(signature: RuleSignature, filed: Letters) -> tuple[str, ...]:
    """Return the row of one signature."""
    way = SignatureWay(signature.way)
    shown_way = str(WAY_LABELS[way])
    if signature.basis:
        shown_way += f"\n{signature.basis}"
    if letters.waits(signature, filed):
        shown_way += f"\n{LETTER_MISSING}"
    passed = "及格" if way == SignatureWay.TRAINING else "全对"
    quiz = f"{signature.questions} 题{passed}，共答 {signature.attempts} 次" if signature.questions else "无"
    read = f"{stamp(signature.opened_at)}\n{stamp(signature.end_reached_at)}".strip()
    return (
        signature.name,
        signature.staff_number,
        signature.department or "—",
        shown_way,
        read or ("培训到场" if way == SignatureWay.TRAINING else "见签字表"),
        stamp(signature.signed_at),
        signature.address or "—",
        quiz if way in BY_OWN_ACCOUNT else "—",
    )
