"""Importing customers: which columns are known, how a row is read and compared with who is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Row, or_, select

from app.core import imports
from app.core.db import session
from app.core.i18n import in_every_language, lazy
from app.core.import_records import Outcome
from app.core.imports import ImportField, ImportKind, Plan
from app.core.permissions import Actor, can
from app.core.spreadsheets import head_key
from app.features.customers import actions, queries
from app.features.customers.actions import CustomerValues
from app.features.customers.enums import KIND_LABELS, LEVEL_LABELS, CustomerPerm
from app.features.customers.forms import CustomerFields, LaterFields
from app.features.customers.models import Customer, name_key, plain_name, region_text
from app.features.customers.queries import Similar
from app.features.people.models import User
from app.web import forms
from app.web import imports as import_pages

# Longer lists of names are not sent: all customers are read instead.
MOST_NAMES = 1_000

FIELDS = (
    ImportField(
        "name",
        lazy("客户全称"),
        (
            "客户名称",
            "单位名称",
            "公司名称",
            "名称",
            "客户",
            "customer",
            "customer name",
            "company",
            "company name",
            "name",
        ),
        required=True,
        hint=lazy("与营业执照一致；按统一社会信用代码或全称认出已有的客户"),
    ),
    ImportField(
        "number",
        lazy("客户编号"),
        ("编号", "customer no", "customer number", "number"),
        hint=lazy("只在更新已有客户时填写"),
    ),
    ImportField("short_name", lazy("简称"), ("客户简称", "short name")),
    ImportField(
        "kind",
        lazy("客户类型"),
        ("类型", "客户性质", "type", "customer type"),
        hint=lazy("经销商、终端用户、统采单位、其他；不填按终端用户"),
    ),
    ImportField("level", lazy("客户等级"), ("等级", "级别", "level", "grade"), hint=lazy("A、B 或 C")),
    ImportField(
        "region", lazy("区域"), ("地区", "所属区域", "省市县", "region", "area"), hint=lazy("省-市-县")
    ),
    ImportField("province", lazy("省"), ("省份", "province")),
    ImportField("city", lazy("市"), ("城市", "地市", "city")),
    ImportField("county", lazy("县"), ("区县", "县区", "county", "district")),
    ImportField(
        "contact_name",
        lazy("联系人"),
        ("主要联系人", "联系人姓名", "contact", "contact name", "contact person"),
    ),
    ImportField(
        "contact_phone",
        lazy("联系电话"),
        ("联系人电话", "手机", "手机号", "手机号码", "mobile", "contact phone"),
    ),
    ImportField(
        "phone", lazy("单位电话"), ("电话", "公司电话", "座机", "固定电话", "phone", "telephone", "tel")
    ),
    ImportField(
        "credit_code",
        lazy("统一社会信用代码"),
        (
            "信用代码",
            "税号",
            "纳税人识别号",
            "tax code",
            "tax id",
            "credit code",
            "unified social credit code",
        ),
        hint=lazy("18 位，请把单元格设为文本"),
    ),
    ImportField("address", lazy("详细地址"), ("地址", "公司地址", "单位地址", "address")),
    ImportField(
        "payment_terms", lazy("付款方式与账期"), ("付款方式", "账期", "结算方式", "payment terms", "payment")
    ),
    ImportField("notes", lazy("备注"), ("说明", "notes", "remark", "remarks")),
)
OWNER = ImportField(
    "owner",
    lazy("负责人"),
    ("业务员", "销售员", "负责销售", "owner", "salesperson"),
    hint=lazy("姓名或工号；不填则由导入的人负责"),
)
PARTS = ("province", "city", "county")


class CustomerRow(CustomerFields, LaterFields, forms.LineForm):
    """A row of a table of customers, read like the form."""

    number = forms.TextField(lazy("客户编号"), longest=40)


@dataclass
class Known:
    """The customers that rows may name, by all that tells them."""

    by_number: dict[str, Row[Any]] = field(default_factory=dict)
    by_code: dict[str, Row[Any]] = field(default_factory=dict)
    by_name: dict[str, Row[Any]] = field(default_factory=dict)
    by_key: dict[str, Row[Any]] = field(default_factory=dict)
    by_phone: dict[str, Row[Any]] = field(default_factory=dict)


def fields(actor: Actor) -> Sequence[ImportField]:
    """Return the columns an actor may import: the owner only for those who may hand over."""
    return [*FIELDS, OWNER] if can(actor, CustomerPerm.HAND_OVER) else FIELDS


def translated(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a row as the form knows them: codes for the words of choices, one region of its parts."""
    found = dict(texts)
    for key, labels in (("kind", KIND_LABELS), ("level", LEVEL_LABELS)):
        if found.get(key):
            found[key] = code_of(found[key], labels)
    parts = [found.pop(part, "") for part in PARTS]
    if any(parts) and not found.get("region"):
        # A municipality is its own province.
        found["region"] = "-".join(dict.fromkeys(filter(None, parts)))
    return found


