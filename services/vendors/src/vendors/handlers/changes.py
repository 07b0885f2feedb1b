"""Less of what was asked of vendors: kept possible, carried out or let go; and what planners want of purchases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from contracts.values import ZERO, Quantity
from vendors import store
from vendors.commands import AnswerProbe, FollowChange, FollowWish
from vendors.domain import changing, enlarging
from vendors.domain.calendar import EVERY_DAY, WorkingDays
from vendors.domain.changing import Bought, Loss, Probe
from vendors.domain.policy import Policy
from vendors.domain.price import Rates
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.sourcing import Sourcing
from vendors.domain.terms import Terms
from vendors.handlers.market import Asked, ask_next, market_of, refuse, save_asked, tell, withdraw_rfqs


@dataclass(slots=True)
class _Purchases:
    """The purchases of planned orders, locked, with the terms behind them."""

    sourcings: dict[str, Sourcing]
    orders: dict[str, PurchaseOrder]
    terms: dict[str, Terms]
    calendars: dict[str, WorkingDays]
    rates: Rates
    policy: Policy

    def bought(self, planned_order_id: str) -> Bought | None:
        """A purchase as it stands; None for what was never asked of vendors."""
        sourcing = self.sourcings.get(planned_order_id)
        if sourcing is None:
            return None
        order = self.orders.get(planned_order_id)
        terms = None if order is None else self.terms.get(order.terms_id or "")
        days = EVERY_DAY if terms is None else self.calendars.get(terms.calendar_id or "", EVERY_DAY)
        return Bought(sourcing, order, terms, days)

    def lessen(
        self, tx: Tx, because: object, key: str, found: Loss, why: str, change_id: str | None = None
    ) -> None:
        """Buy only so much from now on; what nobody was asked for yet is asked for in that quantity."""
        order = self.orders.get(key)
        if order is not None:
            self.orders[key], facts = changing.lessened(order, found, why, change_id)
            tell(tx, because, self.orders[key], facts)
            if self.orders[key].closed and not order.closed:
                self.sourcings[key] = refuse(tx, because, self.sourcings[key].reopened(), why)
        elif found.quantity > ZERO:
            self.sourcings[key] = replace(self.sourcings[key], quantity=found.quantity)

    def enlarge(self, tx: Tx, because: object, key: str, wanted: Quantity) -> str | None:
        """Ask for so much from now on; the answer is why that cannot be."""
        purchase = self.bought(key)
        if purchase is None:
            return None
        refused = enlarging.refused_more(purchase, wanted, self.policy, self.rates)
        if refused is None and purchase.order is not None and purchase.line is not None:
            quantity = enlarging.lot_of(purchase, wanted)
            self.orders[key], told = enlarging.enlarged(purchase.order, purchase.line, quantity)
            self.sourcings[key] = replace(purchase.sourcing, quantity=quantity)
            tell(tx, because, self.orders[key], [told])
        return refused

    async def save(self, tx: Tx) -> None:
        """Write sourcings and orders back."""
        await store.save_sourcings(tx, list(self.sourcings.values()))
        await store.save_purchase_orders(tx, list(self.orders.values()))


async def _purchases(tx: Tx, planned_order_ids: Iterable[str]) -> _Purchases:
    keys = sorted(set(planned_order_ids))
    sourcings = await store.lock_sourcings(tx, keys)
    live = await store.load_live_of(tx, keys)
    orders = await store.lock_purchase_orders(tx, live.values())
    terms = await store.load_terms(
        tx, (order.terms_id for order in orders.values() if order.terms_id is not None)
    )
    calendars = await store.load_calendars(tx, (each.calendar_id for each in terms.values()))
    policy = await store.load_policy(tx)
    rates = await store.load_rates(tx, policy.currency)
    return _Purchases(
        sourcings, {key: orders[order_id] for key, order_id in live.items()}, terms, calendars, rates, policy
    )


async def answer_probe(commands: Batch[AnswerProbe], tx: Tx) -> list[Probe]:
    """Say what less of purchases would cost; asked again, the same answer is given. Raises `NotYet`."""
    probes = [command.probe for command in commands]
    known = await store.lock_probes(tx, (each.change_id for each in probes))
    bought = await _purchases(tx, (each.planned_order_id for each in probes))
    answers = []
    for command, ask in zip(commands, probes, strict=True):
        purchase = bought.bought(ask.planned_order_id)
        if purchase is None:
            raise NotYet(ask.planned_order_id)
        kept = known.setdefault(ask.change_id, {})
        tombstone = kept.get("")
        probe = kept.get(ask.planned_order_id)
        if probe is None and tombstone is not None:
            probe = replace(tombstone, planned_order_id=ask.planned_order_id)
        if probe is None:
            probe = changing.answered(ask, purchase, bought.rates, tx.now)
        kept[ask.planned_order_id] = probe
        tx.emit(probe.told(), because=command, correlation=purchase.sourcing.correlation_id)
        answers.append(probe)
    await bought.save(tx)
    await store.save_probes(tx, answers)
    return answers


async def follow_change(commands: Batch[FollowChange], tx: Tx) -> list[None]:
    """Customers have decided: what is kept for their changes is carried out, or let go."""
    known = await store.lock_probes(tx, (command.change_id for command in commands))
    bought = await _purchases(tx, (key for probes in known.values() for key in probes if key))
    written: list[Probe] = []
    for command in commands:
        probes = known.get(command.change_id, {})
        if not command.committed:
            written += changing.withdrawn(command.change_id, probes, tx.now)
            continue
        for key, probe in probes.items():
            if probe.state == "held":
                bought.lessen(tx, command, key, probe.loss, changing.LESS_WANTED, command.change_id)
                written.append(replace(probe, state="done"))
    await bought.save(tx)
    await store.save_probes(tx, written)
    return [None] * len(commands)


async def follow_wish(commands: Batch[FollowWish], tx: Tx) -> list[None]:
    """Planners want purchases sooner, later, larger or not at all: vendors are asked, or planners hear why not."""
    bought = await _purchases(tx, (command.wish.planned_order_id for command in commands))
    await save_asked(tx, await _ask_again(commands, tx, bought))
    given_up: dict[str, tuple[object, str]] = {}
    for command in commands:
        purchase = bought.bought(command.wish.planned_order_id)
        # A wish about a run is answered by production, whoever does its work.
        if purchase is None or purchase.sourcing.run_id is not None:
            continue
        if command.wish.kind == "cancel" and purchase.sourcing.unserved:
            # Whoever asked waits for a word that nothing comes, and a late quotation must not win.
            key = purchase.sourcing.planned_order_id
            bought.sourcings[key] = refuse(tx, command, purchase.sourcing, changing.PLANNER_CANCELS)
            given_up[key] = command, changing.PLANNER_CANCELS
            continue
        reason = _wished(tx, command, bought, purchase)
        if reason is not None:
            told = changing.refused_wish(command.wish, reason)
            tx.emit(told, because=command, correlation=purchase.sourcing.correlation_id)
    await withdraw_rfqs(tx, given_up)
    await bought.save(tx)
    return [None] * len(commands)


async def _ask_again(commands: Batch[FollowWish], tx: Tx, bought: _Purchases) -> list[Asked]:
    """What nobody would supply, and is wanted as soon as can be, is asked of everybody again; it leaves `bought`."""
    wanted = {
        key: command
        for command in commands
        if command.wish.kind == "expedite"
        and (purchase := bought.bought(key := command.wish.planned_order_id)) is not None
        and purchase.sourcing.unserved
    }
    if not wanted:
        return []
    refused = {key: bought.sourcings.pop(key) for key in wanted}
    market = await market_of(tx, [(each.sku, each.site_id) for each in refused.values()])
    return [
        ask_next(
            tx, command, refused[key].once_more(command.wish.wanted_at or refused[key].needed_at), market
        )
        for key, command in wanted.items()
    ]


def _wished(tx: Tx, command: FollowWish, bought: _Purchases, purchase: Bought) -> str | None:
    wish, order, line = command.wish, purchase.order, purchase.line
    if wish.kind in {"cancel", "decrease"}:
        quantity = ZERO if wish.kind == "cancel" else wish.quantity
        found = changing.loss(purchase, quantity, bought.rates, tx.now)
        if found.refused is None:
            bought.lessen(tx, command, wish.planned_order_id, found, changing.PLANNER_CANCELS)
        return found.refused
    if wish.kind == "increase":
        return bought.enlarge(tx, command, wish.planned_order_id, wish.quantity)
    if wish.kind not in {"expedite", "defer"} or wish.wanted_at is None:
        return None
    if order is None or line is None:
        return changing.nobody_asked(purchase.sourcing)
    bought.orders[wish.planned_order_id] = order.put(changing.redated(line, wish.wanted_at))
    return None
