"""How a row of the policy is written: some operations and the roles that may ask for them."""

from __future__ import annotations


def roles(*operations: str, may: str) -> dict[str, frozenset[str]]:
    """Each of the operations with the roles, which are given as words with blanks between them."""
    return dict.fromkeys(operations, frozenset(may.split()))
