"""What an FAQ of many wordings learns from its own words."""

import numpy as np
import pytest

from faq.entry import Entry
from faq.index import Index, Trace
from faq.ranking.apart import WordsApart
from faq.ranking.shelf import Shelf

STATUS = ("где мой заказ", "где сейчас мой заказ", "мой заказ уже где", "узнать где мой заказ", "где же мой заказ")
CANCEL = ("отменить мой заказ", "мой заказ отменить", "хочу отменить мой заказ", "отменить сейчас мой заказ")
CHANGE = ("поменять мой заказ", "мой заказ поменять", "хочу поменять мой заказ", "сейчас поменять мой заказ")


def faq(wordings: int) -> Index:
    found = (("status", STATUS), ("cancel", CANCEL), ("change", CHANGE))
    return Index.build([Entry(name, "", own[0], "Ответ.", own[1:wordings]) for name, own in found])


def by_entry(trace: Trace, feature: str) -> dict[str, float]:
    place = trace.features.index(feature)
    ids = [trace.ids[entry] for entry in trace.found.entries]
    return dict(zip(ids, trace.found.features[:, place].tolist(), strict=True))


def test_the_words_that_differ_decide() -> None:
    """What all wordings of the FAQ share says nothing, though most of the message is made of it."""
    found = by_entry(faq(9).trace("а мой заказ сейчас можно отменить"), "apart")
    assert found["cancel"] == max(found.values())
    assert found["cancel"] > found["status"] + 1


def test_few_wordings_say_nothing_of_it() -> None:
    assert set(by_entry(faq(2).trace("мой заказ отменить"), "apart").values()) == {0.0}


def test_it_is_the_same_each_time_it_is_built() -> None:
    one, other = (by_entry(faq(9).trace("заказ отменить"), "apart") for _ in range(2))
    assert one == other


@pytest.mark.parametrize("text", ["жираф", "🙂", "???", ""])
def test_a_query_of_unknown_words_is_as_far_from_all(text: str) -> None:
    shelves = (Shelf(), Shelf())
    for wording in (*CANCEL, *CHANGE):
        for shelf in shelves:
            shelf.add(wording.split())
    for shelf in shelves:
        shelf.seal()
    learned = WordsApart(shelves, [0] * len(CANCEL) + [1] * len(CHANGE))
    found = learned.of([shelf.weigh(text.split()) for shelf in shelves], np.array([0, 1]))
    assert np.isfinite(found).all()
    assert abs(found[0] - found[1]) < 1e-6
