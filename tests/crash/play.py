"""The run itself: everybody takes steps in one loop until all is said, then the rest is waited for."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine

from bot.storage import inbox, outbox
from bot.storage.database import open_engine, read_url
from tests.crash import troubles
from tests.crash.crowd import PATIENCE, Customer, Pause, Place, Until
from tests.crash.judge import judge
from tests.crash.ledger import Account, Ledger
from tests.crash.options import Options, Verdict
from tests.crash.stage import Stage, set_up
from tests.crash.view import View

LOOK_EVERY, STEP, TELL_EVERY = 0.5, 0.05, 20.0  # seconds between looks at the journals, rounds, words to who waits


@dataclass(slots=True)
class _Life:
    """A script under way, and what it waits for."""

    script: Iterator[Pause | Until]
    wake_at: float = 0.0
    until: Until | None = None
    asked_at: float = 0.0
    is_over: bool = False

    def step(self, now: float, *, may_act: bool) -> None:
        if self.is_over or now < self.wake_at:
            return
        if self.until is not None:
            if not self.until.is_so():
                if self.until.again is not None and now - self.asked_at > PATIENCE:
                    self.asked_at = now
                    self.until.again()
                return
            self.until = None
        if not may_act:
            return
        step = next(self.script, None)
        if step is None:
            self.is_over = True
        elif isinstance(step, Pause):
            self.wake_at = now + step.seconds
        else:
            self.until, self.asked_at = step, now


def run(options: Options) -> Verdict:
    with set_up(options) as stage:
        return _play(stage)


def _play(stage: Stage) -> Verdict:
    dice = random.Random(stage.options.seed)
    ledger = Ledger(stage.options.messages)
    tg, vk = View(stage.tg), View(stage.vk)
    place = Place(stage.tg, stage.forum, tg, _DeletedTopics(stage))
    crowd = _crowd(stage, ledger, (tg, vk), place, dice)
    lives = [_Life(one.live()) for one in crowd]
    strikes = _Life(troubles.strike_on_plan(stage, ledger, dice))
    killer = troubles.Killer(stage, dice)
    verdict = Verdict()
    stage.bot.start()
    _wait_until_listening(stage)
    begun = time.monotonic()
    troubles.begin_faults(stage)
    looked_at, told_at = 0.0, begun
    while not all(life.is_over for life in lives) or killer.done < stage.options.kills:
        now = time.monotonic()
        if now - begun > stage.options.limit:
            waiting = [told for one, life in zip(crowd, lives, strict=True) if (told := _stuck(one, life))]
            verdict.none("customers still waiting at the limit", waiting)
            break
        if now - looked_at > LOOK_EVERY:
            tg.refresh()
            vk.refresh()
            looked_at = time.monotonic()
        killer.step(ledger)
        strikes.step(now, may_act=True)
        if now - told_at > TELL_EVERY:
            told_at = now
            waits = Counter(_waiting(lives)).most_common(4)
            print(
                f"    {now - begun:.0f} s: {ledger.sent} messages, {killer.done} kills, waiting for {waits}", flush=True
            )
        for life in lives:
            life.step(now, may_act=killer.is_open(ledger))
        time.sleep(STEP)
    talked = time.monotonic() - begun
    troubles.end_faults(stage)
    settled = _settle(stage)
    stopped = stage.bot.stop()
    judge(stage, ledger, verdict)
    verdict.count("talk, s", f"{talked:.0f}")
    verdict.count("until everything was delivered, s", f"{settled:.0f}")
    verdict.count("clean end, s", f"{stopped:.1f}")
    return verdict


def _wait_until_listening(stage: Stage) -> None:
    """What was written before the very first start is nobody's; so the talk begins when both platforms are heard."""
    is_polling, is_longpoll = stage.options.telegram == "polling", stage.options.vk == "longpoll"
    stage.tg.block_for_calls("getUpdates" if is_polling else "setWebhook", timeout=60)
    stage.vk.block_for_calls("longpoll" if is_longpoll else "groups.setCallbackSettings", timeout=60)


def _waiting(lives: list[_Life]) -> list[str]:
    return [life.until.what for life in lives if life.until is not None]


def _stuck(customer: Customer, life: _Life) -> str:
    """What a customer still waits for, and the end of what they saw and said, so that the reason can be found."""
    if life.until is None:
        return ""
    account = customer.account
    saw = [str(record["text"])[:60] for record in customer.view.chats[account.address][-6:]]
    said = [token for _, token in account.said[-4:]]
    return f"{life.until.what} ({account.channel}:{account.address}; said {said}, votes {account.votes}, saw {saw})"


def _crowd(stage: Stage, ledger: Ledger, views: tuple[View, View], place: Place, dice: random.Random) -> list[Customer]:
    people: list[Customer] = []
    size = stage.options.customers
    for number in range(size):
        is_vk = number % 2 == 1
        account = Account(
            "vk" if is_vk else "telegram", (troubles.FIRST_VK if is_vk else troubles.FIRST_TG) + number // 2
        )
        ledger.accounts.append(account)
        quota = stage.options.messages // size + (number < stage.options.messages % size)
        own = random.Random(dice.getrandbits(64))
        fake, view = (stage.vk, views[1]) if is_vk else (stage.tg, views[0])
        people.append(Customer(fake, view, place, account, ledger, own, quota))
    return people


class _DeletedTopics:
    """Surplus topics are deleted; asked for at most once a second."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._at = 0.0
        self._known: set[int] = set()

    def __call__(self) -> set[int]:
        if time.monotonic() - self._at > 1.0:
            topics = self._stage.tg.topics(self._stage.forum)
            self._known = {topic["thread"] for topic in topics if topic["deleted"]}
            self._at = time.monotonic()
        return self._known


def _settle(stage: Stage) -> float:
    """Until nothing is on its way any more, or the limit."""
    begun = time.monotonic()
    engine = open_engine(read_url(stage.database_url)).execution_options(read_only=True)
    quiet, told_at = 0, begun
    while quiet < 3 and time.monotonic() - begun < stage.options.limit:
        stage.bot.notice_end()
        quiet = 0 if any(_rest(stage, engine).values()) else quiet + 1
        if time.monotonic() - told_at > TELL_EVERY:
            told_at = time.monotonic()
            print(f"    still to be delivered: {_rest(stage, engine)}", flush=True)
        time.sleep(0.5)
    engine.dispose()
    return time.monotonic() - begun


def _rest(stage: Stage, engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        waiting = {"inbox": inbox.count_open(connection), "outbox": outbox.count_open(connection)}
    return waiting | {"Telegram": stage.tg.unconfirmed(), "VK": stage.vk.unconfirmed()}
