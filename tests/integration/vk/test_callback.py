"""The Callback API: who may speak, and what is said before and after storing."""

import asyncio
import json
from dataclasses import replace

import pytest
from aiohttp import web

from channels.vk import VkChannel
from core.channel import HookRequest
from core.event import MessageReceived

CUSTOMER = 1001


def texts(events):
    return [event.message.text for event in events if isinstance(event, MessageReceived)]


@pytest.fixture
def hook(bench):
    settings = replace(bench.settings, mode="callback", secret="тайна-1")
    channel = VkChannel(settings, bench.files)
    (found,) = channel.hooks(bench.inbox)

    async def post(body):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        answer = await found.handle(HookRequest({}, body))
        return answer.status, answer.text

    post.channel = channel
    return post


def event(bench, **fields):
    message = {"peer_id": 42, "from_id": 42, "conversation_message_id": 1, "text": "привет", "date": 1}
    usual = {"type": "message_new", "object": {"message": message}, "group_id": bench.settings.group_id}
    return usual | {"event_id": "e1", "secret": "тайна-1", "v": "5.199"} | fields


async def test_callback_is_stored_before_ok(bench, hook):
    assert await hook(event(bench)) == (200, "ok")
    assert await hook(event(bench)) == (200, "ok")
    (arrival,) = bench.inbox.arrivals.values()
    assert (arrival.key, arrival.lane) == ("e1", "vk:42")
    assert "secret" not in arrival.payload
    bench.inbox.failures = [OSError("disk full")]
    with pytest.raises(OSError, match="disk full"):
        await hook(event(bench, event_id="e2"))


WRONG_SECRETS = [{"secret": secret} for secret in ("не та", "", None, ["тайна-1"])]


@pytest.mark.parametrize("fields", [*WRONG_SECRETS, {"group_id": 1}, {"group_id": None}])
async def test_callback_of_somebody_else(bench, hook, fields):
    assert (await hook(event(bench, **fields)))[0] == 403
    assert (await hook({key: value for key, value in event(bench).items() if key != "secret"}))[0] == 403
    assert bench.inbox.arrivals == {}


JUNK = {
    "empty": b"",
    "text": b"junk",
    "list": b"[]",
    "number": b"9" * 5000,
    "type": b'{"type": 5}',
    "encoding": b"\xff\xfe",
    "nan": b'{"type":"x","group_id":NaN}',
    "infinity": b'{"a":1e999,"type":"x"}',
    "deep": b"[" * 100_000,
    "deep enough": b'{"type":' + b'{"a":' * 500 + b"1" + b"}" * 501,
    "large": b'{"type":"x"' + b" " * 1_100_000 + b"}",
}


@pytest.mark.parametrize("body", JUNK.values(), ids=JUNK.keys())
async def test_callback_junk(bench, hook, body):
    assert (await hook(body))[0] == 400
    assert bench.inbox.arrivals == {}


async def test_callback_unknown_type_is_ok(bench, hook):
    assert await hook(event(bench, type="made_up", object={"a": "\x00\ud83d"})) == (200, "ok")
    (arrival,) = bench.inbox.arrivals.values()
    assert arrival.payload["object"] == {"a": ""}


async def test_callback_confirmation(bench, hook, vk):
    confirmation = {"type": "confirmation", "group_id": bench.settings.group_id}
    vk.fail_next(10, method="groups.getCallbackConfirmationCode")
    assert (await hook(confirmation))[0] == 503
    assert await hook(confirmation) == (200, vk.confirmation)
    assert (await hook(confirmation | {"group_id": 5}))[0] == 403
    assert (await hook(confirmation | {"secret": "не та"}))[0] == 403
    assert vk.count("groups.getCallbackConfirmationCode") == 2
    await hook.channel.close()


async def test_callback_over_http(bench, vk):
    """The server is registered by `listen`, confirmed, and repeats an event until it was stored."""
    app = web.Application()
    runner = web.AppRunner(app)
    holder = {}

    async def handle(request):
        try:
            answer = await holder["hook"].handle(HookRequest(request.headers, await request.read()))
        except OSError:
            return web.Response(status=500)
        return web.Response(status=answer.status, text=answer.text)

    app.router.add_post("/hooks/vk", handle)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    vk.retry_s = 0.01
    public_url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"
    settings = replace(bench.settings, mode="callback", secret="secret-word", public_url=public_url)
    channel = VkChannel(settings, bench.files)
    (holder["hook"],) = channel.hooks(bench.inbox)
    await channel.start(bench.inbox)
    async with asyncio.TaskGroup() as group:
        listener = group.create_task(channel.listen(bench.inbox))
        await vk.wait_for(
            lambda: any(s.status == "ok" and s.events.get("message_new") for s in vk.callback.servers.values())
        )
        bench.inbox.failures = [OSError("disk full")]
        vk.customer_says(CUSTOMER, "дважды")
        await bench.wait_for_events(1)
        await vk.wait_for(lambda: vk.unconfirmed() == 0)
        listener.cancel()
    assert texts(bench.events()) == ["дважды"]
    assert {finding.level for finding in await channel.check()} == {"ok"}
    await channel.start(bench.inbox)
    await channel._community.register_callback()
    assert len(vk.callback.servers) == 1
    await channel.close()
    await runner.cleanup()
