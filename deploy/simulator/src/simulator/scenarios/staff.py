"""The staff who put masters in."""

from __future__ import annotations

from typing import Final

from simulator.doors import Person

PLANNER: Final = Person("planner", "paula")
BUYER: Final = Person("buyer", "bruno")
SALES: Final = Person("sales", "sam")
ENGINEER: Final = Person("planner", "erik")
APPROVER: Final = Person("approver", "ava")
DISPATCHER: Final = Person("dispatcher", "dora")
WAREHOUSE: Final = Person("warehouse", "wanda")
QUALITY: Final = Person("quality", "quinn")
