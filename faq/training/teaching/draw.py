"""Texts to compare with one another, and among them what no entry answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from faq.training.tune import Group, sources_of

IN_VAIN = -1
"""Number of the entry of what no entry answers."""
_ENTRIES, _TEXTS, _VAIN, _MOST_NEAR = 52, 4, 48, 32
_SHARE = 0.8


class DrawInVain:
    """Of one FAQ most entries, at most 52, and of each up to four texts; and 48 that none of these answers: what its
    customers ask in vain, and texts of the entries that were not drawn."""

    def __init__(self, groups: Sequence[Group], in_vain: Mapping[str, Sequence[str]], seed: int) -> None:
        """Places of texts are those of the groups, one after the other, and then of `in_vain`, source by source."""
        self._members, self._sources, self._often = sources_of(groups)
        at = sum(len(group.texts) for group in groups)
        near = {}
        for source, texts in in_vain.items():
            near[source] = np.arange(at, at + len(texts))
            at += len(texts)
        nothing = np.arange(0)
        self._near = [near.get(groups[own[0]].source, nothing) for own in self._sources]
        self._chance = np.random.default_rng(seed)

    def texts(self) -> tuple[Any, Any]:
        """Places of texts, and for each the number of its entry among those drawn, or IN_VAIN."""
        source = self._chance.choice(len(self._sources), p=self._often)
        own = self._chance.permutation(self._sources[source])
        count = min(_ENTRIES, max(2, int(len(own) * _SHARE)))
        picked = [self._some(at, _TEXTS) for at in own[:count]]
        others = [self._some(at, 1) for at in own[count : count + _VAIN]]
        near = self._chance.permutation(self._near[source])[: _MOST_NEAR if others else _VAIN]
        vain = np.concatenate([near, *others])[:_VAIN].astype(np.intp)
        owners = np.repeat(np.arange(len(picked)), [len(one) for one in picked])
        return np.concatenate([*picked, vain]), np.append(owners, np.full(len(vain), IN_VAIN))

    def _some(self, group: int, most: int) -> Any:
        members = self._members[group]
        return self._chance.choice(members, min(most, len(members)), replace=False)
