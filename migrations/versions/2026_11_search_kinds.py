"""The kind of a record in each of its indexed parts, so that one kind is looked through without the others."""

from alembic import op

revision = "2026_11_search_kinds"
down_revision = "2026_11_daily_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE search_part SET tokens = tokens || ' ' || ("
            "SELECT 'kind' || replace(doc_type, '_', '') FROM search_entry WHERE id = search_part.rowid / 1000)"
            " WHERE rowid / 1000 IN (SELECT id FROM search_entry)"
        )
    else:
        op.execute(
            "UPDATE search_part SET tokens = search_part.tokens"
            " || CAST('kind' || replace(search_entry.doc_type, '_', '') || '\\:1' AS tsvector)"
            " FROM search_entry WHERE search_entry.id = search_part.entry_id"
        )
        # a word is looked for among the newest or all at once by how often it comes: that must be known of more words
        op.execute("ALTER TABLE search_part ALTER COLUMN tokens SET STATISTICS 1000")


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE search_part SET tokens = replace(tokens, ' ' || ("
            "SELECT 'kind' || replace(doc_type, '_', '') FROM search_entry WHERE id = search_part.rowid / 1000), '')"
            " WHERE rowid / 1000 IN (SELECT id FROM search_entry)"
        )
    else:
        op.execute(
            "UPDATE search_part SET tokens = ts_delete(search_part.tokens,"
            " 'kind' || replace(search_entry.doc_type, '_', ''))"
            " FROM search_entry WHERE search_entry.id = search_part.entry_id"
        )
        op.execute("ALTER TABLE search_part ALTER COLUMN tokens SET STATISTICS -1")
