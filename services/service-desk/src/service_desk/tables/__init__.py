"""The rows that the service desk owns; locked in this order: masters, deliveries, talks, each from top to bottom."""

from service_desk.tables.columns import metadata
from service_desk.tables.deliveries import engagements, orders, slot_holds, visits
from service_desk.tables.masters import agreements, capacities, contacts, customers, services, technicians
from service_desk.tables.talks import conversations, messages, tickets

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
    "services",
    "slot_holds",
    "technicians",
    "tickets",
    "visits",
]
