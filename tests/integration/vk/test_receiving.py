"""Events of VK to the inbox: nothing lost, nothing taken for what it is not."""

import asyncio
import contextlib
from dataclasses import replace

import pytest

from channels.vk.incoming.longpoll import VkLongPoll
from core.clock import SystemClock
from core.errors import Permanent, Refusal, Retryable
from core.event import ButtonPressed, CustomerBlocked, CustomerReturned, MessageEdited, MessageReceived, OutsideReply
from core.message import Button, OutgoingMessage

CUSTOMER = 1001


def texts(events):
    return [event.message.text for event in events if isinstance(event, MessageReceived)]


async def quick(seconds):
    await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def polling(bench, sleep=quick):
    """A long poll of its own making, as after a restart; waits between tries take no time."""
    poll = VkLongPoll(bench.settings, bench.channel._calls, bench.channel._session(), SystemClock(), sleep)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(poll.listen(bench.inbox))
        yield poll
        task.cancel()


async def test_what_people_do_becomes_events(listening, vk):
    said = vk.customer_says(CUSTOMER, "Где заказ?")
    vk.customer_edits(CUSTOMER, said.cmid, "Где мой заказ?")
    await listening.say("Вот", buttons=((Button("Помогло", "a1"),),))
    vk.customer_presses(CUSTOMER, "Помогло")
    vk.customer_starts(CUSTOMER)
    vk.admin_says(CUSTOMER, "Отвечу сам", admin_id=9)
    vk.customer_denies(CUSTOMER)
    vk.customer_allows(CUSTOMER)
    events = await listening.wait_for_events(7)
    kinds = [
        MessageReceived,
        MessageEdited,
        ButtonPressed,
        MessageReceived,
        OutsideReply,
        CustomerBlocked,
        CustomerReturned,
    ]
    assert [type(event) for event in events] == kinds
    assert texts(events) == ["Где заказ?", "/start"]
    assert events[1].message.origin_id == events[0].message.origin_id == str(said.cmid)
    assert (events[2].token, events[4].author) == ("a1", "9")
    assert {arrival.lane for arrival in listening.inbox.arrivals.values()} == {f"vk:{CUSTOMER}"}


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "sticker", "location"])
async def test_files_come_with_what_is_needed_to_fetch_them(listening, vk, tmp_path, kind):
    vk.customer_sends(CUSTOMER, kind, content=b"the content", text="вот")
    (event,) = await listening.wait_for_events(1)
    (attachment,) = event.message.attachments
    assert (attachment.kind, event.message.text) == (kind, "вот")
    if kind != "location":
        await listening.channel.fetch(attachment, tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == b"the content"


async def test_expired_link_and_hidden_trouble(bench, vk, tmp_path):
    attachment = bench.attachment("photo")
    for ref in (f"{vk.base}/files/gone", "file:///etc/passwd", "http://[bad"):
        with pytest.raises(Permanent) as caught:
            await bench.channel.fetch(replace(attachment, ref=ref), tmp_path / "fetched")
        assert caught.value.reason is Refusal.FILE
    with pytest.raises(Retryable):
        await bench.channel.fetch(replace(attachment, ref="http://127.0.0.1:9/x"), tmp_path / "fetched")
    assert list(tmp_path.glob("fetched*")) == []


async def test_video_and_link_are_named(listening, vk):
    vk.customer_sends(CUSTOMER, "link", text="смотрите")
    vk.customer_sends(CUSTOMER, "video")
    link, video = await listening.wait_for_events(2)
    assert [a.kind for a in (*link.message.attachments, *video.message.attachments)] == ["other", "other"]
    assert (link.message.lost, video.message.lost) == (("link",), ("video",))


async def test_album_is_one_message(listening, vk):
    vk.customer_sends_album(CUSTOMER, 3, text="три")
    (event,) = await listening.wait_for_events(1)
    assert len(event.message.attachments) == 3


async def test_restart_goes_on_where_the_inbox_ends(bench, vk):
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
        vk.customer_says(CUSTOMER, "раз")
        await bench.wait_for_events(1)
    vk.customer_says(CUSTOMER, "два")
    async with polling(bench):
        await bench.wait_for_events(2)
    assert texts(bench.events()) == ["раз", "два"]
    assert bench.inbox.reports == []


async def test_batch_that_could_not_be_stored_comes_again(bench, vk):
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
        vk.customer_says(CUSTOMER, "раз")
        await bench.wait_for_events(1)
    stored = dict(bench.inbox.cursors)
    vk.customer_says(CUSTOMER, "два")
    bench.inbox.failures = [OSError("disk full")]
    with pytest.raises(ExceptionGroup):
        async with polling(bench):
            await asyncio.sleep(5)
    assert bench.inbox.cursors == stored
    async with polling(bench):
        await bench.wait_for_events(2)
    assert texts(bench.events()) == ["раз", "два"]


async def test_key_expired_loses_nothing(bench, vk):
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
        vk.customer_says(CUSTOMER, "раз")
        await bench.wait_for_events(1)
        vk.expire_key()
        vk.customer_says(CUSTOMER, "два")
        await bench.wait_for_events(2)
    assert texts(bench.events()) == ["раз", "два"]
    assert bench.inbox.reports == []


def grow_old(vk):
    """What was said so far was said two hours ago."""
    for dialog in vk.world.dialogs.values():
        for message in dialog.messages.values():
            message["date"] -= 7200


@pytest.mark.parametrize("code", [1, 3])
async def test_lost_stretch_is_read_from_the_conversations(bench, vk, code):
    await bench.say("Чем помочь?")
    grow_old(vk)
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
        vk.customer_says(CUSTOMER, "раз")
        await bench.wait_for_events(1)
    vk.customer_says(CUSTOMER, "два")
    vk.customer_says(1002, "три")
    await bench.say("Ответ того, кто этого не видел")  # which leaves before the loss is noticed
    vk.lose_history()
    if code == 3:
        vk.fail_next("failed", method="longpoll", code=3)
    async with polling(bench):
        await bench.inbox.wait(lambda: bench.inbox.reports)
        vk.customer_says(1002, "четыре")
        await bench.inbox.wait(lambda: "четыре" in texts(bench.events()))
    known = {(event.sender.address, event.message.origin_id): event.message.text for event in bench.events()}
    assert sorted(known.values()) == ["два", "раз", "три", "четыре"]
    assert f"failed {code}" in bench.inbox.reports[0]
    assert all(key.startswith("missed:") for key in bench.inbox.arrivals if "missed" in key)


async def test_what_was_lost_before_a_reply_of_ours_is_found(bench, vk):
    """The reply answered something older: nobody had seen what came in between."""
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
        vk.customer_says(CUSTOMER, "раз")
        await bench.wait_for_events(1)
    vk.customer_says(CUSTOMER, "два")
    await bench.say("Ответ на первое")
    vk.lose_history()
    async with polling(bench):
        await bench.inbox.wait(lambda: bench.inbox.reports)
        await bench.inbox.wait(lambda: "два" in texts(bench.events()))


async def test_what_was_lost_is_looked_for_from_the_last_stored_batch_on(bench, vk):
    """And no further: a long history is not read again at every gap."""
    vk.customer_says(CUSTOMER, "давно")
    vk.customer_says(1002, "очень давно")
    grow_old(vk)
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
        vk.customer_says(CUSTOMER, "раз")
        await bench.wait_for_events(1)
    vk.customer_says(CUSTOMER, "два")
    vk.lose_history()
    async with polling(bench):
        await bench.inbox.wait(lambda: bench.inbox.reports)
    assert texts(bench.events()) == ["раз", "раз", "два"]  # the one that was known is recognised where it is handled


async def test_lost_stretch_without_the_right_to_read_is_reported(bench, vk):
    vk.fail_next(15, method="messages.getConversations")
    vk.fail_next("failed", method="longpoll", code=1)
    async with polling(bench):
        await bench.inbox.wait(lambda: bench.inbox.reports)
        vk.customer_says(CUSTOMER, "дальше")
        await bench.inbox.wait(lambda: "дальше" in texts(bench.events()))
    assert "could not be read" in bench.inbox.reports[0]


async def test_interrupted_reading_of_the_lost_is_begun_again(bench, vk):
    vk.fail_next(10, method="messages.getConversations")
    vk.fail_next("failed", method="longpoll", code=1, times=2)
    async with polling(bench):
        await bench.inbox.wait(lambda: bench.inbox.reports)
    assert vk.count("messages.getConversations") == 2


@pytest.mark.parametrize("fault", ["500", "502", "html", "drop_before", "drop_after", "failed"])
async def test_trouble_is_waited_out(bench, vk, fault):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    bench.inbox.cursors[bench.channel.account] = str(vk.longpoll.ts)
    vk.customer_says(CUSTOMER, "раз")
    vk.fail_next(fault, method="longpoll", times=3, **({"code": 77} if fault == "failed" else {}))
    async with polling(bench, sleep):
        await bench.wait_for_events(1)
    assert waits
    assert waits == [0.5, 1.0, 2.0][: len(waits)]  # a dropped connection is at times tried again at once
    assert vk.faults_hit
    assert texts(bench.events()) == ["раз"]


async def test_revoked_token_is_reported_once(bench, vk):
    vk.fail_next(5, method="groups.getLongPollServer", times=3)
    async with polling(bench):
        await vk.wait_for_calls("longpoll")
    assert len(bench.inbox.reports) == 1
    assert "error 5" in bench.inbox.reports[0]


async def test_poison_is_stored_and_the_next_event_arrives(listening, vk):
    vk.push_poison()
    vk.customer_says(CUSTOMER, "живой")
    inbox = listening.inbox
    await inbox.wait(lambda: len(inbox.arrivals) >= 2)
    poison, alive = inbox.arrivals.values()
    with pytest.raises(ValueError, match=r".+"):
        listening.channel.parse(poison.payload)
    assert texts(listening.channel.parse(alive.payload)) == ["живой"]


async def test_our_own_words_are_never_somebody_elses(bench, vk):
    await bench.channel.send(bench.delivery(OutgoingMessage("от бота"), random_id=-77))
    message = {
        "peer_id": CUSTOMER,
        "from_id": -1,
        "conversation_message_id": 5,
        "text": "от бота",
        "admin_author_id": 9,
    }
    payload = {"type": "message_reply", "object": message | {"random_id": -77}}
    assert list(bench.channel.parse(payload)) == []
    assert len(bench.channel.parse({"type": "message_reply", "object": message | {"random_id": 5}})) == 1


async def test_start_switches_long_poll_on(bench, vk):
    vk.set_events(["message_new"])
    vk.api_version = "5.80"
    await bench.channel.start(bench.inbox)
    assert vk.api_version == "5.199"
    assert vk.events["message_event"] == vk.events["message_deny"] == 1
    assert len(bench.inbox.reports) == 1


async def test_start_with_a_bad_token(bench, vk):
    vk.set_token_revoked(True)
    with pytest.raises(Retryable) as caught:
        await bench.channel.start(bench.inbox)
    assert caught.value.alert


async def test_courtesies_never_fail(bench, vk):
    event = vk.push("message_event", {"user_id": CUSTOMER, "peer_id": CUSTOMER, "event_id": "old", "payload": "{}"})
    assert event
    press = {"type": "message_event", "object": {"event_id": "old", "user_id": CUSTOMER, "peer_id": CUSTOMER}}
    for payload in (press, {}, {"type": "message_new", "object": {"message": []}}):
        await bench.channel.acknowledge(payload)
    vk.fail_next("drop_before", method="messages.markAsRead")
    await bench.channel.acknowledge({"type": "message_new", "object": {"message": {"peer_id": CUSTOMER}}})


async def test_close_does_not_wait_for_a_hanging_call(bench, vk):
    vk.fail_next("delay", method="messages.send", seconds=3)
    async with asyncio.TaskGroup() as group:
        hanging = group.create_task(bench.say("долго"))
        await vk.wait_for_calls("messages.send")
        async with asyncio.timeout(2.9):
            await bench.channel.close()
        hanging.cancel()
    with pytest.raises(Retryable):
        await bench.say("поздно")
