"""What conversations count as: times, promises, how they ended, and whether they came back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from surveys.figures.episode import Course, Promise, Reckoning, Turn, reckon
from surveys.figures.returns import Visit, returned

MONDAY = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
PROMISE = Promise(HALF_HOUR, timedelta(hours=1), timedelta(hours=8))


class NineToSix:
    """Open from 9 to 18 of the zone, Monday to Friday, but for holidays; minute by minute, so plainly right."""

    def __init__(self, zone: str = "UTC", holidays: tuple[str, ...] = ()) -> None:
        self.zone, self.holidays = ZoneInfo(zone), holidays

    def between(self, start: datetime, end: datetime) -> timedelta:
        minutes = 0
        while start < end:
            local = start.astimezone(self.zone)
            is_open = local.weekday() < 5 and 9 <= local.hour < 18 and local.date().isoformat() not in self.holidays
            minutes += is_open
            start += timedelta(minutes=1)
        return timedelta(minutes=minutes)


def at(**after: float) -> datetime:
    return MONDAY + timedelta(**after)


def customer(**after: float) -> Turn:
    return Turn(True, at(**after))


def person(**after: float) -> Turn:
    return Turn(False, at(**after))


def judge(now: datetime, working: Any = None, promise: Promise = PROMISE, **course: Any) -> Any:
    by = Reckoning(now) if working is None else Reckoning(now, working)
    return reckon(Course(opened_at=course.pop("opened_at", MONDAY), **course), promise, by)


def test_times_of_a_whole_conversation() -> None:
    """Handed over after 1 minute, taken after 3, answered after 4, closed after 64."""
    found = judge(
        at(days=1), queued_at=at(minutes=1), assigned_at=at(minutes=3), first_response_at=at(minutes=4),
        closed_at=at(minutes=64), closed_by="operator",
    )  # fmt: skip
    assert (found.waiting_ms, found.first_response_ms) == (2 * 60_000, 3 * 60_000)
    assert (found.handling_ms, found.resolution_ms) == (61 * 60_000, 64 * 60_000)
    assert (found.is_first_within, found.is_resolution_within) == (True, True)
    assert (found.is_contained, found.is_abandoned) == (False, False)


@pytest.mark.parametrize(("minutes", "kept"), [(29.9, True), (30, True), (30.01, False)])
def test_promise_holds_to_the_last_moment(minutes: float, kept: bool) -> None:
    found = judge(at(days=1), queued_at=MONDAY, assigned_at=MONDAY, first_response_at=at(minutes=minutes))
    assert found.is_first_within is kept


def test_time_outside_working_hours_does_not_count() -> None:
    """Handed over on Monday at 17:50, answered on Tuesday at 9:15: 10 + 15 = 25 minutes."""
    found = judge(at(days=5), NineToSix(), queued_at=at(hours=8, minutes=50), first_response_at=at(days=1, minutes=15))
    assert found.first_response_ms == 25 * 60_000
    assert found.is_first_within is True


def test_weekend_and_holiday_do_not_count() -> None:
    """Friday 17:50 to Tuesday 9:15 with Monday a holiday: the same 25 minutes; without it 9 hours more."""
    friday, tuesday = at(days=4, hours=8, minutes=50), at(days=8, minutes=15)
    with_holiday = judge(at(days=9), NineToSix(holidays=("2025-03-10",)), queued_at=friday, first_response_at=tuesday)
    assert with_holiday.first_response_ms == 25 * 60_000
    without = judge(at(days=9), NineToSix(), queued_at=friday, first_response_at=tuesday)
    assert without.first_response_ms == (25 + 9 * 60) * 60_000


def test_hours_are_those_of_the_companys_zone() -> None:
    """17:50 in Moscow is 14:50 UTC: ten minutes before the evening there, three hours before it in UTC."""
    queued = at(hours=5, minutes=50)
    found = judge(at(days=5), NineToSix("Europe/Moscow"), queued_at=queued, first_response_at=at(hours=7))
    assert found.first_response_ms == 10 * 60_000


def test_hours_across_the_change_of_the_clock() -> None:
    """Berlin, 30 March 2025: open from 9 to 18 by the wall, before and after the night of the change."""
    friday = datetime(2025, 3, 28, 16, 30, tzinfo=UTC)  # 17:30 there
    monday = datetime(2025, 3, 31, 7, 30, tzinfo=UTC)  # 9:30 there
    found = judge(monday, NineToSix("Europe/Berlin"), opened_at=friday, queued_at=friday, first_response_at=monday)
    assert found.first_response_ms == 60 * 60_000


def test_unanswered_is_undecided_until_the_time_has_passed() -> None:
    waiting = {"queued_at": MONDAY, "is_with_people": True}
    assert judge(at(minutes=29), **waiting).is_first_within is None
    assert judge(at(minutes=31), **waiting).is_first_within is False


def test_closed_unanswered() -> None:
    """Closed after 10 minutes: nothing was broken. Closed after 40: it was."""
    for minutes, wanted in ((10, None), (40, False)):
        found = judge(at(days=1), queued_at=MONDAY, closed_at=at(minutes=minutes), closed_by="operator")
        assert found.is_first_within is wanted


def test_nothing_promised_nothing_judged() -> None:
    found = judge(at(days=1), promise=Promise(), queued_at=MONDAY, first_response_at=at(hours=5))
    assert (found.is_first_within, found.is_resolution_within, found.next_decided) == (None, None, 0)


def test_next_responses() -> None:
    """After the first answer: asked at 10, answered at 20 (kept); asked at 30 and 40, answered at 95 (65 > 60: late);
    a "thank you" at 100 and the closing at 120 decide nothing."""
    turns = [
        customer(minutes=0), person(minutes=5), customer(minutes=10), person(minutes=20), person(minutes=21),
        customer(minutes=30), customer(minutes=40), person(minutes=95), customer(minutes=100),
    ]  # fmt: skip
    found = judge(at(days=1), queued_at=MONDAY, first_response_at=at(minutes=5), closed_at=at(minutes=120), turns=turns)
    assert (found.next_decided, found.next_within) == (2, 1)


@pytest.mark.parametrize(
    ("snoozes", "is_kept"),
    [
        ([], False),
        ([(at(hours=1), at(hours=6))], True),  # four hours with people
        ([(at(hours=1), at(minutes=100))], False),  # 8 hours 20 minutes
        ([(at(hours=1), at(hours=1, minutes=30)), (at(hours=8), None)], True),  # slept on until it was closed
        ([(at(hours=-9), at(hours=-1))], False),  # before the handing over: with the bot
    ],
)
def test_a_snooze_does_not_use_up_the_time_for_the_resolution(snoozes: list[Any], is_kept: bool) -> None:
    """Handed over at 9, closed at 18, promised within 8 hours."""
    found = judge(
        at(days=1), queued_at=MONDAY, assigned_at=MONDAY, closed_at=at(hours=9), closed_by="operator", snoozes=snoozes
    )
    assert found.is_resolution_within is is_kept


def test_what_still_rests_is_no_breach() -> None:
    """Handed over at 9, rests since 10; at 19 one hour is used up."""
    found = judge(
        at(hours=10), queued_at=MONDAY, assigned_at=MONDAY, is_with_people=True, snoozes=[(at(hours=1), None)]
    )
    assert found.is_resolution_within is None


def test_a_mere_thank_you_begins_no_wait() -> None:
    """Answered at 5, thanked at 10, asked at 180, answered at 210: one wait of 30 minutes, not of 200."""
    turns = [
        customer(minutes=0), person(minutes=5), Turn(True, at(minutes=10), is_courtesy=True), customer(minutes=180),
        person(minutes=210),
    ]  # fmt: skip
    found = judge(at(days=1), queued_at=MONDAY, first_response_at=at(minutes=5), is_with_people=True, turns=turns)
    assert (found.next_decided, found.next_within) == (1, 1)


def test_next_response_still_awaited() -> None:
    turns = [person(minutes=5), customer(minutes=10)]
    common = {"queued_at": MONDAY, "first_response_at": at(minutes=5), "is_with_people": True, "turns": turns}
    assert judge(at(minutes=60), **common).next_decided == 0
    late = judge(at(minutes=71), **common)
    assert (late.next_decided, late.next_within) == (1, 0)


def test_contained_needs_a_closing_and_no_handing_over() -> None:
    assert judge(at(days=1), closed_at=at(hours=1), closed_by="customer").is_contained
    assert not judge(at(days=1)).is_contained
    assert not judge(at(days=1), queued_at=MONDAY, closed_at=at(hours=1)).is_contained


@pytest.mark.parametrize(
    ("course", "wanted"),
    [
        ({"closed_at": at(hours=1), "closed_by": "customer"}, True),
        ({"closed_at": at(hours=1), "closed_by": "idle"}, True),
        ({"closed_at": at(hours=1), "closed_by": "operator"}, False),
        ({"is_with_people": True}, False),
        ({}, True),  # back with the bot
        ({"assigned_at": at(minutes=1), "closed_at": at(hours=1), "closed_by": "customer"}, False),
    ],
)
def test_abandoned(course: dict[str, Any], wanted: bool) -> None:
    assert judge(at(days=1), queued_at=MONDAY, **course).is_abandoned is wanted


def test_resolution_of_what_was_reopened_counts_to_the_last_closing() -> None:
    found = judge(at(days=3), queued_at=MONDAY, assigned_at=MONDAY, first_response_at=MONDAY, closed_at=at(days=2))
    assert (found.resolution_ms, found.is_resolution_within) == (2 * 86_400_000, False)


# --- coming back


def visit(number: int, category: str, days: float, *, closed: bool = True, is_reopened: bool = False) -> Visit:
    return Visit(number, category, at(days=days), at(days=days, hours=1) if closed else None, is_reopened)


def test_return_with_the_same_subject() -> None:
    """Delivery on Monday and again on Thursday, payment on Friday: only the first came back."""
    assert returned([visit(1, "delivery", 0), visit(2, "delivery", 3), visit(3, "payment", 4)]) == {1}


def test_return_after_the_window_is_a_new_matter() -> None:
    assert returned([visit(1, "delivery", 0), visit(2, "delivery", 8)]) == set()
    assert returned([visit(1, "delivery", 0), visit(2, "delivery", 8)], timedelta(days=10)) == {1}


def test_return_at_the_border_of_the_window() -> None:
    closed = at(hours=1)
    on_it = Visit(2, "a", closed + timedelta(days=7))
    behind = Visit(2, "a", closed + timedelta(days=7, seconds=1))
    assert returned([Visit(1, "a", MONDAY, closed), on_it]) == {1}
    assert returned([Visit(1, "a", MONDAY, closed), behind]) == set()


def test_unknown_subject_fits_any() -> None:
    assert returned([visit(1, "", 0), visit(2, "delivery", 1)]) == {1}
    assert returned([visit(1, "delivery", 0), visit(2, "", 1)]) == {1}


def test_reopened_is_a_return() -> None:
    assert returned([visit(1, "delivery", 0, is_reopened=True)]) == {1}


def test_open_at_the_same_time_is_no_return() -> None:
    """One in Telegram and one in VK, the second opened before the first was closed."""
    assert returned([visit(1, "a", 0), Visit(2, "a", at(minutes=30))]) == set()


def test_other_subject_between_hides_nothing() -> None:
    assert returned([visit(1, "a", 0), visit(2, "b", 1), visit(3, "a", 2)]) == {1}
