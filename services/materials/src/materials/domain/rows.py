"""Rows in memory: found by key or by index, with a way back, and what of them has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Journal = list[tuple["Rows[Any, Any]", Any, Any]]


class Rows(Generic[K, V]):
    """Rows of one kind by key. `indexes` name other values to find them by; None is not indexed.

    An index is made when it is first asked for: a decision asks for few of them. Every change goes to the journal that
    is shared by all kinds, so that a trial plan can be taken back whole.
    """

    __slots__ = ("_by", "_first", "_indexes", "_journal", "_key", "_rows")

    def __init__(
        self, journal: Journal, key: Callable[[V], K], **indexes: Callable[[V], Hashable | None]
    ) -> None:
        self._journal = journal
        self._key = key
        self._rows: dict[K, V] = {}
        self._first: dict[K, V | None] = {}
        self._indexes = indexes
        self._by: dict[str, dict[Hashable, dict[K, None]]] = {}

    def load(self, row: V) -> None:
        """A row as the database has it; one that is here already stays as it is."""
        key = self._key(row)
        if key not in self._rows and key not in self._first:
            self._set(key, row)

    def loaded(self, key: K) -> bool:
        """Whether the database has such a row, as far as it was read."""
        return self._first[key] is not None if key in self._first else key in self._rows

    def heard_of(self, key: K) -> bool:
        """Whether such a row was read, or is or was new here."""
        return key in self._first or key in self._rows

    def put(self, row: V) -> None:
        """A row as it is now."""
        key = self._key(row)
        old = self._rows.get(key)
        self._journal.append((self, key, old))
        self._first.setdefault(key, old)
        if self._by:
            self._move(key, old, row)
        self._rows[key] = row

    def drop(self, key: K) -> None:
        """No such row any more."""
        old = self._rows.get(key)
        self._journal.append((self, key, old))
        self._first.setdefault(key, old)
        self._set(key, None)

    def back(self, key: K, old: V | None) -> None:
        """Undo one change (called with what the journal says)."""
        self._set(key, old)

    def _set(self, key: K, row: V | None) -> None:
        old = self._rows.get(key)
        self._move(key, old, row)
        if row is not None:
            self._rows[key] = row
        elif old is not None:
            del self._rows[key]

    def _move(self, key: K, old: V | None, row: V | None) -> None:
        """In each index that was made a row goes from where it was found to where it is found now."""
        for name, found in self._by.items():
            value_of = self._indexes[name]
            was = value_of(old) if old is not None else None
            now = value_of(row) if row is not None else None
            if was != now:
                if was is not None:
                    found[was].pop(key, None)
                if now is not None:
                    found.setdefault(now, {})[key] = None

    def _index(self, name: str) -> dict[Hashable, dict[K, None]]:
        found: dict[Hashable, dict[K, None]] = {}
        value_of = self._indexes[name]
        for key, row in self._rows.items():
            value = value_of(row)
            if value is not None:
                found.setdefault(value, {})[key] = None
        self._by[name] = found
        return found

    def get(self, key: K) -> V | None:
        """The row of a key, if it is here."""
        return self._rows.get(key)

    def __getitem__(self, key: K) -> V:
        return self._rows[key]

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[V]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def by(self, index: str, value: Hashable) -> list[V]:
        """The rows with that value in an index, in the order in which they came."""
        found = self._by.get(index)
        if found is None:
            found = self._index(index)
        return [self._rows[key] for key in found.get(value, ())]

    def gone(self, key: K) -> bool:
        """Whether a row of this key was here and is not any more."""
        return key in self._first and key not in self._rows

    def changed(self) -> list[V]:
        """The rows that are new or other than they were loaded."""
        return [
            row for key, was in self._first.items() if (row := self._rows.get(key)) is not None and row != was
        ]

    def differences(self) -> list[tuple[V | None, V | None]]:
        """Each row that is other than it was loaded: as it was (None for a new one), and as it is (None: gone)."""
        return [(was, row) for key, was in self._first.items() if (row := self._rows.get(key)) != was]

    def added(self) -> list[V]:
        """The rows that the database does not have yet."""
        return [
            row
            for key, was in self._first.items()
            if was is None and (row := self._rows.get(key)) is not None
        ]

    def dropped(self) -> list[K]:
        """The keys of rows that were loaded and are gone."""
        return [key for key, was in self._first.items() if was is not None and key not in self._rows]
