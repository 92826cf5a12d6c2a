"""What happens in the year: planned customer by customer, with what it should count as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from tests.year.hours import DAY, OPEN_DAY, ZONE, after, is_open

FIRST_DAY, DAYS = date(2024, 1, 1), 366
NOW = datetime(2025, 1, 15, 12, tzinfo=ZONE)
FIRST_TARGET, NEXT_TARGET, RESOLUTION_TARGET = 1800, 3600, 8 * 3600  # seconds
WITHIN = 60
CHANNELS = (("telegram", 60), ("vk", 30), ("website", 10))
CATEGORIES = ("", "delivery", "payment", "returns", "account", "other")
OPERATORS = tuple((number, 1 + number % 3) for number in range(1, 11))  # id, level


@dataclass(slots=True)
class Word:
    author: str
    at: datetime
    kind: str = "text"
    text: str = "Здравствуйте, где мой заказ?"


@dataclass(slots=True)
class Asked:
    """An invitation and what came of it; `parts`: answers question by question."""

    survey: str
    version: int
    at: datetime
    score: int | None = None
    state: str = "asked"
    is_commented: bool = False
    is_changed: bool = False
    is_of_conversation: bool = True
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Planned:
    """A conversation: what is stored of it, and (below) what it counts as; spans in whole seconds of working time."""

    customer: int
    channel: str
    category: str
    opened_at: datetime
    touched_at: datetime
    status: str = "closed"
    queued_at: datetime | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    closed_by: str | None = None
    operator: int | None = None
    words: list[Word] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[str, str | None, datetime]] = field(default_factory=list)  # decision, outcome
    # what it counts as
    waiting: int | None = None
    response: int | None = None
    handling: int | None = None
    resolution: int | None = None
    since_handed: int | None = None
    waits: list[int] = field(default_factory=list)  # for further answers
    unanswered: int | None = None  # of a last question nobody answered: until it was closed
    is_abandoned: bool = False
    is_unanswered: bool = False  # closed by an operator without a word
    is_returned: bool = False

    @property
    def tags(self) -> tuple[str, ...]:
        """Put on by operators, here by numbers nobody drew."""
        number = self.customer + self.opened_at.day
        return tuple(tag for tag, every in (("hard", 7), ("vip", 11)) if number % every == 0)

    @property
    def level(self) -> int | None:
        """The line of support it was given to; what people never had has none."""
        if self.queued_at is None:
            return None
        return dict(OPERATORS)[self.operator] if self.operator is not None else 1


@dataclass(slots=True)
class Person:
    id: int
    met_at: datetime
    source: str | None
    conversations: list[Planned]
    asked: list[Asked] = field(default_factory=list)  # periodically, in no conversation


def plan(conversations: int, seed: int) -> Iterator[Person]:
    """People with so many conversations in all, always the same for a seed."""
    chance = Random(seed)
    made, number = 0, 0
    while made < conversations:
        number += 1
        visits = min(conversations - made, chance.choice((1, 1, 1, 2, 2, 3, 4, 8)))
        made += visits
        yield _person(chance, number, visits)


def _person(chance: Random, number: int, visits: int) -> Person:
    days = sorted(_day(chance) for _ in range(visits))
    made: list[Planned] = []
    for place, planned in enumerate(days):
        comes_back = place and chance.random() < 0.3
        day = made[-1].opened_at.date() + timedelta(days=chance.randint(0, 9)) if comes_back else planned
        if day < FIRST_DAY + timedelta(days=DAYS):
            made.append(_conversation(chance, number, day))
    made.sort(key=lambda one: one.opened_at)
    _mark_returns(made)
    source = (
        f"ref_{chance.randint(1, 500)}" if chance.random() < 0.08 else ("ad_spring" if chance.random() < 0.1 else None)
    )
    person = Person(number, made[0].opened_at, source, made)
    if chance.random() < 0.2:
        person.asked.append(_nps(chance, made[-1].opened_at))
    return person


def _day(chance: Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(DAYS))


def _mark_returns(made: list[Planned]) -> None:
    """The definition once more, word by word: reopened, or the same subject again within seven days of the closing."""
    for one in made:
        later = [
            other
            for other in made
            if other is not one
            and one.closed_at is not None
            and one.closed_at <= other.opened_at <= one.closed_at + timedelta(days=7)
            and (other.category == one.category or not other.category or not one.category)
        ]
        one.is_returned = bool(later) or one.reopened_at is not None


def _conversation(chance: Random, customer: int, day: date) -> Planned:
    hour = chance.choices(range(24), [1] * 8 + [3, 8, 12, 12, 10, 9, 9, 9, 9, 8, 7, 6, 5, 4, 2, 1])[0]
    opened = datetime(day.year, day.month, day.day, hour, chance.randrange(60), chance.randrange(60), tzinfo=ZONE)
    channel = chance.choices([name for name, _ in CHANNELS], [weight for _, weight in CHANNELS])[0]
    one = Planned(customer, channel, chance.choice(CATEGORIES), opened, opened)
    one.words.append(Word("customer", opened))
    _ask_bot(chance, one)
    if chance.random() < 0.5:
        _contained(chance, one)
    else:
        _handed(chance, one)
    if one.status == "closed" and one.closed_by != "idle" and one.closed_at is not None:
        _ask_after(chance, one, one.closed_at)
    one.touched_at = max([one.opened_at, *(word.at for word in one.words), *filter(None, (one.closed_at,))])
    return one


def _ask_bot(chance: Random, one: Planned) -> None:
    """Questions to the bot; the category is known only through an entry that answered, or a likely match."""
    for _ in range(chance.choice((1, 1, 1, 2))):
        decision = chance.choices(("answer", "clarify", "chosen") if one.category else ("none",))[0]
        outcome = (
            chance.choices((None, "helped", "refused"), (3, 5, 2))[0] if decision in {"answer", "chosen"} else None
        )
        one.answers.append((decision, outcome, one.opened_at))
        one.words.append(Word("bot", one.opened_at, "answer"))


def _gap(chance: Random, start: datetime, longest: int) -> tuple[datetime, int]:
    """A short while later, by the wall; its working time is known because it does not cross opening or closing."""
    seconds = chance.randint(20, longest)
    end = start + timedelta(seconds=seconds)
    if is_open(start) != is_open(end):
        return start, 0
    return end, seconds if is_open(start) else 0


def _contained(chance: Random, one: Planned) -> None:
    if chance.random() < 0.3:  # nothing was said for a day: half of it working time
        one.closed_at, one.closed_by = one.opened_at + DAY, "idle"
        one.resolution = int(OPEN_DAY.total_seconds())
    else:
        one.closed_at, one.resolution = _gap(chance, one.opened_at, 600)
        one.closed_by = "customer"


def _handed(chance: Random, one: Planned) -> None:
    one.queued_at, before = _gap(chance, one.opened_at, 300)
    one.waiting = chance.choice((5, 20, 45, 59, 60, 61, 90, 300, 900, chance.randint(1, 5000)))
    kind = chance.random()
    if kind < 0.05:
        one.closed_at = after(one.queued_at, timedelta(seconds=one.waiting))
        one.closed_by, one.is_abandoned = chance.choice(("customer", "idle")), True
        one.resolution, one.waiting = before + one.waiting, None
        one.since_handed = one.resolution - before
        return
    one.operator = chance.choice(OPERATORS)[0]
    if kind < 0.07:
        one.closed_at = after(one.queued_at, timedelta(seconds=one.waiting))
        one.closed_by, one.is_unanswered = "operator", True
        one.since_handed, one.waiting = one.waiting, None
        one.resolution = before + one.since_handed
        return
    one.assigned_at = after(one.queued_at, timedelta(seconds=one.waiting))
    _served(chance, one, before)


def _served(chance: Random, one: Planned, before: int) -> None:
    """Taken, answered, talked with, closed; every step is so much working time after the one before."""
    assert one.assigned_at is not None
    assert one.waiting is not None
    spent = 0
    now = one.assigned_at

    def goes_on(longest: int) -> int:
        nonlocal now, spent
        seconds = chance.randint(5, longest)
        now, spent = after(now, timedelta(seconds=seconds)), spent + seconds
        return seconds

    one.response = one.waiting + goes_on(1200)
    one.first_response_at = now
    one.words.append(Word("operator", now))
    for _ in range(chance.choice((0, 1, 2, 3, 5))):
        goes_on(900)
        one.words.append(Word("customer", now))
        waited = 0
        if chance.random() < 0.3:
            one.words += [Word("bot", now), Word("operator", now, "note")]  # neither is an answer
            waited += goes_on(300)
            one.words.append(Word("customer", now))  # a second word, the same wait
        waited += goes_on(chance.choice((600, 3600, 5000)))
        one.words.append(Word("operator", now))
        one.waits.append(waited)
    last = chance.choice(("", "", "Спасибо!", "А когда его привезут?"))  # thanks need no answer
    if last:
        goes_on(600)
        one.words.append(Word("customer", now, text=last))
    rest = goes_on(chance.choice((600, 20_000)))
    one.unanswered = rest if last.endswith("?") else None
    one.closed_at, one.closed_by = now, "operator"
    one.handling, one.since_handed = spent, one.waiting + spent
    one.resolution = before + one.since_handed
    if chance.random() < 0.03:
        one.reopened_at = now  # and closed again at once


def _ask_after(chance: Random, one: Planned, at: datetime) -> None:
    """The closing question, sometimes effort or the index; some answer, some change their vote."""
    score = chance.choices((None, 1, 2, 3, 4, 5), (60, 4, 3, 5, 10, 18))[0]
    one.asked.append(
        Asked("csi", 1, at, score, "done" if score else chance.choice(("asked", "expired", "skipped")),
              is_commented=bool(score) and chance.random() < 0.3, is_changed=bool(score) and chance.random() < 0.1)
    )  # fmt: skip
    kind = chance.random()
    if kind < 0.05:
        one.asked.append(Asked("ces", 1, at, chance.choice((None, 1, 2, 3, 4, 5, 6, 7))))
    elif kind < 0.08:
        parts = tuple((name, chance.randint(1, 10)) for name in ("overall", "expected", "ideal"))
        one.asked.append(Asked("acsi", 1, at, sum(value for _, value in parts), "done", parts=parts))
    elif kind < 0.12:
        one.asked.append(Asked("ces", 1, at, None, "held_out"))


def _nps(chance: Random, at: datetime) -> Asked:
    """From July on in a second version."""
    score = chance.choices((None, *range(11)), (50, 1, 1, 1, 1, 1, 2, 3, 7, 9, 12, 12))[0]
    return Asked(
        "nps", 1 if at.month < 7 else 2, at, score, "done" if score is not None else "expired", is_of_conversation=False
    )
