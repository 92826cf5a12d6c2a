"""What doctor finds in both databases, in the settings and in channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, insert

from bot import doctor
from bot.config import load_config
from bot.storage.database import Database
from bot.storage.tables import faq_entry, inbox, operator, outbox, problem
from bot.storage.upkeep.health import Depths, depths
from bot.storage.website.sites import add_site
from core.clock import FakeClock, SystemClock
from core.errors import Permanent
from core.finding import Finding

TOKEN = "123456:SECRET-part_of-token"
FULL = {"OTKLIK_TELEGRAM_TOKEN": TOKEN}


class Patient:
    """A channel as far as doctor sees it."""

    name = "patient"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.is_closed = False

    async def check(self) -> Sequence[Finding]:
        if self.error is not None:
            raise self.error
        return [Finding("ok", self.name, "well")]

    async def close(self) -> None:
        self.is_closed = True
        raise RuntimeError("cannot even close")


async def put(database: Database, table: Table, **values: Any) -> None:
    await database.write(lambda connection: connection.execute(insert(table).values(**values)))


async def findings(url: str, clock: Any = None, channels: Any = lambda config: [], **settings: str) -> list[Finding]:
    config = load_config({"OTKLIK_DATABASE_URL": url, **FULL, **settings})
    return await doctor.examine(config, {}, channels, clock or SystemClock())


def of(found: Sequence[Finding], subject: str) -> str:
    """What was found about the subject, as "level text", one a line."""
    return "\n".join(f"{finding.level} {finding.text}" for finding in found if finding.subject == subject)


async def test_healthy(database: Database, database_url: str) -> None:
    await put(
        database,
        faq_entry,
        key="a",
        position=1,
        category="",
        question="?",
        answer="!",
        phrasings=[],
        language="ru",
        state="published",
        updated_at=SystemClock().now(),
    )
    patient = Patient()
    found = await findings(database_url, channels=lambda config: [patient])
    assert {finding.level for finding in found} == {"ok"}
    assert [finding.subject for finding in found] == ["settings", "database", "clock", "search", "patient"]
    assert patient.is_closed


async def test_every_trouble_has_a_remedy(database: Database, database_url: str) -> None:
    now = SystemClock().now()
    arrival = {"channel": "vk", "account": "1", "lane": "l", "payload": "{}"}
    await put(database, inbox, key="1", received_at=now - timedelta(hours=1), **arrival)
    await put(database, inbox, key="2", received_at=now, set_aside_at=now, error="bad", **arrival)
    await put(
        database,
        outbox,
        channel="telegram",
        account="1",
        address="1",
        lane="l",
        content={},
        state="dead",
        random_id=1,
        created_at=now,
        ended_at=now,
    )
    text = f"revoked https://api.telegram.org/bot{TOKEN}/x"
    await put(database, problem, subject="telegram", text=text, count=3, first_at=now, last_at=now)
    await put(database, problem, subject="old", text="long ago", first_at=now, last_at=now - timedelta(days=8))
    found = await findings(database_url, OTKLIK_TELEGRAM_DESK_CHAT="-100", OTKLIK_PUBLIC_URL="http://x")
    assert "1 arrival waits" in of(found, "inbox")
    assert "1 arrival of the last 7 days could not be read" in of(found, "vk")
    assert "1 message of the last 7 days was given up" in of(found, "telegram")
    assert "(3 times)" in of(found, "telegram")
    assert TOKEN not in of(found, "telegram")
    assert of(found, "old") == ""
    assert "no published entries" in of(found, "faq")
    assert "nobody may answer" in of(found, "operators")
    assert "not encrypted" in of(found, "settings")
    assert all(finding.remedy for finding in found if finding.level != "ok")
    assert not any(finding.level == "fatal" for finding in found)


@pytest.mark.parametrize("address", ["", "http://desk.example", "https://desk.example"])
async def test_site_that_carries_the_chat_agrees_with_the_address_it_is_loaded_from(
    database: Database, database_url: str, clock: FakeClock, address: str
) -> None:
    sites = {"Shop": ["http://shop.example"], "Safe": ["https://safe.example"]}
    for name, origins in sites.items():
        await database.write(lambda connection, name=name, o=origins: add_site(connection, name, o, {}, clock.now()))
    told = of(await findings(database_url, **({"OTKLIK_PUBLIC_URL": address} if address else {})), "website")
    can_load = {"": set(), "http://desk.example": {"Shop"}, "https://desk.example": {"Shop", "Safe"}}[address]
    assert {name for name in sites if f"ok {name}: the chat may be shown on" in told} == can_load
    assert {name for name in sites if f"warning {name} cannot load the chat" in told} == set(sites) - can_load


async def test_operator_with_telegram_can_answer(database: Database, database_url: str) -> None:
    await put(database, operator, login="a", role="operator", telegram_id="7", created_at=SystemClock().now())
    assert of(await findings(database_url, OTKLIK_TELEGRAM_DESK_CHAT="-100"), "operators") == ""


async def test_clock_that_went_back(database: Database, database_url: str, clock: FakeClock) -> None:
    future = SystemClock().now()
    await put(
        database,
        inbox,
        channel="vk",
        account="1",
        key="1",
        lane="l",
        payload="{}",
        received_at=future,
        handled_at=future,
    )
    found = await findings(database_url, clock)
    assert of(found, "clock").startswith("warning")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("error", "said"), [(Permanent("bot123:SECRETSECRETSECRET is bad"), "is bad"), (KeyError(), "KeyError")]
)
async def test_check_that_breaks_is_fatal(database_url: str, error: Exception, said: str) -> None:
    found = await findings(database_url, channels=lambda config: [Patient(error), Patient()])
    assert "fatal" in of(found, "patient")
    assert said in of(found, "patient")
    assert "SECRETSECRET" not in of(found, "patient")
    assert "ok well" in of(found, "patient")


@pytest.mark.usefixtures("database")
async def test_channels_that_cannot_be_opened(database_url: str) -> None:
    def fail(config: object) -> Any:
        raise RuntimeError("secret inside")

    found = await findings(database_url, channels=fail)
    assert "fatal" in of(found, "channels")
    assert "secret" not in of(found, "channels")


@pytest.mark.parametrize(
    "url", ["mysql://x", "postgresql://me:hush@127.0.0.1:1/db", "sqlite:////proc/nowhere/x.db", "sqlite:///."]
)
async def test_database_that_cannot_be_used(url: str) -> None:
    patient = Patient()
    found = await findings(url, channels=lambda config: [patient])
    assert of(found, "database").startswith("fatal")
    assert "hush" not in of(found, "database")
    assert of(found, "patient") == ""


async def test_settings_that_mean_nothing(database_url: str) -> None:
    config = load_config({"OTKLIK_DATABASE_URL": database_url})
    unknown = {"OTKLIK_TELEGRAM_TOKN": "OTKLIK_TELEGRAM_TOKEN"}
    found = await doctor.examine(config, unknown, lambda config: [])
    assert "OTKLIK_TELEGRAM_TOKN" in of(found, "settings")
    assert "neither Telegram nor VK" in of(found, "settings")


async def test_depths(database: Database) -> None:
    assert await database.read(depths) == Depths(0, 0, None)
    now = SystemClock().now()
    await put(database, inbox, channel="vk", account="1", key="1", lane="l", payload="{}", received_at=now)
    assert await database.read(depths) == Depths(1, 0, now)
