"""A conversation moves from one group of the desk to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.posting.card import post_card
from bot.apply.work import Setup, Work
from bot.storage import conversations, people
from bot.storage.outbox import StoredDelivery
from core.delivery import DeskAct, DeskPost
from core.text import Text


def follow_level(work: Work) -> None:
    """Into the group of its level, with card and history; the topic it leaves says where it went, and is closed.

    Comes last in a decision, so that the topic it leaves has the decision's own words, and the history too.
    """
    desk = work.setup.desk
    if desk is None or not work.has_topic():
        return
    before, after = work.chat, desk.chat_of(work.live.level)
    if before == after:
        return
    words = Text("desk.moved", {"level": work.live.level})
    work.post(DeskPost(DeskAct.POST, text=work.desk_words(words)), at=before)
    work.post(DeskPost(DeskAct.CLOSE), at=before)
    _enter(work, after)


def _enter(work: Work, chat: str) -> None:
    row = conversations.find_topic_at(work.connection, work.live.id, chat)
    work.topic, work.has_looked_for_topic = (
        conversations.move_topic(work.connection, work.live.id, chat, work.now),
        True,
    )
    if row is not None and row.topic is not None:  # it was here before
        work.post(DeskPost(DeskAct.REOPEN))
    post_card(work, with_history=True)


def settle(connection: Connection, setup: Setup, now: datetime) -> list[StoredDelivery]:
    """Conversations whose group is no longer in the settings go on in the group of their level."""
    desk = setup.desk
    if desk is None:
        return []
    setup = replace(setup, is_idle=lambda lane: False)  # they are sent with everything else that waits
    made: list[StoredDelivery] = []
    for number in conversations.outside_groups(connection, {desk.chat, *desk.by_level.values()}):
        conversation = conversations.find_conversation(connection, number)
        assert conversation is not None
        found = people.find_by_identity(connection, conversation.identity_id)
        work = Work(connection, setup, now, found.customer, found.identity, conversation)
        _enter(work, desk.chat_of(conversation.level))
        made += work.deliveries
    return made
