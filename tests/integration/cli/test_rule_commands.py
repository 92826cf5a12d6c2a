"""`rule list`, `add`, `dry-run`, `on`, `off` and `remove` on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.storage import conversations, people
from bot.storage.database import Database
from bot.storage.service.countdowns import end_countdown, start_countdown
from core.clock import SystemClock
from core.customer import Sender
from handoff.service.targets import Countdown, Target
from tests.integration.cli.conftest import Otklik

APOLOGY = """
- name: apology
  when: {waiting_longer_than: [10m, 30m]}
  then:
    - message: {ru: "Простите! {news}", en: "Sorry! {news}"}
    - tag: long-wait
- name: vip
  when: {vip: true}
  then: [{priority: high}]
"""


@pytest.fixture
def rules() -> str:
    Path("rules.yaml").write_text(APOLOGY, "utf-8")
    return "rules.yaml"


def waited_once(connection: Connection) -> None:
    """A conversation that waited twenty minutes yesterday."""
    now = SystemClock().now() - timedelta(days=1)
    found = people.add_customer(connection, Sender("vk", "1", "7"), "ru", now)
    opened = conversations.open_conversation(connection, found.customer.id, found.identity.id, "vk", "ru", now)
    one = start_countdown(connection, opened, Countdown(Target.FIRST_RESPONSE, now), None, now)
    end_countdown(connection, one.id, timedelta(minutes=20), "met", None, now + timedelta(minutes=20))


@pytest.mark.usefixtures("on_database")
def test_rules_are_added_listed_switched_and_removed(otklik: Otklik, rules: str) -> None:
    assert "apology: looked at when waiting" in otklik("rule", "add", rules).out
    assert otklik("rule", "add", rules).code == 0
    listed = otklik("rule", "list", "--json").json
    assert [(one["name"], one["is_active"]) for one in listed] == [("apology", True), ("vip", True)]
    assert otklik("rule", "off", "vip").out == "vip is off\n"
    assert "# off:\n- name: vip" in otklik("rule", "list").out
    Path("again.yaml").write_text(otklik("rule", "list").out, "utf-8")
    assert otklik("rule", "add", "again.yaml").code == 0
    assert otklik("rule", "list", "--json").json[0] | {"changed_by": ""} == listed[0] | {"changed_by": ""}
    assert otklik("rule", "on", "vip").code == 0
    assert otklik("rule", "remove", "vip").code == 0
    assert [one["name"] for one in otklik("rule", "list", "--json").json] == ["apology"]
    assert "no rule 'vip'" in otklik("rule", "off", "vip").complaint


@pytest.mark.usefixtures("on_database")
async def test_dry_run_tells_what_would_have_happened(otklik: Otklik, rules: str, database: Database) -> None:
    await database.write(waited_once)
    said = otklik("rule", "dry-run", rules)
    assert "apology: 1 times in 1 conversations of 30 days" in said.out
    assert "#1 " in said.out
    assert "waiting 10m: message, tag long-wait" in said.out
    (apology, vip) = otklik("rule", "dry-run", rules, "--json").json
    assert (apology["count"], vip["count"]) == (1, 0)
    assert otklik("rule", "list", "--json").json == []
    otklik("rule", "add", rules)
    assert "apology: 1 times" in otklik("rule", "dry-run", "apology").out


def test_faulty_rules_are_refused_and_nothing_is_kept(otklik: Otklik) -> None:
    Path("bad.yaml").write_text(APOLOGY.replace("vip: true", "vip: 17"), "utf-8")
    assert "Line 8, rule 2: when.vip: true or false, not 17" in otklik("rule", "add", "bad.yaml").complaint
    assert otklik("rule", "list", "--json").json == []
    assert "no file, and no rule" in otklik("rule", "dry-run", "nothing.yaml").complaint
