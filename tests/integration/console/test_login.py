"""Coming in: passwords, links, sessions, and what guessing gets one."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.console.access.passwords import Passwords
from bot.storage.console import credentials, sessions
from bot.storage.console.tables import session
from bot.storage.operators import change_operator, make_link
from bot.storage.tables import operator
from core.clock import FakeClock
from tests.integration.console.conftest import PEOPLE
from tests.integration.console.house import PASSWORD, Browser, House

Open = Callable[[str], Awaitable[Browser]]


async def test_right_password_opens_the_page_that_was_asked_for(house: House, browser: Open) -> None:
    someone = await browser("")
    status, _ = await someone.get("/inbox?view=mine")
    assert status == 303
    _, form = await someone.get("/login?next=%2Finbox%3Fview%3Dmine")
    assert 'value="/inbox?view=mine"' in form
    status, _, place = await someone.post(
        "/login", {"login": " ANNA ", "password": PASSWORD, "next": "/inbox?view=mine"}
    )
    assert (status, place) == (303, "/inbox?view=mine")
    assert (await someone.get(place))[0] == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_login_leads_nowhere_else(house: House, browser: Open, elsewhere: str) -> None:
    someone = await browser("")
    await someone.get("/login")
    _, _, place = await someone.post("/login", {"login": "anna", "password": PASSWORD, "next": elsewhere})
    assert place == "/inbox"


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong password"), ("nobody", PASSWORD), ("", "")])
async def test_wrong_ones_are_told_the_same(house: House, browser: Open, login: str, password: str) -> None:
    someone = await browser("")
    await someone.get("/login")
    status, page, _ = await someone.post("/login", {"login": login, "password": password})
    assert status == 401
    assert "Логин или пароль не подходят" in page
    assert (await someone.get("/inbox"))[0] == 303


async def test_guessing_is_slowed_down_for_the_account_and_forgiven_with_time(
    sqlite_url: str, tmp_path: Path, password_hash: str, clock: FakeClock
) -> None:
    house = House(sqlite_url, tmp_path, clock=clock, hash=password_hash)
    await house.start(PEOPLE)
    someone = Browser(house)
    await someone.get("/login")
    statuses = [(await someone.post("/login", {"login": "anna", "password": "x"}))[0] for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await someone.post("/login", {"login": "anna", "password": PASSWORD}))[0] == 429
    assert (await someone.post("/login", {"login": "boris", "password": PASSWORD}))[0] == 303
    clock.advance(timedelta(seconds=31))
    assert (await someone.post("/login", {"login": "anna", "password": PASSWORD}))[0] == 403  # Boris's now
    other = Browser(house)
    assert await other.log_in("anna") == 303
    await someone.close()
    await other.close()
    await house.stop()


async def test_session_ends_by_disuse_by_age_and_by_logout(
    sqlite_url: str, tmp_path: Path, password_hash: str, clock: FakeClock
) -> None:
    house = House(sqlite_url, tmp_path, clock=clock, hash=password_hash)
    await house.start(PEOPLE)
    anna, boris, vera = Browser(house), Browser(house), Browser(house)
    for one, login in ((anna, "anna"), (boris, "boris"), (vera, "vera")):
        assert await one.log_in(login) == 303
    for _ in range(13):
        clock.advance(timedelta(hours=1))
        assert (await vera.get("/api/me"))[0] == 200
    assert (await anna.get("/api/me"))[0] == 401  # nothing for 13 hours
    for _ in range(16):
        clock.advance(timedelta(hours=10))
        last, _ = await vera.get("/api/me")
    assert last == 401  # older than a week
    assert await boris.log_in("boris") == 303
    assert (await boris.post("/logout"))[0] == 303
    assert (await boris.get("/api/me"))[0] == 401
    for one in (anna, boris, vera):
        await one.close()
    await house.stop()


async def test_only_the_hash_of_a_cookie_is_stored(house: House, browser: Open) -> None:
    anna = await browser("anna")
    (cookie,) = [one for one in anna.http.cookie_jar if one.key == "otklik"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    stored = await house.read(lambda connection: connection.execute(select(session.c.token_hash)).scalars().all())
    assert len(stored) == 1
    assert cookie.value not in stored


async def test_link_sets_a_password_once_and_ends_other_sessions(house: House, browser: Open) -> None:
    anna = await browser("anna")
    now = house.clock.now()
    token = await house.database.write(lambda connection: make_link(connection, house.operators["anna"], now))
    someone = await browser("")
    _, page = await someone.get(f"/password/{token}")
    assert "anna" in page
    new = "another good phrase"
    for password, again, fault in (("short", "short", "короче"), (new, "different phrase", "не совпадают")):
        status, page, _ = await someone.post(f"/password/{token}", {"password": password, "again": again})
        assert (status, fault in page) == (422, True)
    status, _, place = await someone.post(f"/password/{token}", {"password": new, "again": new})
    assert (status, place) == (303, "/inbox")
    assert (await someone.get("/inbox"))[0] == 200
    assert (await anna.get("/api/me"))[0] == 401
    assert (await someone.get(f"/password/{token}"))[0] == 404
    other = Browser(house)
    assert await other.log_in("anna") == 401
    assert await other.log_in("anna", new) == 303
    await other.close()


async def test_operator_who_left_is_out_at_once(house: House, browser: Open) -> None:
    anna = await browser("anna")
    await house.database.write(lambda connection: change_operator(connection, "anna", is_active=False))
    assert (await anna.get("/api/me"))[0] == 401
    assert await Browser.log_in(anna, "anna") == 401


def begins_at(page: str) -> str:
    (name,) = re.findall(r'<input name="(\w+)"[^>]* autofocus>', page)
    return str(name)


async def test_first_admin_is_made_once(sqlite_url: str, tmp_path: Path) -> None:
    house = House(sqlite_url, tmp_path)
    await house.start()
    now = house.clock.now()
    lost = await house.database.write(lambda connection: credentials.make_first_link(connection, now))
    token = await house.database.write(lambda connection: credentials.make_first_link(connection, now))
    someone = Browser(house)
    assert (await someone.get(f"/first/{lost}"))[0] == 404
    status, page = await someone.get(f"/first/{token}")
    assert (status, begins_at(page)) == (200, "name")  # the first empty field
    fields = {"login": "root", "name": "Ада", "password": PASSWORD, "again": PASSWORD}
    status, page, _ = await someone.post(f"/first/{token}", {**fields, "login": "ада"})
    assert (status, "Такой логин не подойдёт" in page, begins_at(page)) == (422, True, "login")
    _, page, _ = await someone.post(f"/first/{token}", {**fields, "again": "another"})
    assert begins_at(page) == "password"
    assert (await someone.post(f"/first/{token}", fields))[0] == 303
    assert (await someone.get("/inbox"))[0] == 200
    assert (await someone.get(f"/first/{token}"))[0] == 404
    assert await house.database.write(lambda connection: credentials.make_first_link(connection, now)) is None
    role = await house.read(lambda connection: connection.execute(select(operator.c.role)).scalar_one())
    assert role == "admin"
    await someone.close()
    await house.stop()


async def test_passwords_are_argon2id_and_old_ones_are_hashed_anew() -> None:
    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.check(stored, PASSWORD)
    assert not await passwords.check(stored, PASSWORD + "x")
    assert not await passwords.check(None, "nobody has this password")
    assert passwords.is_old(stored.replace("m=19456", "m=8192"))


async def test_sessions_of_one_operator_can_all_be_ended(house: House, browser: Open) -> None:
    await browser("anna")
    await browser("anna")
    number = house.operators["anna"]
    ended = await house.database.write(lambda connection: sessions.end_sessions(connection, number))
    left = await house.read(lambda connection: connection.execute(select(func.count(session.c.id))).scalar_one())
    assert (ended, left) == (2, 0)
