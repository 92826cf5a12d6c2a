"""messages.…: sending, editing, deleting, answering presses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.vk.errors import VkError, wrong
from tests.fakes.vk.keyboard import parse_keyboard
from tests.fakes.vk.methods import method
from tests.fakes.vk.params import Params
from tests.fakes.vk.things import geo
from tests.fakes.vk.world import CHAT_START, Dialog

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

TEXT_LIMIT, ATTACHMENT_LIMIT, PEER_LIMIT = 4096, 10, 100
DAY_S = 86400
EVENT_DATA = {"show_snackbar": {"text"}, "open_link": {"link"}, "open_app": {"app_id", "owner_id", "hash"}}


@method("messages.send")
def send(fake: FakeVk, p: Params) -> Any:
    if not p.has("random_id"):
        raise wrong("random_id is a required parameter")
    if p.has("peer_ids") or p.has("user_ids"):
        peers = p.numbers("peer_ids") or p.numbers("user_ids")
        if len(peers) > PEER_LIMIT:
            raise wrong("peer_ids should contain at most 100 items")
        return [_send_one(fake, peer, p) for peer in peers]
    peer = p.number("peer_id") or p.number("user_id") or (CHAT_START + p.number("chat_id") if p.has("chat_id") else 0)
    if not peer:
        raise wrong("you should specify peer_id, user_id, domain, chat_id or user_ids param")
    return _send(fake, peer, p)["id"]


def _send_one(fake: FakeVk, peer: int, p: Params) -> dict[str, Any]:
    try:
        message = _send(fake, peer, p)
    except VkError as error:
        if error.code in (100, 911, 914):
            raise
        return {
            "peer_id": peer,
            "message_id": 0,
            "conversation_message_id": 0,
            "error": {"code": error.code, "description": error.message},
        }
    return {"peer_id": peer, "message_id": message["id"], "conversation_message_id": message["conversation_message_id"]}


def _send(fake: FakeVk, peer: int, p: Params) -> dict[str, Any]:
    text, keyboard = p.text("message"), parse_keyboard(p.raw.get("keyboard"))
    if len(text) > TEXT_LIMIT:
        raise VkError(914)
    attachments = attachments_of(fake, p)
    place = (
        geo({"latitude": float(p.text("lat")), "longitude": float(p.text("long"))})
        if p.has("lat") and p.has("long")
        else None
    )
    if p.has("sticker_id"):
        attachments.append(
            {
                "type": "sticker",
                "sticker": {"inner_type": "base_sticker_new", "sticker_id": p.number("sticker_id"), "product_id": 1},
            }
        )
    dialog = fake.world.dialogs.get(peer)
    extra = _quoted(fake, dialog, p)
    if not (text.strip() or attachments or place or extra):
        raise wrong("message is empty or invalid")
    if keyboard is not None and not fake.bot_features:
        raise VkError(912)
    number = p.number("random_id")
    if dialog is not None and number and number in dialog.repeats:
        message = fake.world.by_id[dialog.repeats[number]]
        fake.note_repeat(message)
        return message
    dialog = _open(fake, peer)
    message = fake.world.post(
        dialog, -fake.group_id, text, attachments=attachments, random_id=number, geo=place, **extra
    )
    if keyboard is not None and keyboard["inline"]:
        message["keyboard"] = keyboard
    elif keyboard is not None:
        dialog.keyboard, dialog.keyboard_cmid = (
            keyboard if keyboard["buttons"] else None,
            message["conversation_message_id"],
        )
    if number:
        dialog.repeats[number] = message["id"]
    fake.note_sent("messages.send", message, keyboard, p.raw)
    fake.tell("message_reply", message)
    return message


def _open(fake: FakeVk, peer: int) -> Dialog:
    if peer >= CHAT_START:
        raise VkError(917)
    dialog = fake.world.dialogs.get(peer)
    if peer <= 0 or (dialog is None and peer not in fake.world.users):
        raise VkError(901 if peer > 0 else 936)
    if dialog is None or not dialog.allowed:
        raise VkError(dialog.refusal if dialog is not None and dialog.refusal else 901)
    if dialog.refusal:
        raise VkError(dialog.refusal)
    return dialog


def attachments_of(fake: FakeVk, p: Params) -> list[dict[str, Any]]:
    """Unknown ones are dropped without a word, as in life."""
    names = p.words("attachment")
    if len(names) > ATTACHMENT_LIMIT:
        raise wrong("attachment: too many attachments")
    return [found for name in names if (found := fake.world.find_attachment(name)) is not None]


def _quoted(fake: FakeVk, dialog: Dialog | None, p: Params) -> dict[str, Any]:
    if p.has("reply_to"):
        message = fake.world.by_id.get(p.number("reply_to"))
        if message is None:
            raise wrong("reply_to is invalid")
        return {"reply_message": fake.world.foreign(message)}
    forward = p.json("forward")
    if not forward:
        return {}
    if dialog is None or not isinstance(forward, dict):
        raise wrong("forward is invalid")
    numbers = forward.get("conversation_message_ids") or []
    found = [dialog.messages[number] for number in numbers if number in dialog.messages]
    found += [fake.world.by_id[number] for number in forward.get("message_ids") or [] if number in fake.world.by_id]
    if not found:
        raise wrong("forward: messages not found")
    if forward.get("is_reply"):
        return {"reply_message": fake.world.foreign(found[0])}
    return {"fwd_messages": [fake.world.foreign(message) for message in found]}


def _find(fake: FakeVk, p: Params, peer: int, number: int = 0, cmid: int = 0) -> dict[str, Any] | None:
    dialog = fake.world.dialogs.get(peer)
    if dialog is None:
        return None
    if cmid:
        return dialog.messages.get(cmid)
    message = fake.world.by_id.get(number)
    return message if message is not None and message["peer_id"] == peer else None


@method("messages.edit")
def edit(fake: FakeVk, p: Params) -> Any:
    """Whatever is left out goes: attachments and an inline keyboard must be sent again."""
    cmid = p.number("cmid") or p.number("conversation_message_id")
    message = _find(fake, p, p.number("peer_id"), p.number("message_id"), cmid)
    if message is None:
        raise wrong("message_id: no such message")
    if message["from_id"] != -fake.group_id or message.get("admin_author_id"):
        raise VkError(920)
    if message["date"] < time.time() - DAY_S:
        raise VkError(909)
    keyboard, attachments = parse_keyboard(p.raw.get("keyboard")), attachments_of(fake, p)
    if len(p.text("message")) > TEXT_LIMIT:
        raise VkError(914)
    if not p.text("message").strip() and not attachments:
        raise wrong("message is empty or invalid")
    message.pop("keyboard", None)
    message |= {"text": p.text("message"), "attachments": attachments, "update_time": int(time.time())}
    if keyboard is not None and keyboard["inline"]:
        message["keyboard"] = keyboard
    fake.note_edited(message)
    return 1


@method("messages.delete")
def delete(fake: FakeVk, p: Params) -> Any:
    peer = p.number("peer_id")
    numbers, cmids = p.numbers("message_ids"), p.numbers("cmids")
    if not numbers and not cmids:
        raise wrong("message_ids or cmids should be specified")
    answers = []
    for number, cmid in [(number, 0) for number in numbers] + [(0, cmid) for cmid in cmids]:
        message = fake.world.by_id.get(number) if number else _find(fake, p, peer, cmid=cmid)
        one: dict[str, Any] = {"peer_id": peer} | (
            {"message_id": number} if number else {"conversation_message_id": cmid}
        )
        if message is None:
            one |= {"response": 0}
        elif p.flag("delete_for_all") and (not message["out"] or message["date"] < time.time() - DAY_S):
            one |= {"error": {"code": 924, "description": "Can't delete this message for everybody"}}
        else:
            fake.world.dialogs[message["peer_id"]].messages.pop(message["conversation_message_id"], None)
            fake.note_deleted(message)
            one |= {"response": 1}
        answers.append(one)
    return answers


@method("messages.sendMessageEventAnswer")
def answer_event(fake: FakeVk, p: Params) -> Any:
    press = fake.presses.get(p.text("event_id"))
    if (
        press is None
        or press["answered"]
        or press["user"] != p.number("user_id")
        or press["chat"] != p.number("peer_id")
    ):
        raise wrong("event_id is invalid or expired")
    if press["at"] < fake.now() - fake.button_life_s:
        raise wrong("event_id is invalid or expired")
    data = p.json("event_data")
    if data is not None:
        if (
            not isinstance(data, dict)
            or data.get("type") not in EVENT_DATA
            or EVENT_DATA[data["type"]] - data.keys() - {"hash", "owner_id"}
        ):
            raise wrong("event_data is invalid")
        if len(p.text("event_data")) > 1000 or len(str(data.get("text", ""))) > 90:
            raise wrong("event_data is too long")
    press["answered"] = True
    fake.note_answer(press, data)
    return 1


@method("messages.setActivity")
def set_activity(fake: FakeVk, p: Params) -> Any:
    if p.text("type") not in ("typing", "audiomessage", "photo", "video", "file"):
        raise wrong("type is undefined")
    fake.note_action(p.number("peer_id") or p.number("user_id"), kind=p.text("type"))
    return 1


@method("messages.markAsRead")
def mark_read(fake: FakeVk, p: Params) -> Any:
    dialog = fake.world.dialogs.get(p.number("peer_id"))
    if dialog is None:
        raise wrong("peer_id: no such conversation")
    start = fake.world.by_id.get(p.number("start_message_id"))
    dialog.read_cmid = p.number("up_to_cmid") or (start["conversation_message_id"] if start else dialog.last_cmid)
    fake.note_action(dialog.peer, kind="read")
    return 1


@method("messages.isMessagesFromGroupAllowed")
def is_allowed(fake: FakeVk, p: Params) -> Any:
    dialog = fake.world.dialogs.get(p.number("user_id"))
    return {"is_allowed": int(dialog is not None and dialog.allowed)}
