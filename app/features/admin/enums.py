"""Codes of administration."""

from enum import StrEnum


class AdminPerm(StrEnum):
    """What the administrator of the installation may do; none of it is a business approval."""

    SETTINGS = "admin:settings:change"
    ROLES = "admin:roles:change"
    AUDIT = "admin:audit:read"
    BACKUP = "admin:backup:make"
