"""Updates -> events, for what Telegram sends and for what nobody should."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.incoming.content import clean
from channels.telegram.incoming.parse import chat_of, message_of, parse_customer, parse_desk
from core.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerReturned,
    DeskMoved,
    MessageEdited,
    MessageReceived,
    OperatorWrote,
    TopicSeen,
    TopicToggled,
)
from core.message import AttachmentKind

BOT = "42"
PERSON = {"id": 1001, "is_bot": False, "first_name": "Анна", "last_name": "Белова", "username": "anna"}
PERSON |= {"language_code": "ru"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Анна"}
GROUP = {"id": -100500, "type": "supergroup", "title": "Операторы", "is_forum": True}
MEMBER = {"id": 7001, "is_bot": False, "first_name": "Олег"}


def customer(**fields: Any) -> Any:
    message = {"message_id": 5, "date": 1_700_000_000, "from": PERSON, "chat": PRIVATE} | fields
    events = parse_customer({"update_id": 1, "message": message}, BOT, "our_bot")
    return events[0] if events else None


def member(**fields: Any) -> Any:
    message = {"message_id": 5, "date": 1_700_000_000, "from": MEMBER, "chat": GROUP} | fields
    events = parse_desk({"update_id": 1, "message": message}, BOT, "our_bot")
    return events[0] if events else None


def test_sender_and_message() -> None:
    event = customer(text="привет")
    assert isinstance(event, MessageReceived)
    sender = event.sender
    assert (sender.channel, sender.account, sender.address) == ("telegram", BOT, "1001")
    assert (sender.name, sender.username, sender.language) == ("Анна Белова", "anna", "ru")
    assert event.message.sent_at is not None
    assert event.message.sent_at.year == 2023


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("/start", "/start"),
        ("/start promo_1", "/start promo_1"),
        ("/start@our_bot promo", "/start promo"),
        ("/start@OUR_BOT", "/start"),
        ("/start@other_bot", "/start@other_bot"),
        ("/", "/"),
        ("mail@our_bot", "mail@our_bot"),
    ],
)
def test_commands(said: str, read: str) -> None:
    assert customer(text=said).message.text == read


def test_formatting_is_kept_and_the_rest_left_out() -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "url", "offset": 3, "length": 2},
        {"type": "text_link", "offset": 3, "length": 2, "url": "https://example.org"},
        {"type": "bold", "offset": -1, "length": 2},
        {"type": ["bold"], "offset": 0, "length": 1},
        "junk",
    ]
    kept = json.loads(customer(text="жирно", entities=entities).message.markup)
    assert [entity["type"] for entity in kept] == ["bold", "text_link"]
    assert json.loads(customer(caption="жирно", caption_entities=entities, photo=[{"file_id": "x"}]).message.markup)
    assert customer(text="x", entities="junk").message.markup == ""


def test_largest_photo() -> None:
    sizes = [{"file_id": "s", "width": 90, "height": 90}, {"file_id": "l", "width": 900, "height": 900, "file_size": 7}]
    (photo,) = customer(photo=sizes[::-1], caption="вот").message.attachments
    assert (photo.kind, photo.ref, photo.size) == (AttachmentKind.PHOTO, "l", 7)


def test_animation_is_no_document() -> None:
    message = {"animation": {"file_id": "a", "duration": 2}, "document": {"file_id": "a"}}
    (animation,) = customer(**message).message.attachments
    assert (animation.kind, animation.duration) == (AttachmentKind.ANIMATION, 2)


def test_document_and_audio_names() -> None:
    file = {"file_id": "x", "file_name": "Счёт.pdf", "mime_type": "application/pdf", "file_size": 9}
    (document,) = customer(document=file).message.attachments
    assert (document.name, document.mime, document.size) == ("Счёт.pdf", "application/pdf", 9)
    (audio,) = customer(audio={"file_id": "x", "performer": "Кино", "title": "Кукушка"}).message.attachments
    assert audio.name == "Кино - Кукушка"


@pytest.mark.parametrize("kind", ["poll", "dice", "game", "story", "paid_media", "checklist", "giveaway", "invoice"])
def test_what_cannot_be_carried_is_named(kind: str) -> None:
    message = customer(**{kind: {"x": 1}}).message
    assert message.lost == (kind,)
    assert message.attachments[0].kind is AttachmentKind.OTHER


def test_places() -> None:
    place = {"latitude": 55.5, "longitude": 37}
    (venue,) = customer(
        location=place, venue={"location": place, "title": "Кафе", "address": "Тверская"}
    ).message.attachments
    assert (venue.latitude, venue.longitude, venue.name) == (55.5, 37.0, "Кафе, Тверская")
    for odd in (float("inf"), float("nan"), "55", None, True, 10**400):
        assert customer(location={"latitude": odd, "longitude": 37}) is None


def test_service_messages_are_nothing() -> None:
    for service in ({"pinned_message": {"x": 1}}, {"message_auto_delete_timer_changed": {"x": 1}}, {}):
        assert customer(**service) is None
        assert member(**service) is None


def test_groups_are_no_customers() -> None:
    assert customer(chat=GROUP, text="привет") is None


def test_edits() -> None:
    message = {"message_id": 5, "date": 1, "from": PERSON, "chat": PRIVATE}
    (edited,) = parse_customer({"edited_message": message | {"text": "иначе"}}, BOT, "")
    assert isinstance(edited, MessageEdited)
    place = {"location": {"latitude": 1.0, "longitude": 1.0}}
    assert parse_customer({"edited_message": message | place}, BOT, "") == ()


@pytest.mark.parametrize(("status", "event"), [("kicked", CustomerBlocked), ("member", CustomerReturned)])
def test_membership(status: str, event: type[Any]) -> None:
    change = {"chat": PRIVATE, "from": PERSON, "new_chat_member": {"status": status}}
    (found,) = parse_customer({"my_chat_member": change}, BOT, "")
    assert type(found) is event
    assert parse_customer({"my_chat_member": change | {"chat": GROUP}}, BOT, "") == ()


def test_presses() -> None:
    query = {"id": "9", "from": PERSON, "data": "tok", "message": {"message_id": 3, "date": 0, "chat": PRIVATE}}
    (press,) = parse_customer({"callback_query": query}, BOT, "")
    assert press == ButtonPressed(press.sender, "tok")
    assert press.sender.address == "1001"
    assert parse_customer({"callback_query": query | {"message": {"chat": GROUP}}}, BOT, "") == ()
    assert parse_customer({"callback_query": {"id": "9", "from": PERSON, "game_short_name": "g"}}, BOT, "") == ()
    query |= {"message": {"message_id": 3, "chat": GROUP, "message_thread_id": 8, "is_topic_message": True}}
    (pressed,) = parse_desk({"callback_query": query}, BOT, "")
    assert (pressed.desk, pressed.topic, pressed.token, pressed.origin_id) == ("-100500", "8", "tok", "3")  # type: ignore[union-attr]


def test_topics_of_desk_messages() -> None:
    assert member(text="x", message_thread_id=8, is_topic_message=True).topic == "8"
    assert member(text="x", message_thread_id=8).topic == ""
    root = {"reply_to_message": {"message_id": 8}}
    assert member(text="x", message_thread_id=8, is_topic_message=True, **root).message.reply_to == ""
    answer = {"reply_to_message": {"message_id": 9}}
    assert member(text="x", message_thread_id=8, is_topic_message=True, **answer).message.reply_to == "9"


def test_topic_service_messages() -> None:
    ours = {"from": {"id": 42, "is_bot": True}, "message_thread_id": 8, "is_topic_message": True}
    theirs = {"from": MEMBER, "message_thread_id": 8, "is_topic_message": True}
    seen = member(**ours, forum_topic_created={"name": "#17 Анна · VK"})
    assert isinstance(seen, TopicSeen)
    assert (seen.topic, seen.conversation_id) == ("8", 17)
    for name in ("Анна", "17", "# 17", "#x", "#17x", "#" + "9" * 40):
        assert member(**ours, forum_topic_created={"name": name}) is None
    assert member(**theirs, forum_topic_created={"name": "#17 подделка"}) is None
    closed = member(**theirs, forum_topic_closed={})
    assert isinstance(closed, TopicToggled)
    assert closed.is_closed
    assert member(**theirs, forum_topic_reopened={}).is_closed is False
    assert member(**ours, forum_topic_closed={}) is None


def test_moved_group() -> None:
    moved = member(migrate_to_chat_id=-100777)
    assert moved == DeskMoved("-100500", "-100777")


def test_who_wrote() -> None:
    assert member(text="x", **{"from": {"id": 5, "is_bot": True}}) is None
    masked = {"from": {"id": 1087968824, "is_bot": True}, "sender_chat": {"id": -100500, "title": "Операторы"}}
    event = member(text="x", **masked)
    assert isinstance(event, OperatorWrote)
    assert event.member.id == "-100500"
    assert member(text="x", is_automatic_forward=True, sender_chat={"id": -1, "title": "канал"}) is None


def test_odd_characters() -> None:
    text = "а\ud83d\ude00б\ud800в\x00\x07"
    read = customer(text=text).message.text
    read.encode()
    assert "\x00" not in read
    assert clean("\ud83d\ude00") == "😀"
    assert customer(text="привет", **{"from": PERSON | {"first_name": "\ud800\x00"}}).sender.name.encode()


@pytest.mark.parametrize(
    "update",
    [
        {"message": None},
        {"message": "x"},
        {"message": {}},
        {"message": {"chat": PRIVATE, "from": PERSON, "text": "x"}},
        {"message": {"chat": {"type": "private"}, "message_id": 1, "text": "x"}},
        {"callback_query": {"data": "x"}},
        {"my_chat_member": {"new_chat_member": {}}},
    ],
)
def test_unreadable(update: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no"):
        parse_customer(update, BOT, "")


WORDS = st.sampled_from(
    [
        *("message", "edited_message", "callback_query", "my_chat_member", "update_id", "message_id", "chat", "from"),
        *("id", "type", "private", "supergroup", "text", "caption", "entities", "offset", "length", "photo", "file_id"),
        *("width", "document", "location", "latitude", "longitude", "venue", "contact", "date", "data", "status"),
        *("reply_to_message", "message_thread_id", "is_topic_message", "forum_topic_created", "forum_topic_closed"),
        *("name", "sender_chat", "migrate_to_chat_id", "new_chat_member", "poll", "sticker", "first_name", "title"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=1, max_value=99)
    | st.floats()
    | WORDS
    | st.text(st.characters(), max_size=8)
    | st.just("\ud800")
    | st.just(10**400)
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=8), max_leaves=20
)
MESSAGES = st.fixed_dictionaries(
    {"message_id": st.integers(1, 9) | LEAVES, "chat": st.just(PRIVATE) | st.just(GROUP) | JSON}
).flatmap(lambda fixed: st.dictionaries(WORDS, JSON, max_size=8).map(lambda more: more | fixed))
UPDATES = st.dictionaries(WORDS, JSON, max_size=4) | st.sampled_from(
    ["message", "edited_message", "callback_query", "my_chat_member"]
).flatmap(lambda kind: MESSAGES.map(lambda message: {kind: message}))


@settings(max_examples=120, deadline=None)
@given(UPDATES)
def test_junk_raises_nothing_but_value_error(update: dict[str, Any]) -> None:
    chat_of(update)
    message_of(update)
    for parse in (parse_customer, parse_desk):
        try:
            events = parse(update, BOT, "our_bot")
        except ValueError:
            continue
        repr(events).encode()
