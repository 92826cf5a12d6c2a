"""Coming in: login, logout, the links that set a password, and the first admin."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.console.access import cookies
from bot.console.access.passwords import check_new
from bot.console.context import Visit
from bot.storage.console import credentials, sessions
from core.errors import Conflict, InvalidInput, NotFound
from core.text import LANGUAGES
from handoff.operators import Operator


async def home(visit: Visit) -> web.StreamResponse:
    return visit.go("/inbox")


async def show_login(visit: Visit) -> web.StreamResponse:
    if visit.session is not None:
        return visit.go(_next(visit))
    return _form(visit, "login.html", next=visit.request.query.get("next", ""), login="", error="")


async def log_in(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    login, password = visit.text(form, "login", 64).casefold(), str(form.get("password", ""))
    address, now, ground = _address(visit), visit.ground.clock.now(), visit.ground

    def wait(connection: Any) -> float:
        return sessions.wait_before_login(connection, login, address, now)

    is_refused = await ground.database.read(wait) > 0
    found = await ground.database.read(lambda connection: credentials.find_credentials(connection, login))
    is_right = await visit.console.passwords.check(found.password_hash if found else None, password)
    if is_refused or not is_right or found is None:
        if not is_refused:
            await ground.database.write(lambda connection: sessions.note_failure(connection, login, address, now))
        error = visit.word("login.wait" if is_refused else "login.wrong")
        status = 429 if is_refused else 401
        return _form(visit, "login.html", status, next=_next_of(form), login=login, error=error)
    rehashed = None
    if found.password_hash and visit.console.passwords.is_old(found.password_hash):
        rehashed = await visit.console.passwords.hash(password)

    def forgive(connection: Any) -> None:
        sessions.forgive_failures(connection, login, address)
        if rehashed is not None:
            credentials.set_password(connection, found.operator.id, rehashed)

    await ground.database.write(forgive)
    return await _come_in(visit, found.operator, _next_of(form) or "/inbox")


async def log_out(visit: Visit) -> web.StreamResponse:
    session = visit.session
    if session is not None:
        await visit.ground.database.write(
            lambda connection: sessions.end_session(connection, session.id, session.operator.id)
        )
    response = visit.go("/login")
    cookies.take_session(response, is_secure=visit.console.is_secure)
    return response


async def set_language(visit: Visit) -> web.StreamResponse:
    """Before anybody is logged in the choice is kept in the browser."""
    form = await visit.form()
    response = visit.go(_next_of(form) or "/login")
    if form.get("language") in LANGUAGES:
        response.set_cookie("otklik_language", str(form["language"]), max_age=365 * 86400, samesite="Lax", path="/")
    return response


# --- links


async def show_password(visit: Visit) -> web.StreamResponse:
    token, now = visit.request.match_info["token"], visit.ground.clock.now()
    login = await visit.ground.database.read(lambda connection: credentials.owner_of_link(connection, token, now))
    if login is None:
        raise NotFound("link.over")
    return _form(visit, "password.html", login=login, name="", is_first=False, error="")


async def save_password(visit: Visit) -> web.StreamResponse:
    token, now, form = visit.request.match_info["token"], visit.ground.clock.now(), await visit.form()
    login = await visit.ground.database.read(lambda connection: credentials.owner_of_link(connection, token, now))
    if login is None:
        raise NotFound("link.over")
    password = str(form.get("password", ""))
    try:
        check_new(password, str(form.get("again", "")), login)
    except InvalidInput as error:
        said = visit.word(str(error))
        return _form(visit, "password.html", 422, login=login, name="", is_first=False, error=said)
    hashed = await visit.console.passwords.hash(password)

    def work(connection: Any) -> Operator:
        who = credentials.set_password_by_link(connection, token, hashed, now)
        sessions.end_sessions(connection, who.id)
        return who

    return await _come_in(visit, await visit.ground.database.write(work), "/inbox")


async def show_first(visit: Visit) -> web.StreamResponse:
    await _check_first(visit)
    return _form(visit, "password.html", login="admin", name="", is_first=True, is_login_wrong=False, error="")


async def save_first(visit: Visit) -> web.StreamResponse:
    await _check_first(visit)
    token, now, form = visit.request.match_info["token"], visit.ground.clock.now(), await visit.form()
    login, name = visit.text(form, "login", 64).casefold(), visit.text(form, "name", 200)
    password = str(form.get("password", ""))
    try:
        check_new(password, str(form.get("again", "")), login)
        hashed = await visit.console.passwords.hash(password)
        who = await visit.ground.database.write(
            lambda connection: credentials.make_first_admin(connection, token, login, name, hashed, now)
        )
    except (InvalidInput, Conflict) as error:
        words = visit.console.renderer.words(visit.language)
        is_login_wrong = not words.knows(str(error))
        said = words.say("login.unfit" if is_login_wrong else str(error))
        facts = {"login": login, "name": name, "is_first": True, "is_login_wrong": is_login_wrong, "error": said}
        return _form(visit, "password.html", 422, **facts)
    return await _come_in(visit, who, "/inbox")


async def _check_first(visit: Visit) -> None:
    token, now = visit.request.match_info["token"], visit.ground.clock.now()
    if not await visit.ground.database.read(lambda connection: credentials.is_first_link(connection, token, now)):
        raise NotFound("link.first_over")


# --- what they share


async def _come_in(visit: Visit, who: Operator, path: str) -> web.StreamResponse:
    now, agent = visit.ground.clock.now(), visit.request.headers.get("User-Agent", "")
    opened = await visit.ground.database.write(
        lambda connection: sessions.open_session(connection, who.id, _address(visit), agent, now)
    )
    response = visit.go(path)
    cookies.give_session(response, opened.token, is_secure=visit.console.is_secure)
    return response


def _form(visit: Visit, template: str, status: int = 200, **facts: Any) -> web.Response:
    """A form for somebody not logged in is tied to the browser by a cookie."""
    value, visit.csrf = cookies.form_token(visit.request) if visit.session is None else ("", visit.csrf)
    response = visit.page(template, status, **facts)
    if value:
        cookies.give_form(response, value, is_secure=visit.console.is_secure)
    return response


def _address(visit: Visit) -> str:
    """Who asks; behind a proxy of our own on this machine the address it forwards."""
    remote = visit.request.remote or ""
    forwarded = visit.request.headers.get("X-Forwarded-For", "")
    if forwarded and remote in {"127.0.0.1", "::1"}:
        return forwarded.split(",")[-1].strip()[:64]
    return remote[:64]


def _next(visit: Visit) -> str:
    return _local(visit.request.query.get("next", "")) or "/inbox"


def _next_of(form: Any) -> str:
    return _local(str(form.get("next", "")))


def _local(path: str) -> str:
    """A path of ours, or nothing: an address elsewhere is never gone to."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return path if is_local else ""
