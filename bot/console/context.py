"""What every page works with: the console as a whole, and one visit to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.console.access.passwords import Passwords
from bot.console.live.hub import Hub
from bot.console.look.render import Renderer
from bot.inbox import OperatorActs
from bot.library import Library
from bot.ports import FileShelf
from bot.settings.setting import Settings
from bot.storage.console.sessions import Session
from bot.storage.database import Database
from bot.storage.desk.audit import CONSOLE, Who
from bot.supervisor import Supervisor
from core.channel import Capabilities
from core.clock import Clock
from core.errors import Forbidden
from core.finding import Finding
from core.text import Wording
from handoff.operators import Operator, Role

# what the navigation leads to: path, icon, key of its name, and who sees it at the least
Section = tuple[str, str, str, Role]
OWN_FIGURES = "/reports/me"  # of its own for who has no other reports; the others find it beside those
SECTIONS: tuple[Section, ...] = (
    ("/inbox", "inbox", "nav.inbox", Role.OPERATOR),
    ("/faq", "book", "nav.faq", Role.OPERATOR),
    ("/unanswered", "question", "nav.unanswered", Role.OPERATOR),
    ("/follow-ups", "phone", "nav.follow_ups", Role.OPERATOR),
    ("/reports/overview", "chart", "nav.reports", Role.SUPERVISOR),
    (OWN_FIGURES, "chart", "nav.own_figures", Role.OPERATOR),
    ("/canned", "bolt", "nav.canned", Role.OPERATOR),
    ("/operators", "people", "nav.operators", Role.ADMIN),
    ("/settings", "gear", "nav.settings", Role.ADMIN),
)
RANKS = {Role.OPERATOR: 1, Role.SUPERVISOR: 2, Role.ADMIN: 3}


@dataclass(slots=True)
class Ground:
    """What the console stands on; `accept` takes what an act decided, so that it is sent at once."""

    database: Database
    clock: Clock
    library: Library
    acts: OperatorActs
    supervisor: Supervisor
    shelf: FileShelf | None
    language: str
    zone: ZoneInfo
    public_url: str | None = None
    channels: Sequence[str] = ()  # that are served; empty: not told
    examine: Callable[[], Awaitable[Sequence[Finding]]] | None = None  # the doctor
    wording: Callable[[], Wording] = Wording  # the installation's own sentences
    capabilities: Mapping[str, Capabilities] = field(default_factory=dict)  # of each channel
    settings: Callable[[], Settings] = Settings  # of this moment


@dataclass(slots=True)
class Console:
    ground: Ground
    hub: Hub
    renderer: Renderer
    passwords: Passwords = field(default_factory=Passwords)

    @property
    def is_secure(self) -> bool:
        return (self.ground.public_url or "").startswith("https:")

    def carries_edits(self, channel: str) -> bool:
        """Whether the channel can change what it has sent."""
        known = self.ground.capabilities.get(channel)
        return known is not None and known.has_edits

    def edit_seconds(self, channel: str) -> int | None:
        """For how long after the sending; None: for ever."""
        known = self.ground.capabilities.get(channel)
        return int(known.edit_time.total_seconds()) if known is not None and known.edit_time is not None else None

    def is_own_origin(self, request: web.Request) -> bool:
        """Whether the request comes from one of our own pages; browsers send Origin with every unsafe request."""
        origin = request.headers.get("Origin", "")
        if self.ground.public_url and origin == origin_of(self.ground.public_url):
            return True
        return bool(origin) and urlsplit(origin).netloc == request.host


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True)
class Visit:
    """One request: who makes it, in which language, and how it is answered."""

    console: Console
    request: web.Request
    session: Session | None
    preferences: Mapping[str, Any]
    language: str
    csrf: str
    waiting: int = 0  # follow-ups for them: their own and those nobody took

    @property
    def ground(self) -> Ground:
        return self.console.ground

    @property
    def operator(self) -> Operator:
        if self.session is None:
            raise Forbidden("not logged in")
        return self.session.operator

    @property
    def who(self) -> Who:
        """The same for the audit log."""
        return Who(self.operator.id, self.operator.login, CONSOLE)

    @property
    def is_fragment(self) -> bool:
        """Our own script asks for the inner part of a page."""
        return self.request.headers.get("X-Fragment") == "1"

    @property
    def sections(self) -> Sequence[Section]:
        """What the navigation shows them."""
        is_lead = self.may(Role.SUPERVISOR)
        return [one for one in SECTIONS if self.may(one[3]) and not (is_lead and one[0] == OWN_FIGURES)]

    def is_within(self, path: str) -> bool:
        """Whether the page belongs to the section that begins at `path`."""
        here, part = self.request.path, path.split("/")[1]
        return here.split("/")[1] == part or (part == "settings" and here == "/audit")

    def may(self, role: Role | str) -> bool:
        return self.session is not None and RANKS[self.session.operator.role] >= RANKS[Role(role)]

    def number(self, name: str) -> int:
        """A number in the path; the route's pattern has checked its form."""
        return int(self.request.match_info[name])

    async def form(self) -> Mapping[str, Any]:
        """The fields of the form; the guard has read it already."""
        return await self.request.post()

    def text(self, form: Mapping[str, Any], name: str, limit: int = 20_000) -> str:
        value = form.get(name, "")
        return value.strip()[:limit].replace("\r\n", "\n").replace("\x00", "") if isinstance(value, str) else ""

    def word(self, key: str, **params: object) -> str:
        return self.console.renderer.words(self.language).say(key, **params)

    def page(self, template: str, status: int = 200, **facts: Any) -> web.Response:
        """The page, or its inner part for a fragment."""
        html = self.console.renderer.render(self, template, {"status": status, **facts})
        response = web.Response(text=html, content_type="text/html", charset="utf-8", status=status)
        if len(html) > 2000:
            response.enable_compression()
        if "otklik_said" in self.request.cookies:  # said once
            response.del_cookie("otklik_said", path="/")
        return response

    def json(self, value: Any, status: int = 200) -> web.Response:
        return web.json_response(value, status=status)

    def go(self, path: str, said: str = "", **numbers: int) -> web.Response:
        """See another page next; `said` is a key of the catalogue that is shown there once, with its numbers."""
        response = web.Response(status=303, headers={"Location": path})
        if said:
            value = ".".join((said, *(f"{name}-{number}" for name, number in numbers.items())))
            response.set_cookie("otklik_said", value, max_age=30, httponly=True, samesite="Lax", path="/")
        return response

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")
