"""Masters are read once for as long as none is changed, and anew after every change."""

from __future__ import annotations

import pytest

from backbone.service import Batch, Tx
from materials import commands
from materials.domain.item import Item
from materials.store.network import load_masters, load_places
from services.materials.tests.stage import Stage

BOLT = ("plant-1", "bolt")


async def titles(commands: Batch[str], tx: Tx) -> list[tuple[int, str]]:
    """How many places are remembered, and then what the bolt is called."""
    masters = await load_masters(tx)
    known = len(masters.places)
    await load_places(tx, masters, [BOLT])
    return [(known, masters.items["bolt"].title)] * len(commands)


class Undone(Exception):
    """A change that does not come to be."""


async def rename_and_fail(commands: Batch[str], tx: Tx) -> list[None]:
    """Call the bolt something else, see that, and fail."""
    from materials import store

    await store.save_items(tx, [Item("bolt", commands[0], "piece", 1_000_000)])
    assert await titles(commands, tx) == [(0, commands[0])]
    raise Undone


async def test_what_was_read_once_is_remembered_until_a_master_changes(stage: Stage) -> None:
    await stage.opened("bolt")
    assert await stage.host.do(titles, "") == (0, "bolt")
    assert await stage.host.do(titles, "") == (1, "bolt")
    await stage.do(commands.DefineItem(Item("bolt", "Bolt M8", "piece", 1_000_000)))
    assert await stage.host.do(titles, "") == (0, "Bolt M8")


async def test_a_change_that_is_taken_back_was_seen_by_its_own_transaction_alone(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.host.do(titles, "")
    with pytest.raises(Undone):
        await stage.host.do(rename_and_fail, "nail")
    assert await stage.host.do(titles, "") == (1, "bolt")
