"""The road of one write is short: a reader opens seven files from the route to the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.follow import BEGIN, END, FILES_MAX, PAGE, ROOT, ROUTE, Follower, page, spliced

HOUSE = "services/orders/src/orders"
SMALL = {
    f"{HOUSE}/api.py": (
        "from backbone.web import body\nfrom orders import commands, handlers\n"
        '@router.post("/v1/needs")\nasync def place_need(host, raw):\n'
        "    return await host.do(handlers.place_order, commands.PlaceOrder(body(raw)))\n"
        '@router.get("/v1/needs")\nasync def list_needs(host):\n    return queries.list_needs(host)\n'
    ),
    f"{HOUSE}/queries.py": "def list_needs(host): ...\n",
    f"{HOUSE}/commands.py": "class PlaceOrder:\n    lines: int\n",
    f"{HOUSE}/handlers/__init__.py": "from orders.handlers.order import place_order\n",
    f"{HOUSE}/handlers/order.py": (
        "from orders import store\nfrom orders.domain.order import Order\n"
        "async def place_order(commands, tx):\n    orders = [Order.placed(c) for c in commands]\n"
        "    tx.emit(*(order.told() for order in orders))\n    await store.add_orders(tx, orders)\n"
    ),
    f"{HOUSE}/domain/order.py": (
        "from contracts.orders import OrderPlaced\nfrom contracts.values import Money\n"
        "class Order:\n    price: Money\n    @classmethod\n    def placed(cls, command): return cls()\n"
        "    def told(self): return OrderPlaced(Money(1))\n    def lost(self): return elsewhere()\n"
    ),
    f"{HOUSE}/store.py": (
        "from orders import tables\n_ADD = insert(tables.orders)\n"
        "async def add_orders(tx, orders): await tx.sql(_ADD)\n"
    ),
    f"{HOUSE}/tables.py": "orders = Table('orders')\nlines = Table('lines')\n",
    "shared/src/contracts/orders.py": "class OrderPlaced: ...\n",
    "shared/src/contracts/values.py": "class Money: ...\n",
    "shared/src/backbone/web.py": "def body(raw): ...\n",
}


def planted(folder: Path, files: dict[str, str]) -> Follower:
    """A follower on a small service written below `folder`."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return Follower(folder, "orders")


def test_the_follower_opens_each_file_a_reader_opens(tmp_path: Path) -> None:
    road = planted(tmp_path, SMALL).follow("POST", "/v1/needs")
    assert road.opened == {
        f"{HOUSE}/api.py": ["place_need"],
        f"{HOUSE}/handlers/order.py": ["place_order"],
        f"{HOUSE}/store.py": ["add_orders"],
        f"{HOUSE}/tables.py": ["orders"],
        f"{HOUSE}/domain/order.py": ["Order", "Order.placed", "Order.told"],
        f"{HOUSE}/commands.py": ["PlaceOrder"],
        "shared/src/contracts/orders.py": ["OrderPlaced"],
    }
    assert road.once == {"backbone.web", "contracts.values"}


def test_a_detour_through_one_more_file_is_seen(tmp_path: Path) -> None:
    detour = SMALL[f"{HOUSE}/domain/order.py"].replace("return cls()", "return priced(cls())")
    files = {
        **SMALL,
        f"{HOUSE}/domain/order.py": f"from orders.domain.price import priced\n{detour}",
        f"{HOUSE}/domain/price.py": "def priced(order): return order\n",
    }
    road = planted(tmp_path, files).follow("POST", "/v1/needs")
    assert road.opened[f"{HOUSE}/domain/price.py"] == ["priced"]
    assert len(road.opened) == 8


def test_an_unknown_route_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no route POST /v1/wishes in orders"):
        planted(tmp_path, SMALL).follow("POST", "/v1/wishes")


def test_a_statement_written_as_text_leads_to_its_table(tmp_path: Path) -> None:
    store = (
        '_ADD = text("INSERT INTO lines SELECT 1")\nasync def add_orders(tx, orders): await tx.sql(_ADD)\n'
    )
    road = planted(tmp_path, {**SMALL, f"{HOUSE}/store.py": store}).follow("POST", "/v1/needs")
    assert road.opened[f"{HOUSE}/tables.py"] == ["lines"]


def test_a_write_is_followed_through_seven_files() -> None:
    road = Follower(ROOT, ROUTE[0]).follow(*ROUTE[1:])
    print(page(road))
    rooms = ("api", "handlers", "domain", "commands", "contracts", "store", "tables")
    assert [room for room in rooms if not any(room in file for file in road.opened)] == []
    assert len(road.opened) <= FILES_MAX


def test_the_page_lists_the_files_of_today() -> None:
    written = PAGE.read_text(encoding="utf-8")
    generated = page(Follower(ROOT, ROUTE[0]).follow(*ROUTE[1:]))
    assert spliced(written, generated) == written, "python -m tests.architecture.follow --write"


def test_the_generated_lines_replace_what_stood_between_the_markers() -> None:
    assert spliced(f"a\n{BEGIN}\nold\n{END}\nz", f"{BEGIN}\nnew\n{END}") == f"a\n{BEGIN}\nnew\n{END}\nz"
    with pytest.raises(LookupError, match="has no place"):
        spliced("a page without markers", "new")
