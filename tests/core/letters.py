"""A small kind of document for the tests of the platform: a letter that is written, reviewed and sent.

Its table stands outside the product's metadata, so that no other test takes it for one of ours.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core import permissions, sentences, tasks, timeline, workflow
from app.core.db import NAMING_CONVENTION, DocumentMixin
from app.core.errors import Conflict, Problem
from app.core.i18n import lazy
from app.core.permissions import Role
from app.core.tasks import TaskKind, WantedTask
from app.core.workflow import Flow, State, any_of, may, mine, step, system_only, when


class OwnBase(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)


Table("user", OwnBase.metadata, Column("id", Integer, primary_key=True))


class Letter(DocumentMixin, OwnBase):
    __tablename__ = "test_letter"

    department_id: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    content_hash: Mapped[str | None] = mapped_column(String(64))


class LetterPerm(StrEnum):
    REVIEW = "letters:review"
    SEND = "letters:send"


DOC_TYPE = "letter"


def complete(letter: Letter, actor: Any, data: Any) -> Problem | None:
    return None if letter.body else Conflict("letter:empty")


def numbered(letter: Letter, actor: Any, data: Any) -> dict[str, Any]:
    letter.number = f"L-{letter.id}"
    return {"number": letter.number}


def reviewing(letter: Letter) -> list[WantedTask]:
    return [
        WantedTask(
            "letter:review",
            permission=LetterPerm.REVIEW,
            department_id=letter.department_id,
            excluded_user_id=letter.owner_id,
        )
    ]


def sending(letter: Letter) -> list[WantedTask]:
    return [WantedTask("letter:send", user_id=letter.owner_id)]


if DOC_TYPE not in workflow.flows():
    permissions.register_permissions(
        LetterPerm,
        {
            LetterPerm.REVIEW: (lazy("审核信函"), {Role.MANAGER}),
            LetterPerm.SEND: (lazy("寄出信函"), {Role.BACK_OFFICE, Role.MANAGER}),
        },
        approvals=(LetterPerm.REVIEW,),
    )
    sentences.register({"letter:empty": lazy("信函还没有正文")})
    tasks.register_kinds(
        TaskKind("letter:review", lazy("审核信函")), TaskKind("letter:send", lazy("寄出信函"))
    )
    timeline.register_verbs(
        timeline.Verb("letter:note", lazy("说明：%(text)s"), frozenset({"text"})),
        timeline.Verb("letter:plain", lazy("看过")),
        timeline.Verb("letter:typed", lazy("自动保存"), folds=True),
    )
    timeline.register_field_labels({"letter.body": lazy("正文"), "letter.tone": lazy("语气")})
    timeline.register_value_labels({"letter.tone": {"warm": lazy("热情")}})
    Flow(
        DOC_TYPE,
        "draft",
        (
            State("draft", lazy("草稿")),
            State("review", lazy("待审核"), "info", tasks=reviewing),
            State("approved", lazy("已审核"), "ok", tasks=sending),
            State("sent", lazy("已寄出"), "ok", terminal=True),
            State("filed", lazy("已存档"), "ok", terminal=True),
        ),
        (
            step("submit", "draft", "review", mine, lazy("提交"), ready=complete, kind="primary"),
            step(
                "return",
                "review",
                "draft",
                may(LetterPerm.REVIEW, own=False),
                lazy("退回"),
                reason=True,
                kind="danger",
                tell=lambda letter: [letter.owner_id, None],
            ),
            step("approve", "review", "approved", may(LetterPerm.REVIEW, own=False), lazy("批准")),
            step(
                "send",
                "approved",
                "sent filed",
                any_of(mine, when(lambda letter: letter.body == "urgent", may(LetterPerm.SEND))),
                lazy("寄出"),
                choose=lambda letter, actor, data: data.get("to", "sent"),
                effect=numbered,
                fields=frozenset({"number"}),
                form="send",
            ),
            step("expire", "approved", "draft", system_only, lazy("过期"), hidden=True),
        ),
        label=lazy("信函"),
    )

FLOW = workflow.flows()[DOC_TYPE]
