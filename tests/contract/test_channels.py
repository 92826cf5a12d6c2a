"""What every channel promises, whatever is behind it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from channels import registry
from core.channel import Arrival
from core.delivery import DeskAct, DeskPost
from core.errors import Permanent, Refusal, Retryable
from core.event import ButtonPressed, MessageReceived
from core.fit import fit
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage
from tests.contract.channel_stages import CUSTOMER, MemoryStage, Stage, TelegramStage, TerminalStage, VkStage
from tests.contract.website_stage import WebsiteStage
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk

ROWS = ((Button("Помогло", "a1"),), (Button("Позвать оператора", "a2"),))


@pytest.fixture(params=["memory", "terminal", "vk", "telegram", "website"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        made: Stage
        match request.param:
            case "memory":
                made = MemoryStage()
            case "terminal":
                made = TerminalStage()
            case "website":
                made = WebsiteStage()
            case "vk":
                made = VkStage(await stack.enter_async_context(FakeVk()))
            case _:
                made = TelegramStage(await stack.enter_async_context(FakeTelegram()))
        await made.open()
        yield made
        await made.close()


def read(stage: Stage, arrivals: Sequence[Arrival]) -> list[Any]:
    return [event for arrival in arrivals for event in stage.channel.parse(arrival.payload)]


async def test_message_arrives(stage: Stage) -> None:
    async with stage.listening():
        await stage.says("Где мой заказ?")
        (arrival,) = await stage.kept(1)
    (event,) = read(stage, [arrival])
    assert isinstance(event, MessageReceived)
    assert event.message.text == "Где мой заказ?"
    assert (event.sender.channel, event.sender.account) == (stage.channel.name, stage.channel.account)
    assert event.sender.address == str(CUSTOMER)
    assert (arrival.channel, arrival.account) == (stage.channel.name, stage.channel.account)
    assert event.message.origin_id
    assert json.loads(json.dumps(arrival.payload)) == arrival.payload


async def test_messages_of_one_customer_share_a_lane_and_have_keys_of_their_own(stage: Stage) -> None:
    if isinstance(stage, TerminalStage):
        await stage.says("раз\nдва")
    async with stage.listening():
        if not isinstance(stage, TerminalStage):
            await stage.says("раз")
            await stage.says("два")
        arrivals = await stage.kept(2)
    assert len({arrival.lane for arrival in arrivals}) == 1
    assert [event.message.text for event in read(stage, arrivals)] == ["раз", "два"]
    assert len({event.message.origin_id for event in read(stage, arrivals)}) == 2


async def test_stored_before_confirmed_and_repeated_under_the_same_key(stage: Stage) -> None:
    if isinstance(stage, TerminalStage):
        pytest.skip("a terminal cannot repeat a line")
    stage.inbox.failures = 2 if not isinstance(stage, MemoryStage) else 1
    async with stage.listening():
        await stage.says("не потеряйте")
        await stage.kept(1)
    assert len(stage.inbox.offered) >= 2
    assert len({arrival.key for arrival in stage.inbox.offered}) == 1
    assert len({json.dumps(arrival.payload, sort_keys=True) for arrival in stage.inbox.offered}) == 1


JUNK: list[Any] = [
    {},
    {"raw": None},
    {"type": "message_new", "object": None},
    {"type": ["message_new"]},
    {"kind": "message", "sender": {}, "message": {}},
    {"kind": "message", "sender": {"channel": "x"}, "message": []},
    {"update_id": "x"},
    {"update_id": 1, "message": {"chat": []}},
    {"update_id": 1, "message": None, "callback_query": {"data": 5}},
    {"update_id": 1, "message": {"message_id": {}, "chat": {"id": "x", "type": "private"}, "from": 5, "date": "x"}},
    {"address": 5, "id": [], "text": {}},
    {"type": "message_event", "object": {"peer_id": "x", "payload": {"t": []}}},
]


@pytest.mark.parametrize("payload", JUNK, ids=range(len(JUNK)))
async def test_junk_is_a_value_error_or_nothing(stage: Stage, payload: Any) -> None:
    with contextlib.suppress(ValueError):
        assert list(stage.channel.parse(payload)) == []
    await stage.channel.acknowledge(payload)


async def test_sent_message_is_shown_and_has_an_id(stage: Stage) -> None:
    receipt = await stage.channel.send(stage.delivery(OutgoingMessage("Ответ <b>&amp;</b>")))
    assert receipt.platform_ids
    assert all(isinstance(one, str) and one for one in receipt.platform_ids)
    assert stage.shown() == ["Ответ <b>&amp;</b>"]


async def test_edit_replaces(stage: Stage) -> None:
    (number,) = (await stage.channel.send(stage.delivery(OutgoingMessage("было")))).platform_ids
    again = await stage.channel.send(stage.delivery(OutgoingMessage("стало", edit_of=number), 2))
    assert again.platform_ids == (number,)
    assert stage.shown()[-1].endswith("стало")
    if not isinstance(stage, TerminalStage):
        assert stage.shown() == ["стало"]


async def test_button_comes_back_with_its_token(stage: Stage) -> None:
    await stage.channel.send(stage.delivery(OutgoingMessage("Помогло?", ROWS)))
    if isinstance(stage, TerminalStage):
        await stage.presses("2")
    async with stage.listening():
        if not isinstance(stage, TerminalStage):
            await stage.presses("оператора")
        (arrival,) = await stage.kept(1)
    (event,) = read(stage, [arrival])
    assert isinstance(event, ButtonPressed)
    assert event.token == "a2"
    await stage.channel.acknowledge(arrival.payload)


async def test_what_fit_makes_is_taken(stage: Stage) -> None:
    label = "Очень длинное название кнопки, которое никуда не влезет"
    rows = tuple((Button(f"{n} {label}", f"t{n}"),) for n in range(14))
    message = OutgoingMessage("слово 👩‍👩‍👧 " * 900, rows)
    for number, part in enumerate(fit(message, stage.channel.capabilities), 1):
        await stage.channel.send(stage.delivery(part, number))
    assert "".join(stage.shown()).count("👩‍👩‍👧") == 900


async def test_same_random_id_does_not_double_where_that_is_promised(stage: Stage) -> None:
    if not stage.channel.capabilities.is_idempotent:
        pytest.skip("not promised here")
    stage.fail("lost")
    delivery = stage.delivery(OutgoingMessage("один раз"))
    with pytest.raises(Retryable) as caught:
        await stage.channel.send(delivery)
    assert caught.value.is_uncertain
    first = await stage.channel.send(delivery)
    assert (await stage.channel.send(delivery)).platform_ids == first.platform_ids
    assert stage.shown() == ["один раз"]


async def test_trouble_on_the_way_is_retryable(stage: Stage) -> None:
    stage.fail("broken")
    with pytest.raises(Retryable):
        await stage.channel.send(stage.delivery(OutgoingMessage("раз")))
    await stage.channel.send(stage.delivery(OutgoingMessage("раз")))
    assert stage.shown() == ["раз"]


async def test_customer_who_takes_no_messages_is_unreachable(stage: Stage) -> None:
    stage.fail("blocked")
    with pytest.raises(Permanent) as caught:
        await stage.channel.send(stage.delivery(OutgoingMessage("раз")))
    assert caught.value.reason is Refusal.UNREACHABLE


async def test_posts_for_a_desk_are_refused(stage: Stage) -> None:
    with pytest.raises(Permanent):
        await stage.channel.send(stage.delivery(DeskPost(DeskAct.POST, text="карточка")))


async def test_file_that_is_gone(stage: Stage, tmp_path: Any) -> None:
    with pytest.raises((Permanent, Retryable)):
        await stage.channel.fetch(Attachment(AttachmentKind.PHOTO, stage.channel.name, ""), tmp_path / "f")
    assert not (tmp_path / "f").exists()


async def test_check_names_what_it_looked_at(stage: Stage) -> None:
    findings = await stage.channel.check()
    assert findings
    assert all(finding.level in ("ok", "warning", "fatal") and finding.subject for finding in findings)
    assert all(finding.remedy for finding in findings if finding.level == "fatal")


async def test_close_may_come_twice(stage: Stage) -> None:
    await stage.channel.close()


@pytest.mark.parametrize("name", ["memory", "telegram", "terminal", "vk"])
def test_registry_finds_every_channel(name: str) -> None:
    assert name in registry.names()
    assert registry.settings_of(name).__dataclass_params__.frozen
    assert callable(registry.module(name).open_channel)
