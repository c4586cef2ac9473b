"""How fast and how large the official papers are.

    python -m benchmarks.pdf                                   documents a second, sizes, memory
    python -m benchmarks.pdf --weasyprint PYTHON               the same content by WeasyPrint, unsigned, in one run

PYTHON is the interpreter of a throw-away environment with WeasyPrint; the project does not need it. All times are
processor time of one core, every document different in number, code and the text of
every line, after one document to warm up (the outlines of characters met before are kept, as in a running server).
"""

import argparse
import gc
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "tests" / "fixtures" / "quotation_snapshot.json"
RESULTS = Path(__file__).with_suffix(".md")
ISSUED = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def one_page(full):
    items = tuple(line for line in full.lines if line.kind == "item")
    return replace(full, lines=items[:5], terms=full.terms[:7], confidentiality="")


def many_lines(full, count: int = 200):
    items = [line for line in full.lines if line.kind == "item"]
    lines = tuple(
        replace(items[place % len(items)], position=str(place + 1), remark=f"批次 {place + 1}")
        for place in range(count)
    )
    return replace(full, lines=lines)


def another(full, place: int):
    """The quotation with another number and every line's text changed, so that no broken line can be used again."""
    lines = tuple(replace(line, technical=f"{line.technical}；批号 {place}") for line in full.lines)
    return replace(full, number=f"BJ-2026-{place:04d}", lines=lines)


def measure(
    render: Callable[[int], bytes], sign: Callable[[bytes, int], bytes], count: int
) -> dict[str, float]:
    """Processor milliseconds a document, rendered and signed, of the best of three rounds, and the sizes."""
    paper = render(0)
    signed = sign(paper, 0)
    best = (float("inf"), float("inf"))
    for turn in range(3):
        rendering = signing = 0.0
        for place in range(turn * count + 1, (turn + 1) * count + 1):
            start = time.process_time()
            paper = render(place)
            between = time.process_time()
            signed = sign(paper, place)
            rendering += between - start
            signing += time.process_time() - between
        best = min(best, ((rendering + signing) / count * 1000, rendering / count * 1000))
    return {
        "rendered_ms": best[1],
        "signed_ms": best[0],
        "unsigned_bytes": len(paper),
        "signed_bytes": len(signed),
    }


class Office:
    """Makes and signs papers of the fixture as the program does."""

    def __init__(self) -> None:
        from app.core import signing  # slow import
        from app.features.quotations import pdf  # slow import

        self._signing, self._pdf = signing, pdf
        self.full = pdf.load_snapshot(FIXTURE.read_bytes())
        self._seal = pdf.SealMark(self.full.company.name, "报价专用章", "3209010012345")
        folder = Path(tempfile.mkdtemp()) / "keys"
        secret = secrets.token_bytes(32)
        signing.create_authority(folder, self.full.company.name, secret)
        self._signer = signing.load_signer(folder, secret)

    def render(self, snapshot, place: int) -> bytes:
        copy = self._pdf.CopyMark(number=1, of=2, code=f"7K3M9QXZ4HTD2WPV8RNC{place:04d}", issued_at=ISSUED)
        return self._pdf.render(another(snapshot, place), copy=copy, seal=self._seal)

    def sign(self, paper: bytes, place: int) -> bytes:
        return self._signing.sign(
            paper,
            self._signer,
            reason="Issued after review",
            signing_time=ISSUED,
            document_id=f"{place:032x}",
        )

    def pages(self, snapshot) -> int:
        return self._pdf.page_count(self.render(snapshot, 0))


