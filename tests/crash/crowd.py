"""Customers and the operators who answer them; each waits for what a person would wait for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.text import Text, render
from tests.crash.knowledge import KNOWN, Known, ask
from tests.crash.ledger import Account, Ledger
from tests.crash.stage import OPERATORS
from tests.crash.view import View
from tests.fakes.remote import Remote

PATIENCE = 20.0  # seconds after which somebody presses a button once more
CLOSED, INVITED, WHY, NOTED = (
    render(Text(key), "ru") for key in ("closing.operator", "csi.ask", "csi.why", "csi.comment.thanks")
)
QUEUED = (render(Text("queue.accepted"), "ru"), render(Text("queue.ask"), "ru"))
HELPED, CALL = render(Text("button.helped"), "ru"), render(Text("button.operator"), "ru")


@dataclass(slots=True)
class Pause:
    seconds: float


@dataclass(slots=True)
class Until:
    """Go on when `is_so`; every PATIENCE seconds do `again`."""

    what: str
    is_so: Callable[[], bool]
    again: Callable[[], object] | None = None


@dataclass(slots=True)
class Place:
    """Where the talk happens."""

    tg: Remote
    forum: int
    desk: View
    deleted_topics: Callable[[], set[int]]


class Customer:
    """A customer on one platform, and the operator they come to."""

    def __init__(
        self, fake: Remote, view: View, place: Place, account: Account, ledger: Ledger, dice: random.Random, quota: int
    ) -> None:
        self._fake, self.view, self._place = fake, view, place
        self.account, self._ledger, self._dice = account, ledger, dice
        self._left = quota
        self._unasked = dice.sample(KNOWN, len(KNOWN))
        self._talked: list[str] = []
        self._operator = dice.choice(OPERATORS)
        self.waits_for = ""

    @property
    def chat(self) -> int:
        return self.account.address

    def live(self) -> Iterator[Pause | Until]:
        yield Pause(self._dice.uniform(0, 8))
        while self._left > 0:
            if self._left >= 5 and self._dice.random() < 0.6:
                yield from self._with_people()
            else:
                yield from self._with_bot()

    def _think(self) -> Pause:
        return Pause(self._dice.uniform(1.5, 4.0))

    # the bot answers

    def _with_bot(self) -> Iterator[Pause | Until]:
        yield from self._ask(1)
        if self._left >= 4 and self._dice.random() < 0.5:
            yield from self._ask(self._dice.choice((2, 3)))
        if self._left >= 1:
            before = self.account.closings
            self._press(HELPED)
            self.account.closings += 1
            yield Until("the closing question", lambda: self._invited() > before, lambda: self._press(HELPED))
            yield from self._vote()

    def _ask(self, count: int) -> Iterator[Pause | Until]:
        """One question, or several in a row that have to be answered one by one."""
        yield Pause(1.3)
        questions = [self._unasked.pop() for _ in range(min(count, len(self._unasked)))]
        self.account.group += 1
        for number, known in enumerate(questions):
            if number:
                yield Pause(self._dice.uniform(0.05, 0.5))
            self._say(ask(known, self._new_token("q")), "questions")
            self.account.expected.append((self.account.group, known.answer))
        self._ledger.counts["bursts"] += len(questions) > 1
        yield Until("an answer", lambda: self._are_answered(questions))
        yield self._think()

    def _are_answered(self, questions: list[Known]) -> bool:
        return all(self.view.has(self.chat, known.answer) for known in questions)

    # people answer

    def _with_people(self) -> Iterator[Pause | Until]:
        yield from self._ask(1)
        yield from self._call()
        yield from self._talk(self._dice.choice((1, 2)))
        place = self._place
        thread = 0

        def is_there() -> bool:
            """All the words, for the Callback API may bring the first of them last."""
            nonlocal thread
            gone = place.deleted_topics()
            found = [place.desk.thread_with(place.forum, token, gone) for token in self._talked]
            thread = found[-1] or 0
            return all(found)

        yield Until("the words on the desk", is_there)
        yield from self._answer(thread)
        yield from self._talk(1)
        yield Until("the words on the desk", is_there)
        yield from self._answer(thread)
        before = self.account.closings
        place.tg.member_says(self._operator, "/close", thread=thread)
        self._ledger.counts["closings"] += 1
        self.account.closings += 1
        yield Until("the closing question", lambda: self._invited() > before)
        yield from self._vote()

    def _call(self) -> Iterator[Pause | Until]:
        calls = self.account.calls
        self.account.calls += 1
        self.account.group += 1
        if self._dice.random() < 0.5:
            self._say(f"Позовите оператора, пожалуйста {self._new_token('c')}", "calls")
            again = None
        else:
            self._press(CALL)

            def again() -> None:
                self._press(CALL)

        yield Until("the queue", lambda: len(self.view.distinct(self.chat, *QUEUED)) > calls, again)
        yield self._think()

    def _talk(self, count: int) -> Iterator[Pause]:
        self.account.group += 1
        self._talked = [self._new_token("t") for _ in range(count)]
        for token in self._talked:
            self._say(f"Добавлю подробность {token}", "talk")
            yield Pause(self._dice.uniform(0.1, 1.0))

    def _answer(self, thread: int) -> Iterator[Pause]:
        """One reply, or two at once."""
        self.account.group += 1
        for _ in range(self._dice.choice((1, 2))):
            words = f"Сейчас посмотрю {self._ledger.token('o')}"
            self._place.tg.member_says(self._operator, words, thread=thread)
            self.account.expected.append((self.account.group, words))
            self._ledger.counts["operator messages"] += 1
            yield Pause(self._dice.uniform(0.0, 1.0))

    # the closing question

    def _invited(self) -> int:
        return len(self.view.distinct(self.chat, INVITED))

    def _vote(self) -> Iterator[Pause | Until]:
        yield self._think()
        score = self._dice.randint(1, 5)
        self.account.votes.append(score)
        keys = ("csi.thanks", "csi.same", "csi.changed")
        thanks = [render(Text(key, {"score": score}), "ru") for key in keys]
        before = len(self.view.distinct(self.chat, WHY, *thanks))
        where = self.view.distinct(self.chat, INVITED)[-1]

        def press() -> None:
            self._press(str(score), where)

        press()
        yield Until("thanks for the vote", lambda: len(self.view.distinct(self.chat, WHY, *thanks)) > before, press)
        if score <= 3:
            noted = len(self.view.distinct(self.chat, NOTED))
            yield self._think()
            self.account.group += 1
            self._say(f"Долго ждал {self._new_token('w')}", "comments")
            yield Until("thanks for the reason", lambda: len(self.view.distinct(self.chat, NOTED)) > noted)
        yield self._think()

    # acts

    def _new_token(self, letter: str) -> str:
        token = self._ledger.token(letter)
        self.account.said.append((self.account.group, token))
        return token

    def _say(self, text: str, kind: str) -> None:
        self._fake.customer_says(self.chat, text)
        self._ledger.counts[kind] += 1
        self._left -= 1

    def _press(self, label: str, where: Any = None) -> None:
        there = {}
        if where is not None:
            there = {"cmid": where["cmid"]} if self.account.channel == "vk" else {"message_id": where["message_id"]}
        self._fake.customer_presses(self.chat, label, **there)
        self._ledger.counts["presses"] += 1
        self._left -= 1
