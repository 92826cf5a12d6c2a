"""What became of every message: lost, doubled, out of order, in the wrong place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

MARK = re.compile(r"к(\d+)-(\d+)\b")  # customer and number of the message
UNDER_WAY_S = 2.0  # so long may the writing down of an answer take on a busy machine
CUSTOMER_LINE = "👤"


def words(customer: int, number: int) -> str:
    """What a customer writes; the first message asks for a person."""
    start = "Позовите оператора, пожалуйста." if number == 1 else "<b>Ещё</b> & ещё:"
    return f"{start} к{customer}-{number}"


def reply(customer: int, number: int) -> str:
    return f"Ответ {number} для {customer}: <i>смотрю</i> & «проверяю»\n  *вторая* строка 👍"


@dataclass
class Verdict:
    """Counts of a run; `is_good` is the promise."""

    messages: int = 0
    lost: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)  # conversations that have not exactly one topic
    replies: int = 0
    wrong_replies: list[str] = field(default_factory=list)
    doubles: int = 0
    unexcused: list[str] = field(default_factory=list)  # doubles though the answer to the first was given
    problems: list[str] = field(default_factory=list)  # requests against the Bot API's specification
    complaints: list[str] = field(default_factory=list)  # of the log

    @property
    def violations(self) -> list[str]:
        parts = (self.lost, self.disordered, self.misplaced, self.topics, self.wrong_replies, self.unexcused)
        return [*(line for part in parts for line in part), *self.problems, *self.complaints]

    @property
    def is_good(self) -> bool:
        return not self.violations


@dataclass
class Judge:
    """Knows what was said; reads the journal of the fake."""

    forum: int
    said: dict[int, int]  # customer -> messages written
    replied: dict[int, list[str]]  # customer -> what the operator wrote in their topic
    kills: Sequence[float] = ()
    left: int | None = None  # the group from which everything was transferred to `forum`

    def verdict(self, tg: Any) -> Verdict:
        result = Verdict(messages=sum(self.said.values()), replies=sum(map(len, self.replied.values())))
        owners = self._owners(tg, result)
        posts: dict[int, list[Any]] = defaultdict(list)
        for post in tg.sent(self.forum):
            posts[post.thread].append(post)
        self._look_for_strays(posts, owners, result)
        for thread, customer in owners.items():
            self._judge_topic(posts[thread], customer, result)
        if self.left is not None:
            self._judge_left(tg, result)
        for customer in self.said:
            self._judge_replies(tg.sent(customer), customer, result)
        result.problems = [f"{one.method}: {one.problem}" for one in tg.problems]
        return result

    def _judge_left(self, tg: Any, result: Verdict) -> None:
        """One topic for each customer there too, with nobody else's words, and closed."""
        topics = {one.thread: one for one in tg.topics(self.left) if not one.deleted}
        owners = {thread: int(one.name.rpartition(" ")[2]) for thread, one in topics.items()}
        posts: dict[int, list[Any]] = defaultdict(list)
        for post in tg.sent(self.left):
            posts[post.thread].append(post)
        self._look_for_strays(posts, owners, result)
        counts = Counter(owners.values())
        result.topics += [f"customer {one} has left {counts[one]} topics" for one in self.said if counts[one] != 1]
        result.topics += [f"the topic of {owners[thread]} is open" for thread, one in topics.items() if not one.closed]

    def _owners(self, tg: Any, result: Verdict) -> dict[int, int]:
        """Live topics and the customers they are named after."""
        owners = {}
        for topic in tg.topics(self.forum):
            named = re.fullmatch(r"#\d+ Клиент (\d+)", topic.name)
            if not topic.deleted and named:
                owners[topic.thread] = int(named[1])
        counts = Counter(owners.values())
        result.topics = [f"customer {one} has {counts[one]} topics" for one in self.said if counts[one] != 1]
        return owners

    def _look_for_strays(self, posts: dict[int, list[Any]], owners: dict[int, int], result: Verdict) -> None:
        for thread, there in posts.items():
            for post in there:
                strange = {int(mark[1]) for mark in MARK.finditer(post.text)} - {owners.get(thread, 0)}
                if strange and thread in owners:
                    result.misplaced.append(f"words of {strange} in the topic of {owners[thread]}")
                elif strange and not thread:
                    result.misplaced.append(f"words of {strange} outside topics")

    def _judge_topic(self, posts: Iterable[Any], customer: int, result: Verdict) -> None:
        first_seen: dict[int, list[Any]] = {}
        for post in posts:
            for number in marks_of(post.text, customer):
                if number in first_seen:
                    self._count_double(first_seen[number], post, f"к{customer}-{number}", result)
                first_seen.setdefault(number, []).append(post)
        order = list(first_seen)
        wanted = range(1, self.said.get(customer, 0) + 1)
        result.lost += [f"к{customer}-{number} is not in its topic" for number in wanted if number not in first_seen]
        if order != sorted(order):
            result.disordered.append(f"topic of {customer}: {order}")

    def _judge_replies(self, sent: Iterable[Any], customer: int, result: Verdict) -> None:
        expected = self.replied.get(customer, [])
        seen: dict[str, list[Any]] = {}
        for message in sent:
            if not message.text.startswith("Ответ "):
                continue
            if message.text not in expected:
                result.wrong_replies.append(f"{customer} got {message.text!r}")
            if message.text in seen:
                self._count_double(seen[message.text], message, f"reply to {customer}", result)
            seen.setdefault(message.text, []).append(message)
        if list(seen) != expected:
            result.wrong_replies.append(f"{customer}: {len(seen)} of {len(expected)} replies arrived, or out of order")

    def _count_double(self, earlier: Sequence[Any], now: Any, what: str, result: Verdict) -> None:
        """A repeat is excused when the answer to an earlier try never reached the program."""
        result.doubles += 1
        before = earlier[-1]
        is_excused = before.answer_lost or any(
            -0.05 <= kill - before.at <= UNDER_WAY_S and kill <= now.at for kill in self.kills
        )
        if not is_excused:
            result.unexcused.append(f"{what} came twice though the first was answered")


def marks_of(text: str, customer: int) -> list[int]:
    """Numbers of the customer's messages in a post: of the card only the history counts."""
    lines = text.split("\n")
    if re.match(r"#\d+ · ", text):
        lines = [line for line in lines if line.startswith(CUSTOMER_LINE)]
    found = [mark for line in lines for mark in MARK.finditer(line)]
    return [int(mark[2]) for mark in found if int(mark[1]) == customer]
