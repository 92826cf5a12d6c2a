"""What belongs together: quick messages of one customer are one question, an album is one message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.decide.steps import Burst
from bot.decide.words import read_command
from core.event import Event, MessageEdited, MessageReceived, OperatorWrote
from core.message import IncomingMessage

_SECOND = 1.0  # platforms tell the time of a message in whole seconds


@dataclass(frozen=True, slots=True)
class Windows:
    """How long to wait for what belongs together, in seconds: quick messages, the parts of an album.

    `longest`: somebody who never stops writing is answered after this time.
    """

    burst: float = 1.2
    album: float = 1.0
    longest: float = 8.0

    def behind(self, events: Sequence[Event], *, is_with_people: bool) -> float | None:
        """How long something that belongs to these events may still come; None: nothing will."""
        if len(events) != 1:
            return None
        event = events[0]
        if isinstance(event, OperatorWrote):
            return self.album if event.message.album_id else None
        if not isinstance(event, MessageReceived):
            return None
        if is_with_people:
            return self.album if event.message.album_id else None
        if read_command(event.message.text):
            return None
        return max(self.burst, self.album) if event.message.album_id else self.burst

    def belongs(self, before: Sequence[Event], after: Sequence[Event], gap: timedelta, *, is_with_people: bool) -> bool:
        """Whether `after`, received `gap` later, goes on with what `before` began."""
        if len(before) != 1 or len(after) != 1:
            return False
        one, two = before[0], after[0]
        if isinstance(one, OperatorWrote) and isinstance(two, OperatorWrote):
            return bool(one.message.album_id) and one.message.album_id == two.message.album_id
        if not (isinstance(one, MessageReceived) and isinstance(two, MessageReceived)):
            return False
        if one.message.album_id and one.message.album_id == two.message.album_id:
            return True
        if is_with_people or read_command(two.message.text):
            return False
        return self._is_quick(one.message, two.message, gap)

    def _is_quick(self, one: IncomingMessage, two: IncomingMessage, gap: timedelta) -> bool:
        if gap.total_seconds() >= self.burst:
            return False
        if one.sent_at is None or two.sent_at is None:
            return True
        # stored together after an outage, but written apart
        return (two.sent_at - one.sent_at).total_seconds() < self.burst + _SECOND


def together(events: Sequence[Event]) -> tuple[Event | Burst, ...]:
    """Neighbouring messages of one customer become one burst; the parts of an album one message."""
    result: list[Event | Burst] = []
    for event in events:
        last = result[-1] if result else None
        if isinstance(event, MessageReceived):
            if isinstance(last, Burst) and last.sender.address == event.sender.address:
                result[-1] = replace(last, messages=_with_album(last.messages, event.message))
            else:
                result.append(Burst(event.sender, (event.message,)))
        elif isinstance(event, OperatorWrote) and isinstance(last, OperatorWrote) and event.message.album_id:
            result[-1] = replace(last, message=_joined(last.message, event.message))
        else:
            result.append(event)
    return tuple(result)


def _with_album(messages: tuple[IncomingMessage, ...], new: IncomingMessage) -> tuple[IncomingMessage, ...]:
    if new.album_id and messages[-1].album_id == new.album_id:
        return (*messages[:-1], _joined(messages[-1], new))
    return (*messages, new)


def _joined(one: IncomingMessage, two: IncomingMessage) -> IncomingMessage:
    text = "\n".join(part for part in (one.text, two.text) if part)
    return replace(
        one,
        text=text,
        attachments=one.attachments + two.attachments,
        markup="" if two.text else one.markup,
        lost=one.lost + two.lost,
    )


def words_of(events: Sequence[Event | Burst]) -> list[str]:
    """The texts that the FAQ is asked about."""
    texts: list[str] = []
    for event in events:
        if isinstance(event, Burst):
            texts += [message.text for message in event.messages if message.text.strip()]
        elif isinstance(event, MessageEdited) and event.message.text.strip():
            texts.append(event.message.text)
    return texts
