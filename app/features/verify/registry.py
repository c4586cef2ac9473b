"""What verification registers at import: permission, verbs, sentences, settings."""

from app.core import sentences, settings, timeline
from app.core.i18n import LazyText, lazy
from app.core.permissions import Role, register_permissions
from app.core.printed_addresses import is_printable_address
from app.core.timeline import Verb
from app.features.verify.enums import VerifyPerm

PUBLIC_URL = "verification.public_url"


def refuse_address(value: object) -> LazyText | None:
    """Return what is wrong with a public verification address; empty is allowed (no QR on the paper)."""
    text = str(value or "")
    if text and not is_printable_address(text):
        return lazy("请填写完整网址，例如 https://hy.example.com，不含空格和参数")
    return None


register_permissions(
    VerifyPerm,
    {
        VerifyPerm.TELEPHONE: (
            lazy("电话核验"),
            {Role.BACK_OFFICE, Role.SEAL_KEEPER, Role.MANAGER, Role.LEADER},
        ),
    },
)
settings.register(
    settings.Setting(
        PUBLIC_URL,
        "text",
        "",
        lazy("公网核验网址"),
        section="verification",
        hint=lazy("印在报价单二维码里，客户在外网能打开才填；留空则不印二维码，只印核验码和电话"),
        check=refuse_address,
    ),
    settings.Setting(
        "verification.telephone",
        "text",
        "",
        lazy("核验电话"),
        section="verification",
        hint=lazy("客户不能上网时打这个电话核对；留空则用公司电话"),
    ),
)
timeline.register_verbs(
    Verb(
        "verify:telephone-matched",
        lazy("电话核验 %(number)s 相符，来电人%(caller)s"),
        frozenset({"number", "caller"}),
        tone="ok",
    ),
    Verb(
        "verify:telephone-differs",
        lazy("电话核验 %(number)s 不符，来电人%(caller)s"),
        frozenset({"number", "caller"}),
        tone="bad",
    ),
    Verb(
        "verify:telephone-unknown",
        lazy("电话核验 %(number)s：没有出具过这个编号，来电人%(caller)s"),
        frozenset({"number", "caller"}),
        tone="bad",
    ),
)
sentences.register({"verify:not-served": lazy("这里只提供核验，其他页面请在公司内网打开")})
