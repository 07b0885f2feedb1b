"""Deadlines that materials sets for itself, and its long work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from backbone.operations import LongWork
from backbone.service import Deadline, falls_due
from materials import commands, handlers


def on_hold_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireHold:
    """A hold reached its last moment."""
    return commands.ExpireHold(key)


def on_release(key: str, payload: Mapping[str, Any]) -> commands.ReleaseOrder:
    """A planned order has come into its release fence."""
    return commands.ReleaseOrder(key)


def on_parameters(key: str, payload: Mapping[str, Any]) -> commands.ApplyParameters:
    """Parameters take effect."""
    at = datetime.fromisoformat(payload["effective_at"])
    return commands.ApplyParameters(payload["site_id"], payload["sku"], at)


def on_lot_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireLot:
    """The shelf life of a lot is over."""
    return commands.ExpireLot(key)


def on_forecast(key: str, payload: Mapping[str, Any]) -> commands.RenewForecasts:
    """A forecast of an item at a site counts no more."""
    site_id, _, sku = key.partition("/")
    return commands.RenewForecasts(site_id, sku)


def on_recipe_step(key: str, payload: Mapping[str, Any]) -> commands.ReplanRetired:
    """Orders are planned by a recipe that is retired."""
    return commands.ReplanRetired(payload["recipe_id"], payload["version"])


def on_lead_step(key: str, payload: Mapping[str, Any]) -> commands.ReleadOrders:
    """What is planned may take another time."""
    return commands.ReleadOrders(**payload)


def on_late_step(key: str, payload: Mapping[str, Any]) -> commands.HastenLate:
    """More lines are late than were offered at once what became free."""
    moments = {name: datetime.fromisoformat(payload[name]) for name in ("promised_at", "placed_at")}
    return commands.HastenLate(**{**payload, **moments})


def on_recall_step(key: str, payload: Mapping[str, Any]) -> commands.BlockRecalled:
    """A recall has reached lots that are not blocked yet."""
    return commands.BlockRecalled(key)


def on_change_probe(key: str, payload: Mapping[str, Any]) -> commands.MissOwnerAnswers:
    """Owners should have said by now whether supplies can be less."""
    return commands.MissOwnerAnswers(key)


def on_transfer(key: str, payload: Mapping[str, Any]) -> commands.MissTransfer:
    """A transfer should have left or arrived by now."""
    return commands.MissTransfer(key)


def on_run_answer(key: str, payload: Mapping[str, Any]) -> commands.MissRunAnswer:
    """Production should have answered by now."""
    return commands.MissRunAnswer(key)


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("hold-expiry", on_hold_expiry, handlers.expire_hold),
    falls_due("parameters", on_parameters, handlers.apply_parameters),
    falls_due("lot-expiry", on_lot_expiry, handlers.expire_lot),
    falls_due("forecast", on_forecast, handlers.renew_forecasts),
    falls_due("change-probe", on_change_probe, handlers.miss_owner_answers, recorded=True),
    falls_due("release", on_release, handlers.release_order),
    falls_due("run-answer", on_run_answer, handlers.miss_run_answer, recorded=True),
    falls_due("transfer", on_transfer, handlers.miss_transfer),
    falls_due("recipe-step", on_recipe_step, handlers.replan_retired),
    falls_due("terms-step", on_lead_step, handlers.relead_orders),
    falls_due("site-step", on_lead_step, handlers.relead_orders),
    falls_due("calendar-step", on_lead_step, handlers.relead_orders),
    falls_due("late-step", on_late_step, handlers.hasten_late),
    falls_due("recall-step", on_recall_step, handlers.block_recalled),
)


def works() -> tuple[LongWork, ...]:
    """The kinds of long work, made once for a process: what is computed is kept from one step to the next."""
    return (LongWork(handlers.PLAN, handlers.Planning().step),)
