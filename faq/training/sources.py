"""What is learned from: public sets of intents and the project's own messages.

They are told apart, so that nothing is fitted on features that saw it before.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from faq.confidence import signs
from faq.encoder import Encoder
from faq.entry import Entry
from faq.index import Index
from faq.models.blend import Blend
from faq.models.net import Net
from faq.ranking.features import LETTERS, names
from faq.ranking.ranks import Said, rank_values
from faq.ranking.traits import Traits
from faq.ranking.tuned import Tuning
from faq.ranking.weights import Nets
from faq.training.episodes import (
    FEW_SCOPE_SHARE,
    TRADE_WORDINGS,
    WORDINGS,
    asked_for_real,
    deep_episode,
    episode,
    few_episode,
    labelled,
    trade_episode,
    weighted,
)
from faq.training.fitting.rows import Record
from faq.training.taught import learned_in, read_tuning
from faq.training.trades import Trades, read_trades
from faq.training.tune import Group, middles, tuned

PLAIN = ("e5-plain", "use")
"""The encoders as their wheels have them."""
FOLDS = 4

_SETS = {  # file: messages of a label for the tuning and for the episodes, episodes, fold
    "banking77/train.jsonl": (45, 45, 30, 0),
    "clinc150/train.jsonl": (30, 20, 20, 1),
    "hint3/curekart_train.jsonl": (100, 100, 16, 2),
    "hint3/powerplay11_train.jsonl": (100, 100, 16, 2),
    "hint3/sofmattress_train.jsonl": (100, 100, 16, 2),
}
TRAIN_FILES = tuple(_SETS)
UNTAUGHT = "hint3/"
"""What E5 is not taught: bots that are asked much they cannot answer, measured as companies nobody has seen."""
_SET_WEIGHT, _TRADE_WEIGHT, _SHOP_WEIGHT = 0.7, 1.0, 12.0
_TRADE_EPISODES = 12
_TOO_MANY = 7  # of so many episodes one is like those of a big FAQ
_PLACES = {name: at for at, name in enumerate(names("any"))}
_FEW_WEIGHT, _FEW_EPISODES = 0.1, 40
_TOLD = 3  # texts of an entry by which E5, as it was taught, tells what the entry means
_DEEP_WEIGHT, _DEEP_OFTEN = 0.5, 0.33
_DEEP = ((150, (1, 0)), (40, (9, 0)), (90, (9, 0)), (150, (9, 1)))
_BOTS = ((80, (2, 0)), (80, (6, 0)), (25, (9, 0)), (80, (20, 0)), (40, (20, 3)))
"""Entries, and most wordings of an entry and most of its messages that are put among them, for each episode."""
TRADES = Path(__file__).with_name("messages")


class Kind(NamedTuple):
    """A kind of encoder to make nets for: the parts of it that are as their wheels have them, and whether E5 comes to
    these as it was taught."""

    name: str
    parts: tuple[str, ...] | None
    is_tuned: bool = True
    is_taught: bool = False


class Sense(NamedTuple):
    """An encoder and what is done to its vectors; nothing of it where there is none."""

    encoder: Encoder | None = None
    tuning: Tuning | None = None


class Shop(NamedTuple):
    """A message of shop_ru_dev."""

    expected: str | None
    record: Record


class Part:
    """Some parts of an encoder, as an encoder."""

    def __init__(self, whole: Encoder, parts: tuple[str, ...]) -> None:
        edges = np.cumsum([0, *whole.widths])
        self._places = [place for place, part in enumerate(whole.parts) if part in parts]
        self._slices = [slice(edges[place], edges[place + 1]) for place in self._places]
        self._whole = whole
        self.parts = tuple(whole.parts[place] for place in self._places)
        self.widths = tuple(whole.widths[place] for place in self._places)
        self.name = "+".join(self.parts)

    def encode(self, texts: Sequence[str]) -> Any:
        rows = self._whole.encode(texts)
        return np.concatenate([rows[:, own] for own in self._slices], axis=1)


class Together:
    """Two encoders side by side, as one."""

    def __init__(self, first: Encoder, second: Encoder) -> None:
        self._both = first, second
        self.parts, self.widths = first.parts + second.parts, first.widths + second.widths
        self.name = f"{first.name}+{second.name}"

    def encode(self, texts: Sequence[str]) -> Any:
        return np.concatenate([one.encode(texts) for one in self._both], axis=1)


def _folds(trades: Trades) -> dict[str, int]:
    """The fold of each trade; deep ones are shared out like the others."""
    every = sorted(trades.entries)
    kinds = [[trade for trade in every if _is_deep(trades, trade) == is_deep] for is_deep in (True, False)]
    return {trade: at % FOLDS for own in kinds for at, trade in enumerate(own)}


def _is_deep(trades: Trades, trade: str) -> bool:
    return bool(trades.near[trade])


def groups_of(folder: Path) -> list[tuple[int, Group]]:
    """Everything the tuning learns from, with the fold it belongs to."""
    found = [
        (fold, Group(name, texts))
        for name, (most, _, _, fold) in _SETS.items()
        for texts in labelled(folder / name, most).values()
    ]
    return found + own_groups()


def own_groups() -> list[tuple[int, Group]]:
    """What of it was written for the project."""
    found = []
    trades = read_trades(TRADES)
    for trade, fold in _folds(trades).items():
        for one in trades.entries[trade]:
            texts = [*one.wordings, *one.messages, *one.plain, f"{one.wordings[0]} {one.answer}"]
            is_deep = _is_deep(trades, trade)
            found.append((fold, Group(trade, texts, _DEEP_OFTEN) if is_deep else Group("trades", texts)))
    return found


def asked_in_vain() -> dict[str, list[str]]:
    """By source of the own groups, what its customers ask and none of its entries answers."""
    return {trade: near for trade, near in read_trades(TRADES).near.items() if near}


def senses_of(groups: Sequence[tuple[int, Group]], encoder: Encoder) -> dict[int | None, Sense]:
    """The tuning from everything (None), and for each fold the one from all others. What is meant elsewhere is that of
    the project's own companies: a public set that is measured is not to find itself there."""
    vectors = [encoder.encode(group.texts) for _, group in groups]
    found: dict[int | None, Sense] = {}
    for left_out in (None, *range(FOLDS)):
        used = [at for at, (fold, _) in enumerate(groups) if fold != left_out]
        rows = np.concatenate([vectors[at] for at in used])
        tuning = tuned([groups[at][1] for at in used], rows, encoder.widths)
        own = [place for place, at in enumerate(used) if groups[at][1].source not in _SETS]
        elsewhere = tuning.elsewhere
        found[left_out] = Sense(encoder, tuning._replace(elsewhere=None if elsewhere is None else elsewhere[own]))
    return found


