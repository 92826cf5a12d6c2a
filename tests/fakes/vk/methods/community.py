"""groups.…: the community, its long poll, its callback servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.vk.errors import VkError, wrong
from tests.fakes.vk.methods import method
from tests.fakes.vk.params import Params

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

PERMISSIONS = {
    "stories": 64,
    "photos": 4,
    "app_widget": 64,
    "messages": 4096,
    "wall": 8192,
    "docs": 131072,
    "manage": 262144,
}
SERVER_LIMIT = 10


def _own_group(fake: FakeVk, p: Params) -> None:
    if not p.has("group_id"):
        raise wrong("group_id is undefined")
    if p.number("group_id") != fake.group_id:
        raise VkError(15, "Access to group denied")


@method("groups.getById")
def get_by_id(fake: FakeVk, p: Params) -> Any:
    wanted = p.words("group_ids") or p.words("group_id") or [str(fake.group_id)]
    own = {str(fake.group_id), f"club{fake.group_id}", fake.group_card()["screen_name"]}
    return {"groups": [fake.group_card() for one in wanted if one in own], "profiles": []}


@method("groups.getTokenPermissions")
def token_permissions(fake: FakeVk, p: Params) -> Any:
    granted = [{"name": name, "setting": PERMISSIONS[name]} for name in fake.permissions]
    return {"mask": sum(one["setting"] for one in granted), "permissions": granted}


@method("groups.getLongPollServer")
def long_poll_server(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    if not fake.longpoll.enabled:
        raise wrong("longpoll for this group is not enabled")
    return {"key": fake.longpoll.key, "server": f"{fake.base}/longpoll/wh{fake.group_id}", "ts": str(fake.longpoll.ts)}


@method("groups.getLongPollSettings")
def long_poll_settings(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    return {"is_enabled": fake.longpoll.enabled, "api_version": fake.api_version, "events": dict(fake.events)}


@method("groups.setLongPollSettings")
def set_long_poll_settings(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    fake.longpoll.enabled = p.flag("enabled", fake.longpoll.enabled)
    fake.api_version = p.text("api_version") or fake.api_version
    for name in fake.events:
        if p.has(name):
            fake.events[name] = int(p.flag(name))
    return 1


@method("groups.getCallbackConfirmationCode")
def confirmation_code(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    return {"code": fake.confirmation}


@method("groups.getCallbackServers")
def callback_servers(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    wanted = p.numbers("server_ids")
    found = [one.card() for one in fake.callback.servers.values() if not wanted or one.id in wanted]
    return {"count": len(found), "items": found}


def _checked(p: Params) -> tuple[str, str, str]:
    url, title, secret = p.text("url"), p.text("title"), p.text("secret_key")
    if not url.startswith(("http://", "https://")):
        raise wrong("url is invalid")
    if not 1 <= len(title) <= 14:
        raise wrong("title should be at most 14 characters")
    if len(secret) > 50:
        raise wrong("secret_key should be at most 50 characters")
    return url, title, secret


@method("groups.addCallbackServer")
def add_callback_server(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    if len(fake.callback.servers) >= SERVER_LIMIT:
        raise VkError(2000, "Servers number limit is reached")
    return {"server_id": fake.callback.add(*_checked(p)).id}


@method("groups.editCallbackServer")
def edit_callback_server(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    server = fake.callback.servers.get(p.number("server_id"))
    if server is None:
        raise wrong("server_id is invalid")
    server.url, server.title, server.secret = _checked(p)
    return 1


@method("groups.deleteCallbackServer")
def delete_callback_server(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    if p.number("server_id") not in fake.callback.servers:
        raise wrong("server_id is invalid")
    fake.callback.remove(p.number("server_id"))
    return 1


@method("groups.setCallbackSettings")
def set_callback_settings(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    server = fake.callback.servers.get(p.number("server_id"))
    if server is None:
        raise wrong("server_id is invalid")
    server.api_version = p.text("api_version") or server.api_version
    for name in fake.events:
        if p.has(name):
            server.events[name] = int(p.flag(name))
    return 1


@method("groups.getCallbackSettings")
def get_callback_settings(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    server = fake.callback.servers.get(p.number("server_id"))
    if server is None:
        raise wrong("server_id is invalid")
    return {"api_version": server.api_version, "events": {name: server.events.get(name, 0) for name in fake.events}}


@method("groups.enableOnline")
def enable_online(fake: FakeVk, p: Params) -> Any:
    _own_group(fake, p)
    return 1
