"""Where the machine-readable specifications lie, when they are at hand at all."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find_spec(name: str) -> Path | None:
    """`OTKLIK_SPECS`, else ../shared/specs beside the repository; None: checking is skipped."""
    folder = os.environ.get("OTKLIK_SPECS")
    path = (Path(folder) if folder else ROOT.parent / "shared" / "specs") / name
    return path if path.exists() else None
