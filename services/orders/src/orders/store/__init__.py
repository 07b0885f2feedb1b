"""The only SQL of orders that writes."""

from orders.store.catalogue import (
    add_customer,
    add_offer,
    load_contacts,
    load_counted,
    load_offers,
    load_priorities,
    load_under_way,
    lock_contacts,
    save_contacts,
    save_items,
)
from orders.store.changes import load_changes, load_orders_of_changes, save_changes
from orders.store.needs import add_needs, lock_needs, save_needs
from orders.store.orders import add_orders, lock_order_of, lock_orders, save_orders
from orders.store.quotes import (
    add_promises,
    add_quotes,
    lock_promises,
    lock_quote,
    lock_quotes,
    save_promises,
    save_quote_lines,
    save_quotes,
)
from orders.store.rates import load_rates, load_waiting, save_rate

__all__ = [
    "add_customer",
    "add_needs",
    "add_offer",
    "add_orders",
    "add_promises",
    "add_quotes",
    "load_changes",
    "load_contacts",
    "load_counted",
    "load_offers",
    "load_orders_of_changes",
    "load_priorities",
    "load_rates",
    "load_under_way",
    "load_waiting",
    "lock_contacts",
    "lock_needs",
    "lock_order_of",
    "lock_orders",
    "lock_promises",
    "lock_quote",
    "lock_quotes",
    "save_changes",
    "save_contacts",
    "save_items",
    "save_needs",
    "save_orders",
    "save_promises",
    "save_quote_lines",
    "save_quotes",
    "save_rate",
]
