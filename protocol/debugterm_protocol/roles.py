"""Who somebody is in one environment, ordered by nothing: a role is a set of verbs, not a rank."""

from enum import StrEnum


class Role(StrEnum):
    """Organisation role of a user in one environment; what each may do stands in `core/policy.py`."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    COMMANDER = "commander"
    AUDITOR = "auditor"
    ADMIN = "admin"
