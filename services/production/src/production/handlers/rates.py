"""What an hour at a work centre costs: said for a moment, taken back before it, told when it holds."""

from __future__ import annotations

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import DefineWorkCentre, SetRates, TellRates, WithdrawRates
from production.domain.plant import WorkCentre
from production.domain.rates import BEGINNING, DatedRates, coming, demand_currency, standing

RATES_HOLD = "rates-hold"


async def set_rates(commands: Batch[SetRates], tx: Tx) -> list[DatedRates]:
    """Say what an hour costs from a moment on, now or later; raises `NotFound`, `Invalid`."""
    answers = []
    for command in commands:
        name = command.work_centre_id
        await _held(tx, name)
        known = await store.load_rates(tx, name)
        said = DatedRates(
            name, 0, command.holds_from or tx.now, command.labour_rate_minor, command.machine_rate_minor,
            command.overhead_rate, command.by,
        )  # fmt: skip
        rates = said.numbered(known, tx.now)
        await store.add_rates(tx, rates)
        if rates.holds_from <= tx.now:
            await _tell(tx, command, name)
        _await_next(tx, name, [*known, rates])
        answers.append(rates)
    return answers


async def withdraw_rates(commands: Batch[WithdrawRates], tx: Tx) -> list[DatedRates]:
    """Take back rates that do not hold yet; raises `NotFound`, `RatesHold`."""
    answers = []
    for command in commands:
        name = command.work_centre_id
        await _held(tx, name)
        known = {each.rate_no: each for each in await store.load_rates(tx, name)}
        if command.rate_no not in known:
            raise NotFound(f"no rates {command.rate_no} of {name}")
        rates = known[command.rate_no].withdrawn(command.by, tx.now)
        known[command.rate_no] = rates
        await store.save_withdrawn(tx, rates)
        _await_next(tx, name, list(known.values()))
        answers.append(rates)
    return answers


async def tell_rates(commands: Batch[TellRates], tx: Tx) -> list[str]:
    """Others hear of the rates that hold from now on; the books have reckoned by them since their moment."""
    for command in commands:
        await store.lock_work_centre(tx, command.work_centre_id)
        await _tell(tx, command, command.work_centre_id)
        _await_next(tx, command.work_centre_id, await store.load_rates(tx, command.work_centre_id))
    return [command.work_centre_id for command in commands]


async def hold_rates(tx: Tx, command: DefineWorkCentre, was: WorkCentre | None) -> None:
    """The rates of a definition hold: from the beginning for a new work centre, else from now on. It is locked.

    Raises `RatesToCome` for another currency than that of rates that are said for later.
    """
    centre = command.centre
    known = await store.load_rates(tx, centre.work_centre_id)
    if was is not None:
        demand_currency(centre, was, known, tx.now)
    held = standing(known, tx.now)
    if held is not None and held.same(centre):
        return
    since = BEGINNING if held is None else tx.now
    rates = DatedRates.of(centre, since, command.by)
    await store.add_rates(tx, rates.numbered(known, since))


async def _held(tx: Tx, work_centre_id: str) -> None:
    if not await store.load_work_centres(tx, [work_centre_id]):
        raise NotFound(f"no work centre {work_centre_id}")
    await store.lock_work_centre(tx, work_centre_id)


async def _tell(tx: Tx, command: SetRates | TellRates, work_centre_id: str) -> None:
    centre: WorkCentre = (await store.load_work_centres(tx, [work_centre_id]))[work_centre_id]
    tx.emit(centre.told(), because=command)
    await store.save_work_centre(tx, centre)


def _await_next(tx: Tx, work_centre_id: str, known: list[DatedRates]) -> None:
    at = coming(known, tx.now)
    if at is None:
        tx.not_due(RATES_HOLD, work_centre_id)
    else:
        tx.due(RATES_HOLD, work_centre_id, at)
