"""What the pages of counts take."""

from typing import Any

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.web.forms import (
    BaseForm,
    ChoiceField,
    CreationForm,
    EditForm,
    LongTextField,
    MultipleField,
    TextField,
)


class OpenForm(CreationForm):
    """A count to be opened."""

    place_ids = MultipleField(lazy("地点"), coerce=int, id="place-ids")
    category_id = ChoiceField(lazy("类别"), coerce=int, blank=lazy("全部类别"))
    department_id = ChoiceField(lazy("部门"), coerce=int, blank=lazy("全部部门"))
    title = TextField(lazy("名称"), longest=120)


class ScanForm(BaseForm):
    """One thing that stands in a place."""

    place_id = ChoiceField(lazy("地点"), coerce=int, required=True)
    code = TextField(lazy("标签或编号"), required=True, longest=300)
    person_seen_id = ChoiceField(lazy("实际使用人"), coerce=int, blank=lazy("就是责任人"))


class TypedForm(BaseForm):
    """What was ticked on paper, a number a line."""

    place_id = ChoiceField(lazy("地点"), coerce=int, required=True)
    codes = LongTextField(lazy("编号"), required=True, longest=12_000)


class SettleForm(EditForm):
    """What is done about the differences; there are as many rows as differences, and the page reads them."""


class CloseForm(EditForm):
    """The end of a count, with the signed sheet where there is one."""

    file = FileField(lazy("签字的盘点表"))


STEP_FORMS: dict[str, Any] = {"close": CloseForm}
