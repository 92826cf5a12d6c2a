"""The VK community's messages as a Channel."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from channels.vk.calls import VkCalls
from channels.vk.community import VkCommunity
from channels.vk.doctor import examine
from channels.vk.errors import VkError, as_channel_error
from channels.vk.incoming import parse as events
from channels.vk.incoming.callback import VkCallback
from channels.vk.incoming.longpoll import VkLongPoll
from channels.vk.outgoing.batches import VkBatches
from channels.vk.outgoing.compose import CAPABILITIES
from channels.vk.outgoing.send import VkSender, best_effort
from channels.vk.outgoing.uploads import VkFiles
from channels.vk.settings import VkSettings
from core.channel import Capabilities, Files, Hook, Inbox
from core.clock import Clock, SystemClock
from core.delivery import Delivery, Receipt
from core.errors import ChannelError, Retryable
from core.event import Event
from core.finding import Finding
from core.message import Attachment

log = logging.getLogger(__name__)

NAMES_AT_ONCE = 500
NAMES_KEPT = 10_000
SPARE_FOR_COURTESY = 10  # calls that must be free before a mere mark is worth one


class VkChannel:
    """Sending works from the making of the channel, receiving while `listen` runs or the hook is served."""

    name = "vk"
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, settings: VkSettings, files: Files, clock: Clock | None = None) -> None:
        self.account = str(settings.group_id)
        self._settings = settings
        self._ports = files
        self._clock = clock or SystemClock()
        self._calls = VkCalls(settings)
        self._batches = VkBatches(self._calls)
        self._community = VkCommunity(settings, self._calls)
        self._callback = VkCallback(settings, self._community)
        self._http: aiohttp.ClientSession | None = None
        self._sender: VkSender | None = None  # made inside the running loop
        self._names: OrderedDict[str, str] = OrderedDict()

    async def start(self, inbox: Inbox) -> None:
        """Is the token good, does it belong to the community, are the events switched on?"""
        try:
            await self._community.name()
        except VkError as error:
            raise as_channel_error(error) from None
        try:
            if self._settings.mode == "callback":
                await self._callback.learn_confirmation()
            elif await self._community.switch_on_long_poll():
                await inbox.report("vk", "switched on long poll and its events in the community's settings")
        except (VkError, ChannelError, KeyError, TypeError) as error:
            await inbox.report("vk", f"the community's settings could not be checked: {error}")

    async def listen(self, inbox: Inbox) -> None:
        """Long poll until cancelled; in callback mode the server is registered (ours must be up by then)."""
        if self._settings.mode != "callback":
            polling = VkLongPoll(self._settings, self._calls, self._session(), self._clock)
            await polling.listen(inbox)
            return
        if self._settings.public_url:
            await self._register(inbox)
        await asyncio.Event().wait()

    async def _register(self, inbox: Inbox) -> None:
        for pause in (1, 5, 30, 0):
            try:
                await self._community.register_callback()
            except (VkError, Retryable, KeyError, TypeError) as error:
                problem = error
                await asyncio.sleep(pause)
            else:
                return
        await inbox.report("vk", f"the callback server could not be registered: {problem}")

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return (self._callback.hook(inbox),) if self._settings.mode == "callback" else ()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        content = payload.get("object")
        if payload.get("type") == "message_reply" and isinstance(content, dict) and self._sender is not None:
            number = content.get("random_id")
            if isinstance(number, int) and self._sender.is_own(number):
                return ()
        return events.parse(payload, self.account)

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        """Stops a callback button's spinner; marks a message as read when calls are to spare."""
        content = payload.get("object")
        if not isinstance(content, dict):
            return
        if payload.get("type") == "message_event":
            known: dict[str, Any] = {key: content.get(key) for key in ("event_id", "user_id", "peer_id")}
            await best_effort(lambda: self._calls.call("messages.sendMessageEventAnswer", **known))
        elif payload.get("type") == "message_new" and self._calls.rate.spare() >= SPARE_FOR_COURTESY:
            message = content.get("message", content)
            peer = message.get("peer_id") if isinstance(message, dict) else None
            if isinstance(peer, int):
                group = self._settings.group_id
                await best_effort(lambda: self._calls.call("messages.markAsRead", peer_id=peer, group_id=group))

    async def ready(self, delivery: Delivery) -> float:
        """Seconds before the delivery should be tried; beyond the token's rate sends travel in batches."""
        return self._batches.wait_time()

    async def send(self, delivery: Delivery) -> Receipt:
        if self._sender is None:
            self._sender = VkSender(self._calls, self._batches, self._files())
        return await self._sender.send(delivery)

    async def names(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """First and last names, which VK's events do not carry; whoever cannot be found is left out."""
        unknown = [
            address for address in dict.fromkeys(addresses) if address.isdecimal() and address not in self._names
        ]
        for first in range(0, len(unknown), NAMES_AT_ONCE):
            users = await self._users(unknown[first : first + NAMES_AT_ONCE])
            for user in users:
                words = (user.get("first_name"), user.get("last_name"))
                self._names[str(user.get("id"))] = " ".join(word for word in words if isinstance(word, str) and word)
        found = {address: self._names[address] for address in addresses if self._names.get(address)}
        while len(self._names) > NAMES_KEPT:
            self._names.popitem(last=False)
        return found

    async def _users(self, addresses: Sequence[str]) -> list[dict[str, Any]]:
        found = await best_effort(lambda: self._calls.call("users.get", user_ids=list(addresses)))
        return [user for user in found if isinstance(user, dict)] if isinstance(found, list) else []

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        await self._files().download(attachment.ref, to)

    async def check(self) -> Sequence[Finding]:
        return await examine(self._settings, self._calls, self._community)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self._calls.close()

    def _session(self) -> aiohttp.ClientSession:
        """For long poll and files; the API calls go through vk_api."""
        if self._http is None:
            self._http = aiohttp.ClientSession(trust_env=self._settings.api_url is None)
        return self._http

    def _files(self) -> VkFiles:
        return VkFiles(self._calls, self._ports, self._session())