def code_of(text: str, labels: Mapping[str, Any]) -> str:
    """Return the code of a word of a choice, in Chinese or as the code itself; the word where it is none."""
    typed = head_key(text)
    for code, label in labels.items():
        words = [head_key(word) for word in (str(code), *in_every_language(label))]
        if typed in words or typed in [word.removesuffix("类") for word in words]:
            return str(code)
    return text


def compare(plans: Sequence[Plan], actor: Actor) -> None:
    """Decide what becomes of rows that could be read."""
    name_twice(plans)
    sound = [plan for plan in plans if not plan.faults]
    known, owners = known_customers(sound, actor), named_owners(sound)
    for plan in sound:
        settle(plan, known, owners, actor)


def name_twice(plans: Sequence[Plan]) -> None:
    """Name rows without a name, and those whose name, number or credit code stood in the file before."""
    seen: dict[tuple[str, str], int] = {}
    for plan in plans:
        typed = plan.values
        if not typed.get("name") and not typed.get("number"):
            plan.refuse("name", lazy("请填写客户全称"))
            continue
        for key, text in (
            ("name", plain_name(typed.get("name", ""))),
            ("credit_code", typed.get("credit_code", "")),
            ("number", typed.get("number", "")),
        ):
            if not text:
                continue
            if (key, text) in seen:
                plan.refuse(key, lazy("与第 %(row)s 行是同一家客户", row=seen[key, text]))
            seen.setdefault((key, text), plan.number)


def known_customers(plans: Sequence[Plan], actor: Actor) -> Known:
    """Return the customers that rows may mean, with what may be changed."""
    names = {name_key(plan.values["name"]) for plan in plans if plan.values.get("name")}
    codes = {plan.values["credit_code"] for plan in plans if plan.values.get("credit_code")}
    numbers = {plan.values["number"] for plan in plans if plan.values.get("number")}
    phones = {key for plan in plans for key in typed_phones(plan.values)}
    columns = [getattr(Customer, name) for name in CustomerValues.__dataclass_fields__]
    statement = (
        select(
            Customer.id,
            Customer.number,
            Customer.owner_id,
            Customer.department_id,
            Customer.name_key,
            User.name.label("owner_name"),
            queries.visible_condition(actor).label("visible"),
            *columns,
        )
        .join(User, User.id == Customer.owner_id)
        .order_by(Customer.id.desc())
    )
    if len(plans) <= MOST_NAMES:
        statement = statement.where(
            or_(
                Customer.name_key.in_(names),
                Customer.credit_code.in_(codes),
                Customer.number.in_(numbers),
                queries.has_phone(phones),
            )
        )
    known = Known()
    for row in session.execute(statement):
        known.by_number[row.number] = row
        known.by_name[plain_name(row.name)] = row
        known.by_key[row.name_key] = row
        if row.credit_code:
            known.by_code[row.credit_code] = row
        known.by_phone |= dict.fromkeys(queries.phone_keys(row.phone, row.contact_phone), row)
    return known


def typed_phones(typed: Mapping[str, Any]) -> set[str]:
    """Return the telephones of a row by which its customer may be known again."""
    return queries.phone_keys(typed.get("phone", ""), typed.get("contact_phone", ""))


def named_owners(plans: Sequence[Plan]) -> dict[str, list[int]]:
    """Return the people in whose care rows put customers, by name and by staff number."""
    wanted = {plan.texts["owner"] for plan in plans if plan.texts.get("owner")}
    found: dict[str, list[int]] = {}
    if not wanted:
        return found
    statement = select(User.id, User.name, User.staff_number).where(
        User.active.is_(True), or_(User.name.in_(wanted), User.staff_number.in_(wanted))
    )
    for row in session.execute(statement):
        for word in {row.name, row.staff_number}:
            found.setdefault(word, []).append(row.id)
    return found


