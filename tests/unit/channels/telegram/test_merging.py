"""Bursts of one customer as one post."""

from __future__ import annotations

import json
from typing import Any

from channels.telegram.outgoing.merging import can_merge, merged
from core.conversation import ConversationId
from core.delivery import Delivery, DeliveryId, DeskAct, DeskPost
from core.message import Attachment, AttachmentKind, Button


def post(text: str, conversation: int = 1, **fields: Any) -> Delivery:
    content = DeskPost(**({"act": DeskAct.POST, "text": text, "is_relay": True} | fields))
    place = ConversationId(conversation)
    return Delivery(DeliveryId(1), "telegram_desk", "1", "-1", f"topic:{conversation}", content, 1, place)


def test_leading_plain_posts_of_one_lane() -> None:
    assert can_merge([]) == 0
    assert can_merge([post("a"), post("b"), post("c")]) == 3
    assert can_merge([post("a"), post("b", conversation=2)]) == 1
    assert can_merge([post("a"), post("b", reply_to="5"), post("c")]) == 1
    assert can_merge([post("a", reply_to="5"), post("b")]) == 2


def test_what_is_more_than_words_stays_alone() -> None:
    photo = Attachment(AttachmentKind.PHOTO, "telegram", "x")
    for other in (
        post("b", attachments=(photo,)),
        post("b", buttons=((Button("x", "y"),),)),
        post("b", is_relay=False),
        post("b", act=DeskAct.EDIT, target="1"),
        post("", act=DeskAct.CLOSE),
    ):
        assert can_merge([post("a"), other]) == 1
        assert can_merge([other, post("a")]) == 1


def test_only_what_fits_in_one_message() -> None:
    assert can_merge([post("я" * 2000), post("я" * 2000), post("я" * 95), post("я")]) == 2
    assert can_merge([post("😀" * 1000), post("😀" * 1000), post("😀" * 48)]) == 2


def test_formatting_moves_along() -> None:
    bold = json.dumps([{"type": "bold", "offset": 0, "length": 1}])
    whole = merged([post("😀", markup=bold), post("b", markup="junk"), post("c", markup=bold)]).content
    assert isinstance(whole, DeskPost)
    assert whole.text == "😀\nb\nc"
    assert [entity["offset"] for entity in json.loads(whole.markup)] == [0, 5]
