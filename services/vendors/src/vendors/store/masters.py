"""What others own and we copy (items, sites, calendars), and how we buy (policy, exchange rates)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.materials import ItemDefined, SiteDefined
from contracts.production import CalendarChanged
from contracts.units import Counted
from vendors.domain.calendar import WorkingDays
from vendors.domain.policy import Policy
from vendors.domain.price import Rates

CURRENT: Final = "current"
_counted: Reads[Counted] = reader(Counted)

SAVE_ITEMS: Final = text(
    """
    INSERT INTO items (sku, title, unit, quantum_micro, counted)
    SELECT sku, title, unit, quantum_micro, CAST(counted AS jsonb)
    FROM unnest(CAST(:sku AS text[]), CAST(:title AS text[]), CAST(:unit AS text[]), CAST(:quantum_micro AS bigint[]),
                CAST(:counted AS text[])) AS told(sku, title, unit, quantum_micro, counted) ORDER BY 1
    ON CONFLICT (sku) DO UPDATE
    SET title = excluded.title, unit = excluded.unit, quantum_micro = excluded.quantum_micro,
        counted = excluded.counted
    """
)
SAVE_SITES: Final = text(
    """
    INSERT INTO sites (site_id, title, legal_entity, transit_days)
    SELECT * FROM unnest(CAST(:site_id AS text[]), CAST(:title AS text[]), CAST(:legal_entity AS text[]),
                         CAST(:transit_days AS int[])) ORDER BY 1
    ON CONFLICT (site_id) DO UPDATE
    SET title = excluded.title, legal_entity = excluded.legal_entity, transit_days = excluded.transit_days
    """
)
SAVE_CALENDAR: Final = text(
    """
    INSERT INTO calendars (calendar_id, weekdays, days_off) VALUES (:calendar_id, :weekdays, :days_off)
    ON CONFLICT (calendar_id) DO UPDATE SET weekdays = excluded.weekdays, days_off = excluded.days_off
    """
)
LOAD_TRANSITS: Final = text("SELECT site_id, transit_days FROM sites WHERE site_id = ANY(:site_ids)")
LOAD_CALENDARS: Final = text(
    "SELECT calendar_id, weekdays, days_off FROM calendars WHERE calendar_id = ANY(:calendar_ids)"
)
LOAD_COUNTED: Final = text(
    "SELECT CAST(counted AS text) AS counted FROM items WHERE sku = ANY(:skus) AND counted IS NOT NULL"
)
LOAD_QUANTA: Final = text("SELECT sku, quantum_micro FROM items WHERE sku = ANY(:skus)")
LOAD_POLICY: Final = text("SELECT * FROM policies WHERE policy_id = :policy_id")
SAVE_POLICY: Final = text(
    """
    INSERT INTO policies (policy_id, currency, approval_limit_minor, answer_hours, quotation_hours,
                          price_tolerance_points, over_tolerance_points, under_tolerance_points, early_days,
                          late_days, score_weeks, version)
    SELECT CAST(:policy_id AS text), :currency, :approval_limit_minor, :answer_hours, :quotation_hours,
           :price_tolerance_points, :over_tolerance_points, :under_tolerance_points, :early_days, :late_days,
           :score_weeks, 1
    WHERE :expected = 0 OR EXISTS (SELECT FROM policies WHERE policy_id = :policy_id)
    ON CONFLICT (policy_id) DO UPDATE
    SET currency = excluded.currency, approval_limit_minor = excluded.approval_limit_minor,
        answer_hours = excluded.answer_hours, quotation_hours = excluded.quotation_hours,
        price_tolerance_points = excluded.price_tolerance_points,
        over_tolerance_points = excluded.over_tolerance_points,
        under_tolerance_points = excluded.under_tolerance_points, early_days = excluded.early_days,
        late_days = excluded.late_days, score_weeks = excluded.score_weeks, version = policies.version + 1
    WHERE policies.version = :expected
    RETURNING version
    """
)
# Whatever has an amount in our currency: what vendors were asked for, and what they answered.
LOAD_BOUGHT: Final = text("SELECT EXISTS (SELECT FROM purchase_orders) OR EXISTS (SELECT FROM rfqs)")
LOAD_RATES: Final = text("SELECT currency, rate_micro FROM exchange_rates WHERE home = :home")
SAVE_RATE: Final = text(
    """
    INSERT INTO exchange_rates (home, currency, rate_micro, version)
    SELECT :home, :currency, :rate_micro, 1
    WHERE :expected = 0 OR EXISTS (SELECT FROM exchange_rates WHERE (home, currency) = (:home, :currency))
    ON CONFLICT (home, currency) DO UPDATE
    SET rate_micro = excluded.rate_micro, version = exchange_rates.version + 1
    WHERE exchange_rates.version = :expected
    RETURNING version
    """
)
_FIGURES: Final = tuple(name for name in Policy.__dataclass_fields__ if name != "version")


async def save_items(tx: Tx, items: Sequence[ItemDefined]) -> None:
    """Keep what is known of items; of one item the last counts."""
    last = list({item.sku: item for item in items}.values())
    await tx.sql.execute(
        SAVE_ITEMS,
        {
            "sku": [item.sku for item in last],
            "title": [item.title for item in last],
            "unit": [item.unit for item in last],
            "quantum_micro": [item.quantum.micro for item in last],
            "counted": [document(item.counted) for item in last],
        },
    )


async def save_sites(tx: Tx, sites: Sequence[SiteDefined]) -> None:
    """Keep what is known of sites; of one site the last counts."""
    last = list({site.site_id: site for site in sites}.values())
    await tx.sql.execute(
        SAVE_SITES,
        {
            "site_id": [site.site_id for site in last],
            "title": [site.title for site in last],
            "legal_entity": [site.legal_entity for site in last],
            "transit_days": [site.transit_days for site in last],
        },
    )


async def save_calendars(tx: Tx, calendars: Sequence[CalendarChanged]) -> None:
    """Keep working days; of one calendar the last counts."""
    last = {calendar.calendar_id: calendar for calendar in calendars}
    await tx.sql.execute(
        SAVE_CALENDAR,
        [
            {
                "calendar_id": calendar_id,
                "weekdays": list(last[calendar_id].weekdays),
                "days_off": list(last[calendar_id].days_off),
            }
            for calendar_id in sorted(last)
        ],
    )


async def load_calendars(tx: Tx, calendar_ids: Iterable[str | None]) -> dict[str, WorkingDays]:
    """The working days of these calendars, of those that are known."""
    wanted = sorted({name for name in calendar_ids if name is not None})
    rows = await tx.sql.execute(LOAD_CALENDARS, {"calendar_ids": wanted})
    return {
        row.calendar_id: WorkingDays(
            frozenset(row.weekdays), frozenset(date.fromisoformat(day) for day in row.days_off)
        )
        for row in rows
    }


async def load_transits(tx: Tx, site_ids: Iterable[str]) -> dict[str, int]:
    """How many days goods take from each of these sites, of those that are known."""
    rows = await tx.sql.execute(LOAD_TRANSITS, {"site_ids": sorted(set(site_ids))})
    return {row.site_id: row.transit_days for row in rows}


async def load_counted(tx: Tx, skus: Iterable[str]) -> dict[str, Counted]:
    """How each of these items is counted, of those that are known."""
    rows = await tx.sql.execute(LOAD_COUNTED, {"skus": sorted(set(skus))})
    return {each.sku: each for each in (_counted(row.counted) for row in rows)}


async def load_quanta(tx: Tx, skus: Iterable[str]) -> dict[str, int]:
    """The quantum of each of these items in millionths, of those that are known."""
    rows = await tx.sql.execute(LOAD_QUANTA, {"skus": sorted(set(skus))})
    return {row.sku: row.quantum_micro for row in rows}


async def load_policy(tx: Tx) -> Policy:
    """How we buy; the usual policy until somebody sets one."""
    return _policy_of((await tx.sql.execute(LOAD_POLICY, {"policy_id": CURRENT})).one_or_none())


def _policy_of(row: Any) -> Policy:
    if row is None:
        return Policy()
    return Policy(**{name: getattr(row, name) for name in _FIGURES}, version=row.version)


async def save_policy(tx: Tx, policy: Policy, expected_version: int) -> Policy | None:
    """Set how we buy; the answer carries the new version, None when it was not at `expected_version`."""
    values = {name: getattr(policy, name) for name in _FIGURES}
    values |= {"policy_id": CURRENT, "expected": expected_version}
    version: int | None = (await tx.sql.execute(SAVE_POLICY, values)).scalar_one_or_none()
    return None if version is None else replace(policy, version=version)


async def load_bought(tx: Tx) -> bool:
    """Whether any vendor was ever asked for anything."""
    return bool((await tx.sql.execute(LOAD_BOUGHT)).scalar_one())


async def load_rates(tx: Tx, home: str) -> Rates:
    """What other currencies are worth in `home`."""
    rows = await tx.sql.execute(LOAD_RATES, {"home": home})
    return Rates(home, {row.currency: row.rate_micro for row in rows})


async def save_rate(tx: Tx, home: str, currency: str, rate_micro: int, expected_version: int) -> int | None:
    """Set what a currency is worth; the answer is the new version, None when it was not at `expected_version`."""
    values = {"home": home, "currency": currency, "rate_micro": rate_micro, "expected": expected_version}
    version: int | None = (await tx.sql.execute(SAVE_RATE, values)).scalar_one_or_none()
    return version
