"""What the backbone counts, for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prometheus_client import Counter, Gauge, Histogram


@dataclass(frozen=True, slots=True)
class Metrics:
    """The counters and gauges of one process; each is labelled with the service's name first."""

    repeats: Counter
    duplicates: Counter
    parked: Counter
    parked_keys: Gauge
    parked_age: Gauge
    outbox_rows: Gauge
    outbox_age: Gauge
    sent: Counter
    lag: Gauge
    event_age: Histogram
    handled: Counter
    webhook_tries: Counter
    webhook_waiting: Gauge
    webhook_age: Gauge
    webhooks_disabled: Gauge


METRICS: Final = Metrics(
    repeats=Counter("o2d_repeats", "Transactions repeated after a conflict", ["service", "door"]),
    duplicates=Counter("o2d_duplicates", "Facts dropped because they had been seen", ["service"]),
    parked=Counter("o2d_parked", "Facts parked", ["service", "subscription"]),
    parked_keys=Gauge("o2d_parked_keys", "Keys that are parked now", ["service"]),
    parked_age=Gauge("o2d_parked_age_seconds", "Age of the oldest parked key", ["service"]),
    outbox_rows=Gauge("o2d_outbox_rows", "Facts that wait to be sent", ["service"]),
    outbox_age=Gauge("o2d_outbox_age_seconds", "Age of the oldest unsent fact", ["service"]),
    sent=Counter("o2d_sent", "Facts sent to Kafka", ["service"]),
    lag=Gauge("o2d_lag", "Records not yet handled", ["service", "topic", "partition"]),
    event_age=Histogram("o2d_event_age_seconds", "From telling to handling a fact", ["service"]),
    handled=Counter("o2d_handled", "Facts handled", ["service", "subscription"]),
    webhook_tries=Counter("o2d_webhook_tries", "Messages posted to endpoints", ["service", "outcome"]),
    webhook_waiting=Gauge("o2d_webhook_waiting", "Messages that wait for an endpoint", ["service"]),
    webhook_age=Gauge("o2d_webhook_age_seconds", "Age of the oldest message that waits", ["service"]),
    webhooks_disabled=Gauge("o2d_webhooks_disabled", "Endpoints that nothing is sent to", ["service"]),
)
