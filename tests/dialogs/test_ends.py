"""What has ended leaves nothing behind: a process that opens one Otklik after the other does not grow."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from core.clock import FakeClock
from tests.dialogs.memory_stage import CUSTOMER
from tests.dialogs.table import Table


async def test_app_that_was_stopped_is_forgotten(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> None:
    table = Table(sqlite_url, clock, tmp_path)
    await table.start(())
    await table.channel.says(CUSTOMER, "оператор")
    await table.settle()
    app = weakref.ref(table.app)
    await table.close()
    del table
    gc.collect()
    assert app() is None
    assert gc.get_freeze_count() == 0  # only a program of its own takes what is there out of the collector's rounds
