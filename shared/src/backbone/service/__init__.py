"""One road into a service: `Service` is the value, `Host` runs it, `Tx` is what a handler gets."""

from backbone.service.asked import AskedKey, Reply
from backbone.service.asking import Together, together
from backbone.service.bulk import answered, changed
from backbone.service.host import Host, Service
from backbone.service.subscription import Deadline, Subscription, falls_due, hears
from backbone.service.tx import Batch, Handler, Tx
from backbone.service.way import Way

__all__ = [
    "AskedKey",
    "Batch",
    "Deadline",
    "Handler",
    "Host",
    "Reply",
    "Service",
    "Subscription",
    "Together",
    "Tx",
    "Way",
    "answered",
    "changed",
    "falls_due",
    "hears",
    "together",
]
