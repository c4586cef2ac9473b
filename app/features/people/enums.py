"""Codes of the people feature; their labels stand where they are registered."""

from enum import StrEnum


class PeoplePerm(StrEnum):
    """What people may do with accounts, roles and delegations."""

    VIEW = "people:view"
    MANAGE = "people:manage"
    MANAGE_ROLES = "people:manage-roles"
    DELEGATE = "people:delegate"


class PeopleVerb(StrEnum):
    """What the timeline says about people and departments."""

    CREATE = "people:create"
    EDIT = "people:edit"
    RESET_PASSWORD = "people:reset-password"  # noqa: S105 - the name of an event
    CHANGE_PASSWORD = "people:change-password"  # noqa: S105 - the name of an event
    DEACTIVATE = "people:deactivate"
    ACTIVATE = "people:activate"
    ASSIGN_ROLE = "people:assign-role"
    END_ROLE = "people:end-role"
    DELEGATE = "people:delegate"
    REVOKE_DELEGATION = "people:revoke-delegation"
    SIGN_OUT_EVERYWHERE = "people:sign-out-everywhere"
    DEPARTMENT_CREATE = "people:department-create"
    DEPARTMENT_EDIT = "people:department-edit"


USER = "user"
DEPARTMENT = "department"
