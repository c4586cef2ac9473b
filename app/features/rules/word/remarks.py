"""What a person is told about a Word file that was read: what was left out, kept in another form, or looks wrong."""

from enum import StrEnum

from app.core.i18n import LazyText, lazy


class Remark(StrEnum):
    """A thing met in a file that a person should know before it becomes a rule."""

    DELETED = "deleted"
    INSERTED = "inserted"
    COMMENTS = "comments"
    FOOTNOTES = "footnotes"
    TEXT_BOXES = "text_boxes"
    HIDDEN = "hidden"
    STRUCK = "struck"
    CONTENTS = "contents"
    FORMULAS = "formulas"
    DRAWINGS = "drawings"
    SYMBOLS = "symbols"
    EMBEDDED = "embedded"
    NESTED_TABLES = "nested_tables"
    PICTURE_FORMAT = "picture_format"
    PICTURE_SIZE = "picture_size"
    PICTURE_OUTSIDE = "picture_outside"
    EMPTY_NUMBERED = "empty_numbered"
    BROKEN_NUMBERING = "broken_numbering"
    STYLE_CHANGED = "style_changed"
    GAP = "gap"
    DEEP = "deep"


REMARK_LABELS: dict[Remark, LazyText] = {
    Remark.DELETED: lazy("修订中已删除的文字没有导入"),
    Remark.INSERTED: lazy("修订中插入的文字按已接受导入"),
    Remark.COMMENTS: lazy("批注没有导入"),
    Remark.FOOTNOTES: lazy("脚注或尾注写进了正文的括号里"),
    Remark.TEXT_BOXES: lazy("文本框里的文字排在了所在段落之后"),
    Remark.HIDDEN: lazy("隐藏文字没有导入"),
    Remark.STRUCK: lazy("带删除线的文字按普通文字导入，请确认是否还有效"),
    Remark.CONTENTS: lazy("目录没有导入，系统会按条款自动生成"),
    Remark.FORMULAS: lazy("公式按一行文字导入，请核对"),
    Remark.DRAWINGS: lazy("图形、图表没有导入，请截图后作为附件上传"),
    Remark.SYMBOLS: lazy("特殊符号换成了相近的字符，请核对"),
    Remark.EMBEDDED: lazy("嵌入的其他文件没有导入，请另作附件上传"),
    Remark.NESTED_TABLES: lazy("表格里的表格改成了文字"),
    Remark.PICTURE_FORMAT: lazy("图片不是 PNG、JPEG 或 GIF，没有导入"),
    Remark.PICTURE_SIZE: lazy("图片过大或过多，没有导入"),
    Remark.PICTURE_OUTSIDE: lazy("图片存放在文件之外，没有导入"),
    Remark.EMPTY_NUMBERED: lazy("有编号而没有文字的段落没有导入"),
    Remark.BROKEN_NUMBERING: lazy("段落的编号定义丢失，按没有编号处理"),
    Remark.STYLE_CHANGED: lazy("这种编号系统里没有，请选一种相近的，或保留为文字"),
    Remark.GAP: lazy("编号与上一条不连续，按原文的编号保留"),
    Remark.DEEP: lazy("层次超过六层，按第六层导入"),
}
