"""Rules: which step is due, what is refused, and what they would have done."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.service.rehearsal import PastConversation, PastMoment, rehearse
from handoff.service.rules import Facts, Moment, next_step, next_wait, says
from handoff.service.rules_form import FaultyRule, read_rule, write_rule

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def rule(when: dict[str, Any], then: list[dict[str, Any]] | None = None) -> Any:
    return read_rule({"name": "r", "when": when, "then": then or [{"tag": "x"}]})


def facts(moment: Moment, **own: Any) -> Facts:
    return Facts(moment, NOW, **own)


def test_wait_passes_its_steps_one_by_one() -> None:
    apology = rule({"waiting_longer_than": ["30m", "10m"]})
    due = [next_step(apology, facts(Moment.WAITING, waited=m * MINUTE), ()) for m in (9, 10, 29, 30)]
    assert [one and one.name for one in due] == [None, "waiting 10m", "waiting 10m", "waiting 30m"]
    assert next_step(apology, facts(Moment.WAITING, waited=29 * MINUTE), {"waiting 10m"}) is None


def test_after_a_long_silence_of_the_machine_one_word_is_enough() -> None:
    due = next_step(rule({"waiting_longer_than": ["10m", "30m"]}), facts(Moment.WAITING, waited=90 * MINUTE), ())
    assert due is not None
    assert (due.name, due.passed_over) == ("waiting 30m", ("waiting 10m",))


def test_next_wait() -> None:
    rules = [rule({"waiting_longer_than": ["10m", "30m"]}), rule({"waiting_longer_than": "20m"}), rule({"vip": True})]
    assert [next_wait(rules, m * MINUTE) for m in (0, 10, 20, 30)] == [10 * MINUTE, 20 * MINUTE, 30 * MINUTE, None]


@pytest.mark.parametrize(
    ("when", "own", "holds"),
    [
        ({"vip": True}, {"is_vip": True}, True),
        ({"vip": True}, {"is_vip": False}, False),
        ({"vip": False}, {"is_vip": False}, True),
        ({"channel": ["vk", "telegram"]}, {"channel": "vk"}, True),
        ({"channel": "vk"}, {"channel": "telegram"}, False),
        ({"category": "Оплата", "vip": True}, {"category": "Оплата"}, False),
        ({"level": 2}, {"level": 2}, True),
        ({"priority": ["high", "urgent"]}, {"priority": "normal"}, False),
        ({"out_of_hours": True}, {"is_out_of_hours": True}, True),
        ({"out_of_hours": False}, {"is_out_of_hours": True}, False),
        ({"nth_conversation": 3}, {"opened": [NOW, NOW, NOW]}, True),
        ({"nth_conversation": 3, "within": "1d"}, {"opened": [NOW, NOW, NOW - timedelta(days=2)]}, False),
    ],
)
def test_conditions(when: dict[str, Any], own: dict[str, Any], holds: bool) -> None:
    assert (next_step(rule(when), facts(Moment.QUEUED, **own), ()) is not None) is holds


def test_score_and_words() -> None:
    low = rule({"score_below": 3})
    assert next_step(low, facts(Moment.SCORED, score=2), ()) is not None
    assert next_step(low, facts(Moment.SCORED, score=3), ()) is None
    assert next_step(low, facts(Moment.QUEUED, score=1), ()) is None
    assert next_step(low, facts(Moment.SCORED, score=2), {"scored"}) is None


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Пойду в  СУД завтра", "в суд", True),
        ("судьба", "суд", False),
        ("ещё возвраты", "возврат*", True),
        ("ЕЩЕ раз", "ещё", True),
        ("C++ или C", "C++", True),
        ("100% гарантия (да)", "100%", True),
        ("a.b", "a*b", False),
        ("", "слово", False),
    ],
)
def test_words(text: str, wanted: str, found: bool) -> None:
    assert says(text, wanted) is found


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (None, "the rule"),
        ({"name": "", "when": {"vip": True}, "then": [{"tag": "x"}]}, "name"),
        ({"name": "r", "when": {}, "then": [{"tag": "x"}]}, "at least one condition"),
        ({"name": "r", "when": {"vip": "yes"}, "then": [{"tag": "x"}]}, "when.vip"),
        ({"name": "r", "when": {"waiting": "5m"}, "then": [{"tag": "x"}]}, "'waiting' is not known"),
        ({"name": "r", "when": {"waiting_longer_than": "soon"}, "then": [{"tag": "x"}]}, "when.waiting_longer_than"),
        ({"name": "r", "when": {"waiting_longer_than": []}, "then": [{"tag": "x"}]}, "when.waiting_longer_than"),
        ({"name": "r", "when": {"score_below": 9}, "then": [{"tag": "x"}]}, "when.score_below"),
        ({"name": "r", "when": {"within": "1d", "vip": True}, "then": [{"tag": "x"}]}, "when.within"),
        ({"name": "r", "when": {"level": 7}, "then": [{"tag": "x"}]}, "when.level"),
        ({"name": "r", "when": {"words": ["?!"]}, "then": [{"tag": "x"}]}, "no word in it"),
        ({"name": "r", "when": {"vip": True}, "then": []}, "then"),
        ({"name": "r", "when": {"vip": True}, "then": [{"delete": 1}]}, "'delete' is not known"),
        ({"name": "r", "when": {"vip": True}, "then": [{"tag": "x", "alert": "y"}]}, "one act each"),
        ({"name": "r", "when": {"vip": True}, "then": [{"message": {"ru": "x"}}]}, "both languages"),
        ({"name": "r", "when": {"vip": True}, "then": [{"message": "{password}"}]}, "{password} is not known"),
        ({"name": "r", "when": {"vip": True}, "then": [{"message": "{name.__class__}"}]}, "is not known"),
        ({"name": "r", "when": {"vip": True}, "then": [{"message": "a } b"}]}, "a brace stands alone"),
        ({"name": "r", "when": {"vip": True}, "then": [{"priority": "max"}]}, "priority"),
        ({"name": "r", "when": {"vip": True}, "then": [{"transfer": 5}]}, "a level is 1, 2 or 3"),
    ],
)
def test_faulty_rule_is_refused_with_the_place(raw: Any, fault: str) -> None:
    with pytest.raises(FaultyRule) as refused:
        read_rule(raw)
    assert fault in str(refused.value)
    assert re.search("[а-я]{3}", refused.value.told("ru"))


def test_written_rule_is_read_again() -> None:
    raw = {
        "name": "all",
        "when": {
            "waiting_longer_than": ["10m", "1h30m"],
            "words": ["a", "b"],
            "category": ["c"],
            "channel": ["vk"],
            "level": [2],
            "priority": ["high"],
            "vip": False,
            "out_of_hours": True,
            "nth_conversation": 2,
            "within": "7d",
        },
        "then": [
            {"message": {"ru": "Привет, {name}", "en": "Hi, {name}"}},
            {"tag": "x"},
            {"priority": "low"},
            {"transfer": "anna"},
            {"alert": "y"},
            {"canned": "z"},
        ],
    }
    read = read_rule(raw)
    assert read_rule(write_rule(read)) == read
    assert write_rule(read) == raw


def test_rehearsal_counts_each_step_once() -> None:
    past = [
        PastConversation(1, [PastMoment(NOW, facts(Moment.WAITING, waited=45 * MINUTE))]),
        PastConversation(2, [PastMoment(NOW, facts(Moment.WAITING, waited=5 * MINUTE))]),
        PastConversation(3, [PastMoment(NOW, facts(Moment.WAITING, waited=11 * MINUTE))] * 2),
    ]
    (played,) = rehearse([rule({"waiting_longer_than": ["10m", "30m"]})], past)
    assert [(hit.conversation_id, hit.step) for hit in played.hits] == [
        (1, "waiting 10m"),
        (1, "waiting 30m"),
        (3, "waiting 10m"),
    ]
