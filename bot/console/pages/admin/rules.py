"""If-then rules: listed, written as YAML, tried on past conversations before they are saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml
from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.settings.reading import read_rules
from bot.storage.desk.changes import record_rule
from bot.storage.service.past import past_moments
from bot.storage.service.rules import StoredRule, list_rules, remove_rule, save_rule, switch_rule
from bot.storage.service.settings import load_settings
from core.errors import InvalidInput, NotFound
from handoff.service.rehearsal import Rehearsal, rehearse
from handoff.service.rules import Rule
from handoff.service.rules_form import write_rule

_LOOK_BACK = timedelta(days=30)
_MOST_HITS = 50
_EXAMPLE = """\
name: VIP ждёт дольше пяти минут
when:
  waiting_longer_than: 5m
  vip: true
then:
  - priority: urgent
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """What rules would have done in the last month, each by itself."""

    played: list[Rehearsal]
    conversations: int


async def show_rules(visit: Visit) -> web.StreamResponse:
    name = visit.request.query.get("name", "")
    text = ""
    if name:
        stored = await visit.ground.database.read(list_rules)
        found = next((one for one in stored if one.rule.name == name), None)
        if found is None:
            raise NotFound("error.no_rule")
        text = _written(found.rule)
    return await _page(visit, text)


async def try_rule(visit: Visit) -> web.StreamResponse:
    """Nothing is saved, nothing is done."""
    text = visit.text(await visit.form(), "text", 20_000)
    now, zone = visit.ground.clock.now(), str(visit.ground.zone)
    try:
        rules = read_rules(text)
    except InvalidInput as error:
        return await _page(visit, text, error=error.told(visit.language))

    def work(connection: Any) -> Tried:
        past = past_moments(connection, now - _LOOK_BACK, load_settings(connection), zone)
        return Tried(rehearse(rules, past), len(past))

    return await _page(visit, text, tried=await visit.ground.database.read(work))


async def save(visit: Visit) -> web.StreamResponse:
    """One, or several with a dash each, all or none; a rule of a known name is replaced."""
    text = visit.text(await visit.form(), "text", 20_000)
    now, who = visit.ground.clock.now(), visit.who

    try:
        rules = read_rules(text)

        def work(connection: Any) -> None:
            for rule in rules:
                saved = save_rule(connection, rule, who.login, now)
                record_rule(connection, who, "rule.saved", saved.rule.name, now)

        await visit.ground.database.write(work)
    except InvalidInput as error:
        return await _page(visit, text, error=error.told(visit.language))
    return visit.go("/settings/rules", "said.saved")


async def switch(visit: Visit) -> web.StreamResponse:
    form, now, who = await visit.form(), visit.ground.clock.now(), visit.who
    name, is_active = visit.text(form, "name", 100), bool(form.get("on"))
    return await _change(
        visit, "rule.on" if is_active else "rule.off", name,
        lambda connection: switch_rule(connection, name, who.login, now, is_active=is_active),
    )  # fmt: skip


async def remove(visit: Visit) -> web.StreamResponse:
    name = visit.text(await visit.form(), "name", 100)
    return await _change(visit, "rule.removed", name, lambda connection: remove_rule(connection, name))


async def _change(visit: Visit, act: str, name: str, change: Callable[[Any], None]) -> web.StreamResponse:
    now, who = visit.ground.clock.now(), visit.who

    def work(connection: Any) -> None:
        change(connection)
        record_rule(connection, who, act, name, now)

    await visit.ground.database.write(work)
    return visit.go("/settings/rules", "said.saved")


def _written(rule: Rule) -> str:
    return yaml.safe_dump(write_rule(rule), allow_unicode=True, sort_keys=False)


async def _page(visit: Visit, text: str = "", *, error: str = "", tried: Tried | None = None) -> web.Response:
    stored: list[StoredRule] = await visit.ground.database.read(list_rules)
    return visit.page(
        "admin/rules.html",
        422 if error else 200,
        script=await script_facts(visit),
        rules=[(one, _written(one.rule)) for one in stored],
        text=text or _EXAMPLE,
        error=error,
        tried=tried,
        most=_MOST_HITS,
    )
