"""What an hour at a work centre costs from which moment on, in rows."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.values import Quantity
from production.domain.rates import DatedRates

LOAD_RATES: Final = text(
    """
    SELECT work_centre_id, rate_no, starts_at, labour_rate_minor, machine_rate_minor, overhead_rate_micro, told_by,
           withdrawn_at, withdrawn_by
    FROM work_centre_rates WHERE work_centre_id = :work_centre_id ORDER BY rate_no
    """
)
ADD_RATES: Final = text(
    """
    INSERT INTO work_centre_rates (work_centre_id, rate_no, starts_at, labour_rate_minor, machine_rate_minor,
                                   overhead_rate_micro, told_by)
    VALUES (:work_centre_id, :rate_no, :starts_at, :labour_rate_minor, :machine_rate_minor, :overhead_rate_micro,
            :told_by)
    """
)
WITHDRAW_RATES: Final = text(
    """
    UPDATE work_centre_rates SET withdrawn_at = :withdrawn_at, withdrawn_by = :withdrawn_by
    WHERE work_centre_id = :work_centre_id AND rate_no = :rate_no
    """
)


async def load_rates(tx: Tx, work_centre_id: str) -> list[DatedRates]:
    """All rates that were ever said of a work centre, the first said in front; its row is locked."""
    rows = await tx.sql.execute(LOAD_RATES, {"work_centre_id": work_centre_id})
    return [_rates_of(row) for row in rows]


async def add_rates(tx: Tx, rates: DatedRates) -> None:
    """Keep new rates of a work centre whose row is locked."""
    values = {
        "work_centre_id": rates.work_centre_id,
        "rate_no": rates.rate_no,
        "starts_at": rates.holds_from,
        "labour_rate_minor": rates.labour_rate_minor,
        "machine_rate_minor": rates.machine_rate_minor,
        "overhead_rate_micro": rates.overhead_rate.micro,
        "told_by": rates.by,
    }
    await tx.sql.execute(ADD_RATES, values)


async def save_withdrawn(tx: Tx, rates: DatedRates) -> None:
    """Write that rates were taken back."""
    values = {
        "work_centre_id": rates.work_centre_id,
        "rate_no": rates.rate_no,
        "withdrawn_at": rates.withdrawn_at,
        "withdrawn_by": rates.withdrawn_by,
    }
    await tx.sql.execute(WITHDRAW_RATES, values)


def _rates_of(row: Any) -> DatedRates:
    return DatedRates(
        row.work_centre_id, row.rate_no, row.starts_at, row.labour_rate_minor, row.machine_rate_minor,
        Quantity.of_micro(row.overhead_rate_micro), row.told_by, row.withdrawn_at, row.withdrawn_by,
    )  # fmt: skip
