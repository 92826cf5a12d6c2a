"""`setting list`, `get` and `set` on both databases."""

from __future__ import annotations

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
