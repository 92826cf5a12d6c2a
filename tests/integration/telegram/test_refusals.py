"""Every row of the table of errors, and that the token is never told."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from core.errors import ChannelError, Permanent, Refusal, Retryable, Scope
from tests.integration.telegram.conftest import CUSTOMER, Bench


async def refusal_of(bench: Bench, kind: str, **details: Any) -> ChannelError:
    bench.tg.fail_next(kind, method="sendMessage", times=details.pop("times", 1), **details)
    with pytest.raises(ChannelError) as caught:
        await bench.say("текст, которого нет в журнале")
    assert bench.tg.token not in repr(caught.value) + str(caught.value.__cause__)
    return caught.value


async def test_flood(bench: Bench) -> None:
    error = await refusal_of(bench, "429", retry_after=3)
    assert isinstance(error, Retryable)
    assert (error.after, error.counts, error.scope, error.is_uncertain) == (3, False, Scope.LANE, False)


async def test_flood_in_three_chats_is_the_whole_bots(bench: Bench) -> None:
    scopes = []
    for chat in (1001, 1002, 1003):
        bench.tg.customer_says(chat, "/start")
        bench.tg.fail_next("429", method="sendMessage", retry_after=1)
        with pytest.raises(Retryable) as caught:
            await bench.say("раз", to=chat)
        scopes.append(caught.value.scope)
    assert scopes == [Scope.LANE, Scope.LANE, Scope.ACCOUNT]


@pytest.mark.parametrize(
    ("kind", "description"),
    [
        ("403", "bot was blocked by the user"),
        ("403", "user is deactivated"),
        ("400", "chat not found"),
    ],
)
async def test_unreachable(bench: Bench, kind: str, description: str) -> None:
    error = await refusal_of(bench, kind, description=description)
    assert isinstance(error, Permanent)
    assert error.reason is Refusal.UNREACHABLE


async def test_unreachable_in_earnest(bench: Bench) -> None:
    bench.tg.customer_blocks(CUSTOMER)
    with pytest.raises(Permanent) as caught:
        await bench.say("раз")
    assert caught.value.reason is Refusal.UNREACHABLE
    for address in ("31337", "not a number"):
        with pytest.raises(Permanent) as caught:
            await bench.say("раз", to=address)
        assert caught.value.reason is Refusal.UNREACHABLE


@pytest.mark.parametrize("kind", ["500", "502", "html", "drop_before", "drop_after"])
async def test_uncertain(bench: Bench, kind: str) -> None:
    error = await refusal_of(bench, kind)
    assert isinstance(error, Retryable)
    assert (error.is_uncertain, error.counts) == (True, True)


async def test_timeout_is_uncertain(bench: Bench) -> None:
    bench.client.session.timeout = 0.05
    error = await refusal_of(bench, "delay", seconds=0.2)
    assert isinstance(error, Retryable)
    assert error.is_uncertain


async def test_no_connection_is_certain(bench: Bench) -> None:
    from channels.telegram.wire import sdk

    bench.client.session.api = sdk.TelegramAPIServer.from_base("http://127.0.0.1:9")
    bench.client.session._urls.clear()
    with pytest.raises(Retryable) as caught:
        await bench.say("раз")
    assert not caught.value.is_uncertain


async def test_revoked(bench: Bench) -> None:
    bench.tg.set_token_revoked(True)
    with pytest.raises(Retryable) as caught:
        await bench.say("раз")
    error = caught.value
    assert (error.after, error.scope, error.alert, error.counts) == (60, Scope.ACCOUNT, True, False)


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("message is too long", Refusal.REJECTED),
        ("message text is empty", Refusal.REJECTED),
        ("not enough rights to send text messages to the chat", Refusal.NO_RIGHTS),
        ("wrong file identifier/HTTP URL specified", Refusal.FILE),
    ],
)
async def test_refused_for_good(bench: Bench, description: str, reason: Refusal) -> None:
    error = await refusal_of(bench, "400", description=description)
    assert isinstance(error, Permanent)
    assert error.reason is reason


async def test_nothing_to_be_seen(bench: Bench) -> None:
    with pytest.raises(Permanent):
        await bench.say("\u200b \x00")


async def test_edits_are_not_uncertain(bench: Bench) -> None:
    (target,) = await bench.say("было")
    bench.tg.fail_next("drop_after", method="editMessageText")
    with pytest.raises(Retryable) as caught:
        await bench.say("стало", edit_of=target)
    assert not caught.value.is_uncertain


async def test_the_log_holds_no_token_and_no_words(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.tg.fail_next("400", method="setMyCommands")
    await bench.channel.start(bench.inbox)
    for kind in ("500", "drop_after", "429", "400", "403"):
        await refusal_of(bench, kind)
    assert bench.tg.token.partition(":")[2] not in caplog.text
    assert "текст, которого нет" not in caplog.text


async def test_pace_of_one_chat(bench: Bench) -> None:
    from core.message import OutgoingMessage

    delivery = bench.delivery(OutgoingMessage("раз"))
    assert [await bench.channel.ready(delivery) for _ in range(20)] == [0] * 20
    assert 0.5 < await bench.channel.ready(delivery) <= 1
    assert await bench.channel.ready(bench.delivery(OutgoingMessage("раз"), address="1002")) == 0
