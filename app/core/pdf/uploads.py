"""Takes a PDF that was made elsewhere: looked through in a process of its own, refused in a sentence."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.files import CheckedFile, refuse
from app.core.i18n import LazyText, lazy

SECONDS = 120
SECONDS_FOR_WORDS = 40
PROGRAM = Path(__file__).with_name("examine.py")

REFUSALS: dict[str, LazyText] = {
    "broken": lazy("PDF 的结构有错误，读不了。请在 Word 中重新“另存为 PDF”后再上传"),
    "encrypted": lazy("PDF 有密码或权限限制，请去掉密码后再上传"),
    "javascript": lazy("PDF 中有 JavaScript 程序，不能接受。请重新“另存为 PDF”，不要使用表单"),
    "action": lazy("PDF 中有打开程序、提交数据之类的动作，不能接受。请去掉后再上传"),
    "attachment": lazy("PDF 中夹带了其他文件，不能接受。请去掉附件后再上传"),
    "media": lazy("PDF 中有音频、视频或三维内容，不能接受。请去掉后再上传"),
    "form": lazy("PDF 中有可填写的表单，不能接受。请打印成普通 PDF 后再上传"),
    "signed": lazy("PDF 已经有电子签名，不能再盖章。请上传没有签名的文件"),
    "page-size": lazy("PDF 中有一页的尺寸不对，请重新“另存为 PDF”后再上传"),
    "too-complex": lazy("PDF 太复杂，规定时间内读不完。请压缩图片，重新“另存为 PDF”后再上传"),
}


@dataclass(frozen=True)
class ReadFile:
    """A PDF that may be kept; ``texts`` holds what each page says, None where it could not be read."""

    file: CheckedFile
    pages: int
    texts: tuple[str | None, ...]


def read_upload(file: CheckedFile, *, most_pages: int, most_bytes: int) -> ReadFile:
    """Look through an uploaded PDF; raises Invalid at the field ``file`` with the reason it is not taken.

    Takes a few seconds for hundreds of pages, so it runs before any transaction.
    """
    if file.media_type != "application/pdf":
        raise refuse(lazy("请上传 PDF 文件：在 Word 中“另存为”，类型选择 PDF"))
    if len(file.content) > most_bytes:
        raise refuse(
            lazy(
                "文件超过 %(most)s MB，请压缩图片后重新“另存为 PDF”；出具后的文件须能在核验页上传，那里最大 20 MB",
                most=most_bytes // 1024**2,
            )
        )
    answer = _answer(file.content, str(most_pages))
    if answer is None:
        raise refuse(REFUSALS["too-complex"])
    code = answer.get("refusal")
    if code == "too-many-pages":
        raise refuse(lazy("文件超过 %(most)s 页，请分成几册", most=most_pages))
    if code:
        raise refuse(REFUSALS[code])
    return ReadFile(file, answer["pages"], tuple(answer["texts"]))


def read_texts(content: bytes, *, most_pages: int) -> tuple[str | None, ...] | None:
    """Return what the first pages of a PDF say, None where the file cannot be read at all, or not in time.

    For files that are kept as they are and found by their words; it refuses nothing.
    """
    answer = _answer(content, str(most_pages), "texts", seconds=SECONDS_FOR_WORDS)
    return None if answer is None or "texts" not in answer else tuple(answer["texts"])


def _answer(content: bytes, *arguments: str, seconds: float = SECONDS) -> dict[str, Any] | None:
    """Return what the program says of a file, None where it came to no end."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(PROGRAM), *arguments],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None
    return answer
