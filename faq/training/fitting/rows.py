"""What is fitted to: labelled messages with the features of their candidates, ready for the nets and trees."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from faq.confidence import SHOWN, signs
from faq.models.net import Net
from faq.ranking.ranks import Said, rank_values


class Record(NamedTuple):
    """One labelled message: features of its candidates, and the place of the right one; -1 if it is not there."""

    features: Any
    right: int
    is_known: bool
    query: Said
    weight: float


class Ranking(NamedTuple):
    """The values of the candidates of all messages, one after the other, the right one of each message first; and the
    weights of the messages, 1 on the mean."""

    values: Any
    starts: Any
    counts: Any
    shares: Any

    def drawn(self, rows: Any) -> tuple[Any, Any, Any]:
        """The values of some messages, where each begins, and to which of them each belongs."""
        counts = self.counts[rows]
        starts = counts.cumsum() - counts
        owners = np.repeat(np.arange(len(rows)), counts)
        return self.values[np.arange(len(owners)) - (starts - self.starts[rows])[owners]], starts, owners


def ranking_of(records: Sequence[Record]) -> Ranking:
    """The messages whose right entry is among several candidates."""
    values, weights = [], []
    for record in records:
        if record.right < 0 or len(record.features) < 2:
            continue
        own = rank_values(record.features, record.query).astype(np.float32)
        values.append(np.concatenate([own[[record.right]], np.delete(own, record.right, axis=0)]))
        weights.append(record.weight)
    counts, shares = np.array([len(one) for one in values]), np.array(weights)
    return Ranking(np.concatenate(values), counts.cumsum() - counts, counts, shares / shares.mean())


class Rows(NamedTuple):
    """Signs of confidence of messages that have candidates; whether the first candidate is right and whether one of
    the first three is (1 or 0); and their weights."""

    signs: Any
    first: Any
    among: Any
    shares: Any


def joined(parts: Sequence[Rows]) -> Rows:
    """All of them together."""
    return Rows(*(np.concatenate(own) for own in zip(*parts, strict=True)))


def confidence_rows(records: Sequence[Record], net: Net) -> Rows:
    """What the confidence learns from, with candidates ranked by a net."""
    found = []
    for record in records:
        if len(record.features):
            ranks = net(rank_values(record.features, record.query))
            order = np.argsort(-ranks)
            own = signs(record.features[order], ranks[order], record.query)
            is_first, is_among = order[0] == record.right, record.right in order[:SHOWN]
            found.append((own, float(is_first), float(is_among), record.weight))
    return Rows(*(np.array(own) for own in zip(*found, strict=True)))
