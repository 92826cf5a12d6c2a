"""A customer's data with the files that lie on disk: written out for them, removed when they were erased."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import Connection, Engine

from bot.storage.database import Database
from bot.storage.knowledge.files import CHANNEL as FAQ_FILES
from bot.storage.knowledge.files import read_file
from bot.storage.privacy.erase import files_removed, files_to_remove
from bot.storage.privacy.export import Exported, export_customer
from bot.storage.privacy.person import WEBSITE, name_of_file, place_of
from bot.storage.sqlite.connection import fold_journal
from bot.storage.website.uploads import read_upload
from core.errors import InvalidInput, NotFound
from core.message import Attachment

_SAFE = frozenset("-_. ")


@dataclass(frozen=True, slots=True)
class Written:
    """`missing`: files that only the platform has."""

    conversations: int
    files: int
    missing: int


def data_folder(engine: Engine) -> Path:
    """Where everything lies that the bot keeps beside this database."""
    return Path(engine.url.database or "var/x").parent if engine.dialect.name == "sqlite" else Path("var")


def folder_of(engine: Engine) -> Path:
    """Where the files of the bot that works with this database lie."""
    return data_folder(engine) / "files"


def write_export(
    engine: Engine,
    number: int,
    to: Path,
    now: datetime,
    files: Path | None = None,
    when_written: Callable[[], None] = lambda: None,
) -> Written:
    """The file appears complete or not at all, readable for its owner only. Raises NotFound, InvalidInput.

    `files`: where the customers' files lie, if not beside the database. `when_written` is called before the file
    appears; when it raises there is none.
    """
    if to.suffix.lower() not in (".zip", ".json"):
        raise InvalidInput(f"{to.name}: the name of an export ends in .zip or .json")
    folder, part = files or folder_of(engine), to.with_name(f"{to.name}.part")
    with engine.connect().execution_options(read_only=True) as connection:
        exported = export_customer(connection, number, now)
        contents = [_content(connection, folder, one) for one in exported.files]
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            (_write_zip if to.suffix.lower() == ".zip" else _write_json)(file, exported, contents)
            file.flush()
            os.fsync(file.fileno())
        when_written()
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)
    found = sum(one is not None for one in contents)
    return Written(len(exported.data["conversations"]), found, len(contents) - found)


def _content(connection: Connection, folder: Path, one: Attachment) -> Path | bytes | None:
    path = place_of(folder, name_of_file(one.channel, one.ref))
    if path.exists():
        return path
    stored = {WEBSITE: read_upload, FAQ_FILES: read_file}.get(one.channel)
    try:
        return stored(connection, one.ref) if stored is not None else None
    except NotFound:
        return None


def _names(files: Iterable[Attachment]) -> list[str]:
    names = []
    for place, one in enumerate(files, 1):
        own = "".join(
            letter for letter in PurePath(one.name or one.kind.value).name if letter.isalnum() or letter in _SAFE
        )
        names.append(f"files/{place}-{own[-80:] or 'file'}")
    return names


def _write_zip(file: Any, exported: Exported, contents: list[Path | bytes | None]) -> None:
    names = _names(exported.files)
    told = [name if content is not None else None for name, content in zip(names, contents, strict=True)]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("customer.json", _json({**exported.data, "files": _listed(exported, told, "path")}))
        for name, content in zip(names, contents, strict=True):
            if isinstance(content, Path):
                archive.write(content, name)
            elif content is not None:
                archive.writestr(name, content)


def _write_json(file: Any, exported: Exported, contents: list[Path | bytes | None]) -> None:
    read = [one.read_bytes() if isinstance(one, Path) else one for one in contents]
    told = [base64.b64encode(one).decode() if one is not None else None for one in read]
    file.write(_json({**exported.data, "files": _listed(exported, told, "base64")}))


def _listed(exported: Exported, told: list[str | None], key: str) -> list[dict[str, Any]]:
    """What the numbers under "file" mean."""
    return [
        {"file": place, "name": one.name or one.kind.value, **({key: own} if own is not None else {"is_here": False})}
        for place, (one, own) in enumerate(zip(exported.files, told, strict=True), 1)
    ]


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def remove_files(engine: Engine, folder: Path) -> int:
    """Of erased customers, also those whose erasing was cut short after its commit; returns how many went."""
    with engine.connect() as connection:
        notes = files_to_remove(connection)
    if not notes:
        return 0
    total = _remove(folder, notes)
    with engine.begin() as connection:
        files_removed(connection, notes)
    return total


async def sweep_files(database: Database, folder: Path | None) -> int:
    """The same while the bot runs; what was overwritten goes from SQLite's journal as well."""
    await asyncio.to_thread(fold_journal, database.engine)
    notes = await database.read(files_to_remove) if folder is not None else {}
    if folder is None or not notes:
        return 0
    total = await asyncio.to_thread(_remove, folder, notes)
    await database.write(lambda connection: files_removed(connection, notes))
    return total


def _remove(folder: Path, notes: Mapping[str, Sequence[str]]) -> int:
    names = {name for listed in notes.values() for name in listed}
    for name in names:
        place_of(folder, name).unlink(missing_ok=True)
    return len(names)
