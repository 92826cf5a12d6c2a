"""Every request passes here: who asks, may they, does it come from our own page, and what the answer must carry."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler
from aiohttp.typedefs import Middleware

from bot.console.access import cookies
from bot.console.context import Console, Visit
from bot.storage.console.marks import read_preferences
from bot.storage.console.sessions import Session, find_session, note_seen
from bot.storage.surveys.follow_ups import Wanted, count_follow_ups
from core.errors import Conflict, Forbidden, InvalidInput, NotFound, OtklikError
from core.text import LANGUAGES
from handoff.operators import Role

log = logging.getLogger(__name__)

FORM_LIMIT = 256 * 1024  # bytes of a request's body
_BODY_TIME = 60.0  # seconds for it to come in whole
_SAFE = {"GET", "HEAD"}
_OTHERS = {"widget", "hooks", "static"}  # not of the console, or read by programs alone
_MARK = web.RequestKey("otklik.console", bool)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self'; font-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


class Access(StrEnum):
    """Who may use a route; each role may do what the ones before it may."""

    PUBLIC = "public"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table of routes. `is_page`: who is not logged in is sent to the login page."""

    method: str
    path: str
    handler: Handler
    access: Access
    is_page: bool = True
    limit: int = FORM_LIMIT


def guarded(console: Console, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The route's handler as the web server calls it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        request[_MARK] = console.is_secure
        visit = await _receive(console, request)
        try:
            refusal = await _refusal(visit, route)
            return refusal if refusal is not None else await route.handler(visit)
        except OtklikError as error:
            return _explain(visit, error)
        except (web.HTTPException, asyncio.CancelledError, ConnectionError):
            raise
        except Exception as error:
            number = secrets.token_hex(4)
            log.error("the page %s failed (%s): %s", route.path, number, type(error).__name__, exc_info=error)
            return _answer(visit, 500, visit.word("error.unexpected", number=number))
        finally:
            await _close_files(visit.request)

    return answer


def finding(console: Console) -> Middleware:
    """Who follows a wrong link is told so by a page in their language; scripts and customers' addresses as before."""

    @web.middleware
    async def answer(request: web.Request, handler: WebHandler) -> web.StreamResponse:
        lost = request.match_info.http_exception
        if lost is None or lost.status not in (404, 405) or not _is_looking(request):
            return await handler(request)
        request[_MARK] = console.is_secure
        visit = await _receive(console, request)
        return _answer(visit, 404, visit.word("error.no_page"))

    return answer


def _is_looking(request: web.Request) -> bool:
    """Whether somebody typed the address, or followed a link, and will read what comes."""
    wants_page = "text/html" in request.headers.get("Accept", "")
    return wants_page and request.method in _SAFE and request.path.split("/")[1] not in _OTHERS


async def _close_files(request: web.Request) -> None:
    """What was uploaded lies in temporary files until here."""
    if request.content_type == "multipart/form-data" and request.method not in _SAFE:
        with suppress(Exception):  # a body that could not be read has none
            for value in (await request.post()).values():
                if isinstance(value, web.FileField):
                    value.file.close()


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For every answer of the console, streams and refusals too; what a handler has set stays."""
    is_secure = request.get(_MARK)
    if is_secure is None:
        return
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_secure:  # over plain http browsers ignore it, and complain
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")


async def _receive(console: Console, request: web.Request) -> Visit:
    token = cookies.session_of(request, is_secure=console.is_secure)
    ground = console.ground
    now = ground.clock.now()
    session: Session | None = None
    preferences: Mapping[str, Any] = {}
    waiting = 0
    if token:

        def work(connection: Any) -> tuple[Session | None, Mapping[str, Any], int]:
            found = find_session(connection, token, now)
            if found is None:
                return None, {}, 0
            me = found.operator.id
            return found, read_preferences(connection, me), count_follow_ups(connection, Wanted(seen_by=me))

        session, preferences, waiting = await ground.database.read(work)
    if session is not None and session.is_due(now):
        number = session.id
        await ground.database.write(lambda connection: note_seen(connection, number, now))
    csrf = session.csrf if session is not None else cookies.form_token(request)[1]
    language = _language(request, preferences, ground.language)
    return Visit(console, request, session, preferences, language, csrf, waiting)


def _language(request: web.Request, preferences: Mapping[str, Any], default: str) -> str:
    """The operator's choice, else the browser's, else the installation's."""
    chosen = preferences.get("language") or request.cookies.get("otklik_language", "")
    if chosen in LANGUAGES:
        return str(chosen)
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.split(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return default


async def _refusal(visit: Visit, route: Route) -> web.StreamResponse | None:
    if route.access is not Access.PUBLIC:
        if visit.session is None:
            return _ask_to_log_in(visit, route)
        if not visit.may(Role(route.access.value)):
            return _answer(visit, 403, visit.word("error.forbidden"))
    if visit.request.method in _SAFE:
        return None
    if not visit.console.is_own_origin(visit.request):
        return _answer(visit, 403, visit.word("error.origin"))
    if (visit.request.content_length or 0) > route.limit:
        return _answer(visit, 413, visit.word("error.too_large"))
    visit.request = visit.request.clone(client_max_size=route.limit)
    visit.request[_MARK] = visit.console.is_secure
    try:
        async with asyncio.timeout(_BODY_TIME):
            form = await visit.request.post()
    except TimeoutError:
        return _answer(visit, 408, visit.word("error.too_slow"))
    except web.HTTPRequestEntityTooLarge:
        return _answer(visit, 413, visit.word("error.too_large"))
    except (ValueError, ConnectionError):  # the latter: whoever sent it has gone
        return _answer(visit, 400, visit.word("error.unreadable"))
    sent = visit.request.headers.get("X-CSRF-Token") or form.get("csrf", "")
    if not isinstance(sent, str) or not secrets.compare_digest(sent.encode(), visit.csrf.encode()):
        return _answer(visit, 403, visit.word("error.csrf"))
    return None


def _ask_to_log_in(visit: Visit, route: Route) -> web.StreamResponse:
    if not route.is_page or visit.is_fragment or visit.wants_json or visit.request.method not in _SAFE:
        return visit.json({"error": visit.word("error.session")}, 401)
    path = visit.request.path_qs
    return visit.go("/login" if path in ("/", "/inbox") else f"/login?next={quote(path, safe='')}")


def _explain(visit: Visit, error: OtklikError) -> web.StreamResponse:
    statuses = {InvalidInput: 422, Conflict: 409, NotFound: 404, Forbidden: 403}
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 500)
    text = error.told(visit.language)
    words = visit.console.renderer.words(visit.language)
    return _answer(visit, status, words.say(text) if words.knows(text) else text)


def _answer(visit: Visit, status: int, text: str) -> web.StreamResponse:
    if visit.is_fragment or visit.wants_json:
        return visit.json({"error": text}, status)
    return visit.page("error.html", status, text=text)
