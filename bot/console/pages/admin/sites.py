"""Websites that carry the chat: where it may be shown, how it looks, and the secret their customers are signed with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.storage.desk.changes import record_site
from bot.storage.website.sites import (
    COLOUR,
    TEXTS,
    Site,
    add_site,
    change_site,
    find_numbered_site,
    list_sites,
    read_origin,
    remove_site,
)
from core.errors import InvalidInput
from core.text import LANGUAGES

_EMPTY: Mapping[str, Any] = {"name": "", "origins": "", "colour": COLOUR, "position": "right", "texts": {}}


async def show_sites(visit: Visit) -> web.StreamResponse:
    return await _list(visit)


async def add(visit: Visit) -> web.StreamResponse:
    form, now = await visit.form(), visit.ground.clock.now()
    values = _values(visit, form)
    try:

        def work(connection: Any) -> Site:
            made = add_site(connection, values["name"], _origins(visit, values), _look(values), now)
            record_site(connection, visit.who, "site.added", made, now)
            return made

        made = await visit.ground.database.write(work)
    except InvalidInput as error:
        return await _list(visit, values, str(error))
    return visit.go(f"/settings/sites/{made.number}", "said.saved")


async def show_site(visit: Visit) -> web.StreamResponse:
    return await _one(visit, await _find(visit))


async def change(visit: Visit) -> web.StreamResponse:
    site, form, now = await _find(visit), await visit.form(), visit.ground.clock.now()
    values = _values(visit, form)
    try:

        def work(connection: Any) -> None:
            changed = change_site(
                connection,
                site.key,
                name=values["name"],
                origins=_origins(visit, values),
                look=_look(values),
                is_active=bool(form.get("is_active")),
            )
            record_site(connection, visit.who, "site.changed", changed, now)

        await visit.ground.database.write(work)
    except InvalidInput as error:
        return await _one(visit, site, values, str(error))
    return visit.go(f"/settings/sites/{site.number}", "said.saved")


async def renew_secret(visit: Visit) -> web.StreamResponse:
    """What was signed with the old one is refused from now on."""
    site, now = await _find(visit), visit.ground.clock.now()

    def work(connection: Any) -> None:
        changed = change_site(connection, site.key, with_new_secret=True)
        record_site(connection, visit.who, "site.secret", changed, now)

    await visit.ground.database.write(work)
    return visit.go(f"/settings/sites/{site.number}", "said.saved")


async def remove(visit: Visit) -> web.StreamResponse:
    site, now = await _find(visit), visit.ground.clock.now()

    def work(connection: Any) -> None:
        remove_site(connection, site.key)
        record_site(connection, visit.who, "site.removed", site, now)

    await visit.ground.database.write(work)
    return visit.go("/settings/sites", "said.saved")


async def _find(visit: Visit) -> Site:
    number = visit.number("number")
    return await visit.ground.database.read(lambda connection: find_numbered_site(connection, number))


def _origins(visit: Visit, values: Mapping[str, Any]) -> list[str]:
    """The addresses given; raises InvalidInput, in the reader's language, for the first that is none."""
    given: list[str] = values["origins"].split()
    for one in given:
        try:
            read_origin(one)
        except InvalidInput as error:
            raise InvalidInput(visit.word("sites.no_origin", address=one)) from error
    return given


def _values(visit: Visit, form: Mapping[str, Any]) -> dict[str, Any]:
    texts = {
        language: {name: visit.text(form, f"{name}_{language}", limit + 1) for name, limit in TEXTS.items()}
        for language in LANGUAGES
    }
    fields = {name: visit.text(form, name, 4000) for name in ("name", "origins", "colour", "position")}
    return {**fields, "texts": texts}


def _look(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("colour", "position", "texts")}


async def _list(visit: Visit, values: Mapping[str, Any] | None = None, error: str = "") -> web.Response:
    found = await visit.ground.database.read(list_sites)
    facts = {"sites": found, "values": values or _EMPTY, "languages": LANGUAGES, "error": error}
    return visit.page("admin/sites.html", 422 if error else 200, script=await script_facts(visit), **facts)


async def _one(visit: Visit, site: Site, values: Mapping[str, Any] | None = None, error: str = "") -> web.Response:
    shown = values or {
        "name": site.name,
        "origins": "\n".join(site.origins),
        "colour": site.colour,
        "position": site.position,
        "texts": site.texts,
    }
    side = ' data-position="left"' if site.position == "left" else ""
    line = f'<script defer src="{_base(visit)}/widget.js" data-key="{site.key}"{side}></script>'
    facts = {"site": site, "values": shown, "languages": LANGUAGES, "error": error, "line": line}
    return visit.page("admin/site.html", 422 if error else 200, script=await script_facts(visit), **facts)


def _base(visit: Visit) -> str:
    return visit.ground.public_url or str(visit.request.url.origin())
