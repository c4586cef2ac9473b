"""Writing a case and tying it to documents; what colleagues say of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core import clock, documents, files, modules, search, timeline
from app.core.db import session
from app.core.documents import Key
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import LazyText, lazy
from app.core.permissions import Actor
from app.core.workflow import check_version, lock
from app.core.written import check_written, without_hidden_characters
from app.features.cases import anonymity, queries
from app.features.cases.enums import CASE, CaseStatus, MarkKind, Outcome, Stage
from app.features.cases.flow import FLOW
from app.features.cases.models import CaseComment, CaseLink, CaseMark, CaseStudy
from app.features.customers.actions import DOC_TYPE as CUSTOMER
from app.features.customers.models import Customer
from app.features.people.models import User

TEXTS = ("title", "situation", "done", "result", "lesson", "figures", "tags")
LONGEST_TAG = 20
MOST_TAGS = 8
MOST_LINKS = 20
MOST_FILES = 20
ATTACHMENT = "attachment"
OPEN = (CaseStatus.DRAFT, CaseStatus.RETURNED)


@dataclass(frozen=True)
class CaseValues:
    """What a case says. ``tags`` are words separated by spaces or commas, ``hidden_names`` names one a line."""

    title: str
    outcome: str = Outcome.WORKED
    stage: str = Stage.OTHER
    situation: str = ""
    done: str = ""
    result: str = ""
    lesson: str = ""
    figures: str = ""
    tags: str = ""
    anonymous: bool = False
    hidden_names: str = ""


# Writing


def draft(*, actor: Actor, values: CaseValues, links: Iterable[Key] = ()) -> CaseStudy:
    """Begin a case; ``links`` are the documents it is tied to, without those the actor cannot see or tie it to.

    Raises Invalid at the fields.
    """
    values = checked(values)
    person = session.get_one(User, actor.id)
    row = CaseStudy(
        status=FLOW.initial,
        owner=person,
        owner_id=person.id,
        department_id=person.department_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    seen = documents.visible_keys(actor, links)
    row.links[:] = [
        CaseLink(doc_type=kind, doc_id=number)
        for kind, number in dict.fromkeys(links)
        if (kind, number) in seen and may_be_tied(kind)
    ]
    write(row, values)
    session.add(row)
    session.flush()
    FLOW.sync_tasks(row)
    timeline.record(CASE, row.id, "case_study:draft", actor, to_status=row.status)
    index(row)
    return row


def draft_from(
    *,
    actor: Actor,
    title: str,
    links: Sequence[Key] = (),
    photos: Sequence[CheckedFile] = (),
    outcome: str = Outcome.WORKED,
    stage: str = Stage.OTHER,
    situation: str = "",
    done: str = "",
    result: str = "",
    lesson: str = "",
    figures: str = "",
    tags: str = "",
) -> CaseStudy:
    """Put what another feature learnt into the library as a draft of the actor, who completes and submits it.

    ``links`` name the documents it comes from, as (doc_type, doc_id). Called inside the caller's unit of work. Raises
    Conflict while the library is switched off, Invalid at the fields.
    """
    if not modules.is_on("cases"):
        raise Conflict("case_study:switched-off")
    values = CaseValues(title, outcome, stage, situation, done, result, lesson, figures, tags)
    row = draft(actor=actor, values=values, links=links)
    for photo in photos:
        files.attach(photo, CASE, row.id, actor, kind=ATTACHMENT)
    return row


def edit(row: CaseStudy, *, actor: Actor, version: int | None, values: CaseValues) -> None:
    """Change a case that is not handed in. Raises Denied for anybody but its author, Stale, Conflict, Invalid."""
    open_draft(row, actor, version, lazy("修改案例"))
    write(row, checked(values))
    row.touch()
    session.flush()
    timeline.record(CASE, row.id, "case_study:edit", actor)
    index(row)


def open_draft(row: CaseStudy, actor: Actor, version: int | None, what: LazyText) -> None:
    """Lock a case for its author; raises Denied, Stale, Conflict once it was handed in, in this order."""
    lock(row)
    if row.owner_id != actor.id:
        raise Denied("core:denied", what=what, who=row.owner.name)
    check_version(CASE, row, version)
    if row.status not in OPEN:
        raise Conflict("core:wrong-state", state=FLOW.state(row.status).label, step=what)


def checked(values: CaseValues) -> CaseValues:
    """Return the values with their tags in order; raises Invalid at the fields."""
    for name in (*TEXTS, "hidden_names"):
        check_written(getattr(values, name), name)
    faults: dict[str, LazyText | str] = {}
    tags = list(dict.fromkeys(values.tags.replace("，", " ").replace(",", " ").replace("、", " ").split()))
    if not values.title.strip():
        faults["title"] = lazy("请填写标题")
    if values.outcome not in set(Outcome):
        faults["outcome"] = lazy("请选择成功、部分成功或失败")
    if values.stage not in set(Stage):
        faults["stage"] = lazy("请选择阶段")
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        faults["tags"] = lazy(
            "标签最多 %(most)s 个，每个最多 %(longest)s 字", most=MOST_TAGS, longest=LONGEST_TAG
        )
    if faults:
        raise Invalid(fields=faults)
    return replace(values, tags=" ".join(tags))


def write(row: CaseStudy, values: CaseValues) -> None:
    """Put what was typed and checked into the row, without the names an anonymous one hides."""
    row.outcome, row.stage, row.anonymous = values.outcome, values.stage, values.anonymous
    row.hidden_names = anonymity.joined(anonymity.names_in(values.hidden_names))
    for name in TEXTS:
        setattr(row, name, getattr(values, name).strip())
    hide_names(row)


def hide_names(row: CaseStudy) -> None:
    """Take the hidden names out of the texts of an anonymous case, those of the customers it is tied to among them."""
    if not row.anonymous:
        return
    numbers = [link.doc_id for link in row.links if link.doc_type == CUSTOMER]
    tied = [session.get(Customer, number) for number in numbers]
    names = [
        name for customer in tied if customer is not None for name in (customer.name, customer.short_name)
    ]
    row.hidden_names = anonymity.joined(anonymity.names_in("\n".join((row.hidden_names, *names))))
    hidden = anonymity.names_in(row.hidden_names)
    for name in TEXTS:
        longest = 120 if name == "title" else 200 if name == "tags" else None
        setattr(row, name, anonymity.without(getattr(row, name), hidden)[:longest])
    for comment in row.comments or []:
        comment.text = anonymity.without(comment.text, hidden)


def index(row: CaseStudy) -> None:
    """Bring the search up to date."""
    texts = (row.number or "", row.situation, row.done, row.result, row.lesson, row.figures, row.tags)
    search.put(CASE, row.id, row.title, " ".join(texts))


def fire(
    row: CaseStudy,
    name: str,
    *,
    actor: Actor,
    version: int | None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do a step of a case; of a reason, chosen or typed, characters nobody can see are left out."""
    FLOW.fire(row, name, actor, version=version, note=without_hidden_characters(note), data=data)
    index(row)


