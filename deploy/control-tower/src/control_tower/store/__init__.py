"""The only SQL that writes: facts with whom they mention, and the pictures drawn from them."""

from control_tower.store.facts import add_audit, add_heard, add_mentions, add_ties, load_subjects, lock_facts
from control_tower.store.pictures import save_pictures

__all__ = [
    "add_audit",
    "add_heard",
    "add_mentions",
    "add_ties",
    "load_subjects",
    "lock_facts",
    "save_pictures",
]
