"""The way from a portal to the one beside it."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.auth import Principal


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the portal beside a service's own: whose it is, what it is called, and the roles that may go there."""

    service: str
    title: str
    roles: frozenset[str]

    def is_open_to(self, principal: Principal) -> bool:
        """Whether somebody may go over, or comes from there: who signed in at pages, and did not come by a link."""
        return principal.session is not None and principal.scope is None and principal.role in self.roles
