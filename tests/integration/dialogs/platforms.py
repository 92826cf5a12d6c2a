"""What customers do at each of the fake platforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.app import App
from tests.dialogs.stage import Shown
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk
from tests.integration.dialogs.stage import CUSTOMER, HttpStage, LaterClock


class TelegramStage(HttpStage):
    def __init__(self, app: App, tg: FakeTelegram, forum: int, clock: LaterClock, person: dict[str, Any]) -> None:
        super().__init__(app, tg, forum, clock)
        self.platform = tg
        language = person.get("language", "ru")
        tg.add_user(
            CUSTOMER,
            first_name="Иван",
            last_name="Петров",
            username=person.get("username"),
            language_code=language,
        )

    async def says(self, texts: Sequence[str], *, answering: str = "") -> None:
        for text in texts:
            made = self.tg.customer_says(CUSTOMER, text, reply_to=self._answered(answering))
            self._own[text] = made.message_id

    async def sends(self, kinds: Sequence[str], caption: str, *, answering: str = "") -> None:
        if len(kinds) > 1:
            self.tg.customer_sends_album(CUSTOMER, list(kinds), caption=caption or None)
        else:
            self.tg.customer_sends(CUSTOMER, kinds[0], caption=caption or None, reply_to=self._answered(answering))

    def _answered(self, words: str) -> int | None:
        found = [one for one in self.tg.sent(CUSTOMER) if words in str(one.text)] if words else []
        return found[-1].message_id if found else None

    async def edits(self, old: str, new: str) -> None:
        text = next(text for text in reversed(self._own) if old in text)
        self._own[new] = self._own.pop(text)
        self.tg.customer_edits(CUSTOMER, self._own[new], new)

    async def presses(self, label: str, *, under: str = "") -> None:
        found = [one for one in self.tg.sent(CUSTOMER) if under in str(one.text)] if under else []
        self.tg.customer_presses(CUSTOMER, label, found[0].message_id if found else None)

    async def forges(self, token: str) -> None:
        self.tg.customer_presses(CUSTOMER, token, stale=True)

    async def blocks(self) -> None:
        self.tg.customer_blocks(CUSTOMER)

    async def returns(self) -> None:
        self.tg.customer_unblocks(CUSTOMER)

    async def is_answered_by_community(self, text: str) -> None:
        raise NotImplementedError("Telegram has no communities")

    def shown(self) -> list[Shown]:
        return self._shown(self.tg, {number: text for text, number in self._own.items()})


class VkStage(HttpStage):
    def __init__(
        self, app: App, vk: FakeVk, tg: FakeTelegram, forum: int, clock: LaterClock, person: dict[str, Any]
    ) -> None:
        super().__init__(app, tg, forum, clock)
        self.platform = self.vk = vk
        self._inline = person.get("has_buttons", True)
        vk.add_user(CUSTOMER, first_name="Иван", last_name="Петров")

    async def says(self, texts: Sequence[str], *, answering: str = "") -> None:
        for text in texts:
            made = self.vk.customer_says(CUSTOMER, text, reply_to=self._answered(answering), inline=self._inline)
            self._own[text] = made.cmid

    async def sends(self, kinds: Sequence[str], caption: str, *, answering: str = "") -> None:
        if len(kinds) > 1:
            self.vk.customer_sends_album(CUSTOMER, text=caption, kinds=list(kinds))
        else:
            self.vk.customer_sends(CUSTOMER, kinds[0], text=caption)

    def _answered(self, words: str) -> int | None:
        found = [one for one in self.vk.sent(CUSTOMER) if words in one.text] if words else []
        return found[-1].cmid if found else None

    async def edits(self, old: str, new: str) -> None:
        text = next(text for text in reversed(self._own) if old in text)
        self._own[new] = self._own.pop(text)
        self.vk.customer_edits(CUSTOMER, self._own[new], new)

    async def presses(self, label: str, *, under: str = "") -> None:
        found = [one for one in self.vk.sent(CUSTOMER) if under in one.text] if under else []
        self.vk.customer_presses(CUSTOMER, label, found[0].cmid if found else None)

    async def forges(self, token: str) -> None:
        self.vk.customer_presses(CUSTOMER, f'{{"t": "{token}"}}', stale=True)

    async def blocks(self) -> None:
        self.vk.customer_denies(CUSTOMER)

    async def returns(self) -> None:
        self.vk.customer_allows(CUSTOMER)

    async def is_answered_by_community(self, text: str) -> None:
        self.vk.admin_says(CUSTOMER, text)

    def shown(self) -> list[Shown]:
        return self._shown(self.vk, {number: text for text, number in self._own.items()})
