"""The community's own settings: long poll switched on with our events, the Callback API server registered."""

from __future__ import annotations

from typing import Any

from channels.vk.calls import VkCalls
from channels.vk.errors import VkError
from channels.vk.settings import API_VERSION, EVENTS, HOOK_PATH, VkSettings

TITLE = "Otklik"  # VK allows 14 characters


class VkCommunity:
    """Raises VkError and Retryable, as the calls do."""

    def __init__(self, settings: VkSettings, calls: VkCalls) -> None:
        self._settings = settings
        self._calls = calls

    async def name(self) -> str:
        """The community's name; VkError when the token is not good."""
        answer = await self._calls.call("groups.getById", group_id=self._settings.group_id)
        groups = answer.get("groups") if isinstance(answer, dict) else answer
        first = groups[0] if isinstance(groups, list) and groups else {}
        if not isinstance(first, dict) or first.get("id") != self._settings.group_id:
            raise VkError("groups.getById", 100, "the token belongs to another community")
        return str(first.get("name", ""))

    async def switch_on_long_poll(self) -> bool:
        """Whether something had to be changed."""
        wrong = wrong_events(await self.long_poll_settings())
        if wrong:
            await self._call("setLongPollSettings", enabled=True, api_version=API_VERSION, **dict.fromkeys(EVENTS, 1))
        return bool(wrong)

    async def long_poll_settings(self) -> dict[str, Any]:
        found = await self._call("getLongPollSettings")
        return found if isinstance(found, dict) else {}

    async def confirmation(self) -> str:
        found = await self._call("getCallbackConfirmationCode")
        return str(found["code"])

    async def callback_servers(self) -> list[dict[str, Any]]:
        found = await self._call("getCallbackServers")
        items = found.get("items") if isinstance(found, dict) else None
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    async def register_callback(self) -> None:
        """Our address among the community's servers, with our secret and events; VK asks for the confirmation now."""
        url = hook_url(self._settings)
        wanted = {"url": url, "title": TITLE, "secret_key": self._settings.secret or None}
        known = next((server for server in await self.callback_servers() if server.get("url") == url), None)
        if known is None:
            added = await self._call("addCallbackServer", **wanted)
            server_id = added["server_id"]
        else:
            server_id = known["id"]
            if known.get("status") != "ok" or known.get("secret_key") != self._settings.secret:
                await self._call("editCallbackServer", server_id=server_id, **wanted)
        await self._call(
            "setCallbackSettings", server_id=server_id, api_version=API_VERSION, **dict.fromkeys(EVENTS, 1)
        )

    async def _call(self, method: str, **params: Any) -> Any:
        return await self._calls.call(f"groups.{method}", group_id=self._settings.group_id, **params)


def hook_url(settings: VkSettings) -> str:
    return (settings.public_url or "").rstrip("/") + HOOK_PATH


def wrong_events(found: dict[str, Any]) -> list[str]:
    """What of the long poll's settings is not as we need it; newer versions than ours are fine."""
    events = found.get("events")
    switched = events if isinstance(events, dict) else {}
    wrong = [name for name in EVENTS if not switched.get(name)]
    if not found.get("is_enabled"):
        wrong.append("enabled")
    if _version(found.get("api_version")) < _version(API_VERSION):
        wrong.append("api_version")
    return wrong


def _version(text: Any) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in str(text).split("."))
    except ValueError:
        return ()
