"""The newest parts of the search index first, as SQLite gives them, and their block in each, as PostgreSQL looks for it."""

from alembic import op

revision = "2026_11_search_newest_first"
down_revision = "2026_11_products_of_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        _number_anew()
        return
    op.execute(
        "UPDATE search_part SET tokens = tokens || CAST('block' || (entry_id / 500) || '\\:1' AS tsvector)"
    )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "sqlite":
        _number_anew()
        return
    op.execute("UPDATE search_part SET tokens = ts_delete(tokens, 'block' || (entry_id / 500))")


def _number_anew() -> None:
    """Turn the order of the parts round; done twice it is as it was. SQLite goes backwards several times as slowly."""
    op.execute("CREATE VIRTUAL TABLE search_part_turned USING fts5(tokens, tokenize = 'ascii')")
    op.execute(
        "INSERT INTO search_part_turned (rowid, tokens)"
        " SELECT 2147483648000 - rowid, tokens FROM search_part ORDER BY rowid DESC"
    )
    op.execute("DROP TABLE search_part")
    op.execute("ALTER TABLE search_part_turned RENAME TO search_part")
