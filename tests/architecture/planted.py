"""One small breach for each rule of the tree: the files that commit it and the words that must report it."""

from __future__ import annotations

from dataclasses import dataclass

DOC = '"""What lives here."""\n'
HOUSE = "services/orders/src/orders"


@dataclass(frozen=True, slots=True)
class Planted:
    """A breach of `rule`: `text` at `path`, which must be reported with `message`."""

    rule: str
    path: str
    text: str
    message: str


def _long_function(lines: int) -> str:
    return "def long() -> None:\n" + "    print()\n" * (lines - 1)


ROOMS = (
    Planted("own-tools", f"{HOUSE}/api.py", "from orders import store\n", "api may not import orders.store"),
    Planted("own-tools", f"{HOUSE}/api.py", "import sqlalchemy\n", "api may not import sqlalchemy"),
    Planted(
        "own-tools", f"{HOUSE}/queries.py", "from . import store\n", "queries may not import orders.store"
    ),
    Planted("own-tools", f"{HOUSE}/queries/lines.py", "from ..store import load_order\n", "orders.store"),
    Planted("own-tools", f"{HOUSE}/handlers.py", "import httpx\n", "handlers may not import httpx"),
    Planted("own-tools", f"{HOUSE}/handlers.py", "from orders.settings import Settings\n", "orders.settings"),
    Planted(
        "own-tools", f"{HOUSE}/pages/quotes.py", "import sqlalchemy\n", "pages may not import sqlalchemy"
    ),
    Planted("own-tools", f"{HOUSE}/store.py", "from orders.commands import PlaceOrder\n", "orders.commands"),
    Planted("own-tools", f"{HOUSE}/tables.py", "from contracts.values import Money\n", "contracts.values"),
    Planted("own-tools", f"{HOUSE}/domain/order.py", "from backbone.ids import new_id\n", "backbone.ids"),
    Planted("own-tools", f"{HOUSE}/domain/order.py", "import numpy\n", "domain may not import numpy"),
    Planted("own-tools", f"{HOUSE}/domain/order.py", "import logging\n", "hand the value in"),
    Planted("own-tools", f"{HOUSE}/api.py", "def f():\n    from vendors import api\n", "vendors.api"),
    Planted("entrance", f"{HOUSE}/__main__.py", "import sqlalchemy\n", "only puts its own house together"),
    Planted("stray-rooms", f"{HOUSE}/pricing.py", DOC, "pricing is no room"),
    Planted(
        "meaning", "shared/src/contracts/orders.py", "import pydantic\n", "contracts may not import pydantic"
    ),
    Planted(
        "meaning", "shared/src/contracts/orders.py", "from backbone import ids\n", "may not import backbone"
    ),
    Planted(
        "mechanism", "shared/src/backbone/wire.py", "import contracts.topics\n", "knows no business word"
    ),
    Planted("mechanism", "shared/src/backbone/wire.py", "from orders import api\n", "knows no business word"),
    Planted(
        "empty-packages", "shared/src/backbone/__init__.py", "from backbone import web\n", "an empty __init__"
    ),
    Planted(
        "one-road",
        f"{HOUSE}/handlers.py",
        "async def f(tx):\n    await tx.sql.commit()\n",
        "outside the backbone",
    ),
    Planted("values-come-in", f"{HOUSE}/domain/order.py", "at = datetime.now()\n", "come in as values"),
    Planted(
        "values-come-in", f"{HOUSE}/handlers.py", "import uuid\nkey = uuid.uuid4()\n", "uuid.uuid4() here"
    ),
)

SIZES = (
    Planted(
        "file-lines", "shared/src/backbone/wire.py", DOC + "x = 1\n" * 300, "301 lines, 300 is the limit"
    ),
    Planted("function-lines", "shared/src/backbone/wire.py", _long_function(41), "long has 41 lines"),
    Planted("module-docstring", "shared/src/backbone/wire.py", "x = 1\n", "open with a docstring"),
    Planted(
        "module-docstring", "shared/src/backbone/wire.py", '"""Two\nlines."""\n', "docstring of one line"
    ),
    Planted("public-docstrings", "shared/src/backbone/wire.py", "def f(): return 1\n", "f is public"),
    Planted("public-docstrings", "shared/src/contracts/orders.py", "class A:\n    x = 1\n", "A is public"),
    Planted(
        "public-docstrings",
        "shared/src/contracts/a.py",
        'class A:\n  "A."\n  def f(self): ...\n',
        "f is public",
    ),
)

