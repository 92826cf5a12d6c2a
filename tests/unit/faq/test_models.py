"""The small learned functions: what they say, and that they say it again out of their file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.models.blend import TREES, Blend
from faq.models.net import MOST, Net
from faq.models.trees import LEAVES, NO_TREES
from faq.ranking.weights import WEIGHTS, Nets, read_nets, write_nets
from faq.training.fitting.grown import trees_of

WIDTH = 4
LEAF = st.builds(lambda value: {"leaf_value": value}, st.integers(-50, 50).map(float))


def node(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {
            "split_feature": st.integers(0, WIDTH - 1),
            "threshold": st.integers(-3, 3).map(lambda value: value + 0.5),
            "left_child": children,
            "right_child": children,
        }
    )


def leaves(tree: Any) -> int:
    return 1 if "leaf_value" in tree else leaves(tree["left_child"]) + leaves(tree["right_child"])


def said(tree: Any, row: np.ndarray) -> float:
    """What a tree says, question by question."""
    while "leaf_value" not in tree:
        tree = tree["left_child" if row[tree["split_feature"]] <= tree["threshold"] else "right_child"]
    return float(tree["leaf_value"])


TREE = st.recursive(LEAF, node, max_leaves=LEAVES).filter(lambda tree: leaves(tree) <= LEAVES)
ROWS = st.lists(st.lists(st.integers(-5, 5), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=5)


@given(trees=st.lists(TREE, min_size=1, max_size=5), rows=ROWS)
def test_trees_say_what_they_say_question_by_question(trees: list[Any], rows: list[list[int]]) -> None:
    values = np.array(rows, dtype=np.float64)
    found = trees_of(trees)
    expected = [sum(said(tree, row) for tree in trees) for row in values]
    assert found(values).tolist() == expected
    assert float(found(values[0])) == expected[0]


def chain(leaf: int) -> Any:
    """A tree as deep as it can be."""
    if leaf == LEAVES - 1:
        return {"leaf_value": float(leaf)}
    return {
        "split_feature": 0,
        "threshold": leaf,
        "left_child": {"leaf_value": float(leaf)},
        "right_child": chain(leaf + 1),
    }


def test_a_tree_has_room_for_all_its_leaves() -> None:
    found = trees_of([chain(0)])
    assert [float(found(np.array([float(at)]))) for at in range(20)] == [min(at, LEAVES - 1) for at in range(20)]


def net(seed: int) -> Net:
    chance = np.random.default_rng(seed)
    return Net(
        np.zeros(3), np.ones(3), chance.normal(size=3), chance.normal(size=(3, 2)), np.ones(2), np.ones(2), 0.5 * seed
    )


def test_a_net_is_bounded_beyond_what_it_has_seen() -> None:
    assert net(4)(np.full((1, 3), 1e9)) == pytest.approx(net(4)(np.full((1, 3), MOST)))


def test_nets_and_trees_are_the_same_out_of_their_file(tmp_path: Path) -> None:
    grown = trees_of([chain(0), {"leaf_value": 2.5}])
    kept = {
        "some+kind/0": Nets(net(1), Blend(net(2)), Blend(net(3), grown)),
        "letters": Nets(net(4), Blend(net(5), grown), Blend(net(6))),
    }
    write_nets(tmp_path / "nets.npz", kept.items())
    found = read_nets(tmp_path / "nets.npz")
    assert list(found) == list(kept)
    rows = np.random.default_rng(7).normal(size=(9, 3)) * 4
    for name, nets in kept.items():
        for part, model in nets._asdict().items():
            assert getattr(found[name], part)(rows) == pytest.approx(model(rows), abs=1e-4), part


def test_a_blend_is_the_weighted_mean_of_both_and_the_net_where_there_are_no_trees() -> None:
    rows = np.random.default_rng(8).normal(size=(4, 3))
    alone, grown = net(1)(rows), trees_of([chain(0)])
    assert NO_TREES(rows).tolist() == [0] * 4
    assert Blend(net(1))(rows) == pytest.approx(alone)
    assert Blend(net(1), grown)(rows) == pytest.approx((1 - TREES) * alone + TREES * grown(rows))


def test_what_comes_with_the_program_has_nets_and_trees_for_every_encoder() -> None:
    found = read_nets(WEIGHTS)
    assert set(found) == {"letters", "e5+use", "use", "any"}
    for nets in found.values():
        assert len(nets.confidence.trees.leaves)
        assert len(nets.among.trees.leaves)
