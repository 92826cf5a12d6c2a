"""The scripted channel and desk keep what is said and fail when told."""

import asyncio

import pytest

from channels import registry
from channels.memory import MemoryChannel, MemoryDesk
from core.channel import Capabilities
from core.conversation import ConversationId
from core.delivery import Delivery, DeliveryId, DeskAct, DeskPost
from core.errors import NotFound, Permanent, Retryable, TopicGone
from core.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerReturned,
    DeskMember,
    MessageEdited,
    MessageReceived,
    OperatorEdited,
    OperatorPressed,
    OperatorWrote,
    OutsideReply,
    TopicToggled,
)
from core.message import AttachmentKind, Button, OutgoingMessage

ROWS = ((Button("Помогло", "t1"), Button("Не помогло", "t2")),)


class Inbox:
    def __init__(self):
        self.arrivals = []

    async def store(self, arrivals, cursor=None):
        self.arrivals += arrivals


@pytest.fixture
async def inbox():
    return Inbox()


@pytest.fixture
async def channel(inbox):
    made = MemoryChannel()
    await made.start(inbox)
    return made


@pytest.fixture
async def desk(inbox):
    made = MemoryDesk()
    await made.start(inbox)
    return made


def delivery(content, number=1, address="anna", conversation=1):
    return Delivery(
        DeliveryId(number),
        "memory",
        "memory",
        address,
        f"memory:{address}",
        content,
        number,
        ConversationId(conversation),
    )


def events(channel, inbox):
    return [event for arrival in inbox.arrivals for event in channel.parse(arrival.payload)]


async def test_everything_customers_do(channel, inbox):
    said = await channel.says("anna", "Где заказ?", name="Анна", language="ru", has_buttons=False)
    await channel.says("anna", "Где мой заказ?", edit_of=said.payload["message"]["origin_id"])
    await channel.presses("anna", "t9")
    await channel.presses("anna", "t9", as_message=True)
    await channel.blocks("anna")
    await channel.returns("anna")
    await channel.is_answered_outside("anna", "отвечу сам")
    found = events(channel, inbox)
    kinds = [
        MessageReceived,
        MessageEdited,
        ButtonPressed,
        ButtonPressed,
        CustomerBlocked,
        CustomerReturned,
        OutsideReply,
    ]
    assert [type(event) for event in found] == kinds
    assert (found[0].sender.name, found[0].sender.has_buttons) == ("Анна", False)
    assert found[1].message.origin_id == found[0].message.origin_id
    assert (found[2].message, found[3].message.text) == (None, "t9")
    assert len({arrival.key for arrival in inbox.arrivals}) == 7


async def test_file_and_its_content(channel, inbox, tmp_path):
    await channel.sends("anna", "photo", b"pixels", text="вот", mime="image/png", album_id="a")
    (event,) = events(channel, inbox)
    (photo,) = event.message.attachments
    assert (photo.kind, photo.mime, event.message.album_id) == (AttachmentKind.PHOTO, "image/png", "a")
    await channel.fetch(photo, tmp_path / "photo")
    assert (tmp_path / "photo").read_bytes() == b"pixels"


async def test_button_is_found_by_label_in_the_newest_message(channel, inbox):
    await channel.send(delivery(OutgoingMessage("старое", ((Button("Помогло", "t0"),),)), 1))
    await channel.send(delivery(OutgoingMessage("новое", ROWS), 2))
    await channel.presses("anna", "Помогло")
    await channel.presses("anna", "не помог")
    assert [event.token for event in events(channel, inbox)] == ["t1", "t2"]


async def test_scripted_failures(channel):
    channel.fail_next(Retryable("a"))
    channel.fail_next(Retryable("b", is_uncertain=True), after_effect=True)
    channel.fail_next(Permanent("c"), address="boris")
    for words in ("a", "b"):
        with pytest.raises(Retryable, match=words):
            await channel.send(delivery(OutgoingMessage("раз")))
    await channel.send(delivery(OutgoingMessage("раз")))
    assert [(sent.message.text, sent.is_lost_answer) for sent in channel.sent] == [("раз", True)]
    with pytest.raises(Permanent):
        await channel.send(delivery(OutgoingMessage("два"), 2, "boris"))


async def test_without_idempotence_a_repeat_doubles(inbox):
    channel = MemoryChannel(capabilities=Capabilities())
    for _ in range(2):
        await channel.send(delivery(OutgoingMessage("раз")))
    assert [message.text for message in channel.sent_to("anna")] == ["раз", "раз"]


async def test_waiting_ends_with_what_was_waited_for(channel):
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(channel.wait_for(lambda: channel.sent_to("anna")))
        await asyncio.sleep(0)
        await channel.send(delivery(OutgoingMessage("раз")))
    assert len(waiting.result()) == 1
    with pytest.raises(TimeoutError):
        await channel.wait_for(lambda: False, 0.01)


def post(act=DeskAct.POST, **fields):
    return delivery(DeskPost(act, **({"topic_name": "#1 Анна"} | fields)), 1, "desk")


async def test_desk_has_one_topic_per_conversation(desk, inbox):
    await desk.send(post(text="карточка", buttons=ROWS))
    (number,) = (await desk.send(post(text="вопрос"))).platform_ids
    topic = await desk.topic_of(1)
    assert [one.text for one in desk.in_topic(topic)] == ["карточка", "вопрос"]
    assert desk.topic_names == {topic: "#1 Анна"}
    await desk.send(post(DeskAct.EDIT, text="иначе", target=number))
    await desk.send(post(DeskAct.REACT, text="👀", target=number))
    await desk.send(post(DeskAct.CLOSE))
    assert ([one.text for one in desk.in_topic(topic)], desk.posts[-1].reaction) == (["карточка", "иначе"], "👀")
    assert desk.closed == {topic}
    await desk.send(post(text="посторонним сюда нельзя", topic=""))
    assert desk.in_topic("")[0].text == "посторонним сюда нельзя"
    with pytest.raises(Permanent):
        await desk.send(post(DeskAct.EDIT, text="x", target="999"))


async def test_deleted_topic_is_gone(desk):
    await desk.send(post(text="раз"))
    desk.deletes_topic(await desk.topic_of(1))
    with pytest.raises(TopicGone):
        await desk.send(post(text="два"))


async def test_everything_members_do(desk, inbox):
    await desk.send(post(text="карточка", buttons=ROWS))
    topic = await desk.topic_of(1)
    wrote = await desk.writes(topic, "7001", "Добрый день", member_name="Олег")
    await desk.writes(topic, "7001", "Добрый вечер", edit_of=wrote.payload["message"]["origin_id"])
    await desk.presses(topic, "7001", "Помогло")
    await desk.toggles(topic, is_closed=True)
    await desk.sends(topic, "7001", "photo", b"pixels")
    found = events(desk, inbox)
    assert [type(event) for event in found] == [
        OperatorWrote,
        OperatorEdited,
        OperatorPressed,
        TopicToggled,
        OperatorWrote,
    ]
    assert (found[0].member, found[0].topic) == (DeskMember("7001", "Олег"), topic)
    assert (found[2].token, found[2].origin_id) == ("t1", desk.posts[0].id)


def test_unknown_channel_says_which_there_are():
    with pytest.raises(NotFound, match="memory, telegram, terminal, vk"):
        registry.open_channel("pigeon", None)
