"""Who is let in: allowed pages only, our own frame only, and nobody too quickly or too much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.storage.website.sites import add_site, change_site
from bot.website.access.limits import Rate, Rates
from tests.integration.website.shop import ORIGIN, Browser, Refused, Shop, new_nonce, open_shop

Open = Callable[[Shop], Browser]


async def frame(shop: Shop, http: aiohttp.ClientSession, key: str, referer: str = "") -> tuple[int, str, str]:
    headers = {"Referer": referer} if referer else {}
    async with http.get(f"{shop.base}/widget/frame", params={"key": key}, headers=headers) as response:
        return response.status, response.headers["Content-Security-Policy"], await response.text()


async def test_frame_may_be_shown_on_the_allowed_pages_only(shop: Shop, http: aiohttp.ClientSession) -> None:
    status, policy, page = await frame(shop, http, shop.site.key, f"{ORIGIN}/catalogue")
    assert status == 200
    assert policy.endswith(f"frame-ancestors {ORIGIN}")
    assert "'unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "style=" not in page
    assert " on" + "click=" not in page


async def test_frame_of_the_own_page(shop: Shop, http: aiohttp.ClientSession) -> None:
    status, policy, _ = await frame(shop, http, "help")
    assert status == 200
    assert policy.endswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    "referer", ["https://evil.example/", "https://shop.example.evil.example/", "http://shop.example/"]
)
async def test_frame_on_another_page(shop: Shop, http: aiohttp.ClientSession, referer: str) -> None:
    status, policy, page = await frame(shop, http, shop.site.key, referer)
    assert status == 403
    assert policy.endswith("frame-ancestors 'none'")
    assert "data-" not in page


async def test_frame_of_no_site(shop: Shop, http: aiohttp.ClientSession) -> None:
    assert (await frame(shop, http, "pk_nothing"))[0] == 404


@pytest.mark.parametrize(
    "parent", ["https://evil.example", "http://shop.example", "", "null", f"{ORIGIN}.evil.example"]
)
async def test_session_from_another_page(shop: Shop, browser: Open, parent: str) -> None:
    with pytest.raises(Refused) as caught:
        await browser(shop).open(parent=parent)
    assert caught.value.status == 403


async def test_subdomains_where_they_are_allowed(shop: Shop, browser: Open) -> None:
    now = shop.clock.now()
    site = await shop.database.write(lambda c: add_site(c, "Big", ["https://*.big.example:8443/"], {}, now))
    one = browser(shop)
    assert await one.open(key=site.key, parent="https://m.big.example:8443")
    for parent in ("https://big.example:8443", "https://m.big.example", "https://evilbig.example:8443"):
        with pytest.raises(Refused):
            await one.open(key=site.key, parent=parent)


async def test_site_that_was_switched_off(shop: Shop, browser: Open, http: aiohttp.ClientSession) -> None:
    one = browser(shop)
    await one.open()
    await shop.database.write(lambda c: change_site(c, shop.site.key, is_active=False))
    with pytest.raises(Refused) as caught:
        await one.open()
    assert caught.value.status == 403
    with pytest.raises(Refused) as caught:
        await one.says("ещё здесь")
    assert caught.value.status == 401
    assert (await frame(shop, http, shop.site.key, ORIGIN))[0] == 403


@pytest.mark.parametrize("path", ["session", "messages", "presses", "changes", "typing", "seen", "files"])
async def test_other_pages_cannot_ask_for_a_visitor(shop: Shop, browser: Open, path: str) -> None:
    one = browser(shop)
    await one.open()
    with pytest.raises(Refused) as caught:
        await one.ask("POST", path, {}, headers={"Origin": "https://evil.example"})
    assert caught.value.status == 403


async def test_no_page_gets_leave_to_read(shop: Shop, http: aiohttp.ClientSession) -> None:
    async with http.options(f"{shop.base}/widget/api/messages", headers={"Origin": ORIGIN}) as response:
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("token", ["", "x", "x.y", "e30.AAAA", "." * 300, "a" * 9000])
async def test_token_that_is_none(shop: Shop, browser: Open, token: str) -> None:
    one = browser(shop)
    one.token = token
    with pytest.raises(Refused) as caught:
        await one.says("привет")
    assert caught.value.status in (400, 401)


JUNK: list[Any] = [
    {},
    {"nonce": "short", "text": "x"},
    {"nonce": "nonce-junk", "text": ""},
    {"nonce": "nonce-junk", "text": 5},
    {"nonce": "nonce-junk", "text": None},
    {"nonce": "nonce-junk", "text": "x" * 4001},
    {"nonce": "nonce-junk", "text": "x" * 70_000},
    {"nonce": "nonce-junk", "text": "\x00\u200b"},
    {"nonce": "nonce-junk", "text": "x", "files": "all"},
    {"nonce": "nonce-junk", "text": "x", "files": ["nothing"]},
    {"nonce": "nonce-junk", "text": "x", "reply_to": "'; drop table"},
    {"nonce": {"$ne": 1}, "text": "x"},
    [],
    "text",
    5,
]


@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
async def test_junk_is_refused(shop: Shop, browser: Open, body: Any) -> None:
    one = browser(shop)
    await one.open()
    with pytest.raises(Refused) as caught:
        await one.ask("POST", "messages", body)
    assert caught.value.status in (400, 413)
    assert await one.lines() == []


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"{", b"[" * 5000, b'{"a":' * 3000])
async def test_what_is_no_json(shop: Shop, browser: Open, raw: bytes) -> None:
    one = browser(shop)
    await one.open()
    with pytest.raises(Refused) as caught:
        await one.ask("POST", "messages", data=raw)
    assert caught.value.status == 400


@pytest.mark.parametrize("query", ["after=x", "after=-1", "before=1.5", "after=" + "9" * 30])
async def test_numbers_that_are_none(shop: Shop, browser: Open, query: str) -> None:
    one = browser(shop)
    await one.open()
    with pytest.raises(Refused) as caught:
        await one.ask("GET", f"lines?{query}")
    assert caught.value.status == 400


async def test_too_quick(sqlite_url: str, tmp_path: Path, browser: Open) -> None:
    async with open_shop(sqlite_url, tmp_path, rates=Rates(messages=Rate(3, 60), sessions=Rate(2, 600))) as shop:
        one = browser(shop)
        await one.open()
        for _ in range(3):
            await one.says("быстро")
        with pytest.raises(Refused) as caught:
            await one.says("слишком быстро")
        assert caught.value.status == 429
        await one.open()
        with pytest.raises(Refused) as caught:
            await one.open()
        assert caught.value.status == 429
        await shop.settled()
        assert "слишком быстро" not in await one.texts()


async def test_too_quick_is_told_when_to_come_back(
    sqlite_url: str, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with open_shop(sqlite_url, tmp_path, rates=Rates(everything=Rate(2, 60))) as shop:
        for expected in (401, 401, 429):
            async with http.post(f"{shop.base}/widget/api/messages", json={"nonce": new_nonce()}) as response:
                assert response.status == expected
        assert 1 <= int(response.headers["Retry-After"]) <= 60
