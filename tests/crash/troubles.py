"""All that goes wrong during the talk: faults of the platforms, and the process being killed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from tests.crash.crowd import Pause, Until
from tests.crash.ledger import Ledger
from tests.crash.stage import Stage

FIRST_TG, FIRST_VK = 100_001, 200_001
UNREACHABLE = 299_999  # a customer on VK who does not let the community write
_TELEGRAM = (
    ("drop_before", 0.01, {}),
    ("drop_after", 0.02, {}),
    ("500", 0.01, {}),
    ("500", 0.005, {"after": True}),
    ("502", 0.01, {}),
    ("html", 0.01, {}),
    ("delay", 0.03, {"seconds": 0.3}),
    ("delay_after", 0.02, {"seconds": 0.3}),
)
_VK = ((1, 0.01, {}), (6, 0.02, {}), (10, 0.01, {}), *_TELEGRAM)
_WHILE_RECEIVING = (("drop_before", 0.02), ("drop_after", 0.03), ("502", 0.02), ("html", 0.01))


def begin_faults(stage: Stage) -> None:
    """By dice, for as long as the talk lasts."""
    for kind, probability, details in _TELEGRAM:
        stage.tg.fail_randomly(kind, probability, **details)
    for kind, probability, details in _VK:
        stage.vk.fail_randomly(kind, probability, **details)
    for kind, probability in _WHILE_RECEIVING:
        stage.tg.fail_randomly(kind, probability, method="getUpdates")
        stage.vk.fail_randomly(kind, probability, method="longpoll")


def end_faults(stage: Stage) -> None:
    stage.tg.clear_faults()
    stage.vk.clear_faults()


def strike_on_plan(stage: Stage, ledger: Ledger, dice: random.Random) -> Iterator[Pause | Until]:
    """The faults that must surely happen, each at a moment of its own.

    429 falls on private chats only: one complaint about the operators' group means 18 posts a minute for an hour.
    """
    people = stage.options.customers // 2
    vk, tg = stage.vk, stage.tg
    plan: list[Callable[[], object]] = []
    for _ in range(max(2, stage.options.messages // 80)):
        chat = FIRST_TG + dice.randrange(people)
        plan.append(lambda chat=chat: tg.fail_next("429", "sendMessage", chat=chat, retry_after=1))
    if stage.options.vk == "longpoll":
        plan += [lambda code=code: vk.fail_next("failed", "longpoll", code=code) for code in (1, 2, 3, 1, 2, 3)]
    if stage.options.has_long_faults:
        plan += [lambda: vk.fail_next(9, "messages.send")] * 2
    plan.append(lambda: vk.customer_says(UNREACHABLE, "Здравствуйте"))
    dice.shuffle(plan)
    if stage.options.has_long_faults:
        plan.insert(len(plan) // 4, lambda: vk.fail_next(14, "messages.send"))
    vk.set_refusal(UNREACHABLE, 901)
    for number, strike in enumerate(plan, 1):
        share = number / (len(plan) + 1)
        yield Until("its moment", lambda share=share: ledger.sent >= share * ledger.total)
        strike()


class Killer:
    """Kills when a share of the talk is over and a random time has passed; sometimes while it starts."""

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self._bot, self._dice = stage.bot, dice
        self._wanted = stage.options.kills
        self._next_at: float | None = None

    @property
    def done(self) -> int:
        return len(self._bot.killed_at)

    def is_open(self, ledger: Ledger) -> bool:
        """Whether the talk may go on: the kills are spread over all of it."""
        return self.done >= self._wanted or ledger.sent <= ledger.total * (self.done + 1) / (self._wanted + 1)

    def step(self, ledger: Ledger) -> None:
        self._bot.notice_end()
        now = time.monotonic()
        if self.done >= self._wanted or ledger.sent < ledger.total * self.done / (self._wanted + 1):
            return
        if self._next_at is None:
            is_early = self._dice.random() < 0.2
            with suppress(OSError):
                if not is_early and not self._bot.is_up:
                    return
            self._next_at = now + (self._dice.uniform(0.2, 2.0) if is_early else self._dice.uniform(0.5, 5.0))
        if now >= self._next_at:
            self._bot.kill()
            self._bot.start()
            self._next_at = None
