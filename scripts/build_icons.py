"""Build static/icons.svg from the outline icons of @tabler/icons (MIT, licence in static/).

Usage: unpack the npm package @tabler/icons, then

    python scripts/build_icons.py <package>/icons/outline

The sprite holds only the icons of ICONS; add a name there before a template uses it. Tests compare the names
in templates and in navigation with the sprite, both ways.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPRITE = ROOT / "static" / "icons.svg"
# The brand mark travels in the sprite, so that a first page asks for one file less.
MARK = ROOT / "static" / "img" / "mark.svg"

ICONS = (
    "alert-triangle",
    "arrow-back-up",
    "arrow-down",
    "arrow-up",
    "bell",
    "book-2",
    "building",
    "bulb",
    "calendar",
    "car",
    "certificate",
    "check",
    "checklist",
    "chevron-down",
    "chevron-left",
    "circle-check",
    "circle-x",
    "clock",
    "copy",
    "database",
    "device-desktop",
    "download",
    "edit",
    "eye",
    "file-certificate",
    "file-invoice",
    "file-spreadsheet",
    "file-text",
    "filter",
    "history",
    "home",
    "inbox",
    "info-circle",
    "key",
    "language",
    "list-details",
    "lock",
    "logout",
    "menu-2",
    "message",
    "message-question",
    "package",
    "paperclip",
    "pencil",
    "phone",
    "plus",
    "printer",
    "rubber-stamp",
    "school",
    "search",
    "selector",
    "send",
    "settings",
    "shield-check",
    "sitemap",
    "sort-ascending",
    "sort-descending",
    "sun-moon",
    "trash",
    "upload",
    "user",
    "user-check",
    "user-plus",
    "users",
    "x",
)

# The invisible square that Tabler puts first in each icon, and attributes that the class .icon sets once for all.
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def symbol(name: str, source: str) -> str:
    """Return one icon as a symbol, without the attributes that the style sheet gives to every icon."""
    body = source[source.index(">") + 1 : source.rindex("</svg>")].replace(FRAME, "")
    body = re.sub(r"\s+", " ", body).replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def build(folder: Path) -> str:
    """Return the sprite; raises FileNotFoundError when the package lacks one of the icons."""
    symbols = [symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in sorted(ICONS)]
    mark = MARK.read_text(encoding="utf-8").strip()
    inner = mark[mark.index(">") + 1 : mark.rindex("</svg>")]
    symbols.append(f'<symbol id="mark" viewBox="0 0 40 40"><g stroke="none">{inner}</g></symbol>')
    head = "<!-- Tabler Icons, MIT, see LICENSE-tabler-icons.txt; built by scripts/build_icons.py -->"
    return f'{head}\n<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    SPRITE.write_text(build(Path(sys.argv[1])), encoding="utf-8")
