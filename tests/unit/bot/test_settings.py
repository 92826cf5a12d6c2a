"""Business settings: what fits, what is refused and why."""

from __future__ import annotations

import re
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
from core.text import render
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
    with pytest.raises(InvalidInput, match=r"is (no time like 90s|negative|longer than a year)") as refused:
        read_span(raw)
    assert re.search("[а-я]{3}", refused.value.told("ru"))


@given(st.integers(0, 366 * 86400))
def test_span_written_is_read_again(seconds: int) -> None:
    value = timedelta(seconds=seconds)
    assert read_span(write_span(value)) == value


def test_span_out_of_bounds() -> None:
    with pytest.raises(InvalidInput, match="from 0s to 1d"):
        WAITING_REFRESH.parse("2d")


@pytest.mark.parametrize(
    ("key", "raw", "english", "russian"),
    [
        (
            "undo.console", "1h",
            "undo.console must be a time from 0s to 5m, like 90s, 15m or 1h30m: 1h is outside",
            "undo.console — это время от 0s до 5m, например 90s, 15m или 1h30m; 1h выходит за границы",
        ),
        (
            "operators.capacity", "four",
            "operators.capacity must be a whole number from 0 to 999: 'four' is no whole number",
            "operators.capacity — это целое число от 0 до 999; «four» — не целое число",
        ),
        (
            "privacy.keep_days", 5,
            "privacy.keep_days must be 0, or a whole number of days from 30 to 3650: 5 is outside",
            "privacy.keep_days — это 0 или целое число дней от 30 до 3650; 5 выходит за границы",
        ),
        (
            "help.colour", "red",
            "help.colour must be a colour like #0a7d5a: 'red' is no colour",
            "help.colour — это цвет, например #0a7d5a; «red» — не цвет, пишут так: #0a7d5a",
        ),
        (
            "hours", {"week": {"mon": "9-18"}},
            "hours must be working hours, like {week: {mon-fri: ['09:00-13:00', '14:00-18:00']}, holidays: RU}: "
            "week.mon: '9-18' is no time like 09:00-18:00",
            "hours — это рабочее время, например {week: {mon-fri: ['09:00-13:00', '14:00-18:00']}, holidays: RU}; "
            "week.mon: «9-18» — не часы, пишут так: 09:00-18:00",
        ),
    ],
)  # fmt: skip
def test_refusal_is_one_sentence_in_either_language(key: str, raw: Any, english: str, russian: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        CATALOGUE[key].parse(raw)
    assert (str(refused.value), refused.value.told("ru")) == (english, russian)


@pytest.mark.parametrize("key", sorted(CATALOGUE))
@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["week", "mon", "days", "key", "words", "most", "level"]), inner, max_size=3
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_is_given_fits_or_is_refused_in_russian(key: str, raw: Any) -> None:
    known = CATALOGUE[key]
    start = told = f"{key} — это {render(known.form, 'ru')}; "
    try:
        known.parse(raw)
    except InvalidInput as fault:
        told = fault.told("ru")
    assert told.startswith(start)
    assert "fault." not in told


def test_unknown_key_gets_the_likely_one() -> None:
    with pytest.raises(NotFound, match=r"operators\.capacity\?"):
        find_setting("operator.capacity")
    with pytest.raises(NotFound, match="setting list"):
        find_setting("x" * 500)