# Links and files


def may_be_tied(doc_type: str) -> bool:
    """Tell whether cases are tied to a kind of document: one that is known and shown, and private to nobody."""
    if not documents.is_registered(doc_type) or not modules.shows(doc_type):
        return False
    return not documents.document_type(doc_type).private


def add_link(row: CaseStudy, *, actor: Actor, doc_type: str, doc_id: int) -> None:
    """Tie a case to a document its author may see; a second time changes nothing.

    Raises as ``edit``, NotVisible for a document they may not see and for one of a private kind, Conflict for too many.
    """
    open_draft(row, actor, None, lazy("关联单据"))
    if (doc_type, doc_id) == (CASE, row.id) or not may_be_tied(doc_type):
        raise NotVisible
    if not documents.is_visible(actor, doc_type, doc_id):
        raise NotVisible
    if any((link.doc_type, link.doc_id) == (doc_type, doc_id) for link in row.links):
        return
    if len(row.links) >= MOST_LINKS:
        raise Conflict("case_study:too-many-links", most=MOST_LINKS)
    row.links.append(CaseLink(doc_type=doc_type, doc_id=doc_id))
    hide_names(row)
    row.touch()
    session.flush()
    timeline.record(CASE, row.id, "case_study:link", actor)
    index(row)


def remove_link(row: CaseStudy, link_id: int, *, actor: Actor) -> None:
    """Untie a document; raises as ``edit``, NotVisible for a link that is not there."""
    open_draft(row, actor, None, lazy("取消关联"))
    link = next((each for each in row.links if each.id == link_id), None)
    if link is None:
        raise NotVisible
    row.links.remove(link)
    row.touch()
    session.flush()
    timeline.record(CASE, row.id, "case_study:unlink", actor)


