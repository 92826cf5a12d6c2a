"""messages.get…: what was said, for a bot that has missed something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.vk.errors import VkError, wrong
from tests.fakes.vk.methods import method
from tests.fakes.vk.params import Params
from tests.fakes.vk.world import Dialog

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk


def _conversation(dialog: Dialog) -> dict[str, Any]:
    last = dialog.messages[max(dialog.messages)] if dialog.messages else {"id": 0}
    read = dialog.messages.get(dialog.read_cmid, {"id": 0})["id"]
    shown: dict[str, Any] = {
        "peer": {"id": dialog.peer, "type": "user", "local_id": dialog.peer},
        "sort_id": {"major_id": 0, "minor_id": last["id"]},
        "last_message_id": last["id"],
        "last_conversation_message_id": dialog.last_cmid,
        "in_read": read,
        "out_read": last["id"],
        "version": 10_000_000 + last["id"],
        "is_marked_unread": False,
        "important": False,
        "unanswered": dialog.is_unanswered,
        "can_write": {"allowed": dialog.allowed and not dialog.refusal},
    }
    return shown | ({"unread_count": dialog.unread} if dialog.unread else {})


@method("messages.getConversations")
def conversations(fake: FakeVk, p: Params) -> Any:
    wanted = p.text("filter") or "all"
    if wanted not in ("all", "unread", "unanswered", "important", "archive"):
        raise wrong("filter is invalid")
    tests = {"unread": lambda one: one.unread > 0, "unanswered": lambda one: one.is_unanswered, "all": lambda one: True}
    found = [one for one in fake.world.dialogs.values() if one.messages and tests.get(wanted, lambda one: False)(one)]
    found.sort(key=lambda one: -one.messages[max(one.messages)]["id"])
    offset, count = p.number("offset"), min(p.number("count", 20), 200)
    shown = found[offset : offset + count]
    answer: dict[str, Any] = {
        "count": len(found),
        "unread_count": sum(one.unread > 0 for one in fake.world.dialogs.values()),
        "items": [
            {"conversation": _conversation(one), "last_message": one.messages[max(one.messages)]} for one in shown
        ],
    }
    if p.flag("extended"):
        answer |= {"profiles": [fake.world.user(one.peer) for one in shown], "groups": [fake.group_card()]}
    return answer


@method("messages.getConversationsById")
def conversations_by_id(fake: FakeVk, p: Params) -> Any:
    found = [fake.world.dialogs[peer] for peer in p.numbers("peer_ids") if peer in fake.world.dialogs]
    return {"count": len(found), "items": [_conversation(one) for one in found]}


@method("messages.getHistory")
def history(fake: FakeVk, p: Params) -> Any:
    peer = p.number("peer_id") or p.number("user_id")
    if not peer:
        raise wrong("peer_id is undefined")
    dialog = fake.world.dialogs.get(peer)
    if dialog is None:
        raise VkError(936)
    messages = sorted(dialog.messages.values(), key=lambda one: one["id"], reverse=not p.flag("rev"))
    if start := p.number("start_message_id"):
        messages = [one for one in messages if (one["id"] >= start if p.flag("rev") else one["id"] <= start)]
    offset, count = p.number("offset"), min(p.number("count", 20), 200)
    answer: dict[str, Any] = {"count": len(dialog.messages), "items": messages[offset : offset + count]}
    if p.flag("extended"):
        answer |= {
            "profiles": [fake.world.user(peer)],
            "groups": [fake.group_card()],
            "conversations": [_conversation(dialog)],
        }
    return answer


@method("messages.getByConversationMessageId")
def by_cmid(fake: FakeVk, p: Params) -> Any:
    dialog = fake.world.dialogs.get(p.number("peer_id"))
    numbers = p.numbers("conversation_message_ids")
    if dialog is None or not numbers:
        raise wrong("conversation_message_ids is undefined" if dialog else "peer_id is invalid")
    found = [dialog.messages[number] for number in numbers if number in dialog.messages]
    return {"count": len(found), "items": found}


@method("messages.getById")
def by_id(fake: FakeVk, p: Params) -> Any:
    found = [fake.world.by_id[number] for number in p.numbers("message_ids") if number in fake.world.by_id]
    if p.has("peer_id") and p.has("cmids"):
        dialog = fake.world.dialog(p.number("peer_id"))
        found = [dialog.messages[number] for number in p.numbers("cmids") if number in dialog.messages]
    return {"count": len(found), "items": found}
