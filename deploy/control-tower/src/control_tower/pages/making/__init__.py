"""Pages about making: runs, the terminal, proposals, quality, work centres, costs, periods and recipes."""

from __future__ import annotations

from fastapi import APIRouter

from control_tower.gateways import Neighbours
from control_tower.pages.making.centres import WorkCentres
from control_tower.pages.making.costs import Costs
from control_tower.pages.making.crews import Crews
from control_tower.pages.making.editor import RecipeEditor
from control_tower.pages.making.periods import Periods
from control_tower.pages.making.proposals import Proposals
from control_tower.pages.making.quality import Quality
from control_tower.pages.making.recipes import Recipes
from control_tower.pages.making.runs import Runs
from control_tower.pages.making.terminal import Terminal


def routers(neighbours: Neighbours) -> tuple[APIRouter, ...]:
    """All of them; what they show and do is production's."""
    pages = (Runs, Terminal, Proposals, Quality, WorkCentres, Crews, Costs, Periods, RecipeEditor, Recipes)
    return tuple(one(neighbours).router for one in pages)
