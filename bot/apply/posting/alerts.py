"""Where the leads are told: a topic of their own."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from bot.apply.work import DeskPlace, Work
from bot.decide.steps import acts as st
from bot.storage.notes import read_note, write_note
from core.delivery import DeskAct, DeskPost

_PLACE = "alerts_place"  # the note that says where the leads' topic is


def alert(step: st.Alert, work: Work) -> None:
    """For the leads; where nobody said where their topic is, in the conversation's own."""
    words = f"🚨 {work.desk_words(step.text)}"
    place = leads_topic(work.connection, work.setup.desk)
    if place is not None:
        about = f" · {work.topic_name}" if work.conversation is not None else ""
        work.post(DeskPost(DeskAct.POST, text=f"{words}{about}", topic=place.topic), at=place.chat)
    elif not step.only_to_leads and work.conversation is not None and work.has_topic():
        work.post(DeskPost(DeskAct.POST, text=words))


class LeadsPlace(NamedTuple):
    chat: str
    topic: str


def leads_topic(connection: Connection, desk: DeskPlace | None) -> LeadsPlace | None:
    """Where at the desk the leads are told things; None until somebody said so."""
    place = read_note(connection, _PLACE)
    chat, _, topic = (place or "").partition(" ")
    return LeadsPlace(chat, topic) if desk is not None and place is not None and desk.has(chat) else None


def put_alerts_here(step: st.PutAlertsHere, work: Work) -> None:
    if work.setup.desk is not None:
        write_note(work.connection, _PLACE, f"{work.here or work.setup.desk.chat} {step.topic}")
