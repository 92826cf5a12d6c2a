"""What `otklik doctor` says about VK: each finding with its remedy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from channels.vk.calls import VkCalls
from channels.vk.community import VkCommunity, hook_url, wrong_events
from channels.vk.errors import VkError
from channels.vk.settings import VkSettings
from core.errors import ChannelError
from core.finding import Finding

RIGHTS = ("messages", "photos", "docs", "manage")


async def examine(settings: VkSettings, calls: VkCalls, community: VkCommunity) -> tuple[Finding, ...]:
    """Stops at the first thing without which nothing else can be asked."""
    try:
        return tuple([finding async for finding in _findings(settings, calls, community)])
    except (VkError, ChannelError) as error:
        return (Finding("fatal", "vk", _key(error), {"why": error}),)


async def _findings(settings: VkSettings, calls: VkCalls, community: VkCommunity) -> AsyncIterator[Finding]:
    name = await community.name()
    yield Finding("ok", "vk token", "vk_community", {"number": settings.group_id, "name": name})
    yield await _rights(calls)
    yield await _messages(settings, calls)
    if settings.mode == "callback":
        async for finding in _callback(settings, community):
            yield finding
    else:
        yield await _long_poll(community)


async def _rights(calls: VkCalls) -> Finding:
    try:
        found = await calls.call("groups.getTokenPermissions")
    except VkError as error:
        return Finding("warning", "vk rights", "vk_rights_unknown", {"why": error})
    listed = found.get("permissions") if isinstance(found, dict) else None
    names = {item.get("name") for item in listed if isinstance(item, dict)} if isinstance(listed, list) else set()
    missing = [right for right in RIGHTS if right not in names]
    if not missing:
        return Finding("ok", "vk rights", "vk_rights", {"names": ", ".join(RIGHTS)})
    level = "fatal" if "messages" in missing else "warning"
    return Finding(level, "vk rights", "vk_rights_missing", {"names": ", ".join(missing)})


async def _messages(settings: VkSettings, calls: VkCalls) -> Finding:
    """Asking for conversations fails when the community takes no messages."""
    try:
        await calls.call("messages.getConversations", count=1, group_id=settings.group_id)
    except VkError as error:
        return Finding("fatal", "vk messages", "vk_messages_off", {"why": error})
    return Finding("ok", "vk messages", "vk_messages")


async def _long_poll(community: VkCommunity) -> Finding:
    try:
        wrong = wrong_events(await community.long_poll_settings())
    except VkError as error:
        return Finding("warning", "vk long poll", "vk_poll_unknown", {"why": error})
    if wrong:
        return Finding("warning", "vk long poll", "vk_poll_off", {"names": ", ".join(wrong)})
    return Finding("ok", "vk long poll", "vk_poll")


async def _callback(settings: VkSettings, community: VkCommunity) -> AsyncIterator[Finding]:
    if not settings.secret:
        yield Finding("fatal", "vk secret", "vk_secret_missing")
    if not settings.public_url:
        yield Finding("warning", "vk callback", "vk_address_missing")
        return
    url = hook_url(settings)
    servers: list[dict[str, Any]] = await community.callback_servers()
    state = next((str(server.get("status")) for server in servers if server.get("url") == url), "missing")
    if state == "ok":
        yield Finding("ok", "vk callback", "vk_callback", {"url": url})
    else:
        yield Finding("warning", "vk callback", "vk_callback_not", {"url": url, "state": state})


def _key(error: Exception) -> str:
    """Which sentence, for each has a remedy of its own."""
    if isinstance(error, VkError) and error.code in (5, 27, 1117):
        return "vk_token_refused"
    if isinstance(error, VkError) and error.code in (100, 125):
        return "vk_group_wrong"
    return "vk_away"
