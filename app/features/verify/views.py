from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request, url_for

from app.core import clock, request_facts, settings, side_writes, verification_code
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.side_writes import SideWrite
from app.core.uow import unit_of_work
from app.features.exams.models import Certificate
from app.features.seals import keys
from app.features.seals.queries import legal_entities
from app.features.verify import actions, queries
from app.features.verify.enums import STANDING_LABELS, STANDING_TONES, Standing, VerifyPerm
from app.features.verify.forms import CheckForm, TelephoneForm
from app.features.verify.queries import Paper
from app.web import filters
from app.web.current import current_actor
from app.web.fragments import go, page
from app.web.guard import public, requires

if TYPE_CHECKING:
    from app.core.signing import Finding

blueprint = Blueprint("verify", __name__)

VERDICTS = {
    "genuine": lazy("真实：本公司出具的正式件，没有改动"),
    "code": lazy("有这份正式件，请逐项核对"),
    "altered": lazy("文件被改动过，不要采用"),
    "foreign": lazy("不是本公司出具的文件"),
    "unknown": lazy("没有这个核验码"),
}
CODE_ALONE = lazy(
    "核验码只说明有这份正式件。请核对下面每一项；手里是 PDF 的，再上传文件，一个字节的改动也查得出。"
)


@blueprint.get("/verify")
@public
def index() -> Response:
    return show_form(CheckForm(), 200)


@blueprint.post("/verify")
@public
def check() -> Response:
    form = CheckForm()
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return check_upload(form)
    if not form.validate() or not form.code.data:
        if not form.code.errors:
            form.code.errors = [_("请填写核验码，或选择收到的 PDF 文件")]
        return show_form(form, 422)
    code = verification_code.normalise(form.code.data)
    if code is None:
        form.code.errors = [_("核验码应是 24 位字母和数字，请对照纸面再输入一次")]
        return show_form(form, 422)
    return go(url_for("verify.result", code=verification_code.grouped(code)))


@blueprint.get("/verify/<code>")
@public
def result(code: str) -> Response:
    admit()
    paper = queries.paper_by_code(code)
    about = other_sentences(code=code) if paper is None else []
    count(missed=paper is None and not about)
    if about:
        return show_result("code", None, [*about, str(CODE_ALONE)], 200)
    if paper is None:
        sentences = [
            _(
                "请对照纸面核对 24 位核验码。核对无误仍查不到的，这份文件不是本公司出具的，请打电话向本公司核实。"
            )
        ]
        return show_result("unknown", None, sentences, 404)
    return show_result("code", paper, [*standing_sentences(paper), str(CODE_ALONE)], 200)


def check_upload(form: CheckForm) -> Response:
    """Judge an uploaded file; it is read once, up to the limit, and kept nowhere."""
    from app.core import signing  # slow import
    from app.core.signing.inspection import LARGEST_UPLOAD  # slow import

    admit()
    content = request.files["file"].stream.read(LARGEST_UPLOAD + 1)
    finding = signing.inspect(content, keys.trusted_certificates(), queries.StoredCopies())
    count(missed=finding.verdict == signing.Verdict.FOREIGN)
    if finding.reason == "too-large":
        form.file.errors = [_("文件超过 20 MB。本公司的正式件不会这样大，请确认没有选错文件")]
        return show_form(form, 413)
    if finding.reason == "empty":
        form.file.errors = [_("文件是空的，请重新选择")]
        return show_form(form, 422)
    if finding.verdict == signing.Verdict.GENUINE:
        file = queries.file_by_hash(finding.sha256)
        paper = queries.paper_of(file, one_copy=True) if file is not None else None
        sentences = [_("文件与系统中保存的这一份逐字节相同，没有任何改动。")]
        about = other_sentences(sha256=finding.sha256) if paper is None else []
        return show_result("genuine", paper, [*standing_sentences(paper), *about, *sentences], 200)
    if finding.verdict == signing.Verdict.ALTERED:
        return show_altered(finding)
    sentences = [
        _(
            "它不是系统保存的任何一份，也没有本公司的签名和文件标识。请向给您文件的人索取原件，或打电话向本公司核实。"
        )
    ]
    return show_result("foreign", None, sentences, 200)


