"""Which group of the desk a conversation is shown in: it comes to one, and moves from one to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.posting.card import post_card
from bot.apply.work import Setup, Work
from bot.storage import conversations, people
from bot.storage.outbox import StoredDelivery
from core.conversation import Status
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


def show_on_desk(work: Work) -> None:
    """The card and what was said so far, where people have the conversation and no group was ever shown it.

    Does nothing the second time: the row of the topic is written in the same transaction.
    """
    if work.setup.desk is not None and work.is_with_people and not work.has_topic():
        post_card(work, with_history=True)


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
    """Open conversations with people come to the group of their level: those that were never shown, as no group was
    set when they began, and those whose group is no longer in the settings.

    Each under its customer's lock, and looked at again: another process may be starting as well.
    """
    desk = setup.desk
    if desk is None:
        return []
    setup = replace(setup, is_idle=lambda lane: False)  # they are sent with everything else that waits
    made: list[StoredDelivery] = []
    lost = conversations.outside_groups(connection, {desk.chat, *desk.by_level.values()})
    for number in sorted({*lost, *conversations.never_shown(connection)}):
        seen = conversations.find_conversation(connection, number)
        assert seen is not None
        found = people.find_by_identity(connection, seen.identity_id)
        conversation = conversations.find_conversation(connection, number)
        work = Work(connection, setup, now, found.customer, found.identity, conversation)
        if not work.has_topic():
            show_on_desk(work)
        elif work.topic is not None and not desk.has(work.topic.desk) and work.live.status is not Status.CLOSED:
            _enter(work, desk.chat_of(work.live.level))
        made += work.deliveries
    return made
