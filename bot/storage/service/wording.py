"""What the bot says in this installation's own words: every change a row, the last one of a sentence holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, null, select

from bot.storage.service.tables import wording
from core.errors import InvalidInput, NotFound
from core.text import LANGUAGES, Wording, shipped
from core.wording import find_faults, is_known

Own = dict[tuple[str, str], tuple[str, ...]]
_LAST_CHANGE = select(func.max(wording.c.id))


@dataclass(frozen=True, slots=True)
class WordingChange:
    """One change of a sentence; `forms` None: back to the shipped one."""

    key: str
    language: str
    forms: tuple[str, ...] | None
    changed_at: datetime
    changed_by: str


def last_change(connection: Connection) -> int:
    """Grows with every change; 0 before the first."""
    return connection.execute(_LAST_CHANGE).scalar() or 0


def load_wording(connection: Connection) -> tuple[Wording, list[str]]:
    """What holds now, and the keys of sentences that a newer program can no longer fill in: those are shipped ones."""
    last = select(func.max(wording.c.id)).group_by(wording.c.key, wording.c.language)
    own: Own = {}
    faults = []
    for row in connection.execute(select(wording).where(wording.c.id.in_(last), wording.c.forms.is_not(None))):
        if not is_known(row.key) or row.language not in LANGUAGES or find_faults(row.key, row.language, row.forms):
            faults.append(f"{row.key} ({row.language})")
        else:
            own[row.language, row.key] = tuple(row.forms)
    return Wording(own), faults


def change_wording(
    connection: Connection, key: str, language: str, forms: Sequence[str] | None, changed_by: str, now: datetime
) -> bool:
    """Say it in these words from now on; None, or the shipped words, is back to those. False: it is so already.

    Raises NotFound for a sentence there is not, InvalidInput for words that cannot be said.
    """
    if not is_known(key) or language not in LANGUAGES:
        raise NotFound(f"the bot has no sentence {key[:64]} in {language[:8]}")
    wanted = tuple(one.strip() for one in forms) if forms is not None else None
    if wanted is not None and (faults := find_faults(key, language, wanted)):
        raise InvalidInput(f"{key} ({language}): {faults[0]}")
    if wanted == shipped(language)[key]:
        wanted = None
    before = next(iter(list_changes(connection, key, language, 1)), None)
    if (before.forms if before is not None else None) == wanted:
        return False
    values = {"key": key, "language": language, "forms": list(wanted) if wanted is not None else null()}
    connection.execute(insert(wording).values(changed_at=now, changed_by=changed_by, **values))
    return True


def list_changes(connection: Connection, key: str, language: str = "", most: int = 50) -> list[WordingChange]:
    """Newest first."""
    query = select(wording).where(wording.c.key == key).order_by(wording.c.id.desc()).limit(most)
    rows = connection.execute(query.where(wording.c.language == language) if language else query)
    return [
        WordingChange(
            row.key,
            row.language,
            tuple(row.forms) if row.forms is not None else None,
            row.changed_at,
            row.changed_by,
        )
        for row in rows
    ]
