"""Keep the English catalogue: collect the Chinese sources, report what lacks English, compile.

python scripts/translations.py update     collect sources into the catalogue, keep its translations
python scripts/translations.py missing    print what has no English yet
python scripts/translations.py compile    write the catalogue the program reads
"""

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app" / "translations" / "en" / "LC_MESSAGES"
CATALOGUE = FOLDER / "messages.po"
COMPILED = FOLDER / "messages.mo"
# The context of what was done, as the record of a document tells it.
EVENT = "event"
KEYWORDS = ("lazy", "lazy_in_context:1c,2", "pgettext:1c,2", "ngettext:1,2", "_", "gettext")


def step_labels() -> set[str]:
    """Return the labels of steps that are their sentence in the record too: 审核通过 is Approve and approved."""
    found = set()
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("step", "Step"):
                continue
            if all(keyword.arg != "sentence" for keyword in node.keywords):
                found |= {text for argument in node.args if (text := lazy_text(argument))}
    return found


def lazy_text(node: ast.expr) -> str:
    """Return the text of a call lazy("...") or lazy_in_context("...", "..."), an empty one for anything else."""
    place = {"lazy": 0, "lazy_in_context": 1}.get(getattr(getattr(node, "func", None), "id", ""))
    if not isinstance(node, ast.Call) or place is None:
        return ""
    return str(ast.literal_eval(node.args[place]))


def sources() -> Catalog:
    """Return all texts of program and templates that are marked for translation."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "messages.pot"
        command = [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            "-q",
            "extract",
            "-F",
            "babel.cfg",
            "--no-location",
            # the shared templates lie in a folder that begins with an underscore, which is left out by default
            "--ignore-dirs",
            ".*",
        ]
        for keyword in KEYWORDS:
            command += ["-k", keyword]
        subprocess.run([*command, "-o", str(target), "app", "templates"], cwd=ROOT, check=True)
        with target.open("rb") as stream:
            return read_po(stream)


def stored() -> Catalog:
    """Return the catalogue as it is kept."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="zhangcheng", fuzzy=False)
    with CATALOGUE.open("rb") as stream:
        return read_po(stream, locale="en")


def merged() -> Catalog:
    """Return the catalogue with every source of today and the translations there are; nothing is guessed."""
    catalogue, kept = Catalog(locale="en", project="zhangcheng", fuzzy=False), stored()
    for message in sources():
        if not message.id:
            continue
        known = kept.get(message.id, message.context)
        # a text that has a plural since is translated anew
        if known is not None and isinstance(known.id, str) != isinstance(message.id, str):
            known = None
        catalogue.add(message.id, known.string if known else None, context=message.context)
    for label in sorted(step_labels()):
        known = kept.get(label, EVENT)
        catalogue.add(label, known.string if known else None, context=EVENT)
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Return the sources without English."""
    return [str(message.id) for message in catalogue if message.id and not filled(message.string)]


def filled(text: object) -> bool:
    """Tell whether a translation is complete, in all its plural forms."""
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


def save(catalogue: Catalog) -> None:
    """Write the catalogue and its compiled form; neither holds a date, so that equal content is an equal file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as stream:
        write_po(stream, catalogue, width=0, omit_header=True, sort_output=True, no_location=True)
    with COMPILED.open("wb") as stream:
        write_mo(stream, catalogue)


def main() -> int:
    """Do what the argument asks for."""
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted == "missing":
        left = missing(merged())
        sys.stdout.write("".join(f"{text}\n" for text in left))
        return 1 if left else 0
    if wanted in ("update", "compile"):
        save(merged())
        return 0
    sys.stderr.write(str(__doc__))
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
