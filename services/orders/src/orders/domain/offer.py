"""The catalogue: what is on offer, and which offer meets a wanted line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from backbone.errors import Invalid, said_at
from contracts.orders import Component, OfferPublished, WantedLine
from contracts.rounding import shared
from contracts.units import Counted
from contracts.values import MONEY_MINOR_MAX, ZERO, Money, PropertyWindow, Window

COMPONENTS_COUNT_MAX: Final = 20
_WORD: Final = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A good, a service, or a bundle of both at a price for one unit.

    The price is shared by what its components would cost alone; where nobody says that it stands on the first.
    """

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]
    version: int = 1

    @classmethod
    def published(
        cls,
        *,
        offer_id: str,
        title: str,
        kind: Literal["good", "service", "bundle"],
        price: Money,
        components: tuple[Component, ...],
    ) -> Offer:
        """A new offer; raises `Invalid` for one that could never be delivered or paid."""
        wrong = []
        if not components or len(components) > COMPONENTS_COUNT_MAX:
            wrong.append(("/components", f"an offer has 1 to {COMPONENTS_COUNT_MAX} components"))
        if any(component.quantity <= ZERO for component in components):
            wrong.append(("/components", "each component has a quantity above zero"))
        if kind != "bundle" and any(component.kind != kind for component in components):
            wrong.append(("/kind", "goods and services together are a bundle"))
        references = [component.reference_minor for component in components]
        if any(minor is not None for minor in references):
            wrong += _unshared(references)
        if price.minor < 0:
            wrong.append(("/price", "a price is not negative"))
        if wrong:
            raise Invalid("the offer cannot be published as it stands", wrong)
        return cls(offer_id, title, kind, price, components)

    def told(self) -> OfferPublished:
        """The fact that it was published."""
        return OfferPublished(self.offer_id, self.title, self.kind, self.price, self.components)

    def meets(self, required: Window) -> bool:
        """Whether every required property is promised by some component, inside the required window."""
        promised = [part for component in self.components for part in component.window]
        return all(any(_inside(part, wanted) for part in promised) for wanted in required)

    def words_shared(self, text: str) -> int:
        """How many words of its title occur in `text`."""
        return len(_words(self.title) & _words(text))


def _unshared(references: Sequence[int | None]) -> list[tuple[str, str]]:
    """What is wrong with prices by which another is to be shared."""
    if any(minor is None or not 0 <= minor <= MONEY_MINOR_MAX for minor in references) or not any(references):
        return [
            (
                "/components",
                "all components say what they cost alone, not all nothing, or none does",
            )
        ]
    return []


def shares(whole: int, components: Sequence[Component]) -> list[int]:
    """A price in minor units shared by what components cost alone, such that the shares sum to it exactly.

    By largest remainder, the first of equal ones first. Where nobody says what they cost alone the first has all of it.
    """
    weights = [component.reference_minor or 0 for component in components]
    if not any(weights):
        return [whole, *([0] * (len(components) - 1))]
    return shared(whole, weights)


def in_own_units(components: Iterable[Component], known: Mapping[str, Counted]) -> tuple[Component, ...]:
    """Components in the units in which their items are counted, as far as these are known; nothing is rounded.

    Raises `Invalid` with the place of what is said in a unit that does not fit.
    """
    found = []
    for place, part in enumerate(components):
        counted = known.get(part.item) if part.kind == "good" else None
        if counted is not None:
            with said_at(f"/components/{place}"):
                part = replace(part, quantity=counted.own(part.quantity, part.unit), unit=counted.unit)
        found.append(part)
    return tuple(found)


def called(item: str, title: str | None, kind: str | None) -> str:
    """What a line is called: as what was offered, of a bundle with the part; as its item where no offer is known."""
    return f"{title}: {item}" if kind == "bundle" else title or item


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _inside(promised: PropertyWindow, wanted: PropertyWindow) -> bool:
    if (promised.name, promised.scale) != (wanted.name, wanted.scale):
        return False
    low = wanted.minimum is None or (promised.minimum is not None and promised.minimum >= wanted.minimum)
    high = wanted.maximum is None or (promised.maximum is not None and promised.maximum <= wanted.maximum)
    return low and high


def match(line: WantedLine, offers: Iterable[Offer]) -> Offer | None:
    """The offer that meets a wanted line: the one it names, else the best by properties and words, else None.

    Ties go to the cheaper offer, then to the lower id, so that the same catalogue gives the same answer.
    """
    fitting = [offer for offer in offers if offer.meets(line.required)]
    if line.offer_id is not None:
        return next((offer for offer in fitting if offer.offer_id == line.offer_id), None)
    scored = [(offer.words_shared(line.text), offer) for offer in fitting]
    wanted = [(score, offer) for score, offer in scored if score or line.required]
    if not wanted:
        return None
    return min(wanted, key=lambda pair: (-pair[0], pair[1].price.minor, pair[1].offer_id))[1]
