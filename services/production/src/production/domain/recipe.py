"""Recipes: drafted, reviewed and approved by a second person; a run keeps the version that it was planned with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import prod
from typing import Final

from backbone.errors import Invalid, Pointer, Refusal
from contracts.production import RecipeApproved, RecipeRetired
from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.shapes import RecipeKind
from contracts.values import MICRO, NAME_CHARS_MAX, ZERO, Quantity
from production.domain.costing import SHARE_WHOLE, CostRule, FixedShare
from production.domain.outside import wrong_outside
from production.domain.plant import RATE_MINOR_MAX, WorkCentre
from production.domain.routing import places_of, wrong_ends, wrong_places, wrong_routing
from production.domain.states import RECIPE, WrongState, moved

PARTS_COUNT_MAX: Final = 100
LEAD_DAYS_MAX: Final = 366
# Hundredths of a per cent: how much more of a product than planned may come.
POINTS_WHOLE: Final = 10_000
OVER_POINTS_USUAL: Final = 1_000
NUMBER_MAX: Final = 1_000_000
PEOPLE_COUNT_MAX: Final = 1_000
MINUTES_MAX: Final = Quantity(100_000)
ONE_RUN: Final = Quantity(1)
BEARING: Final = frozenset({"main", "co-product"})


class WrittenByAnother(Refusal):
    """A draft belongs to its author."""


class SecondPersonNeeded(Refusal):
    """Whoever wrote something does not approve it, too."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a version of a recipe says: what goes in, what comes out, how, when, and who bears its cost."""

    kind: RecipeKind
    title: str
    site_id: str
    inputs: tuple[RecipeInput, ...]
    outputs: tuple[RecipeOutput, ...]
    operations: tuple[Operation, ...]
    effective_from: datetime
    effective_to: datetime | None
    lead_days: int
    cost_rule: CostRule = "physical-measure"
    fixed_shares: tuple[FixedShare, ...] = ()
    phantom: bool = False
    over_points: int = OVER_POINTS_USUAL
    # In the standard cost, setup is borne by so many runs.
    costing_runs: Quantity = ONE_RUN
    # So much less than planned may come before somebody has to say why.
    under_points: int = POINTS_WHOLE

    def usable(self, at: datetime) -> bool:
        """Whether a run that begins at that moment may use it."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)

    def wrong(self) -> list[Pointer]:
        """Everything that keeps this from ever being run, each with its place in the body."""
        found = [*self._wrong_parts(), *self._wrong_outputs(), *self._wrong_operations()]
        skus = {each.sku for each in self.inputs} | {each.sku for each in self.outputs}
        found += wrong_outside(self.operations, skus, self.lead_days)
        found += wrong_places(self.outputs, self.operations)
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            found.append(("/effective_to", "a recipe ends after it begins"))
        for name in ("over_points", "under_points"):
            if not 0 <= getattr(self, name) <= POINTS_WHOLE:
                found.append((f"/{name}", f"0 to {POINTS_WHOLE} hundredths of a per cent"))
        if not 0 <= self.lead_days <= LEAD_DAYS_MAX:
            found.append(("/lead_days", f"0 to {LEAD_DAYS_MAX} working days"))
        if self.costing_runs <= ZERO:
            found.append(("/costing_runs", "setup is borne by more than no run"))
        found += self._wrong_shares()
        return found or self._wrong_yields()

    def _wrong_yields(self) -> list[Pointer]:
        """Outputs of which the losses of all operations leave nothing."""
        left = prod(step.operation_yield.micro for step in self.operations)
        return [
            (f"/outputs/{place}/quantity", "nothing of it is left after all operations")
            for place, output in enumerate(self.outputs)
            if output.quantity.micro * left < MICRO ** len(self.operations)
        ]

    def _wrong_shares(self) -> list[Pointer]:
        """Numbers of the cost rule: every main and co-product has one, and they can share a cost at all."""
        bearing = {output.sku: output for output in self.outputs if output.role in BEARING}
        shares = {share.sku: share.points for share in self.fixed_shares}
        if self.cost_rule in {"physical-measure", "sales-value"}:
            return [("/fixed_shares", "this rule has none")] if shares else []
        if set(shares) != set(bearing) or len(shares) != len(self.fixed_shares):
            return [("/fixed_shares", "each main and co-product has one number")]
        if not all(0 <= points <= RATE_MINOR_MAX for points in shares.values()):
            return [("/fixed_shares", f"numbers are 0 to {RATE_MINOR_MAX}")]
        if self.cost_rule == "fixed" and sum(shares.values()) != SHARE_WHOLE:
            return [("/fixed_shares", f"shares add up to {SHARE_WHOLE}")]
        if self.cost_rule == "equivalence" and not all(shares.values()):
            return [("/fixed_shares", "an equivalence number is above zero")]
        if self.cost_rule == "net-realisable-value" and not any(
            bearing[sku].split_off_price_minor > points for sku, points in shares.items()
        ):
            return [("/outputs", "a price above the cost to finish the product")]
        return []

    def misplaced(self, centres: Mapping[str, WorkCentre]) -> list[Pointer]:
        """Operations that cannot be done where the recipe says: no such work centre there, or another currency."""
        found = []
        currency = None
        for place, operation in enumerate(self.operations):
            for where, work_centre_id in places_of(operation, f"/operations/{place}"):
                centre = centres.get(work_centre_id)
                if centre is None or centre.site_id != self.site_id:
                    found.append((where, f"no work centre of {self.site_id}"))
                elif centre.currency != (currency := currency or centre.currency):
                    found.append((where, f"its rates are in {centre.currency}, not in {currency}"))
        return found

    def _wrong_parts(self) -> list[Pointer]:
        found = []
        if not self.title.strip() or len(self.title) > NAME_CHARS_MAX:
            found.append(("/title", f"1 to {NAME_CHARS_MAX} characters"))
        for name, skus in (
            ("inputs", [p.sku for p in self.inputs]),
            ("outputs", [p.sku for p in self.outputs]),
        ):
            if any(not sku.strip() or len(sku) > NAME_CHARS_MAX for sku in skus):
                found.append((f"/{name}", f"an item has a name of 1 to {NAME_CHARS_MAX} characters"))
        amounts = {
            "inputs": [part.quantity for part in self.inputs],
            "outputs": [part.quantity for part in self.outputs],
        }
        for name, quantities in amounts.items():
            if not 1 <= len(quantities) <= PARTS_COUNT_MAX:
                found.append((f"/{name}", f"a recipe has 1 to {PARTS_COUNT_MAX} {name}"))
            for place, quantity in enumerate(quantities):
                if quantity <= ZERO:
                    found.append((f"/{name}/{place}/quantity", "a quantity is above zero"))
        numbers = {operation.operation_no for operation in self.operations}
        for place, part in enumerate(self.inputs):
            if part.operation_no not in numbers:
                found.append((f"/inputs/{place}/operation_no", "names an operation of this recipe"))
        return found

    def _wrong_outputs(self) -> list[Pointer]:
        found = []
        bearing = [output for output in self.outputs if output.role in BEARING]
        if len({output.sku for output in self.outputs}) != len(self.outputs):
            found.append(("/outputs", "each item comes out once"))
        if any(not 0 <= output.split_off_price_minor <= RATE_MINOR_MAX for output in self.outputs):
            found.append(("/outputs", f"a price at split-off is 0 to {RATE_MINOR_MAX} minor units"))
        if not bearing:
            found.append(("/outputs", "a main or co-product has to bear the cost"))
        if self.cost_rule == "sales-value" and bearing and not any(o.split_off_price_minor for o in bearing):
            found.append(("/outputs", "sales value at split-off needs prices"))
        if self.kind == "congregation" and len(bearing) != 1:
            found.append(("/outputs", "a congregation makes one product of many"))
        if self.kind == "separation" and len(self.outputs) < 2:
            found.append(("/outputs", "a separation makes several products of one"))
        if self.kind == "modification" and not self._modifies(bearing):
            found.append(("/outputs", "a modification gives one of its inputs new properties"))
        return found

    def _modifies(self, bearing: list[RecipeOutput]) -> bool:
        taken = {part.sku for part in self.inputs}
        return len(bearing) == 1 and bearing[0].sku in taken and bool(bearing[0].properties)

    def _wrong_operations(self) -> list[Pointer]:
        found = []
        numbers = [operation.operation_no for operation in self.operations]
        if not 1 <= len(numbers) <= PARTS_COUNT_MAX or numbers != sorted(set(numbers)):
            found.append(("/operations", "a recipe has operations in the order of their numbers"))
        for place, operation in enumerate(self.operations):
            at = f"/operations/{place}"
            if not 0 < operation.operation_no <= NUMBER_MAX or not 0 <= operation.people <= PEOPLE_COUNT_MAX:
                found.append((at, f"numbers are 1 to {NUMBER_MAX}, people 0 to {PEOPLE_COUNT_MAX}"))
            if not all(
                ZERO <= each <= MINUTES_MAX for each in (operation.setup_minutes, operation.run_minutes)
            ):
                found.append((at, f"minutes are 0 to {MINUTES_MAX}"))
            if operation.operation_yield <= ZERO or operation.operation_yield.decimal > 1:
                found.append((f"{at}/operation_yield", "a yield is above 0 and at most 1"))
            found += wrong_routing(operation, numbers[:place], at)
            names = [limit.name for limit in operation.parameters]
            if len(set(names)) != len(names):
                found.append((f"{at}/parameters", "each parameter is named once"))
            if any(not p.minimum <= p.target <= p.maximum for p in operation.parameters):
                found.append((f"{at}/parameters", "a target lies between its limits"))
        return found or wrong_ends(self.operations)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One version of a recipe on its way from draft to retired; `version` counts every change of the recipe's row."""

    recipe_id: str
    recipe_version: int
    content: Content
    state: str
    author: str
    approver: str | None = None
    version: int = 0

    @classmethod
    def drafted(
        cls,
        recipe_id: str,
        recipe_version: int,
        content: Content,
        *,
        author: str,
        centres: Mapping[str, WorkCentre] | None = None,
    ) -> Recipe:
        """A new draft; raises `Invalid` for one that could never be run (at `centres`, where these are given)."""
        wrong = content.wrong() + ([] if centres is None else content.misplaced(centres))
        if wrong:
            raise Invalid("the recipe cannot be drafted as it stands", wrong)
        return cls(recipe_id, recipe_version, content, "draft", author)

    def rewritten(self, content: Content, centres: Mapping[str, WorkCentre], *, by: str) -> Recipe:
        """The draft with other content, by its author alone, so that whoever approves it has written none of it."""
        if self.state != "draft":
            raise WrongState(f"{self._name} is {self.state}; a draft can be rewritten")
        if by != self.author:
            raise WrittenByAnother("a draft is rewritten by its author; anybody may draft the next version")
        drafted = Recipe.drafted(self.recipe_id, self.recipe_version, content, author=by, centres=centres)
        return replace(drafted, version=self.version)

    def rejected(self, *, by: str) -> Recipe:
        """The second person wants it changed; raises `SecondPersonNeeded` when it is the author."""
        state = moved(RECIPE, self._name, self.state, "draft")
        if by == self.author:
            raise SecondPersonNeeded("the author of a recipe does not judge it")
        return replace(self, state=state)

    def submitted(self) -> Recipe:
        """The draft is ready to be read by a second person."""
        return replace(self, state=moved(RECIPE, self._name, self.state, "in-review"))

    def approved(self, *, by: str) -> Recipe:
        """A second person approves; raises `SecondPersonNeeded` when it is the author."""
        state = moved(RECIPE, self._name, self.state, "approved")
        if by == self.author:
            raise SecondPersonNeeded("the author of a recipe does not approve it")
        return replace(self, state=state, approver=by)

    def unfit(self, site_id: str, at: datetime) -> str | None:
        """Why a run at a site cannot begin by it at that moment; None when it can."""
        if self.state != "approved":
            return f"{self._name} is {self.state}"
        if self.content.phantom:
            return f"{self._name} is a phantom: it is part of others and never runs by itself"
        if self.content.site_id != site_id:
            return f"{self._name} is run at {self.content.site_id}"
        if not self.content.usable(at):
            return f"{self._name} is not in force on {at:%Y-%m-%d}"
        return None

    def retired(self) -> tuple[Recipe, RecipeRetired]:
        """No new run uses this version; runs that have it keep it."""
        state = moved(RECIPE, self._name, self.state, "retired")
        return replace(self, state=state), RecipeRetired(self.recipe_id, self.recipe_version)

    def told(self) -> RecipeApproved:
        """The fact of its approval."""
        if self.approver is None:
            raise SecondPersonNeeded("nobody has approved this recipe yet")
        said = self.content
        return RecipeApproved(
            self.recipe_id,
            self.recipe_version,
            said.kind,
            said.title,
            said.site_id,
            said.inputs,
            said.outputs,
            said.operations,
            said.effective_from,
            said.effective_to,
            self.author,
            self.approver,
            said.lead_days,
            said.phantom,
        )

    @property
    def _name(self) -> str:
        return f"recipe {self.recipe_id} version {self.recipe_version}"
