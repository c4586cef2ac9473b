"""Word files as people have them, honest and hostile, made in code: the few parts Word needs, written by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
KINDS = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "comments": "comments",
         "header1": "header", "footer1": "footer"}  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645"
    "400000000049454e44ae426082"
)


def run(text: str, *, bold: bool = False, look: str = "") -> str:
    """Return a run."""
    properties = f"{'<w:b/>' if bold else ''}{look}"
    head = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{head}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*content: str, at: tuple[Any, int | None] | None = None, style: str = "", more: str = "") -> str:
    """Return a paragraph; ``at`` names its list and level; content that is no markup becomes a run."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if at is not None:
        level = f'<w:ilvl w:val="{at[1]}"/>' if at[1] is not None else ""
        properties += f'<w:numPr>{level}<w:numId w:val="{at[0]}"/></w:numPr>'
    runs = "".join(one if one.startswith("<") else run(one) for one in content)
    return f"<w:p><w:pPr>{properties}{more}</w:pPr>{runs}</w:p>"


def level(
    place: int,
    number_format: str,
    pattern: str,
    *,
    start: int = 1,
    restart: int | None = None,
    style: str = "",
    legal: bool = False,
    suffix: str = "space",
) -> str:
    """Return a level of a list."""
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>'
        + (f'<w:lvlRestart w:val="{restart}"/>' if restart is not None else "")
        + (f'<w:pStyle w:val="{style}"/>' if style else "")
        + ("<w:isLgl/>" if legal else "")
        + f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{pattern}"/><w:lvlJc w:val="left"/></w:lvl>'
    )


def abstract(key: int, *levels: str, link: str = "", own: str = "") -> str:
    """Return a definition of a list; ``link`` leads to a style, ``own`` is the style it belongs to."""
    return (
        f'<w:abstractNum w:abstractNumId="{key}"><w:multiLevelType w:val="multilevel"/>'
        + (f'<w:styleLink w:val="{own}"/>' if own else "")
        + (f'<w:numStyleLink w:val="{link}"/>' if link else "")
        + "".join(levels)
        + "</w:abstractNum>"
    )


def num(key: int, definition: int, *, starts: Mapping[int, int] | None = None, levels: str = "") -> str:
    """Return a list made from a definition; ``starts`` by level; ``levels`` replaces some."""
    overrides = "".join(
        f'<w:lvlOverride w:ilvl="{place}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        for place, start in (starts or {}).items()
    )
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{definition}"/>{overrides}{levels}</w:num>'


def style(
    key: str,
    name: str = "",
    *,
    based_on: str = "",
    at: tuple[int, int | None] | None = None,
    outline: int | None = None,
    kind: str = "paragraph",
    look: str = "",
) -> str:
    """Return a style."""
    properties = ""
    if at is not None:
        lvl = f'<w:ilvl w:val="{at[1]}"/>' if at[1] is not None else ""
        properties += f'<w:numPr>{lvl}<w:numId w:val="{at[0]}"/></w:numPr>'
    if outline is not None:
        properties += f'<w:outlineLvl w:val="{outline}"/>'
    return (
        f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name or key}"/>'
        + (f'<w:basedOn w:val="{based_on}"/>' if based_on else "")
        + f"<w:pPr>{properties}</w:pPr><w:rPr>{look}</w:rPr></w:style>"
    )


def part(name: str, content: str) -> str:
    """Return a part of XML with its root element."""
    return f"{HEAD}<w:{name} {NAMES}>{content}</w:{name}>"


def docx(
    *body: str,
    numbering: str = "",
    styles: str = "",
    parts: Mapping[str, str] | None = None,
    links: Sequence[tuple[str, str, str]] = (),
    media: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a .docx. ``parts`` are further ones by name; ``links`` are (id, kind, target), a URL being outside."""
    texts = {"numbering": part("numbering", numbering)} if numbering else {}
    texts |= {"styles": part("styles", styles)} if styles else {}
    texts |= dict(parts or {})
    targets = [*((f"rIdPart{place}", KINDS[name], f"{name}.xml") for place, name in enumerate(texts)), *links]
    relationships = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if "://" in target else "/>")
        for key, kind, target in targets
    )
    return archive(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": links_part(
                f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
            ),
            "word/document.xml": part("document", f"<w:body>{''.join(body)}</w:body>"),
            "word/_rels/document.xml.rels": links_part(relationships),
            **{f"word/{name}.xml": text for name, text in texts.items()},
            **(media or {}),
        }
    )


def links_part(content: str) -> str:
    """Return a part of relationships."""
    return (
        f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{content}'
        "</Relationships>"
    )


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return stream.getvalue()


_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in KINDS.items()
    )
    + "</Types>"
)
