"""What is asked of messages.send and messages.edit."""

import json

from channels.vk.outgoing.compose import CAPABILITIES, edit_params, keyboard, line, random_id_of, send_params
from core.delivery import Delivery, DeliveryId
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage

ROWS = ((Button("Помогло", "a1"), Button("Не помогло", "a2")), (Button("Позвать оператора", "a3"),))


def delivery(message):
    return Delivery(DeliveryId(1), "vk", "123", "42", "vk:42", message, random_id=-77)


def sent(message, attachments=""):
    return send_params(message, delivery(message), attachments)


def test_plain_text():
    assert sent(OutgoingMessage("[id1|Имя] https://x.ru")) == {
        "peer_ids": "42",
        "random_id": -77,
        "message": "[id1|Имя] https://x.ru",
        "disable_mentions": True,
        "dont_parse_links": True,
    }


def test_keyboard_is_inline_with_tokens():
    board = json.loads(keyboard(ROWS))
    assert board["inline"] is True
    actions = [[button["action"] for button in row] for row in board["buttons"]]
    assert actions[0][0] == {"type": "text", "label": "Помогло", "payload": '{"t":"a1"}'}
    assert [[button["color"] for button in row] for row in board["buttons"]] == [["primary", "primary"], ["secondary"]]


def test_reply_is_a_forward_by_conversation_message_id():
    assert sent(OutgoingMessage("да", reply_to="5"))["forward"] == {
        "peer_id": 42,
        "conversation_message_ids": [5],
        "is_reply": 1,
    }
    assert "forward" not in sent(OutgoingMessage("да", reply_to="не число"))


def test_edit_sends_everything_again():
    message = OutgoingMessage("иначе", ROWS, edit_of="9")
    params = edit_params(message, delivery(message), "photo1_2")
    assert (params["peer_id"], params["cmid"], params["attachment"]) == (42, 9, "photo1_2")
    assert params["keyboard"] == keyboard(ROWS)


def test_place_contact_and_other():
    place = Attachment(AttachmentKind.LOCATION, latitude=55.7, longitude=37.6)
    contact = Attachment(AttachmentKind.CONTACT, name="Аня", phone="+7900")
    params = sent(OutgoingMessage("", attachments=(place, contact)))
    assert (params["lat"], params["long"], params["message"]) == (55.7, 37.6, "☎ Аня, +7900")


def test_stickers_that_move_become_words():
    assert line(Attachment(AttachmentKind.STICKER, name="👍", mime="application/x-tgsticker")) == "👍"
    message = OutgoingMessage(attachments=(Attachment(AttachmentKind.STICKER, name="👍", mime="video/webm"),))
    assert sent(message)["message"] == "👍"


def test_further_messages_of_a_delivery_have_lasting_numbers():
    numbers = {random_id_of(5, "1"), random_id_of(5, "2"), random_id_of(6, "1")}
    assert len(numbers) == 3
    assert random_id_of(5, "1") in numbers
    assert all(-(2**31) <= number < 2**31 and number for number in numbers)


def test_what_vk_takes():
    assert (CAPABILITIES.max_buttons, CAPABILITIES.max_row, CAPABILITIES.max_rows, CAPABILITIES.label_limit) == (
        10,
        5,
        6,
        40,
    )
    assert CAPABILITIES.is_idempotent
    assert not CAPABILITIES.has_markup
