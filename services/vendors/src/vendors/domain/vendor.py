"""A vendor: another company, or another site of ours under the same contract."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.errors import Invalid
from contracts.shapes import VendorKind
from contracts.values import is_currency
from contracts.vendors import VendorRegistered


class VendorIsIncomplete(Invalid):
    """An internal vendor names its site, an external one has none."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """`skus` are the items it may be asked to quote; `inspect` sends all that it delivers to incoming inspection."""

    vendor_id: str
    title: str
    kind: VendorKind
    site_id: str | None
    currency: str
    calendar_id: str | None = None
    skus: frozenset[str] = frozenset()
    inspect: bool = False
    version: int = 1

    def checked(self) -> Vendor:
        """The vendor itself; raises `VendorIsIncomplete`."""
        if (self.kind == "internal") != (self.site_id is not None):
            raise VendorIsIncomplete(
                "a site of ours names its site, another company has none",
                [("/site_id", "is needed for an internal vendor and for no other")],
            )
        if not is_currency(self.currency):
            raise VendorIsIncomplete("a vendor has a currency", [("/currency", "is three capital letters")])
        return self

    def told(self) -> VendorRegistered:
        """The fact that the vendor is known."""
        return VendorRegistered(self.vendor_id, self.title, self.kind, self.site_id, self.currency)

    def serves(self, site_id: str) -> bool:
        """Whether it can supply a site; a site does not buy from itself."""
        return self.site_id != site_id
