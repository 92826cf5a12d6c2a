"""`python -m tests.crash`: the crash run by hand; exit 1 on any violation."""

from __future__ import annotations

import argparse
import random
import sys

from tests.crash.options import Options
from tests.crash.play import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--telegram", choices=["polling", "webhook"], default="polling")
    parser.add_argument("--vk", choices=["longpoll", "callback"], default="longpoll")
    parser.add_argument("--no-long-faults", dest="long", action="store_false", help="without VK 9 and 14")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds")
    given = parser.parse_args()
    seed = random.randrange(10_000) if given.seed is None else given.seed
    failed = False
    for database in ("sqlite", "postgresql") if given.database == "both" else (given.database,):
        options = Options(
            database,
            given.messages,
            given.customers,
            given.kills,
            seed,
            given.telegram,
            given.vk,
            given.long,
            given.limit,
        )
        print(f"crash run: {database}, Telegram {given.telegram}, VK {given.vk}, seed {seed}", flush=True)
        verdict = run(options)
        print(verdict.table(), flush=True)
        print("  FAILED" if verdict.violations else "  nothing lost", flush=True)
        failed = failed or bool(verdict.violations)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
