"""Fits the weights: a softmax over the candidates for the ranking, a logistic regression for the confidence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from faq.confidence import sign_names, signs

_TURNS = 600


class Record(NamedTuple):
    """One labelled message: features of its candidates, and the place of the right one; -1 if it is not there."""

    features: Any
    right: int
    is_known: bool
    familiarity: float
    words: int
    wordings: float
    weight: float


def _descend(loss: Any, start: Any, rate: float = 0.05) -> Any:
    """Adam on a function that gives value and gradient; enough for a few dozen weights."""
    weights, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for turn in range(1, _TURNS + 1):
        _, slope = loss(weights)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        step = rate * (1 - turn / (_TURNS + 1))
        weights -= step * (first / (1 - 0.9**turn)) / (np.sqrt(second / (1 - 0.999**turn)) + 1e-9)
    return weights


def fit_rank(records: Sequence[Record], *, shrink: float = 0.002) -> Any:
    """Weights of the features, in their own units, by the messages whose right entry is among the candidates."""
    used = [record for record in records if record.right >= 0 and len(record.features) > 1]
    most = max(len(record.features) for record in used)
    width = used[0].features.shape[1]
    spread = np.concatenate([record.features for record in used]).std(axis=0) + 1e-6
    tensor = np.zeros((len(used), most, width))
    is_there = np.zeros((len(used), most), bool)
    for at, record in enumerate(used):
        tensor[at, : len(record.features)] = record.features / spread
        is_there[at, : len(record.features)] = True
    right = np.array([record.right for record in used])
    share = np.array([record.weight for record in used])
    share = share / share.sum()
    rows = np.arange(len(used))

    def loss(weights: Any) -> tuple[float, Any]:
        scores = np.where(is_there, tensor @ weights, -1e9)
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        value = -(share * np.log(chances[rows, right] + 1e-12)).sum() + shrink * (weights**2).sum()
        expected = np.einsum("nc,ncf->nf", chances, tensor)
        slope = ((expected - tensor[rows, right]) * share[:, None]).sum(axis=0)
        return float(value), slope + 2 * shrink * weights

    return _descend(loss, np.full(width, 0.3)) / spread


def confidence_rows(records: Sequence[Record], weights: Any) -> tuple[Any, Any, Any]:
    """Signs, outcomes (1: the first candidate is right) and shares of all records that have candidates."""
    rows, outcomes, shares = [], [], []
    for record in records:
        if len(record.features):
            ranks = record.features @ weights
            order = np.argsort(-ranks)
            rows.append(signs(record.features[order], ranks[order], record.familiarity, record.words))
            outcomes.append(float(order[0] == record.right))
            shares.append(record.weight)
    return np.array(rows), np.array(outcomes), np.array(shares)


def fit_confidence(records: Sequence[Record], weights: Any, *, shrink: float = 0.001) -> dict[str, float]:
    """Weights of the signs and the constant, named "constant"."""
    rows, outcomes, shares = confidence_rows(records, weights)
    shares = shares / shares.sum()
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]

    def loss(found: Any) -> tuple[float, Any]:
        chances = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        value = -(shares * np.log(np.where(outcomes > 0.5, chances, 1 - chances) + 1e-12)).sum()
        slope = scaled.T @ (shares * (chances - outcomes))
        kept = np.r_[found[:-1], 0.0]
        return float(value + shrink * (kept**2).sum()), slope + 2 * shrink * kept

    found = _descend(loss, np.zeros(scaled.shape[1]))
    own = found[:-1] / spread
    named = dict(zip(sign_names(rows.shape[1]), map(float, own), strict=True))
    return {**named, "constant": float(found[-1] - (own * mean).sum())}
