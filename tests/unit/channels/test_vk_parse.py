"""VK's events as they come, and as somebody hostile might send them."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.vk.incoming.parse import parse
from core.event import ButtonPressed, CustomerBlocked, CustomerReturned, MessageEdited, MessageReceived, OutsideReply
from core.message import AttachmentKind

GROUP = "123"


def message(**fields):
    base = {
        "id": 7,
        "conversation_message_id": 5,
        "peer_id": 42,
        "from_id": 42,
        "text": "Где заказ?",
        "date": 1700000000,
    }
    return base | fields


def event(kind="message_new", **content):
    return {"type": kind, "object": content, "group_id": 123, "event_id": "e1", "v": "5.199"}


def new(client=None, **fields):
    return event(message=message(**fields), client_info=client or {})


def only(payload):
    (found,) = parse(payload, GROUP)
    return found


def test_message():
    found = only(new({"inline_keyboard": False, "lang_id": 3}))
    assert isinstance(found, MessageReceived)
    assert (found.sender.channel, found.sender.account, found.sender.address) == ("vk", GROUP, "42")
    assert (found.sender.has_buttons, found.sender.language) == (False, "en")
    assert (found.message.origin_id, found.message.text) == ("5", "Где заказ?")
    assert found.message.sent_at == datetime.fromtimestamp(1700000000, UTC)


def test_message_before_5_103():
    assert only(event(**message())).message.text == "Где заказ?"


def test_reply_names_the_message_answered():
    assert only(new(reply_message={"conversation_message_id": 3, "text": "x"})).message.reply_to == "3"


def test_forwarded_words_are_the_customers_question():
    inner = {"text": "внутри", "fwd_messages": [{"text": "глубже"}], "attachments": [{"type": "poll", "poll": {}}]}
    found = only(new(text="", fwd_messages=[inner, {"text": "рядом"}])).message
    assert found.text == "внутри\n\nглубже\n\nрядом"
    assert found.lost == ("poll",)


def test_endless_forwards_end():
    nest = {"text": "x"}
    for _ in range(60):
        nest = {"text": "x", "fwd_messages": [nest, nest]}
    assert len(only(new(fwd_messages=[nest])).message.text) < 100


@pytest.mark.parametrize("payload", ['{"t":"a1"}', {"t": "a1"}])
def test_our_button(payload):
    found = only(new(text="Помогло", payload=payload))
    assert isinstance(found, ButtonPressed)
    assert (found.token, found.message.text, found.message.origin_id) == ("a1", "Помогло", "5")


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "[]",
        "5",
        "null",
        '"x"',
        "{",
        '{"t":5}',
        '{"t":""}',
        '{"t":"\\u0000"}',
        '{"t":["a"]}',
        '{"t":"ы"}',
        '{"other":1}',
        [],
        5,
        True,
        None,
        {"t": {"t": "a"}},
        "x" * 100000,
        "[" * 50000,
        '{"t":"' + "a" * 500 + '"}',
        {"button": "1"},
    ],
)
def test_forged_payload_is_plain_text(payload):
    found = only(new(text="Помогло", payload=payload))
    assert isinstance(found, MessageReceived)
    assert found.message.text == "Помогло"


def test_start_button_is_a_command_with_its_ref():
    start = '{"command":"start"}'
    assert only(new(text="Начать", payload=start)).message.text == "/start"
    assert only(new(text="Начать", payload=start, ref="shop", ref_source="ad")).message.text == "/start shop ad"


def test_link_is_told_beside_the_words():
    assert only(new(text="Где заказ?", ref="ref_anna", ref_source="x")).message.source == "ref_anna"
    assert only(new(text="Где заказ?")).message.source == ""
    for nonsense in (17, ["a"], None, {"a": 1}):
        assert only(new(text="Где заказ?", ref=nonsense)).message.source == ""
    pressed = only(new(text="Помогло", payload={"t": "a1"}, ref="ref_anna"))
    assert pressed.message.source == "ref_anna"


def test_callback_button():
    found = only(
        event("message_event", user_id=42, peer_id=42, event_id="x", payload={"t": "a1"}, conversation_message_id=4)
    )
    assert found == ButtonPressed(found.sender, "a1")
    assert parse(event("message_event", user_id=42, peer_id=42, event_id="x", payload="[1]"), GROUP) == ()
    assert parse(event("message_event", user_id=43, peer_id=42, event_id="x", payload={"t": "a1"}), GROUP) == ()


def test_edit_by_the_customer_and_by_us():
    assert isinstance(only(event("message_edit", **message(text="Иначе"))), MessageEdited)
    assert parse(event("message_edit", **message(from_id=-123, out=1)), GROUP) == ()


def test_reply_of_a_person_on_the_community_page():
    found = only(event("message_reply", **message(from_id=-123, out=1, admin_author_id=9, text="Отвечу сам")))
    assert isinstance(found, OutsideReply)
    assert (found.sender.address, found.author, found.message.text) == ("42", "9", "Отвечу сам")
    assert parse(event("message_reply", **message(from_id=-123, out=1, random_id=77)), GROUP) == ()


def test_blocked_and_returned():
    assert isinstance(only(event("message_deny", user_id=42)), CustomerBlocked)
    assert isinstance(only(event("message_allow", user_id=42, key="")), CustomerReturned)


@pytest.mark.parametrize(
    "payload",
    [
        new(peer_id=2_000_000_001),
        new(from_id=-5, peer_id=-5),
        new(out=1),
        event("wall_reply_new", id=1, from_id=42, text="?"),
        event("message_typing_state", from_id=42),
        event("made_up_tomorrow"),
    ],
)
def test_what_does_not_concern_us(payload):
    assert parse(payload, GROUP) == ()


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": 5},
        {"raw": "junk"},
        {"type": "message_new"},
        {"type": "message_new", "object": []},
        event(message=[]),
        event(message={}),
        event(message={"peer_id": 42, "from_id": 42}),
        event("message_deny"),
        event("message_deny", user_id="42"),
        event("message_reply", message=5),
    ],
)
def test_junk_is_set_aside(payload):
    with pytest.raises(ValueError, match=r".+"):
        parse(payload, GROUP)


def attached(*attachments, **fields):
    return only(new(attachments=list(attachments), **fields)).message


@pytest.mark.parametrize(
    ("item", "kind", "ref"),
    [
        (
            {
                "type": "photo",
                "photo": {
                    "sizes": [
                        {"type": "s", "url": "https://v/s", "width": 75, "height": 75},
                        {"type": "z", "url": "https://v/z", "width": 800, "height": 600},
                    ]
                },
            },
            "photo",
            "https://v/z",
        ),
        (
            {
                "type": "photo",
                "photo": {"sizes": [{"type": "w", "url": "https://v/w"}, {"type": "m", "url": "https://v/m"}]},
            },
            "photo",
            "https://v/w",
        ),
        (
            {
                "type": "sticker",
                "sticker": {
                    "images": [
                        {"url": "https://v/64", "width": 64, "height": 64},
                        {"url": "https://v/512", "width": 512, "height": 512},
                    ]
                },
            },
            "sticker",
            "https://v/512",
        ),
        (
            {"type": "audio_message", "audio_message": {"link_ogg": "https://v/o.ogg", "duration": 3}},
            "voice",
            "https://v/o.ogg",
        ),
        (
            {"type": "audio", "audio": {"url": "https://v/a.mp3", "artist": "А", "title": "Б"}},
            "audio",
            "https://v/a.mp3",
        ),
        (
            {"type": "doc", "doc": {"url": "https://v/d", "title": "счёт.pdf", "ext": "pdf", "size": 9, "type": 1}},
            "document",
            "https://v/d",
        ),
        (
            {"type": "doc", "doc": {"url": "https://v/g", "title": "x", "ext": "gif", "type": 3}},
            "animation",
            "https://v/g",
        ),
        ({"type": "graffiti", "graffiti": {"url": "https://v/f"}}, "photo", "https://v/f"),
        (
            {"type": "video", "video": {"files": {"mp4_240": "https://v/2", "mp4_720": "https://v/7"}}},
            "video",
            "https://v/7",
        ),
    ],
)
def test_attachment(item, kind, ref):
    (found,) = attached(item).attachments
    assert (found.kind, found.channel, found.ref) == (AttachmentKind(kind), "vk", ref)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (
            {"type": "video", "video": {"id": 2, "owner_id": -1, "title": "Обзор"}},
            "video Обзор https://vk.com/video-1_2",
        ),
        ({"type": "link", "link": {"url": "https://shop.ru/1", "title": "Товар"}}, "link Товар https://shop.ru/1"),
        ({"type": "wall", "wall": {"id": 2, "from_id": 1}}, "wall https://vk.com/wall1_2"),
        ({"type": "poll", "poll": 5}, "poll"),
        ({"type": "gift"}, "gift"),
        ({"type": "photo", "photo": {"sizes": [{"url": "javascript:x"}]}}, "photo"),
        ({"type": "photo", "photo": {"sizes": "x"}}, "photo"),
    ],
)
def test_what_cannot_be_carried_is_named(item, name):
    found = attached(item)
    assert [(a.kind, a.name) for a in found.attachments] == [(AttachmentKind.OTHER, name)]
    assert found.lost == (item["type"],)


def test_place():
    found = only(
        new(geo={"type": "point", "coordinates": {"latitude": 55.7, "longitude": 37.6}, "place": {"title": "Москва"}})
    )
    (place,) = found.message.attachments
    assert (place.kind, place.latitude, place.longitude, place.name) == (AttachmentKind.LOCATION, 55.7, 37.6, "Москва")
    assert only(new(geo={"coordinates": {"latitude": 955, "longitude": "x"}})).message.attachments == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "message",
                    "peer_id",
                    "from_id",
                    "text",
                    "payload",
                    "attachments",
                    "photo",
                    "sizes",
                    "geo",
                    "t",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(
    ["message_new", "message_edit", "message_reply", "message_event", "message_deny", "message_allow", "x"]
)


@given(KINDS, JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_nothing_but_value_error(kind, content, part):
    hostile = message(
        payload=part, attachments=part, geo=part, fwd_messages=part, reply_message=part, date=part, text=part
    )
    for thing in (content, {"message": content}, {"message": hostile, "client_info": part}):
        with contextlib.suppress(ValueError):
            parse({"type": kind, "object": thing}, GROUP)
    json.dumps(hostile)
