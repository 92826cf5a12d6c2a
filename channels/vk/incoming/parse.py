"""VK's events to ours; whatever a payload claims is taken for what it is: input from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels.vk.incoming.attachments import read_attachments
from core.customer import Sender
from core.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerReturned,
    Event,
    MessageEdited,
    MessageReceived,
    OutsideReply,
    PublicComment,
)
from core.message import IncomingMessage

FIRST_CHAT = 2_000_000_000
LONGEST_PAYLOAD = 1024
LONGEST_TOKEN = 64
MOST_FORWARDS = 20
LONGEST_COMMENT = 2000
_LANGUAGES = {0: "ru", 1: "uk", 2: "be", 3: "en", 97: "kk"}


def parse(payload: Mapping[str, Any], account: str) -> Sequence[Event]:
    """Events of one arrival; none for what does not concern us. ValueError for what is no event of VK."""
    kind, content = payload.get("type"), payload.get("object")
    if not isinstance(kind, str):
        raise ValueError("not an event of VK")
    read = _READERS.get(kind)
    if read is None:
        return ()
    if not isinstance(content, dict):
        raise ValueError(f"{kind} without an object")
    return read(content, account)


def read_payload(raw: Any) -> dict[str, Any]:
    """A button's payload: a string of JSON or the object itself; anything else is nobody's."""
    if isinstance(raw, str):
        if len(raw) > LONGEST_PAYLOAD:
            return {}
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
    return raw if isinstance(raw, dict) else {}


def read_token(payload: Mapping[str, Any]) -> str:
    token = payload.get("t")
    is_ours = isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable()
    return str(token) if is_ours else ""


def _message_new(content: dict[str, Any], account: str) -> Sequence[Event]:
    message = content.get("message", content)  # before 5.103 the object is the message itself
    if not isinstance(message, dict):
        raise ValueError("message_new without a message")
    sender = _customer(message, account, content.get("client_info"))
    if sender is None:
        return ()
    payload = read_payload(message.get("payload"))
    said = _read(message)
    if payload.get("command") == "start":
        words = ["/start", *(_short(message.get(key)) for key in ("ref", "ref_source"))]
        return (MessageReceived(sender, _with_text(said, " ".join(filter(None, words)))),)
    said = replace(said, source=_short(message.get("ref")))  # who came by a link need not press Start
    if token := read_token(payload):
        return (ButtonPressed(sender, token, said),)
    return (MessageReceived(sender, said),)


def _message_edit(content: dict[str, Any], account: str) -> Sequence[Event]:
    message = content.get("message", content)
    sender = _customer(message, account) if isinstance(message, dict) else None
    return (MessageEdited(sender, _read(message)),) if sender else ()


def _message_reply(content: dict[str, Any], account: str) -> Sequence[Event]:
    """Everything sent for the community comes back this way; only a person's words are news."""
    message = content.get("message", content)
    if not isinstance(message, dict):
        raise ValueError("message_reply without a message")
    author, peer = message.get("admin_author_id"), message.get("peer_id")
    if not _is_person(author) or not _is_person(peer):
        return ()
    return (OutsideReply(Sender("vk", account, str(peer)), str(author), _read(message)),)


def _message_event(content: dict[str, Any], account: str) -> Sequence[Event]:
    peer, token = content.get("peer_id"), read_token(read_payload(content.get("payload")))
    if not _is_person(peer) or content.get("user_id") != peer or not token:
        return ()
    return (ButtonPressed(Sender("vk", account, str(peer)), token),)


def _message_deny(content: dict[str, Any], account: str) -> Sequence[Event]:
    return (CustomerBlocked(_person(content, account)),)


def _message_allow(content: dict[str, Any], account: str) -> Sequence[Event]:
    return (CustomerReturned(_person(content, account)),)


def _wall_reply_new(content: dict[str, Any], account: str) -> Sequence[Event]:
    """A comment on the community's wall by a person; communities' comments, our own among them, are none of it."""
    author, post, number = (content.get(key) for key in ("from_id", "post_id", "id"))
    if not (isinstance(author, int) and isinstance(post, int) and isinstance(number, int)) or author <= 0:
        return ()
    if content.get("owner_id") != -int(account):
        return ()
    sender, text = Sender("vk", account, str(author)), content.get("text")
    return (PublicComment(sender, f"wall:{post}:{number}", text[:LONGEST_COMMENT] if isinstance(text, str) else ""),)


_READERS: dict[str, Callable[[dict[str, Any], str], Sequence[Event]]] = {
    "message_new": _message_new,
    "message_edit": _message_edit,
    "message_reply": _message_reply,
    "message_event": _message_event,
    "message_deny": _message_deny,
    "message_allow": _message_allow,
    "wall_reply_new": _wall_reply_new,
}


def _customer(message: Mapping[str, Any], account: str, client: Any = None) -> Sender | None:
    """Who wrote, in a chat of their own with us; None for group chats, communities and ourselves."""
    peer, author = message.get("peer_id"), message.get("from_id")
    if peer is None or author is None:
        raise ValueError("a message without sender")
    if not _is_person(peer) or author != peer or message.get("out") == 1:
        return None
    known = client if isinstance(client, dict) else {}
    has_buttons = known.get("inline_keyboard")
    language = known.get("lang_id")
    return Sender(
        "vk",
        account,
        str(peer),
        language=_LANGUAGES.get(language, "") if isinstance(language, int) else "",
        has_buttons=has_buttons if isinstance(has_buttons, bool) else None,
    )


def _person(content: Mapping[str, Any], account: str) -> Sender:
    if not _is_person(content.get("user_id")):
        raise ValueError("an event without a user")
    return Sender("vk", account, str(content["user_id"]))


def _is_person(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < FIRST_CHAT


def _read(message: Mapping[str, Any]) -> IncomingMessage:
    """Forwarded words count as the customer's own: often they are the question."""
    origin_id = message.get("conversation_message_id")
    if not isinstance(origin_id, int):
        raise ValueError("a message without conversation_message_id")
    attachments, lost = read_attachments(message)
    texts = [_text(message)]
    for forwarded in _forwards(message):
        texts.append(_text(forwarded))
        more_attachments, more_lost = read_attachments(forwarded)
        attachments, lost = attachments + more_attachments, lost + more_lost
    answered = message.get("reply_message")
    reply_to = answered.get("conversation_message_id", "") if isinstance(answered, dict) else ""
    return IncomingMessage(
        origin_id=str(origin_id),
        text="\n\n".join(filter(None, texts)),
        attachments=tuple(attachments),
        sent_at=_moment(message.get("date")),
        reply_to=str(reply_to),
        lost=tuple(dict.fromkeys(lost)),
    )


def _with_text(message: IncomingMessage, text: str) -> IncomingMessage:
    return IncomingMessage(message.origin_id, text, sent_at=message.sent_at)


def _forwards(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Forwarded messages and those inside them, in reading order, not endlessly many."""
    found: list[Mapping[str, Any]] = []
    waiting = [message]
    while waiting and len(found) <= MOST_FORWARDS:
        current = waiting.pop()
        if current is not message:
            found.append(current)
        inner = current.get("fwd_messages")
        if isinstance(inner, list):
            waiting += [item for item in reversed(inner) if isinstance(item, dict)]
    return found


def _text(message: Mapping[str, Any]) -> str:
    text = message.get("text", "")
    return text if isinstance(text, str) else ""


def _short(value: Any) -> str:
    return value[:64] if isinstance(value, str) else ""


def _moment(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
