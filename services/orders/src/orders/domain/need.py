"""A need: what a customer asks for before anything is offered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from backbone.errors import Invalid
from contracts.orders import NeedStated, NeedUnmatched, WantedLine
from contracts.shapes import DeliveryPolicy
from contracts.values import ZERO
from orders.domain.states import NEED, moved

LINES_COUNT_MAX: Final = 200
TEXT_CHARS_MAX: Final = 4_000

State = Literal["stated", "matched", "quoted", "won", "lost"]


@dataclass(frozen=True, slots=True)
class Need:
    """What a customer said they need; `attention` says why a person should look at it, if one should."""

    need_id: str
    customer_id: str
    address_id: str
    text: str
    lines: tuple[WantedLine, ...]
    delivery_policy: DeliveryPolicy
    state: str
    stated_at: datetime
    attention: str | None = None
    version: int = 1

    @classmethod
    def stated(
        cls,
        *,
        need_id: str,
        customer_id: str,
        address_id: str,
        text: str,
        lines: tuple[WantedLine, ...],
        delivery_policy: DeliveryPolicy,
        at: datetime,
    ) -> Need:
        """A new need; raises `Invalid` with a pointer to the line that cannot be needed."""
        wrong = [
            pointer for number, line in enumerate(lines) for pointer in faults(f"/lines/{number}", line, at)
        ]
        if not lines or len(lines) > LINES_COUNT_MAX:
            wrong.append(("/lines", f"a need has 1 to {LINES_COUNT_MAX} lines"))
        if len({line.line_id for line in lines}) != len(lines):
            wrong.append(("/lines", "two lines have the same line_id"))
        if len(text) > TEXT_CHARS_MAX:
            wrong.append(("/text", f"a text has at most {TEXT_CHARS_MAX} characters"))
        if wrong:
            raise Invalid("the need cannot be taken as it stands", wrong)
        return cls(need_id, customer_id, address_id, text, lines, delivery_policy, "stated", at)

    def told(self) -> NeedStated:
        """The fact that it was stated."""
        return NeedStated(
            self.need_id, self.customer_id, self.address_id, self.text, self.lines, self.delivery_policy
        )

    def moved(self, to: State) -> Need:
        """The need in another state; raises `WrongState`."""
        return replace(self, state=moved(NEED, f"need {self.need_id}", self.state, to), attention=None)

    def answered(self) -> Need:
        """An answer came, in time or after its silence: nobody has to look at it any more."""
        return self if self.attention is None else replace(self, attention=None)

    def unmatched(self, reason: str) -> tuple[Need, NeedUnmatched]:
        """Nobody can quote it without a person's help; it stays open and says why."""
        return replace(self, attention=reason), NeedUnmatched(self.need_id, reason)


def faults(place: str, line: WantedLine, at: datetime) -> list[tuple[str, str]]:
    """What of a line at a place of the body cannot be wanted, with a pointer to it."""
    found = []
    if line.quantity <= ZERO:
        found.append((f"{place}/quantity", "a quantity is above zero"))
    if line.wanted_at <= at:
        found.append((f"{place}/wanted_at", "the wanted moment has passed"))
    if line.offer_id is None and not line.text and not line.required:
        found.append((place, "a line names an offer, a text or required properties"))
    return found
