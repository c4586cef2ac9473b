"""What the planner of SQLite knows about how tables are filled; PostgreSQL keeps its own.

Without it SQLite takes any index for as good as any other, and asks for a customer's dozen of prices by looking through
all that their salesperson ever offered.
"""

from app.core.db import session
from app.core.uow import unit_of_work

# Rows looked at of each index: enough to tell a rare value from a common one, and a matter of milliseconds.
ROWS_LOOKED_AT = 1_000


def renew(_payload: object = None) -> None:
    """Let SQLite look again at how its tables are filled; nothing on PostgreSQL."""
    if session.get_bind().dialect.name != "sqlite":
        return
    with unit_of_work():
        connection = session.connection()
        connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_LOOKED_AT}")
        connection.exec_driver_sql("ANALYZE")
