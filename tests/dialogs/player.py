"""Plays a conversation step by step; anything the bot says that no step expects is a failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from bot.storage.tables import conversation
from core.event import OperatorActed
from tests.dialogs.acts import ACTED
from tests.dialogs.expectations import EXPECTED
from tests.dialogs.scenario import Scenario, Step, as_list, shorten
from tests.dialogs.stage import Posted, Shown, Stage

_MOST_LINES = 60


class Player:
    """`seen`, `read`: how much of what the customer got, and of what stands on the desk, was expected so far."""

    def __init__(self, stage: Stage, scenario: Scenario) -> None:
        self.stage, self.scenario = stage, scenario
        self.seen = self.read = self.felt = 0
        self.last: Shown | None = None
        self.acted: OperatorActed | None = None  # the last act at the console
        self.transcript: list[str] = []
        self._logged = [0, 0]

    async def play(self) -> None:
        for number, step in enumerate(self.scenario.steps, 1):
            self.transcript.append(f"{number:>3}. {step}")
            if step.act in EXPECTED:
                await EXPECTED[step.act](self, step)
                continue
            if step.act not in ACTED:
                self.fail(f"no such step: {step.act}")
            self.expect_nothing()
            await ACTED[step.act](self, step)
            await self.stage.settle()
            self._log()
        self.transcript.append("     the end")
        self.expect_nothing()

    # --- what fails

    def fail(self, why: str) -> None:
        lines = self.transcript[-_MOST_LINES:]
        raise AssertionError("\n".join([f"{self.scenario}", *lines, f"  >> {why}"]))

    def expect_nothing(self) -> None:
        if rest := self.stage.shown()[self.seen :]:
            self.fail("the customer got what no step expects: " + " | ".join(map(str, rest)))
        if posts := self.stage.posted()[self.read :]:
            self.fail("on the desk stands what no step expects: " + " | ".join(map(str, posts)))

    def next_shown(self, step: Step) -> Shown:
        shown = self.stage.shown()
        if len(shown) <= self.seen:
            self.fail(f"the customer got nothing, expected: {step}")
        self.seen += 1
        self.last = shown[self.seen - 1]
        return self.last

    def next_posted(self, step: Step) -> Posted:
        posted = self.stage.posted()
        if len(posted) <= self.read:
            self.fail(f"nothing stands on the desk, expected: {step}")
        self.read += 1
        return posted[self.read - 1]

    def check_words(self, text: str, step: Step) -> None:
        for part in as_list(step.value):
            if str(part) not in text:
                self.fail(f"{part!r} is not in {shorten(text, 600)!r}")
        for part in as_list(step.options.get("without")):
            if str(part) in text:
                self.fail(f"{part!r} should not be in {shorten(text, 600)!r}")

    def check_rest(self, seen: Shown | Posted, step: Step) -> None:
        options = step.options
        if "media" in options and list(seen.media) != as_list(options["media"]):
            self.fail(f"came with {list(seen.media)}, expected {options['media']}")
        if "media" not in options and seen.media:
            self.fail(f"came with {list(seen.media)}, expected none")
        if "answering" in options and options["answering"] not in seen.answers:
            self.fail(f"answers {seen.answers!r}, expected {options['answering']!r}")
        if "buttons" in options:
            self.check_labels(seen.labels, options["buttons"])

    def check_labels(self, labels: Sequence[str], wanted: Any) -> None:
        expected = [str(one) for one in as_list(wanted)]
        fits = len(labels) == len(expected) and all(
            part.casefold() in label.casefold() for part, label in zip(expected, labels, strict=True)
        )
        if not fits:
            self.fail(f"the buttons are {list(labels)}, expected {expected}")

    def _log(self) -> None:
        for place, (mark, page) in enumerate((("->", self.stage.shown()), ("=>", self.stage.posted()))):
            self.transcript += [f"       {mark} {one}" for one in page[self._logged[place] :]]
            self._logged[place] = len(page)

    async def topic(self, step: Step) -> int:
        """The conversation meant: named, or the latest."""
        if "in" in step.options:
            return int(step.options["in"])
        return int(await self.read_database(lambda connection: connection.scalar(select(func.max(conversation.c.id)))))

    async def read_database(self, work: Callable[[Connection], Any]) -> Any:
        return await self.stage.app.database.read(work)
