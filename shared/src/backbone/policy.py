"""Who may do what: one table, operation by role; an operation that is not in it cannot be served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backbone.errors import Forbidden

ROLES: Final = frozenset(
    {
        "customer", "vendor", "sales", "planner", "buyer", "warehouse", "operator", "quality",
        "approver", "dispatcher", "technician", "agent", "admin", "system", "link"
    }
)  # fmt: skip
PARTY_ROLES: Final = frozenset({"customer", "vendor", "link"})

Policy = Mapping[str, frozenset[str]]


class NotInPolicy(Exception):
    """An operation is served that the policy does not name; the process must not start."""


def check(policy: Policy, operations: set[str]) -> None:
    """Refuse to serve operations that the policy does not name, or roles that do not exist."""
    absent = sorted(operations - policy.keys())
    if absent:
        raise NotInPolicy(f"not in the policy: {', '.join(absent)}")
    strange = sorted({role for roles in policy.values() for role in roles} - ROLES)
    if strange:
        raise NotInPolicy(f"unknown roles in the policy: {', '.join(strange)}")


def demand(policy: Policy, operation: str, role: str) -> None:
    """Raise `Forbidden` unless `role` may do `operation`."""
    if role not in policy[operation]:
        raise Forbidden(f"{role} may not do this")