def show_altered(finding: "Finding") -> Response:
    """Say that a file carries our marks but is none of our papers, and what the original says where it is known."""
    file = None
    if finding.original_sha256:
        file = queries.file_by_hash(finding.original_sha256)
    elif finding.document_id:
        file = queries.file_by_document_id(finding.document_id)
    reasons = {
        "continues-stored-copy": _("它以本公司的一份正式件开头，后面又加了内容。"),
        "our-certificate": _("它带有本公司的签名证书，内容却不是系统保存的任何一份。"),
        "our-document-id": _("它带有本公司一份正式件的标识，内容却与原件不同。"),
    }
    sentences = [reasons[finding.reason]]
    if finding.signature_intact:
        sentences.append(_("签名本身完整，可能是系统恢复备份以前出具的。请打电话向本公司核实。"))
    if file is not None:
        sentences.append(_("下面是系统中原件的内容，请与收到的文件对照。"))
    else:
        sentences += other_sentences(
            sha256=finding.original_sha256 or "", document_id=finding.document_id or ""
        )
    paper = queries.paper_of(file, one_copy=finding.original_sha256 is not None) if file is not None else None
    return show_result("altered", paper, sentences, 200)


def other_sentences(*, sha256: str = "", document_id: str = "", code: str = "") -> list[str]:
    """Return what a proof of reading or a certificate says of itself; nothing where it is neither."""
    known = {"sha256": sha256, "document_id": document_id, "code": code}
    return proof_sentences(queries.proof_of(**known)) or certificate_sentences(
        queries.certificate_of(**known)
    )


def certificate_sentences(row: Certificate | None) -> list[str]:
    """Return what a certificate says of itself and how it stands, to be compared with the paper."""
    if row is None:
        return []
    until = row.valid_until.isoformat() if row.valid_until is not None else _("长期有效")
    said = [
        _(
            "证书：%(title)s，编号 %(number)s，获证人%(person)s，发证日期 %(day)s，有效期至：%(until)s。",
            title=row.title,
            number=row.number,
            person=row.person_name,
            day=row.issued_on.isoformat(),
            until=until,
        )
    ]
    if row.revoked_at is not None:
        said.append(_("这份证书已于 %(day)s 撤销。", day=clock.to_local(row.revoked_at).date().isoformat()))
    elif not row.is_valid:
        said.append(_("这份证书已过有效期。"))
    return said


def proof_sentences(proof: queries.Proof | None) -> list[str]:
    """Return what a proof of reading says of itself, to be compared with the paper."""
    if proof is None:
        return []
    said = _(
        "规章制度阅读签认证明：《%(title)s》，编号 %(number)s，签认 %(count)s 人，出具时间 %(time)s，核验码 %(code)s。",
        title=proof.title,
        number=proof.number,
        count=proof.signatures,
        time=filters.stamp_text(proof.made_at),
        code=proof.code,
    )
    return [said, _("本证明由用人单位系统生成，未经第三方存证。")]


@blueprint.route("/verify/telephone", methods=["GET", "POST"])
@requires(VerifyPerm.TELEPHONE)
def telephone() -> Response:
    if current_app.config.get("VERIFY_ONLY"):
        raise NotVisible()
    form = TelephoneForm()
    answer = None
    status = 200
    if request.method == "POST":
        if form.validate():
            with unit_of_work():
                answer = actions.answer_telephone(
                    actor=current_actor(),
                    number=form.number.data,
                    copy_number=form.copy_number.data,
                    amount=form.amount.data,
                    hash_start=form.hash_start.data,
                    caller=form.caller.data,
                )
        else:
            status = 422
    return page(
        "verify/telephone.html",
        fragment="form",
        status=status,
        heading=_("电话核验"),
        facts=(_("来电人读什么就填什么；不要把系统里的数字读给对方听"),),
        form=form,
        answer=answer,
        verdict=telephone_verdict(answer),
        items=telephone_items(answer),
        sentences=[str(STANDING_LABELS[answer.standing])]
        if answer and answer.agrees and answer.standing
        else [],
    )


