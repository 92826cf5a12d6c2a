"""The report from plain facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from surveys.report import Facts, FaqFacts, build_report

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 30)


def test_no_data() -> None:
    assert build_report(Facts(FIRST, LAST)) == {
        "period": {"from": "2025-03-01", "to": "2025-03-30"},
        "conversations": {"opened": 0, "closed": 0, "by_channel": {}},
        "csi": {"mean": None, "percent": None, "responses": 0, "invitations": 0, "response_rate": None},
        "csat": {"percent": None, "responses": 0},
        "nps": {"score": None, "promoters": None, "passives": None, "detractors": None},
        "ces": None,
        "acsi": None,
        "sla": {"first_response_percent": None, "next_response_percent": None, "resolution_percent": None},
        "first_response_time": {"p50_s": None, "p90_s": None},
        "average_speed_of_answer_s": None,
        "service_level": {"within_s": None, "percent": None},
        "first_contact_resolution_percent": None,
        "containment_percent": None,
        "abandonment_percent": None,
        "faq": {"answered": 0, "clarified": 0, "unanswered": 0, "helped_percent": None},
    }


def test_every_measure_from_facts() -> None:
    facts = Facts(
        FIRST,
        LAST,
        opened={"telegram": 3, "vk": 2},
        closed={"telegram": 3, "terminal": 1},
        contained=1,
        invitations=4,
        scores=[5, 4, 2],
        first_response_times=[10, 20, 30, 40],
        waiting_times=[5, 6],
        faq=FaqFacts(answered=7, clarified=2, unanswered=1, helped=2, refused=1),
    )
    report = build_report(facts)
    expected: dict[str, Any] = {
        "csi": {"mean": 3.666667, "percent": 73.333333, "responses": 3, "invitations": 4, "response_rate": 75},
        "csat": {"percent": 66.666667, "responses": 3},
        "first_response_time": {"p50_s": 25, "p90_s": 37},
        "average_speed_of_answer_s": 5.5,
        "containment_percent": 25,
        "faq": {"answered": 7, "clarified": 2, "unanswered": 1, "helped_percent": 66.666667},
    }
    assert {key: report[key] for key in expected} == expected
    assert report["conversations"] == {
        "opened": 5,
        "closed": 4,
        "by_channel": {
            "telegram": {"opened": 3, "closed": 3},
            "terminal": {"opened": 0, "closed": 1},
            "vk": {"opened": 2, "closed": 0},
        },
    }


def test_all_refused_is_zero_and_not_none() -> None:
    report = build_report(Facts(FIRST, LAST, faq=FaqFacts(answered=1, refused=1)))
    assert report["faq"]["helped_percent"] == 0