def taught_senses(
    groups: Sequence[tuple[int, Group]], teaching: Path, with_e5: Callable[[Path], Encoder]
) -> dict[int | None, Sense]:
    """The same with E5 as it was taught, each time without the same companies as its tuning. `groups`: the project's
    own; `with_e5`: the encoder by the file of what E5 has learned."""
    found: dict[int | None, Sense] = {}
    for left_out in (None, *range(FOLDS)):
        used = [group.texts[:_TOLD] for fold, group in groups if fold != left_out]
        encoder, tuning = with_e5(learned_in(teaching, left_out)), read_tuning(teaching, left_out)
        rows = np.concatenate([encoder.encode(texts) for texts in used])
        members = np.split(np.arange(len(rows)), np.cumsum([len(texts) for texts in used])[:-1])
        found[left_out] = Sense(encoder, tuning._replace(elsewhere=middles(tuning, rows, members)))
    return found


def _plain(width: int, weights: Sequence[float] = ()) -> Net:
    linear = np.zeros(width)
    linear[: len(weights)] = weights
    return Net(np.zeros(width), np.ones(width), linear, np.zeros((width, 1)), np.zeros(1), np.zeros(1), 0.0)


def _builder(sense: Sense) -> Callable[[list[Entry]], Index]:
    """Indexes that rank by a plain sum; records do not depend on it."""
    encoder, tuning = sense
    count = len(names("any" if encoder else ""))
    blank, query = np.zeros((1, count)), Said(0.0, 0, 0.0, Traits(1, 1.0))
    rank = _plain(rank_values(blank, query).shape[1], [1.0] * len(LETTERS) + [0.3] * (count - len(LETTERS)))
    unsure = Blend(_plain(len(signs(blank, np.zeros(1), query))))
    nets = Nets(rank, unsure, unsure)
    return lambda entries: Index.build(entries, encoder=encoder, nets=nets, tuning=tuning)


