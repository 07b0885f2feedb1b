"""Runs in time: one run on free machines, a whole site at once, and what moves when something happens."""

from production.domain.scheduling.board import Board, Booking, CannotBeScheduled
from production.domain.scheduling.places import load_of
from production.domain.scheduling.placing import schedule, told

__all__ = ["Board", "Booking", "CannotBeScheduled", "load_of", "schedule", "told"]
