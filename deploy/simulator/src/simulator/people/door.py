"""Acts on visits: what one has just seen may have been taken back by somebody else before one acts."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from simulator.doors import Doors, Person, Refused

# It will not take place, or waits for its goods again.
TAKEN_BACK: Final = frozenset({"cancelled", "gathering"})


async def act_on(
    doors: Doors,
    who: Person,
    visit: Mapping[str, Any],
    act: str,
    body: Mapping[str, Any] | None = None,
    *,
    again: str = "",
) -> bool:
    """Act on a visit as it was seen; False where it was taken back meanwhile, and nothing is to be done now.

    Raises `Refused` for every other no.
    """
    path = f"/v1/visits/{visit['visit_id']}"
    try:
        await doors.post(who, "service-desk", f"{path}/{act}", body, again=again)
    except Refused as refused:
        if refused.status != HTTPStatus.CONFLICT:
            raise
        seen = await doors.get(who, "service-desk", path)
        if seen["state"] not in TAKEN_BACK:
            raise
        return False
    return True
