"""One entry: written, changed, published, archived, and taken back to what it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.attaching import ACCEPTED, read_files, settle_refused, shown
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
    files, unfit = await read_files(visit, form)

    def work(connection: Any) -> Edited:
        kept = files.settle(connection, (), now) if files is not None and not unfit else ()
        made = editing.add_entry(connection, named, by_whom(who, CONSOLE), now, files=kept, is_asked=is_asked)
        _refuse(unfit)
        record_edit(connection, who, "faq_add", made, now)
        return made

    try:
        made = await visit.ground.database.write(work)
    except (InvalidInput, Conflict) as error:
        left = await visit.ground.database.write(lambda connection: settle_refused(connection, files, (), now))
        typed = {**_shown(visit, form), "id": given, "asked": is_asked}
        return await _form(visit, typed, is_new=True, error=_told(visit, error, unfit), status=422, files=left)
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
    files, unfit = await read_files(visit, form)

    def work(connection: Any) -> None:
        kept = None
        if files is not None and not unfit:
            kept = files.settle(connection, find_entry(connection, key).attachments, now)
        edited = editing.edit_entry(
            connection, key, values, by_whom(who, CONSOLE), now, seen_revision=number, files=kept
        )
        _refuse(unfit)
        record_edit(connection, who, "faq_edit", edited, now)

    def stay(connection: Any) -> tuple[Entry, list[Mapping[str, Any]]]:
        entry = find_entry(connection, key)
        return entry, settle_refused(connection, files, entry.attachments, now)

    try:
        await visit.ground.database.write(work)
    except (InvalidInput, Conflict) as error:
        entry, left = await visit.ground.database.write(stay)
        is_late = isinstance(error, Conflict)
        said = " ".join(filter(None, (unfit, visit.word("faq.conflict")))) if is_late else _told(visit, error, unfit)
        typed = {**_shown(visit, form), "id": key}
        return await _form(visit, typed, entry=entry, error=said, status=409 if is_late else 422, files=left)
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


class _Unfit(InvalidInput):
    """Nothing is wrong but files, which the form was told of when they were read."""


def _refuse(unfit: str) -> None:
    """Takes back what was written, but only now: what is wrong with the entry is told along with the files."""
    if unfit:
        raise _Unfit(unfit)


def _told(visit: Visit, error: InvalidInput | Conflict, unfit: str) -> str:
    """In the reader's language, with the name of each column that does not fit; `unfit`: what is said of files."""
    told = [unfit] if unfit else []
    if isinstance(error, FaultyEntry):
        told += [f"{visit.word(f'column.{one.column}')}: {one.told(visit.language)}" for one in error.faults]
    elif not isinstance(error, _Unfit):
        told.append(error.told(visit.language))
    return " ".join(told)


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
    files: Sequence[Mapping[str, Any]] | None = None,
) -> web.Response:
    """`files` as a refused form goes on with them; else those of the entry."""

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
        files=files if files is not None else shown(entry.attachments) if entry is not None else [],
        accepted=ACCEPTED,
        most_files=MAX_FILES,
        file_limit=FILE_LIMIT // 2**20,
    )
