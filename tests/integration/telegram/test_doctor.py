"""What the doctor finds, and the remedy it names."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_channels
from bot.config import Config
from bot.doctor import examine
from channels.telegram.wire import sdk
from core.finding import Finding
from tests.fakes.telegram import FakeTelegram
from tests.integration.telegram.conftest import CUSTOMER, Bench


async def found(bench: Bench) -> list[Finding]:
    findings = [*await bench.channel.check(), *await bench.desk.check()]
    assert all(finding.remedy for finding in findings if finding.level != "ok")
    assert bench.tg.token not in str(findings)
    return findings


async def levels(bench: Bench) -> set[str]:
    return {finding.level for finding in await found(bench)}


async def test_all_is_well(bench: Bench) -> None:
    assert await levels(bench) == {"ok"}


async def test_wrong_token_and_no_network(tg: FakeTelegram, tmp_path: Path) -> None:
    for settings in ({"token": "1:wrong"}, {"api_url": "http://127.0.0.1:9"}):
        bench = Bench(tg, tmp_path, desk_chat=-5, **settings)
        assert await levels(bench) == {"fatal"}
        await bench.channel.close()


async def test_webhook_against_polling(bench: Bench) -> None:
    await bench.client.call(sdk.methods.SetWebhook, url="https://127.0.0.1:1/elsewhere")
    for _ in range(120):
        bench.tg.customer_says(CUSTOMER, "ждёт")
    texts = [finding.text for finding in await found(bench)]
    assert any("a webhook is set" in text for text in texts)
    assert any("are waiting" in text for text in texts)


async def test_webhook_by_http(tg: FakeTelegram, tmp_path: Path) -> None:
    bench = Bench(tg, tmp_path, mode="webhook", public_url="http://desk.example")
    texts = [finding.text for finding in await found(bench)]
    assert any("wants https" in text for text in texts)
    assert any("no address is registered" in text for text in texts)
    await bench.channel.close()


async def test_the_group(bench: Bench) -> None:
    tg, forum = bench.tg, bench.forum
    tg.set_bot_rights(forum, admin=True, can_manage_topics=False)
    assert "fatal" in await levels(bench)
    tg.set_bot_rights(forum, admin=False)
    assert any("privacy mode" in finding.text for finding in await found(bench))
    tg.set_bot_rights(forum, admin=True, can_manage_topics=True)
    tg.set_forum(forum, False)
    assert "warning" in await levels(bench)
    tg.kick_bot(forum)
    assert "fatal" in await levels(bench)


async def test_no_group(tg: FakeTelegram, tmp_path: Path) -> None:
    bench = Bench(tg, tmp_path)
    assert await levels(bench) == {"ok"}
    bench.client.desk_chat = -100999
    assert await levels(bench) == {"ok", "fatal"}
    await bench.channel.close()


async def test_otklik_doctor_looks_at_every_group(tg: FakeTelegram, tmp_path: Path) -> None:
    """As the command asks: with nothing opened but what it opens itself."""
    first, second = tg.add_forum(), tg.add_forum(title="Вторая линия", rights=False)
    settings = {
        "database_url": f"sqlite:///{tmp_path}/otklik.db",
        "telegram_token": tg.token,
        "telegram_api_url": tg.base,
        "telegram_desk_chat": first,
        "telegram_desk_chats": {2: second},
    }
    findings = await examine(Config(**settings), {}, open_channels)
    desk = {one.subject: one for one in findings if "desk" in one.subject}
    assert (desk["Telegram desk"].level, desk[f"Telegram desk {second}"].level) == ("ok", "fatal")
    tg.migrate(first)
    again = await examine(Config(**settings), {}, open_channels)
    assert [one.level for one in again if one.subject == "Telegram desk"] == ["ok"]
