"""A message of ours as parameters of messages.send and messages.edit."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from core.channel import Capabilities
from core.delivery import Delivery
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage

CAPABILITIES = Capabilities(
    text_limit=4096,
    caption_limit=4096,
    max_buttons=10,
    max_row=5,
    max_rows=6,
    label_limit=40,
    album_limit=10,
    is_idempotent=True,
    edit_time=timedelta(hours=24),
    has_markup=False,
    carries=frozenset({AttachmentKind.PHOTO, AttachmentKind.VOICE, AttachmentKind.DOCUMENT, AttachmentKind.LOCATION}),
)
EDITED_MARK = "✎ "
# without @-mentions and link previews, for the words are not ours
PLAIN = {"disable_mentions": True, "dont_parse_links": True}
UNCARRIED = frozenset({AttachmentKind.CONTACT, AttachmentKind.OTHER})


def send_params(message: OutgoingMessage, delivery: Delivery, attachments: str, random_id: int = 0) -> dict[str, Any]:
    """`peer_ids` rather than `peer_id`: only that form tells the conversation_message_id."""
    params: dict[str, Any] = {
        "peer_ids": delivery.address,
        "random_id": random_id or delivery.random_id,
        **_content(message, attachments),
        **_place(message),
    }
    if message.reply_to.isdecimal():
        params["forward"] = {
            "peer_id": int(delivery.address),
            "conversation_message_ids": [int(message.reply_to)],
            "is_reply": 1,
        }
    return params


def edit_params(message: OutgoingMessage, delivery: Delivery, attachments: str) -> dict[str, Any]:
    """Keyboard and attachments are sent again, or the edit would take them away."""
    return {
        "peer_id": int(delivery.address),
        "cmid": int(message.edit_of),
        "keep_forward_messages": True,
        **_content(message, attachments),
    }


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> str:
    """Inline text buttons: every client shows them, and a press arrives whichever events are switched on."""
    from vk_api.keyboard import VkKeyboard, VkKeyboardColor

    board = VkKeyboard(inline=True)
    for number, row in enumerate(rows):
        if number:
            board.add_line()
        color = VkKeyboardColor.SECONDARY if number else VkKeyboardColor.PRIMARY
        for button in row:
            board.add_button(button.label, color=color, payload={"t": button.token})
    return str(board.get_keyboard())


def line(attachment: Attachment) -> str:
    """What VK cannot carry as what it is, in a line that needs no translation."""
    if attachment.kind is AttachmentKind.CONTACT:
        return "☎ " + ", ".join(filter(None, (attachment.name, attachment.phone)))
    if attachment.kind is AttachmentKind.STICKER:
        return attachment.name if attachment.name and "." not in attachment.name else "🖼"
    return f"📎 {attachment.name or attachment.kind}"


def random_id_of(random_id: int, part: str) -> int:
    """A number of its own for a further message of the same delivery, the same at every attempt."""
    digest = hashlib.sha256(f"{random_id}:{part}".encode()).digest()
    return int.from_bytes(digest[:4], "big", signed=True) or 1


def _content(message: OutgoingMessage, attachments: str) -> dict[str, Any]:
    lines = [line(attachment) for attachment in message.attachments if _is_line(attachment)]
    text = "\n".join(filter(None, (message.text, *lines)))[: CAPABILITIES.text_limit]
    params: dict[str, Any] = {"message": text, **PLAIN}
    if message.buttons:
        params["keyboard"] = keyboard(message.buttons)
    if attachments:
        params["attachment"] = attachments
    return params


def _place(message: OutgoingMessage) -> dict[str, Any]:
    for attachment in message.attachments:
        if attachment.kind is AttachmentKind.LOCATION and attachment.latitude is not None:
            return {"lat": attachment.latitude, "long": attachment.longitude}
    return {}


def _is_line(attachment: Attachment) -> bool:
    return attachment.kind in UNCARRIED or is_wordy_sticker(attachment)


def is_wordy_sticker(attachment: Attachment) -> bool:
    """An animated sticker of another platform: VK has no picture of it."""
    return attachment.kind is AttachmentKind.STICKER and attachment.mime not in ("image/webp", "image/png", "")
