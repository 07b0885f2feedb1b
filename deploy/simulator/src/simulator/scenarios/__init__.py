"""The scenarios, by name: orders that go well, and shifts in which something goes wrong."""

from typing import Final

from simulator.scenarios.computer import COMPUTER
from simulator.scenarios.diesel import DIESEL
from simulator.scenarios.heat_treatment import HEAT_TREATMENT
from simulator.scenarios.refinery import REFINERY
from simulator.scenarios.scenario import Scenario
from simulator.scenarios.shaft import SHAFT

SCENARIOS: Final[dict[str, Scenario]] = {scenario.name: scenario for scenario in (SHAFT, DIESEL, COMPUTER)}
SHIFTS: Final[dict[str, Scenario]] = {scenario.name: scenario for scenario in (HEAT_TREATMENT, REFINERY)}
