"""Acts of operators at our own desk, as arrivals: stored like what platforms send, and read back from the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.storage.database import Database
from bot.storage.desk.audit import Answer, find_answer
from bot.supervisor import Alarm, Bell
from core.channel import Arrival, Inbox
from core.conversation import ConversationId, OperatorId
from core.errors import InvalidInput
from core.event import Act, Event, OperatorActed
from core.message import Attachment, AttachmentKind, MessageId

CONSOLE = "console"
_LOOK = 0.03  # seconds between looks for an answer
_NONCE = 64  # characters


def write_act(event: OperatorActed) -> Arrival:
    """The same nonce of the same operator is the same arrival; acts about one conversation keep their order."""
    if not 0 < len(event.nonce) <= _NONCE:
        raise InvalidInput("an act needs a nonce of 1 to 64 characters, the same when it is repeated")
    about = f"{event.conversation_id}" if event.conversation_id is not None else f"operator:{event.operator_id}"
    raw = {key: value for key, value in asdict(event).items() if value not in ("", None, (), False)}
    return Arrival(CONSOLE, "", f"{event.operator_id}:{event.nonce}", f"{CONSOLE}:{about}", raw)


class ConsoleActs:
    """Reads stored acts; stands among the channels that arrivals come from."""

    name = CONSOLE

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        raw = dict(payload)
        files = [Attachment(**{**one, "kind": AttachmentKind(one["kind"])}) for one in raw.pop("attachments", ())]
        number, about = raw.pop("conversation_id", None), raw.pop("message_id", None)
        return (
            OperatorActed(
                OperatorId(int(raw.pop("operator_id"))),
                Act(raw.pop("act")),
                str(raw.pop("nonce")),
                ConversationId(int(number)) if number is not None else None,
                attachments=tuple(files),
                message_id=MessageId(int(about)) if about is not None else None,
                **raw,
            ),
        )

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        """Whoever acted reads the answer in the audit log."""


class OperatorActs:
    """Where desks of ours hand in what operators do."""

    def __init__(self, database: Database, inbox: Inbox, alarm: Alarm) -> None:
        self._database, self._inbox, self._alarm = database, inbox, alarm

    async def act(self, event: OperatorActed) -> None:
        """Store an act; returns after the commit. A repeated nonce stores nothing again.

        What became of it stands in the audit log a moment later: `answer_to`.
        """
        await self._inbox.store([write_act(event)])

    async def answer_to(self, event: OperatorActed, within: float = 10.0) -> Answer | None:
        """What became of the act, whichever process handles it; None when it takes longer than `within` seconds."""
        waited, bell = 0.0, Bell(self._alarm)
        while True:
            found = await self._database.read(
                lambda connection: find_answer(connection, event.operator_id, event.nonce)
            )
            if found is not None or waited >= within:
                return found
            await bell.wait(_LOOK)
            waited += _LOOK
