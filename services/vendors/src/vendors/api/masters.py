"""Vendors, terms, the policy and exchange rates over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filters_asked,
    found,
    listed,
    lists,
    page_asked,
    paged,
    placed,
    shows,
)
from contracts.shapes import VendorKind
from contracts.values import LINES_COUNT_MAX, PropertyValue, Quantity
from contracts.vendors import PriceBreak
from vendors import commands, handlers, queries
from vendors.api.forms import Taken
from vendors.domain.form import counted, moment, named
from vendors.domain.policy import Policy
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor

router = APIRouter()


@dataclass(frozen=True, slots=True)
class VendorBody:
    """A vendor: another company, or (kind internal, with its site) a site of ours under the same contract."""

    vendor_id: str
    title: str
    kind: VendorKind = "external"
    site_id: str | None = None
    currency: str = "EUR"
    calendar_id: str | None = None
    skus: tuple[str, ...] = ()
    inspect: bool = False


@dataclass(frozen=True, slots=True)
class VendorChangeBody:
    """All that may change of a vendor."""

    title: str
    currency: str
    skus: tuple[str, ...]
    inspect: bool
    calendar_id: str | None = None


@dataclass(frozen=True, slots=True)
class TermsBody:
    """What one unit costs from which quantity on, in which lots, how long it takes, from when to when; and its end.

    Prices and lots are in `unit`, a unit of the item (absent: its own), and are kept and shown in its own.
    """

    terms_id: str
    vendor_id: str
    sku: str
    site_id: str
    prices: tuple[PriceBreak, ...]
    lead_days: int
    valid_from: datetime
    valid_to: datetime
    minimum: Quantity = Quantity(0)  # noqa: RUF009  (a quantity never changes)
    multiple: Quantity = Quantity(1)  # noqa: RUF009
    rank: int = 1
    currency: str = "EUR"
    calendar_id: str | None = None
    properties: tuple[PropertyValue, ...] = ()
    inspect: bool = False
    cancellation_points: int = 0
    notice_days: int = 0
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyBody:
    """How we buy: money in minor units, tolerances in hundredths of a per cent, spans as named."""

    currency: str
    approval_limit_minor: int
    answer_hours: int
    quotation_hours: int
    price_tolerance_points: int
    over_tolerance_points: int
    under_tolerance_points: int
    early_days: int
    late_days: int
    score_weeks: int


@dataclass(frozen=True, slots=True)
class RateBody:
    """What one minor unit of the currency is worth in minor units of ours."""

    rate: Quantity


STEEL: Final = VendorBody("steel-ltd", "Steel Ltd", skus=("shaft",))
CHANGED: Final = VendorChangeBody("Steel Ltd", "EUR", ("shaft", "bar"), inspect=True)
SHAFTS: Final = TermsBody(
    "steel-ltd-shaft",
    "steel-ltd",
    "shaft",
    "plant-1",
    (PriceBreak(Quantity(1), 1_000), PriceBreak(Quantity(100), 900)),
    lead_days=5,
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_to=datetime(2027, 1, 1, tzinfo=UTC),
)
USUAL: Final = PolicyBody("EUR", 5_000_000, 24, 72, 200, 1_000, 0, 3, 0, 12)


@router.post("/v1/vendors", **creates(Taken, body=VendorBody, example=STEEL))
async def register_vendor(ask: Asked) -> Response:
    """Take up a vendor."""
    body = await ask.body(VendorBody)
    site_id = None if body.site_id is None else named(body.site_id, "/site_id")
    vendor = Vendor(
        placed(named(body.vendor_id, "/vendor_id"), "/vendor_id"),
        body.title,
        body.kind,
        site_id,
        body.currency,
    )
    vendor = replace(vendor, **_said_of(body))
    return await ask.act(handlers.register_vendor, commands.RegisterVendor(vendor), reply=_registered)


def _said_of(body: VendorBody | VendorChangeBody) -> dict[str, Any]:
    counted(body.skus, "/skus", LINES_COUNT_MAX, least=0)
    return {
        "title": named(body.title, "/title"),
        "currency": body.currency,
        "calendar_id": None if body.calendar_id is None else named(body.calendar_id, "/calendar_id"),
        "skus": frozenset(named(sku, f"/skus/{number}") for number, sku in enumerate(body.skus)),
        "inspect": body.inspect,
    }


@router.put("/v1/vendors/{vendor_id}", **acts(Taken, body=VendorChangeBody, example=CHANGED, versioned=True))
async def change_vendor(ask: Asked, vendor_id: str) -> Response:
    """Change what is said of a vendor; If-Match names the version that was seen. Kind and site stay."""
    body = await ask.body(VendorChangeBody)
    command = commands.ChangeVendor(vendor_id, **_said_of(body), expected_version=ask.expected_version)
    return await ask.act(
        handlers.change_vendor,
        command,
        reply=lambda vendor: done(Taken(vendor.vendor_id, "registered"), version=vendor.version),
    )


def _registered(vendor: Vendor) -> Reply:
    return created(f"/v1/vendors/{vendor.vendor_id}", Taken(vendor.vendor_id, "registered"), version=1)


@router.get("/v1/vendors", **lists(queries.VendorView, "kind", "sku"))
async def list_vendors(ask: Asked) -> Response:
    """Vendors by id; narrowed by kind, sku."""
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "kind", "sku")
    async with ask.read() as sql:
        rows = await queries.page_vendors(
            sql, party=ask.party, kind=asked["kind"], sku=asked["sku"], after=after, limit=limit
        )
    return paged(ask, rows, limit)


@router.get("/v1/vendors/{vendor_id}", **shows(queries.VendorView))
async def show_vendor(ask: Asked, vendor_id: str) -> Response:
    """A vendor."""
    async with ask.read() as sql:
        vendor = await queries.find_vendor(sql, vendor_id, party=ask.party)
    return found(vendor, version=vendor.version)


@router.post("/v1/terms", **creates(Taken, body=TermsBody, example=SHAFTS))
async def publish_terms(ask: Asked) -> Response:
    """Put terms into force; earlier ones of the vendor for the same item and site end when they begin."""
    body = await ask.body(TermsBody)
    counted(body.properties, "/properties", LINES_COUNT_MAX, least=0)
    terms = Terms(
        placed(named(body.terms_id, "/terms_id"), "/terms_id"),
        body.vendor_id,
        "external",
        named(body.sku, "/sku"),
        named(body.site_id, "/site_id"),
        body.currency,
        body.prices,
        body.minimum,
        body.multiple,
        body.lead_days,
        None if body.calendar_id is None else named(body.calendar_id, "/calendar_id"),
        moment(body.valid_from, "/valid_from"),
        moment(body.valid_to, "/valid_to"),
        body.rank,
        body.properties,
        body.inspect,
        cancellation_points=body.cancellation_points,
        notice_days=body.notice_days,
    )
    return await ask.act(handlers.publish_terms, commands.PublishTerms(terms, body.unit), reply=_published)


def _published(terms: Terms) -> Reply:
    return created(f"/v1/terms/{terms.terms_id}", Taken(terms.terms_id, terms.state), version=terms.version)


@router.get("/v1/terms", **lists(queries.TermsView, "vendor_id", "sku", "site_id", "state"))
async def list_terms(ask: Asked) -> Response:
    """Terms by id, the declared lead beside the observed one; narrowed by vendor_id, sku, site_id, state."""
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "vendor_id", "sku", "site_id", "state")
    async with ask.read() as sql:
        rows = await queries.page_terms(sql, party=ask.party, wanted=asked, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/terms/{terms_id}", **shows(queries.TermsView))
async def show_terms(ask: Asked, terms_id: str) -> Response:
    """Terms as they were published."""
    async with ask.read() as sql:
        terms = await queries.find_terms(sql, terms_id, party=ask.party)
    return found(terms, version=terms.version)


@router.post("/v1/terms/{terms_id}/withdrawal", **acts(Taken))
async def withdraw_terms(ask: Asked, terms_id: str) -> Response:
    """End terms now."""
    command = commands.WithdrawTerms(terms_id)
    return await ask.act(
        handlers.withdraw_terms, command, reply=lambda terms: done(Taken(terms.terms_id, terms.state))
    )


@router.get("/v1/purchasing-policy", **shows(queries.PolicyView))
async def show_policy(ask: Asked) -> Response:
    """How we buy."""
    async with ask.read() as sql:
        policy = await queries.find_policy(sql)
    return found(policy, version=policy.version)


@router.put(
    "/v1/purchasing-policy", **acts(queries.PolicyView, body=PolicyBody, example=USUAL, versioned=True)
)
async def set_policy(ask: Asked) -> Response:
    """Change how we buy; If-Match names the version that was seen (0 until one was set)."""
    body = await ask.body(PolicyBody)
    policy = Policy(**{name: getattr(body, name) for name in PolicyBody.__dataclass_fields__})
    command = commands.SetPolicy(policy, ask.expected_version)
    return await ask.act(
        handlers.set_policy,
        command,
        reply=lambda now: done(queries.PolicyView.of(now), version=now.version),
    )


@router.get("/v1/exchange-rates", **lists(queries.RateView, most=0))
async def list_rates(ask: Asked) -> Response:
    """Exchange rates by currency."""
    async with ask.read() as sql:
        return listed(await queries.list_rates(sql))


@router.put(
    "/v1/exchange-rates/{currency}",
    **acts(Taken, body=RateBody, example=RateBody(Quantity("0.92")), versioned=True),
)
async def set_rate(ask: Asked, currency: str) -> Response:
    """Say what a currency is worth in ours; If-Match names the version that was seen (0 until one was set)."""
    body = await ask.body(RateBody)
    command = commands.SetRate(currency, body.rate, ask.expected_version)
    return await ask.act(
        handlers.set_rate,
        command,
        reply=lambda version: done(Taken(currency, str(body.rate)), version=version),
    )
