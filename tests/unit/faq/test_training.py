"""What the search learns from, and that fitting finds what there is to find."""

import random
from dataclasses import replace

import numpy as np

from faq.ranking.ranks import Said, said
from faq.training.disguise import altered, disguised, mistyped
from faq.training.episodes import deep_episode, trade_episode, weighted
from faq.training.fit import Record, confidence_rows, fit_confidence, fit_rank
from faq.training.sources import TRADES, _builder
from faq.training.trades import Trades, read_trades


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
    deep = [trade for trade, entries in found.entries.items() if len(entries) >= 100]
    assert len(deep) == 6
    for trade in deep:
        assert len(found.near[trade]) >= 40, trade
        assert all(entry.plain for entry in found.entries[trade]), trade


def test_no_message_that_is_measured_is_learned_from_as_a_text() -> None:
    """The project's own messages hold none of those that shop_ru_dev asks."""
    import json
    from pathlib import Path

    path = Path(__file__).parents[2] / "data" / "faq" / "shop_ru_dev_queries.jsonl"
    measured = {" ".join(json.loads(line)["text"].lower().split()) for line in path.read_text("utf-8").splitlines()}
    own = {
        " ".join(text.lower().split())
        for entries in trades().entries.values()
        for entry in entries
        for text in (*entry.messages, *entry.plain)
    }
    assert own & measured == set()


def test_a_disguise_is_never_empty_and_often_nothing() -> None:
    chance = random.Random(1)
    texts = [disguised("где мой заказ", chance) for _ in range(200)]
    assert all(texts)
    assert 60 < texts.count("где мой заказ") < 140
    assert mistyped("а", chance) == "а"
    assert altered("Где мой заказ?", chance)


def test_an_episode_asks_for_what_is_there_and_for_what_is_not() -> None:
    found = trade_episode(trades(), ["bank"], (9, 1), random.Random(2), _builder(None, None))
    assert any(one.is_known for one in found)
    assert any(not one.is_known and one.right == -1 for one in found)
    shares = weighted(found, 1.0)
    assert abs(sum(one.weight for one in shares) - 1) < 1e-9


def test_a_deep_faq_is_asked_plainly_too_and_in_vain() -> None:
    known = trades()
    small = replace(known, entries={"edu": known.entries["edu"][:20], "bank": known.entries["bank"]})
    found = deep_episode(small, "edu", 15, (9, 0), random.Random(3), _builder(None, None))
    asked = [one for one in found if one.is_known]
    vain = [one for one in found if not one.is_known]
    assert len(asked) > 40
    assert len(vain) > 20
    assert all(len(one.features) <= 15 for one in found)


def made(count: int, chance: np.random.Generator) -> list[Record]:
    """Queries whose right candidate has the greatest first feature, if it is great enough for any."""
    found = []
    for _ in range(count):
        features = chance.random((6, 3))
        best = int(features[:, 0].argmax())
        right = best if features[best, 0] > 0.8 else -1
        found.append(Record(features, right, right >= 0, Said(0.5, 3, 0.0), 2.0, 1.0))
    return found


def test_fitting_finds_the_feature_that_tells() -> None:
    chance = np.random.default_rng(1)
    records, others = made(400, chance), made(200, chance)
    net = fit_rank(records, bends=3, turns=300)
    rows, outcomes, among, _ = confidence_rows(others, net)
    known = [one.right >= 0 for one in others]
    assert outcomes[known].mean() > 0.9
    assert (among >= outcomes).all()
    signs, first, _, shares = confidence_rows(records, net)
    confidence = fit_confidence(signs, first, shares, bends=3, turns=400)
    said_so = confidence(rows) > 0
    assert (said_so == (outcomes > 0.5)).mean() > 0.9


def test_a_query_tells_its_script() -> None:
    assert said("где заказ", 0.5, 5) == Said(0.5, 2, 0.0, 0.5)
    assert said("where заказ", 0.5, 50).latin == 0.5
    assert said("123", 0.0, 50).latin == 0
