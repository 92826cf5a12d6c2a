"""Talk to the bot in a terminal: lines are messages, a button's number or label presses it."""

from __future__ import annotations

import asyncio
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from core.channel import Arrival, Capabilities, Files, Hook, Inbox
from core.customer import Sender
from core.delivery import Delivery, Receipt
from core.errors import Permanent, Refusal
from core.event import ButtonPressed, Event, MessageReceived
from core.finding import Finding
from core.message import Attachment, Button, IncomingMessage, OutgoingMessage

PROMPT = "> "
BOLD, DIM, PLAIN, CLEAR_LINE = "\x1b[1m", "\x1b[2m", "\x1b[0m", "\r\x1b[2K"


@dataclass(frozen=True, slots=True)
class TerminalSettings:
    """`name` is the customer's address; `patience` is how long a piped line waits for the answer to the last one."""

    name: str = "guest"
    language: str = ""
    patience: float = 10.0
    quiet: float = 0.2


class TerminalChannel:
    """`listen` returns at the end of the input, when every line is stored; answers are still printed after it."""

    name = "terminal"
    account = "terminal"
    capabilities = Capabilities(text_limit=100_000, caption_limit=100_000, label_limit=200)

    def __init__(self, settings: TerminalSettings, source: TextIO | None = None, target: TextIO | None = None) -> None:
        self._settings = settings
        self._source = source or sys.stdin
        self._target = target or sys.stdout
        self._is_talk = self._source.isatty() and self._target.isatty()
        self._run = uuid.uuid4().hex[:12]  # keys stay unique over runs
        self._count = 0
        self._buttons: tuple[Button, ...] = ()
        self._answered = asyncio.Event()

    async def start(self, inbox: Inbox) -> None:
        """Nothing to learn and nothing to register."""

    async def listen(self, inbox: Inbox) -> None:
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        reader = threading.Thread(target=_read, args=(self._source, loop, lines), daemon=True)
        reader.start()
        self._prompt()
        while (line := await lines.get()) is not None:
            words = line.strip()
            if words:
                self._answered.clear()
                await inbox.store([self._arrival(words)])
                if not self._is_talk:  # a script of lines: let each see the answer to the one before
                    await self._wait_for_answer()
            self._prompt()

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return ()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        match payload:
            case {"address": str(address), "id": str(origin_id), "text": str(text), **rest}:
                sender = Sender(self.name, self.account, address, address, language=self._settings.language)
                message = IncomingMessage(origin_id, text)
                if isinstance(token := rest.get("token"), str):
                    return (ButtonPressed(sender, token, message),)
                return (MessageReceived(sender, message),)
        raise ValueError("not a line of the terminal")

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        """The line stands on the screen already."""

    async def send(self, delivery: Delivery) -> Receipt:
        if not isinstance(delivery.content, OutgoingMessage):
            raise Permanent("a terminal has no topics", Refusal.REJECTED)
        message = delivery.content
        try:
            self._print(message)
        except (OSError, ValueError) as error:  # the terminal is gone
            raise Permanent("the terminal is closed", Refusal.UNREACHABLE) from error
        if message.buttons:
            self._buttons = tuple(button for row in message.buttons for button in row)
        self._answered.set()
        return Receipt((message.edit_of or f"{self._run}-out{delivery.id}",))

    async def ready(self, delivery: Delivery) -> float:
        return 0.0

    async def names(self, addresses: Sequence[str]) -> Mapping[str, str]:
        return {}

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        raise Permanent("files do not come through a terminal", Refusal.FILE)

    async def check(self) -> Sequence[Finding]:
        return (Finding("ok", self.name, "terminal_fine"),)

    async def close(self) -> None:
        if self._is_talk:
            self._write(CLEAR_LINE)

    def _arrival(self, words: str) -> Arrival:
        self._count += 1
        key = f"{self._run}-{self._count}"
        payload = {"address": self._settings.name, "id": key, "text": words}
        if button := self._pressed(words):
            payload |= {"token": button.token, "text": button.label}
        return Arrival(self.name, self.account, key, f"{self.name}:{self._settings.name}", payload)

    def _pressed(self, words: str) -> Button | None:
        if words.isdecimal() and 0 < int(words[:9]) <= len(self._buttons):
            return self._buttons[int(words) - 1]
        return next((b for b in self._buttons if b.label.casefold() == words.casefold()), None)

    async def _wait_for_answer(self) -> None:
        """Until something was printed and then nothing for a moment; not longer than the set patience."""
        wait = self._settings.patience
        try:
            while True:
                await asyncio.wait_for(self._answered.wait(), wait)
                self._answered.clear()
                wait = self._settings.quiet
        except TimeoutError:
            return

    def _print(self, message: OutgoingMessage) -> None:
        bold, dim, plain = (BOLD, DIM, PLAIN) if self._is_talk else ("", "", "")
        mark = "✎ " if message.edit_of else ""
        lines = [f"{mark}{message.text}"] if message.text else []
        lines += [f"{dim}{_described(attachment)}{plain}" for attachment in message.attachments]
        buttons = [button for row in message.buttons for button in row]
        lines += [f"  {bold}{number}{plain} — {button.label}" for number, button in enumerate(buttons, 1)]
        self._write((CLEAR_LINE if self._is_talk else "") + "\n".join(lines) + "\n\n")
        self._prompt()

    def _prompt(self) -> None:
        if self._is_talk:
            self._write(f"{CLEAR_LINE}{PROMPT}")

    def _write(self, text: str) -> None:
        encoding = getattr(self._target, "encoding", None) or "utf-8"
        self._target.write(text.encode(encoding, "replace").decode(encoding))
        self._target.flush()


def open_channel(settings: TerminalSettings, files: Files | None = None) -> TerminalChannel:
    return TerminalChannel(settings)


Settings = TerminalSettings


def _read(source: TextIO, loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    """Runs in a thread of its own, for a terminal cannot be read without blocking."""
    if (reconfigure := getattr(source, "reconfigure", None)) is not None:
        reconfigure(errors="replace")  # a line in another encoding is no reason to end
    line: str | None
    while True:
        try:
            line = source.readline() or None
        except (OSError, ValueError):  # closed under us
            line = None
        try:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        except RuntimeError:  # the loop has ended before the input
            return
        if line is None:
            return


def _described(attachment: Attachment) -> str:
    if attachment.latitude is not None:
        return f"📍 {attachment.latitude}, {attachment.longitude}"
    if attachment.phone:
        return f"☎ {attachment.name} {attachment.phone}"
    return f"📎 {attachment.kind} {attachment.name}".rstrip()
