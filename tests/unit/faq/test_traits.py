"""What an FAQ is like as a whole, and that the search is told of it."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.confidence import signs
from faq.entry import Entry
from faq.index import Index
from faq.ranking.ranks import Said, rank_values
from faq.ranking.traits import Traits, traits_of

USUAL = (0.0, 0.1)
"""Mean and spread of the similarity of unlike wordings."""


def around(*angles: float) -> np.ndarray:
    """Unit vectors in a plane, by degrees."""
    turned = np.radians(angles)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def test_entries_that_lie_apart_are_told_apart() -> None:
    owners = np.repeat(np.arange(20), 3)
    apart = traits_of(around(*(18 * owners + np.tile((0, 1, 2), 20))), owners, USUAL, 3.0, None)
    mixed = traits_of(around(*(np.tile((0, 120, 240), 20) + 2 * owners)), owners, USUAL, 3.0, None)
    assert apart.told > 0.9
    assert apart.lead > 0.3
    assert mixed.told < 0.3
    assert mixed.lead < 0
    assert apart.several == mixed.several == 1
    assert mixed.rivals > apart.rivals
    assert (apart.entries, apart.wordings, apart.typical) == (20, 3.0, 3.0)


def test_what_others_are_about_comes_close_or_does_not() -> None:
    owners = np.arange(4)
    near = traits_of(around(0, 5, 10, 15), owners, USUAL, 3.0, around(*range(-10, 20)))
    far = traits_of(around(0, 5, 10, 15), owners, USUAL, 3.0, around(*range(160, 200)))
    assert near.foreign > 9
    assert far.foreign < 0
    assert near.foreign_most >= near.foreign
    # As close as what is foreign usually comes is no sign of anything; the same in an FAQ where nothing does is one.
    assert near.for_chances(9.0)[-2] < 0 < far.for_chances(9.0)[-2]


def test_an_faq_of_one_wording() -> None:
    alone = traits_of(around(0), np.zeros(1, dtype=int), USUAL, 3.5, None)
    assert alone == Traits(1, 1.0, told=0.7, typical=3.5)
    assert alone.few > 0.9 > 0.1 > Traits(60, 1.0).few


def test_ranks_and_chances_are_told_of_the_faq() -> None:
    """The same message and candidates look otherwise in an FAQ whose entries lie close, or where all comes close."""
    features = np.array([[0.9, 0.4], [0.6, 0.5]])
    here, close, crowded = (
        Said(0.5, 3, 0.0, Traits(40, 3.0, **other), closest=6.0) for other in ({}, {"told": 0.4}, {"foreign": 5.0})
    )
    assert not np.array_equal(rank_values(features, here), rank_values(features, close))
    told = [signs(features, np.array([2.0, 1.0]), query) for query in (here, close, crowded)]
    assert not np.array_equal(told[0], told[1])
    assert told[0][-2:].tolist() == [6.0, 60.0]
    assert told[2][-2:].tolist() == [1.0, 10.0]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=60), st.integers(0, 2**32 - 1))
def test_any_faq_has_traits_that_can_be_learned_from(wordings: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    owners = np.repeat(np.arange(len(wordings)), wordings)
    rows = chance.normal(size=(len(owners) + 30, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = traits_of(rows[:-30], owners, (0.05, 0.14), 3.5, rows[-30:])
    assert np.isfinite(found).all()
    assert np.isfinite(found.for_ranks()).all()
    assert np.isfinite(found.for_chances(2.0)).all()
    assert 0 <= found.told <= 1
    assert 0 <= found.several <= 1


class Failing:
    """An encoder that gives out after the index was built."""

    name, parts, widths = "failing", ("failing",), (4,)

    def __init__(self) -> None:
        self.is_down = False

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if self.is_down:
            raise ConnectionError("away")
        rows = np.ones((len(texts), 4), dtype=np.float32)
        rows[:, 0] = [len(text) for text in texts]
        return rows


@pytest.mark.parametrize("is_down", [False, True])
def test_a_search_is_told_the_traits_of_its_faq(is_down: bool) -> None:
    encoder = Failing()
    entries = [Entry(str(at), "", f"Вопрос номер {at}", "Ответ", (f"Как сделать {at}",), "ru") for at in range(7)]
    index = Index.build(entries, encoder=encoder)
    encoder.is_down = is_down
    query = index.trace("Вопрос номер 3").found.query
    assert (query.traits.entries, query.traits.wordings) == (7, 2.0)
    assert (query.closest > 0) == (query.traits.typical > 0) == (not is_down)
