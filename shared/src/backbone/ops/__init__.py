"""What operators ask every service for: its clock, its parked keys, its log of facts."""

from backbone.ops.routes import router

__all__ = ["router"]
