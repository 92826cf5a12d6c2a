"""Reading the journal of a fake and waiting for what it will say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.changes import Changes
from tests.fakes.journal import Journal
from tests.fakes.record import Record


class JournalReading:
    """Mixed into the server."""

    lock: threading.RLock
    changes: Changes
    journal: Journal

    def is_own_loop(self) -> bool:
        raise NotImplementedError

    def sent(self, chat: int | None = None, thread: int | None = None, after: int = 0) -> list[Record]:
        """In the order of effect; `thread=0`: outside any topic; `after`: only those with a greater `n`."""
        with self.lock:
            return [record for record in self.journal.sent[after:] if self._is_there(record, chat, thread)]

    @staticmethod
    def _is_there(record: Record, chat: int | None, thread: int | None) -> bool:
        return (chat is None or record["chat"] == chat) and (thread is None or (record["thread"] or 0) == thread)

    def said(self, chat: int | None = None) -> list[Record]:
        """What people have written or sent, in order."""
        return self._page(self.journal.said, chat)

    def edits(self, chat: int | None = None) -> list[Record]:
        return self._page(self.journal.edits, chat)

    def deleted(self, chat: int | None = None) -> list[Record]:
        return self._page(self.journal.deleted, chat)

    def actions(self, chat: int | None = None) -> list[Record]:
        return self._page(self.journal.actions, chat)

    def answers(self) -> list[Record]:
        return self._page(self.journal.answers, None)

    def _page(self, page: list[Record], chat: int | None) -> list[Record]:
        with self.lock:
            return [record for record in page if chat is None or record["chat"] == chat]

    @property
    def calls(self) -> list[Record]:
        with self.lock:
            return list(self.journal.calls)

    @property
    def problems(self) -> list[Record]:
        with self.lock:
            return list(self.journal.problems)

    def count(self, method: str | None = None) -> int:
        with self.lock:
            return self.journal.counts.total() if method is None else self.journal.counts[method]

    def forget(self) -> None:
        with self.lock:
            self.journal.forget()

    def content(self, file: str) -> bytes:
        raise NotImplementedError

    def now(self) -> float:
        return time.time()

    def unconfirmed(self) -> int:
        raise NotImplementedError

    # waiting

    async def wait_for(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:
        deadline = time.monotonic() + timeout
        while True:
            with self.lock:
                if value := predicate():
                    return value
                future = self.changes.next()
            if not await self.changes.wait(future, deadline - time.monotonic()):
                raise TimeoutError(self._what_is_there())

    def block_for(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:
        """As `wait_for`, for a thread that is not the fake's own loop."""
        deadline = time.monotonic() + timeout
        while True:
            with self.lock:
                if value := predicate():
                    return value
                event = self.changes.next_event()
            if self.is_own_loop():
                raise RuntimeError("this blocks the fake's own loop: use wait_for…")
            if not event.wait(max(deadline - time.monotonic(), 0.0)):
                raise TimeoutError(self._what_is_there())

    def _what_is_there(self) -> str:
        with self.lock:
            last = [
                (r["chat"], r["thread"], (r["text"] or r["caption"] or r["kind"])[:60]) for r in self.journal.sent[-8:]
            ]
            return (
                f"not in time; calls: {dict(self.journal.counts)}, last sent: {last}, unconfirmed: {self.unconfirmed()}"
            )

    def _seen(
        self, count: int, chat: int | None, thread: int | None, text: str | None, method: str | None
    ) -> Callable[[], list[Record] | None]:
        found: list[Record] = []
        page, position = self.journal.sent, 0

        def look() -> list[Record] | None:
            nonlocal position
            for record in page[position:]:
                shown = record["text"] or record["caption"] or ""
                fits = (method is None or record["method"] == method) and (text is None or text in shown)
                if fits and self._is_there(record, chat, thread):
                    found.append(record)
            position = len(page)
            return found if len(found) >= count else None

        return look

    async def wait_for_sent(
        self,
        count: int = 1,
        chat: int | None = None,
        thread: int | None = None,
        text: str | None = None,
        method: str | None = None,
        timeout: float = 5.0,
    ) -> list[Record]:
        """At least `count` sent messages of that kind since the last `forget()`."""
        found: list[Record] = await self.wait_for(self._seen(count, chat, thread, text, method), timeout)
        return found

    def block_for_sent(
        self,
        count: int = 1,
        chat: int | None = None,
        thread: int | None = None,
        text: str | None = None,
        method: str | None = None,
        timeout: float = 5.0,
    ) -> list[Record]:
        found: list[Record] = self.block_for(self._seen(count, chat, thread, text, method), timeout)
        return found

    async def wait_for_calls(self, method: str, count: int = 1, timeout: float = 5.0) -> int:
        got: int = await self.wait_for(lambda: (n := self.journal.counts[method]) >= count and n, timeout)
        return got

    def block_for_calls(self, method: str, count: int = 1, timeout: float = 5.0) -> int:
        got: int = self.block_for(lambda: (n := self.journal.counts[method]) >= count and n, timeout)
        return got

    async def wait_for_said(self, count: int, timeout: float = 60.0) -> None:
        await self.wait_for(lambda: len(self.journal.said) >= count, timeout)

    def block_for_said(self, count: int, timeout: float = 60.0) -> None:
        self.block_for(lambda: len(self.journal.said) >= count, timeout)

    async def wait_for_confirmed(self, timeout: float = 5.0) -> None:
        await self.wait_for(lambda: self.unconfirmed() == 0, timeout)

    def block_for_confirmed(self, timeout: float = 5.0) -> None:
        self.block_for(lambda: self.unconfirmed() == 0, timeout)
