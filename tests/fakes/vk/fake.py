"""The VK server: routing, what the methods tell the journal and the bot."""

from __future__ import annotations

import json
import time
from typing import Any

from aiohttp import ClientSession, web

from tests.fakes.bodies import BadBody, Upload, read_body
from tests.fakes.control import to_json
from tests.fakes.faults import Fault
from tests.fakes.rates import Window
from tests.fakes.record import Record
from tests.fakes.server import BAD_GATEWAY, FakeServer
from tests.fakes.vk import schema
from tests.fakes.vk.callback import Callback
from tests.fakes.vk.errors import VkError
from tests.fakes.vk.execute import execute
from tests.fakes.vk.longpoll import LongPoll
from tests.fakes.vk.methods import METHODS, load
from tests.fakes.vk.methods.uploads import receive
from tests.fakes.vk.notes import Notes
from tests.fakes.vk.params import Params
from tests.fakes.vk.people import People
from tests.fakes.vk.world import World

EVENT_NAMES = """
message_new message_reply message_edit message_allow message_deny message_typing_state message_event message_read
message_reaction_event wall_reply_new wall_reply_edit wall_reply_restore wall_reply_delete wall_post_new wall_repost
wall_schedule_post_new wall_schedule_post_delete board_post_new board_post_edit board_post_restore board_post_delete
audio_new photo_new photo_comment_new photo_comment_edit photo_comment_restore photo_comment_delete video_new
video_comment_new video_comment_edit video_comment_restore video_comment_delete market_comment_new market_comment_edit
market_comment_restore market_comment_delete market_order_new market_order_edit poll_vote_new group_join group_leave
group_change_settings group_change_photo group_officers_edit user_block user_unblock lead_forms_new
donut_subscription_create donut_subscription_prolonged donut_subscription_cancelled donut_subscription_expired
donut_subscription_price_changed donut_money_withdraw donut_money_withdraw_error
"""
EVENTS = tuple(EVENT_NAMES.split())
DEFAULT_EVENTS = (*EVENTS[:7], "wall_reply_new")
JSON_TYPE = "application/json"
load()


