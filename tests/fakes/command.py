"""A fake as a process of its own: constructor arguments become options, one JSON line tells where it is."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import inspect
import json
import signal
import sys
import threading
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
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with whoever started it")
    return parser


async def _live(fake: FakeServer, is_tied: bool) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch() -> None:
        sys.stdin.read()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(over.set)

    if is_tied:
        threading.Thread(target=watch, daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, over.set)
    async with fake:
        shown = {name: getattr(fake, name) for name in ("base", "token", "group_id", "bot_id") if hasattr(fake, name)}
        print(json.dumps(shown), flush=True)
        await over.wait()


def main(make: type[FakeServer]) -> None:
    options = vars(_options(make).parse_args())
    is_tied = options.pop("until_stdin_closes")
    given: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    asyncio.run(_live(make(**given), is_tied))
