"""`otklik` whose minute in the operators' group is as short as that of the fake: for runs that should not take long."""

from __future__ import annotations

import os

from bot.cli import main
from channels.telegram.wire.pace import GroupPace

if __name__ == "__main__":
    GroupPace.__init__.__kwdefaults__["minute"] = float(os.environ["DESK_RUN_MINUTE"])  # type: ignore[index]
    main()
