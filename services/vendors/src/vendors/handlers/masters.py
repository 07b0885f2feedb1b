"""Vendors and terms are taken up and end; what others own is copied; how we buy is set."""

from __future__ import annotations

from dataclasses import replace

from backbone.errors import NotFound, Stale
from backbone.service import Batch, Tx
from vendors import store
from vendors.commands import (
    ChangeVendor,
    ExpireTerms,
    KnowCalendar,
    KnowItem,
    KnowSite,
    PublishTerms,
    RegisterVendor,
    SetPolicy,
    SetRate,
    TakeObservedLead,
    WithdrawTerms,
)
from vendors.domain.calendar import EVERY_DAY
from vendors.domain.lead import followed
from vendors.domain.policy import Policy
from vendors.domain.price import rate_micro
from vendors.domain.receipt import whole
from vendors.domain.score import next_week
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor


async def know_item(commands: Batch[KnowItem], tx: Tx) -> list[None]:
    """Keep what materials says of items."""
    await store.save_items(tx, [command.item for command in commands])
    return [None] * len(commands)


async def know_site(commands: Batch[KnowSite], tx: Tx) -> list[None]:
    """Keep what materials says of sites."""
    await store.save_sites(tx, [command.site for command in commands])
    return [None] * len(commands)


async def know_calendar(commands: Batch[KnowCalendar], tx: Tx) -> list[None]:
    """Keep the working days that vendors' calendars name."""
    await store.save_calendars(tx, [command.calendar for command in commands])
    return [None] * len(commands)


async def register_vendor(commands: Batch[RegisterVendor], tx: Tx) -> list[Vendor]:
    """Take up vendors; each is scored at the end of its weeks."""
    vendors = []
    for command in commands:
        vendor = command.vendor.checked()
        tx.emit(vendor.told(), because=command)
        tx.due("score", vendor.vendor_id, next_week(tx.now))
        await store.add_vendor(tx, vendor)
        vendors.append(vendor)
    return vendors


async def change_vendor(commands: Batch[ChangeVendor], tx: Tx) -> list[Vendor]:
    """Change what is said of vendors; raises `NotFound`, and `Stale` when somebody else changed it meanwhile."""
    vendors = await store.lock_vendors(tx, (command.vendor_id for command in commands))
    answers = []
    for command in commands:
        vendor = vendors.get(command.vendor_id)
        if vendor is None:
            raise NotFound(f"no vendor {command.vendor_id}")
        if vendor.version != command.expected_version:
            raise Stale(f"vendor {vendor.vendor_id} is at version {vendor.version}")
        changed = replace(
            vendor,
            title=command.title,
            currency=command.currency,
            calendar_id=command.calendar_id,
            skus=command.skus,
            inspect=command.inspect,
        ).checked()
        tx.emit(changed.told(), because=command)
        vendors[vendor.vendor_id] = changed
        answers.append(replace(changed, version=vendor.version + 1))
    await store.save_vendors(tx, list(vendors.values()))
    return answers


async def _own(tx: Tx, command: PublishTerms) -> Terms:
    """The terms in the unit in which their item is counted; raises what `in_own_unit` does."""
    offered = command.terms
    if command.unit is None:
        return offered
    return offered.in_own_unit((await store.load_counted(tx, [offered.sku])).get(offered.sku), command.unit)


async def publish_terms(commands: Batch[PublishTerms], tx: Tx) -> list[Terms]:
    """Put terms into force; what they follow ends when they begin."""
    answers = []
    for command in commands:
        offered = await _own(tx, command)
        vendor = (await store.lock_vendors(tx, [offered.vendor_id])).get(offered.vendor_id)
        if vendor is None:
            raise NotFound(f"no vendor {offered.vendor_id}")
        quantum = (await store.load_quanta(tx, [offered.sku])).get(offered.sku)
        whole(offered.multiple, quantum, "a multiple")
        terms = offered.checked(vendor)
        earlier = []
        for beside in await store.lock_terms_beside(tx, terms):
            earlier.append(_end(tx, command, beside.followed_by(terms)))
        tx.emit(terms.told(), because=command)
        tx.due("terms-expiry", terms.terms_id, terms.valid_to)
        await store.save_terms(tx, earlier)
        await store.add_terms(tx, terms)
        answers.append(terms)
    return answers


async def take_observed_lead(commands: Batch[TakeObservedLead], tx: Tx) -> list[Terms]:
    """Plan with the leads that were seen; raises `LeadIsAsDeclared`."""
    policy = await store.load_policy(tx)
    found = await store.lock_terms(tx, (command.terms_id for command in commands))
    delivered = await store.load_delivered(tx, found, tx.now - policy.scored_over)
    calendars = await store.load_calendars(tx, (terms.calendar_id for terms in found.values()))
    for command in commands:
        terms = found.get(command.terms_id)
        if terms is None:
            raise NotFound(f"no terms {command.terms_id}")
        days = calendars.get(terms.calendar_id or "", EVERY_DAY)
        found[command.terms_id] = followed(terms, delivered.get(command.terms_id, ()), days)
        tx.emit(found[command.terms_id].told(), because=command)
    await store.save_terms(tx, list(found.values()))
    return [found[command.terms_id] for command in commands]


async def withdraw_terms(commands: Batch[WithdrawTerms], tx: Tx) -> list[Terms]:
    """End terms now; ended ones stay as they are."""
    found = await store.lock_terms(tx, (command.terms_id for command in commands))
    for command in commands:
        if command.terms_id not in found:
            raise NotFound(f"no terms {command.terms_id}")
        found[command.terms_id] = _end(tx, command, found[command.terms_id].ended(tx.now))
    await store.save_terms(tx, list(found.values()))
    return [found[command.terms_id] for command in commands]


async def expire_terms(commands: Batch[ExpireTerms], tx: Tx) -> list[None]:
    """Terms whose last moment has come end; those that were ended meanwhile stay as they are."""
    found = await store.lock_terms(tx, (command.terms_id for command in commands))
    for command in commands:
        if command.terms_id in found:
            found[command.terms_id] = _end(tx, command, found[command.terms_id])
    await store.save_terms(tx, list(found.values()))
    return [None] * len(commands)


def _end(tx: Tx, command: object, terms: Terms) -> Terms:
    ended, told = terms.expired(tx.now)
    if told is not None:
        tx.emit(told, because=command)
        tx.not_due("terms-expiry", terms.terms_id)
    elif ended.state == "published":
        tx.due("terms-expiry", terms.terms_id, terms.valid_to)
    return ended


async def set_policy(commands: Batch[SetPolicy], tx: Tx) -> list[Policy]:
    """Change how we buy; raises `CurrencyIsKept`, and `Stale` when somebody else changed it meanwhile."""
    answers = []
    for command in commands:
        before, later = await store.load_policy(tx), command.policy.checked()
        before.followed_by(later, bought=await store.load_bought(tx))
        saved = await store.save_policy(tx, later, command.expected_version)
        if saved is None:
            raise Stale("the policy is at another version")
        answers.append(saved)
    return answers


async def set_rate(commands: Batch[SetRate], tx: Tx) -> list[int]:
    """Say what currencies are worth in ours; raises `Stale` when somebody else said it meanwhile."""
    policy = await store.load_policy(tx)
    answers = []
    for command in commands:
        worth = rate_micro(command.currency, command.rate, policy.currency)
        version = await store.save_rate(
            tx, policy.currency, command.currency, worth, command.expected_version
        )
        if version is None:
            raise Stale(f"the rate of {command.currency} is at another version")
        answers.append(version)
    return answers
