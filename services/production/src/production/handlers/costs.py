"""What items should cost: prices are set, and rolled up through all recipes of a site."""

from __future__ import annotations

from backbone.errors import Refusal
from backbone.service import Batch, Tx
from production import store
from production.commands import RollUpCosts, SetStandardPrices
from production.domain.standard import RECIPES_COUNT_MAX, RollUp, StandardPrice, roll_up


class TooManyRecipes(Refusal):
    """A site has more recipes in force than are rolled up at once."""


async def set_standard_prices(commands: Batch[SetStandardPrices], tx: Tx) -> list[tuple[StandardPrice, ...]]:
    """Keep what bought items should cost; of one item at one site the last word counts."""
    for command in commands:
        await store.save_standard_prices(tx, command.site_id, command.prices)
    return [command.prices for command in commands]


async def roll_up_costs(commands: Batch[RollUpCosts], tx: Tx) -> list[RollUp]:
    """Reckon and keep the standard costs of sites; what an earlier roll-up found stays as it is."""
    answers = []
    for command in commands:
        recipes = await store.load_in_force(tx, command.site_id, tx.now)
        if len(recipes) > RECIPES_COUNT_MAX:
            raise TooManyRecipes(f"a roll-up takes {RECIPES_COUNT_MAX} recipes, {command.site_id} has more")
        centres = await store.load_work_centres(
            tx, (step.work_centre_id for recipe in recipes for step in recipe.content.operations)
        )
        prices = await store.load_standard_prices(tx, command.site_id)
        standards = roll_up(prices, recipes, centres, command.currency)
        rolled = RollUp(tx.new_id(), command.site_id, tx.now, command.by, standards)
        await store.add_roll_up(tx, rolled)
        answers.append(rolled)
    return answers
