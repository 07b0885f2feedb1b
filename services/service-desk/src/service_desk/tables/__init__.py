"""The rows that the service desk owns; locked so: masters, recalls, deliveries, returns, talks, each from the top."""

from service_desk.tables.columns import metadata
from service_desk.tables.deliveries import engagements, orders, slot_holds, visits
from service_desk.tables.masters import agreements, capacities, contacts, customers, services, technicians
from service_desk.tables.recalls import recall_orders, recalled_lots, recalls
from service_desk.tables.returns import returns
from service_desk.tables.talks import conversations, messages, sla_pauses, tickets

__all__ = [
    "agreements",
    "capacities",
    "contacts",
    "conversations",
    "customers",
    "engagements",
    "messages",
    "metadata",
    "orders",
    "recall_orders",
    "recalled_lots",
    "recalls",
    "returns",
    "services",
    "sla_pauses",
    "slot_holds",
    "technicians",
    "tickets",
    "visits",
]
