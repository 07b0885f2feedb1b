"""Who may look after a running service; the same operations in each of them."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

EVERYWHERE: Final = ("orders", "materials", "production", "vendors", "service-desk")

# Who has facts sent reads them: whoever may page through the log.
WEBHOOKS: Final = (
    "create_webhook",
    "list_webhooks",
    "show_webhook",
    "change_webhook",
    "forget_webhook",
    "rotate_secret",
    "enable_webhook",
    "disable_webhook",
    "list_deliveries",
    "send_test",
    "send_again",
    "replay_facts",
)

OPERATIONS: Final = {
    **roles(*(f"{name}.list_events" for name in EVERYWHERE), may="admin system"),
    **roles(*(f"{name}.show_clock" for name in EVERYWHERE), may="admin system"),
    **roles(*(f"{name}.advance_clock" for name in EVERYWHERE), may="admin system"),
    **roles(*(f"{name}.list_parked" for name in EVERYWHERE), may="admin system"),
    **roles(*(f"{name}.replay_parked" for name in EVERYWHERE), may="admin system"),
    **roles(*(f"{name}.discard_parked" for name in EVERYWHERE), may="admin system"),
    **roles(*(f"{name}.{operation}" for name in EVERYWHERE for operation in WEBHOOKS), may="admin system"),
}
