"""The Bot API server: routing, polling, what the methods tell the journal and the bot."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, web

from tests.fakes.bodies import BadBody, read_body
from tests.fakes.faults import Fault
from tests.fakes.record import Record
from tests.fakes.server import FakeServer
from tests.fakes.telegram import schema
from tests.fakes.telegram.limits import Limits, amount_of
from tests.fakes.telegram.members import Members
from tests.fakes.telegram.methods import METHODS, Method, load
from tests.fakes.telegram.notes import Notes
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.people import People
from tests.fakes.telegram.refusal import Bad, Refusal
from tests.fakes.telegram.updates import Update, Updates, conflict
from tests.fakes.telegram.webhook import Webhook
from tests.fakes.telegram.world import Chat, Topic, World

WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
MAX_POLL_S = 50
load()


class FakeTelegram(People, Members, Notes, FakeServer):
    """A fake Bot API server for one bot."""

    quiet_methods = ("getUpdates", "download")

    def __init__(
        self,
        *,
        token: str = "4200000001:AAFakeTokenOfTheFakeBot",
        username: str = "otklik_fake_bot",
        privacy: bool = True,
        forum_rate: float | None = None,
        minute_s: float = 60.0,
        chat_rate: float | None = None,
        bot_rate: float | None = None,
        retry_s: float = 1.0,
        webhook_timeout_s: float = 60.0,
        set_webhook_pause_s: float = 1.0,
        conflict_pause_s: float = 0.0,
        query_life_s: float = 150.0,
        closed_blocks_admins: bool = False,
        first_update_id: int = 700_000_001,
        clock: Callable[[], float] = time.monotonic,
        **server: Any,
    ) -> None:
        super().__init__(token=token, **server)
        self.bot_id = int(token.partition(":")[0])
        self.privacy, self.closed_blocks_admins, self.query_life_s = privacy, closed_blocks_admins, query_life_s
        self.retry_s, self.webhook_timeout_s, self.set_webhook_pause_s = retry_s, webhook_timeout_s, set_webhook_pause_s
        self.conflict_pause_s = conflict_pause_s
        self.world = World({"id": self.bot_id, "is_bot": True, "first_name": "Отклик", "username": username})
        self.updates = Updates(first_update_id)
        self.webhook = Webhook(self)
        self.limits = Limits(forum_rate, minute_s, chat_rate, bot_rate, clock)
        self.seen_users: set[int] = set()
        self.queries: dict[str, Record] = {}
        self.query_ids = itertools.count(4_611_686_018_427_000_001)
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._records: dict[tuple[int, int], Record] = {}

    @property
    def http(self) -> ClientSession:
        assert self._http is not None
        return self._http

    def wake_all(self) -> None:
        super().wake_all()
        self.updates.arrivals.notify()

    # requests

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/file/bot"):
            return await self._download(request, path.removeprefix("/file/bot"))
        token, _, method = path.removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or not method:
            return self._answer(Refusal(404))
        if token != self.token or self.token_revoked:
            return self._answer(Refusal(401))
        try:
            params, files = await read_body(request)
        except BadBody:
            return self._answer(Bad("can't parse request body"))
        if self.check:
            with self.lock:
                for problem in schema.problems(method, params, files):
                    self.journal.problem(method, problem)
        if method.lower() == "getupdates":
            return await self.carry_out_slowly(request, "getUpdates", params, lambda: self._poll(Params(params, files)))
        if method.lower() not in METHODS:
            with self.lock:
                self.journal.problem(method, "not known to the fake")
            return self._answer(Refusal(404, "method not found"))
        name, function = METHODS[method.lower()]
        target = str(params.get("chat_id", ""))
        chat = int(target) if target.lstrip("-").isdigit() else None
        return await self.carry_out(
            request, name, params, chat, lambda: self._perform(name, function, Params(params, files))
        )

    def _perform(self, name: str, function: Method, p: Params) -> bytes | tuple[int, bytes]:
        try:
            chat, amount = self.world.find(p.text("chat_id")), amount_of(name, p.raw)
            if amount:
                self.limits.check(chat, amount)
            result = function(self, p)
            if amount:
                self.limits.count(chat, amount)
        except Refusal as refusal:
            return refusal.code, refusal.body()
        except (TypeError, LookupError, ValueError, AttributeError) as error:
            self.journal.problem(name, f"cannot be read: {error!r}")
            return 400, Bad(f"can't parse the request: {error}").body()
        return b'{"ok":true,"result":' + json.dumps(result, ensure_ascii=False).encode() + b"}"

    @staticmethod
    def _answer(refusal: Refusal) -> web.Response:
        return web.Response(body=refusal.body(), status=refusal.code, content_type="application/json")

    def refuse(self, fault: Fault, params: dict[str, Any]) -> web.Response:
        code = int(fault.kind)
        told = fault.details.get(
            "description",
            {
                400: "something is wrong",
                403: "bot was blocked by the user",
                500: "sent message failed",
                409: "terminated by other getUpdates request; make sure that only one bot instance is running",
            }.get(code, ""),
        )
        if code == 429:
            wait = fault.details.get("retry_after", 1)
            return self._answer(Refusal(429, f"retry after {wait}", retry_after=wait))
        return self._answer(Refusal(code, told))

    async def _download(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        token, _, name = path.partition("/")
        file = self.world.paths.get(name)
        if token != self.token or self.token_revoked:
            return self._answer(Refusal(401))
        if file is None:
            return self._answer(Refusal(404))

        async def give() -> bytes:
            return file.content

        return await self.carry_out_slowly(request, "download", {"file": name}, give, "application/octet-stream")

    def obey(self, content: bytes) -> None:
        """A method call in the answer of a webhook; its result is told to nobody."""
        if not content.startswith(b"{"):
            return
        try:
            body = json.loads(content)
            name, function = METHODS[body.pop("method").lower()]
        except (ValueError, KeyError, AttributeError):
            return
        with self.lock:
            self.journal.call(name, body)
            self._perform(name, function, Params(body, {}))
            self.changes.notify()

    # polling

    def remember_allowed(self, p: Params) -> None:
        allowed = p.json("allowed_updates")
        if isinstance(allowed, list):
            self.updates.allowed = [str(kind) for kind in allowed] or None

    async def _poll(self, p: Params) -> bytes | tuple[int, bytes]:
        try:
            taken = await self._wait_for_updates(
                p.number("offset"), min(max(p.number("limit", 100), 1), 100), min(p.number("timeout"), MAX_POLL_S), p
            )
        except Refusal as refusal:
            if self.conflict_pause_s:
                await asyncio.sleep(self.conflict_pause_s)
            return refusal.code, refusal.body()
        return ('{"ok":true,"result":[' + ",".join(update.body for update in taken) + "]}").encode()

    async def _wait_for_updates(self, offset: int, limit: int, timeout: int, p: Params) -> list[Update]:
        with self.lock:
            if self.webhook.url:
                raise conflict(WEBHOOK_ACTIVE)
            self.remember_allowed(p)
            taken = self.updates.take(offset, limit)
            self.changes.notify()
            if taken or timeout <= 0:
                return taken
            me = self.updates.supersede()
        deadline = time.monotonic() + timeout
        while not self.stopping:
            with self.lock:
                if me.done():
                    me.result()
                taken = self.updates.take(offset, limit)
                left = deadline - time.monotonic()
                if taken or left <= 0:
                    me.cancel()
                    return taken
                arrival = self.updates.arrivals.next()
            await asyncio.wait([me, arrival], timeout=left, return_when=asyncio.FIRST_COMPLETED)
        me.cancel()
        return []

    def unconfirmed(self) -> int:
        with self.lock:
            return len(self.updates.waiting)

    # telling the bot

    def tell(self, kind: str, content: dict[str, Any], queue: tuple[str, int] | None = None) -> int | None:
        """An update for the bot; its place in the webhook's order is the chat unless said otherwise."""
        queue = queue or ("chat", content["chat"]["id"])
        number = self.updates.add(kind, content, queue)
        if number is not None:
            self.webhook.enqueue(number, queue)
        self.changes.notify()
        return number

    def tell_in_topic(
        self, chat: Chat, sender: dict[str, Any], topic: Topic, content: dict[str, Any]
    ) -> dict[str, Any]:
        message = self.world.post(chat, sender, content, thread=topic.thread)
        self.tell("message", message)
        return message

    def make_topic(self, chat: Chat, creator: dict[str, Any], name: str, icon: dict[str, Any]) -> Topic:
        topic, message = self.world.post_topic(chat, creator, name, icon)
        if creator is self.world.bot:
            self.journal.add(self.journal.actions, kind="topic", chat=chat.id, thread=topic.thread, name=name)
        self.tell("message", message)
        return topic
