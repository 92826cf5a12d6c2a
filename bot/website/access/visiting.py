"""Who may have which chat: sessions, the site's known customers, and what an opened chat begins with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from bot.storage.database import Database
from bot.storage.notes import secret_note
from bot.storage.website import lines, sites, visitors
from bot.storage.website.sites import Site
from bot.website.access.tokens import (
    Pass,
    known_pass,
    new_guest,
    read_identity,
    read_token,
    write_token,
)
from bot.website.hub import Hub
from channels.website import NAME, Visitor
from core.clock import Clock
from core.customer import Sender
from core.errors import Forbidden, NotFound, Retryable

OWN_SITE = "help"  # our own page; there without any setting
_KEY = "website.key"
_MERGE_PATIENCE = 3.0  # seconds for what a guest said last to be decided on
_RENEW_SHARE = 8  # a token is written anew after this part of its time


@dataclass(frozen=True, slots=True)
class Session:
    """What an opened chat begins with."""

    token: str
    who: Pass
    is_merged: bool
    state: Mapping[str, Any]


def visitor_of(who: Pass, language: str = "") -> Visitor:
    return Visitor(who.address, who.site, who.name, who.user_id, language)


class Visiting:
    """Sessions over the database; the signing key is made at the first start and shared by all processes."""

    def __init__(self, database: Database, clock: Clock, hub: Hub) -> None:
        self._database, self._clock, self._hub = database, clock, hub
        self._key: bytes | None = None

    async def site(self, key: str) -> Site:
        """Raises NotFound for a key that means nothing, Forbidden for a site switched off."""
        if key == OWN_SITE:
            return Site(OWN_SITE, "")
        found = await self._database.read(lambda connection: sites.find_site(connection, key[:64]))
        if not found.is_active:
            raise Forbidden("the chat is switched off for this site")
        return found

    async def key(self) -> bytes:
        if self._key is None:
            made = await self._database.write(lambda connection: secret_note(connection, _KEY))
            self._key = bytes.fromhex(made)
        return self._key

    async def read(self, token: str) -> Pass | None:
        return read_token(token, await self.key(), self._clock.now()) if token else None

    async def open(self, site: Site, token: str, identity: str, language: str, *, resumes: bool = False) -> Session:
        """Sign in, or go on with what the token says, or begin as a guest.

        `resumes`: the same page goes on, whose identity may have expired since; a good token is enough then.
        With a fresh identity the history of a guest's token becomes the known customer's. Raises Forbidden for a
        forged or expired identity, Retryable when the guest's last words are still being decided on.
        """
        now = self._clock.now()
        before = await self.read(token)
        if before is not None and before.site != site.key:
            before = None
        is_merged = False
        if resumes and before is not None and not await self._is_moved(before):
            who = before
        elif identity:
            who = known_pass(site.key, read_identity(identity, site.secret, now), now)
            if before is not None and not before.is_known:
                is_merged = await self._merge(before, who, site, language)
        elif before is not None and not before.is_known and not await self._is_moved(before):
            who = before
        else:  # nobody yet, or somebody who signed out
            who = new_guest(site.key, now)
        fresh = replace(who, issued_at=now)
        return Session(write_token(fresh, await self.key()), who, is_merged, await self.state(who))

    async def _is_moved(self, who: Pass) -> bool:
        row = await self._database.read(lambda connection: visitors.find_visitor(connection, who.address))
        return row is not None and row.merged_into is not None

    async def _merge(self, guest: Pass, who: Pass, site: Site, language: str) -> bool:
        known, now = Sender(NAME, NAME, who.address, who.name, who.user_id, language), self._clock.now()
        row = await self._database.read(lambda connection: visitors.find_visitor(connection, guest.address))
        if row is None or row.merged_into is not None:
            return False
        for _ in range(int(_MERGE_PATIENCE / 0.1)):
            if await self._database.write(
                lambda connection: visitors.merge(connection, guest.address, known, site.key, now)
            ):
                self._hub.resync(guest.address)
                self._hub.resync(who.address)
                return True
            await asyncio.sleep(0.1)
        raise Retryable("what was said last is still being worked on; try again", after=1.0)

    async def state(self, who: Pass) -> Mapping[str, Any]:
        """The end of the chat, and where it stands."""

        def work(connection: Connection) -> dict[str, Any]:
            row = visitors.find_visitor(connection, who.address)
            seen = row.seen_id if row is not None else 0
            return {
                "cursor": lines.last_id(connection, who.address),
                "lines": lines.lines_before(connection, who.address, None),
                "seen": seen,
                "unseen": lines.count_unseen(connection, who.address, seen),
                "state": lines.state_of(connection, who.address),
            }

        return await self._database.read(work)

    async def check_open(self, who: Pass | None) -> Pass:
        """The pass of a chat that is still its own; raises Forbidden."""
        if who is None or await self._is_moved(who):
            raise Forbidden("sign in anew")
        try:
            await self.site(who.site)
        except NotFound:
            raise Forbidden("the chat is switched off for this site") from None
        return who
