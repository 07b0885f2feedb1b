"""Services and technicians are defined, the agreement is set, customers are copied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backbone.errors import NotFound, Stale
from backbone.service import Batch, Tx
from contracts.values import ZERO
from service_desk import store
from service_desk.commands import (
    DefineService,
    DefineTechnician,
    KnowContact,
    KnowCustomer,
    SetAgreement,
    SetLeaves,
)
from service_desk.domain.service import Service
from service_desk.domain.sla import Agreement
from service_desk.domain.technician import Capacity, Technician, hours_by_skill
from service_desk.handlers.desk import time


async def define_service(commands: Batch[DefineService], tx: Tx) -> list[Service]:
    """Take up services, or say anew what they are; what is booked stays as it is."""
    services = await store.lock_services(tx, (command.service.service_id for command in commands))
    answers = []
    for command in commands:
        known = services.get(command.service.service_id)
        service = replace(command.service.checked(), version=known.version if known else 0)
        tx.emit(service.told(), because=command)
        services[service.service_id] = service
        answers.append(replace(service, version=service.version + 1))
    await store.save_services(tx, list(services.values()))
    return answers


async def define_technician(commands: Batch[DefineTechnician], tx: Tx) -> list[Technician]:
    """Take up technicians, or say anew who they are; capacities follow."""
    known = await store.lock_technicians(tx, (command.technician.technician_id for command in commands))
    skills: set[str] = set()
    for command in commands:
        technician = command.technician.checked()
        before = known.get(technician.technician_id)
        skills |= technician.skills | (before.skills if before else frozenset())
        known[technician.technician_id] = replace(technician, version=before.version if before else 0)
    await store.save_technicians(tx, list(known.values()))
    await _count(tx, commands[-1], skills)
    answers = [known[command.technician.technician_id] for command in commands]
    return [replace(each, version=each.version + 1) for each in answers]


async def set_leaves(commands: Batch[SetLeaves], tx: Tx) -> list[Technician]:
    """Say when technicians are away; nobody is sent anew, a dispatcher moves what is hit."""
    known = await store.lock_technicians(tx, (command.technician_id for command in commands))
    for command in commands:
        if command.technician_id not in known:
            raise NotFound(f"no technician {command.technician_id}")
        technician = replace(known[command.technician_id], leaves=command.leaves).checked()
        known[command.technician_id] = technician
    await store.save_technicians(tx, list(known.values()))
    return [
        replace(known[command.technician_id], version=known[command.technician_id].version + 1)
        for command in commands
    ]


async def _count(tx: Tx, because: object, skills: Iterable[str]) -> None:
    """Tell the capacity of those skills that have another one than was told last."""
    known = await store.lock_capacities(tx, skills)
    hours = hours_by_skill(await store.load_skilled(tx, skills))
    changed = [
        Capacity(skill, hours.get(skill, ZERO), tx.now)
        for skill in sorted(set(skills))
        if skill not in known or known[skill].hours_per_week != hours.get(skill, ZERO)
    ]
    tx.emit(*(each.told() for each in changed), because=because)
    await store.save_capacities(tx, changed, known)


async def set_agreement(commands: Batch[SetAgreement], tx: Tx) -> list[Agreement]:
    """Change how quickly the desk answers; raises `Stale` when somebody else changed it meanwhile."""
    answers = []
    for command in commands:
        was, agreement = await store.load_agreement(tx), command.agreement.checked()
        version = await store.save_agreement(tx, agreement, command.expected_version)
        if version is None or was.version != command.expected_version:
            raise Stale("the agreement is at another version")
        await _retime(tx, command, was, agreement)
        answers.append(replace(agreement, version=version))
    return answers


async def _retime(tx: Tx, because: object, was: Agreement, agreement: Agreement) -> None:
    """The clocks of tickets that are open go on by the new agreement."""
    tickets = []
    for ticket in (await store.lock_open_tickets(tx)).values():
        ticket, facts = ticket.agreed_anew(was, agreement, tx.now)
        tx.emit(*facts, because=because, correlation=ticket.root)
        time(tx, ticket, agreement)
        tickets.append(ticket)
    await store.save_tickets(tx, tickets, agreement.hours)


async def know_customer(commands: Batch[KnowCustomer], tx: Tx) -> list[None]:
    """Keep what orders says of customers."""
    await store.save_customers(tx, [command.customer for command in commands])
    return [None] * len(commands)


async def know_contact(commands: Batch[KnowContact], tx: Tx) -> list[None]:
    """Keep how people are reached; who is erased is named nowhere any more."""
    contacts = [command.contact for command in commands]
    await store.save_contacts(tx, contacts)
    await store.save_forgotten(tx, (each.contact_id for each in contacts if each.erased))
    return [None] * len(commands)
