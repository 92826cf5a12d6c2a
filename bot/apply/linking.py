"""Addresses of one customer: codes made, addresses joined and parted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.work import Work
from bot.decide import CustomerSide, keyboards
from bot.decide.linking import code_in
from bot.decide.situation import LinkOffer, Situation
from bot.decide.steps import Burst, Pressed
from bot.decide.steps import acts as st
from bot.decide.words import read_command
from bot.storage import people
from bot.storage.announcements.telling import hand_on
from bot.storage.desk import links
from core.text import Text


def with_links(connection: Connection, event: CustomerSide, situation: Situation, now: datetime) -> Situation:
    """What a code that was typed or confirmed belongs to; nothing is looked up for anything else."""
    code = None
    if isinstance(event, Burst):
        text = "\n".join(message.text for message in event.messages)
        command = read_command(text)
        if command not in {"link", "unlink"}:
            return situation
        typed = code_in(text)
        code = links.find_code(connection, typed, now) if typed else None
    elif isinstance(event, Pressed) and event.act == "link" and event.argument.isdecimal():
        code = links.find_code_by_id(connection, int(event.argument), now)
    else:
        return situation
    own = situation.customer.id
    offer = LinkOffer(code.id, code.channel, code.name, code.customer_id == own) if code is not None else None
    return replace(situation, link=offer, has_other_addresses=links.count_addresses(connection, own) > 1)


def make_code(step: st.MakeCode, work: Work) -> None:
    code = links.make_code(work.connection, work.identity.id, work.now)
    shown = f"{code[:4]}-{code[4:]}"
    minutes = int(links.CODE_TIME.total_seconds() // 60)
    work.say(Text("linking.code", {"code": shown, "minutes": minutes}), "link", keyboards.with_operator())


def link(step: st.Link, work: Work) -> None:
    """The older customer stays; both sides learn of it."""
    code = links.find_code_by_id(work.connection, step.code_id, work.now)
    if code is None or code.customer_id == work.customer.id or not links.use_code(work.connection, code.id, work.now):
        return
    other = people.find_by_identity(work.connection, code.identity_id)
    kept, joined = sorted((other.customer.id, work.customer.id))
    links.join_customers(work.connection, kept, joined)
    hand_on(work.connection, kept, joined)
    customer = people.find_by_identity(work.connection, work.identity.id).customer
    _tell_other(work, people.find_by_identity(work.connection, code.identity_id))
    work.customer = customer
    if work.conversation is not None:
        work.conversation = replace(work.conversation, customer_id=customer.id)


def _tell_other(work: Work, other: people.Found) -> None:
    there = Work(
        work.connection, work.setup, work.now, other.customer, other.identity, other.conversation, dict(other.keyboard)
    )
    there.say(Text("linking.done"), "link", keyboards.with_operator())
    there.finish()
    work.deliveries += there.deliveries
    work.claimed |= there.claimed
    work.lanes |= there.lanes


def unlink(step: st.Unlink, work: Work) -> None:
    made = links.part(work.connection, work.identity, work.customer, work.now)
    if made is None:
        work.refuse(Text("desk.unlink.alone"))
        return
    work.customer = people.find_by_identity(work.connection, work.identity.id).customer
    work.conversation = replace(work.live, customer_id=made)
