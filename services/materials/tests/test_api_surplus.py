"""What runs have made beyond what is asked for, over HTTP: free, usable, in pages, and gone when it is sold."""

from __future__ import annotations

from contracts.values import Quantity
from services.materials.tests.door import Door
from services.materials.tests.made import ask, consumed, line, part, placed, produced
from services.materials.tests.test_ledger import running

SALES = ("sales", None)
TECHNICIAN = ("technician", None)
SURPLUS = "/v1/surplus"


async def test_what_a_run_made_beyond_its_order_is_free_until_it_is_sold(door: Door) -> None:
    made = await running(door.stage)
    assert await door.page(SALES, SURPLUS) == []
    taken = consumed(made, part("B", "blank", "10", 1_003))
    await door.stage.hear(taken, produced(made, part("G", "gear", "12", 1_003), parents=("B",)))
    (free,) = await door.page(SALES, SURPLUS)
    assert (free["lot_id"], free["free"], free["on_hand"], free["unit"]) == ("G", "2", "12", "piece")
    assert (free["site_id"], free["cost"]["bought_in"]) == ("plant-1", 1_003)
    assert await door.page(SALES, f"{SURPLUS}?sku=blank") == [], "bought, and not made"
    assert await door.page(SALES, f"{SURPLUS}?site_id=plant-2") == []
    asked = ask("p2", line("gear", "2", days=3))
    await door.stage.hear(asked, placed(asked, "o2"))
    assert await door.page(SALES, SURPLUS) == []
    await door.get(TECHNICIAN, SURPLUS, status=403)


async def test_what_may_not_be_used_is_not_offered_and_the_rest_is_read_in_pages(door: Door) -> None:
    made = await running(door.stage)
    taken = consumed(made, part("B", "blank", "10", 1_003))
    lots = [part(f"G{number}", "gear", "11", 100) for number in range(3)]
    await door.stage.hear(taken, *(produced(made, each, parents=("B",)) for each in lots))
    await door.stage.hear(produced(made, part("bad", "gear", "5", 100), parents=("B",), blocked=True))
    page = await door.get(SALES, f"{SURPLUS}?limit=2")
    rest = await door.get(SALES, f"{SURPLUS}?limit=2&after={page['next']}")
    found = [each["lot_id"] for each in (*page["items"], *rest["items"])]
    assert found == ["G0", "G1", "G2"]
    free = sum(Quantity(each["free"]).micro for each in (*page["items"], *rest["items"]))
    assert free == Quantity(33 - 10).micro
