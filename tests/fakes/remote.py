"""A fake that lives in another process, with the same methods as here."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.control import decode, to_json
from tests.fakes.record import as_records
from tests.fakes.specs import ROOT

ATTRIBUTES = {"calls", "problems", "faults_hit", "base", "token", "group_id", "bot_id", "token_revoked"}
ERRORS = {"TimeoutError": TimeoutError, "KeyError": KeyError, "ValueError": ValueError, "LookupError": LookupError}


class Remote:
    """Every attribute is fetched, every method called over `/_control`; one connection for each thread."""

    def __init__(self, base: str) -> None:
        self._address = urlsplit(base).netloc
        self._connections = threading.local()
        self._opened: list[http.client.HTTPConnection] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ATTRIBUTES:
            return self._ask(name, (), {})
        return lambda *args, **kwargs: self._ask(name, args, kwargs)

    @property
    def on_loop(self) -> _OnLoop:
        """The same methods as coroutines."""
        return _OnLoop(self)

    def close(self) -> None:
        for connection in self._opened:
            connection.close()

    def _ask(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        connection = getattr(self._connections, "it", None)
        if connection is None:
            connection = self._connections.it = http.client.HTTPConnection(self._address, timeout=600)
            self._opened.append(connection)
        body = to_json({"args": list(args), "kwargs": kwargs})
        try:
            connection.request("POST", f"/_control/{name}", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        except (http.client.HTTPException, OSError):
            connection.close()
            self._connections.it = None
            raise
        if not answer["ok"]:
            raise ERRORS.get(answer["type"], RuntimeError)(f"{name}: {answer['error']}")
        return as_records(decode(answer["result"]))


class _OnLoop:
    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def ask(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(self._remote._ask, name, args, kwargs)

        return ask


@contextlib.contextmanager
def spawn(platform: str, **options: Any) -> Iterator[Remote]:
    """Start `python -m tests.fakes.<platform>` with these options; it ends with the block or with us."""
    command = [sys.executable, "-m", f"tests.fakes.{platform}", "--until-stdin-closes"]
    for name, value in options.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            command.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            command += [f"--{flag}", ",".join(value) if isinstance(value, list) else str(value)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the {platform} fake did not start")
        with contextlib.closing(Remote(json.loads(line)["base"])) as remote:
            yield remote
    finally:
        process.terminate()
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
