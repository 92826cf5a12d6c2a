"""The console's cookies: the session's, and the one that ties a login form to its browser."""

from __future__ import annotations

import hashlib
import secrets

from aiohttp import web

_SESSION, _FORM = "otklik", "otklik_form"
_LONGEST = 7 * 24 * 3600  # seconds; the session itself ends sooner when it is not used


def session_of(request: web.Request, *, is_secure: bool) -> str:
    return request.cookies.get(_name(_SESSION, is_secure=is_secure), "")


def give_session(response: web.StreamResponse, token: str, *, is_secure: bool) -> None:
    name = _name(_SESSION, is_secure=is_secure)
    response.set_cookie(name, token, max_age=_LONGEST, httponly=True, secure=is_secure, samesite="Lax", path="/")


def take_session(response: web.StreamResponse, *, is_secure: bool) -> None:
    name = _name(_SESSION, is_secure=is_secure)
    response.del_cookie(name, path="/", secure=is_secure, httponly=True, samesite="Lax")


def form_token(request: web.Request) -> tuple[str, str]:
    """The cookie's value (a new one where there is none) and what a form without a session must send with it."""
    value = request.cookies.get(_FORM, "") or secrets.token_urlsafe(24)
    return value, hashlib.sha256(f"form {value}".encode()).hexdigest()


def give_form(response: web.StreamResponse, value: str, *, is_secure: bool) -> None:
    response.set_cookie(_FORM, value, httponly=True, secure=is_secure, samesite="Strict", path="/")


def _name(name: str, *, is_secure: bool) -> str:
    """Over https the prefix forbids that another host of the domain sets it."""
    return f"__Host-{name}" if is_secure else name
