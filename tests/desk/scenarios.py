"""Four ways to have a hard time: killed and refused, the group's limit, stopped with latency, hurried."""

from __future__ import annotations

import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.desk.program import OPERATOR, Otklik
from tests.desk.verdict import Judge, Verdict, reply, words
from tests.fakes.remote import spawn

FIRST = 1001  # the first customer's id
SHARE = 0.03  # of each fault
SLOW_S = 30.0
LOOK = 0.1  # seconds between looks at another process


@dataclass(frozen=True)
class Plan:
    """What is done to the program; `pause_s` is the mean gap between messages of the crowd."""

    name: str
    customers: int = 40
    each: int = 5
    pause_s: float = 0.08
    kills: int = 0
    stops: int = 0
    faults: bool = False
    hurry: bool = False
    transfers: bool = False  # every conversation, by its first reply, into the group of level 2
    minute_s: float | None = None  # of the program; None: a real one
    fake: dict[str, Any] = field(default_factory=dict)
    seed: int = 1
    patience_s: float = 120.0


@dataclass
class Run:
    verdict: Verdict
    took_s: float
    relay_s: list[float]  # from a customer's words to the topic
    reply_s: list[float]  # from an operator's words to the customer
    faults: dict[str, int]
    stops: list[float]
    calls: int
    slow: list[str]


class Scene:
    """The fake, the program, and who has said what."""

    def __init__(self, plan: Plan, tg: Any, folder: Path) -> None:
        self.plan, self.tg = plan, tg
        self.dice = random.Random(plan.seed)
        self.first = self.forum = tg.add_forum(members=[OPERATOR])
        if plan.transfers:
            self.forum = tg.add_forum(members=[OPERATOR])  # where everything is in the end
        self.customers = list(range(FIRST, FIRST + plan.customers))
        for customer in self.customers:
            tg.add_user(customer, first_name=f"Клиент {customer}")
        second = self.forum if plan.transfers else None
        self.otklik = Otklik(folder, tg, self.first, minute_s=plan.minute_s, second=second)
        self.said: dict[int, int] = defaultdict(int)
        self.replied: dict[int, list[str]] = defaultdict(list)
        self.at: dict[str, float] = {}  # when what was said
        self.slow: list[str] = []  # replies that took remarkably long
        self.have_all_spoken = threading.Event()

    def speak(self) -> None:
        """The crowd writes: everybody's messages in order, mixed with those of the others."""
        turns = [customer for customer in self.customers for _ in range(self.plan.each)]
        self.dice.shuffle(turns)
        for customer in turns:
            self.say(customer)
            time.sleep(self.dice.random() * 2 * self.plan.pause_s)

    def speak_in_hurry(self) -> None:
        """Each customer in turn: five messages within 0.3 s, and another five once people have them."""
        for customer in self.customers:
            for _ in range(2):
                self.wait(lambda customer=customer: not self.said[customer] or customer in self.topics(), 30)
                for _ in range(5):
                    self.say(customer)
                    time.sleep(0.3 / 5)

    def say(self, customer: int) -> None:
        self.said[customer] += 1
        number = self.said[customer]
        text = words(customer, number)
        self.at[f"к{customer}-{number}"] = self.tg.customer_says(customer, text).at

    def answer(self) -> None:
        """The operator answers in every topic as it appears, and in all of them at the end."""
        while not self.have_all_spoken.is_set() or any(one not in self.replied for one in self.topics(self.first)):
            for customer, thread in self.topics(self.first).items():
                if customer not in self.replied:
                    self.reply(customer, thread, self.first)
                    if self.plan.transfers:
                        self.tg.member_says(OPERATOR, "/transfer 2", thread=thread, chat=self.first)
            time.sleep(LOOK)

    def reply(self, customer: int, thread: int, chat: int | None = None) -> None:
        text = reply(customer, len(self.replied[customer]) + 1)
        self.replied[customer].append(text)
        self.at[text] = self.tg.member_says(OPERATOR, text, thread=thread, chat=chat or self.forum).at

    def topics(self, chat: int | None = None) -> dict[int, int]:
        """Customer -> their live topic, once the bot has posted in it."""
        found = {}
        for topic in self.tg.topics(chat or self.forum):
            named = re.fullmatch(r"#\d+ Клиент (\d+)", topic.name)
            if named and not topic.deleted:
                found[int(named[1])] = topic.thread
        return found

    def trouble(self) -> None:
        """Ends and begins the program again at random moments, each time after it has got to work."""
        for is_kill in [True] * self.plan.kills + [False] * self.plan.stops:
            before = self.tg.count("sendMessage")
            self.wait(lambda before=before: self.tg.count("sendMessage") > before, 15)
            time.sleep(self.dice.random() * 1.5)
            (self.otklik.kill if is_kill else self.otklik.stop)()
            self.otklik.start()

    def wait(self, condition: Callable[[], bool], limit: float) -> bool:
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if condition():
                return True
            time.sleep(LOOK)
        return False

    def judge(self) -> Verdict:
        left = self.first if self.plan.transfers else None
        judge = Judge(self.forum, dict(self.said), dict(self.replied), self.otklik.kills, left)
        verdict = judge.verdict(self.tg)
        verdict.complaints = self.otklik.complaints()
        return verdict

    def is_complete(self) -> bool:
        verdict = self.judge()
        return not (verdict.lost or verdict.wrong_replies or verdict.topics)


