"""Lines that are late are offered what has become free, so many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from backbone.service import Batch, Tx
from materials import store
from materials.commands import HastenLate
from materials.domain.book import Book
from materials.handlers.deciding import offer_late


async def hasten_late(commands: Batch[HastenLate], tx: Tx) -> Sequence[Sequence[Book]]:
    """Offer what is free still to the next lines that are late."""
    return [
        await offer_late(
            [command],
            tx,
            {(command.site_id, command.sku)},
            store.LateLine(command.after, command.priority, command.promised_at, command.placed_at),
        )
        for command in commands
    ]