def gathered(folder: Path, senses: Mapping[int | None, Sense], is_taught: bool = False) -> list[tuple[int, Record]]:
    """Records of all companies but the shop, each with its fold.

    Trades are searched with a sense that has not learned from them, as a new company would be; the public sets half the
    time with the one from everything, as they are measured with. Where E5 was taught that would be too easy: then those
    it was taught are searched with a sense that has not learned from them, and only the others with that one.
    """
    chance = random.Random(5)
    found: list[tuple[int, Record]] = []
    trades = read_trades(TRADES)
    for fold in range(FOLDS):
        own = [trade for trade, its in _folds(trades).items() if its == fold]
        build = _builder(senses[fold])
        shallow = [trade for trade in own if not _is_deep(trades, trade)]
        for turn in range(_TRADE_EPISODES):
            chosen = chance.sample(shallow, (1, 1, 3, len(shallow))[turn % 4])
            wordings = TRADE_WORDINGS[turn * len(TRADE_WORDINGS) // _TRADE_EPISODES]
            drawn = trade_episode(trades, chosen, wordings, chance, build)
            if senses[fold].encoder and turn % _TOO_MANY == 3:
                drawn = [_as_of_many(one) for one in drawn]
            found += [(fold, one) for one in weighted(drawn, _TRADE_WEIGHT)]
        for trade in own:
            if trade in shallow:
                continue
            is_bot = trades.language(trade) == "en"
            shapes = _BOTS if is_bot else _DEEP
            for size, wordings in shapes:
                drawn = deep_episode(trades, trade, size, wordings, chance, build)
                found += [(fold, one) for one in weighted(drawn, _DEEP_WEIGHT)]
        for turn in range(_FEW_EPISODES):
            language = trades.language(chance.choice(own))
            same = [trade for trade in own if trades.language(trade) == language]
            chosen = chance.sample(same, min(len(same), (1, 1, 2)[turn % 3]))
            drawn = few_episode(trades, chosen, TRADE_WORDINGS[turn % len(TRADE_WORDINGS)], chance, build)
            found += [(fold, one) for one in weighted(drawn, _FEW_WEIGHT, FEW_SCOPE_SHARE)]
    for name, (_, most, times, fold) in _SETS.items():
        groups = labelled(folder / name, most)
        for turn in range(times):
            is_unseen = chance.random() < 0.5
            if is_taught:
                is_unseen = not name.startswith(UNTAUGHT)
            build = _builder(senses[fold if is_unseen else None])
            drawn = episode(groups, WORDINGS[turn % len(WORDINGS)], chance, build)
            if senses[fold].encoder and turn % _TOO_MANY == 3:
                drawn = [_as_of_many(one) for one in drawn]
            found += [(fold, one) for one in weighted(drawn, _SET_WEIGHT)]
    return found


def _as_of_many(one: Record) -> Record:
    """The record as it would be in an FAQ of too many entries to learn what tells them apart."""
    features = one.features.copy()
    features[:, _PLACES["meaning_apart"]] = features[:, _PLACES["meaning_evened"]]
    return one._replace(features=features)


def shop_records(own: Path, sense: Sense) -> list[Shop]:
    """The messages of shop_ru_dev, asked of its whole FAQ."""
    build = _builder(sense)
    found = asked_for_real(own / "shop_ru_dev_faq.jsonl", own / "shop_ru_dev_queries.jsonl", build)
    records = weighted([record for _, record in found], _SHOP_WEIGHT)
    return [Shop(expected, record) for (expected, _), record in zip(found, records, strict=True)]
