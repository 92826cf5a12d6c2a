"""Who types in the console shows in the customer's chat on the website, and the other way round."""

from __future__ import annotations

import asyncio

from bot.console import Console
from bot.storage.website.visitors import address_of, talk_of
from bot.supervisor import Supervisor
from bot.website import Hub, SiteChats

_SHOWN = 6.0  # seconds without another key until nobody types any more


class TypingBridge:
    """Fleeting: what is lost on the way is typed on anyway."""

    def __init__(self, console: Console, chats: SiteChats, hub: Hub, supervisor: Supervisor) -> None:
        self._console, self._hub, self._supervisor = console, hub, supervisor
        self._typing: dict[str, int] = {}  # keys lately, by the customer's address
        console.hub.on_typing = self._operator_types
        chats.on_typing = self._customer_types

    def _operator_types(self, number: int, name: str) -> None:
        self._supervisor.spawn("typing", self._show_customer(number, name))

    async def _show_customer(self, number: int, name: str) -> None:
        address = await self._console.ground.database.read(lambda connection: address_of(connection, number))
        if address is not None:
            self._hub.type(address, name)

    def _customer_types(self, address: str) -> None:
        self._supervisor.spawn("typing", self._show_operators(address))

    async def _show_operators(self, address: str) -> None:
        found = await self._console.ground.database.read(lambda connection: talk_of(connection, address))
        if found is None:
            return
        number, who, name = found
        self._typing[address] = key = self._typing.get(address, 0) + 1
        hub = self._console.hub
        await hub.look_at(number, -who, name, is_typing=True, is_leaving=False)
        await asyncio.sleep(_SHOWN)
        if self._typing.get(address) == key:  # no further key was pressed
            del self._typing[address]
            await hub.look_at(number, -who, name, is_typing=False, is_leaving=True)
