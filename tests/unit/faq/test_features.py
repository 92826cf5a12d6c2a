"""The features of all candidates at once are those reckoned one by one, term by term."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz

from faq.entry import Entry
from faq.files import read_entries
from faq.normalize import grams, normalize, question_of, stems
from faq.ranking.concepts import concepts
from faq.ranking.features import Asked, Near, Shelves, letter_features
from faq.ranking.shelf import VISITS, Shelf
from faq.words.senses import senses

DATA = Path(__file__).parents[2] / "data" / "faq"
WORDS = "заказ вернуть доставка цена стоимость оплатить карта где как сколько the refund".split()


class Slow:
    """A shelf as anyone would write it down."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.texts = [set(text) for text in texts]

    def weight(self, term: str) -> float:
        return math.log(1 + len(self.texts) / (0.5 + sum(term in text for text in self.texts))) ** 2

    def total(self, terms: set[str]) -> float:
        return sum(map(self.weight, terms)) or 1.0

    def compare(self, query: Sequence[str], number: int) -> tuple[float, float, float]:
        asked, own = set(query), self.texts[number]
        common = sum(map(self.weight, asked & own))
        return (
            common / math.sqrt(self.total(asked) * self.total(own)),
            common / self.total(asked),
            common / self.total(own),
        )


def sealed(texts: Sequence[Sequence[str]]) -> Shelf:
    shelf = Shelf()
    for text in texts:
        shelf.add(text)
    shelf.seal()
    return shelf


def made() -> tuple[Entry, ...]:
    """Entries whose words come round again."""
    wordings = [" ".join(WORDS[at * step % len(WORDS)] for step in range(1, 5)) for at in range(40)]
    return tuple(Entry(str(at), "", wordings[at], wordings[-at], (wordings[at - 7],)) for at in range(40))


FAQS = {"shop": read_entries(DATA / "shop_ru_dev_faq.jsonl").entries[:12], "made": made()[:12]}
TEXTS = ["сколько стоит доставка", "где мой заказ", "вернуть деньги за товар на карту", "refund", "мимо"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", FAQS)
def test_features_are_those_reckoned_one_by_one(name: str, text: str) -> None:
    normals = [[question_of(normalize(wording)) for wording in entry.wordings[:4]] for entry in FAQS[name]]
    flat = [normal for own in normals for normal in own]
    answers = [stems(normalize(entry.answer)) for entry in FAQS[name]]
    together = [[stem for normal in own for stem in stems(normal)] for own in normals]
    terms = (
        [grams(one) for one in flat], [stems(one) for one in flat], together, answers,
        [concepts(stems(one)) for one in flat], [concepts(answer) for answer in answers],
        [senses(stems(one)) for one in flat],
        [senses([*own, *answer]) for own, answer in zip(together, answers, strict=True)],
        [senses(answer) for answer in answers],
    )  # fmt: skip
    slow = [Slow(texts) for texts in terms]
    shelves = Shelves(*map(sealed, terms))
    normal, own = normalize(text), stems(normalize(text))
    queries = (grams(normal), own, own, own, concepts(own), concepts(own), *[senses(own)] * 3)
    weighed = [shelf.weigh(query) for shelf, query in zip(shelves, queries, strict=True)]
    asked = Asked(" ".join(sorted(normal.split())), *weighed, (), (), ())
    owners = np.repeat(np.arange(len(normals)), [len(one) for one in normals])
    cosines = np.array([slow[0].compare(queries[0], number)[0] for number in range(len(flat))])
    order = np.lexsort((-cosines, owners))
    near = Near(np.arange(len(normals)), order, owners, cosines[order])
    found, closest = letter_features(asked, shelves, near, [" ".join(sorted(flat[at].split())) for at in order])
    assert np.allclose(cosines, shelves.grams.cosines(asked.grams, shelves.grams.rows(np.arange(len(flat)))))
    for entry in range(len(normals)):
        numbers = np.flatnonzero(owners == entry).tolist()
        rows = [
            (cosines[at], *slow[1].compare(own, at), fuzz.token_sort_ratio(normal, flat[at]) / 100,
             fuzz.token_set_ratio(normal, flat[at]) / 100)
            for at in numbers
        ]  # fmt: skip
        meant = [slow[4].compare(queries[4], at) for at in numbers]
        alike, covered = max(one[0] for one in meant), max(one[1] for one in meant)
        best = np.sort(cosines[numbers])[::-1][:3].mean()
        like = [slow[6].compare(queries[6], at) for at in numbers]
        near_by, held = max(one[0] for one in like), max(one[1] for one in like)
        wished = [
            *map(max, zip(*rows, strict=True)), best, slow[2].compare(own, entry)[1], slow[3].compare(own, entry)[1],
            max(cosines[numbers]), alike, covered, slow[5].compare(queries[5], entry)[1], alike,
            near_by, held, slow[7].compare(queries[7], entry)[1], slow[8].compare(queries[8], entry)[1], near_by,
        ]  # fmt: skip
        assert found[entry] == pytest.approx(wished, abs=1e-5)
        assert sum(rows[numbers.index(closest[entry])]) == pytest.approx(max(map(sum, rows)), abs=1e-5)


def test_the_nearest_share_most_and_cost_is_bounded() -> None:
    shelf = sealed([["all", f"own {at}"] for at in range(VISITS * 2)])
    assert 7 in shelf.nearest(shelf.weigh(["all", "own 7"]), 5)
    assert len(shelf.nearest(shelf.weigh(["all"]), VISITS * 2)) == VISITS
    assert len(shelf.nearest(shelf.weigh(["strange"]), 5)) == 0


def test_stems_alike_share_groups_and_others_do_not() -> None:
    parcel, post, doctor = (set(senses(stems(word))) for word in ("посылка", "почтовый", "врач"))
    assert parcel & post
    assert not parcel & doctor
    assert senses(["нетакогослова"]) == ["нетакогослова"]
