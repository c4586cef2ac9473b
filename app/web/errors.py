"""One responder for every refusal and failure: a page, or for htmx a toast, under the right status, never a trace."""

import errno
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core import files, side_writes
from app.core.db import session
from app.core.errors import Conflict, Problem, Stale, Throttled
from app.core.i18n import LazyText, lazy
from app.core.side_writes import SideWrite
from app.core.uow import is_race
from app.web import current, fragments

HEADINGS: dict[int, LazyText] = {
    400: lazy("请求有误"),
    403: lazy("没有权限"),
    404: lazy("没有找到"),
    405: lazy("操作方式不对"),
    409: lazy("内容已有变化"),
    413: lazy("内容太大"),
    422: lazy("有内容需要修改"),
    429: lazy("请稍候再试"),
    500: lazy("系统出错"),
    503: lazy("暂时不能保存"),
}
SENTENCES: dict[int, LazyText] = {
    400: lazy("浏览器发来的内容不完整，请返回上一页再试一次"),
    403: lazy("您没有这项权限，请联系系统管理员"),
    404: lazy("没有找到这个页面或单据，或您无权查看"),
    405: lazy("这个地址不能直接打开，请从页面上的按钮操作"),
    413: lazy("提交的内容太大：文件最大 %(most)s MB，文字请分几次提交", most=files.MAX_BYTES // 2**20),
    422: lazy("有内容需要修改，请返回核对"),
    429: lazy("尝试次数过多，请稍后再试"),
}
FAILED = lazy("系统出错，没有保存任何内容。请再试一次；仍不行时把请求编号告诉系统管理员")
FORM_TOO_OLD = lazy("页面已过期，内容没有提交。请返回上一页，刷新后再试一次")
DISK_FULL = lazy("服务器磁盘已满，内容没有保存。请通知系统管理员清理磁盘空间，然后再提交一次")
READ_ONLY = lazy("数据库现在不能写入，内容没有保存。请通知系统管理员检查数据文件夹的权限")
BUSY = lazy("系统正忙，内容没有保存，请过一会儿再提交一次")
UNSTORABLE = lazy("填写的内容里有数据库不能保存的数字或字符，没有保存。请返回核对后再提交")
AWAY = lazy("数据库连接不上。请通知系统管理员，稍后再试")


def show(status: int, sentence: str, *, problem: Problem | None = None) -> Response:
    """Answer with a sentence: a toast where htmx asked, else the error page. Server errors come without the frame."""
    failed = status >= 500
    if fragments.wants_fragment():
        said = f"{sentence} ({current.request_id()})" if failed else sentence
        response = fragments.toast_error(said, status)
    else:
        page = render_template(
            "_ui/error.html",
            code=status,
            heading=str(HEADINGS.get(status, HEADINGS[400])),
            sentence=sentence,
            details=problem.changes if isinstance(problem, Stale) else (),
            bare=failed,
            request_id=current.request_id() if failed else "",
        )
        response = make_response(page, status)
    if isinstance(problem, Throttled):
        response.headers["Retry-After"] = str(problem.seconds)
    return fragments.mark_unstored(response)


def on_problem(problem: Problem) -> Response:
    """Answer a refusal with its own sentence; let those who watch guarded acts record it."""
    for watch in _watchers:
        watch(problem)
    return show(problem.status, problem.sentence(), problem=problem)


def on_http_error(error: HTTPException) -> Any:
    """Answer what the framework refuses (404, 405, 413 …) in our words; redirects pass."""
    status = error.code or 500
    if status < 400:
        return error
    sentence = SENTENCES.get(status, SENTENCES[400] if status < 500 else FAILED)
    response = show(status, str(sentence))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def on_csrf_error(error: CSRFError) -> Response:
    """Answer a form without a valid token: it is too old, or another site sent it."""
    return show(400, str(FORM_TOO_OLD))


def on_database_error(error: DBAPIError) -> Response:
    """Answer a database failure: 409 for the slower of two, 422 for a value no column holds, 503 with what to do.

    What remains is a fault of the program: 500.
    """
    session.rollback()
    if is_race(error):
        return on_problem(Conflict("core:race"))
    if isinstance(error, DataError):
        current_app.logger.error("value refused [%s]: %s", current.request_id(), error.orig, exc_info=error)
        return show(422, str(UNSTORABLE))
    sentence = database_sentence(error)
    if sentence is None:
        return on_failure(error)
    current_app.logger.error("database cannot serve [%s]: %s", current.request_id(), error.orig)
    return show(503, str(sentence))


def database_sentence(error: DBAPIError) -> LazyText | None:
    """Return what to do about a database that cannot serve now, None for a fault of the program."""
    text = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None) or ""
    if "disk is full" in text or state == "53100" or "disk i/o" in text:
        return DISK_FULL
    if "readonly" in text or "read-only" in text or state == "25006":
        return READ_ONLY
    if "is locked" in text or state in ("55P03", "57014"):
        return BUSY
    if "unable to open" in text or (isinstance(error, OperationalError) and not state):
        return AWAY
    return AWAY if state[:2] in ("08", "57", "53") else None


def on_disk_error(error: OSError) -> Response:
    """Answer a full or write-protected disk with 503 and what to do, anything else as a failure."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return show(503, str(DISK_FULL))
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return show(503, str(READ_ONLY))
    return on_failure(error)


def on_failure(error: Exception) -> Response:
    """Answer a fault of the program with the request id; the trace goes to the log only."""
    original = getattr(error, "original_exception", None) or error
    if isinstance(original, OSError) and original is not error:
        return on_disk_error(original)
    session.rollback()
    # What Flask caught it has logged with its trace; here the id is added by which people find it.
    trace = original if original is error else None
    current_app.logger.error("request %s failed: %s", current.request_id(), request.path, exc_info=trace)
    return show(500, str(FAILED))


_watchers: list[Any] = []


def on_refusal(watch: Any) -> None:
    """Register a function called with each Problem before it is shown (refused guarded acts are recorded so)."""
    _watchers.append(watch)


def run_side_writes(response: Response) -> Response:
    """Do, once the request's own transaction has ended, what must survive a refusal or a GET."""
    if side_writes.pending():
        try:
            session.rollback()
            side_writes.run_pending()
        except Exception:
            session.rollback()
            side_writes.pending().clear()
            current_app.logger.exception("side writes of request %s failed", g.get("request_id"))
    return response


def queue_refused_attempt(write: Any) -> None:
    """Queue the record of a refused guarded act (print, seal, dispatch) for after the refusal."""
    side_writes.after_request(SideWrite.REFUSED_ATTEMPT, write)


def install(app: Flask) -> None:
    """Register the responder for everything that can go wrong."""
    app.register_error_handler(Problem, on_problem)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(DBAPIError, on_database_error)
    app.register_error_handler(OSError, on_disk_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(InternalServerError, on_failure)
    app.after_request(run_side_writes)
