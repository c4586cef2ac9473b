"""What the public page and the telephone page take."""

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.web.forms import AmountField, BaseForm, TextField, WholeNumberField


class CheckForm(BaseForm):
    """A code, or a file."""

    code = TextField(lazy("核验码"))
    file = FileField(lazy("PDF 文件"))


class TelephoneForm(BaseForm):
    """What a caller reads from the paper."""

    caller = TextField(lazy("来电人"), required=True, longest=80)
    number = TextField(lazy("报价编号"), required=True, longest=40)
    copy_number = WholeNumberField(lazy("第几份"), required=True, least=1, most=999)
    amount = AmountField(lazy("含税合计"), required=True)
    hash_start = TextField(lazy("内容摘要前八位"), required=True, longest=16)
