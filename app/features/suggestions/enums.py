"""Codes of suggestions, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy

SUGGESTION = "suggestion"
MODULE = "suggestions"
PHOTO = "photo"


class SuggestionStatus(StrEnum):
    """The states of a suggestion (table 2.16 of the department)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REDIRECTED = "redirected"
    ANSWERED = "answered"
    REVIEW = "review"
    COMPANY_REVIEW = "company_review"
    ADOPTED = "adopted"
    TRIAL = "trial"
    PARKED = "parked"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    IMPLEMENTING = "implementing"
    VERIFYING = "verifying"
    DONE = "done"
    REWARDED = "rewarded"
    WITHDRAWN = "withdrawn"


class Naming(StrEnum):
    """Who knows the author: everybody, one keeper, nobody."""

    NAMED = "named"
    KEEPER = "keeper"
    UNNAMED = "unnamed"


class Stage(StrEnum):
    """Which answer a deadline is about."""

    ACCEPT = "accept"
    DEPARTMENT = "department"
    COMPANY = "company"
    ANSWER = "answer"


class SuggestionPerm(StrEnum):
    """The rights around suggestions; to write, vote and comment one needs none."""

    ACCEPT = "suggestions:suggestion:accept"
    REVIEW = "suggestions:suggestion:review"
    DECIDE = "suggestions:suggestion:decide"


# To whom the page of deadlines, the figures and the themes are open.
HANDLERS = (SuggestionPerm.ACCEPT, SuggestionPerm.REVIEW, SuggestionPerm.DECIDE)

S = SuggestionStatus
# Nobody waits for anything any more.
ENDED = (S.ANSWERED, S.DECLINED, S.DUPLICATE, S.DONE, S.REWARDED, S.WITHDRAWN)
# Its votes and comments are open.
DISCUSSED = (
    S.SUBMITTED, S.ACCEPTED, S.RETURNED, S.REDIRECTED, S.REVIEW, S.COMPANY_REVIEW, S.ADOPTED, S.TRIAL, S.PARKED,
    S.IMPLEMENTING, S.VERIFYING,
)  # fmt: skip
# It was taken up: what counts as adopted.
TAKEN_UP = (S.ADOPTED, S.TRIAL, S.IMPLEMENTING, S.VERIFYING, S.DONE, S.REWARDED)

NAMING_LABELS = {
    Naming.NAMED: lazy("署名"),
    Naming.KEEPER: lazy("对同事不署名"),
    Naming.UNNAMED: lazy("不署名"),
}
# What the time that is left is for, by state.
PHASES = {
    S.SUBMITTED: lazy("受理"),
    S.ACCEPTED: lazy("部门评审"),
    S.REVIEW: lazy("部门评审"),
    S.COMPANY_REVIEW: lazy("公司评审"),
    S.REDIRECTED: lazy("答复意见"),
    S.ADOPTED: lazy("安排实施"),
    S.TRIAL: lazy("试行"),
    S.PARKED: lazy("复看"),
    S.IMPLEMENTING: lazy("实施"),
    S.VERIFYING: lazy("验收"),
}
