"""Codes of training sessions, with their labels apart."""

from enum import StrEnum

from app.core.i18n import lazy, lazy_in_context

TRAINING_SESSION = "training_session"
TRAINING_SERIES = "training_series"
TRAINING_TOPIC = "training_topic"
MODULE = "training"

# Kinds of the files of a session.
MATERIAL = "material"
SIGN_IN_SHEET = "sign_in_sheet"


class SessionStatus(StrEnum):
    """Where a session stands; a session that was moved keeps its old date, the new one is a session of its own."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPEN = "open"
    WRAP_UP = "wrap_up"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MOVED = "moved"


class PersonStatus(StrEnum):
    """How far a person is with a session."""

    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"
    LEAVE_ASKED = "leave_asked"
    LEAVE_GRANTED = "leave_granted"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    TESTED = "tested"
    GAVE_FEEDBACK = "gave_feedback"


class Presence(StrEnum):
    """How a person was there; kept beside the state, which goes on to the test and the feedback."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"


class Attendance(StrEnum):
    """Whether a person must come."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class SignInMethod(StrEnum):
    """How it is known that a person was there."""

    CHAIR = "chair"
    SHEET = "sheet"
    CODE = "code"


class SessionForm(StrEnum):
    """Where and how a session takes place."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    ONLINE = "online"


class TopicStatus(StrEnum):
    """What became of a topic of the pool."""

    WANTED = "wanted"
    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class TrainingPerm(StrEnum):
    """The rights around training; everybody enrols, asks for leave and proposes topics without any.

    ``LEAD`` plans sessions of one's own departments and chairs them, ``MANAGE`` does so for the whole company with
    series, subjects and providers, ``VIEW_ALL`` sees who was there, at whose session whatever.
    """

    LEAD = "training:session:lead"
    MANAGE = "training:session:manage"
    VIEW_ALL = "training:session:view-all"


# Who holds a seat, who was there, who may answer the feedback form.
SEATED = (PersonStatus.ENROLLED, PersonStatus.LEAVE_ASKED)
WAS_THERE = (Presence.PRESENT, Presence.LATE, Presence.LEFT_EARLY)
HAS_SEAT = (
    PersonStatus.ENROLLED,
    PersonStatus.LEAVE_ASKED,
    PersonStatus.PRESENT,
    PersonStatus.LATE,
    PersonStatus.LEFT_EARLY,
    PersonStatus.ABSENT,
    PersonStatus.TESTED,
    PersonStatus.GAVE_FEEDBACK,
)
# Sessions that still lie ahead, and those that take or took place.
AHEAD = (SessionStatus.PLANNED, SessionStatus.ANNOUNCED)
TAKES_PLACE = (
    SessionStatus.PLANNED,
    SessionStatus.ANNOUNCED,
    SessionStatus.OPEN,
    SessionStatus.WRAP_UP,
    SessionStatus.COMPLETED,
)
WAS_HELD = (SessionStatus.WRAP_UP, SessionStatus.COMPLETED)

PERSON_LABELS = {
    PersonStatus.ENROLLED: lazy("已报名"),
    PersonStatus.WAITLISTED: lazy("候补"),
    PersonStatus.WITHDRAWN: lazy("已退出"),
    PersonStatus.LEAVE_ASKED: lazy("请假待批"),
    PersonStatus.LEAVE_GRANTED: lazy("已准假"),
    PersonStatus.PRESENT: lazy("到场"),
    PersonStatus.LATE: lazy("迟到"),
    PersonStatus.LEFT_EARLY: lazy("早退"),
    PersonStatus.ABSENT: lazy("缺席"),
    PersonStatus.TESTED: lazy("已测验"),
    PersonStatus.GAVE_FEEDBACK: lazy("已评价"),
}
PERSON_TONES = {
    PersonStatus.ENROLLED: "info",
    PersonStatus.WAITLISTED: "warn",
    PersonStatus.WITHDRAWN: "neutral",
    PersonStatus.LEAVE_ASKED: "warn",
    PersonStatus.LEAVE_GRANTED: "neutral",
    PersonStatus.PRESENT: "ok",
    PersonStatus.LATE: "warn",
    PersonStatus.LEFT_EARLY: "warn",
    PersonStatus.ABSENT: "bad",
    PersonStatus.TESTED: "ok",
    PersonStatus.GAVE_FEEDBACK: "ok",
}
PRESENCE_LABELS = {
    Presence.PRESENT: lazy("到场"),
    Presence.LATE: lazy("迟到"),
    Presence.LEFT_EARLY: lazy("早退"),
    Presence.ABSENT: lazy("缺席"),
}
ATTENDANCE_LABELS = {Attendance.REQUIRED: lazy("必须参加"), Attendance.OPTIONAL: lazy("自愿参加")}
METHOD_LABELS = {
    SignInMethod.CHAIR: lazy("主持人点名"),
    SignInMethod.SHEET: lazy("纸质签到表"),
    SignInMethod.CODE: lazy("扫码签到"),
}
FORM_LABELS = {
    SessionForm.INSIDE: lazy_in_context("training", "内训"),
    SessionForm.OUTSIDE: lazy_in_context("training", "外训"),
    SessionForm.ONLINE: lazy_in_context("training", "线上"),
}
TOPIC_LABELS = {
    TopicStatus.WANTED: lazy("待安排"),
    TopicStatus.PLANNED: lazy("已安排"),
    TopicStatus.DONE: lazy("已讲过"),
    TopicStatus.DROPPED: lazy("不安排"),
}
TOPIC_TONES = {
    TopicStatus.WANTED: "warn",
    TopicStatus.PLANNED: "info",
    TopicStatus.DONE: "ok",
    TopicStatus.DROPPED: "neutral",
}
