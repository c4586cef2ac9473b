"""The sections in which a part of the search index stands, short and long and of its kind, as PostgreSQL looks for it."""

from alembic import op

revision = "2026_11_search_sections"
down_revision = "2026_11_search_newest_first"
branch_labels = None
depends_on = None

SECTIONS = """
    'kind' || replace(entry.doc_type, '_', '') || 'in500n' || (part.entry_id / 500),
    'kind' || replace(entry.doc_type, '_', '') || 'in10000n' || (part.entry_id / 10000)
"""


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"""
            UPDATE search_part AS part
            SET tokens = ts_delete(part.tokens, 'block' || (part.entry_id / 500))
                || CAST(concat_ws('\\:1 ', {SECTIONS}) || '\\:1' AS tsvector)
            FROM search_entry AS entry WHERE entry.id = part.entry_id
        """)  # noqa: S608 - our own names


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"""
            UPDATE search_part AS part
            SET tokens = ts_delete(part.tokens, ARRAY[{SECTIONS}])
                || CAST('block' || (part.entry_id / 500) || '\\:1' AS tsvector)
            FROM search_entry AS entry WHERE entry.id = part.entry_id
        """)  # noqa: S608 - our own names
