"""A talk through pipes: lines in, answers out, plain."""

import asyncio
import io
import os

import pytest

from channels.terminal import TerminalChannel, TerminalSettings
from core.delivery import Delivery, DeliveryId
from core.event import ButtonPressed, MessageReceived
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage

ROWS = ((Button("Помогло", "t1"), Button("Не помогло", "t2")), (Button("Позвать оператора", "t3"),))


def delivery(message, number=1):
    return Delivery(DeliveryId(number), "terminal", "terminal", "anna", "terminal:anna", message, number)


class Bot:
    """An inbox that answers every line."""

    def __init__(self):
        self.events = []
        self.channel = None
        self.arrivals = []

    async def store(self, arrivals, cursor=None):
        self.arrivals += arrivals
        for arrival in arrivals:
            self.events += self.channel.parse(arrival.payload)
            await self.channel.send(delivery(OutgoingMessage(f"Ответ {len(self.events)}", ROWS), len(self.events)))


@pytest.fixture
def bot():
    return Bot()


def talk(bot, source, target, **fields):
    settings = TerminalSettings(**({"name": "anna", "patience": 5.0, "quiet": 0.01} | fields))
    bot.channel = TerminalChannel(settings, source, target)
    return bot.channel


async def test_piped_script_sees_each_answer_before_the_next_line(bot):
    target = io.StringIO()
    channel = talk(bot, io.StringIO("Где заказ?\n\n2\nне помогло\nПозвать оператора\n9\nспасибо"), target)
    await channel.listen(bot)
    assert [type(event) for event in bot.events] == [MessageReceived, *[ButtonPressed] * 3, *[MessageReceived] * 2]
    assert [event.token for event in bot.events[1:4]] == ["t2", "t2", "t3"]
    assert bot.events[1].message.text == "Не помогло"
    assert target.getvalue().startswith("Ответ 1\n  1 — Помогло\n  2 — Не помогло\n  3 — Позвать оператора\n\nОтвет 2")
    assert "\x1b" not in target.getvalue()
    assert len({arrival.key for arrival in bot.arrivals}) == 6
    await channel.close()


async def test_silence_does_not_stop_the_script(bot):
    class Silent(Bot):
        async def store(self, arrivals, cursor=None):
            self.arrivals += arrivals

    silent = Silent()
    await talk(silent, io.StringIO("раз\nдва\n"), io.StringIO(), patience=0.01).listen(silent)
    assert len(silent.arrivals) == 2


async def test_pipe_that_stays_open_is_read_line_by_line(bot):
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, encoding="utf-8") as source, os.fdopen(write_end, "wb", buffering=0) as pipe:
        channel = talk(bot, source, io.StringIO())
        async with asyncio.TaskGroup() as group:
            group.create_task(channel.listen(bot))
            for count, line in enumerate(("привет\n".encode(), b"\xff\xfe bad\n", "ещё\n".encode()), 1):
                pipe.write(line)
                async with asyncio.timeout(5):
                    while len(bot.events) < count:
                        await asyncio.sleep(0.001)
            pipe.close()
    assert [event.message.text for event in bot.events][::2] == ["привет", "ещё"]


async def test_edits_files_and_narrow_encodings(bot):
    target = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    channel = talk(bot, io.StringIO(), target)
    receipt = await channel.send(
        delivery(OutgoingMessage("Ответ", attachments=(Attachment(AttachmentKind.PHOTO, name="a.jpg"),)))
    )
    again = await channel.send(delivery(OutgoingMessage("x", edit_of=receipt.platform_ids[0])))
    assert again == receipt
    assert b"photo a.jpg" in target.buffer.getvalue()


class Screen(io.StringIO):
    def isatty(self):
        return True


async def test_on_a_terminal_it_prompts(bot):
    target = Screen()
    await talk(bot, Screen("привет\n"), target).listen(bot)
    assert "> " in target.getvalue()
    assert "\x1b[1m1\x1b[0m — Помогло" in target.getvalue()


@pytest.mark.parametrize("payload", [{}, {"address": 1, "id": "x", "text": "y"}])
def test_junk(bot, payload):
    with pytest.raises(ValueError, match="not a line"):
        talk(bot, io.StringIO(), io.StringIO()).parse(payload)
