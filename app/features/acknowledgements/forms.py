"""What the pages of acknowledgements take."""

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.web.forms import DateField, EditForm


class ScanForm(EditForm):
    """The scan of a signed letter, and the day written on it."""

    signed_on = DateField(lazy("签字日期"), required=True)
    file = FileField(lazy("扫描件或照片"))
