"""How an order's goods are transformed: purchases and lots into runs, runs into lots, lots to order lines."""

from __future__ import annotations

from collections.abc import Sequence

from control_tower.domain.flow.done import DONE, settle
from control_tower.domain.flow.planned import PLANNED, join_pegs, join_unmodified
from control_tower.domain.flow.tree import NODES_COUNT_MAX, Edge, Flow, Node, rank
from control_tower.domain.heard import Heard, in_order

__all__ = ["NODES_COUNT_MAX", "Edge", "Flow", "Node", "flow_of"]


def flow_of(heard: Sequence[Heard]) -> Flow:
    """The flow that facts of one order tell, in whatever order they are given; planned where nothing happened yet."""
    flow = Flow()
    facts = [one.fact for one in in_order(heard)]
    for stage, join in ((PLANNED, (join_pegs, join_unmodified)), (DONE, (settle,))):
        for fact in facts:
            step = stage.get(type(fact).__name__)
            if step is not None and len(flow.nodes) < NODES_COUNT_MAX:
                step(flow, fact)
            elif step is not None:
                flow.cut = True
        for settled in join:
            settled(flow)
    rank(flow)
    return flow
