"""Websites that carry the chat, kept by admins."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from html import unescape

from bot.storage.website.sites import list_sites
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
FIELDS = {"name": "Магазин", "origins": "https://shop.example\nhttps://*.shop.example", "colour": "#3b5bdb"}


async def test_site_is_added_changed_and_removed(house: House, browser: Open) -> None:
    admin = await browser("admin")
    await admin.get("/settings/sites")
    status, _, place = await admin.post("/settings/sites", {**FIELDS, "position": "left", "title_ru": "Мы на связи"})
    assert status == 303
    _, page = await admin.get(place)
    (site,) = await house.read(list_sites)
    assert site.origins == ("https://shop.example", "https://*.shop.example")
    assert (site.colour, site.position, site.texts) == ("#3b5bdb", "left", {"ru": {"title": "Мы на связи"}})
    (line,) = re.findall(r'id="line" value="([^"]+)"', page)
    assert f'src="{house.url}/widget.js"' in unescape(line)
    assert site.key in line
    assert "left" in line

    await admin.post(place, {**FIELDS, "position": "right", "origins": "https://shop.example"})
    (changed,) = await house.read(list_sites)
    assert changed.origins == ("https://shop.example",)
    assert not changed.is_active  # the box was not ticked
    assert changed.texts == {}
    assert changed.secret == site.secret

    await admin.post(f"{place}/secret")
    (renewed,) = await house.read(list_sites)
    assert renewed.secret != site.secret
    _, audit = await admin.get("/audit")
    assert "секрет сайта заменён" in audit
    assert "адреса:</span> https://shop.example" in audit
    assert "True" not in audit
    assert renewed.secret not in audit

    await admin.post(f"{place}/remove")
    assert await house.read(list_sites) == []
    assert (await admin.get(place))[0] == 404


async def test_what_does_not_fit_is_shown_again(house: House, browser: Open) -> None:
    admin = await browser("admin")
    await admin.get("/settings/sites")
    status, page, _ = await admin.post("/settings/sites", {**FIELDS, "position": "right", "origins": "shop"})
    assert status == 422
    assert "«shop» — не адрес сайта" in page
    assert 'value="Магазин"' in page
    assert await house.read(list_sites) == []


async def test_secret_is_for_admins_only(house: House, browser: Open) -> None:
    admin, vera = await browser("admin"), await browser("vera")
    await admin.get("/settings/sites")
    _, _, place = await admin.post("/settings/sites", {**FIELDS, "position": "right"})
    assert (await vera.get(place))[0] == 403