def telephone_verdict(answer: actions.TelephoneAnswer | None) -> str:
    """Return in one sentence what to tell the caller."""
    if answer is None:
        return ""
    if not answer.known:
        return _("没有出具过编号 %(number)s 的正式件", number=answer.number)
    if answer.agrees:
        return _("%(number)s：全部相符，可以告诉对方这份文件是本公司出具的", number=answer.number)
    return _(
        "%(number)s：有不符项，请对方核对后再读一遍；仍不符的，不是本公司出具的内容", number=answer.number
    )


def telephone_items(answer: actions.TelephoneAnswer | None) -> list[tuple[str, bool]]:
    """Return each item the caller read, and whether it agrees."""
    if answer is None or not answer.known:
        return []
    return [
        (_("份次"), answer.copy_agrees),
        (_("含税合计"), answer.amount_agrees),
        (_("内容摘要前八位"), answer.hash_agrees),
    ]


def admit() -> None:
    """Refuse an address that asks too often, before anything is looked up."""
    actions.refuse_too_many(request_facts.current().address)


def count(*, missed: bool) -> None:
    """Count this check once the answer is made."""
    address = request_facts.current().address
    side_writes.after_request(SideWrite.THROTTLE, lambda: actions.count_check(address, missed=missed))


def standing_sentences(paper: Paper | None) -> list[str]:
    """Return what a holder of a genuine paper must know of its standing."""
    if paper is None:
        return []
    if paper.standing == Standing.CURRENT:
        return [_("客户已接受这份报价，按此执行。")] if paper.accepted else []
    day = paper.standing_on.isoformat() if paper.standing_on else ""
    if paper.standing == Standing.SUPERSEDED:
        return [_("已有新版：%(day)s 起以新版为准，请向本公司索取。", day=day)]
    if paper.standing == Standing.VOID:
        return [_("已于 %(day)s 作废。原因：%(reason)s", day=day, reason=paper.reason or "—")]
    return [_("已过有效期（有效期至 %(day)s），价格请重新确认。", day=day)]


def show_form(form: CheckForm, status: int) -> Response:
    """Show the public page."""
    return page(
        "verify/index.html",
        status=status,
        heading=_("核验文件真伪"),
        form=form,
        telephone=telephone_number(),
    )


def show_result(kind: str, paper: Paper | None, sentences: list[str], status: int) -> Response:
    """Show the answer of a check."""
    standing = paper.standing if paper else None
    tone = {"genuine": "ok", "code": "ok"}.get(kind, "bad")
    if tone == "ok" and standing is not None:
        tone = STANDING_TONES[standing]
    return page(
        "verify/result.html",
        status=status,
        heading=_("核验结果"),
        kind="genuine" if kind == "code" else ("foreign" if kind == "unknown" else kind),
        verdict=str(VERDICTS[kind]),
        tone=tone,
        sentences=sentences,
        paper=paper,
        standing_label=STANDING_LABELS[standing] if standing else "",
        standing_tone=STANDING_TONES[standing] if standing else "neutral",
        copy_text=copy_text(paper),
        telephone=telephone_number(),
    )


def copy_text(paper: Paper | None) -> str:
    """Return which copy it is, or how many there are where only the code is known."""
    if paper is None:
        return ""
    if not paper.copy_number and paper.extra_copies:
        return _(
            "共 %(copies)s 份，其中增印 %(extra)s 份，各份共用一个核验码",
            copies=paper.copies,
            extra=paper.extra_copies,
        )
    if not paper.copy_number:
        if paper.copies == 1:
            return _("只有 1 份")
        return _("共 %(copies)s 份，各份共用一个核验码", copies=paper.copies)
    if paper.extra:
        return _("第 %(copy)s 份（增印）", copy=paper.copy_number)
    return _("第 %(copy)s 份，共 %(copies)s 份", copy=paper.copy_number, copies=paper.copies)


def telephone_number() -> str:
    """Return whom to call: the setting, or the first company's telephone."""
    stated = settings.get("verification.telephone")
    if stated:
        return str(stated)
    entities = legal_entities()
    return entities[0].phone if entities else ""
