"""Services, technicians, capacities, the agreement and copies of customers in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.orders import ContactChanged, CustomerRegistered
from contracts.shapes import ItemPart
from contracts.topics import CAPACITY, SERVICE
from contracts.values import Quantity
from service_desk import tables
from service_desk.domain.hours import Hours
from service_desk.domain.service import Service
from service_desk.domain.sla import Agreement, Target
from service_desk.domain.technician import Capacity, Leave, Technician
from service_desk.store.rows import add_or_save

CURRENT: Final = "current"

SERVICES: Final = Rows(
    tables.services,
    changing=("title", "minutes", "people", "skills", "parts", "site_id", "capital_minor", "overhead_minor",
              "currency", "told"),
)  # fmt: skip
TECHNICIANS: Final = Rows(
    tables.technicians,
    changing=("title", "site_id", "skills", "hours", "leaves", "travel_minutes", "labour_minor", "active"),
)
# Whoever looks for people locks all of their sites, in key order: two searches never meet in the middle.
LOCK_CREW: Final = TECHNICIANS.where("site_id = ANY(:sites) ORDER BY technician_id FOR UPDATE")
LOAD_SKILLED: Final = TECHNICIANS.where("skills && CAST(:skills AS text[]) ORDER BY technician_id")
CAPACITIES: Final = Rows(tables.capacities, changing=("hours_micro", "from_at", "told"))
LOAD_AGREEMENT: Final = Rows(tables.agreements).where("agreement_id = :agreement_id")
SAVE_AGREEMENT: Final = text(
    """
    INSERT INTO agreements (agreement_id, hours, targets, credit_limit_minor, version)
    SELECT CAST(:agreement_id AS text), CAST(:hours AS jsonb), CAST(:targets AS jsonb),
           CAST(:credit_limit_minor AS bigint), 1
    WHERE :seen = 0 OR EXISTS (SELECT FROM agreements WHERE agreement_id = :agreement_id)
    ON CONFLICT (agreement_id) DO UPDATE
    SET hours = excluded.hours, targets = excluded.targets, credit_limit_minor = excluded.credit_limit_minor,
        version = agreements.version + 1
    WHERE agreements.version = :seen
    RETURNING version
    """
)
SAVE_CUSTOMERS: Final = text(
    """
    INSERT INTO customers (customer_id, contact_id, address_id, priority)
    SELECT * FROM unnest(CAST(:customer_id AS text[]), CAST(:contact_id AS text[]), CAST(:address_id AS text[]),
                         CAST(:priority AS int[])) ORDER BY 1
    ON CONFLICT (customer_id) DO UPDATE
    SET contact_id = excluded.contact_id, address_id = excluded.address_id, priority = excluded.priority
    """
)
SAVE_CONTACTS: Final = text(
    """
    INSERT INTO contacts (contact_id, customer_id, name, mail, address)
    SELECT * FROM unnest(CAST(:contact_id AS text[]), CAST(:customer_id AS text[]), CAST(:name AS text[]),
                         CAST(:mail AS text[]), CAST(:address AS text[])) ORDER BY 1
    ON CONFLICT (contact_id) DO UPDATE
    SET customer_id = excluded.customer_id, name = excluded.name, mail = excluded.mail, address = excluded.address
    """
)

# That somebody of the client's signed is kept, by the id of the contact.
SAVE_FORGOTTEN: Final = text(
    """
    UPDATE visits SET signed_by = contacts.contact_id FROM contacts
    WHERE visits.customer_id = contacts.customer_id AND contacts.contact_id = ANY(:contact_ids)
    AND visits.signed_by IS NOT NULL
    """
)

_parts: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])
_hours: Reads[Hours] = reader(Hours)
_leaves: Reads[tuple[Leave, ...]] = reader(tuple[Leave, ...])
_targets: Reads[tuple[Target, ...]] = reader(tuple[Target, ...])


async def load_services(tx: Tx, service_ids: Iterable[str]) -> dict[str, Service]:
    """The services of these ids that are here, unlocked."""
    rows = await tx.sql.execute(SERVICES.load, {"keys": sorted(set(service_ids))})
    return {row.service_id: _service_of(row) for row in rows}


async def lock_services(tx: Tx, service_ids: Iterable[str]) -> dict[str, Service]:
    """The services of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(SERVICES.lock, {"keys": sorted(set(service_ids))})).all()
    tx.locked(SERVICE, {row.service_id: row.told for row in rows})
    return {row.service_id: _service_of(row) for row in rows}


async def save_services(tx: Tx, services: Sequence[Service]) -> None:
    """Write services, new ones and locked ones."""
    tx.added(SERVICE, (each.service_id for each in services if not each.version))
    await add_or_save(tx, SERVICES, [_service_row(tx, each) for each in services])


async def load_technicians(tx: Tx, technician_ids: Iterable[str]) -> dict[str, Technician]:
    """The technicians of these ids that are here, unlocked."""
    rows = await tx.sql.execute(TECHNICIANS.load, {"keys": sorted(set(technician_ids))})
    return {row.technician_id: _technician_of(row) for row in rows}


async def lock_technicians(tx: Tx, technician_ids: Iterable[str]) -> dict[str, Technician]:
    """The technicians of these ids that are here, locked in key order."""
    rows = await tx.sql.execute(TECHNICIANS.lock, {"keys": sorted(set(technician_ids))})
    return {row.technician_id: _technician_of(row) for row in rows}


