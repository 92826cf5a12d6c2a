"""Turns the vectors of an encoder so that messages meant alike come closer than messages meant otherwise.

A linear projection, fitted by contrast within one FAQ at a time: of some dozens of entries, a few texts each, every
text should be nearer to those of its own entry than to all others. It starts from the principal directions and goes
only a short way, which carries over to FAQs it has not seen; a long way would not.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from faq.ranking.tuned import Tuning

WIDTH = 256
_STEPS, _RATE = 1_000, 0.0005
_ENTRIES, _TEXTS = 64, 4
SCALE = 16.0
"""How sharply the contrast sees: what cosines are multiplied by."""
_EVENED = 0.1  # power of the inverse variance of the first directions


class Group(NamedTuple):
    """Texts that mean the same, the FAQ they come from, and how often that one is drawn, compared with others."""

    source: str
    texts: Sequence[str]
    often: float = 1.0


def tuned(groups: Sequence[Group], rows: Any, widths: tuple[int, ...], seed: int = 0) -> Tuning:
    """A tuning from the vectors of all texts of the groups, in order."""
    plain = Tuning(widths, np.asarray(rows.mean(axis=0), dtype=np.float32))
    centred = np.concatenate([_of_part(plain, rows, at) for at in range(len(widths))], axis=1)
    members = np.split(np.arange(len(rows)), np.cumsum([len(group.texts) for group in groups])[:-1])
    start = _directions(centred)
    turned = plain._replace(projection=_contrasted(centred, Draw(groups, seed), start))
    return turned._replace(elsewhere=middles(turned, rows, members))


def middles(tuning: Tuning, rows: Any, members: Sequence[Any]) -> Any:
    """What each group of texts means, as a unit vector."""
    turned = tuning.apply(np.asarray(rows, dtype=np.float32))
    sums = np.array([turned[own].sum(axis=0) for own in members], dtype=np.float32)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _of_part(plain: Tuning, rows: Any, part: int) -> Any:
    start = sum(plain.widths[:part])
    own = slice(start, start + plain.widths[part])
    return Tuning((plain.widths[part],), plain.mean[own]).apply(np.asarray(rows[:, own], dtype=np.float32))


def _directions(rows: Any) -> Any:
    values, vectors = np.linalg.eigh(np.cov(rows.T))
    values = np.maximum(values, values.max() * 1e-6)
    order = np.argsort(-values)[:WIDTH]
    return (vectors[:, order] * (values[order[0]] / values[order]) ** _EVENED).astype(np.float32)


def sources_of(groups: Sequence[Group]) -> tuple[list[Any], list[list[int]], Any]:
    """Places of the texts of each group; by source its groups of several texts; and how often each source is drawn."""
    ends = np.cumsum([len(group.texts) for group in groups])
    members = [np.arange(end - len(group.texts), end) for group, end in zip(groups, ends, strict=True)]
    found: dict[str, list[int]] = {}
    for at, group in enumerate(groups):
        if len(group.texts) > 1:
            found.setdefault(group.source, []).append(at)
    sources = list(found.values())
    often = np.array([groups[one[0]].often * min(len(one), 150) ** 0.7 for one in sources])
    return members, sources, often / often.sum()


class Draw:
    """Texts to compare with one another: of one FAQ some entries, and of each a few texts."""

    def __init__(self, groups: Sequence[Group], seed: int) -> None:
        self._members, self._sources, self._often = sources_of(groups)
        self._chance = np.random.default_rng(seed)

    def texts(self) -> tuple[Any, Any]:
        """Places of texts among those of all groups, and for each the number of its entry among those drawn."""
        own = self._sources[self._chance.choice(len(self._sources), p=self._often)]
        drawn = self._chance.choice(own, min(_ENTRIES, len(own)), replace=False)
        picked = [
            self._chance.choice(members, min(_TEXTS, len(members)), replace=False)
            for members in (self._members[at] for at in drawn)
        ]
        return np.concatenate(picked), np.repeat(np.arange(len(picked)), [len(one) for one in picked])


def _contrasted(rows: Any, draw: Draw, start: Any) -> Any:
    turns, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, _STEPS + 1):
        picked, owners = draw.texts()
        slope = _slope(rows[picked], owners, turns)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        rate = _RATE * (1 - step / (_STEPS + 1))
        turns -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return turns


def _slope(rows: Any, owners: Any, turns: Any) -> Any:
    """Gradient of the loss: minus the logarithm of the softmax share that each text's own entry has."""
    turned = rows @ turns
    lengths = np.linalg.norm(turned, axis=1, keepdims=True) + 1e-9
    unit = turned / lengths
    alike = SCALE * (unit @ unit.T)
    np.fill_diagonal(alike, -1e9)
    shares = np.exp(alike - alike.max(axis=1, keepdims=True))
    own = shares * (owners[:, None] == owners[None, :])
    wished = own / (own.sum(axis=1, keepdims=True) + 1e-12)
    error = (shares / shares.sum(axis=1, keepdims=True) - wished) * SCALE / len(rows)
    pull = (error + error.T) @ unit
    return rows.T @ ((pull - unit * (pull * unit).sum(axis=1, keepdims=True)) / lengths)
