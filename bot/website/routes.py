"""Every address of the customers' web pages, on one page."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from bot.library import Library
from bot.ports import FileShelf
from bot.storage.database import Database
from bot.website.access.door import Door
from bot.website.access.limits import Limiter, Rates
from bot.website.access.visiting import Visiting
from bot.website.api import Api
from bot.website.chats import SiteChats
from bot.website.hub import Hub
from bot.website.manner import Manner
from bot.website.pages.colours import serve_colour
from bot.website.pages.frame import Frame
from bot.website.pages.help import Help
from bot.website.pages.rendering import serve_static
from bot.website.stream import Streams
from channels.website import WebsiteChannel
from core.clock import Clock


@dataclass
class Website:
    """The customers' side of the web server; `mount` puts it on."""

    channel: WebsiteChannel
    chats: SiteChats
    hub: Hub
    database: Database
    library: Library
    shelf: FileShelf
    clock: Clock
    language: str
    public_url: str | None = None
    rates: Rates = field(default_factory=Rates)
    manner: Manner = field(default_factory=Manner)

    def mount(self, app: web.Application) -> None:
        door = Door(Limiter(self.clock), self.rates, self.public_url)
        visiting = Visiting(self.database, self.clock, self.hub)
        api = Api(
            self.channel,
            self.chats,
            visiting,
            self.hub,
            door,
            self.database,
            self.library,
            self.shelf,
            self.clock,
            self.language,
            self.manner,
        )
        streams = Streams(api, self.hub, door, self.database)
        frame, pages = (
            Frame(visiting, door, self.language, self.manner),
            Help(self.library, door, self.language, self.manner, self.database, self.shelf, self.clock),
        )
        add, guard = app.router, door.guard
        add.add_get("/widget.js", frame.load)
        add.add_get("/widget/colour/{colour:[0-9a-f]{6}}.css", serve_colour)
        add.add_get("/widget/frame", frame.show)
        add.add_get("/widget/static/{hash}/{name}", serve_static)
        add.add_post("/widget/api/session", guard(api.session))
        add.add_get("/widget/api/lines", guard(api.lines))
        add.add_post("/widget/api/messages", guard(api.say))
        add.add_post("/widget/api/changes", guard(api.change))
        add.add_post("/widget/api/presses", guard(api.press))
        add.add_post("/widget/api/typing", guard(api.type))
        add.add_post("/widget/api/seen", guard(api.see))
        add.add_post("/widget/api/files", guard(api.upload))
        add.add_get("/widget/api/files/{line}/{place}", guard(api.file))
        add.add_get("/widget/api/events", guard(streams.events))
        add.add_get("/help", pages.index)
        add.add_get("/help/files/{ref:[0-9a-f]{64}}/{name}", pages.file)
        add.add_get("/help/{key}", pages.entry)
        app.on_shutdown.append(self._close)

    async def _close(self, _app: web.Application) -> None:
        """Open streams would keep the server from stopping."""
        self.hub.close()
