"""The scenarios, by name: orders that go well, and shifts and weeks in which something goes wrong."""

from typing import Final

from simulator.scenarios.assembly import ASSEMBLY
from simulator.scenarios.computer import COMPUTER
from simulator.scenarios.contract_hardening import CONTRACT_HARDENING
from simulator.scenarios.diesel import DIESEL
from simulator.scenarios.heat_treatment import HEAT_TREATMENT
from simulator.scenarios.planner import PLANNER_WEEK
from simulator.scenarios.refinery import REFINERY
from simulator.scenarios.scenario import Scenario
from simulator.scenarios.shaft import SHAFT

SCENARIOS: Final[dict[str, Scenario]] = {scenario.name: scenario for scenario in (SHAFT, DIESEL, COMPUTER)}
SHIFTS: Final[dict[str, Scenario]] = {
    scenario.name: scenario
    for scenario in (REFINERY, HEAT_TREATMENT, CONTRACT_HARDENING, ASSEMBLY, PLANNER_WEEK)
}
