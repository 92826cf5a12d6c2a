"""What the search learns from, and that fitting finds what there is to find."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from faq.encoder import Encoder, RememberingEncoder
from faq.normalize import normalize
from faq.ranking.ranks import Said, said
from faq.ranking.traits import Traits
from faq.ranking.tuned import Tuning
from faq.training.disguise import altered, disguised, mistyped
from faq.training.episodes import deep_episode, trade_episode, weighted
from faq.training.fitting.nets import chance_net, rank_net
from faq.training.fitting.rows import Record, confidence_rows
from faq.training.sources import (
    FOLDS,
    TRADES,
    TRAIN_FILES,
    Sense,
    Together,
    _builder,
    asked_in_vain,
    own_groups,
    taught_senses,
)
from faq.training.taught import write_teaching
from faq.training.teaching.draw import IN_VAIN, DrawInVain
from faq.training.trades import Asked, Trades, read_trades
from faq.training.tune import Group
from faq.training.vectors import Vectors


def trades() -> Trades:
    return read_trades(TRADES)


def test_trades_are_whole() -> None:
    found = trades()
    assert len(found.entries) >= 30
    for trade, entries in found.entries.items():
        for entry in entries:
            assert entry.wordings[0], trade
            assert entry.answer, entry.wordings
            assert entry.messages, entry.wordings
    assert len(found.foreign) >= 100
    deep = [trade for trade, near in found.near.items() if near]
    assert sorted(found.language(trade) for trade in deep) == ["en"] * 8 + ["ru"] * 12
    for trade in deep:
        entries = found.entries[trade]
        is_bot = found.language(trade) == "en"
        assert len(entries) >= (40 if is_bot else 100), trade
        assert len(found.near[trade]) >= 40, trade
        assert all(entry.plain for entry in entries), trade
        assert not is_bot or all(len(entry.wordings) >= 10 for entry in entries), trade


def test_no_message_that_is_measured_is_learned_from_as_a_text() -> None:
    """Nothing that shop_ru_dev asks, in whatever layout or script, is a wording or a message of the training."""
    path = Path(__file__).parents[2] / "data" / "faq" / "shop_ru_dev_queries.jsonl"
    measured = {normalize(json.loads(line)["text"]) for line in path.read_text("utf-8").splitlines()}
    known = trades()
    own = {normalize(text) for entries in known.entries.values() for entry in entries for text in texts(entry)}
    own |= {normalize(text) for near in known.near.values() for text in near}
    assert {text for text in own & measured if text} == set()


def texts(entry: Asked) -> list[str]:
    return [*entry.wordings, *entry.messages, *entry.plain]


def test_a_disguise_is_never_empty_and_often_nothing() -> None:
    chance = random.Random(1)
    texts = [disguised("где мой заказ", chance) for _ in range(200)]
    assert all(texts)
    assert 60 < texts.count("где мой заказ") < 140
    assert mistyped("а", chance) == "а"
    assert altered("Где мой заказ?", chance)


def test_an_episode_asks_for_what_is_there_and_for_what_is_not() -> None:
    found = trade_episode(trades(), ["bank"], (9, 1), random.Random(2), _builder(Sense()))
    assert any(one.is_known for one in found)
    assert any(not one.is_known and one.right == -1 for one in found)
    shares = weighted(found, 1.0)
    assert abs(sum(one.weight for one in shares) - 1) < 1e-9


def test_a_deep_faq_is_asked_plainly_too_and_in_vain() -> None:
    known = trades()
    small = replace(known, entries={"edu": known.entries["edu"][:20], "bank": known.entries["bank"]})
    found = deep_episode(small, "edu", 15, (9, 0), random.Random(3), _builder(Sense()))
    asked = [one for one in found if one.is_known]
    vain = [one for one in found if not one.is_known]
    assert len(asked) > 40
    assert len(vain) > 20
    assert all(len(one.features) <= 15 for one in found)


def test_what_an_english_company_is_asked_is_english() -> None:
    """Messages of a Russian company would be refused for their letters alone, and teach nothing."""
    known = trades()
    small = replace(known, entries={trade: known.entries[trade][:20] for trade in ("food_en", "repair_en", "bank")})
    found = deep_episode(small, "food_en", 15, (20, 0), random.Random(3), _builder(Sense()))
    assert sum(one.is_known for one in found) > 40
    assert sum(not one.is_known for one in found) > 20
    assert sum(one.query.latin < 0.5 for one in found) < 5


def test_vectors_are_made_once_for_all_processes(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counting:
        name, parts, widths = "counting", ("remote",), (2,)

        def encode(self, wanted: list[str]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
            asked.extend(wanted)
            return np.array([[len(text), 1.0] for text in wanted], dtype=np.float32)

    for _ in range(2):
        with Vectors(tmp_path / "vectors.db") as store:
            rows = RememberingEncoder(Counting(), store).encode([f"{at} раз" for at in range(1_200)])
    assert len(asked) == 1_200
    assert rows[1_100].tolist() == [8.0, 1.0]


def made(count: int, chance: np.random.Generator) -> list[Record]:
    """Queries whose right candidate has the greatest first feature, if it is great enough for any."""
    found = []
    for _ in range(count):
        features = chance.random((6, 3))
        best = int(features[:, 0].argmax())
        right = best if features[best, 0] > 0.8 else -1
        found.append(Record(features, right, right >= 0, Said(0.5, 3, 0.0, Traits(6, 2.0)), 1.0))
    return found


def test_fitting_finds_the_feature_that_tells() -> None:
    chance = np.random.default_rng(1)
    records, others = made(400, chance), made(200, chance)
    net = rank_net(records, bends=3, turns=300)
    rows, outcomes, among, _ = confidence_rows(others, net)
    known = [one.right >= 0 for one in others]
    assert outcomes[known].mean() > 0.9
    assert (among >= outcomes).all()
    learned = confidence_rows(records, net)
    confidence = chance_net(learned, learned.first, bends=3, turns=400)
    said_so = confidence(rows) > 0
    assert (said_so == (outcomes > 0.5)).mean() > 0.9


def test_a_query_tells_its_script() -> None:
    traits = Traits(5, 1.0)
    assert said("где заказ", 0.5, traits) == Said(0.5, 2, 0.0, traits)
    assert said("where заказ", 0.5, traits).latin == 0.5
    assert said("123", 0.0, traits).latin == 0


class Length:
    """An encoder of one number: how long a text is."""

    def __init__(self, part: str, times: float) -> None:
        self.name, self.parts, self.widths, self._times = part, (part,), (1,), times

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text) * self._times] for text in texts], dtype=np.float32)


def test_what_was_taught_without_a_fold_is_used_where_that_fold_is_asked(tmp_path: Path) -> None:
    for fold in (None, *range(FOLDS)):
        tuning = Tuning(
            (1, 1), np.zeros(2, dtype=np.float32), np.eye(2, dtype=np.float32) * (9 if fold is None else fold)
        )
        write_teaching(tmp_path, fold, {"l0.q.b": np.full(1, -1 if fold is None else fold)}, tuning)

    def with_e5(learned: Path) -> Encoder:
        with np.load(learned) as kept:
            return Together(Length("e5", float(kept["l0.q.b"][0])), Length("use", 1.0))

    groups = [(fold, Group("shop", [f"{fold}"] * 5)) for fold in range(FOLDS)]
    found = taught_senses(groups, tmp_path, with_e5)
    assert list(found) == [None, *range(FOLDS)]
    for fold, (encoder, tuning) in found.items():
        assert encoder is not None
        assert tuning is not None
        assert encoder.parts == ("e5", "use")
        assert encoder.encode(["abc"]).tolist() == [[3.0 * (-1 if fold is None else fold), 3.0]]
        assert tuning.projection is not None
        assert tuning.projection[0, 0] == (9 if fold is None else fold)
        assert tuning.elsewhere is not None
        assert len(tuning.elsewhere) == FOLDS - (fold is not None)


def test_what_no_entry_answers_is_drawn_beside_the_entries() -> None:
    groups = [Group("big", [f"{at}.{text}" for text in range(6)]) for at in range(80)]
    groups += [Group("small", [f"{at}.{text}" for text in range(3)]) for at in range(4)]
    groups += [Group("never", [f"{at}.{text}" for text in range(3)], 0.0) for at in range(9)]
    texts = [text for group in groups for text in group.texts]
    places = {"big": range(len(texts), len(texts) + 40), "small": range(len(texts) + 40, len(texts) + 100)}
    draw = DrawInVain(groups, {"big": ["?"] * 40, "small": ["?"] * 60}, seed=1)
    seen = set()
    for _ in range(60):
        picked, owners = draw.texts()
        assert len(set(picked)) == len(picked)
        vain, known = picked[owners == IN_VAIN], picked[owners != IN_VAIN]
        is_big = known[0] < 480
        assert known.max() < 492  # what is drawn never comes after these
        seen.add(bool(is_big))
        assert ((known < 480) == is_big).all()
        drawn = {int(at) // 6 if is_big else (int(at) - 480) // 3 for at in known}
        assert len(drawn) == (52 if is_big else 3)
        near = [at for at in vain if at >= len(texts)]
        assert near
        assert set(near) <= set(places["big" if is_big else "small"])
        for at in set(vain) - set(near):
            assert (int(at) // 6 if is_big else (int(at) - 480) // 3) not in drawn
        assert len(vain) == (48 if is_big else 33)
    assert seen == {True, False}


def test_what_is_asked_in_vain_belongs_to_own_companies() -> None:
    own = {group.source for _, group in own_groups()}
    assert not own & set(TRAIN_FILES)
    assert set(asked_in_vain()) < own
    assert all(asked_in_vain().values())