def ours() -> dict[str, dict[str, float]]:
    office = Office()
    figures = {"process": {"workers_mb": two_workers(office)}}
    for name, snapshot, count in (
        ("one page", one_page(office.full), 100),
        ("200 lines", many_lines(office.full), 25),
    ):
        figures[name] = measure(partial(office.render, snapshot), office.sign, count)
        figures[name]["pages"] = office.pages(snapshot)
    figures["process"]["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def two_workers(office: Office, papers: int = 100) -> float:
    """Megabytes (PSS) of two processes forked from the loaded program after so many signed papers each."""
    gc.collect()
    gc.freeze()
    snapshot = one_page(office.full)
    done_reading, done_writing = os.pipe()
    stay_reading, stay_writing = os.pipe()
    workers = []
    for first in (1000, 2000):
        worker = os.fork()
        if worker == 0:
            for place in range(first, first + papers):
                office.sign(office.render(snapshot, place), place)
            os.write(done_writing, b"d")
            os.read(stay_reading, 1)
            os._exit(0)
        workers.append(worker)
    for _worker in workers:
        os.read(done_reading, 1)
    total = sum(map(proportional_megabytes, workers))
    os.write(stay_writing, b"ww")
    for worker in workers:
        os.waitpid(worker, 0)
    gc.unfreeze()
    return total


def proportional_megabytes(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


_TITLES = (
    "序号",
    "名称/品牌",
    "型号规格/技术参数",
    "单位",
    "数量",
    "含税单价",
    "含税金额",
    "税率",
    "交货期",
    "备注",
)
_STYLE = """
@page { size: A4; margin: 11mm 13mm 17mm;
  @bottom-left { content: "报价编号 BJ-2026-0012-R1"; font-size: 7.6pt }
  @bottom-center { content: "第 " counter(page) " 页，共 " counter(pages) " 页"; font-size: 7.6pt } }
body { font-family: "Noto Sans SC"; font-size: 8.6pt; margin: 0 }
h1 { text-align: center; font-size: 19pt; letter-spacing: 9pt } h2 { font-size: 15pt; margin: 0 }
table { border-collapse: collapse; width: 100% } td, th { border: 0.4pt solid #b8b8b3; padding: 2pt 3pt }
thead { background: #f2f2f0 } .n { text-align: right } .s { color: #616875; font-size: 7.3pt }
"""

_WEASYPRINT = """
import json, sys, time
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
fonts = FontConfiguration()
result = {}
for name, path, count in json.loads(sys.argv[1]):
    markup = open(path, encoding="utf-8").read()
    pages = len(HTML(string=markup).render(font_config=fonts).pages)
    best = float("inf")
    for turn in range(2):
        start = time.process_time()
        for place in range(count):
            data = HTML(string=markup.replace("BJ-2026-0012", f"BJ-2026-{place:04d}")).write_pdf(font_config=fonts)
        best = min(best, (time.process_time() - start) / count)
    result[name] = {"rendered_ms": best * 1000, "unsigned_bytes": len(data), "pages": pages}
print(json.dumps(result))
"""


def markup_of(snapshot) -> str:
    """The same content as a page of HTML; without seal and QR code, which only spares WeasyPrint work."""
    company, customer, totals = snapshot.company, snapshot.customer, snapshot.totals
    rows = "".join(
        f"<tr><td>{line.position}<td>{line.name}<div class=s>{line.brand}</div><td>{line.model}"
        f"<div class=s>{line.technical}</div><td>{line.unit}<td class=n>{line.quantity}<td class=n>{line.unit_price}"
        f"<td class=n>{line.amount}<td>{line.tax_rate}%<td>{line.lead_time_days}<td class=s>{line.remark}</tr>"
        for line in snapshot.lines
    )
    terms = "".join(f"<li><b>{term.heading}：</b>{term.text}</li>" for term in snapshot.terms)
    head = "".join(f"<th>{title}</th>" for title in _TITLES)
    return (
        f"<html lang=zh><meta charset=utf-8><style>{_STYLE}</style><h2>{company.name}</h2>"
        f"<div class=s>{company.address} {company.phone} {company.credit_code} {company.bank} {company.account}</div>"
        f"<h1>报价单</h1><table><tr><td>客户名称<td>{customer.name}<td>报价编号<td>{snapshot.full_number}</tr>"
        f"<tr><td>联系人<td>{customer.attention}<td>报价日期<td>{snapshot.date}</tr>"
        f"<tr><td>客户地址<td>{customer.address}<td>有效期至<td>{snapshot.valid_until}</tr></table><br>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p><b>含税合计 ¥{totals.gross} 大写：{totals.capital}</b></p><ol>{terms}</ol><p>{snapshot.effect}</p>"
        f"<p>编制：{snapshot.prepared.name} 审核：{snapshot.reviewed[0].name} 报价单位（盖章）："
        f"{company.name}</p></html>"
    )


def weasyprint(python: str) -> dict[str, dict[str, float]]:
    from app.core.pdf.fonts import FONT_FOLDER  # slow import
    from app.features.quotations.pdf import load_snapshot  # slow import

    full = load_snapshot(FIXTURE.read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for name, snapshot, count in (("one page", one_page(full), 10), ("200 lines", many_lines(full), 2)):
            path = Path(folder) / f"{len(jobs)}.html"
            path.write_text(markup_of(snapshot), encoding="utf-8")
            jobs.append((name, str(path), count))
        # The same font files as ours, found by the system's own way, which is the fastest for WeasyPrint.
        setting = Path(folder) / "fonts.conf"
        setting.write_text(
            f"<fontconfig><dir>{FONT_FOLDER}</dir><cachedir>{folder}/cache</cachedir></fontconfig>", "utf-8"
        )
        done = subprocess.run(
            [python, "-c", _WEASYPRINT, json.dumps(jobs)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "FONTCONFIG_FILE": str(setting)},
        )
    result: dict[str, dict[str, float]] = json.loads(done.stdout)
    return result


def table(mine: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> str:
    lines = [
        "| document | pages | rendered | and signed | a second, signed | unsigned | signed size |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in ("one page", "200 lines"):
        row = mine[name]
        lines.append(
            f"| {name} | {row['pages']} | {row['rendered_ms']:.1f} ms | {row['signed_ms']:.1f} ms "
            f"| {1000 / row['signed_ms']:.1f} | {row['unsigned_bytes'] / 1000:.1f} KB "
            f"| {row['signed_bytes'] / 1000:.1f} KB |"
        )
    process = mine["process"]
    lines.append(
        f"\nMemory of two worker processes after 100 signed papers each, shared pages divided among those who "
        f"share them (PSS): {process['workers_mb']:.0f} MB. Peak of the measuring process: "
        f"{process['peak_mb']:.0f} MB."
    )
    if theirs:
        lines += [
            "",
            "| document | WeasyPrint, unsigned | pages | ours, sealed and signed | ratio |",
            "|---|---|---|---|---|",
        ]
        for name, row in theirs.items():
            ratio = row["rendered_ms"] / mine[name]["signed_ms"]
            lines.append(
                f"| {name} | {row['rendered_ms']:.0f} ms | {row['pages']} "
                f"| {mine[name]['signed_ms']:.1f} ms | {ratio:.1f} × |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weasyprint", metavar="PYTHON", help="interpreter of an environment with WeasyPrint"
    )
    parser.add_argument("--write", action="store_true", help=f"write the figures to {RESULTS.name}")
    options = parser.parse_args()
    figures = table(ours(), weasyprint(options.weasyprint) if options.weasyprint else {})
    print(figures)
    if options.write:
        RESULTS.write_text(
            "# Papers: speed and size\n\n"
            "Made by `python -m benchmarks.pdf --weasyprint PYTHON --write`; processor time of one core, the same "
            "content, every document with another number, code and text of lines, after one to warm up (outlines of "
            "characters met before are kept, as in a running server). WeasyPrint uses the same font files.\n"
            f"Python {sys.version.split()[0]}. Targets: 25 one-page documents a second, 6 × WeasyPrint for one page, "
            "20 × for 200 lines, 110 KB, 200 MB for two workers.\n\n" + figures + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
