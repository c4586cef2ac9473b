"""What profiles add to the platform: permission, module, verbs, sentences, documents, search, jobs, growth, erasure."""

from datetime import timedelta

from app.core import (
    checks,
    documents,
    erasures,
    growth,
    jobs,
    modules,
    permissions,
    search,
    sentences,
    settings,
    timeline,
)
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.i18n import gettext as _
from app.core.permissions import Role
from app.core.timeline import Verb
from app.features.profiles import actions, cards, queries, thanks, visibility
from app.features.profiles.enums import (
    AUDIENCE_LABELS,
    CARD,
    ERASURE,
    FIELD_LABELS,
    HOBBIES_FOUND,
    MODULE,
    PROFILE,
    SKILLS_FOUND,
    THANKS,
    Audience,
    ProfileField,
    ProfilePerm,
    ProfileVerb,
)
from app.features.profiles.invariants import check_profiles

BACKUP_DAYS = "profiles.backup_days"
MOST_DAYS = 3_650

modules.register(modules.Module(MODULE, lazy("个人资料与贺卡"), preset=modules.STANDARD, order=92))
modules.own_documents(MODULE, PROFILE, CARD, THANKS, SKILLS_FOUND, HOBBIES_FOUND)

permissions.register_permissions(
    ProfilePerm,
    {ProfilePerm.LEAD: (lazy("作为部门经理查看同事愿意给经理看的资料"), {Role.MANAGER})},
)


def refuse_days(value: object) -> LazyText | None:
    """Refuse a number of days that nobody keeps backups for."""
    fits = isinstance(value, int) and 1 <= value <= MOST_DAYS
    return None if fits else lazy("请填写 1 到 %(most)s 之间的天数", most=MOST_DAYS)


settings.register(
    settings.Setting(
        BACKUP_DAYS,
        "number",
        90,
        lazy("备份保留天数"),
        section="company",
        hint=lazy("写在隐私说明里：删除的个人资料最多在旧备份里留这么久。请按这个天数清理旧备份"),
        module=MODULE,
        check=refuse_days,
    )
)
sentences.register(
    {
        "profiles:only-own": lazy("只能修改本人的资料"),
        "cards:own": lazy("这张贺卡是给您的，由同事来写"),
        "cards:closed": lazy("这张贺卡已经收起，不再传阅"),
        "cards:over": lazy("日子已经过了，不能再写"),
        "thanks:only-the-two": lazy("只有写的人和被感谢的人可以撤下这条感谢"),
    }
)


def _field_words(data: dict[str, str]) -> dict[str, object]:
    said: dict[str, object] = {"field": FIELD_LABELS[ProfileField(data["field"])]}
    if "audience" in data:
        said["audience"] = AUDIENCE_LABELS[Audience(data["audience"])]
    return said


timeline.register_verbs(
    Verb(ProfileVerb.EDIT, lazy("修改本人资料")),
    Verb(
        ProfileVerb.CONSENT,
        lazy("同意%(audience)s看到%(field)s"),
        frozenset({"field", "audience"}),
        render=_field_words,  # type: ignore[arg-type]
    ),
    Verb(
        ProfileVerb.WITHDRAW,
        lazy("撤回对%(field)s的同意"),
        frozenset({"field"}),
        render=_field_words,  # type: ignore[arg-type]
    ),
    Verb(ProfileVerb.PHOTO, lazy("更换本人照片")),
    Verb(ProfileVerb.ERASE, lazy("删除自愿提供的个人资料"), tone="warn"),
    Verb(ProfileVerb.EXPORT, lazy("导出本人资料")),
    Verb(ProfileVerb.JOINED, lazy("登记入职日期")),
    Verb(ProfileVerb.SIGN, lazy_in_context("event", "在贺卡上留言")),
    Verb(ProfileVerb.DELIVER, lazy("您收到一张同事们写的贺卡")),
    Verb(ProfileVerb.CLOSE, lazy_in_context("event", "收起贺卡")),
    Verb(ProfileVerb.THANK, lazy("写下一条感谢")),
    Verb(ProfileVerb.TAKE_BACK, lazy("撤下一条感谢")),
)
timeline.register_field_labels(
    {
        **{f"{PROFILE}.{field}": label for field, label in FIELD_LABELS.items()},
        f"{PROFILE}.birth_year": lazy("出生年份"),
        "user.joined_on": lazy("入职日期"),
    }
)

documents.register_document_type(
    documents.DocumentType(
        PROFILE,
        lazy("个人资料"),
        url=lambda _number: "/profile",
        titles=lambda ids: {number: _("个人资料") for number in ids},
        visible=queries.visible_to,
    ),
    documents.DocumentType(
        CARD,
        lazy("贺卡"),
        url=lambda number: f"/cards/{number}",
        titles=cards.titles,
        visible=cards.visible_to,
    ),
    documents.DocumentType(
        THANKS,
        lazy("感谢"),
        url=lambda number: f"/thanks/{number}",
        titles=thanks.titles,
        visible=queries.visible_thanks,
    ),
)
search.register_source(
    search.SearchSource(
        SKILLS_FOUND,
        lazy("同事的特长"),
        visible=lambda actor: visibility.people_showing(actor, ProfileField.SKILLS),
        url=lambda number: f"/people/{number}",
        order=200,
    ),
    search.SearchSource(
        HOBBIES_FOUND,
        lazy("同事的爱好"),
        visible=lambda actor: visibility.people_showing(actor, ProfileField.HOBBIES),
        url=lambda number: f"/people/{number}",
        order=210,
    ),
)
checks.register_check("profiles", check_profiles)
growth.register(thanks.SOURCE)
erasures.register(ERASURE, actions.erase_again)
timeline.on("people:deactivate", actions.erase_of_leaver)
timeline.on("people:edit", actions.renamed)
jobs.register_job("profiles:deliver-cards", cards.deliver, every=timedelta(hours=1))
