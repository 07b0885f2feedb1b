"""Masters: what can be asked or told of services, technicians, the agreement and customers."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.orders import ContactChanged, CustomerRegistered
from service_desk.domain.service import Service
from service_desk.domain.sla import Agreement
from service_desk.domain.technician import Leave, Technician


@dataclass(frozen=True, slots=True)
class DefineService:
    """A service is so from now on."""

    service: Service


@dataclass(frozen=True, slots=True)
class DefineTechnician:
    """A technician is so from now on."""

    technician: Technician


@dataclass(frozen=True, slots=True)
class SetLeaves:
    """A technician is away then."""

    technician_id: str
    leaves: tuple[Leave, ...]


@dataclass(frozen=True, slots=True)
class SetAgreement:
    """How quickly the desk answers, and when it works."""

    agreement: Agreement
    expected_version: int


@dataclass(frozen=True, slots=True)
class KnowCustomer:
    """Orders says who a customer is."""

    customer: CustomerRegistered


@dataclass(frozen=True, slots=True)
class KnowContact:
    """Orders says how a person is reached."""

    contact: ContactChanged
