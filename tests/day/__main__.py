"""python -m tests.day: plays the simulated day twice, by the least loaded and in turn, and prints the figures."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.storage.database import open_engine, read_url
from bot.storage.measures.keeping import bring_up_to_date
from bot.storage.migrate import migrate_up
from tests.day.figures import Figures, read_figures
from tests.day.policies import round_robin, shared_out_by
from tests.day.simulation import MIDNIGHT, Day

_HONEST = (0.7, 1.4)


def main() -> int:
    options = _options()
    found = {}
    policies: dict[str, Any] = {"least loaded": nullcontext(), "round robin": shared_out_by(round_robin())}
    for name, policy in policies.items():
        if options.only and options.only != name.split()[0]:
            continue
        start = time.perf_counter()
        with policy:
            found[name] = asyncio.run(_play(options))
        print(f"{name} ({time.perf_counter() - start:.0f} s)")
        print("\n".join(found[name].lines()), flush=True)
    first = next(iter(found.values()))
    print("the report of the same day                 by the rows    by the report")
    for figure, own in first.own.items():
        print(f"  {figure:<40} {_shown(own):>12} {_shown(first.reported[figure]):>16}")
    faults = _faults(first)
    print("\n".join(f"NOT KEPT: {fault}" for fault in faults) or "everything promised was kept")
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.day", description=__doc__)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--operators", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", metavar="FILE", help="write the database of the day to this file")
    parser.add_argument("--only", choices=("least", "round"), help="play one way of giving out only")
    return parser.parse_args()


async def _play(options: argparse.Namespace) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/day.db"
        engine = open_engine(read_url(url))
        migrate_up(engine)
        engine.dispose()
        day = Day(url, Path(folder), options.conversations, options.operators, options.seed)
        try:
            await day.play()
            bring_up_to_date(day.table.database.engine, day.clock.now(), ZoneInfo("UTC"))
            if options.keep:
                with closing(sqlite3.connect(options.keep)) as kept:
                    day.table.database.read_now(lambda c: c.connection.driver_connection.backup(kept))  # type: ignore[union-attr]
            return await day.table.database.read(
                lambda connection: read_figures(connection, day.loads, MIDNIGHT.date())
            )
        finally:
            await day.table.close()


def _faults(figures: Figures) -> list[str]:
    faults = []
    if figures.forgotten:
        faults.append(f"{figures.forgotten} conversations were forgotten")
    if not _HONEST[0] <= figures.honesty <= _HONEST[1]:
        faults.append(f"told / real wait is {figures.honesty:.2f} in the middle, promised {_HONEST}")
    return faults


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
