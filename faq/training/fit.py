"""Fits the nets: a softmax over the candidates for the ranking, a logistic regression for the confidence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from faq.confidence import SHOWN, signs
from faq.ranking.net import MOST, Net
from faq.ranking.ranks import Said, rank_values

_RATE = 0.004
_FIRST, _SECOND = 0.9, 0.999
_LEAST_SPREAD = 1e-3
_MESSAGES = 256  # at one step


class Record(NamedTuple):
    """One labelled message: features of its candidates, and the place of the right one; -1 if it is not there."""

    features: Any
    right: int
    is_known: bool
    query: Said
    wordings: float
    weight: float


class _Fitted:
    """A net being fitted: Adam on its numbers, of which those of the bends and weights shrink."""

    def __init__(self, mean: Any, spread: Any, bends: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        width = len(mean)
        self.mean, self.spread = mean, spread
        inner = chance.normal(size=(width, bends)) / np.sqrt(width)
        self.numbers = [
            one.astype(np.float32) for one in (np.zeros(width), inner, np.zeros(bends), np.zeros(bends), np.zeros(1))
        ]
        self._moments = [(np.zeros_like(one), np.zeros_like(one)) for one in self.numbers]
        self._turn = 0

    def forward(self, scaled: Any) -> tuple[Any, Any]:
        linear, inner, bias, outer, constant = self.numbers
        bent = np.tanh(scaled @ inner + bias)
        return scaled @ linear + bent @ outer + constant, bent

    def step(self, scaled: Any, bent: Any, error: Any, rate: float, shrink: float) -> None:
        """One step down; `error` is the gradient of the loss at the outputs."""
        error = error.astype(np.float32)
        back = error[:, None] * self.numbers[3] * (1 - bent**2)
        slopes = [scaled.T @ error, scaled.T @ back, back.sum(axis=0), bent.T @ error, error.sum(keepdims=True)]
        self._turn += 1
        for at, (number, slope) in enumerate(zip(self.numbers, slopes, strict=True)):
            pull = slope + (shrink * number if at in (0, 1, 3) else 0.0)
            first, second = self._moments[at]
            first += (1 - _FIRST) * (pull - first)
            second += (1 - _SECOND) * (pull**2 - second)
            number[...] -= (
                rate * first / (1 - _FIRST**self._turn) / (np.sqrt(second / (1 - _SECOND**self._turn)) + 1e-8)
            )


def _merged(fitted: Sequence[_Fitted]) -> Net:
    """The mean of several nets, as one net with the bends of all."""
    columns = list(zip(*([one.astype(np.float64) for one in net.numbers] for net in fitted), strict=True))
    linear, inner, bias, outer, constant = columns
    return Net(
        fitted[0].mean,
        fitted[0].spread,
        np.mean(linear, axis=0),
        np.hstack(inner),
        np.concatenate(bias),
        np.concatenate(outer) / len(fitted),
        float(np.mean(constant)),
    )


def _spread(values: Any) -> Any:
    """The spread of each column, 1 where it is always the same."""
    found = values.std(axis=0, dtype=np.float64)
    return np.where(found < _LEAST_SPREAD, 1.0, found)


class _Ragged(NamedTuple):
    """The values of the candidates of all messages, one after the other, the right one of each message first."""

    values: Any
    starts: Any
    counts: Any

    def drawn(self, rows: Any) -> tuple[Any, Any, Any]:
        """The values of some messages, where each begins, and to which of them each belongs."""
        counts = self.counts[rows]
        starts = counts.cumsum() - counts
        owners = np.repeat(np.arange(len(rows)), counts)
        return self.values[np.arange(len(owners)) - (starts - self.starts[rows])[owners]], starts, owners


def _ragged(records: Sequence[Record]) -> _Ragged:
    values = []
    for record in records:
        own = rank_values(record.features, record.query, record.wordings).astype(np.float32)
        values.append(np.concatenate([own[[record.right]], np.delete(own, record.right, axis=0)]))
    counts = np.array([len(one) for one in values])
    return _Ragged(np.concatenate(values), counts.cumsum() - counts, counts)


def fit_rank(
    records: Sequence[Record], *, bends: int = 24, turns: int = 2_500, shrink: float = 0.001, nets: int = 4
) -> Net:
    """The net that ranks candidates, by the messages whose right entry is among them: the mean of several fits."""
    used = [record for record in records if record.right >= 0 and len(record.features) > 1]
    found = _ragged(used)
    mean = found.values.mean(axis=0, dtype=np.float64)
    spread = _spread(found.values)
    scaled = np.clip((found.values - mean) / spread, -MOST, MOST).astype(np.float32)
    share = np.array([record.weight for record in used])
    share /= share.mean()
    return _merged(
        [
            _ranked(found._replace(values=scaled), share, _Fitted(mean, spread, bends, seed), seed, turns, shrink)
            for seed in range(1, nets + 1)
        ]
    )


def _ranked(data: _Ragged, share: Any, fitted: _Fitted, seed: int, turns: int, shrink: float) -> _Fitted:
    """Fits by the softmax of the right candidate among all of its message."""
    chance = np.random.default_rng(seed)
    for turn in range(turns):
        rows = chance.integers(0, len(share), _MESSAGES)
        values, starts, owners = data.drawn(rows)
        scores, bent = fitted.forward(values)
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[owners])
        shares /= np.add.reduceat(shares, starts)[owners]
        shares[starts] -= 1
        fitted.step(values, bent, shares * (share[rows] / len(rows))[owners], _RATE * (1 - turn / turns), shrink)
    return fitted


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
            ranks = net(rank_values(record.features, record.query, record.wordings))
            order = np.argsort(-ranks)
            own = signs(record.features[order], ranks[order], record.query)
            is_first, is_among = order[0] == record.right, record.right in order[:SHOWN]
            found.append((own, float(is_first), float(is_among), record.weight))
    return Rows(*(np.array(own) for own in zip(*found, strict=True)))


def fit_confidence(
    rows: Any, outcomes: Any, shares: Any, *, bends: int = 6, turns: int = 1_500, shrink: float = 0.01, nets: int = 6
) -> Net:
    """The net whose logistic value is the probability of the outcome: the mean of several fits."""
    shares = shares / shares.mean()
    mean, spread = rows.mean(axis=0), _spread(rows)
    scaled = np.clip((rows - mean) / spread, -MOST, MOST).astype(np.float32)
    return _merged(
        [
            _sure(scaled, outcomes, shares, _Fitted(mean, spread, bends, seed), seed, turns, shrink)
            for seed in range(1, nets + 1)
        ]
    )


def _sure(scaled: Any, outcomes: Any, shares: Any, fitted: _Fitted, seed: int, turns: int, shrink: float) -> _Fitted:
    chance = np.random.default_rng(seed)
    for turn in range(turns):
        drawn = chance.integers(0, len(scaled), 1_024)
        values, bent = fitted.forward(scaled[drawn])
        error = shares[drawn] * (1 / (1 + np.exp(-np.clip(values, -30, 30))) - outcomes[drawn]) / len(drawn)
        fitted.step(scaled[drawn], bent, error, _RATE * (1 - turn / turns), shrink)
    return fitted
