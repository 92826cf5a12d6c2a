"""send…: new messages of the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.entities import formatted, found_entities
from tests.fakes.telegram.methods import method
from tests.fakes.telegram.methods.access import inline_only, open_chat, reply_markup, reply_target, topic_to_write
from tests.fakes.telegram.methods.media import WITH_CAPTION, given_media
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad
from tests.fakes.telegram.world import Chat

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
EXTRA = {
    "video": ("duration", "width", "height"),
    "voice": ("duration",),
    "audio": ("duration", "performer", "title"),
    "video_note": ("duration", "length"),
    "animation": ("duration", "width", "height"),
}
ALBUM = {"photo", "video", "audio", "document"}


def text_of(source: str, mode: str, given: Any) -> dict[str, Any]:
    if not source:
        raise Bad("message text is empty")
    text, entities = formatted(source, mode, given)
    if not text:
        raise Bad("text must be non-empty")
    if len(text) > TEXT_LIMIT:
        raise Bad("message is too long")
    entities = entities or found_entities(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_of(source: str, mode: str, given: Any) -> dict[str, Any]:
    text, entities = formatted(source, mode, given)
    if len(text) > CAPTION_LIMIT:
        raise Bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def captioned(p: Params) -> dict[str, Any]:
    return caption_of(p.text("caption"), p.text("parse_mode"), p.json("caption_entities"))


def send(fake: FakeTelegram, p: Params, name: str, content: dict[str, Any]) -> dict[str, Any]:
    markup = reply_markup(p)
    chat = open_chat(fake, p)
    thread = topic_to_write(fake, chat, p)
    reply = reply_target(chat, p)
    return deliver(fake, chat, name, content, thread, reply, markup, p)


def deliver(
    fake: FakeTelegram,
    chat: Chat,
    name: str,
    content: dict[str, Any],
    thread: int | None,
    reply: int | None,
    markup: dict[str, Any] | None,
    p: Params,
    **fields: Any,
) -> dict[str, Any]:
    """The effect of every send."""
    fields |= inline_only(markup)
    message = fake.world.post(chat, fake.world.bot, content, thread=thread, reply_to=reply, **fields)
    if markup and "keyboard" in markup:
        chat.keyboard = markup
    elif markup and markup.get("remove_keyboard"):
        chat.keyboard = None
    fake.note_sent(name, chat, message, markup, reply, p.raw)
    return message


@method("sendMessage")
def send_message(fake: FakeTelegram, p: Params) -> Any:
    return send(fake, p, "sendMessage", text_of(p.text("text"), p.text("parse_mode"), p.json("entities")))


def _sender(name: str, kind: str) -> None:
    @method(name)
    def send_media(fake: FakeTelegram, p: Params) -> Any:
        fields = {key: p.number(key) or p.text(key) for key in EXTRA.get(kind, ()) if p.has(key)}
        content = captioned(p) if kind in WITH_CAPTION else {}
        open_chat(fake, p)
        return send(fake, p, name, given_media(fake.world, kind, p.file(kind), **fields) | content)


for _name, _kind in (
    ("sendPhoto", "photo"),
    ("sendDocument", "document"),
    ("sendVideo", "video"),
    ("sendVoice", "voice"),
    ("sendAudio", "audio"),
    ("sendVideoNote", "video_note"),
    ("sendAnimation", "animation"),
    ("sendSticker", "sticker"),
):
    _sender(_name, _kind)


def location_of(p: Params) -> dict[str, float]:
    latitude, longitude = p.real("latitude"), p.real("longitude")
    if latitude is None:
        raise Bad("latitude is empty")
    if longitude is None:
        raise Bad("longitude is empty")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Bad("wrong location specified")
    return {"latitude": latitude, "longitude": longitude}


@method("sendLocation")
def send_location(fake: FakeTelegram, p: Params) -> Any:
    return send(fake, p, "sendLocation", {"location": location_of(p)})


@method("sendVenue")
def send_venue(fake: FakeTelegram, p: Params) -> Any:
    place = location_of(p)
    if not p.text("title"):
        raise Bad("venue title must be non-empty")
    venue = {"location": place, "title": p.text("title"), "address": p.text("address")}
    return send(fake, p, "sendVenue", {"venue": venue, "location": place})


@method("sendContact")
def send_contact(fake: FakeTelegram, p: Params) -> Any:
    if not p.text("phone_number"):
        raise Bad("phone number is empty")
    if not p.text("first_name"):
        raise Bad("first name must be non-empty")
    fields = {key: p.text(key) for key in ("phone_number", "first_name", "last_name", "vcard") if p.text(key)}
    return send(fake, p, "sendContact", {"contact": fields})


@method("sendMediaGroup")
def send_media_group(fake: FakeTelegram, p: Params) -> Any:
    items = p.json("media")
    if not isinstance(items, list) or not items:
        raise Bad("there is no media in the request" if items is None else "expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise Bad("album must have 2-10 items" if len(items) < 2 else "too many messages to send as an album")
    kinds = {str(item.get("type")) for item in items}
    if kinds - ALBUM:
        raise Bad(f"can't parse InputMedia: type \"{(kinds - ALBUM).pop()}\" can't be used in sendMediaGroup")
    if len(kinds) > 1 and kinds & {"audio", "document"}:
        raise Bad("can't use the media of the specified type in the album")
    chat = open_chat(fake, p)
    contents = [
        given_media(fake.world, item["type"], p.attached(item.get("media")))
        | caption_of(item.get("caption") or "", item.get("parse_mode") or "", item.get("caption_entities"))
        for item in items
    ]
    thread, reply = topic_to_write(fake, chat, p), reply_target(chat, p)
    group = fake.world.next_group_id()
    return [
        deliver(fake, chat, "sendMediaGroup", content, thread, reply, None, p, media_group_id=group)
        for content in contents
    ]
