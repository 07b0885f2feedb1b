"""The vendors' pages where work is asked for: what we send, for which run, and what comes back."""

from __future__ import annotations

import pytest

from backbone.testing_pages import Visitor
from contracts.materials import ItemDefined
from contracts.outside import WorkWithdrawn
from contracts.rfqs import RfqIssued
from contracts.values import Quantity
from services.vendors.tests.door import Door
from services.vendors.tests.made import vendor, work
from vendors import commands

HARD_LTD = ("vendor", "hard-ltd")
SENT = "Work on what we send you, for our run r1: 20 pieces soft-shaft . You send it back done."


@pytest.fixture
def visitor(door: Door) -> Visitor:
    return Visitor(door.client, door.issuer)


async def test_an_order_of_work_names_what_we_send_and_goods_do_not(door: Door, visitor: Visitor) -> None:
    await door.stage.hear(ItemDefined("soft-shaft", "Soft shaft", "piece", Quantity(1)))
    await door.stage.opened("hard-ltd", sku="hardening")
    await door.stage.hear(work())
    await door.stage.opened("steel-ltd")
    await door.stage.requested()
    order_id, line_id = await door.stage.order("planned r1")
    place = f"/portal/purchase-orders/{order_id}"
    await visitor.sign_in(*HARD_LTD)
    assert "20 pieces hardening, ordered, work on what we send you" in await visitor.see("/portal")
    text = await visitor.see(place)
    assert (SENT in text, "Goods were sent back, done" in text) == (True, True)
    assert (await visitor.act(place, act="as-asked")).status_code == 303
    sent = await visitor.act(place, f"{place}/shipments", **{f"quantity {line_id}": "12"})
    assert sent.status_code == 303
    assert "12 sent" in await visitor.see(place)
    await visitor.sign_in("vendor", "steel-ltd")
    goods, _ = await door.stage.order()
    for page in ("/portal", f"/portal/purchase-orders/{goods}"):
        assert "what we send you" not in await visitor.see(page)


async def test_an_enquiry_for_work_names_what_we_send_until_it_is_withdrawn(
    door: Door, visitor: Visitor
) -> None:
    await door.stage.hear(ItemDefined("soft-shaft", "Soft shaft", "piece", Quantity(1)))
    await door.stage.do(commands.RegisterVendor(vendor("hard-ltd", skus=frozenset({"hardening"}))))
    await door.stage.hear(work())
    (issued,) = await door.stage.told(RfqIssued)
    await visitor.sign_in(*HARD_LTD)
    text = await visitor.see(f"/portal/rfqs/{issued.rfq_id}")
    assert (SENT in text, "Quote a price" in text) == (True, True)
    await door.stage.hear(WorkWithdrawn("r1", "planned r1", "given up"))
    text = await visitor.see(f"/portal/rfqs/{issued.rfq_id}")
    assert ("withdrawn" in text, "Quote a price" in text) == (True, False)
