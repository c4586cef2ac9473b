"""Rules 规章制度: the department's own rules as clauses with versions, read, signed and searched."""

from flask import Flask

from app.core.i18n import lazy
from app.features.rules import attachment_views as attachment_views
from app.features.rules import clause_views as clause_views
from app.features.rules import comment_views as comment_views
from app.features.rules import compare_views as compare_views
from app.features.rules import draft_views as draft_views
from app.features.rules import indicators as indicators
from app.features.rules import paper_views as paper_views
from app.features.rules import reading_views as reading_views
from app.features.rules import registry as registry
from app.features.rules import signing_views as signing_views
from app.features.rules import template_views as template_views
from app.features.rules import views
from app.features.rules import word_views as word_views
from app.features.rules.enums import RULE_VERSION
from app.features.rules.file_gate import may_read_stored
from app.web import documents as files_of_documents
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(views.blueprint)
    files_of_documents.register_file_gate(RULE_VERSION, may_read_stored)
    nav.register_nav(
        nav.NavItem(
            key="rules",
            label=lazy("规章制度"),
            icon="book-2",
            endpoint="rules.index",
            section="rules",
            module="rules",
            order=10,
            bar=4,
            short=lazy("制度"),
        )
    )
