"""Messages -> calls: keyboards, names of files, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.telegram.outgoing.compose import Place, compose, edits, keyboard
from channels.telegram.outgoing.send import plainer
from channels.telegram.wire import sdk
from channels.telegram.wire.errors import explain, explain_desk
from core.channel import StoredFile
from core.errors import Permanent, Refusal, Retryable, TopicGone
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage


class OneFile:
    def __init__(self, size: int = 1, name: str = "a.bin") -> None:
        self.file = StoredFile(Path("a.bin"), name, "application/octet-stream", size)

    async def get(self, attachment: Attachment) -> StoredFile:
        return self.file


PHOTO = Attachment(AttachmentKind.PHOTO, "vk", "x")


def test_keyboard() -> None:
    rows = ((Button("Да", "y"), Button("Нет", "n")), ())
    assert keyboard(rows) == {
        "inline_keyboard": [[{"text": "Да", "callback_data": "y"}, {"text": "Нет", "callback_data": "n"}]]
    }
    assert keyboard(()) is None
    assert keyboard(((),)) is None


async def test_file_limits() -> None:
    mb = 2**20
    for size in (0, 50 * mb + 1):
        with pytest.raises(Permanent) as caught:
            await compose(OutgoingMessage("x", attachments=(PHOTO,)), Place(1), OneFile(size))
        assert caught.value.reason is Refusal.FILE
    (step,) = await compose(OutgoingMessage("x", attachments=(PHOTO,)), Place(1), OneFile(11 * mb))
    assert step.method is sdk.methods.SendDocument


async def test_file_names_are_safe() -> None:
    name = '../a"b\r\nc/ё.pdf'
    document = Attachment(AttachmentKind.DOCUMENT, "vk", "x", name=name)
    (step,) = await compose(OutgoingMessage(attachments=(document,)), Place(1), OneFile())
    assert step.fields["document"].filename == ".._a_b__c_ё.pdf"


async def test_place_fields() -> None:
    (step,) = await compose(OutgoingMessage("x"), Place(-1, "7"), OneFile())
    assert (step.fields["chat_id"], step.fields["message_thread_id"]) == (-1, 7)
    (step,) = await compose(OutgoingMessage("x", reply_to="junk", markup="junk"), Place(-1), OneFile())
    assert "message_thread_id" not in step.fields
    assert step.fields.get("entities") is None
    assert "reply_parameters" not in step.fields


def test_ways_to_edit() -> None:
    text, caption = edits(OutgoingMessage("x"), 1, 2)
    assert (text.method, caption.method) == (sdk.methods.EditMessageText, sdk.methods.EditMessageCaption)
    assert edits(OutgoingMessage("x", attachments=(PHOTO,)), 1, 2)[0].method is sdk.methods.EditMessageCaption
    (buttons,) = edits(OutgoingMessage(), 1, 2)
    assert buttons.method is sdk.methods.EditMessageReplyMarkup


METHOD = sdk.with_fields(sdk.methods.SendMessage, {"chat_id": 1, "text": "x"})


def refusal(words: str) -> sdk.TelegramBadRequest:
    return sdk.TelegramBadRequest(method=METHOD, message=f"Bad Request: {words}")


async def test_plainer() -> None:
    (step,) = await compose(OutgoingMessage("x", buttons=((Button("a", "b"),),), reply_to="5"), Place(1), OneFile())
    assert "reply_markup" not in plainer(refusal("BUTTON_DATA_INVALID"), step).fields  # type: ignore[union-attr]
    assert "reply_parameters" not in plainer(refusal("message to be replied not found"), step).fields  # type: ignore[union-attr]
    assert plainer(refusal("can't parse entities"), step) is None
    assert plainer(refusal("chat not found"), step) is None
    (photo,) = await compose(OutgoingMessage(attachments=(PHOTO,)), Place(1), OneFile())
    assert plainer(refusal("PHOTO_INVALID_DIMENSIONS"), photo).method is sdk.methods.SendDocument  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"])
def test_topic_gone(words: str) -> None:
    assert isinstance(explain_desk(refusal(words), "the group"), TopicGone)


@pytest.mark.parametrize("words", ["not enough rights to create a topic", "the chat is not a forum", "chat not found"])
def test_desk_trouble_waits_for_a_person(words: str) -> None:
    error = explain_desk(refusal(words), "the group")
    assert isinstance(error, Retryable)
    assert (error.alert, error.counts, error.after) == (True, False, 60)


def test_unknown_errors_are_refusals() -> None:
    assert isinstance(explain(ValueError("secret text")), Permanent)
    assert "secret" not in str(explain(ValueError("secret text")))
    assert isinstance(explain(refusal("something new")), Permanent)
