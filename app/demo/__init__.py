"""The demo company: an invented dealer whose half year was lived through the program's own actions and steps.

``load()`` fills an empty database; ``ACCOUNTS`` are rows of (sign-in name, name, position) and ``PASSWORD`` is
theirs. Nothing here writes a row by itself, so what holds for a real installation holds for the demo as well.
"""

from app.demo.loading import load
from app.demo.people import PASSWORD, account_lines

ACCOUNTS = account_lines()

__all__ = ["ACCOUNTS", "PASSWORD", "load"]
