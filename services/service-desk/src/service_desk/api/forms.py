"""What the doors of the service desk share: pages, filters, and the answer to an act."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.service import Reply
from backbone.web import done
from service_desk.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Taken:
    """The id under which something was taken up or changed, and the state it is in now."""

    id: str
    state: str


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why."""

    reason: str


def changed(visit: Visit) -> Reply:
    """The answer to an act on a visit: its id and its state."""
    return done(Taken(visit.visit_id, visit.state), version=visit.version)
