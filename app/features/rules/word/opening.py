"""Opening what people have as a Word file: a .docx, or an old one that the server can make a .docx of."""

import io
from dataclasses import dataclass

from app.core import files, office_conversion
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.office_package import is_encrypted, is_old_word
from app.features.rules.word.parts import MOST_BYTES, open_upload, refuse

OLD_ENDINGS = frozenset({"doc", "wps"})


@dataclass(frozen=True)
class OpenedFile:
    """A .docx to read, and the old file it was made of, where it was."""

    docx: CheckedFile
    converted_from: CheckedFile | None = None

    @property
    def original(self) -> CheckedFile:
        """The file as it was brought."""
        return self.converted_from or self.docx


def open_word(name: str, content: bytes) -> OpenedFile:
    """Open an upload; an old .doc or .wps is converted where the server has what it takes.

    Raises Invalid at the field ``file`` for what cannot be read.
    """
    ending = name.rpartition(".")[2].lower()
    old = ending in OLD_ENDINGS and is_old_word(content) and not is_encrypted(content)
    if not old or len(content) > MOST_BYTES or not office_conversion.is_available():
        return OpenedFile(open_upload(name, content))
    original = files.check_upload(name, io.BytesIO(content))
    made = office_conversion.to_docx(content, ending)
    if made is None:
        raise refuse(
            lazy("服务器没能把这个旧格式文件转换成 .docx。请用 Word 或 WPS 打开，另存为 .docx 后再上传")
        )
    return OpenedFile(open_upload(f"{original.name.rpartition('.')[0]}.docx", made), original)