async def lock_crew(tx: Tx, sites: Iterable[str]) -> list[Technician]:
    """All technicians of these sites, locked in key order: nobody else finds slots there meanwhile."""
    return [_technician_of(row) for row in await tx.sql.execute(LOCK_CREW, {"sites": sorted(set(sites))})]


async def load_skilled(tx: Tx, skills: Iterable[str]) -> list[Technician]:
    """All technicians who have any of these skills, unlocked."""
    rows = await tx.sql.execute(LOAD_SKILLED, {"skills": sorted(set(skills))})
    return [_technician_of(row) for row in rows]


async def save_technicians(tx: Tx, technicians: Sequence[Technician]) -> None:
    """Write technicians, new ones and locked ones."""
    await add_or_save(tx, TECHNICIANS, [_technician_row(each) for each in technicians])


async def lock_capacities(tx: Tx, skills: Iterable[str]) -> dict[str, Capacity]:
    """The capacities of these skills that were ever told, locked in key order."""
    rows = (await tx.sql.execute(CAPACITIES.lock, {"keys": sorted(set(skills))})).all()
    tx.locked(CAPACITY, {row.skill: row.told for row in rows})
    return {row.skill: Capacity(row.skill, Quantity.of_micro(row.hours_micro), row.from_at) for row in rows}


async def save_capacities(tx: Tx, capacities: Sequence[Capacity], known: Iterable[str]) -> None:
    """Write capacities; those that are not `known` are new."""
    tx.added(CAPACITY, (each.skill for each in capacities if each.skill not in set(known)))
    rows = [
        {
            "skill": each.skill,
            "hours_micro": each.hours_per_week.micro,
            "from_at": each.from_at,
            "version": int(each.skill in set(known)),
            "told": tx.tells(CAPACITY, each.skill),
        }
        for each in capacities
    ]
    await add_or_save(tx, CAPACITIES, rows)


async def load_agreement(tx: Tx) -> Agreement:
    """How quickly the desk answers, and when it works; the usual until somebody has set it."""
    row = (await tx.sql.execute(LOAD_AGREEMENT, {"agreement_id": CURRENT})).one_or_none()
    return Agreement() if row is None else _agreement(row)


def _agreement(row: Any) -> Agreement:
    return Agreement(_hours(row.hours), _targets(row.targets), row.credit_limit_minor, row.version)


async def save_agreement(tx: Tx, agreement: Agreement, seen: int) -> int | None:
    """Write the agreement over the version that was seen; the new version, None when it was another one."""
    row = (
        await tx.sql.execute(
            SAVE_AGREEMENT,
            {
                "agreement_id": CURRENT,
                "hours": document(agreement.hours),
                "targets": document(agreement.targets),
                "credit_limit_minor": agreement.credit_limit_minor,
                "seen": seen,
            },
        )
    ).one_or_none()
    return None if row is None else int(row.version)


async def save_customers(tx: Tx, facts: Sequence[CustomerRegistered]) -> None:
    """Keep copies of customers; the last word of a batch counts."""
    last = list({fact.customer_id: fact for fact in facts}.values())
    names = ("customer_id", "contact_id", "address_id", "priority")
    await tx.sql.execute(SAVE_CUSTOMERS, {name: [getattr(fact, name) for fact in last] for name in names})


async def save_contacts(tx: Tx, facts: Sequence[ContactChanged]) -> None:
    """Keep copies of how people are reached; the last word of a batch counts."""
    last = list({fact.contact_id: fact for fact in facts}.values())
    names = ("contact_id", "customer_id", "name", "mail", "address")
    await tx.sql.execute(SAVE_CONTACTS, {name: [getattr(fact, name) for fact in last] for name in names})


async def save_forgotten(tx: Tx, contact_ids: Iterable[str]) -> None:
    """Name in the visits of these contacts' customers nobody who signed; that the client did stays."""
    forgotten = sorted(set(contact_ids))
    if forgotten:
        await tx.sql.execute(SAVE_FORGOTTEN, {"contact_ids": forgotten})


def _service_row(tx: Tx, service: Service) -> dict[str, Any]:
    return {
        "service_id": service.service_id,
        "title": service.title,
        "minutes": service.minutes,
        "people": service.people,
        "skills": sorted(service.skills),
        "parts": service.parts,
        "site_id": service.site_id,
        "capital_minor": service.capital_minor,
        "overhead_minor": service.overhead_minor,
        "currency": service.currency,
        "version": service.version,
        "told": tx.tells(SERVICE, service.service_id),
    }


def _service_of(row: Any) -> Service:
    return Service(
        row.service_id,
        row.title,
        row.minutes,
        row.people,
        frozenset(row.skills),
        _parts(row.parts),
        row.site_id,
        row.capital_minor,
        row.overhead_minor,
        row.currency,
        row.version,
    )


def _technician_row(technician: Technician) -> dict[str, Any]:
    return {
        "technician_id": technician.technician_id,
        "title": technician.title,
        "site_id": technician.site_id,
        "skills": sorted(technician.skills),
        "hours": technician.hours,
        "leaves": technician.leaves,
        "travel_minutes": technician.travel_minutes,
        "labour_minor": technician.labour_minor,
        "active": technician.active,
        "version": technician.version,
    }


def _technician_of(row: Any) -> Technician:
    return Technician(
        row.technician_id,
        row.title,
        row.site_id,
        frozenset(row.skills),
        _hours(row.hours),
        _leaves(row.leaves),
        row.travel_minutes,
        row.labour_minor,
        row.active,
        row.version,
    )
