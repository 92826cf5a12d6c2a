"""Passwords: argon2id, off the event loop, and the same time for a login that does not exist."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput

T = TypeVar("T")

SHORTEST, LONGEST = 10, 200  # characters
_THREADS = 2  # so that guessing cannot take every core


class Passwords:
    """Hashes and checks; `check` also says whether the stored hash is of older parameters."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="otklik-password")
        self._dummy = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def check(self, stored: str | None, password: str) -> bool:
        """False also when nothing is stored, after just as long."""
        is_right = await self._run(self._verify, stored or self._dummy, password[:LONGEST])
        return is_right and stored is not None

    def is_old(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)


def check_new(password: str, again: str, login: str) -> None:
    """Raises InvalidInput, with a key of the console's catalogue, for a password that will not do."""
    if len(password) < SHORTEST:
        raise InvalidInput("password.short")
    if len(password) > LONGEST:
        raise InvalidInput("password.long")
    if login and login.casefold() in password.casefold():
        raise InvalidInput("password.login_inside")
    if len(set(password)) < 4:
        raise InvalidInput("password.simple")
    if password != again:
        raise InvalidInput("password.different")
