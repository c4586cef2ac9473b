"""What equipment tells the platform: permissions, settings, verbs, sentences, tasks, how it is named and found."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import checks, documents, jobs, modules, search, sentences, settings, tasks, timeline
from app.core.db import session
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.printed_addresses import is_printable_address
from app.core.timeline import Verb
from app.features.assets import invariant, labels, offering, queries
from app.features.assets.enums import (
    CATEGORY,
    HAND_OVER,
    ITEM,
    ITEM_STATUS_LABELS,
    MODULE,
    PLACE,
    AssetPerm,
)
from app.features.assets.flow import ANSWER, GIVE_BACK
from app.features.assets.models import AssetCategory, AssetPlace, HandOver
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.rules.models import Rule

register_permissions(
    AssetPerm,
    {
        AssetPerm.VIEW_ALL: (
            lazy("查看部门全部设备"),
            {Role.MANAGER, Role.LEADER, Role.FINANCE, Role.ASSET_KEEPER},
        ),
        AssetPerm.KEEP: (lazy("管设备：登记、发放、收回"), {Role.ASSET_KEEPER}),
    },
)


def refuse_rule(value: object) -> LazyText | None:
    """Return what is wrong with the number of the rule to confirm; empty is allowed (nothing is confirmed)."""
    number = str(value or "").strip()
    if number and session.execute(select(Rule.id).where(Rule.number == number)).first() is None:
        return lazy("没有编号为 %(number)s 的制度", number=number)
    return None


def refuse_days(value: Any) -> LazyText | None:
    """Return what is wrong with a number of days."""
    return None if 1 <= int(value) <= 90 else lazy("请填写 1 到 90 之间的天数")


def refuse_address(value: object) -> LazyText | None:
    """Return what is wrong with the address that labels carry; empty is allowed."""
    text = str(value or "")
    if text and not is_printable_address(text):
        return lazy("请填写完整网址，例如 http://zhangcheng.local，不含空格和参数")
    return None


modules.register(modules.Module(MODULE, lazy_in_context("list", "设备"), order=60))
modules.own_documents(MODULE, ITEM, HAND_OVER)
settings.register(
    settings.Setting(
        offering.CONFIRM_DAYS,
        "number",
        3,
        lazy("交接应在几天内确认"),
        section="assets",
        module=MODULE,
        check=refuse_days,
    ),
    settings.Setting(
        offering.OFFER_DAYS,
        "number",
        7,
        lazy("交接几天未答复即过期"),
        section="assets",
        module=MODULE,
        check=refuse_days,
    ),
    settings.Setting(
        queries.WITNESS_FROM,
        "amount",
        "10000",
        lazy("设备价值达到多少元须有见证人"),
        section="assets",
        hint=lazy("资产管理员发放、收回或在场的即为见证；留空则不需要"),
        module=MODULE,
    ),
    settings.Setting(
        queries.RULE,
        "text",
        "",
        lazy("接收设备时确认的制度编号"),
        section="assets",
        hint=lazy("如 RUL-2026-0003；接收人确认的是当时有效的版次，记入交接单"),
        module=MODULE,
        check=refuse_rule,
    ),
    settings.Setting(
        labels.ADDRESS,
        "text",
        "",
        lazy("设备标签二维码网址"),
        section="assets",
        hint=lazy("手机在公司网络里能打开的本系统网址，如 http://zhangcheng.local；留空则用公网核验网址"),
        module=MODULE,
        check=refuse_address,
    ),
)
tasks.register_kinds(
    tasks.TaskKind(ANSWER, lazy("接收设备"), step="accept"),
    tasks.TaskKind(GIVE_BACK, lazy("归还借用的设备")),
)
jobs.register_job("assets:expire-offers", offering.expire_offers, every=timedelta(hours=1))
checks.register_check("equipment custody", invariant.check)

timeline.register_verbs(
    Verb("asset_item:register", lazy("登记设备，责任人%(person)s"), frozenset({"person"}), tone="ok"),
    Verb("asset_item:change", lazy_in_context("event", "修改设备资料")),
    Verb("asset_item:photo", lazy_in_context("event", "添加设备照片")),
    Verb(
        "asset_item:assume", lazy("报失设备的责任由%(from)s转到资产管理员"), frozenset({"from"}), tone="warn"
    ),
    Verb("hand_over:offer", lazy("向%(to)s发起交接，%(items)s 件"), frozenset({"to", "items"})),
    Verb("asset_category:add", lazy("新增设备类别 %(name)s"), frozenset({"name"}), tone="ok"),
    Verb("asset_category:change", lazy_in_context("event", "修改设备类别")),
    Verb("asset_place:add", lazy("新增存放地点 %(name)s"), frozenset({"name"}), tone="ok"),
    Verb("asset_place:change", lazy_in_context("event", "修改存放地点")),
)
timeline.register_field_labels(
    {
        "asset_item.name": lazy("设备名称"),
        "asset_item.category_id": lazy("类别"),
        "asset_item.place_id": lazy("存放地点"),
        "asset_item.model": lazy("型号"),
        "asset_item.maker": lazy("厂家"),
        "asset_item.serial_number": lazy("序列号"),
        "asset_item.values": lazy("专用资料"),
        "asset_item.accessories": lazy("配件"),
        "asset_item.bought_on": lazy("购置日期"),
        "asset_item.price": lazy("价格"),
        "asset_item.supplier": lazy("供应商"),
        "asset_item.warranty_until": lazy("保修期至"),
        "asset_item.note": lazy("备注"),
        "asset_item.status": lazy("状态"),
        "asset_category.name": lazy("名称"),
        "asset_category.fields": lazy("专用栏目"),
        "asset_category.checklist": lazy("退库检查"),
        "asset_category.accessories": lazy("常见配件"),
        "asset_category.check_days": lazy("自查间隔（天）"),
        "asset_category.active": lazy("启用"),
        "asset_place.name": lazy("名称"),
        "asset_place.is_store": lazy("库房"),
        "asset_place.active": lazy("启用"),
    }
)
timeline.register_value_labels(
    {"asset_item.status": {str(code): label for code, label in ITEM_STATUS_LABELS.items()}}
)
sentences.register(
    {
        "hand_over:item-gone": lazy("“%(item)s”（%(number)s）%(state)s，不能交接，请撤回后重新发起"),
        "hand_over:changed-hands": lazy("“%(item)s”（%(number)s）的责任人已经变了，请撤回后重新发起"),
        "hand_over:offered-already": lazy("“%(item)s”正在交接中（%(number)s），请等对方答复，或先撤回"),
        "hand_over:borrowed": lazy("“%(item)s”是借来的，请先还给资产管理员，再由他交给别人"),
        "hand_over:needs-witness": lazy("这批设备价值不低于 %(value)s 元，须有见证，请%(who)s到场后再接收"),
        "asset_item:not-lost": lazy("“%(item)s”没有报失，或责任人已是您本人，不需要转"),
        "asset_item:unknown-label": lazy("没有这个标签，请核对，或请资产管理员重新打印"),
        "asset_item:no-labels": lazy("没有可以打印标签的设备"),
        "asset_item:no-label-address": lazy(
            "还没有设置标签二维码的网址，请系统管理员在设置里填写“设备标签二维码网址”"
        ),
    }
)
documents.register_document_type(
    documents.DocumentType(
        doc_type=ITEM,
        label=lazy_in_context("list", "设备"),
        url=lambda item_id: f"/assets/{item_id}",
        titles=queries.titles,
        visible=queries.visible_ids,
    ),
    documents.DocumentType(
        doc_type=HAND_OVER,
        label=lazy("设备交接"),
        url=lambda hand_over_id: f"/assets/hand-overs/{hand_over_id}",
        titles=queries.hand_over_titles,
        visible=queries.visible_hand_over_ids,
        model=HandOver,
    ),
    documents.DocumentType(
        doc_type=CATEGORY,
        label=lazy("设备类别"),
        url=lambda category_id: f"/assets/categories/{category_id}",
        titles=queries.category_titles,
        visible=lambda actor: select(AssetCategory.id).where(queries.catalogue_condition(actor)),
    ),
    documents.DocumentType(
        doc_type=PLACE,
        label=lazy("存放地点"),
        url=lambda place_id: f"/assets/places/{place_id}",
        titles=queries.place_titles,
        visible=lambda actor: select(AssetPlace.id).where(queries.catalogue_condition(actor)),
    ),
)
search.register_source(
    search.SearchSource(
        doc_type=ITEM,
        label=lazy_in_context("list", "设备"),
        visible=queries.visible_ids,
        url=lambda item_id: f"/assets/{item_id}",
        order=60,
    )
)


# what a leaver is still responsible for, and offers that nobody answered yet (rule R12)
register_leaver_check(
    LeaverCheck(
        queries.held_count, lazy("名下还有 %(count)s 件设备"), "/assets/people/%(user)s", AssetPerm.KEEP
    ),
    LeaverCheck(
        queries.waiting_count,
        lazy("还有 %(count)s 笔设备交接没有答复"),
        "/assets/people/%(user)s",
        AssetPerm.KEEP,
    ),
)
