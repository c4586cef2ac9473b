"""Forms of profiles: shape and types only. Months and days are chosen, so that no script is needed."""

from app.core.i18n import lazy
from app.core.lunar import MONTHS_OF_YEAR, CalendarKind
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    RadioField,
    TextField,
    WholeNumberField,
)

CALENDARS = [(CalendarKind.SOLAR.value, lazy("公历")), (CalendarKind.LUNAR.value, lazy("农历"))]
LONGEST_SOLAR_MONTH = 31
ANY_YEAR = 9_999


class ProfileForm(EditForm):
    """What a person gives of themselves."""

    birthday_calendar = RadioField(lazy("按哪种历过生日"), choices=CALENDARS)
    birthday_month = ChoiceField(
        lazy("月份"), coerce=int, choices=[(month, month) for month in range(1, MONTHS_OF_YEAR + 1)]
    )
    birthday_day = ChoiceField(
        lazy("日"), coerce=int, choices=[(day, day) for day in range(1, LONGEST_SOLAR_MONTH + 1)]
    )
    birthday_leap = CheckField(lazy("生在农历闰月"))
    # Which years there are is a rule of the calendar, which answers with its own sentence.
    birth_year = WholeNumberField(lazy("出生年份"), least=0, most=ANY_YEAR)
    about = TextField(lazy("一句话介绍"), longest=200)
    skills = TextField(lazy("特长"), longest=300)
    hobbies = TextField(lazy("爱好"), longest=300)
    mobile = TextField(lazy("私人手机"), longest=40)


class JoinedForm(BaseForm):
    """Since when a person works here."""

    joined_on = DateField(lazy("入职日期"))


class LineForm(BaseForm):
    """A line on a card."""

    text = TextField(lazy("写一句话"), longest=200)


class ThanksForm(CreationForm):
    """A line of thanks."""

    text = TextField(lazy("感谢的话"), longest=200)
    audience = RadioField(lazy("给谁看"))
