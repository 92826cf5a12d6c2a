"""One entry: written, changed, published, archived, and taken back to what it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.attaching import ACCEPTED, read_files, shown
from bot.console.pages.facts import script_facts
from bot.console.pages.faq.listing import rivals
from bot.knowledge import editing
from bot.knowledge.editing import Edited
from bot.knowledge.recording import by_whom, record_edit
from bot.storage.desk.audit import CONSOLE
from bot.storage.entries import find_entry, load_entries
from bot.storage.knowledge.revisions import last_revision
from channels.website import FILE_LIMIT
from core.errors import Conflict, InvalidInput, NotFound
from faq.editor.acts import FaultyEntry
from faq.entry import Entry, EntryState
from faq.formats.rows import MAX_FILES

_COLUMNS = ("category", "question", "answer", "phrasings", "language", "state", "valid_until")
_EMPTY: Mapping[str, Any] = {
    "id": "",
    "category": "",
    "question": "",
    "answer": "",
    "phrasings": "",
    "language": "ru",
    "state": EntryState.DRAFT.value,
    "valid_until": "",
    "asked": False,  # whether its question is in a customer's words
}


async def show_new(visit: Visit) -> web.StreamResponse:
    """Empty, or filled in with what the query brings (a gap's words, an operator's answer)."""
    query = visit.request.query
    values = {**_EMPTY, "language": visit.language}
    values |= {name: query[name] for name in ("question", "answer", "category") if name in query}
    values["phrasings"] = "\n".join(query.getall("phrasing", []))
    values["asked"] = "question" in query
    return await _form(visit, values, is_new=True)


async def save_new(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    values = _read(visit, form)
    given, is_asked = visit.text(form, "id", 100), bool(form.get("asked"))
    who, now = visit.who, visit.ground.clock.now()
    named = {**values, **({"id": given} if given else {})}
    try:
        files = await read_files(visit, form)

        def work(connection: Any) -> Edited:
            kept = files.settle(connection, (), now) if files is not None else ()
            made = editing.add_entry(connection, named, by_whom(who, CONSOLE), now, files=kept, is_asked=is_asked)
            record_edit(connection, who, "faq_add", made, now)
            return made

        made = await visit.ground.database.write(work)
    except (InvalidInput, Conflict) as error:
        shown = {**_shown(visit, form), "id": given, "asked": is_asked}
        return await _form(visit, shown, is_new=True, error=_told(visit, error), status=422)
    return visit.go(address(made.entry.id), "said.saved")


async def show_entry(visit: Visit) -> web.StreamResponse:
    key = visit.request.query.get("id", "")
    try:
        entry = await visit.ground.database.read(lambda connection: find_entry(connection, key))
    except NotFound as error:  # its own words are for the command line
        raise NotFound("error.no_entry") from error
    return await _form(visit, _values(entry), entry=entry)


async def save_entry(visit: Visit) -> web.StreamResponse:
    key, form = visit.request.query.get("id", ""), await visit.form()
    values, seen = _read(visit, form), str(form.get("revision", ""))
    who, now = visit.who, visit.ground.clock.now()
    number = int(seen) if seen.isdecimal() and len(seen) < 16 else None
    try:
        files = await read_files(visit, form)

        def work(connection: Any) -> None:
            kept = files.settle(connection, find_entry(connection, key).attachments, now) if files is not None else None
            by = by_whom(who, CONSOLE)
            edited = editing.edit_entry(connection, key, values, by, now, seen_revision=number, files=kept)
            record_edit(connection, who, "faq_edit", edited, now)

        await visit.ground.database.write(work)
    except (InvalidInput, Conflict) as error:
        entry = await visit.ground.database.read(lambda connection: find_entry(connection, key))
        said = visit.word("faq.conflict") if isinstance(error, Conflict) else _told(visit, error)
        status = 409 if isinstance(error, Conflict) else 422
        return await _form(visit, {**_shown(visit, form), "id": key}, entry=entry, error=said, status=status)
    return visit.go(address(key), "said.saved")


async def publish(visit: Visit) -> web.StreamResponse:
    return await _change(visit, editing.publish_entry, "faq_publish", "said.published")


async def archive(visit: Visit) -> web.StreamResponse:
    return await _change(visit, editing.archive_entry, "faq_archive", "said.archived")


async def roll_back(visit: Visit) -> web.StreamResponse:
    key, form = visit.request.query.get("id", ""), await visit.form()
    number = str(form.get("revision", ""))
    if not (number.isdecimal() and len(number) < 16):
        raise InvalidInput("error.unreadable")
    who, now = visit.who, visit.ground.clock.now()

    def work(connection: Any) -> None:
        edited = editing.roll_back(connection, key, int(number), by_whom(who), now)
        record_edit(connection, who, "faq_back", edited, now)

    await visit.ground.database.write(work)
    return visit.go(address(key), "said.rolled_back")


async def _change(visit: Visit, change: Callable[..., Edited], act: str, said: str) -> web.StreamResponse:
    key = visit.request.query.get("id", "")
    who, now = visit.who, visit.ground.clock.now()

    def work(connection: Any) -> None:
        record_edit(connection, who, act, change(connection, key, by_whom(who, CONSOLE), now), now)

    await visit.ground.database.write(work)
    return visit.go(address(key), said)


def _told(visit: Visit, error: InvalidInput | Conflict) -> str:
    """In the reader's language, with the name of each column that does not fit."""
    if not isinstance(error, FaultyEntry):
        return error.told(visit.language)
    return " ".join(f"{visit.word(f'column.{one.column}')}: {one.told(visit.language)}" for one in error.faults)


def address(key: str) -> str:
    return f"/faq/entry?id={quote(key, safe='')}"


def _read(visit: Visit, form: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {name: visit.text(form, name) for name in _COLUMNS}
    values["phrasings"] = tuple(line.strip() for line in values["phrasings"].split("\n") if line.strip())
    return {**values, "valid_until": values["valid_until"] or None}


def _shown(visit: Visit, form: Mapping[str, Any]) -> dict[str, Any]:
    return {name: visit.text(form, name) for name in _COLUMNS}


def _values(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "category": entry.category,
        "question": entry.question,
        "answer": entry.answer,
        "phrasings": "\n".join(entry.phrasings),
        "language": entry.language,
        "state": entry.state.value,
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else "",
    }


async def _form(
    visit: Visit,
    values: Mapping[str, Any],
    *,
    entry: Entry | None = None,
    is_new: bool = False,
    error: str = "",
    status: int = 200,
) -> web.Response:
    def work(connection: Any) -> tuple[list[str], list[editing.Change], int]:
        categories = list(dict.fromkeys(one.category for one in load_entries(connection) if one.category))
        if entry is None:
            return categories, [], 0
        return categories, editing.entry_history(connection, entry.id), last_revision(connection, entry.id)

    categories, history, revision = await visit.ground.database.read(work)
    competing = await asyncio.to_thread(rivals, visit.ground.library.index, entry) if entry is not None else []
    return visit.page(
        "faq/entry.html",
        status,
        script=await script_facts(visit),
        values=values,
        entry=entry,
        is_new=is_new,
        error=error,
        categories=categories,
        history=history,
        revision=revision,
        rivals=competing,
        files=shown(entry.attachments) if entry is not None else [],
        accepted=ACCEPTED,
        most_files=MAX_FILES,
        file_limit=FILE_LIMIT // 2**20,
    )