class FakeVk(People, Notes, FakeServer):
    """A fake VK API for one community."""

    quiet_methods = ("longpoll", "upload", "download")

    def __init__(
        self,
        *,
        token: str = "vk1.a.fake-token-of-the-fake-community",
        group_id: int = 229_000_001,
        rate: float | None = None,
        events: list[str] | None = None,
        confirmation: str = "c0ffee42",
        retry_s: float = 1.0,
        history: int = 1000,
        button_life_s: float = 60.0,
        longpoll_wait_s: float | None = None,
        bot_features: bool = True,
        **server: Any,
    ) -> None:
        super().__init__(token=token, **server)
        self.group_id, self.confirmation = group_id, confirmation
        self.retry_s, self.button_life_s, self.longpoll_wait_s = retry_s, button_life_s, longpoll_wait_s
        self.bot_features, self.api_version = bot_features, "5.199"
        self.world = World(group_id)
        self.longpoll = LongPoll(self, history)
        self.callback = Callback(self)
        self.events = {name: int(name in (DEFAULT_EVENTS if events is None else events)) for name in EVENTS}
        self.permissions = ["messages", "photos", "docs", "manage", "wall"]
        self.presses: dict[str, Record] = {}
        self.uploads: dict[str, tuple[str, Upload]] = {}
        self.guids: dict[str, int] = {}
        self.posts: set[int] = {1}
        self.last_event = Record()
        self._event_number = 0
        self._rate = Window(rate, 1.0, time.monotonic) if rate else None
        self._records: dict[int, Record] = {}

    @property
    def http(self) -> ClientSession:
        assert self._http is not None
        return self._http

    def wake_all(self) -> None:
        super().wake_all()
        self.longpoll.arrivals.notify()

    # requests

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/files/"):
            return await self._download(request, path)
        try:
            params, files = await read_body(request)
        except BadBody:
            return web.Response(status=400)
        if path.startswith("/longpoll/"):
            return await self.carry_out_slowly(request, "longpoll", params, lambda: self.longpoll.check(Params(params)))
        if path.startswith("/upload/"):
            kind = path.removeprefix("/upload/")
            return await self.carry_out(request, "upload", params, None, lambda: to_json(receive(self, kind, files)))
        if not path.startswith("/method/"):
            return web.Response(status=404)
        method = path.removeprefix("/method/")
        if self.check:
            with self.lock:
                for problem in schema.problems(method, params):
                    self.journal.problem(method, problem)
        peer = str(params.get("peer_id") or params.get("user_id") or "")
        chat = int(peer) if peer.lstrip("-").isdigit() else None
        return await self.carry_out(request, method, params, chat, lambda: self._perform(method, params))

    async def _download(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        found = self.world.files.get(path)
        if found is None:
            return web.Response(status=404)

        async def give() -> bytes:
            return found

        return await self.carry_out_slowly(request, "download", {"file": path}, give, "application/octet-stream")

    def _perform(self, method: str, params: dict[str, Any]) -> bytes:
        try:
            if params.get("access_token") != self.token or self.token_revoked:
                raise VkError(5)
            if "v" not in params:
                raise VkError(8, "v (version) is required")
            if self._rate is not None:
                if self._rate.wait() > 0:
                    raise VkError(6)
                self._rate.count()
            if method == "execute":
                return to_json(execute(str(params.get("code", "")), self._inside))
            return to_json({"response": self._call(method, params)})
        except VkError as error:
            return error.body(method, params)

    def _call(self, method: str, params: dict[str, Any]) -> Any:
        function = METHODS.get(method)
        if function is None:
            known = schema.methods().get(method)
            self.journal.problem(method, "not known to the fake")
            raise VkError(27 if known and "group" not in known.get("access_token_type", []) else 3)
        try:
            return function(self, Params(params))
        except (TypeError, LookupError, ValueError, AttributeError) as error:
            self.journal.problem(method, f"cannot be read: {error!r}")
            raise VkError(100, str(error)) from None

    def _inside(self, method: str, params: dict[str, Any]) -> Any:
        """One call of an `execute`: with its own line in the journal and its own faults, if these are VK errors."""
        self.journal.call(method, params)
        if self.check:
            for problem in schema.problems(method, params):
                self.journal.problem(method, problem)
        fault = self.faults.choose(method, params.get("peer_id"))
        if fault is not None and isinstance(fault.kind, int):
            raise VkError(fault.kind)
        return self._call(method, params)

    def refuse(self, fault: Fault, params: dict[str, Any]) -> web.Response:
        if fault.kind == "failed":
            code = int(fault.details.get("code", 1))
            if code == 2:
                self.expire_key()
            told = {"failed": code} | ({"ts": self.longpoll.ts} if code == 1 else {})
            return web.Response(body=json.dumps(told).encode(), content_type=JSON_TYPE)
        if isinstance(fault.kind, int):
            details = {key: value for key, value in fault.details.items() if key != "after"}
            return web.Response(body=VkError(fault.kind, **details).body("", params), content_type=JSON_TYPE)
        return web.Response(body=BAD_GATEWAY, status=int(fault.kind), content_type="text/html")

    def unconfirmed(self) -> int:
        with self.lock:
            waiting = self.longpoll.unread() if not self.callback.servers else 0
            return waiting + self.callback.pending()

    # telling the bot

    def new_event_id(self) -> str:
        self._event_number += 1
        return f"{self._event_number:08x}{self.dice.getrandbits(128):032x}"

    def tell(self, type: str, object: Any, forced: bool = False, **fields: Any) -> Record:
        """An event by every way that is switched on for its type."""
        event = {
            "group_id": self.group_id,
            "type": type,
            "event_id": self.new_event_id(),
            "v": self.api_version,
            "object": object,
        } | fields
        made = Record(event_id=event["event_id"], ts=None, at=self.now())
        if self.longpoll.enabled and (forced or self.events.get(type)):
            made["ts"] = self.longpoll.add(event)
        self.callback.tell(event, forced)
        self.changes.notify()
        self.last_event = made
        return made

    def deliver_to(self, url: str | None, secret: str | None = None) -> int | None:
        """Callback API with all events switched on and long poll off; None: back to long poll."""
        with self.lock:
            for number in list(self.callback.servers):
                self.callback.remove(number)
            self.longpoll.enabled = url is None
            if url is None:
                return None
            server = self.callback.add(url, "test", secret or "")
            server.events = dict(self.events)
            return server.id

    def post_comment(
        self, author: int, text: str, post: int, parent: int, attachments: list[dict[str, Any]]
    ) -> dict[str, Any]:
        above = self.world.comments.get(parent)
        stack = [*above["parents_stack"], parent][-1:] if above else []
        comment: dict[str, Any] = {
            "id": self.world.next_object(),
            "from_id": author,
            "date": int(self.now()),
            "text": text,
            "post_id": post,
            "owner_id": -self.group_id,
            "post_owner_id": -self.group_id,
            "parents_stack": stack,
            "attachments": attachments,
        }
        if above:
            comment |= {"reply_to_comment": parent, "reply_to_user": above["from_id"]}
        self.world.comments[comment["id"]] = comment
        self.tell("wall_reply_new", comment)
        return comment

    def set_events(self, names: list[str]) -> None:
        with self.lock:
            self.events = {name: int(name in names) for name in EVENTS}

    def set_permissions(self, names: list[str]) -> None:
        self.permissions = list(names)

    def expire_key(self) -> None:
        with self.lock:
            self.longpoll.key = f"{self.dice.getrandbits(160):040x}"
            self.longpoll.arrivals.notify()

    def lose_history(self) -> None:
        """The long poll server forgets: whoever asks with an old ts gets `failed` 1."""
        with self.lock:
            self.longpoll.events.clear()
            self.longpoll.arrivals.notify()
