"""What a page weighs over the wire, what the server keeps in memory, how quickly it starts.

    python -m benchmarks.size [--data DIR] [--fresh]

Chromium loads the workbench with an empty cache and then the list; its own network log is what counts. Memory is
PSS, the shared pages divided among those who share them, of the two workers after a hundred documents were issued
over HTTP. ``--fresh`` also times a fresh clone until its first page, environment and demo included.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks._tables import Row, write
from launcher import postgres
from launcher.environment import ROOT
from launcher.server import WORKERS
from proofs import _stage
from proofs._site import Browser, Server, install_demo, served

DOCUMENTS = 100
COPIES = 2
FIRST_BYTES, FIRST_REQUESTS = 60_000, 8
SECOND_BYTES, SECOND_REQUESTS = 10_000, 1
MEMORY_MEGABYTES = 200
START_SECONDS = 3
FRESH_SECONDS = 180
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def loads(port: int, name: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return address and bytes over the wire of every request of the first page and of the second."""
    program = next(path for path in map(shutil.which, CHROMIUM) if path)
    cookies = Browser(port).sign_in(name).cookies
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context()
        context.add_cookies(
            [
                {"name": key, "value": value, "url": f"http://127.0.0.1:{port}"}
                for key, value in cookies.items()
            ]
        )
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        seen: dict[str, str] = {}
        sizes: dict[str, int] = {}
        network.on(
            "Network.requestWillBeSent",
            lambda event: seen.update({event["requestId"]: event["request"]["url"]}),
        )
        network.on(
            "Network.loadingFinished",
            lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
        )
        pages = []
        for address in ("/", "/quotations"):
            seen.clear()
            sizes.clear()
            page.goto(f"http://127.0.0.1:{port}{address}", wait_until="networkidle")
            # what came out of the browser's own cache never touched the wire
            pages.append([(url, sizes.get(key, 0)) for key, url in seen.items() if sizes.get(key, 0)])
        browser.close()
    return pages[0], pages[1]


def memory(server: Server) -> tuple[list[float], float]:
    """Return the PSS in megabytes of each worker, and of all processes together."""
    values = {}
    for identity in server.processes():
        try:
            text = Path(f"/proc/{identity}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        values[identity] = int(found[1]) / 1024 if found else 0.0
    # the launcher itself is the first; of its children those that serve are the largest
    workers = sorted((value for key, value in values.items() if key != server.process.pid), reverse=True)[
        :WORKERS
    ]
    return workers, sum(values.values())


def issue_all(server: Server, quotations: list[int]) -> int:
    """Issue quotations over HTTP in two copies each and return how many were issued."""
    keeper = Browser(server.port).sign_in("keeper")
    issued = 0
    for quotation in quotations:
        address = f"{_stage.address(quotation)}/issue"
        issued += keeper.request("POST", address, keeper.form(address, copies=str(COPIES))) == 303
    return issued


def memory_rows(work: Path) -> list[Row]:
    """Issue a hundred documents and return what the workers hold afterwards, and how long a second start takes."""
    stage = _stage.build(work / "papers", approved=DOCUMENTS)
    with served(work / "papers") as server:
        first = sum(memory(server)[0])
        issued = issue_all(server, stage["approved"])
        workers, together = memory(server)
    starts = []
    for _turn in range(3):
        with served(work / "papers") as server:
            starts.append(server.ready_after)
    shown = " + ".join(f"{value:.0f}" for value in workers)
    figure = f"{sum(workers):.0f} MB ({shown}; {first:.0f} MB at the start; {together:.0f} MB with launcher and jobs)"
    return [
        Row(
            f"{WORKERS} workers after {issued} documents of {COPIES} copies, PSS",
            f"≤ {MEMORY_MEGABYTES} MB",
            figure,
            sum(workers) <= MEMORY_MEGABYTES and issued == DOCUMENTS,
        ),
        Row(
            "second start until the first page",
            f"≤ {START_SECONDS} s",
            f"{min(starts):.1f} s",
            min(starts) <= START_SECONDS,
        ),
    ]


def wire_rows(data: Path) -> list[Row]:
    """Return what the first page and the second weigh."""
    with served(data, "", "--no-jobs") as server:
        first, second = loads(server.port, "m1")
    rows = []
    for name, found, most_bytes, most_requests in (
        ("first load: the workbench, nothing cached", first, FIRST_BYTES, FIRST_REQUESTS),
        ("second page: the list of quotations", second, SECOND_BYTES, SECOND_REQUESTS),
    ):
        size = sum(count for _url, count in found)
        rows.append(
            Row(
                name,
                f"≤ {most_bytes / 1000:.0f} KB, ≤ {most_requests} requests",
                f"{size / 1000:.1f} KB, {len(found)} requests",
                size <= most_bytes and len(found) <= most_requests,
            )
        )
    for url, size in [*first, *second]:
        print(f"  {size:>7,} {url.partition('//')[2].partition('/')[2]}")
    return rows


def fresh_row(work: Path) -> Row:
    """Clone the program, start it, and return how long it takes until its first page."""
    started = time.monotonic()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(work / "clone")], check=True)
    port = postgres.free_port()
    process = subprocess.Popen(
        [sys._base_executable, "manage.py", "run", "--port", str(port)],  # type: ignore[attr-defined]
        cwd=work / "clone",
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if f":{port}/" in line:
            break
    seconds = time.monotonic() - started
    process.terminate()
    process.communicate()
    return Row(
        "fresh clone until the first page", "≤ 3 minutes", f"{seconds:.0f} s", seconds <= FRESH_SECONDS
    )


def main() -> int:
    """Measure, print and write the table; the exit code is 1 where a target was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a demo's data folder to copy instead of loading one")
    parser.add_argument(
        "--fresh", action="store_true", help="also time a fresh set-up (fetches all packages)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhangcheng-size-") as name:
        work = Path(name)
        if options.data:
            shutil.copytree(options.data, work / "demo")
        else:
            install_demo(work / "demo")
        rows = wire_rows(work / "demo") + memory_rows(work)
        if options.fresh:
            rows.append(fresh_row(work))
    return write(
        "size",
        "Size, memory, start",
        "Chromium's network log, gzip, headers included; /proc/*/smaps_rollup of the workers of `manage.py run`.",
        rows,
    )


if __name__ == "__main__":
    sys.exit(main())
