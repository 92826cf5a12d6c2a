"""What happened on the fake, in the order of effect."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from tests.fakes.record import Record

SECRETS = ("access_token", "token", "secret_token", "secret_key", "key")


class Journal:
    """Kept by the fake under its lock; `begin` and `end` enclose the effect of one call."""

    def __init__(self, light: bool) -> None:
        self.light = light
        self.forget()

    def forget(self) -> None:
        self.sent: list[Record] = []
        self.said: list[Record] = []
        self.edits: list[Record] = []
        self.deleted: list[Record] = []
        self.answers: list[Record] = []
        self.actions: list[Record] = []
        self.calls: list[Record] = []
        self.problems: list[Record] = []
        self.counts: Counter[str] = Counter()
        self._fresh: list[Record] = []

    def call(self, method: str, params: dict[str, Any]) -> Record | None:
        self.counts[method] += 1
        if self.light:
            return None
        shown = {key: value for key, value in params.items() if key not in SECRETS}
        call = Record(method=method, params=shown, at=time.time(), outcome="")
        self.calls.append(call)
        return call

    def problem(self, method: str, problem: str) -> None:
        self.problems.append(Record(method=method, problem=problem, at=time.time()))

    def add(self, page: list[Record], **fields: Any) -> Record:
        """A line on one of the pages; it learns later whether the answer to its call was lost."""
        record = Record(n=len(page) + 1, **fields, at=time.time(), answer_lost=False)
        page.append(record)
        self._fresh.append(record)
        return record

    def take_fresh(self) -> list[Record]:
        fresh, self._fresh = self._fresh, []
        return fresh
