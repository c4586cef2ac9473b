"""Verification: anybody checks a paper by its code or file, the back office answers callers."""

from flask import Flask

from app.core import company_signer
from app.core.i18n import lazy
from app.features.seals import keys
from app.features.verify import registry as registry
from app.features.verify import views
from app.features.verify.enums import VerifyPerm
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    company_signer.use_signer(keys.signer)
    app.register_blueprint(views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="verify-telephone",
            label=lazy("电话核验"),
            icon="phone",
            endpoint="verify.telephone",
            section="sales",
            permission=VerifyPerm.TELEPHONE,
            module="quotations",
            order=60,
        )
    )
