"""`otklik run` as a process of its own that can be killed, stopped and started again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

OPERATOR = 7001
START_LIMIT, STOP_LIMIT = 60.0, 15.0  # seconds; a stop is promised within ten


class Otklik:
    """One database and one desk; the process may change."""

    def __init__(
        self,
        folder: Path,
        telegram: Any,
        forum: int,
        vk: Any = None,
        minute_s: float | None = None,
        second: int | None = None,
    ) -> None:
        """`second`: the group of level 2."""
        self.folder = folder
        self.kills: list[float] = []
        self.stops: list[float] = []  # how long each clean stop took
        self.codes: list[int] = []
        self.bad_ends: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._began_at = 0  # where the latest process begins in the log
        kept = {key: value for key, value in os.environ.items() if not key.startswith("OTKLIK_")}
        self._environment = kept | {
            "OTKLIK_DATABASE_URL": f"sqlite:///{folder}/otklik.db",
            "OTKLIK_HTTP_PORT": "0",
            "OTKLIK_ENCODER": "off",  # nothing here is about meaning
            "OTKLIK_TELEGRAM_TOKEN": telegram.token,
            "OTKLIK_TELEGRAM_API_URL": telegram.base,
            "OTKLIK_TELEGRAM_DESK_CHAT": str(forum),
        }
        if second is not None:
            self._environment["OTKLIK_TELEGRAM_DESK_CHATS"] = f"2={second}"
        if vk is not None:
            settings = {"TOKEN": vk.token, "GROUP_ID": str(vk.group_id), "API_URL": vk.base}
            self._environment |= {f"OTKLIK_VK_{key}": value for key, value in settings.items()}
        module = "bot" if minute_s is None else "tests.desk.hurried"
        self._command = [sys.executable, "-m", module]
        if minute_s is not None:
            self._environment |= {"DESK_RUN_MINUTE": str(minute_s), "PYTHONPATH": str(Path(__file__).parents[2])}

    @property
    def log(self) -> str:
        path = self.folder / "log.txt"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def add_operator(self, login: str = "anna", telegram: int = OPERATOR, name: str = "Анна") -> None:
        command = [sys.executable, "-m", "bot", "operator", "add", login, "--role", "operator"]
        command += ["--telegram", str(telegram), "--name", name]
        subprocess.run(command, cwd=self.folder, env=self._environment, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        self._began_at = len(self.log)
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command, "run"], cwd=self.folder, env=self._environment, stdout=log, stderr=log
            )

    def wait_until_running(self) -> None:
        until = time.monotonic() + START_LIMIT
        while "Otklik is running." not in self.log[self._began_at :]:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"otklik run did not start:\n{self.log[-2000:]}")
            time.sleep(0.02)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        self.kills.append(time.time())
        self.process.kill()
        self.codes.append(self.process.wait(STOP_LIMIT))

    def stop(self) -> None:
        """SIGTERM; kept: how long it took and the exit code."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.codes.append(self.process.wait(STOP_LIMIT))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.codes.append(self.process.wait(STOP_LIMIT))
        self.stops.append(time.monotonic() - began)
        if self.codes[-1]:
            last = self.log[self._began_at :].strip().splitlines()[-1:]
            self.bad_ends.append(f"ended with {self.codes[-1]} after {self.stops[-1]:.1f} s: {' '.join(last)}")

    def cpu_s(self) -> float:
        """Seconds of processor the process has used, its children left out."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def rss_mb(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20

    def complaints(self) -> list[str]:
        """What the log says that it should not: tracebacks, lanes that broke, arrivals set aside."""
        bad = re.compile(r"Traceback|broke|set aside|could not be handled|failed: ")
        return [line for line in self.log.splitlines() if bad.search(line)]
