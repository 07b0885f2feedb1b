"""Services, technicians, capacities, the agreement, and copies of customers and of how they are reached."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table

from service_desk.tables.columns import (
    at,
    big,
    counts,
    document,
    key,
    many_words,
    metadata,
    version,
    whole,
    words,
    yes,
)

services = Table(
    "services",
    metadata,
    key("service_id"),
    words("title"),
    whole("minutes"),
    whole("people"),
    many_words("skills"),
    document("parts"),
    words("site_id"),
    big("capital_minor"),
    big("overhead_minor"),
    words("currency"),
    *counts(),
    CheckConstraint("minutes > 0 AND people > 0", "takes_somebody"),
)

technicians = Table(
    "technicians",
    metadata,
    key("technician_id"),
    words("title"),
    words("site_id"),
    many_words("skills"),
    document("hours"),
    document("leaves"),
    whole("travel_minutes"),
    big("labour_minor"),
    yes("active"),
    version(),
    CheckConstraint("travel_minutes >= 0 AND labour_minor >= 0", "nothing_negative"),
    Index("technicians_site", "site_id"),
)

capacities = Table(
    "capacities",
    metadata,
    key("skill"),
    big("hours_micro"),
    at("from_at"),
    *counts(),
)

# One row: how quickly the desk answers, and when it works.
agreements = Table(
    "agreements",
    metadata,
    key("agreement_id"),
    document("hours"),
    document("targets"),
    big("credit_limit_minor"),
    version(),
)

customers = Table(
    "customers",
    metadata,
    key("customer_id"),
    words("contact_id"),
    words("address_id"),
    whole("priority"),
)

contacts = Table(
    "contacts",
    metadata,
    key("contact_id"),
    words("customer_id"),
    words("name"),
    words("mail"),
    words("address"),
    Index("contacts_customer", "customer_id"),
)
