"""`make bench`: search, the durable path against its rivals, the console; ratios within one run."""

from __future__ import annotations

import subprocess
import sys

# each in a process of its own, so that none starts with another's memory
for part in ("tests.benchmarks.search", "tests.benchmarks.path", "tests.benchmarks.console"):
    subprocess.run([sys.executable, "-m", part], check=True)
