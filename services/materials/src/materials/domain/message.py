"""Action messages: what the plan asks a planner to do about a supply; opened, changed and closed, never doubled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, get_args

from backbone.errors import Invalid, NotFound, Refusal
from contracts.answers import (
    ActionMessageAccepted,
    ActionMessageChanged,
    ActionMessageClosed,
    ActionMessageOpened,
    ActionMessageRejected,
    ActionMessageSnoozed,
    RunSize,
)
from contracts.shapes import ActionKind
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.shares import serves
from materials.domain.supply import Message, PlannedOrder

SNOOZE_DAYS_MAX: Final = 366
REASON_CHARS_MAX: Final = 300
# What may be asked of a run as long as nobody has begun it; later than it is needed it is, begun or not.
BEFORE_START: Final[tuple[ActionKind, ...]] = ("cancel", "defer", "decrease", "increase")
_KINDS: Final[dict[str, ActionKind]] = {kind: kind for kind in get_args(ActionKind)}


class MessageIsNotOpen(Refusal):
    """An action message that is answered already, or has no reason any more, is answered again."""


class SnoozeIsOutOfRange(Invalid):
    """A message would sleep until a moment that has passed, or is too far away."""


class ReasonIsMissing(Invalid):
    """A planner rejects a message without a reason, or with an endless one."""


def named(message_id: str) -> tuple[str, ActionKind]:
    """The supply and the kind that a message's id is made of; raises `NotFound` when it names no kind."""
    planned_order_id, _, kind = message_id.rpartition("@")
    if kind not in _KINDS:
        raise NotFound(f"no action message {message_id}")
    return planned_order_id, _KINDS[kind]


def open_message(
    book: Book,
    order: PlannedOrder,
    kind: ActionKind,
    reason: str,
    wanted_at: datetime | None = None,
    quantity_micro: int | None = None,
    instead_of: tuple[str, ...] = (),
) -> None:
    """Ask for an act; the same ask again, or one that differs by less than the site's damping, is silent.

    Another one changes the open message, and opens one anew that a planner has accepted or rejected.
    """
    known = book.messages.get((order.planned_order_id, kind))
    wanted_micro = order.quantity_micro if quantity_micro is None else quantity_micro
    message = Message(
        order.planned_order_id, kind, "open", order.sku, wanted_micro, order.expected_at, wanted_at, reason, book.now,
        instead_of=instead_of,
    )  # fmt: skip
    if known is not None and known.state != "closed" and _damped(book, order, known, message):
        if known.instead_of != instead_of:
            book.messages.put(known._replace(instead_of=instead_of))
        return
    quantity = Quantity.of_micro(wanted_micro)
    if known is not None and known.state == "open":
        kept = message._replace(opened_at=known.opened_at, snoozed_until_at=known.snoozed_until_at)
        book.messages.put(kept)
        book.tell(ActionMessageChanged(order.planned_order_id, kind, quantity, wanted_at, reason, instead_of))
        return
    book.messages.put(message)
    _tell_opened(book, message)


def _tell_opened(book: Book, message: Message) -> None:
    """An open message, with those whom its supply serves, or would serve were it larger."""
    key = message.planned_order_id
    hurts = tuple(share for each in message.instead_of or (key,) for share in serves(book, each))
    book.tell(
        ActionMessageOpened(
            key, message.kind, message.sku, Quantity.of_micro(message.quantity_micro), message.was_at,
            message.wanted_at, message.reason, hurts, message.instead_of,
        )
    )  # fmt: skip


def _damped(book: Book, order: PlannedOrder, known: Message, message: Message) -> bool:
    """Whether a message asks for nearly the same as the known one: by the days and per cent of the order's site."""
    if known.reason != message.reason or (known.wanted_at is None) != (message.wanted_at is None):
        return False
    site = book.network.sites.get(order.site_id)
    days, percent = (site.damping_days, site.damping_percent) if site is not None else (0, 0)
    moved = timedelta()
    if known.wanted_at is not None and message.wanted_at is not None:
        moved = abs(message.wanted_at - known.wanted_at)
    more_micro = abs(message.quantity_micro - known.quantity_micro)
    return moved <= timedelta(days=days) and more_micro * 100 <= known.quantity_micro * percent


def close_message(book: Book, planned_order_id: str, how: str, *kinds: ActionKind) -> None:
    """The reason is gone: close the open messages of an order, of these kinds or of all."""
    for message in book.messages.by("order", planned_order_id):
        if message.state == "closed" or (kinds and message.kind not in kinds):
            continue
        book.messages.put(message._replace(state="closed", snoozed_until_at=None))
        book.tell(ActionMessageClosed(planned_order_id, message.kind, how))


def opened(book: Book, planned_order_id: str, kind: ActionKind) -> Message | None:
    """The message of that kind about a supply, if it is open."""
    message = book.messages.get((planned_order_id, kind))
    return message if message is not None and message.state == "open" else None


def _open(book: Book, planned_order_id: str, kind: ActionKind) -> Message:
    message = book.messages.get((planned_order_id, kind))
    if message is None or message.state != "open":
        state = "not there" if message is None else message.state
        raise MessageIsNotOpen(f"the message {kind} of {planned_order_id} is {state}")
    return message


def snooze(book: Book, planned_order_id: str, kind: ActionKind, until_at: datetime) -> None:
    """Ask again at that moment; raises `MessageIsNotOpen` and `SnoozeIsOutOfRange`."""
    message = _open(book, planned_order_id, kind)
    if not book.now < until_at <= book.now + timedelta(days=SNOOZE_DAYS_MAX):
        raise SnoozeIsOutOfRange(
            "a message sleeps until a moment to come",
            [("/until_at", f"from now on, at most {SNOOZE_DAYS_MAX} days")],
        )
    book.messages.put(message._replace(snoozed_until_at=until_at))
    book.tell(ActionMessageSnoozed(planned_order_id, kind, until_at))


def reopen(book: Book, planned_order_id: str, kind: ActionKind, reason: str) -> None:
    """What a planner accepted cannot be done: the message is open again and says why."""
    message = book.messages.get((planned_order_id, kind))
    if message is None or message.state != "accepted":
        return
    again = message._replace(state="open", reason=reason)
    book.messages.put(again)
    _tell_opened(book, again)


def accept(
    book: Book,
    planned_order_id: str,
    kind: ActionKind,
    quantity_micro: int | None = None,
    run: RunSize | None = None,
    by: str = "",
) -> Message:
    """A planner takes a message up, for so much as it is about now if that is named; raises `MessageIsNotOpen`."""
    message = _open(book, planned_order_id, kind)
    if quantity_micro is not None:
        message = message._replace(quantity_micro=quantity_micro)
    book.messages.put(message._replace(state="accepted", snoozed_until_at=None))
    book.tell(
        ActionMessageAccepted(
            planned_order_id,
            kind,
            Quantity.of_micro(message.quantity_micro),
            message.wanted_at,
            run,
            by or None,
        )
    )
    return message


def reject(book: Book, planned_order_id: str, kind: ActionKind, reason: str) -> None:
    """A planner does not do it: it is silent until it asks for something else.

    Raises `MessageIsNotOpen`, `ReasonIsMissing`.
    """
    if not 1 <= len(reason.strip()) <= REASON_CHARS_MAX:
        raise ReasonIsMissing("say why it is not done", [("/reason", f"1 to {REASON_CHARS_MAX} characters")])
    message = _open(book, planned_order_id, kind)
    book.messages.put(message._replace(state="rejected", snoozed_until_at=None))
    book.tell(ActionMessageRejected(planned_order_id, kind, reason.strip()))
