"""Fits the nets: a softmax over the candidates for the ranking, a logistic regression for the confidence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from faq.confidence import signs
from faq.ranking.net import MOST, Net
from faq.ranking.ranks import Said, rank_values

_RATE = 0.004
_FIRST, _SECOND = 0.9, 0.999
_CANDIDATES = 48


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
        self.numbers = [
            np.zeros(width), chance.normal(size=(width, bends)) / np.sqrt(width), np.zeros(bends), np.zeros(bends),
            np.zeros(1),
        ]  # fmt: skip
        self._moments = [(np.zeros_like(one), np.zeros_like(one)) for one in self.numbers]
        self._turn = 0

    def forward(self, scaled: Any) -> tuple[Any, Any]:
        linear, inner, bias, outer, constant = self.numbers
        bent = np.tanh(scaled @ inner + bias)
        return scaled @ linear + bent @ outer + constant, bent

    def step(self, scaled: Any, bent: Any, error: Any, rate: float, shrink: float) -> None:
        """One step down; `error` is the gradient of the loss at the outputs."""
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

    def net(self) -> Net:
        linear, inner, bias, outer, constant = self.numbers
        return Net(self.mean, self.spread, linear, inner, bias, outer, float(constant[0]))


def fit_rank(records: Sequence[Record], *, bends: int = 12, turns: int = 900, shrink: float = 0.0005) -> Net:
    """The net that ranks candidates, by the messages whose right entry is among them."""
    used = [record for record in records if record.right >= 0 and len(record.features) > 1]
    values = [rank_values(record.features, record.query, record.wordings) for record in used]
    every = np.concatenate(values)
    fitted = _Fitted(every.mean(axis=0), every.std(axis=0) + 1e-6, bends, 1)
    tensor = np.zeros((len(used), _CANDIDATES, every.shape[1]), dtype=np.float32)
    is_there = np.zeros((len(used), _CANDIDATES), bool)
    for at, (record, own) in enumerate(zip(used, values, strict=True)):
        # The right one first, so that it is never cut off.
        order = [record.right, *(place for place in range(len(own)) if place != record.right)][:_CANDIDATES]
        tensor[at, : len(order)] = np.clip((own[order] - fitted.mean) / fitted.spread, -MOST, MOST)
        is_there[at, : len(order)] = True
    chance = np.random.default_rng(2)
    share = np.array([record.weight for record in used])
    share /= share.mean()
    for turn in range(turns):
        rows = chance.integers(0, len(used), 256)
        scaled = tensor[rows].reshape(-1, every.shape[1]).astype(np.float64)
        scores, bent = fitted.forward(scaled)
        scores = np.where(is_there[rows], scores.reshape(len(rows), -1), -1e9)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[:, 0] -= 1
        error = (shares * share[rows, None] / len(rows)).reshape(-1)
        fitted.step(scaled, bent, error, _RATE * (1 - turn / turns), shrink)
    return fitted.net()


def confidence_rows(records: Sequence[Record], net: Net) -> tuple[Any, Any, Any]:
    """Signs, outcomes (1: the first candidate is right) and shares of all records that have candidates."""
    rows, outcomes, shares = [], [], []
    for record in records:
        if len(record.features):
            ranks = net(rank_values(record.features, record.query, record.wordings))
            order = np.argsort(-ranks)
            own = signs(record.features[order], ranks[order], record.query)
            rows.append(own)
            outcomes.append(float(order[0] == record.right))
            shares.append(record.weight)
    return np.array(rows), np.array(outcomes), np.array(shares)


def fit_confidence(
    rows: Any, outcomes: Any, shares: Any, *, bends: int = 6, turns: int = 1_500, shrink: float = 0.01
) -> Net:
    """The net whose logistic value is the probability that the first candidate is right."""
    shares = shares / shares.mean()
    fitted = _Fitted(rows.mean(axis=0), rows.std(axis=0) + 1e-6, bends, 3)
    scaled = np.clip((rows - fitted.mean) / fitted.spread, -MOST, MOST)
    chance = np.random.default_rng(4)
    for turn in range(turns):
        drawn = chance.integers(0, len(rows), 1_024)
        values, bent = fitted.forward(scaled[drawn])
        error = shares[drawn] * (1 / (1 + np.exp(-np.clip(values, -30, 30))) - outcomes[drawn]) / len(drawn)
        fitted.step(scaled[drawn], bent, error, _RATE * (1 - turn / turns), shrink)
    return fitted.net()
