"""What operators ask every service for: its clock, its parked keys, its log of facts, and who has that sent."""

from fastapi import APIRouter

from backbone.ops.routes import router
from backbone.service import Service
from backbone.webhooks.log_routes import router as deliveries
from backbone.webhooks.routes import router as webhooks

__all__ = ["router", "routers_of"]


def routers_of(service: Service) -> tuple[APIRouter, ...]:
    """The operations of every service, for this one."""
    return (router, webhooks, deliveries) if service.sends_webhooks else (router,)
