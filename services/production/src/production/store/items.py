"""What items are counted in, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.units import Counted
from contracts.values import Quantity

SAVE_ITEMS: Final = text(
    """
    INSERT INTO items (sku, quantum_micro, unit, counted)
    SELECT sku, quantum_micro, unit, CAST(counted AS jsonb)
    FROM unnest(CAST(:sku AS text[]), CAST(:quantum_micro AS bigint[]), CAST(:unit AS text[]), CAST(:counted AS text[]))
         AS known(sku, quantum_micro, unit, counted)
    ORDER BY sku ON CONFLICT (sku) DO UPDATE
    SET quantum_micro = excluded.quantum_micro, unit = excluded.unit, counted = excluded.counted
    """
)
LOAD_UNITS: Final = text("SELECT sku, unit FROM items WHERE sku = ANY(:skus) AND unit IS NOT NULL")
LOAD_COUNTED: Final = text(
    "SELECT CAST(counted AS text) AS counted FROM items WHERE sku = ANY(:skus) AND counted IS NOT NULL"
)
_counted: Reads[Counted] = reader(Counted)
LOAD_QUANTA: Final = text("SELECT sku, quantum_micro FROM items WHERE sku = ANY(:skus)")


async def save_items(tx: Tx, items: Mapping[str, Counted]) -> None:
    """Keep how items are counted."""
    values = {
        "sku": list(items),
        "quantum_micro": [each.quantum.micro for each in items.values()],
        "unit": [each.unit for each in items.values()],
        "counted": [document(each) for each in items.values()],
    }
    await tx.sql.execute(SAVE_ITEMS, values)


async def load_quanta(tx: Tx, skus: Iterable[str]) -> dict[str, Quantity]:
    """What these items are never divided below, as far as they are known."""
    rows = await tx.sql.execute(LOAD_QUANTA, {"skus": sorted(set(skus))})
    return {row.sku: Quantity.of_micro(row.quantum_micro) for row in rows}


async def load_counted(tx: Tx, skus: Iterable[str]) -> dict[str, Counted]:
    """How these items are counted, as far as it is known."""
    rows = await tx.sql.execute(LOAD_COUNTED, {"skus": sorted(set(skus))})
    return {each.sku: each for each in (_counted(row.counted) for row in rows)}


async def load_units(tx: Tx, skus: Iterable[str]) -> dict[str, str]:
    """What these items are counted in, as far as it is known."""
    rows = await tx.sql.execute(LOAD_UNITS, {"skus": sorted(set(skus))})
    return {row.sku: row.unit for row in rows}
