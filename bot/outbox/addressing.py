"""Fills in the ids that were not known when a delivery was made: what it answers, what it changes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from bot.storage.messages import find_message, placements_of
from bot.storage.outbox import StoredDelivery
from core.delivery import Delivery, DeskAct, DeskPost
from core.errors import Permanent, Refusal


def resolve(connection: Connection, stored: StoredDelivery) -> Delivery:
    """The delivery with its references; an edit of something that never got there is refused."""
    delivery, refers_to = stored.delivery, stored.refers_to or {}
    if isinstance(delivery.content, DeskPost):
        return _on_desk(connection, delivery, refers_to)
    content = delivery.content
    if "reply_to" in refers_to:
        content = replace(content, reply_to=_origin(connection, refers_to["reply_to"]))
    if "edit_of" in refers_to:
        origin = _origin(connection, refers_to["edit_of"])
        if not origin:
            raise Permanent("the message to change was never delivered", Refusal.NOT_FOUND)
        content = replace(content, edit_of=origin)
    return replace(delivery, content=content)


def _origin(connection: Connection, number: int) -> str:
    row = find_message(connection, number)
    return (row.origin_id or "") if row is not None else ""


def _place(connection: Connection, number: int, desk: str) -> str:
    places = placements_of(connection, number, desk)
    return places[0].platform_id if places else ""


def _on_desk(connection: Connection, delivery: Delivery, refers_to: object) -> Delivery:
    assert isinstance(delivery.content, DeskPost)
    assert isinstance(refers_to, dict)
    content = delivery.content
    if "reply_to" in refers_to:
        content = replace(content, reply_to=_place(connection, refers_to["reply_to"], delivery.address))
    if "target" in refers_to:
        content = replace(content, target=_place(connection, refers_to["target"], delivery.address))
        if content.act is DeskAct.EDIT and not content.target:
            # it stands nowhere by itself, only in the history under a card: the change is said
            content = replace(content, act=DeskAct.POST)
    return replace(delivery, content=content)