def play(plan: Plan) -> Run:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, spawn("telegram", seed=plan.seed, **plan.fake) as tg:
        scene = Scene(plan, tg, Path(folder))
        scene.otklik.add_operator()
        if plan.faults:
            _inject(tg)
        scene.otklik.start()
        try:
            _act(scene)
        finally:
            scene.otklik.stop()
        verdict = scene.judge()
        verdict.complaints += scene.otklik.bad_ends
        relays, replies = _delays(scene)
        hits = dict(tg.faults_hit)
        return Run(verdict, time.monotonic() - began, relays, replies, hits, scene.otklik.stops, tg.count(), scene.slow)


def _act(scene: Scene) -> None:
    speak = scene.speak_in_hurry if scene.plan.hurry else scene.speak
    with _in_thread(scene.answer, scene.have_all_spoken.set):
        with _in_thread(speak):
            scene.trouble()
        # trouble over; the rest may take its time
        scene.wait(lambda: len(scene.topics()) == len(scene.customers), scene.plan.patience_s)
    scene.wait(scene.is_complete, scene.plan.patience_s)
    scene.tg.clear_faults()
    for customer, thread in scene.topics().items():
        scene.reply(customer, thread)
    scene.wait(scene.is_complete, scene.plan.patience_s)
    scene.tg.block_for_confirmed(timeout=10)
    scene.wait(lambda: scene.judge().is_good, 5)  # surplus topics go last


@contextmanager
def _in_thread(work: Callable[[], None], ending: Callable[[], None] = lambda: None) -> Iterator[None]:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    try:
        yield
    finally:
        ending()
        thread.join()
    if failures:
        raise failures[0]


def _inject(tg: Any) -> None:
    """Faults on everything but the asking for updates."""
    for kind in ("429", "500", "drop_before", "drop_after"):
        tg.fail_randomly(kind, SHARE)


def _delays(scene: Scene) -> tuple[list[float], list[float]]:
    """The first arrival of everything that was relayed as itself, and of every reply."""
    relays, replies, seen = [], [], set()
    for one in scene.tg.sent():
        if one.chat in (scene.first, scene.forum) and not re.match(r"#\d+ · ", one.text):
            marks = set(re.findall(r"к\d+-\d+\b", one.text)) & scene.at.keys() - seen
            seen |= marks
            relays += [one.at - scene.at[mark] for mark in marks]
        elif one.text in scene.at and one.text not in seen:
            seen.add(one.text)
            if one.at - scene.at[one.text] > SLOW_S:
                scene.slow.append(f"{one.text[:20]}… {one.at - scene.at[one.text]:.0f} s")
            replies.append(one.at - scene.at[one.text])
    return relays, replies
