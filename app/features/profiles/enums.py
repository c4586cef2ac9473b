"""Codes of profiles with their labels, and the wording people consent by."""

from collections.abc import Mapping
from enum import StrEnum

from app.core.i18n import LazyText, lazy, lazy_in_context

MODULE = "profiles"
PROFILE = "profile"
CARD = "greeting_card"
THANKS = "thanks"
# What is found of a person: each list of words is a kind of its own, since each is shown to an audience of its own.
SKILLS_FOUND = "profile_skills"
HOBBIES_FOUND = "profile_hobbies"
ERASURE = "profile"


class ProfileField(StrEnum):
    """What a person may give of their own will, and decides by itself who sees it."""

    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    PHOTO = "photo"
    ABOUT = "about"
    SKILLS = "skills"
    HOBBIES = "hobbies"
    MOBILE = "mobile"


class Audience(StrEnum):
    """To whom a field is shown. NOBODY takes a consent back."""

    NOBODY = "nobody"
    ME = "me"
    MANAGER = "manager"
    DEPARTMENT = "department"
    COMPANY = "company"


# Audiences to which anybody but the person belongs.
SHARED = (Audience.MANAGER, Audience.DEPARTMENT, Audience.COMPANY)
# Audiences that are not all colleagues: who of them looked is written down.
RESTRICTED = (Audience.MANAGER, Audience.DEPARTMENT)


class ThanksAudience(StrEnum):
    """Who reads a line of thanks besides the two."""

    PERSON = "person"
    DEPARTMENT = "department"


class Occasion(StrEnum):
    """What colleagues sign a card for; the field by which the person lets it be known has the same code."""

    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"


class AccessKind(StrEnum):
    """How somebody came by data of a person."""

    VIEW = "view"
    EXPORT = "export"


class ProfilePerm(StrEnum):
    """Who is meant where a person shows something to the manager."""

    LEAD = "profiles:profile:lead"


class ProfileVerb(StrEnum):
    """What happens to profiles, cards and thanks."""

    EDIT = "profiles:edit"
    CONSENT = "profiles:consent"
    WITHDRAW = "profiles:withdraw"
    PHOTO = "profiles:photo"
    ERASE = "profiles:erase"
    EXPORT = "profiles:export"
    JOINED = "profiles:joined"
    SIGN = "card:sign"
    DELIVER = "card:deliver"
    CLOSE = "card:close"
    THANK = "thanks:give"
    TAKE_BACK = "thanks:take_back"


FIELD_LABELS: Mapping[ProfileField, LazyText] = {
    ProfileField.BIRTHDAY: lazy("生日"),
    ProfileField.ANNIVERSARY: lazy("入职周年"),
    ProfileField.PHOTO: lazy("照片"),
    ProfileField.ABOUT: lazy("一句话介绍"),
    ProfileField.SKILLS: lazy("特长"),
    ProfileField.HOBBIES: lazy("爱好"),
    ProfileField.MOBILE: lazy("私人手机"),
}
AUDIENCE_LABELS: Mapping[Audience, LazyText] = {
    Audience.NOBODY: lazy("不公开"),
    Audience.ME: lazy("只有我自己"),
    Audience.MANAGER: lazy("我的部门经理"),
    Audience.DEPARTMENT: lazy("部门同事"),
    Audience.COMPANY: lazy("全公司同事"),
}
OCCASION_LABELS: Mapping[Occasion, LazyText] = {
    Occasion.BIRTHDAY: lazy("生日"),
    Occasion.ANNIVERSARY: lazy("入职周年"),
}
ACCESS_LABELS: Mapping[AccessKind, LazyText] = {
    AccessKind.VIEW: lazy_in_context("access", "查看"),
    AccessKind.EXPORT: lazy_in_context("access", "导出"),
}

# Whoever changes the wording gives it a new version: rows of consent keep the one they were given by.
WORDING_VERSION = 1
WORDING = lazy("我同意%(who)s在本系统看到我的“%(field)s”。可以随时撤回，撤回后立即不再显示。")
