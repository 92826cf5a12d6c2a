"""A small year: every figure of every cut equals what the plan says."""

from __future__ import annotations

import pytest

from bot.storage.database import Database
from tests.year.measure import CUTS, check, reckon_all
from tests.year.plan import plan
from tests.year.store import Store
from tests.year.truth import Truth


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_figure_equals_the_truth(database: Database, seed: int) -> None:
    truths = [Truth(cut) for cut in CUTS]
    people = list(plan(500, seed))
    for person in people:
        for truth in truths:
            truth.add(person)
    store = Store(database.engine, words=0)
    store.prepare()
    store.fill(people)
    reckon_all(database.engine)
    assert check(database.engine, truths) == []
    reckon_all(database.engine)  # nothing is counted twice
    assert check(database.engine, truths) == []


def test_the_plan_of_a_seed_is_always_the_same() -> None:
    assert list(plan(50, 7)) == list(plan(50, 7))
    assert sum(len(person.conversations) for person in plan(500, 3)) > 450
