"""Fits nets: a softmax over the candidates for the ranking, a logistic regression for the confidence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from faq.models.net import MOST, Net
from faq.training.fitting.rows import Ranking, Record, Rows, ranking_of

_RATE = 0.004
_FIRST, _SECOND = 0.9, 0.999
_LEAST_SPREAD = 1e-3
_MESSAGES = 256  # at one step


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


def rank_net(
    records: Sequence[Record], *, bends: int = 24, turns: int = 2_500, shrink: float = 0.001, nets: int = 12
) -> Net:
    """The net that ranks candidates, by the messages whose right entry is among them: the mean of several fits."""
    found = ranking_of(records)
    mean = found.values.mean(axis=0, dtype=np.float64)
    spread = _spread(found.values)
    scaled = np.clip((found.values - mean) / spread, -MOST, MOST).astype(np.float32)
    return _merged(
        [
            _ranked(found._replace(values=scaled), _Fitted(mean, spread, bends, seed), seed, turns, shrink)
            for seed in range(1, nets + 1)
        ]
    )


def _ranked(data: Ranking, fitted: _Fitted, seed: int, turns: int, shrink: float) -> _Fitted:
    """Fits by the softmax of the right candidate among all of its message."""
    chance = np.random.default_rng(seed)
    for turn in range(turns):
        rows = chance.integers(0, len(data.shares), _MESSAGES)
        values, starts, owners = data.drawn(rows)
        scores, bent = fitted.forward(values)
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[owners])
        shares /= np.add.reduceat(shares, starts)[owners]
        shares[starts] -= 1
        fitted.step(values, bent, shares * (data.shares[rows] / len(rows))[owners], _RATE * (1 - turn / turns), shrink)
    return fitted


def chance_net(
    rows: Rows, outcomes: Any, *, bends: int = 6, turns: int = 1_500, shrink: float = 0.01, nets: int = 12
) -> Net:
    """The net whose logistic value is the probability of the outcome: the mean of several fits."""
    shares = rows.shares / rows.shares.mean()
    mean, spread = rows.signs.mean(axis=0), _spread(rows.signs)
    scaled = np.clip((rows.signs - mean) / spread, -MOST, MOST).astype(np.float32)
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
