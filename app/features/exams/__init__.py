"""Tests 测试: the question bank, tests of sessions and departments, results, certificates."""

from flask import Flask

from app.core.i18n import lazy
from app.features.exams import bank_views, views
from app.features.exams import imports as imports
from app.features.exams import registry as registry
from app.features.exams.enums import MODULE, ExamPerm
from app.web import lists, nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(bank_views.blueprint)
    lists.register_list_label("exams.results", lazy("测试结果"))
    nav.register_nav(
        nav.NavItem(
            key="exams",
            label=lazy("测试"),
            icon="checklist",
            endpoint="exams.index",
            section="team",
            module=MODULE,
            order=32,
        ),
        nav.NavItem(
            key="exam-bank",
            label=lazy("题库"),
            icon="list-details",
            endpoint="exam_bank.index",
            section="team",
            permission=ExamPerm.KEEP,
            module=MODULE,
            order=33,
            within="exams",
        ),
        nav.NavItem(
            key="certificates",
            label=lazy("证书"),
            icon="certificate",
            endpoint="exams.certificate_list",
            section="team",
            module=MODULE,
            order=34,
            within="exams",
        ),
    )
