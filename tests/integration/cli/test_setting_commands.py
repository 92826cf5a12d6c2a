"""`setting list`, `get` and `set` on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Otklik


@pytest.mark.usefixtures("on_database")
def test_setting_is_shown_changed_and_taken_back(otklik: Otklik) -> None:
    assert otklik("setting", "get", "undo.console").out == "5s\n"
    assert otklik("setting", "set", "undo.console", "30").out == "undo.console = 30s\n"
    listed = {one["key"]: one for one in otklik("setting", "list", "--json").json}
    assert listed["undo.console"]["value"] == "30s"
    assert listed["undo.console"]["changed_by"].endswith("(command line)")
    assert "undo.console = 30s  (by " in otklik("setting", "list").out
    assert otklik("setting", "set", "undo.console", "--default").code == 0
    assert otklik("setting", "get", "undo.console").out == "5s\n"


def test_faulty_values_are_refused_with_the_reason(otklik: Otklik) -> None:
    said = otklik("setting", "set", "undo.console", "1h")
    assert said.code == 1
    assert "undo.console must be a time from 0s to 5m" in said.complaint
    assert "did you mean undo.console?" in otklik("setting", "set", "undo.consol", "1m").complaint
    assert "Line 1 is no YAML: a value is missing" in otklik("setting", "set", "undo.console", "{a: ").complaint
    assert otklik("setting", "set", "undo.console").code == 2
    assert otklik("setting", "get", "nothing.like.it").code == 1


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        (
            "hours",
            "{levels: {2: {week: {mon: 9-18}}}}",
            "hours must be working hours, like {week: {mon-fri: ['09:00-13:00', '14:00-18:00']}, holidays: RU}: "
            "levels.2.week.mon: '9-18' is no time like 09:00-18:00",
        ),
        (
            "targets",
            "[{first_response: soon}]",
            "targets must be a list of targets, "
            "like [{first_response: 15m, resolution: 2d}, {priority: urgent, first_response: 5m}]: "
            "number 1, first_response: 'soon' is no time like 90s, 15m or 1h30m",
        ),
        (
            "surveys.limits",
            "{moust: 3}",
            "surveys.limits must be a mapping like {most: 3, within_days: 30, apart_days: 1, quiet_from: '21:00', "
            "quiet_to: '09:00'}: nobody knows moust",
        ),
    ],
)
def test_fault_names_setting_form_and_place_in_english(otklik: Otklik, key: str, value: str, fault: str) -> None:
    said = otklik("setting", "set", key, value)
    assert (said.code, fault in " ".join(said.complaint.split())) == (1, True), said.complaint
    listed = {one["key"]: one for one in otklik("setting", "list", "--json").json}
    assert fault.startswith(f"{key} must be {listed[key]['form']}: ")


def test_faulty_survey_is_refused_with_its_question(otklik: Otklik) -> None:
    Path("clarity.yaml").write_text("clarity: {questions: [{words: {ru: Понятно}, scale: [5, 1]}]}", "utf-8")
    said = otklik("survey", "add", "clarity.yaml")
    assert said.code == 1
    assert "survey clarity: question score: a scale lies between 0 and 10" in said.complaint
