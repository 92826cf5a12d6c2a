"""A fake as a process of its own: constructor arguments become options, one JSON line tells where it is."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import inspect
import json
import signal
from typing import Any

from tests.fakes.server import FakeServer

TYPES = {"int": int, "float": float, "str": str, "float | None": float, "int | None": int}


def _options(make: type[FakeServer]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=inspect.getdoc(make))
    for owner in (FakeServer, make):
        for name, parameter in inspect.signature(owner.__init__).parameters.items():
            flag, note = "--" + name.replace("_", "-"), str(parameter.annotation)
            if flag in parser._option_string_actions or parameter.kind is not parameter.KEYWORD_ONLY:
                continue
            if note == "bool":
                parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
            elif note.startswith("list[str]"):
                parser.add_argument(flag, type=lambda text: text.split(","), default=None)
            elif note in TYPES:
                parser.add_argument(flag, type=TYPES[note], default=None)
    return parser


async def _live(fake: FakeServer) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, over.set)
    async with fake:
        shown = {name: getattr(fake, name) for name in ("base", "token", "group_id", "bot_id") if hasattr(fake, name)}
        print(json.dumps(shown), flush=True)
        await over.wait()


def main(make: type[FakeServer]) -> None:
    given: dict[str, Any] = {
        key: value for key, value in vars(_options(make).parse_args()).items() if value is not None
    }
    asyncio.run(_live(make(**given)))
