"""Writes a revision from the difference between tables.py and the revisions so far.

python -m bot.storage.migrations.make first     # before the first release: the first revision anew
python -m bot.storage.migrations.make "words"   # afterwards: the next revision, to be read and corrected
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import make_url

from bot.storage.database import open_engine
from bot.storage.migrate import MIGRATIONS, alembic_config, known_versions, migrate_up

VERSIONS = MIGRATIONS / "versions"


def make(words: str) -> Path:
    """Write the revision file and return its path; `first` replaces everything there is."""
    if words == "first":
        for old in VERSIONS.glob("[0-9]*.py"):
            old.unlink()
    number = len(known_versions()) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(make_url(f"sqlite:///{folder}/otklik.db"))
        if number > 1:
            migrate_up(engine)
        with engine.begin() as connection:
            config = alembic_config(connection)
            config.attributes["is_batch"] = number > 1  # SQLite changes a table by making it anew
            command.revision(config, words.capitalize(), autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    (made,) = VERSIONS.glob(f"{number:04d}*.py")
    made = made.rename(made.with_name(f"{number:04d}_{'_'.join(words.lower().split())}.py"))
    lines = made.read_text(encoding="utf-8").splitlines(keepends=True)
    made.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", str(made)], check=True)  # noqa: S603
    return made


if __name__ == "__main__":
    print(make(" ".join(sys.argv[1:]) or "first"))
