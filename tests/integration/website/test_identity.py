"""Known customers: signed by the site, the same on every device; what a guest said becomes theirs."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.storage.tables import conversation, customer, identity
from bot.storage.website.sites import add_site, change_site
from tests.integration.website.shop import ANNA, Browser, Refused, Shop
from tests.integration.website.test_talk import assigned
from tests.test_house import ROOT

Open = Callable[[Shop], Browser]


def tampered(signed: str, user_id: str) -> str:
    body, _, signature = signed.partition(".")
    raw = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | {"id": user_id}
    return base64.urlsafe_b64encode(json.dumps(raw).encode()).decode().rstrip("=") + "." + signature


async def test_same_history_on_any_device(either_shop: Shop, browser: Open) -> None:
    phone, laptop = browser(either_shop), browser(either_shop)
    opened = await phone.open(either_shop.sign("42", "Анна Смирнова"))
    assert (opened["known"], opened["name"]) == (True, "Анна Смирнова")
    await phone.says("Где взять чек?")
    await either_shop.settled()
    assert len((await laptop.open(either_shop.sign("42")))["lines"]) == 2
    stranger = browser(either_shop)
    assert (await stranger.open(either_shop.sign("43")))["lines"] == []


async def test_operators_see_who_it_is(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open(shop.sign("42", "Анна Смирнова"))
    await assigned(shop, one)
    assert shop.desk.topic_names[await shop.desk.topic_of(1) or ""] == "#1 Анна Смирнова"


@pytest.mark.parametrize("how", ["tampered", "other secret", "no signature", "expired", "for ever", "junk", "no id"])
async def test_forged_identity(shop: Shop, browser: Open, how: str) -> None:
    one = browser(shop)
    good = shop.sign("42")
    forged = {
        "tampered": tampered(good, "1"),
        "other secret": shop.sign("42", secret="0" * 64),
        "no signature": good.partition(".")[0] + ".",
        "expired": shop.sign("42", minutes=-1),
        "for ever": shop.sign("42", minutes=60 * 24 * 30),
        "junk": "ж.😀",
        "no id": shop.sign(""),
    }[how]
    with pytest.raises(Refused) as caught:
        await one.open(forged)
    assert caught.value.status == 403
    assert "token" not in caught.value.body


async def test_secret_of_one_site_is_worth_nothing_on_another(shop: Shop, browser: Open) -> None:
    now = shop.clock.now()
    other = await shop.database.write(lambda c: add_site(c, "Other", ["https://other.example"], {}, now))
    one = browser(shop)
    with pytest.raises(Refused) as caught:
        await one.open(shop.sign("42"), key=other.key, parent="https://other.example")
    assert caught.value.status == 403
    with pytest.raises(Refused) as caught:  # our own page knows no customers at all
        await one.open(shop.sign("42"), key="help", parent=shop.base)
    assert caught.value.status == 403


async def test_new_secret_ends_the_old_one(shop: Shop, browser: Open) -> None:
    one, old = browser(shop), shop.sign("42")
    await shop.database.write(lambda c: change_site(c, shop.site.key, with_new_secret=True))
    with pytest.raises(Refused) as caught:
        await one.open(old)
    assert caught.value.status == 403


async def test_guest_who_signs_in_takes_the_chat_along(either_shop: Shop, browser: Open) -> None:
    shop, one = either_shop, browser(either_shop)
    await one.open()
    topic = await assigned(shop, one)
    guest_token = one.token
    opened = await one.open(shop.sign("42", "Анна"))
    assert opened["merged"]
    assert [line["text"] for line in opened["lines"]][-1] == "Здравствуйте! Чем помочь?"
    # the conversation goes on where it was: in the same topic, with the same operator
    await one.says("Я вошла в кабинет")
    await shop.settled()
    assert shop.desk.in_topic(topic)[-1].text == "Я вошла в кабинет"
    await shop.desk.writes(topic, ANNA, "Вижу вас")
    await shop.settled()
    assert (await one.texts())[-1] == "Вижу вас"
    assert await shop.database.read(lambda c: c.execute(select(func.count(conversation.c.id))).scalar_one()) == 1
    # one person, one address
    for table in (customer, identity):
        assert await shop.database.read(lambda c, t=table: c.execute(select(func.count(t.c.id))).scalar_one()) == 1
    # whoever finds the guest's token on that device finds nothing
    finder = Browser(shop, one.http, guest_token)
    with pytest.raises(Refused) as caught:
        await finder.says("чужой")
    assert caught.value.status == 401
    assert (await finder.open())["lines"] == []


async def test_guest_joins_a_customer_who_was_here_before(either_shop: Shop, browser: Open) -> None:
    shop, laptop, phone = either_shop, browser(either_shop), browser(either_shop)
    await laptop.open(shop.sign("42", "Анна"))
    await laptop.says("Где взять чек?")
    await shop.settled()
    await phone.open()
    await phone.says("Где мой заказ?")
    await shop.settled()
    async with laptop.stream() as stream:
        await stream.until("state")
        await phone.open(shop.sign("42", "Анна"))
        await stream.until("resync")  # the laptop reads everything anew
    texts = await laptop.texts()
    assert {"Где взять чек?", "Где мой заказ?"} <= set(texts)
    assert await phone.texts() == texts


async def test_page_that_stays_open_longer_than_its_identity(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    signed = shop.sign("42", minutes=10)
    await one.open(signed)
    await one.says("Где взять чек?")
    await shop.settled()
    shop.clock.later = timedelta(hours=2)
    with pytest.raises(Refused):
        await one.open(signed)  # a new page would bring a new signature
    opened = await one.open(signed, resumes=True)
    assert (opened["known"], len(opened["lines"])) == (True, 2)
    stranger = browser(shop)
    with pytest.raises(Refused):
        await stranger.open(signed, resumes=True)  # without the token it is worth nothing


async def test_buttons_of_a_guest_work_after_signing_in(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await one.says("Где взять чек?")
    await shop.settled()
    await one.open(shop.sign("42", "Анна"))
    await one.presses("оператора")
    await shop.settled()
    assert (await one.open())["state"]["status"] == "none"  # without the signature: nobody we know
    assert (await one.open(shop.sign("42")))["state"]["status"] == "queued"


async def test_remembered_token_of_a_known_customer_merges_nothing(shop: Shop, browser: Open) -> None:
    """Only a fresh signature gives a guest's words to somebody."""
    known, guest = browser(shop), browser(shop)
    await known.open(shop.sign("42"))
    await guest.open()
    await guest.says("Где взять чек?")
    await shop.settled()
    assert await known.texts() == []
    # a second customer on the same device does not inherit the first one's chat
    device = Browser(shop, known.http, known.token)
    opened = await device.open(shop.sign("43"))
    assert (opened["merged"], opened["lines"]) == (False, [])


