"""The year: fills a database, holds every measure against the truth and takes the time (make year ARGS=--help)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, event

from bot.storage.database import open_engine, read_url
from bot.storage.migrate import migrate_up
from tests.postgres import PostgresServer
from tests.year.measure import CUTS, check, reckon_all, timings
from tests.year.pages import PAGES
from tests.year.plan import plan
from tests.year.store import Store
from tests.year.truth import Truth


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--times", type=int, default=20, help="how often each page is asked for")
    options = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    return max(one_year(kind, options.conversations, options.seed, options.times) for kind in kinds)


def one_year(kind: str, conversations: int, seed: int, times: int) -> int:
    print(f"\n{kind}, {conversations} conversations, seed {seed}")
    with database(kind) as engine:
        began = perf_counter()
        truths = [Truth(cut) for cut in CUTS]
        store = Store(engine)
        store.prepare()
        store.fill(_told(plan(conversations, seed), truths))
        store.finish()
        print(f"  stored {store.counted} in {perf_counter() - began:.1f} s")
        began = perf_counter()
        steps = reckon_all(engine)
        print(f"  facts reckoned in {perf_counter() - began:.1f} s, {steps} transactions")
        store.finish()
        wrong = check(engine, truths)
        compared = sum(len(truth.report()) for truth in truths)
        print(f"  {compared} figures in {len(truths)} cuts compared with the truth, {len(wrong)} differ")
        print(*(f"    {line}" for line in wrong[:20]), sep="\n", end="")
        print(*(f"  {one}" for one in timings(engine, PAGES, times)), sep="\n")
    return 1 if wrong else 0


def _told(people, truths):  # type: ignore[no-untyped-def]
    for person in people:
        for truth in truths:
            truth.add(person)
        yield person


@contextmanager
def database(kind: str) -> Iterator[Engine]:
    """A fresh one of either kind, gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            engine = open_engine(read_url(f"sqlite:///{Path(folder)}/year.db"))
            event.listen(engine, "connect", _hurry)
            migrate_up(engine)
            yield engine
            engine.dispose()
        return
    server = PostgresServer()
    try:
        engine = open_engine(read_url(server.url(server.create())))
        migrate_up(engine)
        yield engine
        engine.dispose()
    finally:
        server.close()


def _hurry(connection: object, _record: object) -> None:
    """The plug of this machine is not pulled while the year is filled in."""
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
