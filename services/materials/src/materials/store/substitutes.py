"""Substitutes and what was substituted, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from backbone.service import Tx
from contracts.shapes import Instead
from materials.domain.substitute import Substitute, Substitution
from materials.store.sheets import SUBSTITUTES, SUBSTITUTIONS

TRIED_COUNT_MAX: Final = 10
OF_ITEMS: Final = SUBSTITUTES.reading("site_id = ANY(:site_ids) AND sku = ANY(:skus) AND valid_to_at > :now")
NAMED: Final = SUBSTITUTES.reading(
    """
    (site_id, sku, substitute_sku)
    IN (SELECT * FROM unnest(CAST(:site_ids AS text[]), CAST(:skus AS text[]), CAST(:others AS text[])))
    """
)
OF_ORDERS: Final = SUBSTITUTES.reading(
    "(site_id, sku) IN (SELECT site_id, sku FROM planned_orders WHERE planned_order_id = ANY(:orders))"
)


async def save_substitutes(tx: Tx, substitutes: Iterable[Substitute]) -> None:
    """Write substitutes; of one that is named twice the last word counts."""
    named = {(each.site_id, each.sku, each.substitute_sku): each for each in substitutes}
    await SUBSTITUTES.put(tx, list(named.values()))


async def load_substitutes(tx: Tx, planned_order_ids: Iterable[str]) -> list[Substitute]:
    """The substitutes for the items of planned orders at their sites."""
    wanted = sorted(set(planned_order_ids))
    return await SUBSTITUTES.load(tx, OF_ORDERS, {"orders": wanted}) if wanted else []


async def load_substitutes_let(tx: Tx, let: Iterable[Instead]) -> list[Substitute]:
    """What is let to stand in, as far as it is a substitute."""
    keys = sorted({(each.site_id, each.sku, each.substitute_sku) for each in let})
    if not keys:
        return []
    site_ids, skus, others = zip(*keys, strict=True)
    return await SUBSTITUTES.load(
        tx, NAMED, {"site_ids": list(site_ids), "skus": list(skus), "others": list(others)}
    )


async def load_substitutes_of(tx: Tx, site_ids: Iterable[str], skus: Iterable[str]) -> list[Substitute]:
    """The substitutes for these items at these sites, at most so many that each can be tried."""
    wanted = {"site_ids": sorted(set(site_ids)), "skus": sorted(set(skus)), "now": tx.now}
    found = await SUBSTITUTES.load(tx, OF_ITEMS, wanted)
    return sorted(found, key=lambda each: (each.priority, *each[:3]))[:TRIED_COUNT_MAX]


async def add_substitutions(tx: Tx, substitutions: Iterable[Substitution]) -> None:
    """Write down what was substituted."""
    taken = list(substitutions)
    if taken:
        await SUBSTITUTIONS.put(tx, taken)
