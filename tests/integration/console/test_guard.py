"""What every request is checked for: who, from where, with what; and the headers of every answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from bot.console.guard import Access
from bot.console.routes import ROUTES
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
RANK = {Access.PUBLIC: 0, Access.OPERATOR: 1, Access.SUPERVISOR: 2, Access.ADMIN: 3}
ROLES = {"": 0, "anna": 1, "vera": 2, "admin": 3}


def example(path: str) -> str:
    """An address of the route, about things that are not there."""
    for pattern, value in (
        (r"{number:[1-9]\d{0,17}}", "999999"),
        ("{what:[a-z]{1,16}}", "queued"),
        ("{ref:[0-9a-f]{64}}", "0" * 64),
        (r"{place:\d{1,2}}", "0"),
        (r"{token:[A-Za-z0-9_-]{20,64}}", "x" * 32),
        (r"{what:[a-z]{1,16}}", "nothing"),
    ):
        path = path.replace(pattern, value)
    return re.sub(r"\{\w+:(\w+)(?:\|\w+)+\}", r"\1", path)  # the first of several words


@pytest.mark.parametrize(
    ("login", "language", "words"), [("anna", "ru", "Такой страницы нет"), ("", "en", "no such page")]
)
@pytest.mark.parametrize("path", ["/nonsense", "/reports/nope", "/logout"])
async def test_wrong_link_is_told_in_the_reader_s_language(
    house: House, browser: Open, login: str, language: str, words: str, path: str
) -> None:
    one = await browser(login)
    reader = {"Accept": "text/html,*/*", "Accept-Language": language}
    status, page = await one.get(path, **reader)
    assert (status, words in page, f'lang="{language}"' in page) == (404, True, True)
    assert ('class="rail"' in page) is bool(login), "who is logged in has the sections beside it"
    status, told = await one.get(path, fragment=True, **reader)
    assert (status, "<html" in told) == (404, False)
    status, told = await one.get(path)
    assert (status in (404, 405), "<html" in told) == (True, False), "scripts are told as before"


@pytest.mark.parametrize("login", ROLES)
async def test_every_route_for_every_role(house: House, browser: Open, login: str) -> None:
    """Who may not come in is refused before anything is done; who may is not told that they may not."""
    one = await browser(login)
    await one.get("/login")
    for route in ROUTES:
        if route.path in ("/events", "/logout") or (route.method, route.path) == ("POST", "/login"):
            continue  # tested by themselves: one never ends, the others change who asks
        path = example(route.path)
        assert "{" not in path, f"no example for {route.path}"
        status = (await one.get(path))[0] if route.method == "GET" else (await one.post(path))[0]
        if RANK[route.access] <= ROLES[login]:
            assert status not in (401, 403, 405, 500), f"{login or 'nobody'} {route.method} {path}: {status}"
        elif login:
            assert status == 403, f"{login} {route.method} {path}: {status}"
        else:
            expected = {303} if route.is_page and route.method == "GET" else {401}
            assert status in expected, f"nobody {route.method} {path}: {status}"


async def test_other_methods_are_not_allowed(house: House, browser: Open) -> None:
    admin = await browser("admin")
    by_path: dict[str, set[str]] = {}
    for route in ROUTES:
        by_path.setdefault(example(route.path), set()).add(route.method)
    for path, methods in by_path.items():
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods:
            async with admin.http.request(method, path, headers={"Origin": house.url}, allow_redirects=False) as answer:
                assert answer.status in (405, 404), f"{method} {path}: {answer.status}"


def test_no_route_is_there_twice_and_each_has_a_decision() -> None:
    named = [(route.method, route.path) for route in ROUTES]
    assert len(set(named)) == len(named)
    assert {route.access for route in ROUTES} <= set(Access)
    public = {route.path.split("/")[1] for route in ROUTES if route.access is Access.PUBLIC}
    assert public == {"login", "language", "password", "first"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "-"}, 403),
        ({"X_CSRF_Token": "-"}, 403),
        ({"X_CSRF_Token": "x"}, 403),
        ({"X_CSRF_Token": "ё"}, 403),
    ],
)
async def test_unsafe_requests_need_our_origin_and_the_token(
    house: House, browser: Open, headers: dict[str, str], status: int
) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    if headers.get("X_CSRF_Token") == "ё":
        headers = {"X_CSRF_Token": "ё".encode().decode("latin-1")}
    assert (await anna.post("/inbox/1/draft", {"text": "x"}, **headers))[0] == status


async def test_token_of_another_session_does_not_do(house: House, browser: Open) -> None:
    anna, boris = await browser("anna"), await browser("boris")
    assert anna.csrf != boris.csrf
    assert (await anna.post("/inbox/1/viewing", {}, X_CSRF_Token=boris.csrf))[0] == 403


async def test_body_above_the_limit_is_refused(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    assert (await anna.post("/inbox/1/draft", {"text": "x" * 300_000}))[0] == 413


@pytest.mark.parametrize("path", ["/login", "/inbox", "/nothing-here-but-static", "/inbox/999", "/api/me"])
async def test_every_answer_carries_the_headers(house: House, browser: Open, path: str) -> None:
    anna = await browser("anna")
    async with anna.http.get(path) as answer:
        if answer.status == 404 and path == "/nothing-here-but-static":
            return  # not ours: the server itself answers
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_pages_have_no_inline_script_style_or_foreign_address(house: House, browser: Open) -> None:
    await house.says("оператор")
    admin = await browser("admin")
    for route in ROUTES:
        if route.method != "GET" or route.path == "/events" or "token" in route.path:
            continue
        _, page = await admin.get(example(route.path).replace("999999", "1"))
        assert not re.search(r"<[^>]+\son\w+=", page), route.path
        assert not re.search(r"<[^>]+\sstyle=", page), route.path
        assert not re.search(r"<style", page), route.path
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page), route.path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page), route.path


async def test_static_files_are_kept_for_ever_under_their_hash(house: House, browser: Open) -> None:
    someone = await browser("")
    assets = house.console.renderer.assets
    async with someone.http.get(assets.address("console.css")) as answer:
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
    for path in (
        "/static/old/console.css",
        f"/static/{assets.version}/../routes.py",
        f"/static/{assets.version}/x.css",
    ):
        async with someone.http.get(path) as answer:
            is_found = path.startswith("/static/old/")
            assert answer.status == (200 if is_found else 404)
            assert "immutable" not in answer.headers.get("Cache-Control", "")
