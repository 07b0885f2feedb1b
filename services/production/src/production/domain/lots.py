"""What a run gives back: lots made from the ones it took, and what becomes of a lot that is blocked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from backbone.errors import Invalid
from contracts.production import LotDisposed, LotInspected, ProducedLot
from contracts.recipes import RecipeOutput
from contracts.shapes import LotPart
from contracts.values import ZERO, CostVector, PropertyValue, Quantity
from production.domain.act import Outcome
from production.domain.costing import allocate
from production.domain.recipe import Content, SecondPersonNeeded
from production.domain.states import LOT, WrongState, moved

Disposition = Literal["release", "rework", "use-as-is", "scrap"]
# No run takes a lot in one of these, but the one that was decided on to rework it.
BAD: Final = frozenset({"blocked", "proposed", "scrapped"})
# No good output of the run that made it; what was decided on otherwise is.
NO_GOOD: Final = BAD | {"reworked"}
LEFT: Final = "its rework left some of it"
_BECOMES: Final = {
    "release": "released",
    "rework": "reworked",
    "use-as-is": "used-as-is",
    "scrap": "scrapped",
}


def produced(
    content: Content,
    good: Mapping[str, Quantity],
    consumed: Sequence[LotPart],
    cost: CostVector,
    outcomes: Sequence[Outcome],
    *,
    blocked: bool,
    new_id: Callable[[], str],
) -> tuple[ProducedLot, ...]:
    """One lot for each output that came out at all (`good` by item), made of all consumed lots.

    A congregation gives one product, a separation several that share the cost, a modification the same item with new
    properties on top of those it had. Measured properties replace the promised ones. The costs of the lots add up to
    `cost`, to the cent.
    """
    given = {outcome.sku: outcome for outcome in outcomes}
    real = [(output, good[output.sku]) for output in content.outputs if good.get(output.sku, ZERO) > ZERO]
    costs = allocate(cost, real, content.cost_rule, content.fixed_shares)
    parents = tuple(sorted({part.lot_id for part in consumed}))
    lots = []
    for (output, quantity), mine in zip(real, costs, strict=True):
        outcome = given.get(output.sku)
        properties = _properties(content, output, consumed, outcome)
        serials = outcome.serials if outcome is not None else ()
        part = LotPart(new_id(), output.sku, quantity, mine, properties, None, serials)
        lots.append(ProducedLot(part, output.role, blocked, parents))
    return tuple(lots)


def _properties(
    content: Content, output: RecipeOutput, consumed: Sequence[LotPart], outcome: Outcome | None
) -> tuple[PropertyValue, ...]:
    found: dict[tuple[str, str], PropertyValue] = {}
    if content.kind == "modification":
        found = common([part for part in consumed if part.sku == output.sku])
    for value in (*output.properties, *(outcome.properties if outcome else ())):
        found[value.name, value.scale] = value
    return tuple(found[key] for key in sorted(found))


def common(parts: Sequence[LotPart]) -> dict[tuple[str, str], PropertyValue]:
    """The properties that all parts agree on; where lots differ, nothing can be said of the mixture."""
    if not parts:
        return {}
    shared = set(parts[0].properties).intersection(*(part.properties for part in parts))
    return {(value.name, value.scale): value for value in shared}


@dataclass(frozen=True, slots=True)
class MadeLot:
    """A lot that a run made, as production keeps it; `proposed_by` waits for a second person."""

    lot_id: str
    run_id: str | None
    sku: str
    site_id: str
    quantity: Quantity
    state: str
    root_id: str | None
    proposed_by: str | None = None
    reason: str | None = None
    parents: tuple[str, ...] = ()
    version: int = 1

    @classmethod
    def of(cls, lot: ProducedLot, run_id: str, site_id: str, root_id: str | None) -> MadeLot:
        """A lot that a run has just made."""
        state = "blocked" if lot.blocked else "good"
        part = lot.part
        return cls(part.lot_id, run_id, part.sku, site_id, part.quantity, state, root_id, parents=lot.parents)

    def arrived(self, site_id: str, quantity: Quantity) -> MadeLot:
        """A lot of another site of ours arrived and is to be inspected; one that is being decided on stays as it is."""
        if "in-inspection" not in LOT[self.state]:
            return self
        return replace(
            self, state="in-inspection", site_id=site_id, quantity=quantity, version=self.version + 1
        )

    def returned(self, quantity: Quantity) -> MadeLot:
        """So much went back to its vendor; without a rest nobody has to inspect it any more."""
        if quantity < self.quantity:
            return replace(self, quantity=self.quantity - quantity, version=self.version + 1)
        if "returned" not in LOT[self.state]:
            return self
        return replace(self, state="returned", version=self.version + 1)

    def worked_on(self, *, left: bool, going: bool) -> MadeLot:
        """A run that was to put it right is over, and has `left` some of it; when no other is `going` on, what was left
        is decided on again.
        """
        left = left or self.reason == LEFT
        if self.state != "reworked" or not left:
            return self
        return replace(self, state="reworked" if going else "blocked", reason=LEFT, version=self.version + 1)

    def disposed(
        self, disposition: Disposition, reason: str, *, by: str, recipe_id: str | None = None
    ) -> tuple[MadeLot, LotDisposed | None]:
        """The decision about a blocked lot; to use it as it is takes two people, so the first one only proposes.

        Raises `WrongState` when it is not blocked (any more), `SecondPersonNeeded` when one person asks twice,
        `Invalid` for a rework without a recipe.
        """
        if (disposition == "rework") != (recipe_id is not None):
            raise Invalid("a rework, and nothing else, names its recipe", [("/recipe_id", "see disposition")])
        if not reason.strip():
            raise Invalid("say why", [("/reason", "may not be empty")])
        if disposition == "use-as-is" and self.state == "blocked":
            state = moved(LOT, self._name, self.state, "proposed")
            return replace(self, state=state, proposed_by=by, reason=reason, version=self.version + 1), None
        state = moved(LOT, self._name, self.state, _BECOMES[disposition])
        first, why = by, reason
        second = None
        if disposition == "use-as-is" and self.proposed_by is not None:
            if by == self.proposed_by:
                raise SecondPersonNeeded("a second person decides whether this lot is used as it is")
            first, second, why = self.proposed_by, by, self.reason or reason
        fact = LotDisposed(self.lot_id, self.sku, self.site_id, disposition, why, first, second, recipe_id)
        return replace(self, state=state, reason=why, version=self.version + 1), fact

    def inspected(
        self, properties: tuple[PropertyValue, ...], *, passed: bool
    ) -> tuple[MadeLot, LotInspected]:
        """A lot was measured: it is good, or blocked until somebody decides; raises `WrongState`.

        A lot that is blocked stays so, whatever a second measurement says: releasing it is a decision.
        """
        # Whoever judges vendors hears of an arrival by the absence of a run.
        run_id = None if self.state == "in-inspection" else self.run_id
        fact = LotInspected(self.lot_id, self.sku, run_id, passed, properties)
        state = "good" if passed else "blocked"
        if passed and self.state == "blocked":
            raise WrongState(f"{self._name} is blocked; it is released by a disposition")
        return replace(self, state=moved(LOT, self._name, self.state, state), version=self.version + 1), fact

    @property
    def _name(self) -> str:
        return f"lot {self.lot_id}"