def attach(row: CaseStudy, *, actor: Actor, file: CheckedFile | None) -> StoredFile:
    """Put a file or photo to a case; raises as ``edit``, Invalid without a file, Conflict for too many."""
    open_draft(row, actor, None, lazy("添加附件"))
    if file is None:
        raise Invalid(fields={"file": lazy("请选择要上传的文件")})
    if len(files.files_for(CASE, row.id)) >= MOST_FILES:
        raise Conflict("case_study:too-many-files", most=MOST_FILES)
    stored = files.attach(file, CASE, row.id, actor, kind=ATTACHMENT)
    timeline.record(CASE, row.id, "case_study:attach", actor)
    return stored


def remove_file(row: CaseStudy, file_id: int, *, actor: Actor) -> None:
    """Take a file back; raises as ``edit``, NotVisible for one that is not there."""
    open_draft(row, actor, None, lazy("移除附件"))
    stored = next((each for each in files.files_for(CASE, row.id) if each.id == file_id), None)
    if stored is None:
        raise NotVisible
    files.mark_deleted(stored)
    timeline.record(CASE, row.id, "case_study:remove-file", actor)


# What colleagues say


def mark(row: CaseStudy, *, actor: Actor, kind: str) -> bool:
    """Say something of a published case by a click, or take it back; return whether it is said now.

    Raises NotVisible for an unknown kind, Conflict for one that is not published, Denied for one's own.
    """
    lock(row)
    if kind not in set(MarkKind):
        raise NotVisible
    if row.status != CaseStatus.PUBLISHED:
        raise Conflict("case_study:not-published")
    if row.owner_id == actor.id:
        raise Denied("case_study:own")
    known = queries.mark_of(row.id, actor.id, kind)
    if known is not None:
        session.delete(known)
        session.flush()
        return False
    session.add(CaseMark(case_id=row.id, user_id=int(actor.id or 0), kind=kind, marked_at=clock.now()))
    session.flush()
    if kind == MarkKind.THANKS:
        timeline.record(CASE, row.id, "case_study:thank", actor, tell=[row.owner_id])
    return True


def comment(row: CaseStudy, *, actor: Actor, text: str) -> CaseComment:
    """Write below a published case; raises Invalid for an empty text, Conflict for a case that is not published."""
    lock(row)
    check_written(text, "text")
    if row.status != CaseStatus.PUBLISHED:
        raise Conflict("case_study:not-published")
    if not text.strip():
        raise Invalid(fields={"text": lazy("请写下留言再发出")})
    if len(text) > 2_000:
        raise Invalid(fields={"text": lazy("留言最多 %(most)s 字", most=2_000)})
    said = text.strip()
    if row.anonymous:
        said = anonymity.without(said, anonymity.names_in(row.hidden_names))
    made = CaseComment(case_id=row.id, author_id=int(actor.id or 0), text=said, created_at=clock.now())
    session.add(made)
    session.flush()
    told = [row.owner_id] if row.owner_id != actor.id else []
    timeline.record(CASE, row.id, "case_study:comment", actor, tell=told)
    return made
