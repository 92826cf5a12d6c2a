"""What `otklik doctor` says about VK: each finding with its remedy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from channels.vk.calls import VkCalls
from channels.vk.community import VkCommunity, hook_url, wrong_events
from channels.vk.errors import VkError
from channels.vk.settings import VkSettings
from core.channel import Finding
from core.errors import ChannelError

RIGHTS = ("messages", "photos", "docs", "manage")
TOKEN_PAGE = "Community management > API usage > Access tokens"  # noqa: S105 - a menu, no token
LONG_POLL_PAGE = "Community management > API usage > Long Poll API"


async def examine(settings: VkSettings, calls: VkCalls, community: VkCommunity) -> tuple[Finding, ...]:
    """Stops at the first thing without which nothing else can be asked."""
    try:
        return tuple([finding async for finding in _findings(settings, calls, community)])
    except (VkError, ChannelError) as error:
        return (Finding("fatal", "vk", str(error), _remedy(error)),)


async def _findings(settings: VkSettings, calls: VkCalls, community: VkCommunity) -> AsyncIterator[Finding]:
    name = await community.name()
    yield Finding("ok", "vk token", f"community {settings.group_id} ({name})")
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
        return Finding("warning", "vk rights", f"not known: {error}")
    listed = found.get("permissions") if isinstance(found, dict) else None
    names = {item.get("name") for item in listed if isinstance(item, dict)} if isinstance(listed, list) else set()
    missing = [right for right in RIGHTS if right not in names]
    if not missing:
        return Finding("ok", "vk rights", ", ".join(RIGHTS))
    level = "fatal" if "messages" in missing else "warning"
    text = f"the token lacks: {', '.join(missing)}"
    return Finding(level, "vk rights", text, f"make a new token with all of these rights: {TOKEN_PAGE}")


async def _messages(settings: VkSettings, calls: VkCalls) -> Finding:
    """Asking for conversations fails when the community takes no messages."""
    try:
        await calls.call("messages.getConversations", count=1, group_id=settings.group_id)
    except VkError as error:
        remedy = "switch messages on: Community management > Messages, and bot features below it"
        return Finding("fatal", "vk messages", str(error), remedy)
    return Finding("ok", "vk messages", "on")


async def _long_poll(community: VkCommunity) -> Finding:
    try:
        wrong = wrong_events(await community.long_poll_settings())
    except VkError as error:
        return Finding("warning", "vk long poll", str(error), f"check it by hand: {LONG_POLL_PAGE}")
    if wrong:
        remedy = f"`otklik run` switches them on when the token has the right `manage`; else by hand: {LONG_POLL_PAGE}"
        return Finding("warning", "vk long poll", f"off or outdated: {', '.join(wrong)}", remedy)
    return Finding("ok", "vk long poll", "on, with all events")


async def _callback(settings: VkSettings, community: VkCommunity) -> AsyncIterator[Finding]:
    if not settings.secret:
        remedy = "set OTKLIK_VK_SECRET to a long random word (at most 50 letters and digits)"
        yield Finding("fatal", "vk secret", "callback mode without a secret: anybody could forge events", remedy)
    if not settings.public_url:
        remedy = "set OTKLIK_PUBLIC_URL, or register <address>/hooks/vk by hand in the community"
        yield Finding("warning", "vk callback", "no public address is set", remedy)
        return
    url = hook_url(settings)
    servers: list[dict[str, Any]] = await community.callback_servers()
    state = next((str(server.get("status")) for server in servers if server.get("url") == url), "missing")
    if state == "ok":
        yield Finding("ok", "vk callback", url)
    else:
        remedy = "`otklik run` registers it; the address must be reachable from the internet"
        yield Finding("warning", "vk callback", f"{url}: {state}", remedy)


def _remedy(error: Exception) -> str:
    if isinstance(error, VkError) and error.code in (5, 27, 1117):
        return f"set OTKLIK_VK_TOKEN to a working community token: {TOKEN_PAGE}"
    if isinstance(error, VkError) and error.code in (100, 125):
        return "set OTKLIK_VK_GROUP_ID to the number of the community the token belongs to"
    return "see whether VK can be reached from this machine, then try again"
