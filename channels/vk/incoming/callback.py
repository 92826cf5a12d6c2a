"""The Callback API's webhook: checked, stored, and only then answered with `ok`."""

from __future__ import annotations

import hmac
import logging
from typing import Any

from channels.vk.community import VkCommunity
from channels.vk.errors import VkError
from channels.vk.incoming.read import arrival, read_json
from channels.vk.settings import HOOK_PATH, VkSettings
from core.channel import Hook, HookRequest, HookResponse, Inbox
from core.errors import ChannelError

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
OK = HookResponse(200, "ok")


class VkCallback:
    def __init__(self, settings: VkSettings, community: VkCommunity) -> None:
        self._settings = settings
        self._community = community
        self._confirmation = settings.confirmation

    def hook(self, inbox: Inbox) -> Hook:
        async def handle(request: HookRequest) -> HookResponse:
            return await self._handle(request, inbox)

        return Hook(HOOK_PATH, handle)

    async def learn_confirmation(self) -> str:
        """The string VK wants to hear; asked for once unless it was set."""
        if not self._confirmation:
            self._confirmation = await self._community.confirmation()
        return self._confirmation

    async def _handle(self, request: HookRequest, inbox: Inbox) -> HookResponse:
        if len(request.body) > LARGEST_BODY:
            return HookResponse(400, "too large")
        try:
            event = read_json(request.body)
        except ValueError:
            return HookResponse(400, "not JSON")
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return HookResponse(400, "not an event")
        is_confirmation = event["type"] == "confirmation"
        if not self._is_genuine(event, is_confirmation):
            return HookResponse(403, "wrong secret or group")
        if is_confirmation:
            return await self._confirm()
        event.pop("secret", None)  # checked; it has no business in the database
        await inbox.store([arrival(event, str(self._settings.group_id))])
        return OK

    def _is_genuine(self, event: dict[str, Any], is_confirmation: bool) -> bool:
        """Both are compared whatever the first says; VK asks for the confirmation before it knows the secret."""
        is_group = _same(str(event.get("group_id")), str(self._settings.group_id))
        secret = event.get("secret", "")
        is_secret = _same(secret if isinstance(secret, str) else "", self._settings.secret)
        return is_group and (is_secret or (is_confirmation and "secret" not in event))

    async def _confirm(self) -> HookResponse:
        try:
            return HookResponse(200, await self.learn_confirmation())
        except (VkError, ChannelError, KeyError, TypeError) as error:
            log.warning("vk: the confirmation string is not known: %s", error)
            return HookResponse(503, "not known yet")


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(errors="replace"), right.encode(errors="replace"))
