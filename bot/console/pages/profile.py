"""An operator's own page: presence, language, theme, keys, password, sessions."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console.access.passwords import check_new
from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.storage.console import credentials, marks, sessions
from bot.storage.desk.audit import record_change
from core.errors import InvalidInput
from core.text import LANGUAGES

_FLAGS = ("sound", "notifications", "enter_sends", "single_keys")
DEFAULTS = {"sound": True, "notifications": False, "enter_sends": False, "single_keys": True}


async def show_profile(visit: Visit) -> web.StreamResponse:
    return await _page(visit)


async def save_preferences(visit: Visit) -> web.StreamResponse:
    form, me = await visit.form(), visit.operator.id
    changes: dict[str, Any] = {name: bool(form.get(name)) for name in _FLAGS}
    if form.get("language") in LANGUAGES:
        changes["language"] = str(form["language"])
    if form.get("theme") in ("auto", "light", "dark"):
        changes["theme"] = str(form["theme"])
    await visit.ground.database.write(lambda connection: marks.change_preferences(connection, me, **changes))
    return visit.go("/profile", "said.saved")


async def change_password(visit: Visit) -> web.StreamResponse:
    """Only with the present one; every other session ends."""
    form, session, now = await visit.form(), visit.session, visit.ground.clock.now()
    assert session is not None
    login, address = session.operator.login, f"profile {session.id}"
    wait = await visit.ground.database.read(
        lambda connection: sessions.wait_before_login(connection, login, address, now)
    )
    found = await visit.ground.database.read(lambda connection: credentials.find_credentials(connection, login))
    is_right = found is not None and await visit.console.passwords.check(
        found.password_hash, str(form.get("current", ""))
    )
    if wait > 0 or not is_right:
        await visit.ground.database.write(lambda connection: sessions.note_failure(connection, login, address, now))
        return await _page(visit, error=visit.word("login.wait" if wait > 0 else "profile.wrong"), status=422)
    password = str(form.get("password", ""))
    try:
        check_new(password, str(form.get("again", "")), login)
    except InvalidInput as error:
        return await _page(visit, error=visit.word(str(error)), status=422)
    hashed = await visit.console.passwords.hash(password)

    def work(connection: Any) -> None:
        credentials.set_password(connection, session.operator.id, hashed)
        sessions.end_sessions(connection, session.operator.id, session.id)
        record_change(connection, visit.who, "password.changed", now)

    await visit.ground.database.write(work)
    return visit.go("/profile", "said.password")


async def end_session(visit: Visit) -> web.StreamResponse:
    number, now = visit.number("number"), visit.ground.clock.now()

    def work(connection: Any) -> None:
        if sessions.end_session(connection, number, visit.operator.id):
            record_change(connection, visit.who, "session.ended", now)

    await visit.ground.database.write(work)
    return visit.go("/profile", "said.sessions_ended")


async def _page(visit: Visit, *, error: str = "", status: int = 200) -> web.Response:
    me = visit.operator.id
    return visit.page(
        "profile.html",
        status,
        script=await script_facts(visit),
        sessions=await visit.ground.database.read(lambda connection: sessions.list_sessions(connection, me)),
        chosen={**DEFAULTS, **visit.preferences},
        is_secure=visit.console.is_secure or visit.request.host.split(":")[0] in ("localhost", "127.0.0.1"),
        error=error,
    )
