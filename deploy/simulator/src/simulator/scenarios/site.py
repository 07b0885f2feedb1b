"""A generated site: thousands of items, of which some hundred are made by all three kinds of recipes; the same by seed.

Products are put together from assemblies and parts; assemblies from parts, a metal that a separation gives, and a bar
that a modification hardens. Everything else is bought, and part of it lies in stock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Final

from simulator.scenarios import parts

VENDORS_COUNT: Final = 8
LEAD_DAYS_MAX: Final = 4
HARD: Final = {"name": "hardness", "scale": "HRC", "minimum": "56", "maximum": "62"}
SOFT: Final = {"name": "hardness", "scale": "HB", "minimum": "150", "maximum": "210"}
BAR: Final = [["hardness", "HB"], ["hardness", "HRC"]]

Row = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """`items` of them in all; so many products, assemblies, ores that are separated, and bars that are hardened."""

    items: int = 2_000
    products: int = 24
    assemblies: int = 60
    ores: int = 8
    bars: int = 8
    seed: int = 20_260_302

    @cached_property
    def parts(self) -> list[str]:
        """What is bought and neither ore nor bar."""
        made = self.products + self.assemblies + 3 * self.ores + self.ores + self.bars
        return [f"part-{number:05d}" for number in range(1, self.items - made + 1)]

    def product(self, number: int) -> str:
        """The product of that number, from 1."""
        return f"product-{number:03d}"

    def _assembly(self, number: int) -> str:
        return f"assembly-{number:03d}"

    @cached_property
    def made_of(self) -> dict[str, dict[str, str]]:
        """Products and assemblies with what one of each takes."""
        chance = Random(self.seed)  # noqa: S311
        found: dict[str, dict[str, str]] = {}
        for number in range(1, self.assemblies + 1):
            taken = {each: str(chance.randint(1, 4)) for each in chance.sample(self.parts, 3)}
            if number % 4 == 0:
                taken[f"metal-{1 + number % self.ores:02d}"] = "2"
            if number % 4 == 2:
                taken[f"bar-{1 + number % self.bars:02d}"] = "1"
            found[self._assembly(number)] = taken
        for number in range(1, self.products + 1):
            names = [self._assembly(1 + (2 * number + offset) % self.assemblies) for offset in range(2)]
            taken = {**dict.fromkeys(names, "1"), **dict.fromkeys(chance.sample(self.parts, 2), "1")}
            found[self.product(number)] = taken
        return found

    @cached_property
    def used(self) -> list[str]:
        """The parts that any recipe takes."""
        return sorted({sku for taken in self.made_of.values() for sku in taken if sku.startswith("part-")})

    def item_rows(self) -> Iterator[Row]:
        """All items."""
        for sku in [*self.made_of, *self.parts]:
            yield parts.item(sku, sku.replace("-", " ").capitalize())
        for number in range(1, self.ores + 1):
            for name in ("ore", "metal", "slag", "dust"):
                yield parts.item(f"{name}-{number:02d}", f"{name.capitalize()} {number}", "kg", "0.001")
        for number in range(1, self.bars + 1):
            yield parts.item(f"bar-{number:02d}", f"Bar {number}", properties=BAR)

    def parameter_rows(self) -> Iterator[Row]:
        """How what is bought is planned: lead times and lots."""
        chance = Random(self.seed + 1)  # noqa: S311
        for sku in self.parts:
            lot = chance.choice(["0", "0", "5", "10"])
            yield {
                "sku": sku, "site_id": "plant-1", "source": "buy", "multiple": lot,
                "lead_days": chance.randint(1, LEAD_DAYS_MAX),
            }  # fmt: skip

    def lot_rows(self) -> Iterator[Row]:
        """What lies in stock: of two parts in three that are used something, of the others a little."""
        chance = Random(self.seed + 2)  # noqa: S311
        used = set(self.used)
        for sku in self.parts:
            if chance.random() < (0.66 if sku in used else 0.2):
                pieces = chance.randint(20, 200)
                cost = {
                    "bought_in": 150 * pieces,
                    "labour": 0,
                    "capital": 0,
                    "overhead": 0,
                    "currency": "EUR",
                }
                yield {
                    "lot_id": f"opening-{sku}", "sku": sku, "site_id": "plant-1", "quantity": str(pieces),
                    "cost": cost,
                }  # fmt: skip

    def recipes(self) -> Iterator[Row]:
        """Congregations, separations and modifications, each with a work centre of its kind."""
        for sku, taken in self.made_of.items():
            centre = "final-line" if sku.startswith("product-") else "sub-line"
            operation = parts.step(centre, f"Make {sku}", "10", "4")
            recipe = parts.recipe(sku, f"Make {sku}", taken, [parts.made(sku)], operation, lead_days=1)
            for each in recipe["inputs"]:
                each |= {"window": [HARD]} if each["sku"].startswith("bar-") else {}
            yield recipe
        for number in range(1, self.ores + 1):
            name = f"{number:02d}"
            outputs = [
                parts.made(f"metal-{name}", "6"),
                parts.made(f"dust-{name}", "1", "by-product"),
                parts.made(f"slag-{name}", "3", "waste"),
            ]
            yield parts.recipe(
                f"smelt-{name}", f"Smelt ore {number}", {f"ore-{name}": "10"}, outputs,
                parts.step("smelter", "Smelt", "30", "2"), kind="separation", lead_days=1,
            )  # fmt: skip
        for number in range(1, self.bars + 1):
            yield self._hardening(f"bar-{number:02d}")

    def _hardening(self, sku: str) -> Row:
        hard = parts.made(sku, properties=[{"name": "hardness", "value": "59", "scale": "HRC"}])
        kept = parts.limit("furnace temperature", "850", "840", "860")
        step = {**parts.step("hardener", "Harden", "30", "1"), "parameters": [kept]}
        recipe = parts.recipe(f"harden-{sku}", f"Harden {sku}", {}, [hard], step, kind="modification")
        return {**recipe, "inputs": [{"sku": sku, "quantity": "1", "operation_no": 10, "window": [SOFT]}]}

    def terms(self) -> Iterator[Row]:
        """Vendors' terms for what recipes take; each item has one vendor."""
        chance = Random(self.seed + 3)  # noqa: S311
        for number, sku in enumerate(self.used):
            yield parts.terms(
                vendor_of(number), sku, chance.randint(80, 900), chance.randint(1, LEAD_DAYS_MAX)
            )
        for number in range(1, self.ores + 1):
            yield parts.terms(vendor_of(number), f"ore-{number:02d}", 35, 2)
        soft = [{"name": "hardness", "value": "180", "scale": "HB"}]
        for number in range(1, self.bars + 1):
            yield parts.terms(vendor_of(number), f"bar-{number:02d}", 700, 3, properties=soft)


def vendor_of(number: int) -> str:
    """The vendor of something of that number."""
    return f"vendor-{1 + number % VENDORS_COUNT}"
