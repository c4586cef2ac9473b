"""What the page of a binding takes."""

from app.core.i18n import lazy
from app.web.forms import ChoiceField, EditForm


class BindingForm(EditForm):
    """What shows whether a clause is kept."""

    target = ChoiceField(lazy("执行指标或流程"), blank=lazy("不绑定"))
