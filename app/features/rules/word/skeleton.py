"""The parts of a .docx that are the same in every rule: packaging, styles, page, footer."""

from collections.abc import Sequence

from app.core.pictures import ENDINGS
from app.features.rules.enums import NumberStyle
from app.features.rules.word.parts import DOCX_TYPE

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMES = f'xmlns:w="{_WORD}" xmlns:r="{_OFFICE}"'
_KIND = f"{DOCX_TYPE.rpartition('.')[0]}"

CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for kind, ending in ENDINGS.items())
    +    f'<Override PartName="/word/document.xml" ContentType="{DOCX_TYPE}.main+xml"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        for name, kind in (
            ("styles", "styles"), ("numbering", "numbering"), ("header1", "header"), ("footer1", "footer")
        )
    )
    + "</Types>"
)  # fmt: skip
PACKAGE_LINKS = (
    f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_LINKS = f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">' + "".join(
    f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
    for place, (kind, name) in enumerate(
        (("styles", "styles"), ("numbering", "numbering"), ("header", "header1"), ("footer", "footer1")),
        1,
    )
)


def document_links(media: Sequence[str]) -> str:
    """Return where the text points to: its other parts, and its pictures by the order they come in."""
    pictures = "".join(
        f'<Relationship Id="rIdMedia{place}" Type="{_OFFICE}/image" Target="{name}"/>'
        for place, name in enumerate(media, 1)
    )
    return f"{_LINKS}{pictures}</Relationships>"


_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
# Filled in with number, link, width, height and words (quoted, with its marks).
DRAWING = (
    f'<w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="Picture {number}" descr={words}/>'
    f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
    f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="{{number}}" name="Picture {{number}}"/>'
    '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{link}"/><a:stretch><a:fillRect/></a:stretch>'
    '</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
    "</w:drawing></w:r>"
)

_PLAIN = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/>'
_STRONG = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体"/><w:b/>'


def _style(key: str, name: str, paragraph: str, look: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:next w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{look}</w:rPr></w:style>'
    )


STYLES = (
    f"{HEAD}<w:styles {NAMES}><w:docDefaults><w:rPrDefault><w:rPr>{_PLAIN}"
    '<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="60" w:line="360" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
    '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
    + _style("Title", "Title", '<w:jc w:val="center"/>', f'{_STRONG}<w:sz w:val="36"/>')
    + _style(
        "Heading1",
        "heading 1",
        '<w:keepNext/><w:spacing w:before="240"/><w:jc w:val="center"/><w:outlineLvl w:val="0"/>',
        f'{_STRONG}<w:sz w:val="28"/>',
    )
    + _style(
        "Heading2",
        "heading 2",
        '<w:keepNext/><w:spacing w:before="120"/><w:jc w:val="center"/><w:outlineLvl w:val="1"/>',
        f'{_STRONG}<w:sz w:val="26"/>',
    )
    + _style("Heading3", "heading 3", '<w:keepNext/><w:outlineLvl w:val="2"/>', _STRONG)
    + '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders></w:tblPr></w:style></w:styles>"
)
# A4 with the margins of official papers.
PAGE = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1474" w:bottom="1440" w:left="1588" '
    'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
)


def _field(code: str) -> str:
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _words(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


# 第 1 页，共 3 页: the paper is Chinese, whatever language its reader's pages have.
FOOTER = (
    f'{HEAD}<w:ftr {NAMES}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
    f"{_words('第 ')}{_field('PAGE')}{_words(' 页，共 ')}{_field('NUMPAGES')}{_words(' 页')}</w:p></w:ftr>"
)

# Of each style: Word's format, its pattern (the place is filled in), what stands between number and text.
NUMBER_FORMATS: dict[NumberStyle, tuple[str, str, str]] = {
    NumberStyle.CHAPTER: ("chineseCountingThousand", "第%{}章", "space"),
    NumberStyle.SECTION: ("chineseCountingThousand", "第%{}节", "space"),
    NumberStyle.ARTICLE: ("chineseCountingThousand", "第%{}条", "space"),
    NumberStyle.HAN: ("chineseCountingThousand", "%{}、", "nothing"),
    NumberStyle.HAN_IN_BRACKETS: ("chineseCountingThousand", "（%{}）", "nothing"),
    NumberStyle.DECIMAL: ("decimal", "%{}.", "space"),
    NumberStyle.DECIMAL_IN_BRACKETS: ("decimal", "（%{}）", "nothing"),
    NumberStyle.CIRCLED: ("decimalEnclosedCircle", "%{}", "space"),
}
