"""How items are planned at their sites: at once, or from a moment to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, answered, together
from materials import store
from materials.commands import ApplyParameters, SetParameters
from materials.domain.book import Book
from materials.domain.item import Item, LaterParameters, Parameters, Site
from materials.domain.safety import keep_safety, safety_id_of
from materials.handlers.deciding import decide_each

DUE: Final = "parameters"


@together
async def set_parameters(commands: Batch[SetParameters], tx: Tx) -> Sequence[Parameters | Refused]:
    """Set how items are planned, and keep their safety stock from now on; what is not defined is `NotFound`.

    What takes effect at a moment to come is checked now and waits.
    """
    items = await store.load_items(tx, (command.parameters.sku for command in commands))
    sites = await store.load_sites(tx, (command.parameters.site_id for command in commands))
    answers = [answered(partial(_agree, items, sites, command.parameters)) for command in commands]
    agreed = [
        (command, answer)
        for command, answer in zip(commands, answers, strict=True)
        if not isinstance(answer, Refused)
    ]
    later = [
        LaterParameters(answer.site_id, answer.sku, command.effective_at, answer)
        for command, answer in agreed
        if command.effective_at is not None and command.effective_at > tx.now
    ]
    await _wait(tx, later)
    now = [each for each in agreed if each[0].effective_at is None or each[0].effective_at <= tx.now]
    if now:
        await store.save_parameters(tx, (answer for _, answer in now))
        seeds = _seeds_of([answer for _, answer in now])
        await decide_each([command for command, _ in now], tx, [seeds], _keep)
    return answers


async def _wait(tx: Tx, later: Sequence[LaterParameters]) -> None:
    await store.save_later_parameters(tx, later)
    for each in later:
        at = each.effective_at
        tx.due(DUE, each.key, at, site_id=each.site_id, sku=each.sku, effective_at=at.isoformat())


def _agree(items: Mapping[str, Item], sites: Mapping[str, Site], told: Parameters) -> Parameters:
    item = items.get(told.sku)
    if item is None:
        raise NotFound(f"no item {told.sku}")
    if told.site_id not in sites:
        raise NotFound(f"no site {told.site_id}")
    return told.agreed(item.quantum_micro)


def _seeds_of(told: Sequence[Parameters]) -> store.Seeds:
    return store.Seeds(
        places={(each.site_id, each.sku) for each in told},
        demands={safety_id_of(each.site_id, each.sku) for each in told},
    )


def _keep(book: Book, command: SetParameters) -> None:
    keep_safety(book, command.parameters)


async def apply_parameters(commands: Batch[ApplyParameters], tx: Tx) -> Sequence[Parameters | Refused]:
    """The moment has come: items are planned by what was said before; what was said of a later one waits on."""
    keys = [(command.site_id, command.sku, command.effective_at) for command in commands]
    later = {each.key: each.parameters for each in await store.load_later_parameters(tx, keys)}
    told = [SetParameters(later[f"{site_id}/{sku}/{at.isoformat()}"]) for site_id, sku, at in keys]
    return await set_parameters.serve(tx.serve(Batch(told, list(commands.causes))), tx)
