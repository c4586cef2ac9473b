"""How long a Word file of some hundred pages takes to be read, proposed as an outline, and written back.

    python -m benchmarks.word

The file has 100 pages of thirty paragraphs in four levels of numbering, with a table on every tenth page; times are
processor time of one core, the best of three.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.features.rules.word.parts import open_upload
from app.features.rules.word.proposal import first_choices, propose
from app.features.rules.word.reading import read_document
from app.features.rules.word.writing import WrittenClause, write_document
from tests.word_files import abstract, docx, level, num, p, run

RESULTS = Path(__file__).with_suffix(".md")
PAGES, PARAGRAPHS = 100, 30
SENTENCE = "各部门应当按照本制度规定的职责、流程与时限办理，不得以口头约定代替书面记录。"
NUMBERING = abstract(
    0,
    level(0, "chineseCountingThousand", "第%1章"),
    level(1, "chineseCountingThousand", "第%2条", restart=0),
    level(2, "chineseCounting", "（%3）"),
    level(3, "decimal", "%4."),
) + num(1, 0)
CELL = f"<w:tc><w:tcPr/>{p(SENTENCE)}</w:tc>"
TABLE = f"<w:tbl>{f'<w:tr>{CELL * 4}</w:tr>' * 8}</w:tbl>"


def hundred_pages() -> bytes:
    """Return the file: paragraphs of several runs, as Word writes them after a few rounds of corrections."""
    body = []
    for page in range(PAGES):
        for place in range(PARAGRAPHS):
            depth = 0 if page % 10 == 0 and place == 0 else 1 + place % 3
            pieces = [run(SENTENCE[at : at + 9], bold=at == 9) for at in range(0, len(SENTENCE), 9)]
            body.append(p(*pieces, at=(1, depth) if place % 5 else None))
        if page % 10 == 9:
            body.append(TABLE)
    return docx(*body, numbering=NUMBERING)


def best(act: Callable[[], Any]) -> tuple[float, Any]:
    """Return the best of three in processor milliseconds, and the result."""
    times, result = [], None
    for _turn in range(3):
        begun = time.process_time()
        result = act()
        times.append(1_000 * (time.process_time() - begun))
    return min(times), result


def main() -> None:
    content = hundred_pages()
    reading, document = best(lambda: read_document(open_upload("制度.docx", content)))
    proposing, proposal = best(lambda: propose(document, first_choices(document)))
    clauses = [WrittenClause(row) for row in proposal.rows]
    writing, written = best(lambda: write_document("制度", clauses))
    lines = [
        "# Word files",
        "",
        f"A file of {PAGES} pages: {len(document.rows)} paragraphs and tables, {len(proposal.rows)} clauses.",
        "Target of the import: 2,000 ms. Written by `python -m benchmarks.word`.",
        "",
        "| act | processor ms |",
        "|---|---|",
        f"| read (checks, numbering, rows) | {reading:.0f} |",
        f"| propose the outline | {proposing:.0f} |",
        f"| write it back ({len(written) // 1024} KB) | {writing:.0f} |",
        "",
    ]
    RESULTS.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
