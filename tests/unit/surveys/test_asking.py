"""Who may be asked: one by one, and whatever happens, never too often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from surveys.asking import Asked, Limits, Person, Verdict, is_drawn, may_ask, read_limits, write_limits
from surveys.form import builtin
from surveys.survey import Occasion, Plan, Survey

NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = Person(1, NOON - 400 * DAY)
NPS = builtin()["nps"]
CSI = builtin()["csi"]
LIMITS = Limits()


def asked(survey: str, days_ago: float, **values: Any) -> Asked:
    return Asked(survey, NOON - timedelta(days=days_ago), **values)


def verdict(
    survey: Survey = NPS, person: Person = KNOWN, *history: Asked, now: datetime = NOON, **more: Any
) -> Verdict:
    return may_ask(survey, person, history, now, UTC, more.pop("limits", LIMITS), **more)


def test_asked_when_nothing_holds_it_back() -> None:
    assert verdict() is Verdict.ASK


def test_never_while_something_is_under_way() -> None:
    assert verdict(NPS, replace(KNOWN, is_live=True)) is Verdict.WAITS
    assert verdict(CSI, replace(KNOWN, is_live=True)) is Verdict.WAITS


def test_never_against_the_customers_will() -> None:
    assert verdict(CSI, replace(KNOWN, is_unwanted=True)) is Verdict.UNWANTED


def test_once_for_a_conversation_whatever_the_survey() -> None:
    assert verdict(CSI, KNOWN, asked("csi", 1, conversation_id=7), conversation_id=7) is Verdict.ASKED
    assert verdict(builtin()["ces"], KNOWN, asked("csi", 5, conversation_id=7), conversation_id=7) is Verdict.ASKED
    assert verdict(CSI, KNOWN, asked("csi", 1, conversation_id=7, is_closing=True), conversation_id=8) is Verdict.ASK


@pytest.mark.parametrize(("days", "wanted"), [(29.9, Verdict.TOO_NEW), (30, Verdict.ASK)])
def test_known_long_enough(days: float, wanted: Verdict) -> None:
    assert verdict(NPS, Person(1, NOON - timedelta(days=days))) is wanted


@pytest.mark.parametrize(("days", "wanted"), [(89.9, Verdict.TOO_OFTEN), (90, Verdict.ASK)])
def test_own_pause(days: float, wanted: Verdict) -> None:
    assert verdict(NPS, KNOWN, asked("nps", days)) is wanted
    assert verdict(NPS, KNOWN, asked("nps", days, is_held_out=True)) is wanted


def test_apart_from_any_other_survey() -> None:
    assert verdict(NPS, KNOWN, asked("csi", 0.5, is_closing=True)) is Verdict.TOO_OFTEN
    assert verdict(NPS, KNOWN, asked("csi", 1, is_closing=True)) is Verdict.ASK


def test_cap_over_all_surveys() -> None:
    three = [asked(f"own{number}", 5 + number) for number in range(3)]
    assert verdict(NPS, KNOWN, *three) is Verdict.TOO_OFTEN
    assert verdict(NPS, KNOWN, *three, limits=Limits(most=4)) is Verdict.ASK
    assert verdict(NPS, KNOWN, asked("own", 31), *three[1:]) is Verdict.ASK


def test_cap_holds_the_closing_question_back_only_when_told_to() -> None:
    three = [asked("csi", 2 + number, is_closing=True, conversation_id=number) for number in range(3)]
    assert verdict(CSI, KNOWN, *three, conversation_id=9) is Verdict.ASK
    assert verdict(CSI, KNOWN, *three, conversation_id=9, limits=Limits(counts_closing=True)) is Verdict.TOO_OFTEN


@pytest.mark.parametrize(
    ("hour", "wanted"), [(20, Verdict.ASK), (21, Verdict.QUIET), (8, Verdict.QUIET), (9, Verdict.ASK)]
)
def test_quiet_hours_over_midnight(hour: int, wanted: Verdict) -> None:
    assert verdict(now=NOON.replace(hour=hour)) is wanted


def test_quiet_hours_do_not_hold_back_who_was_talking_just_now() -> None:
    assert verdict(CSI, now=NOON.replace(hour=23), conversation_id=1) is Verdict.ASK
    delayed = builtin()["ces"]
    delayed = replace(delayed, plan=replace(delayed.plan, share=100))
    assert verdict(delayed, now=NOON.replace(hour=23), conversation_id=1) is Verdict.QUIET


def test_quiet_hours_within_a_day() -> None:
    limits = Limits(quiet_from=time(12), quiet_to=time(14))
    assert verdict(limits=limits) is Verdict.QUIET
    assert verdict(limits=limits, now=NOON.replace(hour=14)) is Verdict.ASK


def test_sample_is_as_large_as_said_and_always_the_same() -> None:
    drawn = [number for number in range(10_000) if is_drawn("nps:", number, 20)]
    assert 1800 < len(drawn) < 2200
    assert drawn == [number for number in range(10_000) if is_drawn("nps:", number, 20)]
    assert not [number for number in range(100) if is_drawn("nps:", number, 0)]
    assert all(is_drawn("nps:", number, 100) for number in range(100))


def test_holdout_is_left_alone_and_remembered() -> None:
    held = replace(NPS, plan=replace(NPS.plan, holdout=50))
    found = [verdict(held, Person(number, KNOWN.known_since)) for number in range(1000)]
    assert set(found) == {Verdict.ASK, Verdict.HELD_OUT}
    assert 400 < found.count(Verdict.HELD_OUT) < 600


def test_limits_as_data() -> None:
    limits = Limits(2, 10 * DAY, 2 * DAY, time(20, 30), time(10), counts_closing=True)
    assert read_limits(write_limits(limits)) == limits


@pytest.mark.parametrize(
    ("wrong", "english", "russian"),
    [
        ({"most": "many"}, "most: 'many' is no whole number", "most: «many» — не целое число"),
        ({"moust": 3}, "nobody knows moust", "таких полей нет: moust"),
        ({"quiet_from": "late"}, "quiet_from: 'late' is no time of day", "quiet_from: «late» — не время суток"),
        ({"quiet_to": "09:00+03:00"}, "quiet_to: ", "quiet_to: "),
        ({"most": -1}, "most: '-1' is negative", "most: «-1» меньше нуля"),
        ({"apart_days": "-0.5"}, "apart_days: '-0.5' is negative", "apart_days: «-0.5» меньше нуля"),
        ({"within_days": 1e300}, "within_days: ", "within_days: «1e+300» — не число дней"),
        ([3], "'[3]' is no mapping", "здесь нужны поля со значениями"),
    ],
)
def test_limits_that_cannot_be(wrong: Any, english: str, russian: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_limits(wrong)
    assert str(refused.value).startswith(english)
    assert refused.value.told("ru").startswith(russian)


# --- whatever happens

HOURS = (1, 6, 13, 23, 24, 25, 36, 48, 72, 96, 240, 456, 480, 500)  # near every border of the caps below
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.sampled_from(HOURS)),
        st.tuples(st.just("visits"), st.just(0)),  # a conversation that is closed at once
        st.tuples(st.just("opens"), st.integers(0, 1)),
        st.tuples(st.just("closes"), st.integers(0, 1)),
        st.tuples(st.just("round"), st.integers(0, 2)),
        st.tuples(st.just("round"), st.just(0)),
    ),
    min_size=20,
    max_size=80,
)
CLOSING = replace(CSI, plan=replace(CSI.plan, share=50))  # so that other surveys find conversations nobody asked about
SURVEYS = (
    CLOSING,
    replace(builtin()["ces"], plan=Plan(Occasion.CLOSING, timedelta(hours=1))),
    replace(NPS, plan=Plan(Occasion.PERIODIC, known=3 * DAY, every=20 * DAY, holdout=20)),
    Survey("own", plan=Plan(Occasion.RULE)),
)


@given(
    EVENTS,
    st.builds(
        Limits,
        most=st.integers(0, 4),
        within=st.integers(1, 60).map(lambda days: days * DAY),
        apart=st.integers(0, 5).map(lambda days: days * DAY),
        counts_closing=st.booleans(),
    ),
)
@settings(max_examples=300, deadline=None)
def test_no_sequence_of_events_asks_too_often(events: list[tuple[str, int]], limits: Limits) -> None:
    """Conversations open and close, time passes, rounds come by: every cap holds at every moment."""
    now, history, live, closed = NOON, [], set[int](), [0]
    person = Person(1, NOON)

    def ask(survey: Survey, conversation: int | None) -> None:
        found = may_ask(survey, replace(person, is_live=bool(live)), history, now, UTC, limits, conversation)
        if found in {Verdict.ASK, Verdict.HELD_OUT}:
            is_closing = survey.key == "csi"
            history.append(Asked(survey.key, now, conversation, is_closing, found is Verdict.HELD_OUT))
            check(survey, history, now, limits, is_live=bool(live))

    for act, value in events:
        if act == "passes":
            now += timedelta(hours=value)
        elif act == "visits" or (act == "closes" and value in live):
            live.discard(value if act == "closes" else -1)
            closed.append(closed[-1] + 1)
            ask(CLOSING, closed[-1])
        elif act == "opens":
            live.add(value)
        elif act == "round":
            for survey in SURVEYS[1:]:
                ask(survey, None if survey.plan.occasion is Occasion.PERIODIC else closed[-1 - value % len(closed)])


def check(survey: Survey, history: list[Asked], now: datetime, limits: Limits, *, is_live: bool) -> None:
    reached = [one for one in history if not one.is_held_out]
    assert not is_live
    conversations = [one.conversation_id for one in reached if one.conversation_id is not None]
    assert len(conversations) == len(set(conversations))
    counted = [one for one in reached if limits.counts_closing or not one.is_closing]
    recent = [one for one in counted if now - one.at < limits.within]
    if history[-1] in counted:
        assert len(recent) <= limits.most
    of_nps = [one.at for one in history if one.survey == "nps"]
    assert all(later - earlier >= 20 * DAY for earlier, later in pairwise(of_nps))
    if survey.key != "csi" and len(reached) > 1 and history[-1] is reached[-1]:
        assert reached[-1].at - reached[-2].at >= limits.apart
        assert not limits.is_quiet(now, UTC)