def settle(plan: Plan, known: Known, owners: Mapping[str, list[int]], actor: Actor) -> None:
    """Decide about one row; what is empty in the file stays as it is."""
    typed: dict[str, Any] = dict(plan.values)
    number = typed.pop("number", "")
    twin = known.by_number.get(number) if number else same_customer(typed, known)
    if number and twin is None:
        plan.refuse("number", lazy("没有编号为 %(number)s 的客户；新客户请不要填写编号", number=number))
    elif twin is not None:
        settle_twin(plan, twin, typed, actor)
    else:
        settle_new(plan, typed, known, owners)


def same_customer(typed: Mapping[str, Any], known: Known) -> Row[Any] | None:
    """Return the customer a row means for certain: of the same credit code or the same full name."""
    by_code = known.by_code.get(typed.get("credit_code", ""))
    return by_code or known.by_name.get(plain_name(typed.get("name", "")))


def settle_twin(plan: Plan, twin: Row[Any], typed: Mapping[str, Any], actor: Actor) -> None:
    """Decide about a row whose customer is there: changed, the same, or not the actor's to change."""
    plan.note = actions.named_twin(twin_of(twin))
    if not queries.may_edit(actor, twin) or not twin.visible:
        plan.outcome = Outcome.TAKEN
        return
    plan.twin_id = twin.id
    present = CustomerValues(**{name: getattr(twin, name) for name in CustomerValues.__dataclass_fields__})
    values = replace(present, **typed)
    values = replace(values, region=region_text(values.region))
    before, after = asdict(present), asdict(values)
    labels = {item.key: str(item.label) for item in FIELDS}
    plan.changes = [
        (labels[key], said(key, before[key]), said(key, after[key]))
        for key in after
        if after[key] != before[key]
    ]
    plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME
    plan.values = (values, None)


def settle_new(plan: Plan, typed: Mapping[str, Any], known: Known, owners: Mapping[str, list[int]]) -> None:
    """Decide about a row whose customer is not there: new, or so much like another that somebody must look."""
    found = owners.get(plan.texts.get("owner", ""), [])
    if plan.texts.get("owner") and len(found) != 1:
        sentence = lazy("有几位同名的人，请改填工号") if found else lazy("没有叫这个名字的在职人员")
        plan.refuse("owner", sentence)
        return
    like = known.by_key.get(name_key(typed["name"]))
    like = like or next((known.by_phone[key] for key in typed_phones(typed) if key in known.by_phone), None)
    if like is not None:
        plan.outcome, plan.note = Outcome.SIMILAR, actions.named_twin(twin_of(like))
    plan.values = (CustomerValues(**typed), found[0] if found else None)


def twin_of(row: Row[Any]) -> Similar:
    """Return a customer as the warning about duplicates names it."""
    return Similar(row.id, row.number, row.name, row.owner_name, bool(row.visible))


def said(key: str, value: str) -> str:
    """Return a value as a reader knows it."""
    labels: Mapping[str, Any] = {"kind": KIND_LABELS, "level": LEVEL_LABELS}.get(key, {})
    return str(labels.get(value, value))


def save(plans: Sequence[Plan], actor: Actor) -> None:
    """Make and change the customers of rows, in the open unit of work."""
    new: Iterable[Plan] = [plan for plan in plans if plan.twin_id is None]
    changed = [plan for plan in plans if plan.twin_id is not None]
    ids = actions.save_imported(
        actor=actor,
        new=[plan.values for plan in new],
        changed=[(plan.twin_id or 0, plan.values[0]) for plan in changed],
    )
    for plan, customer_id in zip([*new, *changed], ids, strict=True):
        plan.doc_id = customer_id


KIND = ImportKind(
    code="customer",
    label=lazy("客户导入"),
    record_type=actions.DOC_TYPE,
    model=Customer,
    permission=CustomerPerm.CREATE,
    sees_all=CustomerPerm.VIEW_ALL,
    url="/customers/imports",
    fields=fields,
    read=import_pages.reader(CustomerRow, translated),
    compare=compare,
    save=save,
    remove=actions.remove_imported,
    update_label=lazy("已有的客户：用表格里填写的内容更新（空格不覆盖，负责人不变）"),
    similar_label=lazy("疑似重复的（名称相近或电话相同）：确认不是同一家，也作为新客户导入"),
    owned=frozenset({"customer_contact"}),
)
imports.register(KIND)