NAMES = (
    Planted("empty-words", f"{HOUSE}/domain/order_utils.py", DOC, "'utils' says nothing"),
    Planted("empty-words", "shared/src/backbone/common/wire.py", DOC, "'common' says nothing"),
    Planted(
        "empty-words", f"{HOUSE}/domain/order.py", "class OrderManager: ...\n", "OrderManager: 'manager'"
    ),
    Planted(
        "refusal-names", f"{HOUSE}/domain/order.py", "class OrderError(Refusal): ...\n", "without that suffix"
    ),
    Planted(
        "store-verbs", f"{HOUSE}/store.py", "async def get_order(tx): ...\n", "get_order: store functions are"
    ),
    Planted(
        "query-verbs", f"{HOUSE}/queries.py", "async def orders(sql): ...\n", "orders: queries functions are"
    ),
    Planted(
        "topic-names",
        "shared/src/contracts/topics.py",
        "Topic(name='Orders', owner='orders')\n",
        "owner.noun.v1",
    ),
    Planted(
        "topic-names",
        "shared/src/contracts/topics.py",
        "Topic(name='orders.order.v1', owner='vendors')\n",
        "does not begin with 'vendors'",
    ),
    Planted(
        "limit-names", f"{HOUSE}/domain/order.py", "MAX_LINES = 5\n", "MAX_LINES: limits are NOUN_UNIT_MAX"
    ),
    Planted("limit-names", f"{HOUSE}/domain/order.py", "LINE_LIMIT: int = 5\n", "limits are NOUN_UNIT_MAX"),
    Planted(
        "test-names",
        "tests/flows/test_orders.py",
        "def test_order(): assert True\n",
        "is the sentence it proves",
    ),
)

HABITS = (
    Planted(
        "sleeps", "tests/flows/test_a.py", "async def f():\n    await asyncio.sleep(1)\n", "sleep in a test"
    ),
    Planted(
        "sleeps", "services/orders/tests/test_a.py", "from time import sleep\nsleep(0.1)\n", "sleep in a test"
    ),
    Planted("swallowed", f"{HOUSE}/jobs.py", "try:\n    f()\nexcept OSError:\n    pass\n", "is swallowed"),
    Planted("swallowed", f"{HOUSE}/jobs.py", "with suppress(Exception):\n    f()\n", "is swallowed"),
    Planted(
        "skips", "tests/flows/test_a.py", "def test_a_b_c():\n    pytest.skip('later')\n", "skip: a test runs"
    ),
    Planted(
        "skips", "tests/flows/test_a.py", "@pytest.mark.xfail\ndef test_a_b_c(): ...\n", "xfail: a test runs"
    ),
    Planted(
        "assertions", "tests/flows/test_a.py", "def test_an_order_is_placed():\n    f()\n", "asserts nothing"
    ),
    Planted(
        "assertions",
        "services/orders/tests/test_a.py",
        "def test_a_b_c():\n    list_x()\n",
        "asserts nothing",
    ),
    Planted("stand-ins", "tests/flows/test_a.py", "from unittest import mock\n", "unittest.mock stands in"),
    Planted("undone", f"{HOUSE}/jobs.py", "# TO" + "DO later\n", "work left for later"),
    Planted("undone", "docs/a.md", "FIX" + "ME this page\n", "work left for later"),
    Planted("undone", f"{HOUSE}/jobs.py", "def f():\n    raise NotImplementedError\n", "work left for later"),
    Planted("undone", f"{HOUSE}/jobs.py", "def f(): ...\n", "the empty body of f"),
    Planted("undone", f"{HOUSE}/jobs.py", "# only a stu" + "b\n", "work left for later"),
)

PROSE = (
    Planted("machine-paths", "deploy/compose.yaml", "path: /wo" + "rk/main\n", "a path of one machine"),
    Planted("machine-paths", "docs/a.md", "see `/ro" + "ot/.cache`\n", "a path of one machine"),
    Planted("registry-hosts", "uv.toml", "url = 'https://py" + "pi.org/simple'\n", "names a registry"),
    Planted(
        "registry-hosts",
        "requirements.lock",
        "x @ https://files.python" + "hosted.org/x\n",
        "names a registry",
    ),
    Planted("spelling", "docs/a.md", "The behav" + "ior of a rule.\n", "we write 'behaviour'"),
    Planted("spelling", f"{HOUSE}/domain/order.py", "def is_cancel" + "ed(): ...\n", "we write 'cancelled'"),
    Planted(
        "exact-pins",
        "shared/pyproject.toml",
        "[project]\nname = 'a'\ndependencies = ['b>=1']\n",
        "no exact pin",
    ),
    Planted(
        "exact-pins",
        "shared/pyproject.toml",
        "[project]\nname = 'a'\ndependencies = ['b==1']\n",
        "run make pins",
    ),
    Planted("closed-lock", "requirements.lock", "fastapi==1.0\n", "has no hash"),
    Planted("closed-lock", "requirements.lock", "--index-url x\n", "has no hash"),
)

PLANTED = (*ROOMS, *SIZES, *NAMES, *HABITS, *PROSE)
