"""Business settings: what fits, what is refused and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings
from bot.settings.catalogue import CATALOGUE, find_setting
from bot.settings.desk import CAPACITY
from bot.settings.service import WAITING_REFRESH
from core.errors import InvalidInput, NotFound
from handoff.service.spans import read_span, write_span


def test_what_was_never_set_has_its_default() -> None:
    assert Settings()[CAPACITY] == 4
    assert Settings({"operators.capacity": 7})[CAPACITY] == 7
    assert Settings().having(CAPACITY, 2)[CAPACITY] == 2


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_every_default_is_a_valid_value(key: str) -> None:
    known = CATALOGUE[key]
    assert known.parse(known.write(known.default)) == known.default
    assert known.meaning
    assert known.form


@pytest.mark.parametrize("raw", [None, "four", 4.5, -1, 1000, True, [4], {"a": 4}])
def test_refusal_names_setting_and_form(raw: Any) -> None:
    with pytest.raises(InvalidInput, match=r"operators\.capacity must be a whole number from 0 to 999: "):
        CAPACITY.parse(raw)


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("1d 2h", 93600), (45, 45), ("0s", 0), (" 2H ", 7200)],
)
def test_span(raw: Any, seconds: int) -> None:
    assert read_span(raw) == timedelta(seconds=seconds)


@pytest.mark.parametrize("raw", ["", "5", "5 minutes", "-5m", "m", "400d", -1, 10**30, 1.5, None, True, "9" * 60 + "s"])
def test_span_that_is_none(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_span(raw)


@given(st.integers(0, 366 * 86400))
def test_span_written_is_read_again(seconds: int) -> None:
    value = timedelta(seconds=seconds)
    assert read_span(write_span(value)) == value


def test_span_out_of_bounds() -> None:
    with pytest.raises(InvalidInput, match="from 0s to 1d"):
        WAITING_REFRESH.parse("2d")


def test_unknown_key_gets_the_likely_one() -> None:
    with pytest.raises(NotFound, match=r"operators\.capacity\?"):
        find_setting("operator.capacity")
    with pytest.raises(NotFound, match="setting list"):
        find_setting("x" * 500)