async def test_who_signs_out_is_a_new_guest(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open(shop.sign("42"))
    await one.says("Где взять чек?")
    await shop.settled()
    opened = await one.open()  # the page brings no signature any more
    assert (opened["known"], opened["lines"]) == (False, [])


async def test_token_of_a_known_customer_ends_after_a_day(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open(shop.sign("42"))
    shop.clock.later = timedelta(hours=25)
    with pytest.raises(Refused) as caught:
        await one.says("ещё здесь")
    assert caught.value.status == 401
    assert (await one.open(shop.sign("42")))["known"]


async def test_token_of_a_guest_lasts_for_months(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await one.says("Где взять чек?")
    await shop.settled()
    shop.clock.later = timedelta(days=170)
    assert len((await one.open())["lines"]) == 2
    shop.clock.later = timedelta(days=340)  # renewed by each visit
    assert len((await one.open())["lines"]) == 2
    shop.clock.later = timedelta(days=340 + 181)
    assert (await one.open())["lines"] == []


@pytest.mark.parametrize("page", ["website.md", "website.ru.md"])
@pytest.mark.parametrize("language", ["python", "php", "js"])
async def test_example_of_the_page_signs_what_is_accepted(
    shop: Shop, browser: Open, language: str, page: str, tmp_path: Path
) -> None:
    """The examples are run as they stand on the page."""
    text = (ROOT / "docs" / "howto" / page).read_text("utf-8")
    (code,) = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    call = f'identity("42", "Анна", "{shop.site.secret}")'
    program, ending, source = {
        "python": (sys.executable, "py", f"{code}\nprint({call})"),
        "php": ("php", "php", f"<?php\n{code}\necho {call};"),
        "js": ("node", "cjs", f"{code}\nconsole.log({call})"),
    }[language]
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program} here")
    path = tmp_path / f"example.{ending}"
    path.write_text(source, "utf-8")
    said = await asyncio.to_thread(subprocess.run, [program, str(path)], capture_output=True, text=True, check=True)
    opened = await browser(shop).open(said.stdout.strip())
    assert (opened["known"], opened["name"]) == (True, "Анна")
