"""`otklik run` as a process of its own, to be killed and started again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.fakes.specs import ROOT


def call(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Another command of the program; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"otklik {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def environment_of(settings: Mapping[str, object]) -> dict[str, str]:
    """Nothing of the machine's own settings but where to find things."""
    import os

    kept = {name: value for name in ("PATH", "HOME", "LANG", "TMPDIR") if (value := os.environ.get(name))}
    ours = {f"OTKLIK_{name}": str(value) for name, value in settings.items()}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "OTKLIK_ENCODER": "off", **ours}


class BotProcess:
    """The log of all its lives is one file."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, dict(environment)
        self.log = folder / "otklik.log"
        self._out = folder / "otklik.out"
        self._process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.killed_at: list[float] = []
        self.unexpected: list[str] = []

    def start(self) -> None:
        with self.log.open("ab") as log, self._out.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )
        self.started_at = time.monotonic()

    @property
    def is_up(self) -> bool:
        """Whether it has said that it runs."""
        return "running" in self._out.read_text(encoding="utf-8", errors="replace")

    def notice_end(self) -> None:
        """A process that ends although nobody killed it is remembered, and started again."""
        if self._process is not None and (code := self._process.poll()) is not None:
            self.unexpected.append(f"ended by itself with code {code}")
            self.start()

    def kill(self) -> None:
        """SIGKILL, noted with the time of the wall clock, as the fakes use it."""
        assert self._process is not None
        self._process.kill()
        self.killed_at.append(time.time())
        self._process.wait(30)

    def stop(self) -> float:
        """SIGTERM; returns how long the clean end took."""
        if self._process is None or self._process.poll() is not None:
            return 0.0
        begun = time.monotonic()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.unexpected.append("did not end within 20 s of SIGTERM")
            self._process.kill()
            self._process.wait(30)
        return time.monotonic() - begun
