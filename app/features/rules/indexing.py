"""What the search keeps of rules: titles of versions; clauses and attachments from the approval on.

Those of a draft are never in the index, and of the published ones only those in force are ever found.
"""

from app.core import search
from app.features.rules import queries
from app.features.rules.clause_text import words_of
from app.features.rules.enums import RULE_ATTACHMENT, RULE_CLAUSE, RULE_VERSION
from app.features.rules.models import RuleVersion


def put_title(version: RuleVersion) -> None:
    """Index the title of a version: lists of tasks name it from there; the search finds it once it is in force."""
    search.put(RULE_VERSION, version.id, f"{version.rule.number} {version.title}")


def publish(version: RuleVersion) -> None:
    """Index the clauses and attachments of an approved version, each by itself."""
    put_title(version)
    names = queries.clause_numbers(version)
    search.put_many(
        RULE_CLAUSE,
        [
            search.Record(
                text.id,
                f"{version.title} {text.number} {text.title}".strip(),
                words_of(text.body, names),
            )
            for text in version.clauses
        ],
    )
    search.put_many(
        RULE_ATTACHMENT,
        [search.Record(each.id, each.stored_file.name, each.text) for each in version.attachments],
    )
