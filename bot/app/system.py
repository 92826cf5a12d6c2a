"""Database, FAQ, channels, inbox and outbox put together, and kept running."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Connection, select

from bot.app.memory import give_back
from bot.apply.handled import Handled
from bot.apply.posting.groups import settle
from bot.apply.work import DeskPlace, Setup
from bot.board import Board
from bot.inbox import InboxService, OperatorActs, Windows
from bot.knowledge.encoders import NO_ENCODER, EncoderChoice
from bot.knowledge.learner import Learner
from bot.library import Library
from bot.outbox import OutboxService
from bot.ports import Drawings, FaqFiles, FileShelf
from bot.storage import people
from bot.storage.database import Database
from bot.storage.knowledge.files import CHANNEL as FAQ_FILES
from bot.storage.tables import conversation, identity
from bot.supervisor import Alarm, LoopAlarm, Supervisor
from bot.timers import Timers
from core.channel import Channel, Naming
from core.clock import Clock, SystemClock
from core.conversation import Status
from core.errors import ChannelError
from core.message import DRAWN

log = logging.getLogger(__name__)

_START_AGAIN = 0.5  # seconds before a channel that could not start is tried again; doubled up to the longest
_START_AGAIN_LATEST = 15.0
# the whole end takes at most 10 s; the web server has had 3 of them
_LAST_WORDS = 4.5  # seconds for what is being decided and sent
_CLOSING_TIME = 2.0


@dataclass
class App:
    """Everything that runs over one database for one set of channels; tests make it with channels in memory."""

    database: Database
    channels: Sequence[Channel]
    language: str = "ru"
    desk: DeskPlace | None = None
    clock: Clock = field(default_factory=SystemClock)
    alarm: Alarm = field(default_factory=LoopAlarm)
    windows: Windows = field(default_factory=Windows)
    shelf: FileShelf | None = None
    encoder: EncoderChoice = NO_ENCODER
    handles: bool = True
    listens: bool = True
    zone: tzinfo = UTC
    public_url: str | None = None

    def __post_init__(self) -> None:
        self.supervisor = Supervisor()
        capabilities = {channel.name: channel.capabilities for channel in self.channels}
        self.outbox = OutboxService(self.database, self.clock, self.alarm, self.supervisor)
        self.board = Board(self.database)
        self.setup = Setup(
            self.language,
            capabilities,
            self.desk,
            self.outbox.is_idle,
            self.zone,
            settings=lambda: self.board.settings,
            rules=lambda: self.board.rules,
            wording=lambda: self.board.wording,
            public_url=self.public_url or "",
            announcements=lambda: self.board.announcements,
        )
        self.library = Library(
            self.database,
            self.clock,
            encoder=self.encoder,
            on_built=give_back,
            settings=lambda: self.board.settings,
        )
        self.inbox = InboxService(
            self.database,
            self.library,
            self.clock,
            self.alarm,
            self.supervisor,
            self.setup,
            windows=self.windows,
            on_deliveries=self._handled,
        )
        self.inbox.handles = self.handles
        self.acts = OperatorActs(self.database, self.inbox, self.alarm)
        files = self.shelf.folder if self.shelf is not None else None
        self.timers = Timers(self.database, self.clock, self.library, self.board, self.inbox, self.outbox, files)
        self.ready: dict[str, bool] = {channel.name: False for channel in self.channels}
        by_name = {channel.name: channel for channel in self.channels}
        if self.handles:
            self.inbox.serve(by_name)
            self.outbox.serve(by_name, self.setup)
        if self.shelf is not None:
            self.shelf.serve({**by_name, FAQ_FILES: FaqFiles(self.database), DRAWN: Drawings()})
        self._is_sharing = False
        self.listened = asyncio.Event()  # a channel's input has ended, as a terminal's does

    async def start(self) -> None:
        """Take up what was left, then let the channels listen."""
        await self.take_up()
        self.listen()

    async def take_up(self, *, is_split: bool = False) -> None:
        """What an earlier process left; `is_split`: another process receives webhooks.

        Nothing may arrive meanwhile: it would be decided on before what is older, and without the FAQ.
        """
        await self.board.refresh()
        await self.library.refresh()
        self.supervisor.start("FAQ", self.library.follow_changes)
        self.supervisor.start("meaning of the FAQ", self.library.follow_meaning)
        if not self.handles:
            self.supervisor.start("settings of other processes", self.timers.follow_board)
        if self.handles:
            now = self.clock.now()
            await self.database.write(lambda connection: settle(connection, self.setup, now))
            self.inbox.know_people(await self.database.read(_lanes_with_people))
            sending = await self.outbox.recover()
            handling = await self.inbox.recover()
            if sending or handling:
                log.info("taken up from the last run: %d arrivals, %d deliveries", handling, sending)
            self.supervisor.start("timers", self.timers.run)
            self.supervisor.start("learning", Learner(self.database, self.clock, lambda: self.library.index).run)
            if is_split:
                self.supervisor.start("arrivals of other processes", self.timers.follow_arrivals)

    def listen(self) -> None:
        """Let the channels start and receive; webhooks are served by now."""
        for channel in self.channels:
            self.supervisor.start(f"channel {channel.name}", lambda channel=channel: self._serve(channel))  # type: ignore[misc]

    async def stop(self) -> None:
        """Stop receiving, finish what is being decided and sent, then close; nothing in flight is forgotten."""
        try:
            async with asyncio.timeout(_LAST_WORDS):
                await self.inbox.stop()
                await self.outbox.stop()
        except TimeoutError:
            log.warning("something was still on its way; it is taken up at the next start")
        self.library.close()
        await self.supervisor.stop()
        closing = (asyncio.wait_for(channel.close(), _CLOSING_TIME) for channel in self.channels)
        for channel, error in zip(self.channels, await asyncio.gather(*closing, return_exceptions=True), strict=True):
            if error is not None:
                log.debug("%s did not close: %s", channel.name, type(error).__name__)
        await asyncio.to_thread(self.database.close)

    async def _serve(self, channel: Channel) -> None:
        pause = _START_AGAIN
        while True:
            try:
                await channel.start(self.inbox)
                break
            except ChannelError as error:
                await self.inbox.report(channel.name, f"could not start: {error}")
                await asyncio.sleep(pause)
                pause = min(_START_AGAIN_LATEST, 2 * pause)
        self.ready[channel.name] = True
        if self.listens:
            await channel.listen(self.inbox)
            self.listened.set()

    def _handled(self, handled: Handled) -> None:
        self.outbox.accept(handled.deliveries, claimed=handled.claimed)
        if handled.wants_sharing and not self._is_sharing:
            self._is_sharing = True
            self.supervisor.spawn("sharing out", self._share_out())
        if handled.is_new_identity and handled.deliveries:
            first = next((one.delivery for one in handled.deliveries if one.delivery.lane.count(":") == 2), None)
            channel = next((one for one in self.channels if first and one.name == first.channel), None)
            if first is not None and isinstance(channel, Naming):
                self.supervisor.spawn("names", self._learn_name(channel, first.account, first.address))

    async def _share_out(self) -> None:
        self._is_sharing = False  # what happens from now on is not seen by this look
        await self.timers.tend()

    async def _learn_name(self, channel: Any, account: str, address: str) -> None:
        names = await channel.names([address])
        if names:
            await self.database.write(
                lambda connection: people.name_customers(connection, channel.name, account, names)
            )


def _lanes_with_people(connection: Connection) -> list[str]:
    query = (
        select(identity.c.channel, identity.c.address)
        .join(conversation, conversation.c.identity_id == identity.c.id)
        .where(conversation.c.status.in_((Status.QUEUED.value, Status.ASSIGNED.value)))
    )
    return [f"{row.channel}:{row.address}" for row in connection.execute(query)]
