"""Canned replies with their files: one's own, and everybody's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.attaching import ACCEPTED, FilesForm, for_script, key_of, read_files, settle_refused, shown
from bot.console.pages.facts import script_facts
from bot.storage.desk.audit import CONSOLE
from bot.storage.desk.canned import (
    drop_canned,
    find_kept,
    list_canned,
    list_shared,
    lock_canned,
    record_canned,
    write_canned,
)
from bot.storage.views.conversation import Head, find_head
from channels.website import FILE_LIMIT
from core.conversation import OperatorId
from core.errors import Conflict, Forbidden, InvalidInput
from faq.formats.rows import MAX_FILES
from handoff.canned import Canned, fill, unknown_variables
from handoff.operators import Role


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent. `seen`: the `_seal` of the reply that is changed, "" for a new one or without a page."""

    name: str = ""
    text: str = ""
    is_shared: bool = False
    is_new: bool = True
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not saved, with its files as they are shown, and what stands there meanwhile."""

    typed: Typed
    files: Sequence[Mapping[str, Any]]
    stored: Canned | None


async def list_for_script(visit: Visit) -> web.StreamResponse:
    """Filled in for the conversation that is open."""
    about = visit.request.query.get("conversation", "")
    me = visit.operator

    def work(connection: Any) -> tuple[list[Canned], Head | None]:
        number = int(about) if about.isdecimal() and len(about) < 16 else 0
        return list_canned(connection, me.id), find_head(connection, number)

    replies, head = await visit.ground.database.read(work)
    values = {"operator": me.shown_name}
    if head is not None:
        own = {"name": head.customer, "number": str(head.id), "channel": head.channel, "question": head.question}
        values |= own
    filled = [
        {"name": one.name, "text": fill(one.text, values), "files": [for_script(file) for file in one.attachments]}
        for one in replies
    ]
    return visit.json({"replies": filled})


async def show_canned(visit: Visit) -> web.StreamResponse:
    return await _page(visit)


async def save(visit: Visit) -> web.StreamResponse:
    """Add or replace by name; everybody's only by a supervisor. A form without files leaves them as they are."""
    form = await visit.form()
    typed = _read(visit, form)
    owner = _owner(visit, is_shared=typed.is_shared)
    files, unfit = await read_files(visit, form)
    faults = [unfit] if unfit else []
    strange = unknown_variables(typed.text)
    if strange:
        faults.append(visit.word("canned.unknown", names=", ".join(strange)))
    if not faults:
        try:
            await _write(visit, typed, owner, files)
        except InvalidInput:
            faults.append(visit.word("canned.unfit"))
        except Conflict as error:
            faults.append(visit.word(str(error)))
        else:
            return visit.go("/canned", "said.saved")
    return await _page(visit, await _refused(visit, typed, owner, files), " ".join(faults))


async def _write(visit: Visit, typed: Typed, owner: OperatorId | None, files: FilesForm | None) -> None:
    """Raises InvalidInput, and Conflict with the key of its words when it is not as the form has seen it."""
    me, now = visit.operator.id, visit.ground.clock.now()

    def work(connection: Any) -> None:
        lock_canned(connection)
        stored = find_kept(connection, owner, typed.name)
        if typed.is_new and stored is not None:
            raise Conflict("canned.taken")
        if typed.seen and (stored is None or _seal(stored) != typed.seen):
            raise Conflict("canned.gone" if stored is None else "canned.changed")
        before = stored.attachments if stored is not None else ()
        kept = files.settle(connection, before, now) if files is not None else None
        act = write_canned(connection, owner, typed.name, typed.text, now, kept)
        record_canned(connection, me, CONSOLE, act, owner, typed.name, now)

    await visit.ground.database.write(work)


async def _refused(visit: Visit, typed: Typed, owner: OperatorId | None, files: FilesForm | None) -> Refused:
    now = visit.ground.clock.now()

    def work(connection: Any) -> Refused:
        stored = find_kept(connection, owner, typed.name) if not typed.is_new else None
        before = stored.attachments if stored is not None else ()
        return Refused(replace(typed, is_new=stored is None), settle_refused(connection, files, before, now), stored)

    return await visit.ground.database.write(work)


async def drop(visit: Visit) -> web.StreamResponse:
    form = await visit.form()
    owner, name = _owner(visit, is_shared=bool(form.get("shared"))), visit.text(form, "name", 80)
    now = visit.ground.clock.now()

    def work(connection: Any) -> None:
        act = drop_canned(connection, owner, name)
        record_canned(connection, visit.operator.id, CONSOLE, act, owner, name, now)

    await visit.ground.database.write(work)
    return visit.go("/canned", "said.dropped")


def _read(visit: Visit, form: Mapping[str, Any]) -> Typed:
    return Typed(
        visit.text(form, "name", 80),
        visit.text(form, "text"),
        bool(form.get("shared")),
        bool(form.get("new")),
        visit.text(form, "seen", 64),
    )


def _owner(visit: Visit, *, is_shared: bool) -> OperatorId | None:
    if not is_shared:
        return visit.operator.id
    if not visit.may(Role.SUPERVISOR):
        raise Forbidden("error.forbidden")
    return None


def _seal(one: Canned) -> str:
    """What it says and brings, in short: another one is another reply."""
    return hashlib.sha256("\n".join((one.text, *map(key_of, one.attachments))).encode()).hexdigest()


async def _page(visit: Visit, refused: Refused | None = None, error: str = "") -> web.Response:
    me = visit.operator.id

    def work(connection: Any) -> tuple[list[Canned], list[Canned]]:
        return list_shared(connection), list_shared(connection, me)

    shared, own = await visit.ground.database.read(work)
    return visit.page(
        "canned.html",
        422 if error else 200,
        script=await script_facts(visit),
        shared=[_row(one, refused, is_shared=True) for one in shared],
        own=[_row(one, refused, is_shared=False) for one in own],
        fresh=_filled(refused) if refused is not None and refused.typed.is_new else _EMPTY,
        error=error,
        accepted=ACCEPTED,
        most_files=MAX_FILES,
        file_limit=FILE_LIMIT // 2**20,
    )


_EMPTY: Mapping[str, Any] = {"name": "", "text": "", "is_shared": False, "files": [], "is_refused": False}


def _filled(refused: Refused) -> Mapping[str, Any]:
    """A form with what was typed into it."""
    typed = refused.typed
    values = {"name": typed.name, "text": typed.text, "is_shared": typed.is_shared}
    return {**values, "files": refused.files, "is_refused": True}


def _row(one: Canned, refused: Refused | None, *, is_shared: bool) -> Mapping[str, Any]:
    """One of the list with its form; the one that was refused shows what was typed, beside what it says now."""
    row = {"name": one.name, "text": one.text, "stored": one.text, "files": shown(one.attachments), "seen": _seal(one)}
    is_it = refused is not None and refused.stored is not None and refused.typed.is_shared == is_shared
    if refused is None or not is_it or refused.stored is None or refused.stored.name != one.name:
        return {**row, "is_refused": False}
    return {**row, **_filled(refused), "name": one.name, "is_changed": refused.typed.seen not in ("", row["seen"])}
