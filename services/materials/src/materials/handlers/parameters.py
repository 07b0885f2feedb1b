"""How items are planned at their sites: at once, or from a moment to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, answered, together
from materials import store
from materials.commands import ApplyParameters, SetParameters
from materials.domain.book import Book
from materials.domain.conclusion import plan_open
from materials.domain.item import Item, LaterParameters, MasterIsIncomplete, Parameters, Site
from materials.domain.network import Place, TransfersGoRound, way_round
from materials.domain.safety import keep_safety, safety_id_of
from materials.handlers.deciding import decide_each
from materials.handlers.leads import look_at_places

DUE: Final = "parameters"


@together
async def set_parameters(commands: Batch[SetParameters], tx: Tx) -> Sequence[Parameters | Refused]:
    """Set how items are planned, and keep their safety stock from now on; what is not defined is `NotFound`.

    What nothing could supply before is planned now. What takes effect at a moment to come is checked now and waits.
    """
    items = await store.load_items(tx, (command.parameters.sku for command in commands))
    named = {each for command in commands for each in _sites_of(command.parameters)}
    # Two that would make a way round together wait for each other.
    await store.lock_sites(tx, named)
    known = _Known(
        items,
        await store.load_sites(tx, named),
        await store.load_transfers(tx, (command.parameters.sku for command in commands)),
        await store.load_waiting_parameters(tx, (command.parameters.sku for command in commands)),
    )
    answers = [answered(partial(known.agree, command, tx.now)) for command in commands]
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
        await look_at_places(tx, seeds.places)
    return answers


async def _wait(tx: Tx, later: Sequence[LaterParameters]) -> None:
    await store.save_later_parameters(tx, later)
    for each in later:
        at = each.effective_at
        tx.due(DUE, each.key, at, site_id=each.site_id, sku=each.sku, effective_at=at.isoformat())


def _sites_of(told: Parameters) -> tuple[str, ...]:
    return (told.site_id,) if told.from_site_id is None else (told.site_id, told.from_site_id)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is defined, and which site an item is transferred from to each other one, now and as was said for later."""

    items: Mapping[str, Item]
    sites: Mapping[str, Site]
    transfers: dict[Place, str]
    waiting: list[LaterParameters]

    def agree(self, command: SetParameters, now: datetime) -> Parameters:
        """How the item is planned; raises `NotFound`, `TransfersGoRound` and what `Parameters.agreed` does."""
        told = command.parameters
        item = self.items.get(told.sku)
        if item is None:
            raise NotFound(f"no item {told.sku}")
        for site_id in _sites_of(told):
            if site_id not in self.sites:
                raise NotFound(f"no site {site_id}")
        agreed, here = told.agreed(item.quantum_micro), (told.site_id, told.sku)
        if told.from_site_id is not None:
            self._demand_inside(told.site_id, told.from_site_id)
            self._demand_beginning(LaterParameters(*here, command.effective_at or now, told))
        if command.effective_at is None or command.effective_at <= now:
            self.transfers.pop(here, None)
            if told.from_site_id is not None:
                self.transfers[here] = told.from_site_id
        else:
            self.waiting.append(LaterParameters(*here, command.effective_at, told))
        return agreed

    def _demand_beginning(self, new: LaterParameters) -> None:
        """Raise `TransfersGoRound` unless what it says has a beginning, from its moment on and at each later one."""
        said = sorted([*self.waiting, new], key=lambda each: each.effective_at)
        for at in sorted({each.effective_at for each in said if each.effective_at >= new.effective_at}):
            then = {
                (each.site_id, each.sku): each.parameters.from_site_id
                for each in said
                if each.effective_at <= at
            }
            path = self._way(new, then)
            if path:
                raise TransfersGoRound(
                    f"{new.sku} would go round from {at:%Y-%m-%d} on: {' from '.join(path)}",
                    [("/from_site_id", "goes round")],
                )

    def _way(self, new: LaterParameters, then: Mapping[Place, str | None]) -> tuple[str, ...]:
        return way_round(new.site_id, new.sku, lambda place: then.get(place, self.transfers.get(place)))

    def _demand_inside(self, site_id: str, from_site_id: str) -> None:
        """Between two legal entities goods are bought."""
        here, there = self.sites[site_id].legal_entity, self.sites[from_site_id].legal_entity
        if here != there:
            raise MasterIsIncomplete(
                f"{site_id} is of {here}, {from_site_id} of {there}: what comes from another company is bought",
                [("/from_site_id", "of another legal entity")],
            )


def _seeds_of(told: Sequence[Parameters]) -> store.Seeds:
    return store.Seeds(
        places={(each.site_id, each.sku) for each in told},
        demands={safety_id_of(each.site_id, each.sku) for each in told},
    )


def _keep(book: Book, command: SetParameters) -> None:
    told = command.parameters
    keep_safety(book, told)
    plan_open(book, (told.site_id, told.sku))


async def apply_parameters(commands: Batch[ApplyParameters], tx: Tx) -> Sequence[Parameters | Refused]:
    """The moment has come: items are planned by what was said before; what was said of a later one waits on."""
    keys = [(command.site_id, command.sku, command.effective_at) for command in commands]
    later = {each.key: each.parameters for each in await store.load_later_parameters(tx, keys)}
    told = [SetParameters(later[f"{site_id}/{sku}/{at.isoformat()}"]) for site_id, sku, at in keys]
    return await set_parameters.serve(tx.serve(Batch(told, list(commands.causes))), tx)
