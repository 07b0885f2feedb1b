"""The only SQL of materials that writes."""

from materials.store.books import add_keys, lock_book, save_book
from materials.store.masters import (
    add_item_keys,
    add_recipes,
    add_site,
    add_site_key,
    load_items,
    load_sites,
    lock_sites,
    save_calendars,
    save_expired_terms,
    save_items,
    save_parameters,
    save_retired_recipes,
    save_services,
    save_terms,
)
from materials.store.reach import Seeds

__all__ = [
    "Seeds",
    "add_item_keys",
    "add_keys",
    "add_recipes",
    "add_site",
    "add_site_key",
    "load_items",
    "load_sites",
    "lock_book",
    "lock_sites",
    "save_book",
    "save_calendars",
    "save_expired_terms",
    "save_items",
    "save_parameters",
    "save_retired_recipes",
    "save_services",
    "save_terms",
]
