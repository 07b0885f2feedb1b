"""What comes of one run together: the needs of all its outputs are those of one thing, counted in runs."""

from __future__ import annotations

import numpy as np

from materials.domain.planning.network import Ints, Network, low_level_codes
from materials.domain.planning.site import Separation, Site


def codes_of(site: Site) -> Ints:
    """The low-level codes of a site's items: outputs that drive a recipe together share the deepest of theirs.

    What is given beside is planned below whatever gives it. Raises `RecipeCycle`.
    """
    network = site.network
    stands_for = np.arange(network.items)
    for one in site.separations:
        stands_for[one.members] = one.driver
    edges = [network] if site.gives is None else [network, site.gives]
    parent = np.concatenate([stands_for[each.parent] for each in edges])
    child = np.concatenate([stands_for[each.child] for each in edges])
    apart = parent != child if len(site.separations) else np.ones(parent.size, dtype=bool)
    # An input that is an output, too, would be a cycle of the recipe itself: only what is given goes to itself.
    apart |= np.arange(parent.size) < network.parent.size
    ones = np.ones(int(apart.sum()), dtype=np.int64)
    whole = Network.of(network.items, parent[apart], child[apart], ones, ones)
    codes: Ints = low_level_codes(whole)[stands_for]
    return codes


def runs_needed(one: Separation, needs: Ints, on_hand: Ints) -> Ints:
    """How many runs are needed on each day, shape (days,), for the needs of the members, shape (members, days).

    C(t) = max over members of ceil(max(0, max D_j(s), s <= t) / y_j), D_j = cumulative needs - on hand.
    """
    short = np.cumsum(needs, axis=1) - on_hand[:, None]
    np.maximum.accumulate(short, axis=1, out=short)
    np.maximum(short, 0, out=short)
    runs = -(-short * one.denominator[:, None] // one.numerator[:, None])
    needed: Ints = np.diff(runs.max(axis=0), prepend=0)
    return needed
