"""Rules of business: every setting of the catalogue, changed here while the bot runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.settings.catalogue import find_setting
from bot.settings.privacy import KEEP_DAYS
from bot.settings.reading import read_setting
from bot.settings.setting import Setting
from bot.storage.desk.changes import record_reset, record_setting
from bot.storage.live.events import note_event
from bot.storage.operators import names_by_login
from bot.storage.service.settings import StoredSetting, change_setting, list_settings, reset_setting
from core.errors import FaultyValue, InvalidInput, shown
from core.finding import tell
from core.text import Text

_ELSEWHERE = frozenset({KEEP_DAYS.key})  # it has a page of its own, which counts first


@dataclass(frozen=True, slots=True)
class Field:
    """A setting as it is edited. `kind`: flag, number, line, colour, text, yaml; `value` stands in the field."""

    stored: StoredSetting
    kind: str
    value: Any
    error: str = ""


async def show_settings(visit: Visit) -> web.StreamResponse:
    return await _page(visit)


async def save(visit: Visit) -> web.StreamResponse:
    """One setting; what does not fit is shown again with its fault, nothing is changed."""
    form = await visit.form()
    key, now, who = visit.text(form, "key", 64), visit.ground.clock.now(), visit.who
    known = find_setting(key)
    kind = _kind(known.write(known.default), key)
    typed = visit.text(form, "value")
    try:
        raw = bool(form.get("value")) if kind == "flag" else _parse(known, kind, typed)

        def work(connection: Any) -> None:
            record_setting(connection, who, key, change_setting(connection, key, raw, who.login, now), now)
            note_event(connection, "settings.updated")

        await visit.ground.database.write(work)
    except FaultyValue as fault:
        return await _page(visit, key, typed, f"{visit.word('settings.unfit')} {fault.told(visit.language)}")
    except InvalidInput as error:
        return await _page(visit, key, typed, error.told(visit.language))
    return visit.go(f"/settings#{key}", "said.saved")


async def reset(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    key, now, who = visit.text(form, "key", 64), visit.ground.clock.now(), visit.who

    def work(connection: Any) -> None:
        reset_setting(connection, key)
        record_reset(connection, who, key, now)
        note_event(connection, "settings.updated")

    await visit.ground.database.write(work)
    return visit.go(f"/settings#{key}", "said.saved")


async def show_channels(visit: Visit) -> web.StreamResponse:
    """What the doctor finds, with its remedies."""
    examine = visit.ground.examine
    found = await examine() if examine is not None else []
    findings = [tell(one, visit.language) for one in found]
    return visit.page("admin/channels.html", script=await script_facts(visit), findings=findings)


def _parse(known: Setting[Any], kind: str, typed: str) -> Any:
    """As JSON. Raises InvalidInput: what is wrong, without setting and form, for they stand by the field."""
    if kind == "yaml":
        return read_setting(known, typed)
    raw: Any = typed
    if kind == "number":
        try:
            raw = int(typed)
        except ValueError:
            raise FaultyValue(Text("fault.value.no_whole", {"value": shown(typed)})) from None
    known.check(raw)
    return raw


def _kind(value: Any, key: str) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "number"
    if isinstance(value, str) and value.startswith("#"):
        return "colour"
    if isinstance(value, str):
        return "text" if "text" in key or len(value) > 60 else "line"
    return "yaml"


def _field(stored: StoredSetting, typed: Mapping[str, tuple[str, str]]) -> Field:
    kind = _kind(stored.value, stored.key)
    value = stored.value
    if kind == "yaml":
        value = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None).strip()
    given, error = typed.get(stored.key, (value, ""))
    return Field(stored, kind, given, error)


async def _page(visit: Visit, key: str = "", typed: str = "", error: str = "") -> web.Response:
    words = visit.console.renderer.words(visit.language)
    stored, names = await visit.ground.database.read(lambda c: (list_settings(c), names_by_login(c)))
    given = {key: (typed, error)} if key else {}
    groups: dict[str, list[Field]] = {}
    for one in (one for one in stored if one.key not in _ELSEWHERE):
        groups.setdefault(one.key.partition(".")[0], []).append(_field(one, given))
    script, status = await script_facts(visit), 422 if error else 200
    return visit.page("admin/settings.html", status, script=script, groups=groups, names=names, sayings=words)
