"""The report from plain counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from surveys.figures.tally import Answers, Newcomers, Scores, Tally
from surveys.report import Facts, Result, Spread, build_report

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 30)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    return [value]


def test_no_data() -> None:
    report = build_report(Facts(FIRST, LAST))
    assert report["period"] == {"from": "2025-03-01", "to": "2025-03-30"}
    assert report["conversations"] == {"opened": 0, "closed": 0, "by_channel": {}}
    counts = {"responses": 0, "invitations": 0, "response_rate": None}
    assert report["csi"] == {"mean": None, "percent": None, "low": None, "high": None, **counts}
    assert report["csat"] == {"percent": None, "low": None, "high": None, **counts}
    groups = dict.fromkeys(("score", "promoters", "passives", "detractors", "low", "high"))
    assert report["nps"] == {**groups, **counts}
    assert report["faq"] == {"answered": 0, "clarified": 0, "unanswered": 0, "helped_percent": None}
    assert report["service_level"] == {"within_s": None, "percent": None}
    of_objects = ("sla", "first_response_time", "newcomers")
    assert {leaf for name in of_objects for leaf in leaves(report[name])} == {None, 0}
    for name in ("ces", "acsi", "average_speed_of_answer_s", "first_contact_resolution_percent", "containment_percent"):
        assert report[name] is None
    assert report["abandonment_percent"] is None
    assert report["surveys"] == []


def test_every_measure_from_counts() -> None:
    """Ten handed over: eight taken within the minute, one later, one gave up; the rest by hand in each line."""
    tally = Tally(
        opened=20, handed=10, abandoned=1, taken=9, waiting_ms=450_000, quick=8, responded=9, response_ms=900_000,
        first_decided=10, first_within=8, next_decided=3, next_within=2, resolution_decided=8, resolution_within=6,
        closed=16, contained=8, settled=12, handled=8, handling_ms=4_800_000, resolution_ms=16_000_000,
    )  # fmt: skip
    facts = Facts(
        FIRST,
        LAST,
        tally=tally,
        opened={"telegram": 15, "vk": 5},
        closed={"telegram": 15, "terminal": 1},
        results=[
            Result("csi", 1, "csi", Scores(4, 3, 11, 45, satisfied=2)),
            Result("nps", 1, "nps", Scores(10, 5, 37, 303, promoters=2, detractors=1)),
            Result("effort", 2, "ces", Scores(6, 3, 15, 89)),
            Result("index", 1, "acsi", Scores(2, 1, 24, 576)),
        ],
        answers=Answers(answered=7, clarified=2, unanswered=1, helped=2, refused=1),
        newcomers=Newcomers(40, 8),
        spread=Spread(25_000, 37_000),
    )
    report = build_report(facts)
    expected: dict[str, Any] = {
        "csi": {"mean": 3.666667, "percent": 73.333333, "responses": 3, "invitations": 4, "response_rate": 75},
        "csat": {"percent": 66.666667, "responses": 3},
        "nps": {"score": 20, "promoters": 2, "passives": 2, "detractors": 1, "responses": 5, "response_rate": 50},
        "sla": {"first_response_percent": 80, "next_response_percent": 66.666667, "resolution_percent": 75},
        "first_response_time": {"p50_s": 25, "p90_s": 37, "mean_s": 100},
        "service_level": {"within_s": 60, "percent": 80},
        "faq": {"answered": 7, "clarified": 2, "unanswered": 1, "helped_percent": 66.666667},
        "newcomers": {"met": 40, "recommended": 8, "referral_percent": 20},
    }
    for name, wanted in expected.items():
        assert {key: report[name][key] for key in wanted} == wanted
    assert report["ces"] == 5
    assert report["acsi"] == 77.777778
    assert report["average_speed_of_answer_s"] == 50
    assert report["first_contact_resolution_percent"] == 75
    assert report["containment_percent"] == 50
    assert report["abandonment_percent"] == 10
    assert report["handling_time_s"] == 600
    assert report["conversations"]["by_channel"]["terminal"] == {"opened": 0, "closed": 1}


def test_versions_are_not_mixed() -> None:
    """The scale was turned round in version 2: its two answers alone are the figure, the old ones stand beside."""
    results = [
        Result("nps", 2, "nps", Scores(2, 2, 20, 200, promoters=2)),
        Result("nps", 1, "nps", Scores(50, 40, 80, 160, detractors=40)),
    ]
    report = build_report(Facts(FIRST, LAST, results=results))
    assert report["nps"]["score"] == 100
    assert [(one["version"], one["value"]) for one in report["surveys"]] == [(2, 100), (1, -100)]


def test_csi_of_several_questions_is_weighted() -> None:
    """Speed 4 of 5 weighs three times as much as courtesy 5 of 5: (80 * 3 + 100) / 4 = 85."""
    result = Result(
        "csi", 1, "csi", Scores(10, 2, 8, 32, satisfied=2), {"speed": (2, 4.0), "courtesy": (2, 5.0)},
        {"speed": 3, "courtesy": 1},
    )  # fmt: skip
    csi = build_report(Facts(FIRST, LAST, results=[result]))["csi"]
    assert (csi["mean"], csi["percent"]) == (4, 85)


def test_csat_of_its_own_survey_where_there_is_one() -> None:
    results = [
        Result("csat", 1, "csat", Scores(2, 2, 9, 41, satisfied=2)),
        Result("csi", 1, "csi", Scores(2, 2, 2, 2)),
    ]
    report = build_report(Facts(FIRST, LAST, results=results))
    assert report["csat"]["percent"] == 100
    assert build_report(Facts(FIRST, LAST, results=results[1:]))["csat"]["percent"] == 0
