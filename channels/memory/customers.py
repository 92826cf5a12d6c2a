"""A scripted channel: customers say, send and press; what they get is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from channels.memory.script import Scripted, read_message, write_message
from core.channel import Arrival, Capabilities
from core.customer import Sender
from core.delivery import Delivery, Receipt
from core.errors import Permanent, Refusal
from core.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerReturned,
    Event,
    MessageEdited,
    MessageReceived,
    OutsideReply,
)
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage


@dataclass(frozen=True, slots=True)
class Sent:
    """What a customer received; `is_lost_answer`: it arrived although the sender was told of a failure."""

    address: str
    message: OutgoingMessage
    ids: tuple[str, ...]
    delivery: Delivery
    is_lost_answer: bool = False


class MemoryChannel(Scripted):
    """Customers are scripted by `says`, `sends`, `presses` …; what they get stands in `sent`."""

    def __init__(self, name: str = "memory", capabilities: Capabilities | None = None, account: str = "memory") -> None:
        super().__init__()
        self.name, self.account = name, account
        self.capabilities = capabilities or Capabilities(is_idempotent=True)
        self.sent: list[Sent] = []
        self._taken: dict[int, Sent] = {}

    # --- what customers do

    async def says(self, address: str, text: str, *, edit_of: str = "", **fields: Any) -> Arrival:
        """`fields`: name, username, language, has_buttons, reply_to, album_id, at, attachments, lost."""
        kind = "edit" if edit_of else "message"
        return await self._arrive(address, self._message(kind, address, text, origin_id=edit_of, **fields))

    async def sends(
        self, address: str, kind: AttachmentKind | str, content: bytes = b"file", text: str = "", **fields: Any
    ) -> Arrival:
        """`fields`: those of Attachment and of `says`."""
        own = {key: fields.pop(key) for key in tuple(fields) if key in Attachment.__dataclass_fields__}
        return await self.says(address, text, attachments=[self._file(kind, content, **own)], **fields)

    async def presses(self, address: str, button: str, *, as_message: bool = False) -> Arrival:
        """`button`: a token, a label or a part of one; the newest message that has it counts."""
        found = self.find_button(address, button) or Button(button, button)
        payload = self._message("press", address, found.label) | {"token": found.token, "as_message": as_message}
        return await self._arrive(address, payload)

    async def blocks(self, address: str) -> Arrival:
        return await self._arrive(address, self._message("blocked", address, ""))

    async def returns(self, address: str) -> Arrival:
        return await self._arrive(address, self._message("returned", address, ""))

    async def is_answered_outside(self, address: str, text: str, author: str = "admin") -> Arrival:
        return await self._arrive(address, self._message("outside", address, text) | {"author": author})

    # --- what customers see

    def sent_to(self, address: str) -> list[OutgoingMessage]:
        return [sent.message for sent in self.sent if sent.address == address]

    def view(self, address: str) -> list[OutgoingMessage]:
        """The messages now visible to the customer: edits are applied."""
        visible: dict[str, OutgoingMessage] = {}
        for sent in self.sent:
            if sent.address == address:
                visible[sent.ids[0]] = sent.message
        return list(visible.values())

    def find_button(self, address: str, words: str) -> Button | None:
        newest = [b for m in reversed(self.view(address)) for row in m.buttons for b in row]
        exact = [b for b in newest if words in (b.token, b.label)]
        return next(iter(exact or [b for b in newest if words.casefold() in b.label.casefold()]), None)

    # --- the channel's promises

    async def send(self, delivery: Delivery) -> Receipt:
        if not isinstance(delivery.content, OutgoingMessage):
            raise Permanent("this channel has no desk", Refusal.REJECTED)
        error, after_effect = self._failure(delivery.address)
        if error is not None and not after_effect:
            raise error
        sent = self._taken.get(delivery.random_id) if self.capabilities.is_idempotent else None
        if sent is None:
            ids = self._ids_for(delivery.address, delivery.content)
            sent = Sent(delivery.address, delivery.content, ids, delivery, error is not None)
            self._taken[delivery.random_id] = sent
            self.sent.append(sent)
        self._changed.set()
        if error is not None:
            raise error
        return Receipt(sent.ids)

    def _ids_for(self, address: str, message: OutgoingMessage) -> tuple[str, ...]:
        if message.edit_of:
            return (message.edit_of,)
        return tuple(self._next_id(f"to {address}") for _ in message.attachments or [None])

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        try:
            return self._parse(payload)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an event of this channel: {type(error).__name__}") from error

    def _parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        sender, message = Sender(**payload["sender"]), read_message(payload["message"])
        match payload["kind"]:
            case "message":
                return (MessageReceived(sender, message),)
            case "edit":
                return (MessageEdited(sender, message),)
            case "press":
                return (ButtonPressed(sender, str(payload["token"]), message if payload["as_message"] else None),)
            case "blocked":
                return (CustomerBlocked(sender),)
            case "returned":
                return (CustomerReturned(sender),)
            case "outside":
                return (OutsideReply(sender, str(payload["author"]), message),)
        raise ValueError("unknown kind of event")

    def _message(self, kind: str, address: str, text: str, *, origin_id: str = "", **fields: Any) -> dict[str, Any]:
        person = {key: fields.pop(key) for key in ("name", "username", "language", "has_buttons") if key in fields}
        sender = Sender(self.name, self.account, address, **person)
        message = write_message(origin_id or self._next_id(f"from {address}"), text, **fields)
        return {"kind": kind, "sender": asdict(sender), "message": message}
