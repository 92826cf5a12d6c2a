"""What operators look up in the FAQ is searched for before the decision, for an encoder may take its time."""

from __future__ import annotations

from collections.abc import Sequence

from bot.decide.faq.reading import read_faq_text
from bot.decide.steps import Burst
from bot.library import Library
from core.event import Event, OperatorWrote
from faq.matches import Match
from handoff.desk_text import read_desk_text

_MOST = 6
_LONGEST = 500  # characters looked for


async def look_up(library: Library, events: Sequence[Event | Burst]) -> tuple[Match, ...]:
    """For the words of a `/faq` command; nothing for any other event."""
    for event in events:
        if isinstance(event, OperatorWrote):
            text = read_desk_text(event.message.text)
            words = read_faq_text(text.argument).words[:_LONGEST] if text.command == "faq" else ""
            return await library.find(words, _MOST) if words else ()
    return ()
