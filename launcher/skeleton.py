"""``manage.py new-feature NAME``: the files every feature has, with the names the architecture asks for."""

import keyword
import re
from pathlib import Path

from launcher.console import Refusal, tell
from launcher.environment import ROOT

NAME = re.compile(r"[a-z][a-z_]{1,28}[a-z]\Z")

INIT = '''"""{Plural}: what they are for, in one sentence."""

from flask import Flask

from app.core.i18n import lazy
from app.core.permissions import Role, register_permissions
from app.features.{plural}.enums import {Singular}Perm
from app.features.{plural}.views import blueprint

register_permissions({Singular}Perm, {{{Singular}Perm.VIEW: (lazy("查看"), frozenset(Role))}})


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    app.register_blueprint(blueprint)
'''

ENUMS = '''"""Codes of {plural}; their labels are lazy texts elsewhere and are never compared."""

from enum import StrEnum


class {Singular}Perm(StrEnum):
    """What a role may do with {plural}."""

    VIEW = "{plural}:{singular}:view"
'''

MODELS = '''"""Tables of {plural}. No rules."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, VersionedMixin


class {Singular}(VersionedMixin, Model):
    """One {singular}."""

    __tablename__ = "{singular}"

    name: Mapped[str] = mapped_column(String(80), nullable=False)
'''

QUERIES = '''"""Which {plural} a person sees."""

from sqlalchemy import Select, select

from app.core.permissions import Actor
from app.features.{plural}.models import {Singular}


def visible_to(actor: Actor) -> Select[{Singular}]:
    """Return the {plural} that the person may see, newest first."""
    return select({Singular}).order_by({Singular}.id.desc())
'''

ACTIONS = '''"""Verbs that are not a step."""

from app.core.db import session
from app.core.permissions import Actor
from app.features.{plural}.models import {Singular}


def create(actor: Actor, *, name: str) -> {Singular}:
    """Create a {singular} in the open unit of work."""
    row = {Singular}(name=name)
    session.add(row)
    session.flush()
    return row
'''

VIEWS = '''"""Pages of {plural}: load, call, answer."""

from flask import Blueprint

from app.core.db import session
from app.core.i18n import _
from app.features.{plural} import queries
from app.features.{plural}.enums import {Singular}Perm
from app.web import fragments
from app.web.guard import current_actor, requires

blueprint = Blueprint("{plural}", __name__, url_prefix="/{address}")


@blueprint.get("/")
@requires({Singular}Perm.VIEW)
def index():
    rows = session.scalars(queries.visible_to(current_actor())).all()
    return fragments.page("{plural}/list.html", fragment="rows", heading=_("{Plural}"), rows=rows)
'''

LIST = """{{% extends "_ui/base.html" %}}
{{% block content %}}
  {{% block rows %}}
    <ul id="{address}-rows">
      {{% for row in rows %}}<li>{{{{ row.name }}}}</li>{{% endfor %}}
    </ul>
  {{% endblock %}}
{{% endblock %}}
"""

TEST = """from app.core.permissions import SYSTEM
from app.features.{plural} import queries


def test_newest_{singular}_comes_first():
    assert str(queries.visible_to(SYSTEM)).endswith("ORDER BY {singular}.id DESC")
"""


def run(name: str) -> int:
    """Write the skeleton of a feature. Raises Refusal for a bad name or one that exists."""
    if not NAME.match(name) or keyword.iskeyword(name):
        raise Refusal(
            "功能名须为小写英文复数，如 price_lists。",
            "A feature is a plural noun in lower case, like price_lists.",
        )
    if (ROOT / "app" / "features" / name).exists():
        raise Refusal(f"功能 {name} 已存在。", f"The feature {name} exists already.")
    for path, text in files(name).items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
        print(path)
    tell(
        f'接下来：在 app/__init__.py 的 FEATURES 加入 "{name}"，在 pyproject.toml 的分层中写明它的位置，'
        "写一个迁移，见 docs/adding-a-feature.md。",
        f'Next: add "{name}" to FEATURES in app/__init__.py and to its layer in pyproject.toml, write a migration;'
        " see docs/adding-a-feature.md.",
    )
    return 0


def singular_of(plural: str) -> str:
    """Return the singular of a regular English plural."""
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    if plural.endswith(("sses", "shes", "ches", "xes")):
        return plural[:-2]
    return plural.removesuffix("s")


def files(plural: str) -> dict[Path, str]:
    """Return the text of each file of a new feature by its path."""
    singular = singular_of(plural)
    words = {
        "plural": plural,
        "singular": singular,
        "address": plural.replace("_", "-"),
        "Plural": plural.replace("_", " ").capitalize(),
        "Singular": "".join(part.capitalize() for part in singular.split("_")),
    }
    feature, tests = Path("app/features") / plural, Path("tests/features") / plural
    texts = {
        feature / "__init__.py": INIT,
        feature / "enums.py": ENUMS,
        feature / "models.py": MODELS,
        feature / "queries.py": QUERIES,
        feature / "actions.py": ACTIONS,
        feature / "views.py": VIEWS,
        Path("templates") / plural / "list.html": LIST,
        tests / "test_queries.py": TEST,
    }
    return {path: text.format(**words) for path, text in texts.items()}
