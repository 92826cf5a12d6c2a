"""What rules look at, read from what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.apply.service.countdowns import schedule_of
from bot.apply.service.waiting import news_of
from bot.apply.work import Work
from bot.decide.service.rules import RuleSituation
from bot.storage.desk.canned import find_kept
from bot.storage.operators import find_operator_by_login
from bot.storage.service.countdowns import open_countdowns, response_since
from bot.storage.service.rules import WAIT
from bot.storage.service.timers import drop_timer, set_timer
from bot.storage.tables import conversation
from core.conversation import Conversation, Status
from handoff.queue import Priority
from handoff.service.hours import is_open
from handoff.service.rules import Canned, Facts, Message, Moment, Rule, Transfer, next_wait


def facts_of(work: Work, moment: Moment, words: str = "", score: int | None = None) -> Facts:
    about, schedule = work.live, schedule_of(work, work.live)
    waits = response_since(open_countdowns(work.connection, about.id))
    return Facts(
        moment,
        work.now,
        waits.countdown.passed(schedule, work.now) if waits is not None else timedelta(0),
        score,
        words,
        about.category,
        about.channel,
        about.level,
        Priority(about.priority).name.lower(),
        work.customer.is_vip,
        not is_open(schedule, work.now),
        opened_by(work.connection, about),
    )


def opened_by(connection: Connection, about: Conversation) -> tuple[datetime, ...]:
    """When the customer's conversations were opened, up to this one."""
    query = select(conversation.c.opened_at).where(
        conversation.c.customer_id == about.customer_id, conversation.c.id <= about.id
    )
    return tuple(connection.execute(query.order_by(conversation.c.id.desc()).limit(1000)).scalars())


def rule_situation(work: Work, rule: Rule) -> RuleSituation:
    about = work.live
    has_words = any(isinstance(act, Message) for act in rule.then)
    news = news_of(work)[0] if has_words and about.status is Status.QUEUED else None
    named = [act.to for act in rule.then if isinstance(act, Transfer) and not act.to.isdecimal()]
    replies = [act.name for act in rule.then if isinstance(act, Canned)]
    operators = (find_operator_by_login(work.connection, login) for login in named)
    canned = (find_kept(work.connection, None, name) for name in replies)
    return RuleSituation(
        about,
        work.customer.name,
        work.language,
        work.setup.zone,
        news,
        tuple(one for one in operators if one is not None),
        tuple(one for one in canned if one is not None),
        work.setup.wording(),
    )


def plan_wait(work: Work) -> None:
    """The timer for the next length of a wait at which some rule is to be looked at; none where nobody waits."""
    waits = response_since(open_countdowns(work.connection, work.live.id))
    due_at = None
    if waits is not None:
        schedule = schedule_of(work, work.live)
        passed = waits.countdown.passed(schedule, work.now)
        span = next_wait((one.rule for one in work.setup.rules()), passed)
        due_at = waits.countdown.moment_of(schedule, span) if span is not None else None
    if due_at is None:
        drop_timer(work.connection, WAIT, str(work.live.id))
    else:
        set_timer(work.connection, WAIT, str(work.live.id), due_at, work.live.id)
