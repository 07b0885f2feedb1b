"""The scenarios, by name."""

from typing import Final

from simulator.scenarios.computer import COMPUTER
from simulator.scenarios.diesel import DIESEL
from simulator.scenarios.scenario import Scenario
from simulator.scenarios.shaft import SHAFT

SCENARIOS: Final[dict[str, Scenario]] = {scenario.name: scenario for scenario in (SHAFT, DIESEL, COMPUTER)}
