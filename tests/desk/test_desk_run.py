"""Small desk runs: the same judge, fewer customers. The full ones: `python -m tests.desk`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.__main__ import PLANS
from tests.desk.scenarios import play

SMALL = {
    "kills": {"customers": 10, "each": 4, "kills": 2},
    "limit": {"customers": 8, "each": 4, "kills": 1},
    "groups": {"customers": 10, "each": 4, "kills": 2},
    "stops": {"customers": 10, "each": 4, "stops": 2},
    "hurry": {"customers": 3},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_nothing_is_lost(name: str) -> None:
    run = play(replace(PLANS[name], **SMALL[name]))
    assert run.verdict.messages >= 30
    assert run.verdict.replies >= 6
    assert run.verdict.violations == []
